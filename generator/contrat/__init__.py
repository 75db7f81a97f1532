"""The contract between the Word templates and the data: what templates read, what documents are given.

`generer` meets only the branches that the records of the day take. Here every branch of every
template is held against the contexts of all the documents that use it, and the other way round.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from generator.contrat.emplois import couverture, emplois
from generator.contrat.lectures import champs_inconnus, champs_invisibles, lectures
from generator.contrat.restes import donnees_non_lues, passages_jamais_vus
from generator.diagnostics import Diagnostic
from generator.plan import Plan
from generator.render import RenderError, Witness


def examiner(plans: Sequence[Plan], gabarits: Path, lint: Iterable[Diagnostic]) -> list[Diagnostic]:
    """`lint`, and all that documents and templates tell of each other; each fault once.

    What has never been seen or read is told only when no template is at fault: a broken one hides
    what it would have used.
    """
    temoin = Witness(gabarits)
    essais = essayer(plans, temoin)
    found = lectures(temoin, emplois(plans))
    out = _uniques([*lint, *essais, *champs_inconnus(temoin, found)])
    if not any(d.is_error for d in out):
        out += [
            *passages_jamais_vus(temoin),
            *donnees_non_lues(temoin, found),
            *champs_invisibles(temoin, found),
        ]
    return sorted(out, key=lambda d: (d.span, d.code))  # then as they come in the document


def _uniques(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Each fault once: a run stumbles on what the lint or the contract has already located."""
    seen: dict[tuple[str, ...], Diagnostic] = {}
    for d in found:
        where = d.notes[0].text if d.notes else ""
        seen.setdefault((d.code, d.message, d.span.file, where), d)
    return list(seen.values())


def essayer(plans: Sequence[Plan], temoin: Witness) -> list[Diagnostic]:
    """Render every document and every cover, keep nothing: what would have failed."""
    found: list[Diagnostic] = []
    for plan in plans:
        jobs = [(t.document.template, t.contexte, t.document.nominatif) for t in plan.taches]
        if jobs:
            jobs.append((plan.ouvrage.template, couverture(plan), True))
        for template, contexte, nominatif in jobs:
            try:
                temoin.render(template, contexte, titre="", jour=plan.ouvrage.jour, nominatif=nominatif)
            except RenderError as e:
                found.append(e.diagnostic)
    return found
