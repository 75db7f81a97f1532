"""How far a document has changed since somebody read it: an ordered scale, and rules that recognise.

Each rule recognises one kind of change and nothing else. What none of them recognises is « autre », the
highest level: a reader is never told that a change is small because nobody knew what it was.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from generator.comparaison.mots import DATE, MONTANT, aligner, mots
from generator.conformite.examen import paires
from generator.conformite.passages import Passage


class Niveau(IntEnum):
    """Levels of change, the lightest first."""

    AUCUN = 0
    TYPOGRAPHIE = 1
    """Spaces, quotation marks, apostrophes, dashes, or the look alone."""
    REDACTION = 2
    """A few words, without figure, name, date, negation or obligation."""
    PARTIE = 3
    """Who the parties are: name, seat, SIRET, representative, as the records give them."""
    DATE = 4
    MONTANT = 5
    """Sums of money, in figures or in letters."""
    AUTRE = 6

    @property
    def nom(self) -> str:
        """The name that users type and read."""
        return self.name.lower()


NOMS: Final = tuple(n.nom for n in Niveau)

_SIGNES: Final = str.maketrans(
    {"'": "’", "“": "«", "”": "»", "\u2011": "-", "\u2013": "-", "\u2014": "-", "\u00ad": None}
)
_NOMBRE: Final = (
    "zéro|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|"
    "trente|quarante|cinquante|soixante|cents?|mille|millions?|milliards?"
)
_LETTRES: Final = (
    rf"\b(?:{_NOMBRE})(?:(?:[ -]et[ -]|[ -])(?:{_NOMBRE}))*(?: d’| de | )euros?"
    rf"(?: et (?:{_NOMBRE})(?:(?:-et-|[ -])(?:{_NOMBRE}))* centimes?)?\b"
)
_DECIMAL: Final = r"(?<![\w.,/-])\d{1,3}(?: \d{3})*,\d\d(?![\d%]| %)"
_SOMMES: Final = re.compile(rf"{_LETTRES}|(?:{MONTANT})|{_DECIMAL}", re.I)
_DATES: Final = re.compile(DATE)
_PARTIE, _JOUR, _SOMME = "\ue001", "\ue002", "\ue003"  # private use: no document holds them
_GRAVES: Final = re.compile(
    r"(?i)\b(?:ne|pas|non|sans|sauf|ni|aucune?s?|jamais|hors|excepté\w*|hormis|toutefois|seule?s?|seulement|"
    r"doit|doivent|devra|devront|peut|peuvent|pourra|pourront|tenue?s?|oblig\w+|interdi\w+|exclu\w*|dispens\w+|"
    r"exonér\w+|renonc\w+|résili\w+|solidair\w+|tou(?:te|s|tes)|avant|après|maximum|minimum|plus|moins|"
    rf"{_NOMBRE.replace('une?|', '')}|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|"
    r"novembre|décembre|euros?|mois|ans?|années?|jours?|semaines?|articles?|annexes?|"
    # Shares, ranks, rhythms, alternatives, undertakings; too many words here only makes it stricter.
    r"moitié|tiers|quarts?|double|triple|\w+aines?|totalité|partie|partiel\w*|premi(?:er|ère)s?|second\w*|"
    r"dernier\w*|dernière\w*|deuxième|trimestr\w+|semestr\w+|mensuel\w*|annuel\w*|hebdomad\w+|quotidien\w*|"
    r"et|ou|tacite\w*|express\w+|engag\w+)\b|\bn’"
)
_MAX_MOTS: Final = 8


@dataclass(frozen=True, slots=True)
class Lecture:
    """A document as somebody read it, or as it stands: its passages, the values that name its parties, the
    digest of its look."""

    passages: tuple[Passage, ...]
    parties: tuple[str, ...]
    forme: str


@dataclass(frozen=True, slots=True)
class Mouvement:
    """A passage that changed, its level; empty: it came or went."""

    niveau: Niveau
    ou: str
    avant: str
    apres: str


def mesurer(lu: Lecture, present: Lecture) -> tuple[Niveau, tuple[Mouvement, ...]]:
    """The level of all that changed between two states of a document, and the changes, gravest first."""
    found = []
    for partie in dict.fromkeys(p.partie for p in (*lu.passages, *present.passages)):
        a, b = ([p for p in x.passages if p.partie == partie] for x in (lu, present))
        for i, j in paires([_plat(p.texte) for p in a], [_plat(p.texte) for p in b]):
            old, new = a[i].texte if i is not None else "", b[j].texte if j is not None else ""
            where = b[j].ou if j is not None else partie
            level = niveau(old, new, lu.parties, present.parties) if old and new else Niveau.AUTRE
            if level is not Niveau.AUCUN:
                found.append(Mouvement(level, where, old, new))
    found.sort(key=lambda m: -m.niveau)
    if found:
        return found[0].niveau, tuple(found)
    return (Niveau.AUCUN if lu.forme == present.forme else Niveau.TYPOGRAPHIE), ()


def niveau(avant: str, apres: str, parties_avant: Sequence[str], parties_apres: Sequence[str]) -> Niveau:
    """The level of a change inside a passage; `parties_*`: values of the records that name the parties."""
    if avant == apres:
        return Niveau.AUCUN
    a, b = _plat(avant), _plat(apres)
    if a == b:
        return Niveau.TYPOGRAPHIE
    levels = [Niveau.TYPOGRAPHIE]
    (a, left), (b, right) = _parties(a, parties_avant), _parties(b, parties_apres)
    if left != right:
        levels.append(Niveau.PARTIE)
    for motif, mark, level in ((_SOMMES, _SOMME, Niveau.MONTANT), (_DATES, _JOUR, Niveau.DATE)):
        if motif.findall(a) != motif.findall(b):
            levels.append(level)
        a, b = motif.sub(mark, a), motif.sub(mark, b)
    if a != b:
        levels.append(_redaction(a, b))
    return max(levels)


def _plat(text: str) -> str:
    """The text without what typography alone changes: kinds of spaces, of quotation marks, of dashes."""
    plain = " ".join(text.translate(_SIGNES).split())
    return re.sub(r" (?=[:;!?»])|(?<=«) ", "", plain)


def _parties(text: str, valeurs: Sequence[str]) -> tuple[str, list[str]]:
    """The text with a mark for each value that names a party, and these values in order."""
    known = sorted({_plat(v) for v in valeurs if len(v.strip()) > 2}, key=len, reverse=True)
    if not known:
        return text, []
    motif = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, known))})(?!\w)")
    return motif.sub(_PARTIE, text), motif.findall(text)


def _redaction(avant: str, apres: str) -> Niveau:
    """REDACTION when every change is a few plain words; AUTRE otherwise."""
    left, right = mots(avant), mots(apres)
    for same, i1, i2, j1, j2 in aligner(left, right):
        if not same:
            start = i1 == 0 or left[i1 - 1] in ".\u00a0«"
            if not all(_simple("".join(x), start) for x in (left[i1:i2], right[j1:j2])):
                return Niveau.AUTRE
    return Niveau.REDACTION


def _simple(words: str, debut: bool) -> bool:
    """True for a few words that name nobody, count nothing, forbid and oblige nothing."""
    plain = words.strip()
    if any(c in plain for c in (_PARTIE, _JOUR, _SOMME)) or re.search(r"[\d€%.;:?!§/]|XXXX", plain):
        return False
    if len(re.findall(r"\w+", plain)) > _MAX_MOTS or _GRAVES.search(plain):
        return False
    names = [
        w for k, w in enumerate(re.findall(r"[^\W\d_]+", plain)) if w[0].isupper() and not (debut and k == 0)
    ]
    return not names
