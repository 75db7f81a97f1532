"""What a proof is: two figures that must be equal, with all that they come from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from generator.diagnostics import Span


class Niveau(StrEnum):
    """The steps from an act to the credit, in the order in which the sums go up."""

    ACTES = "Actes"
    OPERATIONS = "Opérations"
    THEMATIQUES = "Thématiques"
    DELIBERATION = "Délibération"
    BUDGET = "Budget"


class Mesure(StrEnum):
    """What the two sides of a proof count: cents, units of a dispositif, structures."""

    EUROS = "euros"
    UNITES = "unités"
    STRUCTURES = "structures"


@dataclass(frozen=True, slots=True)
class Terme:
    """One figure of the left side, signed, in the measure of its proof, and where it is written."""

    libelle: str
    valeur: int
    span: Span


@dataclass(frozen=True, slots=True)
class Preuve:
    """Two figures that must be equal: what the records add up to, and what they announce.

    `gauche` is the sum of `termes` (cents when the measure is `EUROS`), except for the structures, that are
    counted once each; `droite` is the announced figure, written at `span`. `calcul` and `reference` name
    the two sides, `objet` what they are about. `code`: the rule that reports a difference.
    """

    niveau: Niveau
    objet: str
    calcul: str
    gauche: int
    reference: str
    droite: int
    span: Span
    code: str
    termes: tuple[Terme, ...] = ()
    mesure: Mesure = Mesure.EUROS
    unite: str = "unité"
    """What is counted when the measure is `UNITES`, in the singular: « place »."""

    @property
    def ecart(self) -> int:
        """Left less right: 0 when they agree."""
        return self.gauche - self.droite

    @property
    def juste(self) -> bool:
        """True when the two sides are the same to the cent."""
        return self.gauche == self.droite


def preuve(
    niveau: Niveau,
    objet: str,
    calcul: str,
    termes: Iterable[Terme],
    reference: str,
    droite: int,
    span: Span,
    code: str,
    mesure: Mesure = Mesure.EUROS,
    unite: str = "unité",
) -> Preuve:
    """A proof whose left side is the sum of its terms."""
    kept = tuple(termes)
    total = sum(t.valeur for t in kept)
    return Preuve(niveau, objet, calcul, total, reference, droite, span, code, kept, mesure, unite)
