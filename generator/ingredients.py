"""What a document is made from, part by part: what decides whether it is built again, and says why.

Everything is a digest of contents: no date of a file, no number that somebody must think of raising.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from generator import __version__
from generator.documents import Document
from generator.files import empreinte
from generator.load import Records
from generator.programme import programme
from generator.render import Engine

MOTEUR, TEXTE, MENTIONS = "moteur", "contenu", "titre et date"
LIBREOFFICE, POLICES, CONVERSION = "LibreOffice", "polices", "conversion"
_COURT: Final = 16
"""Characters of a digest that is only compared with another one, to tell what has changed."""
_MODELE_WORD = re.compile(r'"((?:[^"\\]|\\.)*\.docx)"')
_REDACTION: Final = ("docxtpl", "jinja2", "markupsafe", "lxml", "isal")
_PDF: Final = ("pikepdf", "pypdfium2")
_FICHES: Final = ("pydantic", "pydantic-core", "pyyaml", "python-stdnum", "schwifty", "email-validator")
BIBLIOTHEQUES: Final = (*_REDACTION, *_PDF, *_FICHES, "num2words", "python-docx")
"""The libraries that a document, or its reading back, may depend on."""


@dataclass(frozen=True, slots=True)
class Composition:
    """The parts of one document: those that its bytes depend on, its templates, its records.

    The records only tell why: what they say that counts for the document is in its `contenu`.
    """

    parts: Mapping[str, str]
    gabarits: Mapping[str, str]
    fiches: Mapping[str, str]

    @property
    def jeu(self) -> str:
        """Name of its set of templates."""
        return _digest(self.gabarits)[:_COURT]

    @property
    def empreinte(self) -> str:
        """SHA-256 of all that the bytes of the .docx depend on."""
        return _digest([self.parts, self.gabarits])

    def en_json(self) -> bytes:
        """The composition as `relue` reads it again."""
        return json.dumps([self.parts, self.gabarits, self.fiches]).encode("ascii")

    @classmethod
    def relue(cls, kept: bytes) -> Composition:
        """The composition that `en_json` wrote."""
        return cls(*json.loads(kept))


class Ingredients:
    """What a run works with: the records as they were read, the templates as they are when it begins.

    `conversion` names the parts of a PDF that are not in its .docx (LibreOffice, fonts, our own treatment).
    """

    def __init__(self, records: Records, engine: Engine, conversion: Mapping[str, str]) -> None:
        self.engine, self.conversion = engine, conversion
        self.fiches = {key: source.sha256 for key, source in records.sources.items()}
        self.gabarits = gabarits(engine)
        sources = programme("render", paquets=_REDACTION) or __version__
        self.moteur = _digest([sources, zlib.ZLIB_RUNTIME_VERSION, engine.author])
        self.programme = programme(paquets=BIBLIOTHEQUES)
        self._closures: dict[tuple[str, frozenset[str]], Mapping[str, str]] = {}
        self._propres = re.compile(rf"{re.escape(records.racine)}/(structures|deliberations/[^/]+/actes)/")
        self._liste = [sorted(self.fiches), sorted(records.fautifs)]

    def ensemble(self, nom: str, jour: dt.date) -> str:
        """SHA-256 of all that any document of a work may depend on; empty when it cannot be told."""
        if not self.programme:
            return ""
        return _digest([nom, jour.isoformat(), self._fonds, self.fiches, self.conversion])

    @cached_property
    def _fonds(self) -> str:
        """Digest of what every document may depend on: the program, the templates, the records that belong
        to no structure, the names of all of them."""
        common = {key: sha256 for key, sha256 in self.fiches.items() if not self._propres.match(key)}
        return _digest([self.programme, self.moteur, self.gabarits, self._liste, common])

    def origine(self, d: Document, nom: str, jour: dt.date) -> str:
        """SHA-256 of all that the content of a document can come from, without working it out; empty when it
        cannot be told.

        A document of one structure reads, of the records of structures and of their acts, those that it
        depends on and no other (a test takes all the others away); any other document may read them all.
        """
        if not self.programme:
            return ""
        of_it = {key.partition("#")[0] for key in d.depend}
        read = self.fiches if d.structure is None else {k: self.fiches.get(k, "") for k in of_it}
        mentions = [d.ident, d.sorte, d.template, d.titre, d.nominatif, d.fictif, d.structure]
        return _digest([nom, jour.isoformat(), self._fonds, mentions, read])

    def composition(self, d: Document, contexte: Mapping[str, Any], jour: dt.date) -> Composition:
        """The parts of one document. Raises RenderError when a template that it names does not exist."""
        text = json.dumps(contexte, sort_keys=True)
        files = sorted({key.partition("#")[0] for key in d.depend})
        return Composition(
            parts={
                MOTEUR: self.moteur,
                TEXTE: empreinte(text.encode("ascii")),
                MENTIONS: _digest([d.template, d.titre, jour.isoformat(), d.nominatif]),
            },
            gabarits=self.closure(d.template, contexte, text),
            fiches={key: self.fiches[key][:_COURT] for key in files if key in self.fiches},
        )

    def closure(self, template: str, contexte: Mapping[str, Any], text: str) -> Mapping[str, str]:
        """The templates that a document may use; documents whose contexts name the same ones share it."""
        key = (template, frozenset(_MODELE_WORD.findall(text)))
        found = self._closures.get(key)
        if found is None:
            names = self.engine.closure(template, contexte)
            found = {name: self.gabarits.get(name, "")[:_COURT] for name in sorted(names)}
            self._closures[key] = found
        return found

    def empreinte_pdf(self, composition: Composition) -> str:
        """SHA-256 of all that the bytes of the PDF depend on."""
        return _digest([composition.empreinte, self.conversion])

    def modifies(self) -> frozenset[str]:
        """The templates that have changed since the run began."""
        now = gabarits(self.engine)
        return frozenset(n for n in {*now, *self.gabarits} if now.get(n) != self.gabarits.get(n))


def conversion(libreoffice: str, polices: str) -> dict[str, str]:
    """The parts of a PDF that are not in its .docx: version of LibreOffice, fonts, our own treatment."""
    treatment = (programme("convert", "pdfium", paquets=_PDF) or __version__)[:_COURT]
    return {LIBREOFFICE: libreoffice, POLICES: polices, CONVERSION: treatment}


def gabarits(engine: Engine) -> dict[str, str]:
    """SHA-256 of every template, by name; one that cannot be read has none."""
    return {name: _sha256(engine.templates / name) for name in engine.names()}


def _sha256(path: Path) -> str:
    try:
        return empreinte(path.read_bytes())
    except OSError:
        return ""


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, default=dict)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def ecarts(avant: Mapping[str, str], apres: Mapping[str, str]) -> Iterator[str]:
    """Names whose digest is not the same on both sides, in order."""
    for name in sorted({*avant, *apres}):
        if avant.get(name) != apres.get(name):
            yield name
