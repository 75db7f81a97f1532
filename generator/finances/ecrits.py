"""The tables as text for the terminal and as CSV for any spreadsheet: how each value is worded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from generator import tableau
from generator.diagnostics import francais
from generator.finances.tables import Colonne, Table, Valeur
from generator.typography import date_courte, euros, nombre, taux

_LARGE = 34
"""Characters of the widest column; longer texts go on the next line."""


def en_texte(table: Table, largeur: int | None = None) -> str:
    """The table with its totals, columns aligned, in lines of `largeur` characters at most."""
    kept = [k for k, c in enumerate(table.colonnes) if c.papier]
    total = any(table.colonnes[k].total for k in kept) and bool(table.lignes)
    return tableau.en_texte(
        tableau.Tableau(
            francais(table.titre),
            tuple(_colonne(table.colonnes[k]) for k in kept),
            tuple(_ligne(table, row, kept) for row in table.lignes),
            _ligne(table, table.totaux(), kept) if total else None,
        ),
        largeur,
    )


def _colonne(c: Colonne) -> tableau.Colonne:
    figures = c.sorte != "texte"
    return tableau.Colonne(c.titre, droite=figures, entiere=figures, cle=c.cle, large=_LARGE)


def _ligne(table: Table, row: Sequence[Valeur], kept: Sequence[int]) -> tuple[str, ...]:
    return tuple(_mots(row[k], table.colonnes[k]) for k in kept)


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
    return tableau.en_csv(
        (c.titre for c in table.colonnes),
        ([_brut(v, c) for v, c in zip(row, table.colonnes, strict=True)] for row in table.lignes),
    )


def _brut(value: Valeur, column: Colonne) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return tableau.litteral(value)
    if isinstance(value, dt.date):
        return date_courte(value)
    if isinstance(value, Decimal):
        return f"{round(value, 2).normalize():f}".replace(".", ",")
    if column.sorte == "euros":
        sign, (whole, rest) = "-" if value < 0 else "", divmod(abs(value), 100)
        return f"{sign}{whole},{rest:02d}"
    return str(value)
