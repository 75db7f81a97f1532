"""Plain text: lines, and pages when form feeds separate them."""

from __future__ import annotations

import re

from generator.relecture.mots import puces
from generator.relecture.texte import Genre, Ligne, Texte

_CONTROLES = re.compile("[\x00-\x08\x0e-\x1f]")
_ESPACES = re.compile("[ \t\u00a0\u2007\u2009\u202f]+")


class TexteIllisibleError(Exception):
    """The bytes are not text. The message is in French."""


def decoder(data: bytes) -> str:
    """Text of a file in UTF-8, UTF-16 with its mark, or Windows-1252. Raises TexteIllisibleError."""
    marque = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodages = ["utf-16"] if marque else ["utf-8-sig", "cp1252"]
    for encodage in encodages:
        try:
            texte = data.decode(encodage)
        except UnicodeDecodeError:
            continue
        if not _CONTROLES.search(texte):
            return texte
    raise TexteIllisibleError("ce n’est pas du texte")


def lire(fichier: str, data: bytes) -> Texte:
    """The lines of a text file; `lieu` is the line of the file, with its page after a form feed.

    Raises TexteIllisibleError.
    """
    pages = decoder(data).replace("\r\n", "\n").replace("\r", "\n").split("\f")
    if len(pages) > 1 and not pages[-1].strip():
        pages.pop()
    lignes = []
    numero = 0
    for page, contenu in enumerate(pages, 1):
        for brut in contenu.split("\n"):
            numero += 1
            lieu = f"page\u00a0{page}, ligne\u00a0{numero}" if len(pages) > 1 else f"ligne\u00a0{numero}"
            texte = puces(_ESPACES.sub(_une_espace, brut).strip())
            lignes.append(Ligne(texte, lieu, page if len(pages) > 1 else 0))
        numero -= 1  # a form feed ends no line
    return Texte(
        fichier, Genre.TXT, tuple(x for x in lignes if x.texte), pages=len(pages) if len(pages) > 1 else None
    )


def _une_espace(trouve: re.Match[str]) -> str:
    """Runs of spaces become one: layouts pad and justify; a tab stays, it separates columns."""
    return "\t" if "\t" in trouve[0] else "\u00a0" if trouve[0] == "\u00a0" else " "
