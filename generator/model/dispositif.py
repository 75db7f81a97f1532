"""What is funded: a dispositif, its content and its financing rules."""

from __future__ import annotations

from typing import Annotated, Literal

from generator.model.institution import Cofinancement, Contact, Racine
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
    Texte,
)

AnnexeDe = Literal["technique", "frais"]
"""What an act attaches for a dispositif: the table of its content, or a statement of expenses."""

Unite = Literal["diagnostic", "place", "personne", "famille", "projet"]

UNITES: dict[str, tuple[str, str]] = {
    "diagnostic": ("diagnostic", "diagnostics"),
    "place": ("place d’accompagnement", "places d’accompagnement"),
    "personne": ("personne accompagnée", "personnes accompagnées"),
    "famille": ("famille accompagnée", "familles accompagnées"),
    "projet": ("projet", "projets"),
}
"""Singular and plural of what a dispositif counts."""


class Part(Record):
    """A share of the grant and what it rewards."""

    nature: Literal["quantitative", "qualitative"]
    taux: Taux
    objet: Texte = ()


class Versement(Record):
    """One payment, as a share of the cost, with the condition that releases it."""

    nature: Literal["avance", "acompte", "solde"]
    taux: Taux | None = None
    """Absent when the fiche gives none; an act cannot be made then (TAU104)."""
    maximum: Booleen = False
    """True when the rate is the most that may be paid."""
    condition: Ligne
    date: Jour | None = None
    """Day on which it is due, when one is fixed."""


class Rubrique(Record):
    """A row of the annexe technique or a section of the fiche: a title and its text."""

    titre: Ligne
    contenu: Texte


class Cout(Record):
    """A unit cost, or the most that is paid for one unit."""

    id: Identifiant | None = None
    """How acts name it (`tarif`), when the dispositif has several that they choose from."""
    unite: Literal["place", "ETP", "poste-mois", "personne", "parcours", "action"]
    montant: Euro
    maximum: Booleen = False
    annuel: Booleen = False
    """True for a cost per year: it is reduced to the months of the operation."""
    objet: Ligne | None = None
    """What it pays for, when the dispositif has several."""
    mention: Ligne | None = None
    """Words for the unit, when the usual ones do not fit: « par participant et par mois »."""


class Capacite(Record):
    """Units that one full-time post takes on, at least and at most."""

    min: Entier | None = None
    max: Entier | None = None
    objet: Ligne | None = None
    """Which activity it holds for, when the dispositif has several."""


class Forfait(Record):
    """A flat rate: what it pays for (`objet`), on which base (`assiette`).

    `regime` is the kind of flat rate of règlement (UE) 2021/1060: all that is left beside the staff
    (article 56), indirect costs (article 54), the staff itself (article 55).
    """

    taux: Taux
    regime: Literal["coûts restants", "coûts indirects", "personnel"] = "coûts restants"
    maximum: Booleen = False
    objet: Ligne = "coûts autres que le personnel"
    assiette: Ligne = "dépenses directes de personnel éligibles"


class Financement(Record):
    """How the grant is computed and paid: words, shares, payments, unit costs, limits."""

    base: Texte = ()
    parts: tuple[Part, ...] = ()
    versements: Annotated[tuple[Versement, ...], NonVide]
    capacites: tuple[Capacite, ...] = ()
    couts: tuple[Cout, ...] = ()
    forfait: Forfait | None = None
    cofinancement: tuple[Cofinancement, ...] = ()
    part_jeunes: Taux | None = None
    """Greatest share of young people among the participants."""


class Session(Record):
    """A period during which applications are received."""

    periode: Periode
    objet: Ligne | None = None
    """What it is reserved for, when it is, e.g. « zones non couvertes »."""


class Conventionnement(Record):
    """How long an operation is funded: a number of months, and the periods when they are fixed."""

    mois: Entier | None = None
    maximum: Booleen = False
    """True when `mois` is the longest it may last."""
    periodes: tuple[Periode, ...] = ()
    precisions: Texte = ()


class Echeance(Record):
    """A report that is due: which, and by when."""

    nature: Literal["intermédiaire", "final"]
    date: Jour | None = None
    delai: Ligne | None = None
    """In words when no date is fixed, e.g. « trois mois après la fin de la convention »."""


class Tableau(Record):
    """A typed table, such as a quality chart: every row has as many cells as there are columns."""

    titre: Ligne
    colonnes: Annotated[tuple[Ligne, ...], NonVide]
    lignes: Annotated[tuple[tuple[str, ...], ...], NonVide]


class Ecart(Record):
    """Where the published fiche contradicts itself: what it says, what was retained, and why."""

    sujet: Ligne
    publie: Ligne
    retenu: Ligne
    motif: Ligne


class Fiche(Record):
    """What the published fiche says beyond the annexe technique.

    The fiche prints, in order: `contexte`; the rubrique « Public cible »; the other rubriques of the
    dispositif as « Contenu du projet »; `resultats`; `territoires`; `porteurs`; the durations and the
    financing; `evaluation`, the reports due, indicators and `tableaux`; the contacts of the millesime.
    """

    axe: Ligne
    contexte: Annotated[Texte, NonVide]
    resultats: Texte = ()
    territoires: Annotated[Texte, NonVide]
    porteurs: Annotated[Texte, NonVide]
    sessions: Annotated[tuple[Session, ...], NonVide]
    candidature: Texte = ()
    conventionnement: Conventionnement
    echeances: tuple[Echeance, ...] = ()
    evaluation: Texte = ()
    tableaux: tuple[Tableau, ...] = ()
    contacts: tuple[Contact, ...] = ()
    """Who answers for this fiche at the Direction, instead of those of the millesime."""
    sans_slai: Booleen = False
    """True when the published fiche names no SLAI."""
    ecarts: tuple[Ecart, ...] = ()


class Dispositif(Racine):
    """`dispositifs/<millesime>/<ref>.yaml`: one record, two documents.

    `rubriques` come before the territoire, the financing and the payments in the annexe technique;
    `bilan` and `indicateurs` after them. `fiche` adds what only the published fiche says.
    """

    millesime: Entier
    ref: Identifiant
    numero: Ligne | None = None
    """Number in the call for projects, e.g. « 3.16 »."""
    intitule: Ligne
    intitule_annexe: Ligne | None = None
    """Title of the annexe technique when it differs."""
    unite: Unite
    rubriques: Annotated[tuple[Rubrique, ...], NonVide]
    annexe: AnnexeDe = "technique"
    territoire: Ligne | None = None
    """Fixed area of action; absent when each act says its territoires."""
    profil: Texte = ()
    financement: Financement
    bilan: Texte
    indicateurs: tuple[Ligne, ...]
    fictif: Booleen = False
    """True when the text is invented because no published source gives it."""
    fiche: Fiche | None = None

    @property
    def cle(self) -> str:
        """How operations name it: « 2024/accueil-brsa »."""
        return f"{self.millesime}/{self.ref}"
