"""What is signed: the convention type, the modeles that are voted, the actes of each structure."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from generator.model.institution import Racine
from generator.model.types import (
    Booleen,
    Entier,
    Euro,
    Identifiant,
    Jour,
    Ligne,
    NonVide,
    Periode,
    Record,
    Taux,
)

NumeroConvention = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{5}$")]

DEPARTEMENT_ENTIER = "departement"
"""Value of `territoire` when an action covers the whole Département."""


class ArticleType(Record):
    """An article of the convention type. Its number is its rank; `cle` is how avenants name it."""

    cle: Identifiant
    intitule: Ligne


class ConventionType(Racine):
    """`conventions-types/<id>.yaml`: the articles of a convention, in order.

    The wording of article `cle` is the template `articles/<cle>.docx`. Annexes before
    `premiere_annexe` are fixed (`annexes_fixes`); the dispositifs follow.
    """

    id: Identifiant
    adopte_le: Jour
    articles: Annotated[tuple[ArticleType, ...], NonVide]
    annexes_fixes: tuple[Ligne, ...]

    def numero(self, cle: str) -> int | None:
        """Rank of article `cle`, from 1; None when the convention has no such article."""
        return next((n for n, a in enumerate(self.articles, 1) if a.cle == cle), None)

    @property
    def premiere_annexe(self) -> int:
        """Number of the first dispositif's annexe."""
        return len(self.annexes_fixes) + 1


class Modification(Record):
    """What an avenant changes: the article, and the clause that words the change.

    The wording is `modifications/<article>.docx`, or `<article>-<variante>.docx`.
    """

    article: Identifiant
    variante: Identifiant | None = None

    @property
    def clause(self) -> str:
        """Template of the clause."""
        suffix = f"-{self.variante}" if self.variante else ""
        return f"modifications/{self.article}{suffix}.docx"


class Modele(Racine):
    """`deliberations/<numero>/modeles/<id>.yaml`: a blank avenant that the deliberation attaches.

    `operations` are the dispositifs annexed after the avenant, in order of their annexes;
    `annexes_initiales` are the titles of the dispositifs' annexes before it.
    """

    id: Identifiant
    annexe: Entier
    financier: Booleen
    """True when the avenant adds money: « avenant financier »."""
    structure: Identifiant | None = None
    """Set when the modele is written for one structure."""
    convention_type: Identifiant | None = None
    """Set when the conventions amended follow another convention type than the deliberation's."""
    millesime_convention: Entier
    objet: Ligne
    """What the partnership is about, after « portant sur »."""
    motif: Ligne
    visa_loi_plein_emploi: Booleen = False
    operations: Annotated[tuple[Identifiant, ...], NonVide]
    annexes_initiales: tuple[Ligne, ...]
    modifications: Annotated[tuple[Modification, ...], NonVide]
    periode: Periode | None = None
    """New period of the convention, when the avenant extends it."""


class VersementFixe(Record):
    """A payment of a convention already signed, with the amount printed in it."""

    nature: Literal["avance", "acompte", "solde"]
    taux: Taux
    montant: Euro


class ConventionInitiale(Record):
    """The convention that an avenant amends, as it stands before."""

    numero: NumeroConvention
    signee_le: Jour
    periode: Periode
    cout: Euro | None = None
    avenants_anterieurs: Entier = 0
    versements: tuple[VersementFixe, ...] = ()


class Repartition(Record):
    """The share of one territoire in an operation: units and newly voted amount."""

    territoire: Identifiant
    quantite: Entier | None = None
    montant: Euro = 0


class ActeOperation(Record):
    """One operation in an acte.

    `valorisation` is the part of the cost that the initial convention already finances.
    """

    operation: Identifiant
    repartition: Annotated[tuple[Repartition, ...], NonVide]
    valorisation: Euro = 0

    @property
    def montant(self) -> int:
        """Newly voted amount, in cents."""
        return sum(r.montant for r in self.repartition)

    @property
    def quantite(self) -> int | None:
        """Units over all territoires; None when none is counted."""
        counted = [r.quantite for r in self.repartition if r.quantite is not None]
        return sum(counted) if counted else None

    @property
    def cout(self) -> int:
        """Cost printed in the annexe technique, in cents."""
        return self.montant + self.valorisation


class AnnonceActe(Record):
    """Control totals that the service announced to the structure; the checks compare them."""

    operations: Euro
    """Sum of the costs of the annexes techniques."""
    convention: Euro | None = None
    """Total of the convention after the avenant, whenever `convention.cout` is given."""


class Acte(Record):
    """One act to sign: an avenant (`modele` and `convention`) or a new convention (`numero`)."""

    modele: Identifiant | None = None
    convention: ConventionInitiale | None = None
    numero: NumeroConvention | None = None
    operations: Annotated[tuple[ActeOperation, ...], NonVide]
    annonce: AnnonceActe

    @property
    def est_avenant(self) -> bool:
        """True for an avenant, False for a new convention."""
        return self.modele is not None

    @property
    def montant(self) -> int:
        """Newly voted amount, in cents."""
        return sum(o.montant for o in self.operations)


class Actes(Racine):
    """`deliberations/<numero>/actes/<structure>.yaml`: all the acts of one structure."""

    structure: Identifiant
    fictif: Booleen = False
    """True when the amounts of a real structure are invented."""
    actes: Annotated[tuple[Acte, ...], NonVide]
