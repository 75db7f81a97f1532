"""The sheets of the workbook: the tables of `tables`, with live formulas over them.

What can be computed from another cell is a formula; the value that it gives is ours, from the same table,
so that a reader who does not recompute sees it, and one who does can compare.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.finances import donnees
from generator.finances import tables as t
from generator.finances.classeur import Classeur, FeuilleXlsx, colonne
from generator.finances.controles import Controle
from generator.finances.pose import (
    CORPS,
    DELIBERATION,
    MENTION,
    TETE,
    TITRE,
    Bloc,
    bloc,
    cellule,
    lignes,
    poser,
    rang,
)
from generator.finances.recapitulatif import FEUILLE as MOIS
from generator.finances.recapitulatif import Trimestres, poser_recapitulatif
from generator.finances.tables import Colonne, Table, Valeur
from generator.load import Dossier, Records
from generator.typography import accord, texte

SYNTHESE, REPARTITION, ECHEANCIER = "Synthèse", "Répartition", "Échéancier"
CONTROLES, JOURNAL = "Contrôles", "Journal"
_HAUTEUR_GRAPHIQUE = 24
"""Rows that the charts cover."""


def classeur(
    records: Records, dossier: Dossier, tables: Sequence[Table], controles: Sequence[Controle]
) -> bytes:
    """The workbook of a deliberation, as bytes; `tables` are those of `tables.tables`."""
    known = {table.nom: table for table in tables}
    book = Classeur(f"Finances – {t.titre(dossier)}", dossier.deliberation.date)
    names = {
        SYNTHESE: t.SYNTHESE,
        REPARTITION: t.REPARTITION,
        ECHEANCIER: t.ECHEANCIER,
        MOIS: t.MOIS,
        CONTROLES: t.CONTROLES,
        JOURNAL: t.JOURNAL,
    }
    sheets = {name: book.feuille(name) for name in names}
    for name, table in names.items():
        _entete(sheets[name], known[table].titre, records, dossier)
    shares = _sur_papier(known[t.REPARTITION])
    source = _liste(sheets[REPARTITION], REPARTITION, shares)
    payments = _liste(sheets[ECHEANCIER], ECHEANCIER, known[t.ECHEANCIER])
    end, quarters = poser_recapitulatif(sheets[MOIS], known[t.ECHEANCIER], known[t.MOIS], payments)
    cells, stop = _synthese(book, sheets[SYNTHESE], known, shares, source, quarters)
    _controles(sheets[CONTROLES], known[t.CONTROLES], controles, cells)
    _liste(sheets[JOURNAL], JOURNAL, known[t.JOURNAL])
    foot, codes = t.titre(dossier), len(known[t.MOIS].colonnes) + 1
    sheets[SYNTHESE].page(stop, len(known[t.SYNTHESE].colonnes), foot)
    sheets[REPARTITION].page(source.derniere + 1, len(shares.colonnes), foot)
    sheets[ECHEANCIER].page(payments.derniere + 1, len(known[t.ECHEANCIER].colonnes), foot)
    sheets[MOIS].page(end, codes, foot)
    sheets[CONTROLES].page(CORPS + max(1, len(controles)), len(known[t.CONTROLES].colonnes) + 1, foot)
    sheets[JOURNAL].page(CORPS + max(1, len(known[t.JOURNAL].lignes)), len(known[t.JOURNAL].colonnes), foot)
    return book.octets()


def _entete(sheet: FeuilleXlsx, title: str, records: Records, dossier: Dossier) -> None:
    sheet.texte(TITRE, 0, title, "Titre")
    sheet.hauteur(TITRE, 2)
    sheet.texte(DELIBERATION, 0, f"{t.titre(dossier)} – {texte(dossier.deliberation.intitule)}", "Sous-titre")
    if donnees.fictif(records, dossier):
        sheet.texte(MENTION, 0, "* Structure inventée. Des données de ce classeur sont fictives.", "Mention")


def _sur_papier(table: Table) -> Table:
    kept = [k for k, c in enumerate(table.colonnes) if c.papier]
    rows = tuple(tuple(row[k] for k in kept) for row in table.lignes)
    return Table(table.nom, table.titre, tuple(table.colonnes[k] for k in kept), rows)


def _liste(sheet: FeuilleXlsx, name: str, table: Table) -> Bloc:
    """A sheet that is one list, with its filters."""
    sheet.colonnes([c.largeur for c in table.colonnes])
    # The year is that of the due date: a formula, so that a date put right moves it too.
    years = {k: (lambda n: f"YEAR(A{n})") for k, c in enumerate(table.colonnes) if c.titre == "Exercice"}
    poser(sheet, table, TETE, years)
    sheet.entete(TETE)
    where = bloc(name, table, CORPS)
    if table.lignes:
        sheet.filtre(TETE, where.derniere - 1, len(table.colonnes))
        sheet.chiffres_en_texte(f"A{where.premiere}:{colonne(len(table.colonnes) - 1)}{where.derniere}")
    else:
        sheet.texte(CORPS, 0, "Aucune ligne.", "Mention")
    return where


def _synthese(
    book: Classeur,
    sheet: FeuilleXlsx,
    known: Mapping[str, Table],
    shares: Table,
    source: Bloc,
    quarters: Trimestres | None,
) -> tuple[dict[str, int], int]:
    """Write the first sheet: the rows (from 1) of what others refer to, by « code … » and « operation … »,
    and the first row free (from 0)."""
    codes, operations = known[t.SYNTHESE], known[t.OPERATIONS]
    sheet.colonnes([c.largeur for c in codes.colonnes])
    code, what, amount, units = (
        source.plage(rang(shares, x)) for x in ("Code opération", "Dispositif", "Montant", "Places")
    )
    end = poser(
        sheet,
        codes,
        TETE,
        {
            4: lambda n: f"ROUND(D{n}-F{n},2)",
            7: lambda n: f"SUMIFS({amount},{code},A{n})",
            8: lambda n: f"ROUND(H{n}-G{n},2)",
            9: lambda n: f"ROUND(F{n}-H{n},2)",
            10: lambda n: f"J{n}/D{n}",
        },
    )
    sheet.entete(TETE)
    for n in range(CORPS, end - 1):
        _lien(sheet, n, 0, codes.lignes[n - CORPS][0], shares, "Code opération", source)
    rows = {f"code {row[0]}": CORPS + k for k, row in enumerate(codes.lignes, 1)}
    sheet.condition(f"I{CORPS + 1}:I{end}", f"ROUND(I{CORPS + 1},2)<>0", True)
    low = f"AND(ISNUMBER($K{CORPS + 1}),$K{CORPS + 1}<0.05)"
    sheet.condition(f"J{CORPS + 1}:K{end - 1}", low, False)
    sheet.texte(end + 1, 0, operations.titre, "Sous-titre")
    head = end + 2
    both = f"({code}=A%d)*({what}=C%d)"
    stop = poser(
        sheet,
        operations,
        head,
        {
            5: lambda n: f"SUMPRODUCT({both % (n, n)}*{units})",
            7: lambda n: f"SUMPRODUCT({both % (n, n)}*{amount})",
            8: lambda n: f"ROUND(H{n}-G{n},2)",
        },
        [c.largeur for c in codes.colonnes],
    )
    sheet.condition(f"I{head + 2}:I{stop}", f"ROUND(I{head + 2},2)<>0", True)
    for n in range(len(operations.lignes)):
        _lien(sheet, head + 1 + n, 2, operations.lignes[n][2], shares, "Dispositif", source)
    rows |= {f"operation {row[2]}": head + 1 + k for k, row in enumerate(operations.lignes, 1)}
    legend = "Fond jaune : le solde est inférieur à 5 % de l’AE. Fond rouge : l’écart n’est pas nul."
    sheet.texte(stop, 0, texte(legend), "Mention")
    _graphiques(book, sheet, stop + 2, len(codes.lignes), quarters)
    return rows, stop + 2 + _HAUTEUR_GRAPHIQUE


def _lien(
    sheet: FeuilleXlsx, row: int, col: int, value: Valeur, shares: Table, title: str, source: Bloc
) -> None:
    """Make a cell lead to the first line of the répartition that has its value."""
    rank = rang(shares, title)
    first = next((k for k, r in enumerate(shares.lignes) if r[rank] == value), None)
    if first is not None and isinstance(value, str):
        sheet.lien(row, col, value, f"'{REPARTITION}'!{colonne(rank)}{source.premiere + first}")


_COULEURS = ("#1F3864", "#2E9E8F", "#D9A441", "#7B5EA7", "#C0504D", "#6B8E23", "#5B9BD5", "#8C564B")


def _graphiques(
    book: Classeur, sheet: FeuilleXlsx, row: int, codes: int, quarters: Trimestres | None
) -> None:
    first, last = CORPS + 1, CORPS + codes
    parts = (("E", "Engagé avant", "#1F3864"), ("H", "Proposition", "#D9A441"), ("J", "Solde", "#C9D6E8"))
    chart = book.barres(
        "Consommation de l’AE par code opération",
        [
            {
                "name": name,
                "categories": f"='{SYNTHESE}'!$A${first}:$A${last}",
                "values": f"='{SYNTHESE}'!${letters}${first}:${letters}${last}",
                "fill": {"color": color},
            }
            for letters, name, color in parts
        ],
        "percent_stacked",
        True,
    )
    says = "Part de chaque autorisation d’engagement déjà engagée, proposée et restante, par code opération"
    sheet.graphique(row, 0, chart, 640, 330, says)
    if quarters is None:
        return
    first, last = quarters.bloc.premiere, quarters.bloc.derniere
    chart = book.barres(
        "Échéancier des versements par trimestre",
        [
            {
                "name": f"='{MOIS}'!${colonne(k)}${quarters.tete}",
                "categories": f"='{MOIS}'!$A${first}:$A${last}",
                "values": f"='{MOIS}'!${colonne(k)}${first}:${colonne(k)}${last}",
                "fill": {"color": _COULEURS[(k - 2) % len(_COULEURS)]},
            }
            for k in range(2, 2 + quarters.codes)
        ],
        "stacked",
        False,
    )
    sheet.graphique(row, 4, chart, 640, 330, "Montant à verser par trimestre, par code opération")


def _controles(
    sheet: FeuilleXlsx, table: Table, controles: Sequence[Controle], cells: Mapping[str, int]
) -> None:
    """The checks, the left side live where a cell of the synthèse is that sum."""
    wide = [*(c.largeur for c in table.colonnes[:-1]), 10, table.colonnes[-1].largeur]
    sheet.colonnes(wide)
    live = {k: cells[c.suivi] for k, c in enumerate(controles) if c.suivi in cells}
    heads = [*table.colonnes[:-1], Colonne("Résultat"), table.colonnes[-1]]
    for k, c in enumerate(heads):
        sheet.texte(TETE, k, c.titre, "En-tête")
    for k, row in enumerate(table.lignes):
        n = CORPS + k
        sheet.hauteur(n, lignes((*row[:-1], None, row[-1]), wide))
        for col, value in enumerate(row[:-2]):
            source = f"'{SYNTHESE}'!H{live[k]}" if col == 3 and k in live else ""
            cellule(sheet, n, col, value, table.colonnes[col], source)
        gap = controles[k].ecart
        cellule(sheet, n, 6, row[6], table.colonnes[6], f"ROUND(D{n + 1}-F{n + 1},2)")
        sheet.formule(n, 7, f'IF(G{n + 1}=0,"juste","ÉCART")', "ÉCART" if gap else "juste", "Texte")
        sheet.texte(n, 8, str(row[-1]))
    last = CORPS + max(1, len(table.lignes))
    wrong = sum(c.ecart != 0 for c in controles)
    said = f"{accord(len(controles), 'contrôle')}, dont en écart\u00a0: {wrong}"
    counted, wide_of = f"COUNTA(A{CORPS + 1}:A{last})", f'COUNTIF(H{CORPS + 1}:H{last},"ÉCART")'
    kept = f'{counted}&"\u00a0contrôles, dont en écart\u00a0: "&{wide_of}'
    if len(controles) > 1:
        sheet.formule(MENTION + 1, 0, kept, said, "Sous-titre")
    sheet.entete(TETE)
    sheet.filtre(TETE, last - 1, len(heads))
    sheet.condition(f"G{CORPS + 1}:H{last}", f"$G{CORPS + 1}<>0", True)
