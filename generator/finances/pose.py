"""A table laid on a sheet: headings, rows, live formulas, totals."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from generator.finances.classeur import FeuilleXlsx, colonne, en_euros
from generator.finances.tables import Colonne, Table, Valeur
from generator.typography import texte

TITRE, DELIBERATION, MENTION, TETE, CORPS = 0, 1, 2, 4, 5
"""Rows of a sheet, from 0: titles, headings, first row of data."""
Formule = Callable[[int], str]
"""The formula of a row, by its number in the file (from 1)."""

_STYLES = {
    "texte": "Texte",
    "nombre": "Nombre",
    "euros": "Euros",
    "taux": "Taux",
    "date": "Date",
    "rang": "Rang",
}
_TOTAUX = {"nombre": "Total en nombre", "euros": "Total en euros", "taux": "Total en taux"}


@dataclass(frozen=True, slots=True)
class Bloc:
    """Where a table stands: its sheet, its first and last rows of data in the file (from 1)."""

    feuille: str
    premiere: int
    derniere: int

    def plage(self, rank: int) -> str:
        """The cells of a column: « 'Répartition'!$I$6:$I$41 »."""
        letters = colonne(rank)
        return f"'{self.feuille}'!${letters}${self.premiere}:${letters}${self.derniere}"


def bloc(sheet: str, table: Table, row: int) -> Bloc:
    """Where the rows of a table stand, when the first is at `row` (from 0)."""
    return Bloc(sheet, row + 1, row + max(1, len(table.lignes)))


def rang(table: Table, title: str) -> int:
    """Rank of the column of that title."""
    return next(k for k, c in enumerate(table.colonnes) if c.titre == title)


def lignes(row: Sequence[Valeur], widths: Sequence[int]) -> int:
    """How many lines the longest text of a row takes; a long word may leave a hole at the end of a line."""
    return (
        max(
            (
                len(textwrap.wrap(v, max(4, w * 5 // 4 - 2)))
                for v, w in zip(row, widths, strict=False)
                if isinstance(v, str)
            ),
            default=1,
        )
        or 1
    )


def poser(
    sheet: FeuilleXlsx,
    table: Table,
    head: int,
    formules: Mapping[int, Formule] | None = None,
    widths: Sequence[int] = (),
) -> int:
    """Write headings, rows and totals; the first row free after them, from 0."""
    for k, c in enumerate(table.colonnes):
        sheet.texte(head, k, c.titre, "En-tête")
    for n, row in enumerate(table.lignes, head + 1):
        sheet.hauteur(n, lignes(row, widths or [c.largeur for c in table.colonnes]))
        for k, (value, c) in enumerate(zip(row, table.colonnes, strict=True)):
            formula = (formules or {}).get(k)
            cellule(sheet, n, k, value, c, formula(n + 1) if formula else "")
    end = head + 1 + len(table.lignes)
    if not any(c.total for c in table.colonnes) or not table.lignes:
        return end
    for k, (value, c) in enumerate(zip(table.totaux(), table.colonnes, strict=True)):
        if c.total and isinstance(value, int):
            letters = colonne(k)
            shown = value if c.sorte == "nombre" else en_euros(value)
            sheet.formule(end, k, f"SUM({letters}{head + 2}:{letters}{end})", shown, _TOTAUX[c.sorte])
        else:
            sheet.texte(end, k, "" if k else "Total", "Total")
    return end + 1


def cellule(sheet: FeuilleXlsx, row: int, col: int, value: Valeur, c: Colonne, formula: str = "") -> None:
    """One value; the formula that gives it, when there is one and there is something to give."""
    style = _STYLES[c.sorte]
    if value is None:
        sheet.vide(row, col, style)
    elif isinstance(value, str):
        sheet.texte(row, col, texte(value) if c.sorte == "texte" else value, style)
    elif isinstance(value, dt.date):
        sheet.date(row, col, value, style)
    else:
        shown: int | Decimal = value
        if c.sorte == "euros" and isinstance(value, int):
            shown = en_euros(value)
        elif isinstance(value, Decimal):
            shown, style = (value / 100, style) if c.sorte == "taux" else (value, "Nombre")
        if formula:
            sheet.formule(row, col, formula, shown, style)
        else:
            sheet.nombre(row, col, shown, style)
