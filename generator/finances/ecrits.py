"""The tables as text for the terminal and as CSV for any spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import textwrap
from decimal import Decimal

from generator.diagnostics import francais
from generator.finances.tables import Colonne, Table, Valeur
from generator.typography import date_courte, euros, nombre, taux

FORMULE = re.compile("[=+\\-@\t\r]")
"""What begins a formula for a spreadsheet (OWASP, « CSV Injection »)."""
_LARGE = 34
"""Characters of the widest column on a terminal; longer texts go on the next line."""


def en_texte(table: Table) -> str:
    """The table with its totals, columns aligned, ended by a line feed."""
    kept = [k for k, c in enumerate(table.colonnes) if c.papier]
    columns = [table.colonnes[k] for k in kept]
    rows = [[_mots(row[k], table.colonnes[k]) for k in kept] for row in table.lignes]
    total = table.totaux()
    if any(c.total for c in columns) and rows:
        rows.append([_mots(total[k], table.colonnes[k]) for k in kept])
        rows[-1][0] = rows[-1][0] or "Total"
    heads = [c.titre for c in columns]
    wide = [min(_LARGE, max(map(len, (head, *(row[k] for row in rows))))) for k, head in enumerate(heads)]
    rule = "  ".join("─" * w for w in wide)
    body = [_rang(row, wide, columns) for row in rows] or ["(aucune ligne)"]
    return "\n".join([francais(table.titre), _rang(heads, wide, columns), rule, *body]) + "\n"


def _rang(cells: list[str], wide: list[int], columns: list[Colonne]) -> str:
    wrapped = [textwrap.wrap(cell, w) or [""] for cell, w in zip(cells, wide, strict=True)]
    out = []
    for k in range(max(map(len, wrapped))):
        parts = [w[k] if k < len(w) else "" for w in wrapped]
        out.append(
            "  ".join(
                p.ljust(w) if c.sorte == "texte" else p.rjust(w)
                for p, w, c in zip(parts, wide, columns, strict=True)
            ).rstrip()
        )
    return "\n".join(out)


def _mots(value: Valeur, column: Colonne) -> str:
    """A value as one reads it."""
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return date_courte(value)
    if isinstance(value, Decimal):
        return taux(round(value, 1)) if column.sorte == "taux" else nombre(value)
    if isinstance(value, int):
        if column.sorte == "euros":
            return euros(value)
        return str(value) if column.sorte == "rang" else nombre(value)
    return francais(value)


def en_csv(table: Table) -> bytes:
    """The table without totals, as a French spreadsheet opens it: UTF-8 with its mark, « ; », comma.

    A text that a spreadsheet would take for a formula is written after an apostrophe, which `importer`
    takes away. Amounts are in euros, without spaces.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([c.titre for c in table.colonnes])
    for row in table.lignes:
        writer.writerow([_brut(v, c) for v, c in zip(row, table.colonnes, strict=True)])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def _brut(value: Valeur, column: Colonne) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if FORMULE.match(value) else value
    if isinstance(value, dt.date):
        return date_courte(value)
    if isinstance(value, Decimal):
        return f"{round(value, 2).normalize():f}".replace(".", ",")
    if column.sorte == "euros":
        sign, (whole, rest) = "-" if value < 0 else "", divmod(abs(value), 100)
        return f"{sign}{whole},{rest:02d}"
    return str(value)
