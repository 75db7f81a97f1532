"""What finance holds: the budget of a year, what moves in it, the accounting nomenclature."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from generator.model.deliberation import CodeOperation, Imputation
from generator.model.institution import Racine
from generator.model.types import Entier, Euro, Jour, Ligne, NonVide, Record


class LigneAE(Record):
    """An autorisation d'engagement as the year's budget first votes it."""

    code: CodeOperation
    imputation: Imputation
    libelle: Ligne
    ae: Euro
    disponible: Euro | None = None
    """What is left of it on 1 January; an AE of several years is partly spent by then."""


class Mouvement(Record):
    """What changes an AE, or what is left of it, beside the deliberations that are tracked.

    `montant` is always positive: `nature` says which way it goes. An engagement takes from what is
    available and a dégagement gives back; an ouverture raises the AE itself and an annulation cuts it.
    """

    date: Jour
    code: CodeOperation
    nature: Literal["engagement", "dégagement", "ouverture", "annulation"]
    montant: Euro
    motif: Ligne

    @property
    def effet(self) -> int:
        """Signed cents: what it adds to the amount available."""
        return self.montant if self.nature in {"dégagement", "ouverture"} else -self.montant

    @property
    def effet_ae(self) -> int:
        """Signed cents: what it adds to the AE."""
        return self.effet if self.nature in {"ouverture", "annulation"} else 0


class Virement(Record):
    """An amount moved from the AE of one code (`de`) to that of another (`vers`)."""

    date: Jour
    de: CodeOperation
    vers: CodeOperation
    montant: Euro
    motif: Ligne


class Budget(Racine):
    """`budget/<exercice>.yaml`: what finance holds, line by line, and what moved during the year."""

    exercice: Entier
    lignes: tuple[LigneAE, ...]
    mouvements: tuple[Mouvement, ...] = ()
    virements: tuple[Virement, ...] = ()

    def ligne(self, code: str) -> LigneAE | None:
        """The line of a code, the first when it is given twice."""
        return next((line for line in self.lignes if line.code == code), None)

    def ae_au(self, code: str, jour: dt.date) -> int | None:
        """Cents of the AE of `code` at the end of `jour`; None when the budget has no such code."""
        line = self.ligne(code)
        if line is None:
            return None
        moves = sum(m.effet_ae for m in self.mouvements if m.code == code and m.date <= jour)
        swaps = sum(v.montant * ((v.vers == code) - (v.de == code)) for v in self.virements if v.date <= jour)
        return line.ae + moves + swaps


class Section(Record):
    """A section of the budget: what its fonctions begin with, the classes of accounts it may hold."""

    prefixe: Annotated[str, Field(pattern=r"^[0-9]{2}$")]
    libelle: Ligne
    classes: Annotated[tuple[Annotated[str, Field(pattern=r"^[1-9]$")], ...], NonVide]


class Poste(Record):
    """A nature or a fonction, as the nomenclature names it."""

    code: Annotated[str, Field(pattern=r"^[0-9]{1,6}$")]
    libelle: Ligne


class Nomenclature(Racine):
    """`nomenclature.yaml`: the natures and the fonctions that an imputation may name."""

    referentiel: Ligne
    """Name of the nomenclature, e.g. « M57 »."""
    sections: Annotated[tuple[Section, ...], NonVide]
    natures: Annotated[tuple[Poste, ...], NonVide]
    fonctions: Annotated[tuple[Poste, ...], NonVide]
    """Without the prefix of their section: 446 for 93446."""
