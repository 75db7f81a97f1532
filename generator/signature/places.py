"""Where the parties sign: the two blocks « Pour le Département… » and « Pour la structure… » of an act."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil, floor

from generator import pdfium
from generator.pdfium import Segment

DEPARTEMENT, STRUCTURE = "DEPARTEMENT", "STRUCTURE"
_DEBUTS = {DEPARTEMENT: "Pour le Département", STRUCTURE: "Pour la structure"}
_LARGEUR, _HAUTEUR = 215, 36
"""Points: greatest width of a field, least height of the blank that a block leaves for the signature."""
_MOT, _MARGE = 14, 56
"""Points: a gap that no space between words makes; the margin of a page on the right."""


@dataclass(frozen=True, slots=True)
class Champ:
    """A signature field: its name, page (from 1), rectangle (left, low, right, high, whole points from the
    lower left corner), the person that the act names there and that person's office."""

    nom: str
    page: int
    rect: tuple[int, int, int, int]
    signataire: str
    qualite: str

    @property
    def intitule(self) -> str:
        """What a screen reader says of the field."""
        who = "du Département" if self.nom == DEPARTEMENT else "de la structure"
        return f"Signature {who}\u00a0: {self.signataire}, {self.qualite}"


@dataclass(frozen=True, slots=True)
class _Bribe:
    """Words of one line that follow each other, with their box."""

    texte: str
    gauche: float
    bas: float
    haut: float


def trouver(pdf: bytes) -> tuple[Champ, ...]:
    """The two fields of an act, Département first; empty when the blocks are not there, or not once.

    Raises pdfium.PdfEndommageError or pdfium.PdfProtegeError.
    """
    found = []
    for number, (segments, width) in enumerate(
        zip(pdfium.segments(pdf), pdfium.largeurs(pdf), strict=True), 1
    ):
        bits = _bribes(segments)
        starts = {name: [b for b in bits if b.texte.startswith(how)] for name, how in _DEBUTS.items()}
        if any(len(b) > 1 for b in starts.values()):
            return ()
        if all(starts.values()):
            left, right = (starts[name][0] for name in (DEPARTEMENT, STRUCTURE))
            split = right.gauche - 4
            columns = (
                (DEPARTEMENT, left, [b for b in bits if b.gauche < split], split - 8),
                (STRUCTURE, right, [b for b in bits if b.gauche >= split], width - _MARGE),
            )
            found.append([_champ(name, number, start, bits, edge) for name, start, bits, edge in columns])
    if len(found) != 1:
        return ()
    fields = [f for f in found[0] if f is not None]
    low, high = max((f.rect[1] for f in fields), default=0), min((f.rect[3] for f in fields), default=0)
    if len(fields) < len(_DEBUTS) or high - low < _HAUTEUR:
        return ()
    # The same height for both: they stand side by side.
    return tuple(replace(f, rect=(f.rect[0], low, f.rect[2], high)) for f in fields)


def _bribes(segments: Sequence[Segment]) -> list[_Bribe]:
    """The segments of a page joined into runs: same line, no gap wider than a space."""
    lines: list[list[Segment]] = []
    for s in sorted((s for s in segments if s.texte.strip()), key=lambda s: -(s.bas + s.haut)):
        first = lines[-1][0] if lines else None
        if first is not None and first.bas < (s.bas + s.haut) / 2 < first.haut:
            lines[-1].append(s)
        else:
            lines.append([s])
    out: list[_Bribe] = []
    for line in lines:
        ends = None
        for s in sorted(line, key=lambda s: s.gauche):
            text = unicodedata.normalize("NFC", s.texte).replace("\u00a0", " ").strip()
            if ends is not None and s.gauche - ends < _MOT:
                last, space = out[-1], " " if s.gauche - ends > 1 else ""
                low, high = min(last.bas, s.bas), max(last.haut, s.haut)
                out[-1] = _Bribe(f"{last.texte}{space}{text}", last.gauche, low, high)
            else:
                out.append(_Bribe(text, s.gauche, s.bas, s.haut))
            ends = s.droite
    return out


def _champ(name: str, page: int, start: _Bribe, column: Sequence[_Bribe], edge: float) -> Champ | None:
    """The field of one block: in the first blank under it that is high enough to sign in."""
    lines = sorted((b for b in column if b.haut <= start.haut + 1), key=lambda b: -b.haut)
    for rank, (above, below) in enumerate(pairwise(lines), 1):
        high, low = floor(above.bas - 5), ceil(below.haut + 5)
        if high - low >= _HAUTEUR:
            words = " ".join(b.texte for b in lines[:rank]).split(",")
            office = ",".join(words[1:]).strip(" ,")
            left = floor(start.gauche)
            right = min(floor(edge), left + _LARGEUR)
            if not office or right - left < _LARGEUR // 2:
                return None
            return Champ(name, page, (left, low, right, high), below.texte, office)
    return None
