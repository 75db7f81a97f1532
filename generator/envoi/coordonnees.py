"""Bank details in a text: every IBAN that is one, whatever its spaces and line ends.

An IBAN is looked for by its form, then by its keys (length and form of its country, modulo 97, RIB key): a
number that only looks like one is left. What is found is never cited in full.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.identifiants import parse_iban

_DEBUT = re.compile(r"(?=[A-Z]{2}[\s.\-]*[0-9][\s.\-]*[0-9])", re.IGNORECASE)
"""Looked for at every letter: an IBAN may be glued to the word before it, and only its key decides."""
_SIGNE = re.compile(r"[A-Z0-9]", re.IGNORECASE)
_SUITE = re.compile(r"[\s.\-\u2010-\u2015\u00ad\u200b-\u200d\u2060]")
_LONGUEURS = range(15, 35)
"""Characters of an IBAN, from Norway's 15 to the 34 of the standard (ISO 13616)."""


def ibans(text: str) -> Iterator[str]:
    """Each IBAN of a text, without spaces, as often as it stands there."""
    for start in _DEBUT.finditer(text):
        letters: list[str] = []
        for sign in text[start.start() :]:
            if _SIGNE.match(sign) and sign.isascii():
                letters.append(sign.upper())
            elif not _SUITE.match(sign):
                break
            if len(letters) == _LONGUEURS.stop - 1:
                break
        whole = "".join(letters)
        for length in reversed(_LONGUEURS):
            if length <= len(whole) and _est_iban(whole[:length]):
                yield whole[:length]
                break


def _est_iban(text: str) -> bool:
    try:
        parse_iban(text)
    except ValueError:
        return False
    return True


def masque(iban: str) -> str:
    """« FR73 … 110 »: enough to find it again, not to use it."""
    return f"{iban[:4]}\u00a0…\u00a0{iban[-3:]}"
