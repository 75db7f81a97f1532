"""What changed between two drafts: redlines that are proved, and a report a lawyer can read.

`comparer` takes one pair of .docx and gives its changes and, when accepting all gives the new document and
refusing all the old one, a .docx with native tracked changes. `couples` says what is compared with what,
`rapport` shows it.
"""

from __future__ import annotations

from generator.comparaison.changements import Changement, Morceau
from generator.comparaison.couples import Couple
from generator.comparaison.genres import Genre
from generator.comparaison.redline import Comparaison, Demande, Par, comparer
from generator.comparaison.suivi import Sens

__all__ = ["Changement", "Comparaison", "Couple", "Demande", "Genre", "Morceau", "Par", "Sens", "comparer"]
