"""Finished documents kept from one run to the next, shared by all output folders.

A document is named by the digest of all that its bytes depend on: the one that is found is the one that
would be made. It is kept once it has been read back against its records, never before. What took long to
work out on the way (what a document is made from, that it agrees with its records) is kept beside it.
"""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import dataclass
from pathlib import Path

from generator.memoire import Memoire

NOM = "documents.sqlite3"
TAILLE = 2 * 1024**3
"""Size, in bytes, beyond which the oldest documents are dropped."""
_VERSION = 1
_HEAD = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Fini:
    """A finished document: its .docx, its PDF (None without LibreOffice) and the PDF's number of pages."""

    docx: bytes
    pdf: bytes | None
    pages: int


class Reserve:
    """The documents of a cache folder; without a folder, it knows nothing and keeps nothing."""

    def __init__(self, folder: Path | None, taille: int = TAILLE) -> None:
        self._memory = Memoire(folder / NOM if folder else None, taille)

    def prendre(self, empreinte: str, pdf: bool) -> Fini | None:
        """The document of that digest (of its PDF when `pdf`); None when it is not known."""
        found = self._memory.lire(_name(empreinte, pdf))
        if found is None:
            return None
        (length,) = _HEAD.unpack_from(found)
        start = _HEAD.size + length
        sizes = json.loads(found[_HEAD.size : start])
        middle = start + int(sizes["docx"])
        return Fini(found[start:middle], found[middle:] if pdf else None, int(sizes["pages"]))

    def garder(self, empreinte: str, fini: Fini) -> None:
        """Keep a document under that digest."""
        head = json.dumps({"docx": len(fini.docx), "pages": fini.pages}).encode("ascii")
        whole = b"".join((_HEAD.pack(len(head)), head, fini.docx, fini.pdf or b""))
        self._memory.garder(_name(empreinte, fini.pdf is not None), whole)

    def note(self, sorte: str, nom: str) -> bytes | None:
        """The note of that kind under that name, a text that says all that it depends on."""
        return self._memory.lire(_note(sorte, nom))

    def noter(self, sorte: str, nom: str, contenu: bytes) -> None:
        """Keep a note."""
        self._memory.garder(_note(sorte, nom), contenu)

    def fermer(self) -> None:
        """Write what is left."""
        self._memory.fermer()


def _name(empreinte: str, pdf: bool) -> bytes:
    return hashlib.sha256(f"{_VERSION} {'pdf' if pdf else 'docx'} {empreinte}".encode()).digest()


def _note(sorte: str, nom: str) -> bytes:
    return hashlib.sha256(f"{_VERSION} note {sorte} {nom}".encode()).digest()
