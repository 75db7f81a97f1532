"""The ledger of a budget year: what each code had available before and after everything that moved it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.diagnostics import Span
from generator.load import Dossier, Records
from generator.model import Budget, LigneAE, LigneBudget


@dataclass(frozen=True, slots=True)
class Ecriture:
    """One line of the ledger of a code. Amounts are signed cents.

    `attendu` is what the chain leaves available before; `avant` is the same for a movement, and for a
    deliberation what its table prints (`disponible`). `apres` is `avant + montant` for a movement and
    the printed `solde` for a deliberation: the chain goes on from what was voted, so that one wrong
    figure is told once. `cle` and `chemin` say where it is written: a line of a budget table, or a
    movement of the budget of the year.
    """

    jour: dt.date
    objet: str
    attendu: int
    avant: int
    montant: int
    apres: int
    cle: str
    chemin: tuple[str | int, ...]
    dossier: Dossier | None = None
    """The deliberation; None for a movement."""

    def span(self, records: Records, *path: str | int) -> Span:
        """Place of a value of what the line comes from."""
        return records.span(self.cle, *self.chemin, *path)


@dataclass(frozen=True, slots=True)
class _Pas:
    """What moves a code, before the chain is computed; `ordre` sorts it within the year."""

    ordre: tuple[dt.date, int, tuple[int, ...]]
    code: str
    objet: str
    montant: int
    cle: str
    chemin: tuple[str | int, ...]
    ligne: LigneBudget | None = None
    dossier: Dossier | None = None


def exercices(records: Records) -> tuple[int, ...]:
    """The years that have a budget or a budget table, in order."""
    voted = {d.deliberation.exercice for d in records.dossiers.values() if d.deliberation.budget}
    return tuple(sorted(voted | set(records.budgets)))


def chaine_complete(records: Records) -> bool:
    """False when a deliberation could not be read: the chain would lack it, and accuse the next."""
    return not any(cle.endswith("/deliberation.yaml") for cle in records.fautifs)


def grand_livre(records: Records, exercice: int) -> dict[str, tuple[Ecriture, ...]]:
    """The ledger of a year: code → its lines, in date order, the codes in the order of the budget.

    On one day the movements come before the deliberations, and these follow their numbers. The chain
    opens on the `disponible` of the budget's line; when it has none, on what the first deliberation
    of the year implies; without a deliberation, on the whole AE. A deliberation without a budget
    table (an extrait) does not count. Never raises.
    """
    budget = records.budgets.get(exercice)
    steps: dict[str, list[_Pas]] = {line.code: [] for line in budget.lignes} if budget else {}
    for step in (*_mouvements(budget), *_propositions(records, exercice)):
        steps.setdefault(step.code, []).append(step)
    return {
        code: tuple(_chaine(sorted(own, key=lambda p: p.ordre), budget.ligne(code) if budget else None))
        for code, own in steps.items()
    }


def _mouvements(budget: Budget | None) -> Iterator[_Pas]:
    if budget is None:
        return
    cle = budget.origine
    for rang, m in enumerate(budget.mouvements):
        ordre = (m.date, 0, (rang,))
        yield _Pas(ordre, m.code, f"{m.nature} ({m.motif})", m.effet, cle, ("mouvements", rang))
    for rang, v in enumerate(budget.virements):
        ordre = (v.date, 0, (len(budget.mouvements) + rang,))
        path = ("virements", rang)
        yield _Pas(ordre, v.de, f"virement vers {v.vers} ({v.motif})", -v.montant, cle, path)
        yield _Pas(ordre, v.vers, f"virement de {v.de} ({v.motif})", v.montant, cle, path)


def _propositions(records: Records, exercice: int) -> Iterator[_Pas]:
    for dossier in records.dossiers.values():
        d = dossier.deliberation
        if d.exercice != exercice:
            continue
        seen: set[str] = set()
        what = f"délibération n° {d.numero}" if d.numero else f"délibération du {d.date:%d/%m/%Y}"
        ordre = (d.date, 1, tuple(map(int, (d.numero or "0").split("-"))))
        for rang, line in enumerate(d.budget):
            if line.code not in seen:  # a code given twice is told by IDN004
                seen.add(line.code)
                path = ("budget", rang)
                yield _Pas(ordre, line.code, what, -line.proposition, dossier.cle, path, line, dossier)


def _ouverture(steps: Sequence[_Pas], ligne: LigneAE | None) -> int:
    """Cents available when the year opens, see `grand_livre`."""
    if ligne is not None and ligne.disponible is not None:
        return ligne.disponible
    moved = 0
    for step in steps:
        if step.ligne is not None:
            return step.ligne.disponible - moved
        moved += step.montant
    return ligne.ae if ligne is not None else 0


def _chaine(steps: Sequence[_Pas], ligne: LigneAE | None) -> Iterator[Ecriture]:
    left = _ouverture(steps, ligne)
    for p in steps:
        before = p.ligne.disponible if p.ligne else left
        after = p.ligne.solde if p.ligne else left + p.montant
        yield Ecriture(p.ordre[0], p.objet, left, before, p.montant, after, p.cle, p.chemin, p.dossier)
        left = after
