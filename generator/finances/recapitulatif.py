"""The sums of the schedule by month and by quarter, code by code, on a sheet of their own: the list keeps
its headings on every page, and these have others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from generator.finances.classeur import FeuilleXlsx, colonne, en_euros
from generator.finances.echeances import MOIS, plus_mois
from generator.finances.pose import TETE, Bloc, rang
from generator.finances.tables import Table

FEUILLE = "Mois et trimestres"
_LARGEURS = (17, 12)
_LARGEUR_CODE = 17

Rangs = Sequence[tuple[dt.date, Sequence[int]]]
"""First day of each period, cents of each code."""


@dataclass(frozen=True, slots=True)
class Trimestres:
    """Where the table of the quarters stands, for the chart: row of its headings (from 1), its rows, the
    number of codes; the codes start in the third column."""

    tete: int
    bloc: Bloc
    codes: int


def poser_recapitulatif(
    sheet: FeuilleXlsx, liste: Table, mois: Table, source: Bloc
) -> tuple[int, Trimestres | None]:
    """Write the sheet, whose formulas add up `source`, the rows of `liste`.

    Gives the first row free after it, from 0, and where the quarters are; None when nothing has a date.
    """
    codes = [c.titre for c in mois.colonnes[1:-1]]
    sheet.colonnes([*_LARGEURS, *[_LARGEUR_CODE] * (len(codes) + 1)])
    rows = [
        (row[0], [v for v in row[1:-1] if isinstance(v, int)])
        for row in mois.lignes
        if isinstance(row[0], dt.date)
    ]
    if not rows:
        sheet.texte(TETE, 0, "Aucun versement n’a de date.", "Mention")
        return TETE + 1, None
    end = _table(sheet, TETE, rows, 1, codes, liste, source)
    sheet.texte(end + 1, 0, "Versements par trimestre et par code opération", "Sous-titre")
    quarters = _trimestres(rows)
    stop = _table(sheet, end + 2, quarters, 3, codes, liste, source)
    return stop, Trimestres(end + 3, Bloc(FEUILLE, end + 4, end + 3 + len(quarters)), len(codes))


def _trimestres(rows: Rangs) -> Rangs:
    """The sums by quarter, from the first to the last: one without payment is a fact too."""
    sums: dict[dt.date, list[int]] = {}
    for day, row in rows:
        first = day.replace(month=(day.month - 1) // 3 * 3 + 1)
        sums[first] = [a + b for a, b in zip(sums.get(first, [0] * len(row)), row, strict=True)]
    day, last = min(sums), max(sums)
    while day < last:
        sums.setdefault(day, [0] * len(rows[0][1]))
        day = plus_mois(day, 3)
    return sorted(sums.items())


def _table(
    s: FeuilleXlsx, head: int, rows: Rangs, mois: int, codes: Sequence[str], liste: Table, source: Bloc
) -> int:
    """A table of periods by codes, each `mois` months long; the first row free after it."""
    for k, name in enumerate(["Trimestre" if mois == 3 else "Mois", "Du", *codes, "Total"]):
        s.texte(head, k, name, "En-tête")
    due, code, amount = (source.plage(rang(liste, x)) for x in ("Échéance", "Code opération", "Montant"))
    last, end = colonne(1 + len(codes)), head + 1 + len(rows)
    for n, (day, sums) in enumerate(rows, head + 1):
        s.texte(n, 0, _periode(day, mois))
        s.date(n, 1, day)
        for k, cents in enumerate(sums, 2):
            window = f'{due},">="&$B{n + 1},{due},"<"&EDATE($B{n + 1},{mois})'
            live = f"SUMIFS({amount},{code},{colonne(k)}${head + 1},{window})"
            s.formule(n, k, live, en_euros(cents), "Euros")
        s.formule(n, 2 + len(sums), f"SUM(C{n + 1}:{last}{n + 1})", en_euros(sum(sums)), "Euros")
    s.texte(end, 0, "Total", "Total")
    s.vide(end, 1, "Total")
    totals = [sum(sums[k] for _, sums in rows) for k in range(len(codes))]
    for k, cents in enumerate([*totals, sum(totals)], 2):
        live = f"SUM({colonne(k)}{head + 2}:{colonne(k)}{end})"
        s.formule(end, k, live, en_euros(cents), "Total en euros")
    return end + 1


def _periode(day: dt.date, mois: int) -> str:
    """« janvier 2025 », « T1 2025 »."""
    if mois == 3:
        return f"T{(day.month - 1) // 3 + 1} {day.year}"
    return f"{MOIS[day.month - 1]} {day.year}"
