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
    FORMES,
    Acte,
    ActeOperation,
    Actes,
    ConventionInitiale,
    ConventionType,
    Dispositif,
    Modele,
    Operation,
    Periode,
    Repartition,
    Structure,
)
from generator.model.actes import VolumeInitial
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


def numero_blanc(modele: Modele) -> str:
    """« 2024-XXXX »: the number of a convention in a modele."""
    return f"{modele.millesime_convention}-{BLANC}" if modele.millesime_convention else BLANC


def conservation(p: Periode) -> str:
    """Last day on which the papers are kept: ten years after the year in which the convention ends."""
    return t.date_longue(p.au.replace(year=p.au.year + 10, month=12, day=31))


def intitule(modele: Modele | None, acte: Acte | None) -> str:
    """« Avenant financier n° 1 à la convention n° 2024-00096 », « Convention n° 2025-00012 »."""
    if modele is None or not modele.est_avenant:
        return f"Convention n°\u00a0{(acte and acte.numero) or BLANC}"
    kind = "Avenant financier" if modele.financier else "Avenant"
    initiale = acte.convention if acte else None
    amended = initiale.numero if initiale else numero_blanc(modele)
    return f"{kind} n°\u00a0{numero_avenant(acte)} à la convention n°\u00a0{amended}"


def montant(cents: int | None) -> str:
    """An amount, or the blank of a modele."""
    return BLANC + "\u00a0€" if cents is None else t.euros(cents)


Places = list[tuple[str, int | None]]


def _places(records: Records, shares: Sequence[Repartition | VolumeInitial]) -> Places:
    """Territoires by name, each with its units, when they are counted."""
    return [(c.territoire(records, r.territoire), r.quantite) for r in shares]


def _volume(places: Places, unite: str) -> str:
    """« 250 diagnostics : Artois (150) et Ternois (100) »; the names alone when nothing is counted."""
    counted = [n for _, n in places if n is not None]
    if not counted:
        return t.enumerer([name for name, _ in places])
    total = c.quantite(sum(counted), unite)
    if len(places) == 1:
        return f"{total}, territoire\u00a0: {places[0][0]}"
    words = [f"{name} ({t.nombre(n or 0)})" for name, n in places]
    return f"{total}, territoires\u00a0: {t.enumerer(words)}"


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


def _versements(d: Dispositif, cout: int | None) -> list[dict[str, Any]]:
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
            "maximum": v.maximum,
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


def _tranche(
    d: Dispositif, titre: str, periode: Periode, cout: int | None, volume: str, dus: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "titre": titre,
        "periode": t.periode(periode.du, periode.au),
        "cout": montant(cout),
        "cout_lettres": t.lettres(cout) if cout is not None else BLANC,
        "volume": volume,
        "parts": _parts(d.financement.parts, cout),
        "versements": dus,
    }


def _tranches(
    records: Records, operation: Operation, initiale: ConventionInitiale | None, part: ActeOperation | None
) -> list[dict[str, Any]]:
    """What is financed, in order: what the convention already pays when it is recalled, then the act."""
    d = records.dispositifs[operation.dispositif]
    cout = part.cout if part else None
    volume = _volume(_places(records, part.repartition), d.unite) if part else BLANC
    added = _tranche(d, "", operation.periode, cout, volume, _versements(d, cout))
    if initiale is None or not initiale.versements:
        return [added]
    due: list[dict[str, Any]] = [
        {
            "nature": v.nature,
            "taux": t.taux(v.taux),
            "montant": t.euros(v.montant),
            "maximum": False,
            "condition": t.texte(v.condition or ""),
        }
        for v in initiale.versements
    ]
    volume = _volume(_places(records, initiale.volumes), d.unite) if initiale.volumes else ""
    before = _tranche(d, "Convention initiale", initiale.periode, initiale.cout or 0, volume, due)
    return [before, {**added, "titre": "Présent avenant"}]


def annexe(
    records: Records,
    operation: Operation,
    numero: int | None,
    who: Structure | None,
    acte: Acte | None,
    part: ActeOperation | None,
) -> dict[str, Any]:
    """The annexe of one dispositif: its content from the record, its figures from the acte.

    `tranches` holds one set of figures, or two when the avenant recalls those of the convention;
    `numero` is None in a modele whose annexes follow those of a convention yet unknown.
    """
    d = records.dispositifs[operation.dispositif]
    du = t.periode(operation.periode.du, operation.periode.au)
    rules, zone = c.regles_de_financement(d), t.texte(d.territoire or "")
    tranches = _tranches(records, operation, acte.convention if acte else None, part)
    return {
        "numero": str(numero) if numero is not None else BLANC,
        "nature": d.annexe,
        "intitule": t.texte(d.intitule_annexe or d.intitule),
        "structure": t.texte(who.appellation) if who else BLANC,
        "duree": t.majuscules(du[0]) + du[1:],
        "periode": du,
        "tranches": tranches,
        # Not twice the same name in one cell.
        "territoire": "" if any(x["volume"] == zone for x in tranches) else zone,
        "rubriques": [_rubrique(r) for r in d.rubriques],
        "profil": c.blocs(d.profil),
        "financement": c.blocs(d.financement.base),
        **rules,
        "regles": any(v for k, v in rules.items() if k != "unite"),
        # A dispositif without a fiche says its capacity in its own rubriques.
        "capacites": rules["capacites"] if d.fiche else [],
        "code": operation.code,
        "bilan": c.blocs(d.bilan),
        "indicateurs": [t.texte(i) for i in d.indicateurs],
        "frais": _frais(records, operation, part) if d.annexe == "frais" else None,
        "fictif": d.fictif,
    }


def _frais(records: Records, operation: Operation, part: ActeOperation | None) -> dict[str, Any]:
    """The statement of expenses: one row per territoire and unit cost; one blank row in a modele."""
    costs = {x.id: c.cout_unitaire(x) for x in records.dispositifs[operation.dispositif].financement.couts}
    rows = [
        {
            "territoire": c.territoire(records, r.territoire),
            "objet": t.majuscules(costs[r.tarif]["objet"][:1]) + costs[r.tarif]["objet"][1:],
            "tarif": costs[r.tarif]["montant"],
            "quantite": t.nombre(r.quantite or 0),
            "montant": t.euros(r.montant),
        }
        for r in (part.repartition if part else ())
    ]
    blank = {**dict.fromkeys(("territoire", "objet", "tarif", "quantite"), BLANC), "montant": montant(None)}
    return {
        "lignes": rows or [blank],
        "quantite": t.nombre(part.quantite or 0) if part else BLANC,
        "montant": montant(part.montant if part else None),
        "duree": t.accord(t.duree_mois(operation.periode.du, operation.periode.au) or 0, "mois", "mois"),
    }


def id_convention_type(dossier: Dossier, modele: Modele | None, ops: Sequence[Operation]) -> str:
    """The convention type of an act: its modele's, else its operation's, else the deliberation's."""
    named = [o.convention_type for o in ops if o.convention_type]
    return (modele and modele.convention_type) or (named or [dossier.deliberation.convention_type])[0]


def premiere_annexe(types: ConventionType, modele: Modele | None, acte: Acte | None) -> int | None:
    """Number of the first annexe of an act; None in the modele of an avenant that adds annexes."""
    if modele is None or not modele.est_avenant or modele.annexes_initiales:
        return types.premiere_annexe
    initiale = acte.convention if acte else None
    return initiale.annexes + 1 if initiale and initiale.annexes is not None else None


def annexes(
    records: Records,
    types: ConventionType,
    ops: Sequence[Operation],
    modele: Modele | None,
    who: Structure | None,
    acte: Acte | None,
) -> list[dict[str, Any]]:
    """The annexes of an act, numbered, in the order of its operations."""
    first = premiere_annexe(types, modele, acte)
    parts = {p.operation: p for p in acte.operations} if acte else {}
    return [
        annexe(records, o, None if first is None else first + rank, who, acte, parts.get(o.id))
        for rank, o in enumerate(ops)
    ]


def cles(
    records: Records,
    dossier: Dossier,
    operations: Sequence[Operation],
    actes: Actes | None = None,
    modele: Modele | None = None,
) -> frozenset[str]:
    """Keys that an acte (or a modele) depends on."""
    keys = set(c.cles_deliberation(records, dossier))
    types = id_convention_type(dossier, modele, operations)
    keys |= {records.cle(f"conventions-types/{types}.yaml")}
    keys |= {records.cle(f"dispositifs/{o.dispositif}.yaml") for o in operations}
    if modele is not None:
        keys |= {modele.origine, cle_texte(modele)}
    if actes is not None:
        keys |= {actes.origine, records.cle(f"structures/{actes.structure}.yaml")}
        keys |= {records.cle("territoires.yaml")}
        keys |= {dossier.cle_operation(o.id) for o in operations}
    return frozenset(keys)


def cle_modele(dossier: Dossier, ident: str) -> str:
    """Key of the file of a modele, whether it exists or not."""
    return f"{dossier.cle.rsplit('/', 1)[0]}/modeles/{ident}.yaml"


def operations(dossier: Dossier, idents: Iterable[str]) -> list[Operation]:
    """The operations named, in that order; unknown names are left to `checks.references`."""
    known = {o.id: o for o in dossier.deliberation.operations()}
    return [known[i] for i in idents if i in known]
