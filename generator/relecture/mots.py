"""Words compared without what two typists write differently."""

from __future__ import annotations

import re
import unicodedata


def sans_accent(texte: str) -> str:
    """`texte` in small letters, without accents, one character for one where that is possible."""
    nu = (unicodedata.normalize("NFD", c) for c in texte.lower())
    return "".join(c[0] for c in nu if c)


def cle(titre: str) -> str:
    """What two spellings of a title share: words without accents, signs, quotes or leading article."""
    mots = re.sub(r"[^a-z0-9]+", " ", sans_accent(titre.replace("œ", "oe"))).split()
    while mots and mots[0] in ("dispositif", "l", "le", "la", "les"):
        mots.pop(0)
    return " ".join(mots)


_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "\u00ad": ""})
_SYMBOLES = re.compile("[\uf0b7\uf0a7\uf0fc\uf0d8\uf076\uf02d\uf0e8●▪◦‣■➢➤✓]")


def puces(texte: str) -> str:
    """`texte` with one sign for all bullets, those of the Symbol and Wingdings fonts included."""
    return _SYMBOLES.sub("•", texte)


def sans_ligature(texte: str) -> str:
    """`texte` with the letters that a font draws in one sign, as some PDF keep them; no soft hyphen."""
    return texte.translate(_LIGATURES)
