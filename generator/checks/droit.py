"""Law: what a structure must have done before it is granted money."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from generator.checks import regle
from generator.checks.parcours import LieuActe, actes
from generator.diagnostics import Diagnostic, Note, Severity
from generator.load import Records
from generator.typography import date_longue

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
