"""Which documents use which template, and with what contexts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.documents import Contexte
from generator.plan import Plan


@dataclass(frozen=True, slots=True)
class Emploi:
    """A root template and the contexts of all its documents.

    `complet`: false when a fault in the records hides some of them.
    """

    gabarit: str
    sortes: tuple[str, ...]
    contextes: tuple[Contexte, ...]
    complet: bool


def emplois(plans: Sequence[Plan]) -> tuple[Emploi, ...]:
    """The root templates of the documents that `plans` build, covers included."""
    found: dict[str, list[tuple[str, Contexte]]] = {}
    for plan in plans:
        for task in plan.taches:
            d = task.document
            found.setdefault(d.template, []).append((d.sorte, task.contexte))
        if plan.taches:
            found.setdefault(plan.ouvrage.template, []).append(("couverture", couverture(plan)))
    held = {b.document.template for plan in plans for b in plan.bloques}
    return tuple(
        Emploi(name, tuple(dict.fromkeys(s for s, _ in given)), tuple(c for _, c in given), name not in held)
        for name, given in sorted(found.items())
    )


def couverture(plan: Plan) -> Contexte:
    """The cover that the documents of a plan would have, each on one page."""
    bound = [t.document for t in plan.taches if t.document.relie]
    lines = [(d.groupe, d.titre, rank) for rank, d in enumerate(bound, 2)]
    return plan.ouvrage.couverture(lines, len(lines) + 1, any(d.fictif for d in bound))
