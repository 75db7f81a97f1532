"""What kind of change it is, as a lawyer sorts them: amount, date, name, wording, typography, renumbering."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from generator.comparaison.mots import DATE, MONTANT


class Genre(StrEnum):
    """Kinds of change, gravest first."""

    MONTANT = "montant"
    DATE = "date"
    NOM = "nom"
    REDACTION = "redaction"
    TYPOGRAPHIE = "typographie"
    NUMEROTATION = "numerotation"


TITRES: Final = {
    Genre.MONTANT: "montants et nombres",
    Genre.DATE: "dates",
    Genre.NOM: "noms",
    Genre.REDACTION: "rédaction",
    Genre.TYPOGRAPHIE: "typographie et forme",
    Genre.NUMEROTATION: "renumérotation",
}

_NOMBRES: Final = re.compile(
    r"(?:zéro|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|"
    r"vingts?|trente|quarante|cinquante|soixante|cents?|mille|millions?|milliards?|euros?|centimes?|et|d[e’])+"
)
_MOIS: Final = re.compile(
    r"\b(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)\b|(?<![\d-])20\d\d(?![-\d])"
)
_DEVANT: Final = re.compile(
    r"(?:articles?|annexes?|tableaux?|chapitres?|points?|§|page|avenant n°|,|et|à)[ \u00a0]*$", re.I
)
_PETIT: Final = re.compile(r"\d{1,2}(?:[-.]\d{1,2})*|[IVX]{1,5}")
_NOM_PROPRE: Final = re.compile(r"\b(?:Monsieur|Madame|M\.|Mme)\b|\b[A-ZÀ-Ý][\wÀ-ÿ]*[\w’-]|\b[A-ZÀ-Ý]{2,}\b")


def genre(avant: str, apres: str, contexte: str) -> Genre:
    """The kind of a change from `avant` to `apres` (either may be empty) after the words `contexte`."""
    if _nu(avant) == _nu(apres):
        return Genre.TYPOGRAPHIE
    both = f"{avant} {apres}"
    petits = avant and apres and all(_PETIT.fullmatch(x.strip(" \u00a0")) for x in (avant, apres))
    if petits and (not contexte.strip() or _DEVANT.search(contexte)):
        return Genre.NUMEROTATION
    if re.search(f"{MONTANT}|%", both) or "€" in both:
        return Genre.MONTANT
    if re.search(DATE, both) or _MOIS.search(both):
        return Genre.DATE
    if re.search(r"\d", both) or _en_lettres(avant) or _en_lettres(apres):
        return Genre.MONTANT
    if any(_nom(x, contexte) for x in (avant, apres)):
        return Genre.NOM
    return Genre.REDACTION


def principal(genres: Sequence[Genre]) -> Genre:
    """The gravest of several kinds."""
    return min(genres, key=list(Genre).index)


def _nu(text: str) -> str:
    """The letters and figures alone: no space, no sign, no capital."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[^\w%€]", "", plain)


def _en_lettres(text: str) -> bool:
    mots = re.findall(r"[^\W\d_]+", text.casefold())
    return (
        bool(mots)
        and any(len(m) > 3 or m in ("dix", "six", "une") for m in mots)
        and all(_NOMBRES.fullmatch(m) for m in mots)
    )


def _nom(text: str, contexte: str) -> bool:
    """True for a short phrase with a proper name; a capital that starts a sentence is no name."""
    if len(text.split()) > 8:
        return False
    found = list(_NOM_PROPRE.finditer(text))
    if found and found[0].start() == 0 and (not contexte.strip() or contexte.rstrip()[-1] in ".:;«–"):
        found = found[1:] or [m for m in found if m[0].isupper() and len(m[0]) > 1]
    return bool(found)
