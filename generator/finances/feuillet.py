"""A table as a file of others holds it: rows of raw cells, each with its place."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

from generator.diagnostics import Diagnostic, Note, Severity, Span
from generator.files import cause

Brut: TypeAlias = str | Decimal | dt.date | None
"""What a cell holds: a text, a number, a day, nothing. A CSV holds texts only."""

MAX_OCTETS = 20 * 1024 * 1024
MAX_LIGNES, MAX_COLONNES = 50_000, 60
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""First bytes of a workbook: .xlsx and .ods; .xls, or protected by a password."""
_CITE = 40
"""Characters of a value shown in a message."""


class LectureError(Exception):
    """The file cannot be read; the message, in French, says why."""


@dataclass(frozen=True, slots=True)
class Rangee:
    """A row: its number in the file, from 1 (the line where it starts, in a CSV), and its cells."""

    numero: int
    cellules: tuple[Brut, ...]

    def vide(self) -> bool:
        """True when no cell holds anything."""
        return all(v is None for v in self.cellules)


@dataclass(frozen=True, slots=True)
class Fusion:
    """Merged cells: first and last rows and columns, from 1, both included."""

    haut: int
    bas: int
    gauche: int
    droite: int

    def couvre(self, ligne: int, colonne: int) -> bool:
        """True when the cell is one of them."""
        return self.haut <= ligne <= self.bas and self.gauche <= colonne <= self.droite


@dataclass(frozen=True, slots=True)
class Feuillet:
    """A sheet of a workbook, or a whole CSV (`nom` is then empty)."""

    fichier: str
    nom: str
    rangees: tuple[Rangee, ...]
    fusions: tuple[Fusion, ...] = ()

    @property
    def tableur(self) -> bool:
        """True for a sheet of a workbook, whose numbers and dates are not texts."""
        return bool(self.nom)

    def span(self, ligne: int, colonne: int = 0) -> Span:
        """The place of a cell, or of a row: row and column count from 1."""
        return Span(self.fichier, ligne, colonne, colonne + 1 if colonne else 0)

    def cellule(self, ligne: int, colonne: int) -> str:
        """How the reader finds a cell: « cellule D14 », « ligne 14, colonne 4 »."""
        if self.tableur:
            return f"cellule {lettres(colonne)}{ligne}"
        return f"ligne {ligne}, colonne {colonne}"

    def faute(self, code: str, ligne: int, colonne: int, message: str, aide: str, *notes: Note) -> Diagnostic:
        """An error on a cell, that says which."""
        where = f"{self.cellule(ligne, colonne)}\u00a0: " if colonne else f"ligne {ligne}\u00a0: "
        return Diagnostic(code, where + message, self.span(ligne, colonne), notes=notes, help=aide)

    def dit(self, code: str, ligne: int, message: str, severity: Severity, aide: str = "") -> Diagnostic:
        """Something to know about a row (about the file when `ligne` is 0)."""
        return Diagnostic(code, message, self.span(ligne), severity, help=aide)


def octets(chemin: Path) -> bytes:
    """The content of a file, `MAX_OCTETS` at the most. Raises `LectureError`."""
    try:
        if not chemin.is_file():
            raise LectureError("ce n’est pas un fichier" if chemin.exists() else "le fichier n’existe pas")
        with chemin.open("rb") as stream:
            data = stream.read(MAX_OCTETS + 1)
    except OSError as e:
        raise LectureError(cause(e)) from e
    if len(data) > MAX_OCTETS:
        raise LectureError(f"il dépasse {MAX_OCTETS // 1024**2} Mio")
    return data


def lettres(colonne: int) -> str:
    """Letters of a column: « A » for 1, « AA » for 27."""
    out = ""
    while colonne > 0:
        colonne, rest = divmod(colonne - 1, 26)
        out = chr(65 + rest) + out
    return out


def montrer(value: Brut) -> str:
    """A value as a message cites it, on one line, cut where it would be too long."""
    if isinstance(value, dt.date):
        return f"«\u00a0{value:%d/%m/%Y}\u00a0»"
    text = " ".join(
        f"{value:f}".replace(".", ",").split() if isinstance(value, Decimal) else str(value).split()
    )
    text = "".join(c if c.isprintable() else "\ufffd" for c in text)
    return f"«\u00a0{text if len(text) <= _CITE else text[: _CITE - 1] + '…'}\u00a0»"


def plat(text: str) -> str:
    """`text` reduced to what two spellings of a name share: no accent, no capital, no sign."""
    bare = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe"))
    bare = "".join(c for c in bare if not unicodedata.combining(c)).casefold()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare).split())
