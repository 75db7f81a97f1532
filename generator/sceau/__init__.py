"""What was voted, frozen: written once, checked ever after, reopened by an erratum alone."""

from __future__ import annotations

from generator.sceau.controle import Present, controler
from generator.sceau.forme import Acte, Erratum, Sceau, Texte, lire_sceau
from generator.sceau.montants import Montant, montants

__all__ = ["Acte", "Erratum", "Montant", "Present", "Sceau", "Texte", "controler", "lire_sceau", "montants"]
