"""French typography of what is printed: figures, dates, periods, sums in letters, spaces.

Every non-breaking space is U+00A0: the fonts of the documents have no U+202F, and a fallback font
would break PDF/A. babel is not used: it rounds half to even and writes « 1 janvier ».
All functions are pure and print what they are given; judging it is the work of ``checks``.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache

NBSP = "\u00a0"
_MINUS = "\u2212"

_MOIS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip

# --- figures -------------------------------------------------------------------------------------


def nombre(n: int | Decimal) -> str:
    """« 2 706 », « 0,5 », « −3 »: thousands apart, decimals as needed (no trailing zeros)."""
    # Through Decimal: the format "f" would turn an int into a float; abs() would round to 28 digits.
    whole, _, decimals = f"{Decimal(n).copy_abs():f}".partition(".")
    decimals = decimals.rstrip("0")
    sign = _MINUS if n < 0 else ""
    return sign + f"{int(whole):,}".replace(",", NBSP) + (f",{decimals}" if decimals else "")


def euros(cents: int) -> str:
    """« 712 000,00 € » for 71200000 cents."""
    whole, rest = divmod(abs(cents), 100)
    return f"{_MINUS if cents < 0 else ''}{nombre(whole)},{rest:02d}{NBSP}€"


def euros_courts(cents: int) -> str:
    """« 712 000 € », or with its cents when there are any."""
    return euros(cents).replace(f",00{NBSP}€", f"{NBSP}€")


def taux(rate: Decimal) -> str:
    """« 50 % », « 12,5 % » for a rate per cent."""
    return f"{nombre(rate)}{NBSP}%"


def _mots(n: int) -> str:
    """`n` (0 or more) in words; only the integer mode of num2words is right, see `lettres`."""
    from num2words import num2words  # not to be waited for by a command that writes no sum in words

    return str(num2words(n, lang="fr"))


def lettres(cents: int) -> str:
    """An amount in letters, traditional spelling: « mille vingt euros et vingt centimes ».

    The currency mode of num2words is not used: it reads an int as cents, forgets the *d’* of
    « un million d’euros » and writes « zéro euros ».
    """
    whole, rest = divmod(abs(cents), 100)
    parts = []
    if whole or not rest:
        # Million and above are nouns, so a unit that follows one at once needs « de ».
        link = " d’" if whole and whole % 1_000_000 == 0 else " "
        parts.append(f"{_mots(whole)}{link}euro{'s' if whole > 1 else ''}")
    if rest:
        parts.append(f"{_mots(rest)} centime{'s' if rest > 1 else ''}")
    return ("moins " if cents < 0 else "") + " et ".join(parts)


def siret(text: str) -> str:
    """« 186 200 093 00083 »; anything but 14 digits (XXXX of a modèle) is returned as it is."""
    if not re.fullmatch("[0-9]{14}", text):
        return text
    return NBSP.join((text[:3], text[3:6], text[6:9], text[9:]))


def iban(text: str) -> str:
    """« FR76 3000 6000 0112 3456 7890 189 »; anything but an IBAN (XXXX of a modèle) is left as it is."""
    if not re.fullmatch("[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", text):
        return text
    return NBSP.join(text[k : k + 4] for k in range(0, len(text), 4))


# --- dates ---------------------------------------------------------------------------------------


def _jour_mois(day: date) -> str:
    return f"{'1er' if day.day == 1 else day.day}{NBSP}{_MOIS[day.month - 1]}"


def date_longue(day: date) -> str:
    """« 1er janvier 2025 »; the day and the month stay on one line."""
    return f"{_jour_mois(day)} {day.year}"


def date_courte(day: date) -> str:
    """« 01/01/2025 »."""
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def periode(du: date, au: date) -> str:
    """« du 1er janvier au 31 décembre 2025 », « du 1er au 9 mai 2025 »: both ends inclusive.

    What the two dates share is said once.
    """
    start = date_longue(du)
    if du.year == au.year:
        start = _jour_mois(du) if du.month != au.month else _jour_mois(du).split("\u00a0")[0]
    return f"du {start} au {date_longue(au)}"


def periode_courte(du: date, au: date) -> str:
    """« du 01/01/2025 au 30/06/2025 »."""
    return f"du {date_courte(du)} au {date_courte(au)}"


def duree_mois(du: date, au: date) -> int | None:
    """Whole months from `du` to `au`, both inclusive; None when the period is not a whole number.

    Anchored on the day of `du`, as article 641 of the Code de procédure civile counts: the period
    ends on the eve of that day in the last month, or on the last day of that month when it has no
    such day (31 January – 28 February is one month).
    """
    months = (au.year - du.year) * 12 + au.month - du.month
    last = monthrange(au.year, au.month)[1]
    # The eve of a 1st is in the month before, hence one month more for the same gap.
    months, end = (months + 1, last) if du.day == 1 else (months, min(du.day - 1, last))
    return months if months > 0 and au.day == end else None


def terme(du: date, mois: int) -> date:
    """Last day of a period of `mois` whole months (1 or more) that begins on `du`; see `duree_mois`."""
    # A period that begins on a 1st ends in the month before the one that its eve falls in.
    years, month = divmod(du.month - 1 + mois - (du.day == 1), 12)
    last = monthrange(du.year + years, month + 1)[1]
    return date(du.year + years, month + 1, last if du.day == 1 else min(du.day - 1, last))


# --- words ---------------------------------------------------------------------------------------


def ordinal(n: int, feminin: bool = False) -> str:
    """« 1er », « 1re », « 2e »."""
    return ("1re" if feminin else "1er") if n == 1 else f"{nombre(n)}e"


def accord(n: int | Decimal, singulier: str, pluriel: str | None = None) -> str:
    """« 8 structures », « 1 structure », « 0 structure », « 1,5 place »: the plural starts at 2.

    Without `pluriel`, an s is added to `singulier` unless it ends with s, x or z.
    """
    if pluriel is None:
        pluriel = singulier if singulier.endswith(("s", "x", "z")) else f"{singulier}s"
    return f"{nombre(n)}{NBSP}{singulier if -2 < n < 2 else pluriel}"


def enumerer(items: Iterable[object], conj: str = "et") -> str:
    """« 1, 4, 8 et 12 »; empty for no item."""
    words = [str(item) for item in items]
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {conj} {words[-1]}"


# Beginnings, unaccented, of the words and places whose h is mute; every other h is aspirated.
_H_MUET = (
    "habi", "haillicourt", "hardelot", "harmoni", "hebdo", "heberg", "hect", "helfaut", "henin",
    "heredit", "herit", "hermi", "hersin", "hesdin", "heuchin", "heure", "hist", "hiver", "hlm",
    "homm", "homolog", "honn", "honor", "hopit", "horair", "horiz", "horl", "hospi", "hote", "houdain",
    "hucqueliers", "huil", "huiss", "humai", "human", "humid", "hydr", "hygi", "hyper", "hypo",
)  # fmt: skip
_SANS_ELISION = re.compile(r"(?:onz|oui)|y[aeiou]")


def de(nom: str) -> str:
    """« de Calais », « d’Arras », « d’Hénin-Carvin »: the preposition with its elision.

    It knows no article: « le Boulonnais » is not turned into « du Boulonnais ».
    """
    bare = "".join(c for c in unicodedata.normalize("NFD", nom.lower()) if not unicodedata.combining(c))
    vowel = bare.startswith(tuple("aeiouyœæ")) and not _SANS_ELISION.match(bare)
    return f"d’{nom}" if vowel or bare.startswith(_H_MUET) else f"de {nom}"


def majuscules(s: str) -> str:
    """Capitals that keep their accents (É, Ç, Œ); ß, which has none in the fonts, gives SS."""
    # Composed first: a detached accent over a capital is drawn badly.
    return unicodedata.normalize("NFC", s).upper()


# --- running text --------------------------------------------------------------------------------

_HOLD = "\ue000"  # stands for a piece left as it is; a private-use character, never printed
_LEFT_ALONE = re.compile(
    r"(?:https?://|www\.)\S*[^\s;:!?.,…»)\]'’\"]"
    r"|(?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)+"  # one try per word: a long one costs no more
    rf"|{_HOLD}"  # one that stands in the text is put back as itself
)
_SP = f"[ {NBSP}]"
_DIGITS = (
    r"[0-9]{3}S[0-9]{3}S[0-9]{3}S[0-9]{5}"  # SIRET
    r"|[0-9]{1,3}(?:S[0-9]{3})+"  # thousands
).replace("S", _SP)

_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        ("[\u2007\u2009\u202f]", NBSP),
        (f"(?<! ) *+{NBSP}{_SP}*", NBSP),
        (" {2,}", " "),
        ("'", "’"),
        (r"(?<=\w)[´‘](?=\w)", "’"),
        (r"(?<!\.)\.{3}(?!\.)", "…"),
        (rf'"{_SP}*([^"«»\s](?:[^"«»\n]*[^"«»\s])?){_SP}*"', rf"«{NBSP}\1{NBSP}»"),
        (f"«{_SP}*", f"«{NBSP}"),
        (f"{_SP}*»", f"{NBSP}»"),
        (rf"\b([nN]°)(?:{_SP}|(?=[0-9]))", rf"\1{NBSP}"),
        # A space already there is only made fast; one is added where the sign ends its word, so
        # that 12:30, a:b and (?) stay whole.
        (r" (?=[;:!?%€])", NBSP),
        (r"(?<=[^\s(\[{;:!?/«])(?=[;:!?]+(?:[\s»)\]}\"]|$))", NBSP),
        (r"(?<=[0-9])(?=[%€])", NBSP),
        (r"(?<=[0-9]) (?=(?:ETP|h|[kM]€)(?!\w))", NBSP),
        (rf"(?<=[0-9]{NBSP}h) (?=[0-9])", NBSP),
    )
)
_GROUPS = re.compile(rf"(?<![\w,.])(?:{_DIGITS})(?![0-9])")


@lru_cache(maxsize=16_384)  # the texts of a dispositif stand in each of its acts
def texte(s: str) -> str:
    """`s`, running text of a record, in house typography; the words themselves never change.

    Apostrophes and quotes become ’ and « », three dots …, runs of spaces one space; a non-breaking
    space stands inside « », before ; : ! ? % €, after n°, between a figure and ETP, h or €, and in
    thousands. URLs, e-mail addresses and hours such as 12:30 are left alone. Line breaks stay.
    Idempotent; every letter and digit is kept, in order.
    """
    held = iter(_LEFT_ALONE.findall(s))
    out = _LEFT_ALONE.sub(_HOLD, s)
    for pattern, replacement in _RULES:
        out = pattern.sub(replacement, out)
    out = _GROUPS.sub(lambda m: m[0].replace(" ", NBSP), out)
    return re.sub(_HOLD, lambda _: next(held), out)
