"""Where each act is in its life, whom it waits for, and who is late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from generator.registre.evenements import VIE, Etape, Evenement, Inscription

DEPARTEMENT, STRUCTURE, PERSONNE = "Département", "structure", ""


@dataclass(frozen=True, slots=True)
class Delais:
    """Days allowed, None when the records set no limit.

    `envoi`: from the day `executoire` (None: unknown) to the sending; `signature`: from the sending to the
    return by the structure; `notification`: from the return to the notification of the signed act.
    """

    executoire: dt.date | None
    envoi: int | None
    signature: int | None
    notification: int | None


@dataclass(frozen=True, slots=True)
class Acte:
    """An act to follow: identifier of its document, structure, nature and number."""

    ident: str
    structure: str
    intitule: str


@dataclass(frozen=True, slots=True)
class Situation:
    """Where an act is: its last step and since when, whom it waits for, until when.

    `etape` is None for an act of which nothing is known. `retard`: whole days after `echeance`, which is
    itself not late; 0 when there is none. `douteux`: nobody knows whether its message has left.
    """

    acte: Acte
    etape: Etape | None
    depuis: dt.date | None
    attend: str
    echeance: dt.date | None
    retard: int
    douteux: bool


ENVOYE, DOUTEUX, A_ENVOYER = "envoyé", "douteux", "à envoyer"


def envoi(evenements: Iterable[Evenement]) -> tuple[str, int]:
    """What the entries of one act say of its sending (ENVOYE, DOUTEUX or A_ENVOYER), and how many times its
    message was handed to the server. Handed without an answer, it may have left or not."""
    state, handed = A_ENVOYER, 0
    for e in evenements:
        if e.etape is Etape.REMISE:
            handed += 1
            state = DOUTEUX
        elif e.etape is Etape.ENVOYE:
            state = ENVOYE
        elif e.etape is Etape.ENVOI_LIBERE or (e.etape is Etape.REFUSE and state == DOUTEUX):
            state = A_ENVOYER  # a person says that it did not arrive, or the server that it did not take it
    return state, handed


def situations(
    actes: Sequence[Acte], inscriptions: Iterable[Inscription], delais: Delais, au: dt.date
) -> list[Situation]:
    """Each act as it stands on the day `au`; what happened later is left out."""
    by_act: dict[str, list[Evenement]] = {}
    for entry in inscriptions:
        if entry.evenement.le <= au:
            by_act.setdefault(entry.evenement.acte, []).append(entry.evenement)
    return [_situation(a, by_act.get(a.ident, []), delais, au) for a in actes]


def _situation(acte: Acte, evenements: Sequence[Evenement], delais: Delais, au: dt.date) -> Situation:
    freed = max((n for n, e in enumerate(evenements) if e.etape is Etape.ENVOI_LIBERE), default=-1)
    reached = [
        e
        for n, e in enumerate(evenements)
        if e.etape in VIE and (n > freed or e.etape is not Etape.ENVOYE)  # a freed sending counts no more
    ]
    last = max(reached, key=lambda e: (VIE.index(e.etape), e.le), default=None)
    step = last.etape if last else None
    since = last.le if last else None
    who = STRUCTURE if step is Etape.ENVOYE else PERSONNE if step is Etape.PUBLIE else DEPARTEMENT
    due = _echeance(step, since, delais)
    late = max(0, (au - due).days) if due else 0
    return Situation(acte, step, since, who, due, late, envoi(evenements)[0] == DOUTEUX)


def _echeance(step: Etape | None, since: dt.date | None, delais: Delais) -> dt.date | None:
    start, days = since, delais.signature
    if step is None or VIE.index(step) < VIE.index(Etape.ENVOYE):
        start, days = delais.executoire, delais.envoi
    elif step in (Etape.RETOURNE, Etape.SIGNE):
        days = delais.notification
    elif step in (Etape.NOTIFIE, Etape.PUBLIE):
        days = None
    return start + dt.timedelta(days=days) if start is not None and days is not None else None
