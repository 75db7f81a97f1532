"""When a payment is to be expected: a forecast, drawn from the condition that the dispositif gives it.

No text fixes the day of a payment: it follows the signature, a report, the end of the action. The forecast
takes the date that the condition names, else the event that it names; the workbook prints which.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re

from generator.model import Periode
from generator.model.dispositif import Versement
from generator.typography import NBSP, date_courte

MOIS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
"""The months, in order."""
_JOUR = re.compile(rf"\b(1er|[0-9]{{1,2}})[ {NBSP}]({'|'.join(MOIS)})[ {NBSP}]([0-9]{{4}})\b")
_SEMESTRE = re.compile(rf"\b(premier|second|deuxième) semestre[ {NBSP}](?:de )?([0-9]{{4}})\b")
_BILAN = 3
"""Months that a structure has to hand in its final report (the conventions say three, or six at most)."""


def plus_mois(jour: dt.date, mois: int) -> dt.date:
    """`jour`, `mois` months later; the last day of the month when it has no such day, or when `jour` is
    itself the last of its month."""
    year, month = divmod(jour.year * 12 + jour.month - 1 + mois, 12)
    last = calendar.monthrange(year, month + 1)[1]
    ends = jour.day == calendar.monthrange(jour.year, jour.month)[1]
    return dt.date(year, month + 1, last if ends else min(jour.day, last))


def _dite(condition: str) -> dt.date | None:
    """The date that a condition names; the last day of the half-year that it names."""
    if m := _JOUR.search(condition):
        day = 1 if m[1] == "1er" else int(m[1])
        year, month = int(m[3]), MOIS.index(m[2]) + 1
        if 1 <= day <= calendar.monthrange(year, month)[1]:
            return dt.date(year, month, day)
    if m := _SEMESTRE.search(condition):
        return dt.date(int(m[2]), 6, 30) if m[1] == "premier" else dt.date(int(m[2]), 12, 31)
    return None


def echeance(v: Versement, periode: Periode, vote: dt.date, signe_le: dt.date | None) -> tuple[dt.date, str]:
    """The day on which `v` is expected, and why; never before the vote.

    The date that the dispositif fixes; else a date in the condition; at the signature, the day of
    `signe_le`, else the first day of the period; an intermediate payment, the middle of the period; after a
    final report, three months after the end; at the end of the year, its last day; else the last day of the
    period.
    """
    jour, base = _prevue(v, periode, signe_le)
    return (jour, base) if jour >= vote else (vote, f"{base}, pas avant le vote")


def _prevue(v: Versement, periode: Periode, signe_le: dt.date | None) -> tuple[dt.date, str]:
    words = v.condition.casefold()
    if v.date is not None:
        return v.date, "date fixée"
    if said := _dite(words):
        return said, "date de la convention"
    if "signature" in words or v.nature == "avance":
        return (signe_le, f"signé le {date_courte(signe_le)}") if signe_le else (periode.du, "signature")
    if "intermédiaire" in words or v.nature == "acompte":
        return periode.du + (periode.au - periode.du) / 2, "mi-parcours"
    if "bilan" in words or "compte rendu" in words:
        return plus_mois(periode.au, _BILAN), f"bilan final, fin + {_BILAN} mois"
    if "terme de l’année" in words or "fin de l’année" in words:
        return dt.date(periode.au.year, 12, 31), "fin de l’année"
    return periode.au, "fin de l’action"
