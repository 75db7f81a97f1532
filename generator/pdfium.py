"""Text of PDF pages. The only user of pdfium, which bears one thread at a time in a whole process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
from pypdfium2 import raw

_VERROU = threading.Lock()


class PdfEndommageError(Exception):
    """The bytes are not a PDF that can be read."""


class PdfProtegeError(Exception):
    """The PDF opens with a password only."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of characters that touch each other, with its box in points (origin at the lower left)."""

    texte: str
    gauche: float
    bas: float
    droite: float
    haut: float


@dataclass(frozen=True, slots=True)
class Image:
    """A page as it is seen: its size in pixels, one byte of grey for each, row by row from the top."""

    largeur: int
    hauteur: int
    gris: bytes


def textes(pdf: bytes) -> list[str]:
    """Text of each page, as pdfium joins it. Raises PdfEndommageError or PdfProtegeError."""
    with _VERROU:
        document = _ouvrir(pdf)
        try:
            return [page.get_textpage().get_text_bounded() for page in document]
        except pypdfium2.PdfiumError as e:
            raise PdfEndommageError(str(e)) from e
        finally:
            document.close()


def segments(pdf: bytes) -> list[list[Segment]]:
    """Segments of each page, in the order of the file. Raises PdfEndommageError or PdfProtegeError.

    A hyphen that cuts a word at a line end is U+0002 in the text, as pdfium gives it.
    """
    with _VERROU:
        document = _ouvrir(pdf)
        try:
            return [list(_segments(page.get_textpage())) for page in document]
        except pypdfium2.PdfiumError as e:
            raise PdfEndommageError(str(e)) from e
        finally:
            document.close()


def largeurs(pdf: bytes) -> list[float]:
    """Width of each page in points. Raises PdfEndommageError or PdfProtegeError."""
    with _VERROU:
        document = _ouvrir(pdf)
        try:
            return [page.get_width() for page in document]
        except pypdfium2.PdfiumError as e:
            raise PdfEndommageError(str(e)) from e
        finally:
            document.close()


def images(pdf: bytes, points: int) -> list[Image]:
    """Each page at `points` pixels per inch, with its annotations and what is drawn in its fields.

    Raises PdfEndommageError or PdfProtegeError.
    """
    with _VERROU:
        document = _ouvrir(pdf)
        try:
            document.init_forms()
            return [_image(page, points) for page in document]
        except pypdfium2.PdfiumError as e:
            raise PdfEndommageError(str(e)) from e
        finally:
            document.close()


def _image(page: pypdfium2.PdfPage, points: int) -> Image:
    bitmap = page.render(scale=points / 72, grayscale=True, may_draw_forms=True)
    data, width, stride = bytes(bitmap.buffer), bitmap.width, bitmap.stride
    rows = (data[row * stride : row * stride + width] for row in range(bitmap.height))
    return Image(width, bitmap.height, b"".join(rows))


def _ouvrir(pdf: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as e:
        if e.err_code == raw.FPDF_ERR_PASSWORD:
            raise PdfProtegeError(str(e)) from e
        raise PdfEndommageError(str(e)) from e


def _segments(page: pypdfium2.PdfTextPage) -> Iterator[Segment]:
    for rang in range(page.count_rects(0, -1)):
        gauche, bas, droite, haut = page.get_rect(rang)
        yield Segment(page.get_text_bounded(gauche, bas, droite, haut), gauche, bas, droite, haut)
