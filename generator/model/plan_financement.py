"""Who pays for the whole operation of a structure, and for what: the plan of a co-financed operation."""

from __future__ import annotations

from typing import Annotated, Literal

from generator.model.types import Euro, Ligne, NonVide, Record, Taux

Financeur = Literal["Département", "FSE+", "FTJ", "État", "Région", "commune", "autofinancement", "autre"]

NatureDepense = Literal[
    "personnel", "fonctionnement", "prestations", "participants", "salaires des participants", "forfait"
]


class Ressource(Record):
    """What one financer brings, in per cent of the whole plan."""

    financeur: Financeur
    nom: Ligne | None = None
    """Its name, when the word is not enough."""
    taux: Taux


class Depense(Record):
    """A line of expenses; `forfait` is what the flat rate of the dispositif gives."""

    nature: NatureDepense
    montant: Euro


class PlanFinancement(Record):
    """The resources and, when they are known, the expenses of an operation.

    `reste` says who pays what the rates leave, when they do not make 100 %.
    """

    ressources: Annotated[tuple[Ressource, ...], NonVide]
    reste: Ligne | None = None
    depenses: tuple[Depense, ...] = ()

    def depense(self, *natures: NatureDepense) -> int:
        """Cents of the lines of these natures."""
        return sum(d.montant for d in self.depenses if d.nature in natures)
