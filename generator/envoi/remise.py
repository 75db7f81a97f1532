"""Sending each message once, whatever happens meanwhile: the outbox is the register.

For each act: « envoi prévu » before anything, « remise au serveur » just before the first byte of the
message, « envoyé » once the server has answered that it takes it, « envoi refusé » when it has answered that
it does not.
A run that is cut before the second goes on as if nothing had happened; one that is cut after it leaves the
act in doubt, and only a person, who can ask the structure or read the server's log, says what to do. The key
of each entry lets one program only take a message, even when two run at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from email.utils import format_datetime

from generator.envoi.message import Courriel, composer
from generator.envoi.smtp import Connexion, SansReponseError, SmtpError
from generator.files import empreinte
from generator.registre.base import Registre
from generator.registre.evenements import Etape, Evenement
from generator.registre.vie import DOUTEUX, ENVOYE, envoi

ENVOI, DEJA, DOUTE, REFUS, ATTENTE = "envoyé", "déjà envoyé", "à vérifier", "refusé", "non envoyé"


@dataclass(frozen=True, slots=True)
class Sort:
    """What became of the message of an act (ENVOI, DEJA, DOUTE, REFUS, ATTENTE), and why."""

    acte: str
    etat: str
    motif: str = ""


@dataclass(frozen=True, slots=True)
class Moyens:
    """What the outside gives: how to connect, the time, a pause of so many seconds, who sends."""

    connecter: Callable[[], Connexion]
    horloge: Callable[[], dt.datetime]
    attendre: Callable[[float], None]
    pause: float
    """Seconds between two messages, so that the server does not take them for a flood."""
    par: str


def a_envoyer(registre: Registre, courriels: Iterable[Courriel]) -> tuple[list[Courriel], list[Sort]]:
    """The messages that may leave, and what is to be said of the others."""
    todo, told = [], []
    for courriel in courriels:
        state, _ = envoi(entry.evenement for entry in registre.lire(courriel.acte))
        if state == ENVOYE:
            told.append(Sort(courriel.acte, DEJA))
        elif state == DOUTEUX:
            told.append(Sort(courriel.acte, DOUTE, courriel.identifiant))
        else:
            todo.append(courriel)
    return todo, told


def remettre(
    courriels: Sequence[Courriel], registre: Registre, moyens: Moyens, pas: Callable[[Sort], None]
) -> list[Sort]:
    """Send what is not sent yet, over one connection; what became of each message.

    Every message has a recipient and a sender. Raises RegistreError: nothing more is then sent.
    """
    todo, out = a_envoyer(registre, courriels)
    for sort in out:
        pas(sort)
    if not todo:
        return out
    try:
        with moyens.connecter() as connexion:
            for rank, courriel in enumerate(todo):
                if rank and moyens.pause:
                    moyens.attendre(moyens.pause)
                sort = _un(courriel, registre, connexion, moyens)
                out.append(sort)
                pas(sort)
    except SmtpError as e:
        done = {sort.acte for sort in out}
        out += [Sort(c.acte, ATTENTE, e.message) for c in todo if c.acte not in done]
    return out


def _un(courriel: Courriel, registre: Registre, connexion: Connexion, moyens: Moyens) -> Sort:
    """Send one message. Raises SmtpError when the next ones cannot leave either."""
    acte = courriel.acte
    state, handed = envoi(entry.evenement for entry in registre.lire(acte))
    if state == ENVOYE:
        return Sort(acte, DEJA)
    if state == DOUTEUX:  # another run has just taken it
        return Sort(acte, DOUTE, courriel.identifiant)
    detail = {
        "message": courriel.identifiant,
        "destinataire": courriel.a[1],
        **{f"sha256 {p.nom}": empreinte(p.pdf) for p in courriel.pieces},
    }

    def noter(etape: Etape, key: str = "", **more: str) -> bool:
        now = moyens.horloge()
        e = Evenement(acte, etape, now.date(), moyens.par, {**detail, **more}, key)
        return registre.inscrire(e, now) is not None

    noter(Etape.ENVOI_PREVU, f"prevu:{courriel.identifiant}:{handed}")
    try:
        connexion.proposer(courriel.de[1], courriel.a[1])
    except SmtpError as e:
        noter(Etape.REFUSE, reponse=e.message)
        if e.general:
            raise
        return Sort(acte, REFUS, e.message)
    message = composer(courriel)
    message["Date"] = format_datetime(moyens.horloge())
    if not noter(Etape.REMISE, f"remise:{acte}:{handed}"):
        connexion.renoncer()
        return Sort(acte, DOUTE, courriel.identifiant)
    try:
        answer = connexion.remettre(message)
    except SmtpError as e:
        noter(Etape.REFUSE, reponse=e.message)
        return Sort(acte, REFUS, e.message)
    except SansReponseError:
        return Sort(acte, DOUTE, courriel.identifiant)  # the next ones will meet the lost connection
    noter(Etape.ENVOYE, f"envoye:{acte}:{handed}", reponse=answer)
    return Sort(acte, ENVOI)
