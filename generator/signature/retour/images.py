"""What is seen: no pixel of the returned act differs from the approved one outside the signatures."""

from __future__ import annotations

from collections.abc import Sequence

from generator import pdfium
from generator.signature.places import Champ

_POINTS = 100
"""Pixels per inch: a dot of a figure is more than a pixel."""


def differences(avant: bytes, apres: bytes, champs: Sequence[Champ]) -> list[int]:
    """Pages (from 1) that show something else outside the rectangles; 0 when their number differs.

    Raises pdfium.PdfEndommageError or pdfium.PdfProtegeError.
    """
    before, after = pdfium.images(avant, _POINTS), pdfium.images(apres, _POINTS)
    if len(before) != len(after):
        return [0]
    return [
        number
        for number, (old, new) in enumerate(zip(before, after, strict=True), 1)
        if old != new and not _memes(old, new, [c for c in champs if c.page == number])
    ]


def _memes(old: pdfium.Image, new: pdfium.Image, champs: Sequence[Champ]) -> bool:
    if (old.largeur, old.hauteur) != (new.largeur, new.hauteur):
        return False
    hidden = [_masquer(image, champs) for image in (old, new)]
    return hidden[0] == hidden[1]


def _masquer(image: pdfium.Image, champs: Sequence[Champ]) -> bytes:
    """The pixels, those of the rectangles (and one around, for smooth edges) in white."""
    out = bytearray(image.gris)
    for champ in champs:
        left, low, right, high = champ.rect
        first = max(left * _POINTS // 72 - 1, 0)
        last = min(-(-right * _POINTS // 72) + 1, image.largeur)
        top = max(image.hauteur - -(-high * _POINTS // 72) - 2, 0)
        bottom = min(image.hauteur - low * _POINTS // 72 + 1, image.hauteur)
        for row in range(top, bottom):
            out[row * image.largeur + first : row * image.largeur + last] = b"\xff" * (last - first)
    return bytes(out)
