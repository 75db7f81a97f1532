"""What is funded: a dispositif, its content and its financing rules."""

from __future__ import annotations

from typing import Annotated, Literal

from generator.model.institution import Racine
from generator.model.types import Booleen, Entier, Identifiant, Ligne, NonVide, Record, Taux, Texte

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
    taux: Taux
    condition: Ligne


class Rubrique(Record):
    """A row of the annexe technique or a section of the fiche: a title and its text."""

    titre: Ligne
    contenu: Texte


class Financement(Record):
    """How the grant is computed and paid: words, shares, payments."""

    base: Texte = ()
    parts: tuple[Part, ...] = ()
    versements: Annotated[tuple[Versement, ...], NonVide]
    etp_min: Entier | None = None
    etp_max: Entier | None = None
    """Units that one full-time post takes on, at least and at most."""


class Dispositif(Racine):
    """`dispositifs/<millesime>/<ref>.yaml`.

    `rubriques` come before the territoire, the financing and the payments in the annexe technique;
    `bilan` and `indicateurs` after them.
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
    territoire: Ligne | None = None
    """Fixed area of action; absent when each act says its territoires."""
    profil: Texte = ()
    financement: Financement
    bilan: Texte
    indicateurs: tuple[Ligne, ...]
    fictif: Booleen = False
    """True when the text is invented because no published source gives it."""

    @property
    def cle(self) -> str:
        """How operations name it: « 2024/accueil-brsa »."""
        return f"{self.millesime}/{self.ref}"
