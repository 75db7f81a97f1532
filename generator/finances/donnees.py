"""The figures of a deliberation, as finance reads them: by code, by share, by due date.

Every amount is what the deliberation newly votes: what a convention already financed (`valorisation`)
is not paid a second time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.checks.versements_payes import numero_de as numero_de
from generator.documents.commun import territoire as nom_du_territoire
from generator.finances.echeances import echeance
from generator.load import Dossier, Records
from generator.model import DEPARTEMENT_ENTIER, Acte, Actes, Operation, Repartition
from generator.money import appliquer
from generator.typography import texte


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the financial annexe: a share of an acte, for one territoire.

    `chemin` is its path in the file of `actes`.
    """

    operation: Operation
    actes: Actes
    acte: Acte
    repartition: Repartition
    chemin: tuple[str | int, ...]

    @property
    def numero(self) -> str:
        """Number of the new convention, or of the one that the avenant amends."""
        return numero_de(self.acte)


@dataclass(frozen=True, slots=True)
class LigneCode:
    """A code opération: cents; what the budget table does not give is None. `vote`: what the acts sum to."""

    code: str
    imputation: str
    libelle: str
    ae: int | None
    disponible: int | None
    proposition: int | None
    vote: int


@dataclass(frozen=True, slots=True)
class LigneOperation:
    """An operation: how many structures, units, cents its acts make, and what was announced."""

    thematique: int
    operation: Operation
    structures: int
    quantite: int | None
    vote: int


@dataclass(frozen=True, slots=True)
class Paiement:
    """A payment to come. `jour` is None when its rates are not known; `base` says what fixes it."""

    operation: Operation
    structure: str
    numero: str
    nature: str
    jour: dt.date | None
    montant: int
    base: str


def parts(dossier: Dossier) -> tuple[Part, ...]:
    """Every share, in the order of the financial annexe: by operation, then by structure."""
    return tuple(
        Part(o, group, acte, r, ("actes", n, "operations", k, "repartition", j))
        for o in dossier.deliberation.operations()
        for _, group in sorted(dossier.actes.items())
        for n, acte in enumerate(group.actes)
        for k, part in enumerate(acte.operations)
        if part.operation == o.id
        for j, r in enumerate(part.repartition)
    )


def codes(dossier: Dossier) -> tuple[LigneCode, ...]:
    """The lines of the budget table, then the codes that the operations name beside it."""
    voted: dict[str, int] = {}
    for p in parts(dossier):
        voted[p.operation.code] = voted.get(p.operation.code, 0) + p.repartition.montant
    lines = {
        b.code: LigneCode(
            b.code, b.imputation, b.libelle, b.ae, b.disponible, b.proposition, voted.get(b.code, 0)
        )
        for b in dossier.deliberation.budget
    }
    for o in dossier.deliberation.operations():
        lines.setdefault(o.code, LigneCode(o.code, "", "", None, None, None, voted.get(o.code, 0)))
    return tuple(lines.values())


def operations(dossier: Dossier) -> tuple[LigneOperation, ...]:
    """The operations, in the order of the deliberation."""
    known = parts(dossier)
    return tuple(
        LigneOperation(
            th.numero,
            o,
            len({p.actes.structure for p in own}),
            _somme([p.repartition.quantite for p in own]),
            sum(p.repartition.montant for p in own),
        )
        for th in dossier.deliberation.thematiques
        for o in th.operations
        for own in [[p for p in known if p.operation.id == o.id]]
    )


def _somme(values: Sequence[int | None]) -> int | None:
    counted = [v for v in values if v is not None]
    return sum(counted) if counted else None


def paiements(records: Records, dossier: Dossier) -> tuple[Paiement, ...]:
    """What is to be paid, by due date, then code and structure; it sums to what is voted.

    The amount voted for an operation of an acte is split at the rates of its dispositif by the largest
    remainder (`money.appliquer`). Where the rates are missing or do not sum to 100 it is one payment
    without a date: nothing is guessed.
    """
    found = list(_paiements(records, dossier))
    last = dt.date.max
    return tuple(sorted(found, key=lambda p: (p.jour or last, p.operation.code, p.structure, p.numero)))


def _paiements(records: Records, dossier: Dossier) -> Iterator[Paiement]:
    known = {o.id: o for o in dossier.deliberation.operations()}
    for ident, group in sorted(dossier.actes.items()):
        for acte in group.actes:
            for part in acte.operations:
                o = known.get(part.operation)
                if o is None or not part.montant:
                    continue
                d = records.dispositifs.get(o.dispositif)
                rates = [v.taux for v in d.financement.versements if v.taux is not None] if d else []
                if d is None or len(rates) != len(d.financement.versements) or sum(rates) != 100:
                    yield Paiement(o, ident, numero_de(acte), "à fixer", None, part.montant, "taux inconnus")
                    continue
                signed = acte.signe_le
                shares = appliquer(part.montant, rates)
                for v, cents in zip(d.financement.versements, shares, strict=True):
                    jour, base = echeance(v, o.periode, dossier.deliberation.date, signed)
                    yield Paiement(o, ident, numero_de(acte), v.nature, jour, cents, base)


def intitule(dossier: Dossier, o: Operation) -> str:
    """Title of an operation in house typography; two of the same title are told apart by their names."""
    same = [x for x in dossier.deliberation.operations() if texte(x.intitule) == texte(o.intitule)]
    return texte(o.intitule) if len(same) == 1 else f"{texte(o.intitule)} ({o.id})"


def territoire(records: Records, ident: str) -> str:
    """Name of a territoire; its identifier when it is not known."""
    known = ident == DEPARTEMENT_ENTIER or ident in records.territoires
    return nom_du_territoire(records, ident) if known else ident


def structure(records: Records, ident: str) -> str:
    """Short name of a structure, starred when it is invented; its identifier when it is not known."""
    found = records.structures.get(ident)
    if found is None:
        return ident
    name = texte(found.appellation)
    return f"{name}\u00a0*" if found.fictif else name


def fictif(records: Records, dossier: Dossier) -> bool:
    """True when a figure or a name of the deliberation is invented."""
    named = [records.structures[s].fictif for s in dossier.actes if s in records.structures]
    return dossier.deliberation.fictif or any(named) or any(a.fictif for a in dossier.actes.values())
