"""Rates: payments and shares sum to 100 %."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from generator.checks import regle
from generator.checks.parcours import actes
from generator.diagnostics import Diagnostic
from generator.load import Records
from generator.typography import taux


@regle("TAU101", "TAU102")
def dispositif_a_cent_pour_cent(records: Records) -> Iterator[Diagnostic]:
    """Les versements d’un dispositif font 100 % (TAU101), ses parts aussi (TAU102)."""
    for d in records.dispositifs.values():
        f = d.financement
        for code, champ, mot, rates in (
            ("TAU101", "versements", "versements", [v.taux for v in f.versements]),
            ("TAU102", "parts", "parts", [p.taux for p in f.parts]),
        ):
            if rates and sum(rates, Decimal()) != 100:
                yield Diagnostic(
                    code,
                    f"les {mot} font {taux(sum(rates, Decimal()))}",
                    records.span(d.origine, "financement", champ),
                    help="corriger les taux pour qu’ils fassent 100 %",
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
