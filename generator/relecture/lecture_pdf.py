"""PDF: lines rebuilt from the segments of each page; running heads and feet set apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from generator.pdfium import Segment, segments
from generator.relecture.mots import puces, sans_ligature
from generator.relecture.texte import Genre, Ligne, Texte, Zone

_COLONNE = 9.0  # points between two segments of a line, beyond which they are two columns
_MOT = 1.0  # points between two segments, beyond which a space stands between them
_MARGE = 3  # lines at the top and at the foot of a page that may repeat from page to page
_FOLIO = re.compile(r"(?:.*\s)?[Pp]age[\s|]*\d+\s*(?:sur|/)\s*\d+|\d+\s*/\s*\d+")
# What `_lisible` leaves alone: nearly all of what our fonts write.
_TEL_QUEL = re.compile("[ -~\u00a0-\u00ac\u00ae-\u024f\u2010-\u2022\u2024-\u2027\u2030-\u203a€]*")
_NUMERO = re.compile(r"[-–—]?\s*\d{1,4}\s*[-–—]?")


def lire(fichier: str, data: bytes) -> tuple[Texte, tuple[int, ...]]:
    """(the text, pages that hold none). Raises PdfEndommageError or PdfProtegeError."""
    pages = [[t for t in _lignes(page) if t] for page in segments(data)]
    marges = [_marges(pages, n) for n in range(len(pages))]
    lignes = tuple(
        Ligne(texte, f"page\u00a0{n + 1}", n + 1, Zone.MARGE if k in marges[n] else Zone.CORPS)
        for n, page in enumerate(pages)
        for k, texte in enumerate(page)
    )
    vides = tuple(n for n, page in enumerate(pages, 1) if not page)
    return Texte(fichier, Genre.PDF, lignes, pages=len(pages)), vides


def _lignes(page: Sequence[Segment]) -> Iterator[str]:
    """Lines of a page: segments that follow each other on one level; a tab between two columns."""
    ligne: list[str] = []
    dernier: Segment | None = None
    for s in page:
        texte = s.texte if _TEL_QUEL.fullmatch(s.texte) else _lisible(s.texte)
        if not texte.strip():
            continue
        if dernier is not None and not _de_niveau(dernier, s):
            yield _nettoyee("".join(ligne))
            ligne = []
            dernier = None
        if dernier is not None:
            ecart = s.gauche - dernier.droite
            ligne.append("\t" if ecart > _COLONNE else " " if ecart > _MOT else "")
        ligne.append(texte)
        dernier = s
    if ligne:
        yield _nettoyee("".join(ligne))


def _lisible(texte: str) -> str:
    """A segment with its hyphens, letters and bullets as they are typed, without signs that nobody sees."""
    texte = puces(sans_ligature(texte.replace("\x02", "-"))).replace("\r", "").replace("\n", " ")
    return unicodedata.normalize("NFC", "".join(c for c in texte if c in "\t\u00a0" or c.isprintable()))


def _de_niveau(a: Segment, b: Segment) -> bool:
    """Whether `b` goes on with the line of `a`: to its right, and level with it."""
    commun = min(a.haut, b.haut) - max(a.bas, b.bas)
    hauteur = max(0.1, min(a.haut - a.bas, b.haut - b.bas))
    milieu = (b.bas + b.haut) / 2
    return b.gauche >= a.droite - 3 and (commun > 0.3 * hauteur or a.bas - 1 <= milieu <= a.haut + 1)


def _nettoyee(ligne: str) -> str:
    if "\t" in ligne:
        ligne = re.sub(r" *\t[ \t]*", "\t", ligne)
    for espace in "\u00a0\u2007\u2009\u202f":
        ligne = ligne.replace(espace, " ")
    return (re.sub(" {2,}", " ", ligne) if "  " in ligne else ligne).strip()


def _cle(ligne: str) -> str:
    """A line without its page number, to compare the margins of two pages."""
    return re.sub(r"\d+", "#", ligne) if _FOLIO.fullmatch(ligne) else ligne


def _marges(pages: Sequence[Sequence[str]], n: int) -> frozenset[int]:
    """Indexes of the lines of page `n` that a neighbouring page repeats at the same end, or folios."""
    page = pages[n]
    hauts = range(min(_MARGE, len(page)))
    bas = range(max(0, len(page) - _MARGE), len(page))
    found = {k for k in {*hauts, *bas} if _FOLIO.fullmatch(page[k])}
    found |= {k for k in (0, len(page) - 1) if page and _NUMERO.fullmatch(page[k])}
    for voisine in (pages[n - 1] if n else (), pages[n + 1] if n + 1 < len(pages) else ()):
        tetes = {_cle(t) for t in voisine[:_MARGE]}
        pieds = {_cle(t) for t in voisine[-_MARGE:]}
        found |= {k for k in hauts if _cle(page[k]) in tetes}
        found |= {k for k in bas if _cle(page[k]) in pieds}
    return frozenset(found)
