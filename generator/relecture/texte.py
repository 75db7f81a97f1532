"""What the proofreader reads, whatever the file: lines with their places, tables, number of pages.

The rules look for patterns in `Texte.flux`, the lines of the body joined by line feeds, so that a sentence
cut by the lines of a PDF is found whole; an offset of the flux leads back to a line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from generator.diagnostics import Note, Span
from generator.relecture.pieces import Piece, decouper

_AUTOUR = 90  # characters shown on each side of a fault
_NOUVEAU = re.compile(r"\s*(?:[•·▪●\uf0a7-\uf0fc–—-]\s|\d+[.)]\s|Article\b|ARTICLE\b|Annexe\b|ANNEXE\b)")


class Genre(StrEnum):
    """Kind of file."""

    DOCX = "docx"
    PDF = "pdf"
    TXT = "txt"


class Zone(StrEnum):
    """Where a line stands: in the running text, in a table, in a margin, beside the text."""

    CORPS = "corps"
    TABLEAU = "tableau"
    MARGE = "marge"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Ligne:
    """A paragraph of a .docx, a line of a PDF or of a text; `lieu` is what a person is told.

    `page` counts from 1, 0 when unknown.
    """

    texte: str
    lieu: str
    page: int = 0
    zone: Zone = Zone.CORPS


@dataclass(frozen=True, slots=True)
class Case:
    """A table cell: its column (from 0), the columns it covers, the index of its first line."""

    texte: str
    colonne: int
    largeur: int
    ligne: int


@dataclass(frozen=True, slots=True)
class Grille:
    """A table whose cells are known."""

    rangs: tuple[tuple[Case, ...], ...]


@dataclass(frozen=True)
class Texte:
    """A file as read. `pages` is None when the file does not say; `revisions` counts what Word still
    tracks (insertions, deletions, comments); `numerotes` is True when Word numbers articles by itself."""

    fichier: str
    genre: Genre
    lignes: tuple[Ligne, ...]
    grilles: tuple[Grille, ...] = ()
    pages: int | None = None
    revisions: int = 0
    numerotes: bool = False

    @cached_property
    def _corps(self) -> tuple[int, ...]:
        """Indexes of the lines that make the flux."""
        return tuple(n for n, ligne in enumerate(self.lignes) if ligne.zone is not Zone.MARGE)

    @cached_property
    def flux(self) -> str:
        """The lines of the body, one per line; the margins are left out."""
        return "\n".join(self.lignes[n].texte for n in self._corps)

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The documents that the file holds, one after another; they cover the flux."""
        return decouper(self.flux)

    @cached_property
    def _debuts(self) -> tuple[int, ...]:
        debuts, position = [], 0
        for n in self._corps:
            debuts.append(position)
            position += len(self.lignes[n].texte) + 1
        return tuple(debuts)

    def _rang(self, position: int) -> int:
        return max(0, bisect_right(self._debuts, position) - 1)

    def ligne_a(self, position: int) -> Ligne:
        """The line at an offset of the flux."""
        return self.lignes[self._corps[self._rang(position)]]

    def debut_de(self, index: int) -> int | None:
        """Offset in the flux of a line given by its index; None for a line of a margin."""
        rang = bisect_right(self._corps, index) - 1
        return self._debuts[rang] if rang >= 0 and self._corps[rang] == index else None

    def debut_de_ligne(self, position: int) -> int:
        """Offset of the start of the line at an offset."""
        return self._debuts[self._rang(position)] if self._corps else 0

    def fin_de_ligne(self, position: int) -> int:
        """Offset of the end of the line at an offset."""
        fin = self.flux.find("\n", position)
        return len(self.flux) if fin < 0 else fin

    def span(self, debut: int, fin: int) -> Span:
        """The place of flux[debut:fin]; `line` counts the lines of `lignes` from 1."""
        rang = self._rang(debut)
        colonne = debut - self._debuts[rang] + 1
        return Span(self.fichier, self._corps[rang] + 1, colonne, colonne + max(1, fin - debut))

    def span_de_ligne(self, index: int, debut: int, fin: int) -> Span:
        """The place of characters of one line, margins included."""
        return Span(self.fichier, index + 1, debut + 1, max(fin, debut + 1) + 1)

    def note(self, message: str, debut: int, fin: int) -> Note:
        """A fact with its place."""
        return Note(message, self.span(debut, fin))

    def lieu(self, span: Span) -> str:
        """« page 3 », « paragraphe 12 », « tableau 2, ligne 4 » or nothing for the file as a whole."""
        return self.lignes[span.line - 1].lieu if 0 < span.line <= len(self.lignes) else ""

    def extrait(self, span: Span) -> tuple[str, int, int]:
        """(text around the fault on one line, where the fault starts in it, its length)."""
        if not 0 < span.line <= len(self.lignes):
            return "", 0, 0
        debut = self.debut_de(span.line - 1)
        source, place = (self.flux, debut) if debut is not None else (self.lignes[span.line - 1].texte, 0)
        faute, fin = place + span.column - 1, place + span.end_column - 1
        suivie = self.genre is not Genre.DOCX  # lines of a page, that a sentence crosses
        gauche = _gauche(source, faute, suivie)
        droite = _droite(source, fin, suivie)
        avant = re.sub(r"\s+", " ", source[gauche:faute]).lstrip()
        dans = re.sub(r"\s+", " ", source[faute:fin])
        apres = re.sub(r"\s+", " ", source[fin:droite]).rstrip()
        avant = ("… " if _coupe(source, gauche) else "") + avant
        apres += " …" if _coupe(source, droite) else ""
        return avant + dans + apres, len(avant), max(1, len(dans))


def _coupe(source: str, position: int) -> bool:
    """Whether an excerpt that ends at `position` leaves words out on that side."""
    return 0 < position < len(source) and "\n" not in source[position - 1 : position + 1]


def _gauche(source: str, position: int, suivie: bool) -> int:
    """Where the excerpt starts: at a line that starts something, or some words before."""
    bas = max(0, position - _AUTOUR)
    ligne = source.rfind("\n", 0, position) + 1
    while suivie and ligne > bas and _se_suivent(source, ligne - 1):
        ligne = source.rfind("\n", 0, ligne - 1) + 1
    if ligne >= bas:
        return ligne
    espace = re.compile(r"\s").search(source, bas, position)
    return espace.end() if espace else bas


def _droite(source: str, position: int, suivie: bool) -> int:
    haut = min(len(source), position + _AUTOUR)
    ligne = source.find("\n", position)
    while suivie and 0 <= ligne < haut and _se_suivent(source, ligne):
        ligne = source.find("\n", ligne + 1)
    ligne = len(source) if ligne < 0 else ligne
    if ligne <= haut:
        return ligne
    espace = source.rfind(" ", position, haut)
    return espace if espace > position else haut


def _se_suivent(source: str, saut: int) -> bool:
    """Whether the sentence goes on over the line feed at `saut`: a full line before, no new item after."""
    avant = source[source.rfind("\n", 0, saut) + 1 : saut].rstrip()
    return len(avant) > 50 and avant[-1] not in ".;:" and not _NOUVEAU.match(source, saut + 1)
