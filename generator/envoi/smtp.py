"""The only module that speaks to a mail server (SMTP, RFC 5321), over TLS or not.

A message goes in two moves, `proposer` then `remettre`, so that whoever calls can note, between the two,
that from now on the message may have left.
"""

from __future__ import annotations

import base64
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Self
from urllib.parse import unquote, urlsplit

from generator.files import cause

_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_ATTENTE = 60
"""Seconds that the server is given for each answer."""


class SmtpError(Exception):
    """The server, or the way to it, refused; the message has not left. `message` is in French.

    `general`: the next messages would meet the same.
    """

    def __init__(self, message: str, general: bool) -> None:
        super().__init__(message, general)
        self.message, self.general = message, general


class SansReponseError(Exception):
    """The message was handed over and no answer came: it may have left or not."""


@dataclass(frozen=True, slots=True)
class Serveur:
    """Where to send: host, port, « smtp », « smtp+starttls » or « smtps », user name or nothing."""

    hote: str
    port: int
    mode: str
    utilisateur: str = ""


def lire_adresse(text: str) -> Serveur:
    """The server of an address such as « smtp+starttls://user@host:587 ».

    Raises ValueError, in French: form, password in the address, user name without encryption.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
        (parts.hostname or "").encode("idna")  # as the system will: an empty or too long label is refused
    except ValueError:
        raise ValueError(
            "l’adresse du serveur n’a pas la forme smtp+starttls://utilisateur@serveur:587"
        ) from None
    if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("l’adresse du serveur n’a pas la forme smtp+starttls://utilisateur@serveur:587")
    if parts.password is not None:
        raise ValueError(
            "aucun mot de passe dans l’adresse du serveur : il est demandé, ou lu dans "
            "CONVENANT_SMTP_MOT_DE_PASSE"
        )
    user = unquote(parts.username or "")
    if user and parts.scheme == "smtp":
        raise ValueError("un mot de passe ne passe pas en clair : écrire smtp+starttls:// ou smtps://")
    return Serveur(parts.hostname, port or _PORTS[parts.scheme], parts.scheme, user)


class Connexion:
    """An open session with the server; use it in a `with`."""

    def __init__(self, serveur: Serveur, secret: str = "") -> None:
        """Connect, encrypt, log in. Raises SmtpError."""
        context = ssl.create_default_context()
        try:
            self._smtp = (
                smtplib.SMTP_SSL(serveur.hote, serveur.port, timeout=_ATTENTE, context=context)
                if serveur.mode == "smtps"
                else smtplib.SMTP(serveur.hote, serveur.port, timeout=_ATTENTE)
            )
        except (OSError, smtplib.SMTPException) as e:
            raise SmtpError(f"le serveur {serveur.hote} ne répond pas : {_cause(e)}", True) from e
        try:
            if serveur.mode == "smtp+starttls":
                self._smtp.starttls(context=context)
            if serveur.utilisateur:
                self._identifier(serveur.utilisateur, secret)
        except SmtpError:
            self._smtp.close()
            raise
        except smtplib.SMTPNotSupportedError as e:
            self._smtp.close()
            raise SmtpError("le serveur n’offre pas STARTTLS", True) from e
        except (OSError, smtplib.SMTPException) as e:
            self._smtp.close()
            raise SmtpError(f"la connexion au serveur échoue : {_cause(e)}", True) from e

    def _identifier(self, user: str, secret: str) -> None:
        """Log in with PLAIN (RFC 4616) or LOGIN, in UTF-8: smtplib only knows passwords in ASCII."""
        self._smtp.ehlo_or_helo_if_needed()
        known = self._smtp.esmtp_features.get("auth", "").upper().split()
        if "PLAIN" in known:
            code, _ = self._smtp.docmd("AUTH", f"PLAIN {_base64(f'{chr(0)}{user}{chr(0)}{secret}')}")
        elif "LOGIN" in known:
            code, _ = self._smtp.docmd("AUTH", f"LOGIN {_base64(user)}")
            if code == 334:
                code, _ = self._smtp.docmd(_base64(secret))
        else:
            raise SmtpError("le serveur n’offre ni l’authentification PLAIN, ni LOGIN", True)
        if code != 235:
            raise SmtpError("le serveur refuse cet utilisateur ou ce mot de passe", True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._smtp.quit()
        except (OSError, smtplib.SMTPException):
            self._smtp.close()

    def proposer(self, de: str, a: str) -> None:
        """Say who writes to whom. Raises SmtpError; the message has then not left."""
        try:
            self._smtp.ehlo_or_helo_if_needed()
            self._attendre(lambda: self._smtp.mail(de), general=True)
            self._attendre(lambda: self._smtp.rcpt(a), general=False)
        except (OSError, smtplib.SMTPException) as e:
            raise SmtpError(f"la connexion au serveur est perdue : {_cause(e)}", True) from e

    def _attendre(self, order: Callable[[], tuple[int, bytes]], general: bool) -> None:
        code, said = order()
        if code not in (250, 251):
            self._smtp.rset()
            raise SmtpError(_reponse(code, said), general)

    def renoncer(self) -> None:
        """Drop what was proposed."""
        try:
            self._smtp.rset()
        except (OSError, smtplib.SMTPException) as e:
            raise SmtpError(f"la connexion au serveur est perdue : {_cause(e)}", True) from e

    def remettre(self, message: EmailMessage) -> str:
        """Hand the message over; the server's answer. Raises SmtpError, SansReponseError."""
        try:
            code, said = self._smtp.data(message.as_bytes())
        except smtplib.SMTPDataError as e:  # refused before its first byte
            # Some servers keep the transaction open, and take no other; a lost connection is met later.
            with suppress(SmtpError):
                self.renoncer()
            raise SmtpError(_reponse(e.smtp_code, e.smtp_error), False) from e
        except (OSError, smtplib.SMTPException) as e:
            raise SansReponseError(_cause(e)) from e
        if code != 250:
            raise SmtpError(_reponse(code, said), False)
        return f"{code} {said.decode('utf-8', 'replace')}"


def _base64(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode("ascii")


def _reponse(code: int, said: bytes | str) -> str:
    kind = "refuse pour l’instant" if 400 <= code < 500 else "refuse"
    return f"le serveur {kind} le message : {code} {_texte(said)}"


def _texte(said: bytes | str) -> str:
    text = said if isinstance(said, str) else said.decode("utf-8", "replace")
    return " ".join(text.split())


def _cause(e: OSError) -> str:
    if isinstance(e, ssl.SSLCertVerificationError):
        return "son certificat n’est pas reconnu"
    if isinstance(e, TimeoutError):
        return "aucune réponse dans le délai"
    if isinstance(e, ConnectionRefusedError):
        return "la connexion est refusée"
    if isinstance(e, smtplib.SMTPServerDisconnected):
        return "il a coupé la connexion"
    if isinstance(e, smtplib.SMTPResponseException):
        return f"il refuse la connexion ({e.smtp_code} {_texte(e.smtp_error)})"
    if isinstance(e, smtplib.SMTPException):
        return "sa réponse ne se comprend pas"
    if isinstance(e, socket.gaierror):
        return "son nom n’est pas connu"
    if isinstance(e, ssl.SSLError):  # its number is not one of the system
        return "l’échange chiffré échoue"
    return cause(e)
