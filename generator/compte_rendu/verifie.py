"""« Ce qui a été vérifié »: the sums that agree, so that finance has the proof and not only the silence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import htpy as h

from generator.checks import regles
from generator.checks.parcours import actes_complets
from generator.checks.preuves import Mesure, Niveau, Partage, Preuve, Terme, chaine, partages, preuves
from generator.compte_rendu.balises import section, tableau
from generator.compte_rendu.catalogue import fiche
from generator.compte_rendu.constats import Lieu
from generator.compte_rendu.etat import Etat, lieu, titre_deliberation
from generator.diagnostics import Severity, Span, francais
from generator.load import Dossier, Records
from generator.money import REGLE_DE_PARTAGE
from generator.typography import accord, enumerer, euros, nombre, taux

_PLIES = 12
"""Rows above which a table is folded on the screen; paper shows it all the same."""


def verifie(etat: Etat, titre: str) -> h.Element:
    """The section: sums of each deliberation, the rule of rounding, the families of rules applied."""
    records = etat.records
    dossiers = [etat.dossier] if etat.dossier else list(records.dossiers.values())
    return section(
        "verifie",
        titre,
        h.p[
            "Les montants sont comptés en centimes entiers. Chaque somme ci-dessous est refaite à partir des "
            "fiches, puis comparée au chiffre qu’elles annoncent\u00a0; l’écart est la différence des deux."
        ],
        (_deliberation(records, d, len(dossiers) > 1) for d in dossiers),
        _partages(records, dossiers),
        _familles(etat),
    )


def _deliberation(records: Records, dossier: Dossier, several: bool) -> h.Node:
    """The proofs of one deliberation, from the whole to the acts."""
    found = preuves(records, dossier)
    wrong = sum(not p.juste for p in found)
    said = [
        accord(len(found), "comparaison"),
        "\u00a0: tout concorde."
        if not wrong
        else f", dont {accord(wrong, 'écart')}. Chaque écart a son constat, sous le code indiqué.",
    ]
    steps = chaine(records, dossier)
    return [
        h.h3[f"Sommes – {titre_deliberation(records, dossier.deliberation.id)}" if several else "Sommes"],
        h.p(class_="faux" if wrong else "juste")[said],
        None
        if actes_complets(records, dossier)
        else h.p(class_="faux")[
            "Une fiche d’actes est fautive\u00a0: les sommes sur les actes ne sont pas faites."
        ],
        _chaine(steps),
        h.p[
            f"Les places sont celles des fiches du dossier «\u00a0{records.racine}\u00a0»\u00a0; quand rien "
            f"d’autre n’est dit, sous «\u00a0deliberations/{dossier.deliberation.id}\u00a0»."
        ],
        (
            _niveau(niveau, [p for p in found if p.niveau is niveau], _lieu_court(records, dossier))
            for niveau in reversed(Niveau)
        ),
    ]


def _chaine(steps: Sequence[Terme]) -> h.Element:
    """The same total at each step, each with its difference from the step before."""
    gaps = [None, *(b.valeur - a.valeur for a, b in pairwise(steps))]
    return tableau(
        "Du premier acte à la ligne budgétaire",
        ["Étape", "Total", "Écart avec l’étape précédente"],
        [
            (step.libelle, euros(step.valeur), "–" if gap is None else _ecart(gap, euros(gap)))
            for step, gap in zip(steps, gaps, strict=True)
        ],
        nombres=[1, 2],
    )


def _lieu_court(records: Records, dossier: Dossier) -> Lieu:
    """Places without the folders that all of them share."""
    own, root = f"{dossier.cle.rpartition('/')[0]}/", f"{records.racine}/"

    def short(span: Span) -> str:
        return lieu(replace(span, file=span.file.removeprefix(own).removeprefix(root)))

    return short


def _niveau(niveau: Niveau, found: Sequence[Preuve], ou: Lieu) -> h.Node:
    if not found:
        return None
    wrong = [p for p in found if not p.juste]
    result = f"{accord(len(wrong), 'écart')}" if wrong else "tout concorde"
    return h.details(class_="preuves", open=bool(wrong) or len(found) <= _PLIES)[
        h.summary[f"{niveau}\u00a0: {accord(len(found), 'comparaison')}, {result}"],
        tableau(
            f"{niveau}\u00a0: sommes refaites et chiffres annoncés",
            ["Objet", "Somme refaite", "Chiffre annoncé", "Écart", "Place de ce chiffre"],
            [_rang(p, ou) for p in found],
            nombres=[3],
        ),
    ]


def _rang(p: Preuve, ou: Lieu) -> Sequence[h.Node]:
    return (
        francais(p.objet),
        [_valeur(p, p.gauche), " ", h.small[_termes(p, ou)]],
        [_valeur(p, p.droite), " ", h.small[p.reference]],
        [_ecart(p.ecart, _valeur(p, p.ecart)), None if p.juste else [" ", h.small[p.code]]],
        h.span(class_="lieu")[ou(p.span)],
    )


def _termes(p: Preuve, ou: Lieu) -> h.Node:
    """What the left side sums; each term with its place, unfolded on demand."""
    if len(p.termes) < 2:
        return [p.calcul, [f" ({ou(t.span)})" for t in p.termes]]
    return h.details[
        h.summary[f"{p.calcul} ({len(p.termes)})"],
        h.ul[
            (
                h.li[
                    f"{francais(t.libelle)}\u00a0: {_valeur(p, t.valeur)} ",
                    h.span(class_="lieu")[f"({ou(t.span)})"],
                ]
                for t in p.termes
            )
        ],
    ]


def _valeur(p: Preuve, n: int) -> str:
    if p.mesure is Mesure.EUROS:
        return euros(n)
    return accord(n, p.unite if p.mesure is Mesure.UNITES else "structure")


def _ecart(n: int, said: str) -> h.Node:
    """« aucun » reads better than 0,00 €."""
    return h.strong(class_="faux")[said] if n else "aucun"


def _partages(records: Records, dossiers: Iterable[Dossier]) -> h.Node:
    """The rule of rounding, and each split where rounding part by part would not have made the amount."""
    found = [p for dossier in dossiers for p in partages(records, dossier)]
    moved = [p for p in found if p.deplace]
    said = f"{accord(len(found), 'montant réparti', 'montants répartis')} entre des parts ou des versements. "
    if not found:
        said = "Aucun montant n’est réparti par taux. "
    elif not moved:
        said += "Partout, l’arrondi de chaque part donne déjà le total."
    else:
        some = "un seul" if len(moved) == 1 else nombre(len(moved))
        said += f"Pour {some} d’entre eux, arrondir chaque part n’aurait pas fait le total."
    table = tableau(
        "Montants dont un centime a été attribué par la règle",
        ["Objet", "Montant", "Taux", "Parts arrondies une à une", "Parts retenues"],
        [_rang_de_partage(p) for p in moved],
        nombres=[1, 2, 3, 4],
    )
    return [
        h.h3["Règle de partage"],
        h.p[REGLE_DE_PARTAGE],
        h.p[said],
        table if moved else None,
    ]


def _rang_de_partage(p: Partage) -> Sequence[h.Node]:
    def column(values: Iterable[str]) -> h.Node:
        return [h.span(class_="terme")[v, " "] for v in values]

    return (
        francais(p.objet),
        euros(p.montant),
        column(taux(t) for t in p.taux),
        [
            column(euros(c) for c in p.arrondis),
            " ",
            h.small[f"somme\u00a0: {euros(sum(p.arrondis))}"],
        ],
        column(euros(c) for c in p.parts),
    )


def _familles(etat: Etat) -> h.Node:
    """How many rules of each family were applied, and what they found."""
    counts: dict[str, list[int]] = {}
    for code in (code for rule in regles() for code in rule.codes):
        row = counts.setdefault(fiche(code).famille, [0, 0, 0])
        row[0] += 1
        mine = [d for d in etat.ouverts if d.code == code]
        row[1] += sum(d.severity is Severity.ERREUR for d in mine)
        row[2] += sum(d.severity is not Severity.ERREUR for d in mine)
    names = enumerer(name.lower() for name, row in counts.items() if row[1])
    return [
        h.h3["Règles appliquées aux fiches"],
        h.p[
            f"{accord(sum(row[0] for row in counts.values()), 'contrôle')}, "
            f"{accord(len(counts), 'famille')}.",
            names and f" Des erreurs sont signalées dans\u00a0: {names}.",
        ],
        tableau(
            "Contrôles appliqués, par famille",
            ["Famille", "Contrôles", "Erreurs", "Autres constats"],
            [(name, *map(nombre, row)) for name, row in counts.items()],
            nombres=[1, 2, 3],
        ),
    ]
