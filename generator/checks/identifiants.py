"""Identifiers: one number, one holder. (A SIRET's own form is checked when it is read: IDN001.)"""

from __future__ import annotations

from collections.abc import Iterator

from generator.checks import regle
from generator.checks.parcours import actes
from generator.diagnostics import Diagnostic, Note, Span
from generator.load import Records


@regle("IDN002")
def siret_unique(records: Records) -> Iterator[Diagnostic]:
    """Deux structures n’ont pas le même SIRET."""
    seen: dict[str, Span] = {}
    for s in records.structures.values():
        span = records.span(s.origine, "siret")
        if s.siret in seen:
            yield Diagnostic(
                "IDN002",
                f"le SIRET {s.siret} est déjà celui d’une autre structure",
                span,
                notes=(Note("première structure", seen[s.siret]),),
                help="corriger le SIRET, ou fusionner les deux fiches",
            )
        seen.setdefault(s.siret, span)


@regle("IDN003")
def convention_unique(records: Records) -> Iterator[Diagnostic]:
    """Un numéro de convention n’appartient qu’à une structure ; une convention nouvelle a le sien."""
    seen: dict[str, tuple[str, Span]] = {}
    for lieu in actes(records):
        a = lieu.acte
        number = a.numero or (a.convention.numero if a.convention else None)
        if number is None:
            continue
        span = lieu.span("numero") if a.numero else lieu.span("convention", "numero")
        if number in seen and (seen[number][0] != lieu.actes.structure or a.numero):
            yield Diagnostic(
                "IDN003",
                f"la convention n° {number} est déjà employée",
                span,
                notes=(Note("premier emploi", seen[number][1]),),
                help="corriger l’un des deux numéros",
            )
        seen.setdefault(number, (lieu.actes.structure, span))
