"""Walks over the records that several families of rules share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.diagnostics import Span
from generator.load import Dossier, Records
from generator.model import Acte, ActeOperation, Actes, ConventionType, Modele, Operation, Thematique


@dataclass(frozen=True, slots=True)
class LieuActe:
    """An acte and where it stands in its file."""

    records: Records
    dossier: Dossier
    actes: Actes
    rang: int
    acte: Acte

    def span(self, *path: str | int) -> Span:
        """Place of a value of the acte."""
        return self.records.span(self.actes.origine, "actes", self.rang, *path)

    @property
    def modele(self) -> Modele | None:
        """The modele that the acte follows; None when it names none, or one that was not read."""
        return self.dossier.modeles.get(self.acte.modele or "")

    @property
    def convention_type(self) -> ConventionType | None:
        """The convention type that the acte follows or amends; None when it was not read."""
        named = [p.operation for p in self.acte.operations]
        return self.records.conventions_types.get(id_convention_type(self.dossier, self.modele, named))


def id_convention_type(dossier: Dossier, modele: Modele | None, operations: Sequence[str]) -> str:
    """Name of the convention type of an act: its modele's, else its operation's, else the deliberation's."""
    if modele is not None and modele.convention_type:
        return modele.convention_type
    known = {o.id: o.convention_type for o in dossier.deliberation.operations()}
    own = [name for o in operations if (name := known.get(o))]
    return own[0] if own else dossier.deliberation.convention_type


def actes(records: Records) -> Iterator[LieuActe]:
    """Every acte of every deliberation."""
    for dossier in records.dossiers.values():
        yield from actes_de(records, dossier)


def actes_de(records: Records, dossier: Dossier) -> Iterator[LieuActe]:
    """Every acte of one deliberation."""
    for group in dossier.actes.values():
        for rang, acte in enumerate(group.actes):
            yield LieuActe(records, dossier, group, rang, acte)


def parts(lieu: LieuActe) -> Iterator[tuple[int, ActeOperation]]:
    """The operations of an acte, with their rank."""
    yield from enumerate(lieu.acte.operations)


@dataclass(frozen=True, slots=True)
class LieuOperation:
    """An operation of a deliberation and where it stands."""

    records: Records
    dossier: Dossier
    thematique: Thematique
    rangs: tuple[int, int]
    operation: Operation

    def span(self, *path: str | int) -> Span:
        """Place of a value of the operation."""
        t, o = self.rangs
        return self.records.span(self.dossier.cle, "thematiques", t, "operations", o, *path)

    @property
    def cle(self) -> str:
        """Key of the operation."""
        return self.dossier.cle_operation(self.operation.id)


def operations(records: Records) -> Iterator[LieuOperation]:
    """Every operation of every deliberation."""
    for dossier in records.dossiers.values():
        for t, thematique in enumerate(dossier.deliberation.thematiques):
            for o, operation in enumerate(thematique.operations):
                yield LieuOperation(records, dossier, thematique, (t, o), operation)


def actes_complets(records: Records, dossier: Dossier) -> bool:
    """False when a file of actes is faulty: sums over the actes would then mislead."""
    return not records.fautifs.intersection(dossier.fichiers_actes)
