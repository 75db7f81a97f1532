"""What is signed: the convention types, the modeles that are voted, the actes of each structure."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from generator.model.deliberation import Visa
from generator.model.dispositif import Ecart
from generator.model.institution import Racine
from generator.model.plan_financement import PlanFinancement
from generator.model.types import (
    Booleen,
    Entier,
    Euro,
    Identifiant,
    Jour,
    Ligne,
    NonVide,
    Periode,
    Quantite,
    Record,
    Taux,
)

NumeroConvention = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{5}$")]

DEPARTEMENT_ENTIER = "departement"
"""Value of `territoire` when an action covers the whole Département."""


class ArticleType(Record):
    """An article of a convention type. Its number is its rank; `cle` is how avenants name it.

    `passages` are the parts of its wording that an avenant may replace on their own, `ajouts` the
    places where it may add some: the template `articles/<cle>.docx` says where each stands.
    """

    cle: Identifiant
    intitule: Ligne
    passages: tuple[Identifiant, ...] = ()
    ajouts: tuple[Identifiant, ...] = ()


class ConventionType(Racine):
    """`conventions-types/<id>.yaml`: the articles of a convention, in order.

    The wording of article `cle` is the template `articles/<cle>.docx`, that of the preamble
    `articles/<preambule>.docx`. Annexes before `premiere_annexe` are fixed (`annexes_fixes`); the
    dispositifs follow.
    """

    id: Identifiant
    adopte_le: Jour
    preambule: Identifiant | None = None
    rattachee: Booleen = False
    """True when such a convention completes another one, which its acts name (`rattachement`)."""
    visas: tuple[Visa, ...] = ()
    """What is cited besides the codes and the deliberation."""
    articles: Annotated[tuple[ArticleType, ...], NonVide]
    annexes_fixes: tuple[Ligne, ...] = ()

    def article(self, cle: str) -> ArticleType | None:
        """The article `cle`; None when the convention has no such article."""
        return next((a for a in self.articles if a.cle == cle), None)

    def numero(self, cle: str) -> int | None:
        """Rank of article `cle`, from 1; None when the convention has no such article."""
        return next((n for n, a in enumerate(self.articles, 1) if a.cle == cle), None)

    @property
    def premiere_annexe(self) -> int:
        """Number of the first dispositif's annexe."""
        return len(self.annexes_fixes) + 1


class Modification(Record):
    """What an avenant changes: an article, or a `passage` of it, and the clauses that word the change.

    `modifications/<article>[-<variante>].docx` says what becomes of the convention and quotes the new
    wording, which is `redactions/<article>[-<variante>].docx`.
    """

    article: Identifiant
    variante: Identifiant | None = None
    passage: Identifiant | None = None
    """Which of the article's `passages` or `ajouts` is concerned; absent for the whole article."""

    @property
    def nom(self) -> str:
        """Name that the two clauses share."""
        return f"{self.article}-{self.variante}" if self.variante else self.article

    @property
    def clause(self) -> str:
        """Template that the avenant prints."""
        return f"modifications/{self.nom}.docx"

    @property
    def redaction(self) -> str:
        """Template of the new wording alone."""
        return f"redactions/{self.nom}.docx"


class Modele(Racine):
    """`deliberations/<numero>/modeles/<id>.yaml`: a blank act that the deliberation attaches.

    An avenant has `modifications`; a new convention has none, and follows the convention type.
    `operations` are the dispositifs annexed to the act, in order of their annexes. In an avenant they
    take the place of `annexes_initiales`, the titles of the dispositifs' annexes before it; when there
    are none, they come after the last annexe of the convention.
    """

    id: Identifiant
    annexe: Entier
    nature: Literal["avenant", "convention"] = "avenant"
    financier: Booleen = False
    """True when the avenant adds money: « avenant financier »."""
    structure: Identifiant | None = None
    """Set when the modele is written for one structure."""
    convention_type: Identifiant | None = None
    """Set when the act follows another convention type than the deliberation's."""
    millesime_convention: Entier | None = None
    """Year that begins the numbers of the conventions amended; for an avenant only."""
    objet: Ligne
    """What the partnership is about, after « portant sur »."""
    motif: Ligne | None = None
    """Why the convention is amended; for an avenant only."""
    visa_loi_plein_emploi: Booleen = False
    operations: Annotated[tuple[Identifiant, ...], NonVide]
    annexes_initiales: tuple[Ligne, ...] = ()
    modifications: tuple[Modification, ...] = ()
    periode: Periode | None = None
    """New period of the convention, when the avenant extends it."""

    @property
    def est_avenant(self) -> bool:
        """True for an avenant, False for a new convention."""
        return self.nature == "avenant"

    def modifie(self, article: str) -> bool:
        """True when the avenant changes that article."""
        return any(m.article == article for m in self.modifications)


class VersementFixe(Record):
    """A payment of a convention already signed, with the amount printed in it."""

    nature: Literal["avance", "acompte", "solde"]
    taux: Taux
    montant: Euro
    condition: Ligne | None = None
    date: Jour | None = None
    """Day on which it was paid or is due, when it is known."""


class Composante(Record):
    """A part of the cost of a convention already signed: dispositifs, their period, their cost together."""

    dispositifs: Annotated[tuple[Ligne, ...], NonVide]
    periode: Periode
    montant: Euro


class VolumeInitial(Record):
    """Units of one territoire that a convention already finances."""

    territoire: Identifiant
    quantite: Entier


class ReferenceConvention(Record):
    """A convention already signed, by its number and date."""

    numero: NumeroConvention
    signee_le: Jour


class ConventionInitiale(ReferenceConvention):
    """The convention that an avenant amends, as it stands before."""

    periode: Periode
    cout: Euro | None = None
    avenants_anterieurs: Entier = 0
    versements: tuple[VersementFixe, ...] = ()
    composantes: tuple[Composante, ...] = ()
    """How `cout` splits among the dispositifs, when the avenant recalls it."""
    volumes: tuple[VolumeInitial, ...] = ()
    """Units by territoire, when the avenant recalls them."""
    annexes: Entier | None = None
    """Number of its annexes; needed by an avenant that adds some."""


class Repartition(Record):
    """The share of one territoire in an operation: units and newly voted amount."""

    territoire: Identifiant
    quantite: Entier | None = None
    montant: Euro = 0
    tarif: Identifiant | None = None
    """The unit cost that applies, when the dispositif has several."""


class ActeOperation(Record):
    """One operation in an acte.

    `valorisation` is the part of the cost that the initial convention already finances.
    """

    operation: Identifiant
    repartition: Annotated[tuple[Repartition, ...], NonVide]
    valorisation: Euro = 0
    etp: Quantite | None = None
    """Full-time posts that the structure assigns to it."""
    postes: Entier | None = None
    """Posts of participants, for a cost per post and per month."""
    jeunes: Entier | None = None
    """Young people expected among the units that `repartition` counts."""
    plan: PlanFinancement | None = None
    """How the whole operation of the structure is financed, when others pay too."""

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
    quantite_initiale: Entier | None = None
    """Units that the convention finances before the avenant, whenever `convention.volumes` is given."""


class Acte(Record):
    """One act to sign: an avenant (`modele` and `convention`) or a new convention (`numero`).

    A new convention follows its `modele` when the deliberation attaches one, the convention type
    otherwise. `rattachement` is a convention that it completes without amending it.
    """

    modele: Identifiant | None = None
    convention: ConventionInitiale | None = None
    numero: NumeroConvention | None = None
    rattachement: ReferenceConvention | None = None
    signe_le: Jour | None = None
    """Day of the last signature, once the act is signed by both parties."""
    signataire: Ligne | None = None
    """Who signed for the Département, when it is not the signatory of `departement.yaml`."""
    donnees_publiees_le: Jour | None = None
    """Day on which the essential data of the act were published, once they are."""
    operations: Annotated[tuple[ActeOperation, ...], NonVide]
    annonce: AnnonceActe
    ecarts: tuple[Ecart, ...] = ()
    """Where published figures contradict each other: rules that would refuse them warn instead."""

    @property
    def est_avenant(self) -> bool:
        """True for an avenant, False for a new convention."""
        return self.numero is None

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
