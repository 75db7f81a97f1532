"""Proof that an act is in the terms of the modele voted, even when it comes back from another hand.

`references` says which blank each act must follow, `passages` reads a .docx as its reader sees it, `blancs`
tells a blank from what was voted, `examen` finds what differs.
"""

from __future__ import annotations

from generator.conformite.examen import Ecart, Sorte, examiner, hors_des_termes
from generator.conformite.passages import Passage, SuiviError, empreinte_du_texte, lire
from generator.conformite.references import Terme, termes

__all__ = [
    "Ecart",
    "Passage",
    "Sorte",
    "SuiviError",
    "Terme",
    "empreinte_du_texte",
    "examiner",
    "hors_des_termes",
    "lire",
    "termes",
]
