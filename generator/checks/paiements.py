"""Payments: their dates, and their rates against those of the dispositif."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from generator.checks import regle
from generator.checks.parcours import LieuActe, actes, operations
from generator.diagnostics import Diagnostic, Note, Severity, Span
from generator.load import Records
from generator.model import ConventionInitiale
from generator.model.actes import VersementFixe
from generator.typography import date_longue, taux


def reglement(fin: dt.date) -> dt.date:
    """Last day on which a payment settles what ends on `fin`: 31 December of the following year.

    A convention of this program (no text fixes it), the same as for the payment credits of BUD009.
    """
    return dt.date(fin.year + 1, 12, 31)


@regle("DUR011", gravite=(Severity.ERREUR, Severity.AVERTISSEMENT))
def dates_des_versements(records: Records) -> Iterator[Diagnostic]:
    """Un versement daté n’a pas lieu avant la signature de la convention, ou avant la délibération qui
    finance le dispositif ; les versements se suivent dans l’ordre de leurs dates. Après le 31 décembre de
    l’année qui suit la fin de la période, où le solde se règle, c’est un avertissement : cette limite
    est une convention du programme, aucun texte ne la fixe."""
    for lieu in actes(records):
        if lieu.acte.convention is not None:
            yield from _versements_fixes(lieu, lieu.acte.convention)
    for place in operations(records):
        d = records.dispositifs.get(place.operation.dispositif)
        if d is None or place.operation.periode.du > place.operation.periode.au:
            continue
        voted = place.dossier.deliberation.date
        origin = f"délibération du {date_longue(voted)}", place.span("dispositif")
        for rang, v in enumerate(d.financement.versements):
            where = records.span(d.origine, "financement", "versements", rang, "date")
            yield from _bornes(v.date, where, voted, place.operation.periode.au, origin)
    for d in records.dispositifs.values():
        days = [v.date for v in d.financement.versements]
        spans = [records.span(d.origine, "financement", "versements", k, "date") for k, _ in enumerate(days)]
        yield from _ordre(days, spans)


def _versements_fixes(lieu: LieuActe, c: ConventionInitiale) -> Iterator[Diagnostic]:
    payments: tuple[VersementFixe, ...] = c.versements
    spans = [lieu.span("convention", "versements", k, "date") for k, _ in enumerate(payments)]
    # What is paid under a convention that the avenant extends may follow its new end.
    modele = lieu.modele
    ends = [c.periode.au, *([modele.periode.au] if modele and modele.periode else [])]
    origin = f"convention signée le {date_longue(c.signee_le)}", lieu.span("convention", "signee_le")
    for v, span in zip(payments, spans, strict=True):
        yield from _bornes(v.date, span, c.signee_le, max(ends), origin)
    yield from _ordre([v.date for v in payments], spans)


def _bornes(
    day: dt.date | None, span: Span, first: dt.date, end: dt.date, origin: tuple[str, Span]
) -> Iterator[Diagnostic]:
    if day is None:
        return
    if day < first:
        yield Diagnostic(
            "DUR011",
            f"un versement est daté du {date_longue(day)}, avant l’acte qui le prévoit",
            span,
            notes=(Note(*origin),),
            help="corriger la date du versement",
        )
    elif day > reglement(end):
        yield Diagnostic(
            "DUR011",
            f"un versement est daté du {date_longue(day)}, la période finit le {date_longue(end)} et se "
            f"règle jusqu’au {date_longue(reglement(end))}",
            span,
            Severity.AVERTISSEMENT,
            notes=(Note(*origin),),
            help="corriger la date du versement ou la période",
        )


def _ordre(days: Sequence[dt.date | None], spans: Sequence[Span]) -> Iterator[Diagnostic]:
    """Each dated payment against the dated one before it."""
    dated = [(day, span) for day, span in zip(days, spans, strict=True) if day is not None]
    for (before, place), (day, span) in pairwise(dated):
        if day < before:
            yield Diagnostic(
                "DUR011",
                f"un versement est daté du {date_longue(day)}, le précédent du {date_longue(before)}",
                span,
                notes=(Note("versement précédent", place),),
                help="corriger l’une des deux dates",
            )


ECART = "versements"
"""`sujet` of the écart that turns TAU105 into a warning."""


@regle("TAU105", gravite=(Severity.ERREUR, Severity.AVERTISSEMENT))
def avance_au_taux_du_dispositif(records: Records) -> Iterator[Diagnostic]:
    """L’avance d’une convention déjà signée ne dépasse pas celle de son dispositif ; un autre versement, son
    taux quand le dispositif en fait un maximum. La règle ne joue que si l’avenant n’a qu’une opération :
    sans cela, on ne saurait quel dispositif la convention finance. Les versements que l’acte ajoute ont
    les taux du dispositif. Un écart relevé dans l’acte (« ecarts », sujet « versements ») en fait un
    avertissement."""
    for lieu in actes(records):
        c, found = lieu.acte.convention, lieu.acte.operations
        if c is None or len(found) != 1:
            continue
        known = {o.id: o.dispositif for o in lieu.dossier.deliberation.operations()}
        d = records.dispositifs.get(known.get(found[0].operation, ""))
        if d is None:
            continue
        noted = next((e for e in lieu.acte.ecarts if e.sujet == ECART), None)
        limits = {
            nature: sum(
                (v.taux for v in d.financement.versements if v.nature == nature and v.taux), Decimal()
            )
            for nature in {v.nature for v in d.financement.versements if v.maximum or v.nature == "avance"}
        }
        for rang, v in enumerate(c.versements):
            limit = limits.get(v.nature)
            if not limit or v.taux <= limit:
                continue
            yield Diagnostic(
                "TAU105",
                f"le versement « {v.nature} » est de {taux(v.taux)}, le dispositif en prévoit {taux(limit)} "
                f"au plus",
                lieu.span("convention", "versements", rang, "taux"),
                Severity.AVERTISSEMENT if noted else Severity.ERREUR,
                notes=(
                    Note("versements du dispositif", records.span(d.origine, "financement", "versements")),
                    *((Note(f"écart relevé : {noted.motif} ; retenu : {noted.retenu}"),) if noted else ()),
                ),
                help="corriger le taux ; si le texte publié le dit ainsi, relever l’écart (« ecarts », sujet "
                "« versements »)",
            )
