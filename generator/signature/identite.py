"""Whether the person that a certificate names is the one that the act names."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_WORD = re.compile(r"[a-z0-9]+")


def mots(nom: str) -> Counter[str]:
    """The words of a name, without accents, capitals, hyphens nor order: « Éric D’HAENENS » and
    « D'Haenens Eric » have the same."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", nom.casefold()) if not unicodedata.combining(c))
    return Counter(_WORD.findall(plain))


def concorde(attendu: str, nom: str) -> bool:
    """True when `nom`, that of a certificate, holds every word of the name `attendu` and no more than a
    second first name or a title besides."""
    wanted, found = mots(attendu), mots(nom)
    return bool(wanted) and not wanted - found and (found - wanted).total() <= 2
