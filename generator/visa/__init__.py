"""Visas of review: who read a draft, up to which level changes need not be shown again, what exceeds it."""

from __future__ import annotations

from generator.visa.journal import Journal, Lu, Visa, lire_journal, lire_texte
from generator.visa.niveaux import NOMS, Lecture, Mouvement, Niveau, mesurer, niveau

__all__ = [
    "NOMS",
    "Journal",
    "Lecture",
    "Lu",
    "Mouvement",
    "Niveau",
    "Visa",
    "lire_journal",
    "lire_texte",
    "mesurer",
    "niveau",
]
