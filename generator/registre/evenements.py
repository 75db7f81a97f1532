"""The entries of the register, and the chain of digests that holds them together."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

ORIGINE = "0" * 64
"""What the first entry of a work seals."""


class Etape(StrEnum):
    """What may happen to an act. `VIE` are the steps of its life, the others those of its sending."""

    PREPARE = "préparé"
    APPROUVE = "approuvé"
    SIGNE_DEPARTEMENT = "signé par le Département"
    ENVOI_PREVU = "envoi prévu"
    REMISE = "remise au serveur"
    REFUSE = "envoi refusé"
    ENVOI_LIBERE = "envoi à refaire"
    ENVOYE = "envoyé"
    RETOURNE = "retourné"
    SIGNE = "signé des deux parties"
    NOTIFIE = "notifié"
    PUBLIE = "publié"


VIE = (
    Etape.PREPARE,
    Etape.APPROUVE,
    Etape.SIGNE_DEPARTEMENT,
    Etape.ENVOYE,
    Etape.RETOURNE,
    Etape.SIGNE,
    Etape.NOTIFIE,
    Etape.PUBLIE,
)
"""The steps of the life of an act, in order."""


@dataclass(frozen=True, slots=True)
class Evenement:
    """Something that happened to an act (identifier of its document) on the day `le`.

    `par`: who did it or says so. `cle`: two entries of one work may not have the same, so that what must
    happen once is entered once, whoever tries; empty when it may happen again.
    """

    acte: str
    etape: Etape
    le: dt.date
    par: str
    detail: Mapping[str, str] = field(default_factory=dict)
    cle: str = ""


@dataclass(frozen=True, slots=True)
class Inscription:
    """An entry: its rank from 1 in the register of its work, when it was entered (UTC), the digest of the
    entry before it and its own."""

    rang: int
    evenement: Evenement
    inscrit_le: dt.datetime
    precedent: str
    empreinte: str


def sceller(ouvrage: str, rang: int, e: Evenement, inscrit_le: dt.datetime, precedent: str) -> Inscription:
    """The entry number `rang` of a work; its digest covers all that it says and the one before it."""
    said = [
        precedent,
        ouvrage,
        rang,
        e.acte,
        e.etape.value,
        e.le.isoformat(),
        inscrit_le.isoformat(),
        e.par,
        dict(sorted(e.detail.items())),
        e.cle,
    ]
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return Inscription(rang, e, inscrit_le, precedent, hashlib.sha256(text.encode("utf-8")).hexdigest())


def rompue(ouvrage: str, inscriptions: Iterable[Inscription]) -> int | None:
    """Rank of the first entry that does not hold to the one before it; None when the chain is whole.

    A chain does not show that its end was cut off: an extract kept elsewhere (the archive) does.
    """
    before = ORIGINE
    for rang, entry in enumerate(inscriptions, 1):
        if entry != sceller(ouvrage, rang, entry.evenement, entry.inscrit_le, before):
            return rang
        before = entry.empreinte
    return None
