"""What has been paid: the payments of a year, act by act, as finance marks them."""

from __future__ import annotations

from typing import Annotated, Literal

from generator.model.actes import NumeroConvention
from generator.model.deliberation import CodeOperation
from generator.model.institution import Racine
from generator.model.types import Entier, Euro, Identifiant, Jour, Ligne, NonVide, Record


class VersementPaye(Record):
    """A payment that was made, of the act of `convention` that `deliberation` voted.

    `convention` is the number of the new convention, or of the one that the avenant amends; `code` is
    needed when the act draws on several codes.
    """

    date: Jour
    deliberation: Identifiant
    convention: NumeroConvention
    code: CodeOperation | None = None
    nature: Literal["avance", "acompte", "solde"]
    montant: Euro
    mandat: Ligne | None = None
    """Number of the payment order, when finance gives it."""


class Paiements(Racine):
    """`paiements/<exercice>.yaml`: what was paid during a year."""

    exercice: Entier
    versements: Annotated[tuple[VersementPaye, ...], NonVide]
