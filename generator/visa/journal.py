"""The log of visas: `deliberations/<numero>/visas/journal.yaml`, and the texts that were read.

A text is kept once, under the digest of what it says, however many visas it received: the level of what
changes later can then be computed from what was really read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from generator import source
from generator.conformite.passages import Passage
from generator.diagnostics import Diagnostic
from generator.files import empreinte
from generator.load import show_path
from generator.load.typage import type_record
from generator.model import Racine
from generator.model.types import Jour, Ligne, Record
from generator.visa.niveaux import Lecture, Niveau

DOSSIER, NOM, TEXTES = "visas", "journal.yaml", "textes"
_PARTIE = "#"  # first field of a line that holds a value of a party; no story has this name
Empreinte = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
NomNiveau = Literal["aucun", "typographie", "redaction", "partie", "date", "montant", "autre"]


class Lu(Record):
    """A document that was read: SHA-256 of its file, of its look, of its text."""

    document: Ligne
    sha256: Empreinte
    forme: Empreinte
    texte: Empreinte


class Visa(Record):
    """Somebody read these documents, and need not see again what changes up to the level `jusqua`."""

    par: Ligne
    le: Jour
    jusqua: NomNiveau
    documents: tuple[Lu, ...]

    @property
    def niveau(self) -> Niveau:
        """`jusqua` on the scale."""
        return Niveau[self.jusqua.upper()]


class Journal(Racine):
    """The visas of a deliberation, oldest first."""

    visas: tuple[Visa, ...] = ()


def lire_journal(folder: Path) -> tuple[Journal | None, list[Diagnostic]]:
    """The log of the deliberation whose records are in `folder`; an empty one when there is none."""
    path = folder / DOSSIER / NOM
    if not path.exists():
        return Journal(), []
    src, found = source.read(path, show_path(path))
    if src is None or any(d.is_error for d in found):
        return None, found
    journal, more = type_record(src, Journal)
    return journal, [*found, *more]


def fichier_du_texte(folder: Path, texte: str) -> Path:
    """Where a text that was read is kept."""
    return folder / DOSSIER / TEXTES / f"{texte[:32]}.txt"


def en_texte(lecture: Lecture) -> bytes:
    """A reading as lines: the values of the parties, then story, place and words of each passage."""
    rows = [(_PARTIE, "", v) for v in lecture.parties]
    rows += [(p.partie, p.lieu, p.texte) for p in lecture.passages]
    return "".join("\t".join(map(_ligne, row)) + "\n" for row in rows).encode()


def lire_texte(folder: Path, lu: Lu) -> Lecture | None:
    """A document as it was read; None when its text is gone or is no longer what was read."""
    try:
        data = fichier_du_texte(folder, lu.texte).read_bytes()
    except OSError:
        return None
    if empreinte(data) != lu.texte:
        return None
    rows = [line.split("\t") for line in data.decode("utf-8").split("\n") if line]
    return Lecture(
        tuple(Passage(*row) for row in rows if row[0] != _PARTIE),
        tuple(row[2] for row in rows if row[0] == _PARTIE),
        lu.forme,
    )


def en_yaml(journal: Journal) -> bytes:
    """The log as it is written."""
    out = [
        "# Visas de relecture, écrits par « convenant viser » : qui a lu quoi, quand, et jusqu’où.",
        "visas:",
    ]
    for v in journal.visas:
        out += [f"  - par: {_mot(v.par)}", f"    le: {_mot(v.le.isoformat())}", f"    jusqua: {v.jusqua}"]
        out.append("    documents:")
        out += (line for lu in v.documents for line in _lu(lu))
    return ("\n".join(out) + "\n").encode()


def _lu(lu: Lu) -> Iterable[str]:
    yield f"      - document: {_mot(lu.document)}"
    for name in ("sha256", "forme", "texte"):
        yield f"        {name}: {_mot(getattr(lu, name))}"


def _mot(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _ligne(text: str) -> str:
    return "".join(" " if c in "\t\n\r" else c for c in text)
