"""The report of `convenant verifier` as a page that a lawyer prints and finance files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import htpy as h

from generator import __version__
from generator.compte_rendu.balises import page, section, tableau
from generator.compte_rendu.constats import NOMS, compte, constat, decompte, lien, lignes, sens_des_codes
from generator.compte_rendu.etat import Etat, Groupe, lieu, titre_deliberation
from generator.compte_rendu.verifie import verifie
from generator.diagnostics import Diagnostic, Severity, francais
from generator.typography import accord, date_longue, nombre

TITRE = "Compte rendu de contrôle"
SPECIMEN = "Spécimen établi, en tout ou partie, à partir de données fictives"
FICTIF = "données fictives"


def en_html(etat: Etat) -> str:
    """The whole page. It bears a day only when `etat.le` gives one."""
    groupes = etat.groupes()
    about = titre_deliberation(etat.records, etat.numero) if etat.numero else "Toutes les délibérations"
    heading = _numeros()
    parts = [
        section("resultat", next(heading) + "Résultat", _resultat(etat, groupes)),
        section("constats", next(heading) + "Constats", _constats(etat, groupes)),
        section("acceptes", next(heading) + "Avertissements acceptés", _acceptes(etat.acceptes)),
        verifie(etat, next(heading) + "Ce qui a été vérifié"),
        sens_des_codes(next(heading) + "Sens des codes", etat.diagnostics),
    ]
    return page(
        f"{TITRE} – {about}",
        "controle",
        _entete(etat),
        h.main[
            h.h1[TITRE],
            h.p(class_="objet")[h.strong[about], _intitule(etat), _jour(etat)],
            h.p(class_="bandeau")[SPECIMEN] if etat.fictif else None,
            parts,
        ],
        _pied(etat),
    )


def _numeros() -> Iterator[str]:
    n = 0
    while True:
        n += 1
        yield f"{n}. "


def _entete(etat: Etat) -> h.Node:
    d = etat.records.departement
    if d is None:
        return None
    return h.header[h.p(class_="nom")[d.nom], h.p[d.pole], h.p[d.direction]]


def _intitule(etat: Etat) -> h.Node:
    return h.span[francais(etat.dossier.deliberation.intitule)] if etat.dossier else None


def _jour(etat: Etat) -> h.Node:
    return h.span[f"Établi le {date_longue(etat.le)}"] if etat.le else None


# --- the result ----------------------------------------------------------------------------------


def _resultat(etat: Etat, groupes: Sequence[Groupe]) -> h.Node:
    counted = [(f"{NOMS[g]}s".capitalize(), nombre(n)) for g, n in compte(etat.ouverts, zero=True)]
    rows = [
        *counted,
        ("Avertissements acceptés", nombre(len(etat.acceptes))),
        ("Fiches contrôlées", nombre(len(etat.records.sources))),
    ]
    where = tableau(
        "Où sont les constats",
        ["Sujet", *(f"{NOMS[g]}s".capitalize() for g in NOMS)],
        [
            (
                h.a(href=f"#sujet-{n}")[francais(groupe.titre)],
                *(nombre(count) for _, count in compte(groupe.constats, zero=True)),
            )
            for n, groupe in enumerate(groupes, 1)
        ],
        nombres=[1, 2, 3],
    )
    count = tableau("Décompte", ["Objet", "Nombre"], rows, nombres=[1])
    return [_verdict(etat), h.div(class_="cote")[count, where if groupes else None]]


def _verdict(etat: Etat) -> h.Element:
    counted = dict(compte(etat.ouverts))
    if errors := counted.get(Severity.ERREUR):
        kind = "erreur"
        said = (
            f"{accord(errors, 'erreur')}\u00a0: les documents qui dépendent des fiches ou des modèles Word "
            "fautifs ne seront pas produits tant qu’elles demeurent."
        )
    elif warnings := counted.get(Severity.AVERTISSEMENT):
        kind = "avertissement"
        said = (
            f"Aucune erreur, {accord(warnings, 'avertissement')}\u00a0: les documents peuvent être produits, "
            "après examen de ce qui est signalé."
        )
    else:
        kind, said = (
            "propre",
            "Aucune erreur, aucun avertissement\u00a0: les documents peuvent être produits.",
        )
    return h.p(class_=f"verdict {kind}")[said]


# --- the findings --------------------------------------------------------------------------------


def _constats(etat: Etat, groupes: Sequence[Groupe]) -> h.Node:
    if not groupes:
        return h.p["Il n’y a rien à traiter."]
    return [
        h.section(aria_labelledby=f"sujet-{n}")[
            h.h3(id=f"sujet-{n}")[
                francais(groupe.titre),
                groupe.fictif and [" ", h.span(class_="etiquette")[FICTIF]],
                " ",
                h.span(class_="decompte")[f"– {decompte(groupe.constats)}"],
            ],
            (_constat(etat, d) for d in groupe.constats),
        ]
        for n, groupe in enumerate(groupes, 1)
    ]


def _constat(etat: Etat, d: Diagnostic) -> h.Element:
    return constat(d, lignes(d.span, etat.lignes(d.span.file)) if d.span.line else None)


def _acceptes(found: Sequence[Diagnostic]) -> h.Node:
    if not found:
        return h.p["Aucun avertissement n’a été accepté."]
    return [
        h.p[
            "Ces avertissements ont été examinés. La fiche dit qui les accepte, quand et pourquoi\u00a0; ils "
            "ne comptent plus parmi les constats."
        ],
        tableau(
            "Avertissements acceptés dans les fiches",
            ["Constat", "Accepté par", "Le", "Motif"],
            [
                (
                    [
                        lien(d.code),
                        " ",
                        francais(d.message),
                        " ",
                        h.small(class_="lieu")[lieu(d.span)],
                    ],
                    francais(a.par),
                    date_longue(a.le),
                    [francais(a.motif), " ", h.small(class_="lieu")[lieu(a.span)]],
                )
                for d in found
                if (a := d.acceptation)
            ],
        ),
    ]


def _pied(etat: Etat) -> h.Element:
    return h.footer[
        h.p[
            f"Convenant {__version__}. Fiches du dossier «\u00a0{etat.records.racine}\u00a0», dont "
            "l’empreinte SHA-256 est\u00a0:"
        ],
        h.p(class_="empreinte")[etat.empreinte],
        h.p["Deux comptes rendus qui portent la même empreinte parlent des mêmes fiches."],
    ]
