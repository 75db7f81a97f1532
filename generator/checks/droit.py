"""Law: what must be done before money is granted, and before an act is signed.

The thresholds of grants (23 000 €, 153 000 €, de minimis) stand in `seuils`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from generator.checks import regle
from generator.checks.parcours import LieuActe, actes, actes_de
from generator.diagnostics import Diagnostic, Note, Severity, Span
from generator.load import Dossier, Records
from generator.model import Departement
from generator.typography import date_longue, enumerer

_SOURCE = "décret n° 2021-1947 du 31 décembre 2021"
_EN_VIGUEUR = dt.date(2022, 1, 2)  # a decree applies from the day after its publication, here 1 January
_FORMES = frozenset({"association", "fondation"})


def _conventions_nouvelles(records: Records) -> dict[str, list[LieuActe]]:
    """The new conventions of each structure that the decree governs, in the order of the deliberations."""
    found: dict[str, list[LieuActe]] = {}
    for lieu in actes(records):
        if not lieu.acte.est_avenant and lieu.dossier.deliberation.date >= _EN_VIGUEUR:
            found.setdefault(lieu.actes.structure, []).append(lieu)
    for places in found.values():
        places.sort(key=lambda lieu: lieu.dossier.deliberation.date)
    return found


@regle("DRO001", "DRO002", gravite=Severity.AVERTISSEMENT)
def engagement_republicain(records: Records) -> Iterator[Diagnostic]:
    """Une association ou une fondation qui reçoit une convention nouvelle a souscrit le contrat
    d’engagement républicain, ou en est dispensée parce qu’elle est agréée ou reconnue d’utilité publique
    (DRO001). Elle l’a souscrit après l’entrée en vigueur du décret n° 2021-1947 et avant la délibération
    la plus récente (DRO002). Ce sont des avertissements."""
    for nom, places in _conventions_nouvelles(records).items():
        s = records.structures.get(nom)
        if s is None or s.forme not in _FORMES:
            continue
        last = places[-1].dossier.deliberation.date
        notes = tuple(Note("convention nouvelle", lieu.span("numero")) for lieu in places)
        if s.engagement_republicain is None:
            yield Diagnostic(
                "DRO001",
                f"le contrat d’engagement républicain de la structure n’est pas enregistré ({_SOURCE})",
                records.span(s.origine, "forme"),
                Severity.AVERTISSEMENT,
                notes,
                help="ajouter « engagement_republicain », avec « souscrit_le » ou « dispense »",
            )
            continue
        day = s.engagement_republicain.souscrit_le
        if day is None or _EN_VIGUEUR <= day <= last:
            continue
        said = f"après la délibération du {date_longue(last)}"
        if day < _EN_VIGUEUR:
            said = f"avant son entrée en vigueur, le {date_longue(_EN_VIGUEUR)}"
        yield Diagnostic(
            "DRO002",
            f"contrat d’engagement républicain souscrit le {date_longue(day)}, {said} ({_SOURCE})",
            records.span(s.origine, "engagement_republicain", "souscrit_le"),
            Severity.AVERTISSEMENT,
            notes,
            help="corriger la date de souscription",
        )


@regle("DRO003", gravite=(Severity.AVERTISSEMENT, Severity.INFO))
def signe_quand_executoire(records: Records) -> Iterator[Diagnostic]:
    """Un acte est signé quand sa délibération est exécutoire, c’est-à-dire publiée (« publiee_le ») et
    transmise au préfet (« transmise_le ») : code général des collectivités territoriales, article
    L.3131-1. C’est un avertissement. Si un acte est signé et que l’une des deux dates n’est pas
    enregistrée, c’est une information."""
    for dossier in records.dossiers.values():
        d = dossier.deliberation
        signed = [lieu for lieu in actes_de(records, dossier) if lieu.acte.signe_le is not None]
        if not signed:
            continue
        known = {"publiee_le": d.publiee_le, "transmise_le": d.transmise_le}
        if missing := [f"« {champ} »" for champ, day in known.items() if day is None]:
            yield Diagnostic(
                "DRO003",
                f"des actes sont signés sans {enumerer(missing, 'ni')} : rien ne dit que la délibération "
                f"était exécutoire (CGCT, article L.3131-1)",
                records.span(dossier.cle, "date"),
                Severity.INFO,
                notes=tuple(Note("acte signé", lieu.span("signe_le")) for lieu in signed[:3]),
                help="ajouter à la délibération les dates de sa publication et de sa transmission",
            )
        days = [day for day in known.values() if day is not None]
        for lieu in signed:
            day = lieu.acte.signe_le
            if day is None or not days or not d.date <= day < max(days):
                continue  # before the vote: DUR007
            yield Diagnostic(
                "DRO003",
                f"l’acte est signé le {date_longue(day)}, la délibération est exécutoire "
                f"le {date_longue(max(days))} (CGCT, article L.3131-1)",
                lieu.span("signe_le"),
                Severity.AVERTISSEMENT,
                notes=tuple(
                    Note(f"{champ} : {date_longue(x)}", records.span(dossier.cle, champ))
                    for champ, x in known.items()
                    if x is not None
                ),
                help="corriger une date ; si elles sont exactes, voir avec le service juridique s’il faut "
                "signer l’acte à nouveau",
            )


def _nom(text: str) -> str:
    return " ".join(text.split()).casefold()


def _peut_signer(d: Departement, nom: str, jour: dt.date) -> bool:
    """True for the president, and for whoever has a delegation on that day."""
    if _nom(nom) == _nom(f"{d.president.prenom} {d.president.nom}"):
        return True
    held = [x for x in d.delegations if _nom(x.nom) == _nom(nom)]
    return any(x.du <= jour and (x.au is None or jour <= x.au) for x in held)


def _signatures(
    records: Records, dossier: Dossier, d: Departement
) -> Iterator[tuple[str, dt.date, Span, str]]:
    """Each signature for the Département: who, on which day, where it is written, of what."""
    deliberation = dossier.deliberation
    if d.delegations and (s := deliberation.signataire):
        where = records.span(dossier.cle, "signataire", "nom")
        yield f"{s.prenom} {s.nom}", deliberation.date, where, "la délibération"
    usual = f"{d.signataire.prenom} {d.signataire.nom}"
    unsigned = 0
    for lieu in actes_de(records, dossier):
        a = lieu.acte
        if a.signataire:
            yield a.signataire, a.signe_le or deliberation.date, lieu.span("signataire"), "l’acte"
        elif a.signe_le:
            yield usual, a.signe_le, lieu.span("signe_le"), "l’acte"
        else:
            unsigned += 1
    if unsigned:
        where = records.span(d.origine, "signataire", "nom")
        yield usual, deliberation.date, where, f"les actes de la délibération « {deliberation.id} »"


@regle("DRO004", gravite=Severity.AVERTISSEMENT)
def signataire_delegue(records: Records) -> Iterator[Diagnostic]:
    """Qui signe pour le Département est le Président, ou a de lui une délégation de signature en vigueur ce
    jour-là (« delegations » du Département ; code général des collectivités territoriales, article
    L.3221-3). Le jour est celui de la signature, sinon celui de la délibération. Tant qu’aucune délégation
    n’est enregistrée, seul un autre signataire que celui du Département est signalé."""
    d = records.departement
    if d is None:
        return
    usual = _nom(f"{d.signataire.prenom} {d.signataire.nom}")
    for dossier in records.dossiers.values():
        for who, day, span, what in _signatures(records, dossier, d):
            if _peut_signer(d, who, day) or (not d.delegations and _nom(who) == usual):
                continue
            yield Diagnostic(
                "DRO004",
                f"{who} signe {what} sans délégation de signature enregistrée au {date_longue(day)} "
                f"(CGCT, article L.3221-3)",
                span,
                Severity.AVERTISSEMENT,
                notes=(Note("signataire du Département", records.span(d.origine, "signataire")),),
                help="corriger le signataire, ou ajouter sa délégation au Département (« delegations »)",
            )


@regle("DRO005", gravite=Severity.AVERTISSEMENT)
def visas_requis(records: Records) -> Iterator[Diagnostic]:
    """Une délibération entière vise les textes que demande le Département (« visas_requis » : un code et,
    s’il y a lieu, un article) et, puisque la Commission Permanente décide par délégation, la délibération
    du Conseil départemental qui la lui donne (code général des collectivités territoriales, article
    L.3211-2). L’oubli d’un visa ne rend pas l’acte illégal : c’est un avertissement."""
    asked = records.departement.visas_requis if records.departement else ()
    for dossier in records.dossiers.values():
        d = dossier.deliberation
        if d.extrait or not d.visas:
            continue
        said: list[tuple[str, Note | None]] = []
        for rang, v in enumerate(asked):
            cited = [a for x in d.visas if x.code == v.code for a in x.articles]
            found = any(x.code == v.code for x in d.visas)
            if v.article is not None:
                found = any(a == v.article or a.startswith(f"{v.article} ") for a in cited)
            if not found:
                name = f"{v.code}, article {v.article}" if v.article else v.code
                origin = records.departement.origine if records.departement else ""
                where = records.span(origin, "visas_requis", rang)
                said.append((f"le visa « {name} » manque ({v.motif})", Note("visa demandé", where)))
        if not any(x.deliberation and x.organe == "Conseil départemental" for x in d.visas):
            said.append(
                (
                    "aucune délibération du Conseil départemental n’est visée (délégation à la Commission "
                    "Permanente : CGCT, article L.3211-2)",
                    None,
                )
            )
        for message, note in said:
            yield Diagnostic(
                "DRO005",
                message,
                records.span(dossier.cle, "visas"),
                Severity.AVERTISSEMENT,
                notes=(note,) if note else (),
                help="ajouter le visa",
            )
