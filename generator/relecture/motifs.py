"""What the rules recognise in a text: amounts, dates, numbers of articles, words of a title."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.money import parse_euros
from generator.relecture.mots import sans_accent
from generator.relecture.texte import Genre, Texte

ESP = "[ \u00a0\u2007\u2009\u202f]"  # spaces within a line
NOMBRE = rf"(?:\d{{1,3}}(?:{ESP}{{1,2}}\d{{3}})+(?!\d)|\d+)"
SOMME = rf"{NOMBRE}(?:,\d{{2}}(?!\d))?"
EURO = rf"{ESP}*(?:€|euros?\b|EUR\b)"
PUCE = re.compile(r"\s*(?:[•·○□–—-]|o(?=\s))\s*")
_CHIFFRES = re.compile(r"\d+")
_MONTANT = re.compile(rf"(?<![\w.,/-])(?P<somme>{SOMME}){EURO}")
_TETE = re.compile(
    r"(?<![\d/.,-])\d{1,3}[ \t\u00a0]*\n[ \t\u00a0]*\Z"
)  # a figure that goes on under the line
_MOIS = {
    "janvier": 1, "fevrier": 2, "mars": 3, "avril": 4, "mai": 5, "juin": 6,
    "juillet": 7, "aout": 8, "septembre": 9, "octobre": 10, "novembre": 11, "decembre": 12,
}  # fmt: skip
_NOM_DE_MOIS = (
    r"janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[ûu]t|septembre|octobre|novembre|d[ée]cembre"
)
JOUR = r"(?:0?[1-9]|[12]\d|3\d)"
DATE = (
    rf"(?:{JOUR}(?:\s?er)?\s+(?:{_NOM_DE_MOIS})\s+(?:19|20)\d\d\b"
    r"|(?<![\d/.-])(?:\d{1,2}/\d{1,2}/(?:(?:19|20)\d\d|\d\d)|\d\d\.\d\d\.(?:19|20)\d\d)(?![\d/]))"
)
_DATE = re.compile(
    rf"\b(?P<j>{JOUR})(?:\s?er)?\s+(?P<m>{_NOM_DE_MOIS})(?:\s+(?P<a>(?:19|20)\d\d)\b)?"
    r"|(?<![\w/.-])(?P<jj>\d{1,2})/(?P<mm>\d{1,2})/(?P<aa>(?:19|20)\d\d|\d\d)(?![\w/])"
    r"|(?<![\w/.-])(?P<jp>\d\d)\.(?P<mp>\d\d)\.(?P<ap>(?:19|20)\d\d)(?![\w/])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Montant:
    """An amount found: cents, and its place in the flux."""

    cents: int
    debut: int
    fin: int


@dataclass(frozen=True, slots=True)
class Jour:
    """A date found: `date` is None when the calendar has no such day; `annee` False when the text gives
    no year (then `date` is None too, and `jour`, `mois` say what is known)."""

    date: dt.date | None
    jour: int
    mois: int
    annee: bool
    debut: int
    fin: int


def nombres(flux: str, debut: int = 0, fin: int | None = None) -> list[int]:
    """Where the numbers of a stretch of text begin: what `au_chiffre` tries."""
    return [m.start() for m in _CHIFFRES.finditer(flux, debut, len(flux) if fin is None else fin)]


def au_chiffre(
    motif: re.Pattern[str], flux: str, departs: Sequence[int], fin: int | None = None
) -> Iterator[re.Match[str]]:
    """What `motif.finditer` yields, some ten times faster: it is tried at `departs` (see `nombres`) only.

    For a pattern whose matches begin at the first digit of a number and never end inside one.
    """
    fin = len(flux) if fin is None else fin
    suite = 0
    for depart in departs:
        if depart >= suite and (m := motif.match(flux, depart, fin)):
            suite = m.end()
            yield m


def centimes(somme: str) -> int | None:
    """Cents of a sum such as « 65 000,00 »; None when it does not read as one."""
    try:
        return parse_euros(re.sub(ESP + "+", " ", somme.strip()))
    except ValueError:
        return None


def montants(
    texte: Texte, debut: int = 0, fin: int | None = None, departs: Sequence[int] | None = None
) -> Iterator[Montant]:
    """The amounts in euros of a stretch of the flux, whole ones only; `departs`: its `nombres`, if known.

    What follows a line that ends with a digit may be the tail of a figure that a line end cuts: it is
    left out, except in a .docx, whose lines are paragraphs.
    """
    flux = texte.flux
    departs = nombres(flux, debut, fin) if departs is None else departs
    for m in au_chiffre(_MONTANT, flux, departs, fin):
        cents = centimes(m["somme"])
        queue = re.match(r"\d{3}(?!\d)", m["somme"]) and _TETE.search(
            flux[max(0, m.start() - 12) : m.start()]
        )
        if cents is not None and (not queue or texte.genre is Genre.DOCX):
            yield Montant(cents, m.start(), m.end())


def jours(
    flux: str, debut: int = 0, fin: int | None = None, departs: Sequence[int] | None = None
) -> Iterator[Jour]:
    """The dates of a stretch of text, impossible ones included; `departs`: its `nombres`, if known."""
    departs = nombres(flux, debut, fin) if departs is None else departs
    for m in au_chiffre(_DATE, flux, departs, fin):
        if m["j"]:
            mois, annee = _MOIS[sans_accent(m["m"])], int(m["a"]) if m["a"] else None
            jour = int(m["j"])
        else:
            jour, mois = int(m["jj"] or m["jp"]), int(m["mm"] or m["mp"])
            annee = int(m["aa"] or m["ap"])
            if annee < 100 and not (1 <= mois <= 12 and 1 <= jour <= 31):
                continue  # « 30/60/90 »
            annee += 2000 if annee < 100 else 0
        yield Jour(_date(annee, mois, jour), jour, mois, annee is not None, m.start(), m.end())


def _date(annee: int | None, mois: int, jour: int) -> dt.date | None:
    try:
        return dt.date(annee, mois, jour) if annee else None
    except ValueError:
        return None


def numeros(liste: str) -> list[int]:
    """Whole numbers of « 1 ; 4 ; 8 et 12 »."""
    return [int(n) for n in re.findall(r"\d+", liste)]
