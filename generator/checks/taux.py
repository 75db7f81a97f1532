"""Rates: payments and shares sum to 100 %."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from generator.checks import regle
from generator.checks.parcours import actes, operations
from generator.diagnostics import Diagnostic, Note, Severity
from generator.load import Records
from generator.typography import taux


@regle("TAU101", "TAU102", gravite=(Severity.ERREUR, Severity.AVERTISSEMENT))
def dispositif_a_cent_pour_cent(records: Records) -> Iterator[Diagnostic]:
    """Les versements d’un dispositif font 100 % (TAU101), ses parts aussi (TAU102).

    Quand la fiche publiée se contredit et que l’écart est relevé (« ecarts »), c’est un avertissement.
    """
    for d in records.dispositifs.values():
        f = d.financement
        payments = [v.taux for v in f.versements if v.taux is not None]
        if len(payments) < len(f.versements):
            payments = []  # no rate is published: nothing to add up
        for code, champ, rates in (
            ("TAU101", "versements", payments),
            ("TAU102", "parts", [p.taux for p in f.parts]),
        ):
            if rates and sum(rates, Decimal()) != 100:
                known = next((e for e in d.fiche.ecarts if e.sujet == champ), None) if d.fiche else None
                yield Diagnostic(
                    code,
                    f"les {champ} font {taux(sum(rates, Decimal()))}",
                    records.span(d.origine, "financement", champ),
                    Severity.AVERTISSEMENT if known else Severity.ERREUR,
                    notes=(Note(f"écart relevé : {known.motif} ; retenu : {known.retenu}"),) if known else (),
                    help="corriger les taux pour qu’ils fassent 100 %",
                )


@regle("TAU104")
def versements_chiffres(records: Records) -> Iterator[Diagnostic]:
    """Un dispositif que finance une délibération a un taux à chacun de ses versements."""
    for place in operations(records):
        d = records.dispositifs.get(place.operation.dispositif)
        if d is None:
            continue
        for rang, v in enumerate(d.financement.versements):
            if v.taux is None:
                yield Diagnostic(
                    "TAU104",
                    f"le versement « {v.nature} » d’un dispositif financé n’a pas de taux",
                    records.span(d.origine, "financement", "versements", rang),
                    notes=(Note("opération financée", place.span("dispositif")),),
                    help="ajouter « taux » à chaque versement",
                )


@regle("TAU103")
def versements_fixes_a_cent_pour_cent(records: Records) -> Iterator[Diagnostic]:
    """Les taux des versements d’une convention déjà signée font 100 %."""
    for lieu in actes(records):
        c = lieu.acte.convention
        if c and c.versements and sum((v.taux for v in c.versements), Decimal()) != 100:
            yield Diagnostic(
                "TAU103",
                f"les versements font {taux(sum((v.taux for v in c.versements), Decimal()))}",
                lieu.span("convention", "versements"),
                help="corriger les taux pour qu’ils fassent 100 %",
            )
