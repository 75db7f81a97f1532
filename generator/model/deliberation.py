"""What is voted: a deliberation, its thematiques, operations, budget lines and votes."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from generator.model.institution import Personne, Racine
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
    Texte,
)

Numero = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{1,5}$")]
CodeOperation = Annotated[str, Field(pattern=r"^C[0-9]{2}-[0-9]{3}[A-Z][0-9]{2}$")]
Imputation = Annotated[str, Field(pattern=r"^[0-9]{2,6}/[0-9]{3,6}$")]


class Seance(Record):
    """Presence at the meeting; names as printed, « M. » or « Mme » first."""

    president: Ligne
    secretaire: Ligne
    membres: Entier | None = None
    """How many members with a vote the Commission Permanente has."""
    presents: Annotated[tuple[Ligne, ...], NonVide]
    excuses: tuple[Ligne, ...] = ()
    absents: tuple[Ligne, ...] = ()
    presents_sans_voix: tuple[Ligne, ...] = ()
    excuses_sans_voix: tuple[Ligne, ...] = ()


class Visa(Record):
    """One « Vu »: a code with its articles, a deliberation, a rule, or free words."""

    code: Ligne | None = None
    articles: tuple[Ligne, ...] = ()
    et_suivants: tuple[Ligne, ...] = ()
    """Articles of `articles` after which « et suivants » is added."""
    deliberation: Numero | None = None
    organe: Literal["Conseil départemental", "Commission Permanente"] | None = None
    date: Jour | None = None
    intitule: Ligne | None = None
    texte: Ligne | None = None


class Deport(Record):
    """Members who took no part because they have an interest in the matter."""

    membres: tuple[Ligne, ...]
    etat: Literal["presents", "excuses"]


class Avis(Record):
    """The opinion of a commission."""

    commission: Entier
    intitule: Ligne
    date: Jour
    sens: Literal["favorable", "défavorable"]


class Annonce(Record):
    """Figures as announced in the voted text; the checks compare them with what the acts add up to."""

    structures: Entier
    quantite: Entier | None = None
    montant: Euro
    cout_unitaire: Euro | None = None
    """Unit cost of the dispositif; needed when `quantite` is absent, as nothing else proves it then."""
    mois: Entier | None = None
    """Months that the operation lasts, when the text counts them."""


class CreditPaiement(Record):
    """What is to be paid of an operation in one budget year."""

    exercice: Entier
    montant: Euro


class Operation(Record):
    """A dispositif funded in this deliberation."""

    id: Identifiant
    numero: Entier
    intitule: Ligne
    dispositif: Ligne
    """Key of the dispositif: « 2024/accueil-brsa »."""
    convention_type: Identifiant | None = None
    """Set when its conventions follow another convention type than the deliberation's."""
    reference: Ligne | None = None
    """Number in the call for projects, as printed in the annexe: « dispositif 3.16 »."""
    contrepartie_fse: Booleen = False
    instrument: Literal["avenant", "convention"]
    beneficiaire: Identifiant | None = None
    """The structure, when the annexe names it."""
    code: CodeOperation
    periode: Periode
    etp: Quantite | None = None
    annonce: Annonce
    credits: tuple[CreditPaiement, ...] = ()
    """The payments spread over the years, when the deliberation says so; they sum to the amount."""
    presentation: Texte = ()


class AnnonceThematique(Record):
    """Total announced for a thematique."""

    dispositifs: Entier
    montant: Euro


class Thematique(Record):
    """A group of operations, with the annexe of the deliberation that presents it."""

    numero: Entier
    intitule: Ligne
    annexe: Entier | None = None
    annonce: AnnonceThematique
    operations: Annotated[tuple[Operation, ...], NonVide]


class LigneBudget(Record):
    """One line of the budget table, as printed."""

    code: CodeOperation
    imputation: Imputation
    libelle: Ligne
    ae: Euro
    disponible: Euro
    proposition: Euro
    solde: Euro


class Voix(Record):
    """A count of votes and the groups that cast them."""

    nombre: Entier
    groupes: tuple[Ligne, ...] = ()


class Vote(Record):
    """The result of the vote."""

    pour: Voix
    contre: Voix
    abstention: Voix
    absents_sans_delegation: Voix
    adopte: Booleen


class Ambition(Record):
    """An ambition of the Pacte des solidarités humaines."""

    numero: Entier
    intitule: Ligne


class Rapport(Record):
    """What only the president's report says."""

    ambitions_total: Entier
    ambitions: tuple[Ambition, ...]
    periodes_de_depot: tuple[Ligne, ...]
    rapport_cadre: Jour
    """Meeting whose report presents the thematiques."""
    avis: tuple[Avis, ...]


class Integrale(NamedTuple):
    """The parts that an extrait leaves out."""

    seance: Seance
    vote: Vote
    signataire: Personne
    rapport: Rapport


class Deliberation(Racine):
    """`deliberations/<id>/deliberation.yaml`; the folder is named after the number, else after the date.

    An `extrait` holds only what is known of a deliberation of which some acts alone are built: the
    meeting, the vote, the budget table and the rapport may be left out, and the documents that need
    them are not made. Without it they are all required (`checks.deliberations`).
    """

    numero: Numero | None = None
    """Absent until the deliberation is registered, or when the source does not give it."""
    date: Jour
    publiee_le: Jour | None = None
    """Day of its publication, once it is published."""
    transmise_le: Jour | None = None
    """Day on which the préfet received it; with `publiee_le`, what makes it executory."""
    lieu: Ligne
    intitule: Ligne
    phase: Ligne | None = None
    """Short label of this round, e.g. « Phase 6 »."""
    exercice: Entier
    extrait: Booleen = False
    seance: Seance | None = None
    visas: tuple[Visa, ...] = ()
    deports: tuple[Deport, ...] = ()
    convention_type: Identifiant
    """File of `conventions-types/` that the new conventions follow."""
    fictif: Booleen = False
    annexe_financiere: Entier | None = None
    """Number of the annexe that holds the financial breakdown."""
    thematiques: Annotated[tuple[Thematique, ...], NonVide]
    budget: tuple[LigneBudget, ...] = ()
    vote: Vote | None = None
    signataire: Personne | None = None
    rapport: Rapport | None = None

    @property
    def integrale(self) -> Integrale | None:
        """What only a whole deliberation has; None when any of it is missing."""
        if self.seance and self.vote and self.signataire and self.rapport:
            return Integrale(self.seance, self.vote, self.signataire, self.rapport)
        return None

    @property
    def id(self) -> str:
        """How commands and folders name it: its number, else its date."""
        return self.numero or self.date.isoformat()

    def operations(self) -> tuple[Operation, ...]:
        """All operations, in the order of the annexes."""
        return tuple(o for t in self.thematiques for o in t.operations)
