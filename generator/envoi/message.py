"""The message that goes with an act: French, as text and as accessible HTML, with its PDFs.

The HTML is a plain page (language, one title, headings, numbered steps, no picture, nothing to fetch), the
text says the same. The same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from email.header import Header
from email.headerregistry import Address, AddressHeader
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Any

from generator.compte_rendu.courriel import page_de_message

_DOMAINE = "convenant.invalid"
"""Right side of the Message-ID when nobody signs the message (RFC 2606: it belongs to no one)."""


class _Regles(EmailPolicy):
    """Headers in encoded words that keep their spaces: the library of Python 3.11 loses some when it folds
    (cpython, issue 92081). Seven bits throughout, for every server takes them."""

    def fold(self, name: str, value: Any) -> str:
        """The header on one or more lines."""
        if name == "Subject":
            return f"{name}: {_mots(str(value), name, self.linesep)}{self.linesep}"
        if isinstance(value, AddressHeader):
            (one,) = value.addresses
            words = _mots(one.display_name, name, self.linesep)
            return f"{name}: {words}{self.linesep} <{one.addr_spec}>{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The same, as bytes."""
        return self.fold(name, value).encode("ascii")


_REGLES = _Regles(linesep="\r\n", cte_type="7bit")


def _mots(text: str, name: str, line: str) -> str:
    return Header(text, "utf-8", header_name=name).encode(linesep=line)


@dataclass(frozen=True, slots=True)
class Piece:
    """A file that goes with the message; `titre` says what it is, in the text."""

    nom: str
    titre: str
    pdf: bytes


@dataclass(frozen=True, slots=True)
class Texte:
    """What the message says. `intro` are paragraphs, `demarche` the steps in order, `fin` what follows."""

    objet: str
    appel: str
    intro: tuple[str, ...]
    demarche: tuple[str, ...]
    fin: tuple[str, ...]
    signature: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Courriel:
    """All that a message is made of. `de` and `a`: name and address, the address empty when unknown.

    `ouvrage` and `acte` name what it is about.
    """

    ouvrage: str
    acte: str
    de: tuple[str, str]
    a: tuple[str, str]
    texte: Texte
    pieces: tuple[Piece, ...]

    @property
    def identifiant(self) -> str:
        """The Message-ID: the same for the same act, the same files and the same address."""
        said = [self.ouvrage, self.acte, self.a[1], *(hashlib.sha256(p.pdf).hexdigest() for p in self.pieces)]
        digest = hashlib.sha256("\n".join(said).encode("utf-8")).hexdigest()
        return f"<convenant.{digest[:24]}@{self.de[1].rpartition('@')[2] or _DOMAINE}>"


def composer(courriel: Courriel) -> EmailMessage:
    """The message, without a date: whoever sends it puts one."""
    out = EmailMessage(policy=_REGLES)
    if courriel.de[1]:
        out["From"] = _adresse(*courriel.de)
    if courriel.a[1]:
        out["To"] = _adresse(*courriel.a)
    out["Subject"] = courriel.texte.objet
    out["Message-ID"] = courriel.identifiant
    out.set_content(en_texte(courriel.texte, courriel.pieces))
    out.add_alternative(en_html(courriel.texte, courriel.pieces), subtype="html")
    for piece in courriel.pieces:
        out.add_attachment(piece.pdf, maintype="application", subtype="pdf", filename=piece.nom)
    out["Content-Language"] = "fr"
    _limites(out, courriel.identifiant)
    return out


def brouillon(courriel: Courriel) -> bytes:
    """The message as a file .eml that a mail program opens as a draft to be sent (X-Unsent)."""
    out = composer(courriel)
    out["X-Unsent"] = "1"
    return out.as_bytes()


def _adresse(name: str, address: str) -> Address:
    return Address(name, addr_spec=address)


def _limites(message: EmailMessage, ident: str) -> None:
    """Boundaries drawn from the identifier: the library would draw them by lot."""
    for rank, part in enumerate(p for p in message.walk() if p.is_multipart()):
        seed = hashlib.sha256(f"{ident}{rank}".encode()).hexdigest()
        part.set_boundary(f"=_{seed[:32]}")


def en_texte(texte: Texte, pieces: Sequence[Piece]) -> str:
    """The message as plain text."""
    lines = [texte.appel, *texte.intro, "PIÈCES JOINTES"]
    lines += ["\n".join(f"- {p.titre} ({p.nom})" for p in pieces)]
    lines += ["CE QUE VOUS AVEZ À FAIRE"]
    lines += ["\n".join(f"{n}. {step}" for n, step in enumerate(texte.demarche, 1))]
    lines += [*texte.fin, "\n".join(texte.signature)]
    return "\n\n".join(lines) + "\n"


def en_html(texte: Texte, pieces: Sequence[Piece]) -> str:
    """The message as a page of HTML."""
    named = [(p.titre, p.nom) for p in pieces]
    top = (texte.appel, *texte.intro)
    return page_de_message(texte.objet, top, named, texte.demarche, texte.fin, texte.signature)
