"""What avenants and conventions share: the parties, the annexes techniques, the figures.

A modele is built by the same functions as an acte, with `None` instead of the acte: every value
that belongs to one structure is then `BLANC`, and the words around it are the same. That is what
lets a signed act be proved to be in the terms of the modele that was voted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from generator import typography as t
from generator.documents import commun as c
from generator.documents.commun import BLANC
from generator.load import Dossier, Records, cle_texte
from generator.model import (
    DEPARTEMENT_ENTIER,
    FORMES,
    Acte,
    ActeOperation,
    Actes,
    Dispositif,
    Modele,
    Operation,
    Structure,
)
from generator.model.dispositif import Part, Rubrique
from generator.money import appliquer

PAGES_INCONNUES = "…"
"""Printed where the number of pages goes until the PDF has been made; Word computes it itself."""


def structure(s: Structure | None) -> dict[str, str]:
    """The structure as a party to the act. All words agree with « la structure » (feminine)."""
    if s is None:
        keys = ("nom", "appellation", "nature", "siege", "siret", "representant", "habilitation")
        return {**dict.fromkeys(keys, BLANC), "signataire": BLANC, "qualite": BLANC}
    h = s.habilitation
    return {
        "nom": t.texte(s.nom),
        "appellation": t.texte(s.appellation),
        "nature": t.texte(FORMES[s.forme]),
        "siege": c.adresse(s.siege),
        "siret": t.siret(s.siret),
        "representant": f"{c.personne(s.representant)}, {t.texte(s.representant.qualite)}",
        "habilitation": f"{h.nature} du {t.date_longue(h.date)}",
        "signataire": f"{s.representant.prenom} {t.majuscules(s.representant.nom)}",
        "qualite": t.texte(s.representant.qualite),
    }


def numero_avenant(acte: Acte | None) -> str:
    """Rank of the avenant among those of its convention, from 1."""
    initiale = acte.convention if acte else None
    return str(initiale.avenants_anterieurs + 1) if initiale else BLANC


def intitule(modele: Modele | None, acte: Acte | None) -> str:
    """« Avenant financier n° 1 à la convention n° 2024-00096 », « Convention n° 2025-00012 »."""
    if modele is None:
        return f"Convention n°\u00a0{(acte and acte.numero) or BLANC}"
    kind = "Avenant financier" if modele.financier else "Avenant"
    initiale = acte.convention if acte else None
    amended = initiale.numero if initiale else f"{modele.millesime_convention}-{BLANC}"
    return f"{kind} n°\u00a0{numero_avenant(acte)} à la convention n°\u00a0{amended}"


def montant(cents: int | None) -> str:
    """An amount, or the blank of a modele."""
    return BLANC + "\u00a0€" if cents is None else t.euros(cents)


def _territoires(records: Records, part: ActeOperation) -> list[str]:
    out = []
    for r in part.repartition:
        name = (
            "Ensemble du Département"
            if r.territoire == DEPARTEMENT_ENTIER
            else records.territoires[r.territoire].nom
        )
        out.append(name)
    return out


def _volume(records: Records, part: ActeOperation, unite: str) -> str:
    """« 250 diagnostics : Artois 150, Ternois 100 »; the names alone when nothing is counted."""
    total = part.quantite
    names = _territoires(records, part)
    if total is None:
        return t.enumerer(names)
    if len(names) == 1:
        return f"{c.quantite(total, unite)}, territoire\u00a0: {names[0]}"
    counted = [
        f"{name} ({t.nombre(r.quantite or 0)})" for name, r in zip(names, part.repartition, strict=True)
    ]
    return f"{c.quantite(total, unite)}, territoires\u00a0: {t.enumerer(counted)}"


def _parts(parts: Sequence[Part], cout: int | None) -> list[dict[str, Any]]:
    amounts: Iterable[int | None] = (
        appliquer(cout, [p.taux for p in parts]) if cout is not None and parts else [None] * len(parts)
    )
    return [
        {
            "nature": p.nature,
            "taux": t.taux(p.taux),
            "montant": montant(amount),
            "blocs": c.blocs(p.objet),
        }
        for p, amount in zip(parts, amounts, strict=True)
    ]


def _versements(d: Dispositif, cout: int | None) -> list[dict[str, str]]:
    payments = d.financement.versements
    rates = [v.taux for v in payments if v.taux is not None]
    amounts: Iterable[int | None] = [None] * len(payments)
    if cout is not None and len(rates) == len(payments):
        amounts = appliquer(cout, rates)
    return [
        {
            "nature": v.nature,
            "taux": t.taux(v.taux) if v.taux is not None else BLANC,
            "montant": montant(amount),
            "condition": t.texte(v.condition),
        }
        for v, amount in zip(payments, amounts, strict=True)
    ]


_LIGNE, _LONGUE = 85, 20
"""Characters on a line of an annexe's cell; lines above which a row may run over a page."""


def _rubrique(r: Rubrique) -> dict[str, Any]:
    """A row of the annexe technique; `longue` when keeping it whole would leave a hole in the page."""
    blocs = c.blocs(r.contenu)
    lines = sum(len(b["texte"]) // _LIGNE + 1 for b in blocs)
    return {"titre": t.texte(r.titre), "blocs": blocs, "longue": lines > _LONGUE}


def annexe(
    records: Records,
    operation: Operation,
    numero: int,
    who: Structure | None,
    acte: Acte | None,
    part: ActeOperation | None,
) -> dict[str, Any]:
    """The annexe technique of one dispositif: its content from the record, its figures from the acte."""
    d = records.dispositifs[operation.dispositif]
    cout = part.cout if part else None
    initiale = acte.convention if acte and acte.convention and acte.convention.versements else None
    return {
        "numero": str(numero),
        "intitule": t.texte(d.intitule_annexe or d.intitule),
        "structure": t.texte(who.appellation) if who else BLANC,
        "duree": t.majuscules(t.periode(operation.periode.du, operation.periode.au)[0])
        + t.periode(operation.periode.du, operation.periode.au)[1:],
        "periode": t.periode(operation.periode.du, operation.periode.au),
        "cout": montant(cout),
        "cout_lettres": t.lettres(cout) if cout is not None else BLANC,
        "volume": _volume(records, part, d.unite) if part else BLANC,
        "territoire": t.texte(d.territoire or ""),
        "rubriques": [_rubrique(r) for r in d.rubriques],
        "profil": c.blocs(d.profil),
        "financement": c.blocs(d.financement.base),
        "parts": _parts(d.financement.parts, cout),
        "versements": _versements(d, cout),
        "initiale": {
            "cout": t.euros(initiale.cout or 0),
            "periode": t.periode(initiale.periode.du, initiale.periode.au),
            "versements": [
                {"nature": v.nature, "taux": t.taux(v.taux), "montant": t.euros(v.montant)}
                for v in initiale.versements
            ],
        }
        if initiale
        else None,
        "code": operation.code,
        "bilan": c.blocs(d.bilan),
        "indicateurs": [t.texte(i) for i in d.indicateurs],
        "fictif": d.fictif,
    }


def cles(
    records: Records,
    dossier: Dossier,
    operations: Sequence[Operation],
    actes: Actes | None = None,
    modele: Modele | None = None,
) -> frozenset[str]:
    """Keys that an acte (or a modele) depends on."""
    keys = set(c.cles_deliberation(records, dossier))
    types = (modele and modele.convention_type) or dossier.deliberation.convention_type
    keys |= {records.cle(f"conventions-types/{types}.yaml")}
    keys |= {records.cle(f"dispositifs/{o.dispositif}.yaml") for o in operations}
    if modele is not None:
        keys |= {modele.origine, cle_texte(modele)}
    if actes is not None:
        keys |= {actes.origine, records.cle(f"structures/{actes.structure}.yaml")}
        keys |= {records.cle("territoires.yaml")}
        keys |= {dossier.cle_operation(o.id) for o in operations}
    return frozenset(keys)


def operations(dossier: Dossier, idents: Iterable[str]) -> list[Operation]:
    """The operations named, in that order; unknown names are left to `checks.references`."""
    known = {o.id: o for o in dossier.deliberation.operations()}
    return [known[i] for i in idents if i in known]
