"""A scan of the paper that was signed by hand: no proof but the eyes of the person who accepts it.

Its text, when it has some (recognised by the scanner), is compared page by page with the approved act. A
figure that differs refuses it; other words only when they are many, as recognition errs.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from generator import pdfium
from generator.signature.retour.etapes import Etape

_WORD = re.compile(r"\w+")
_FIGURE = re.compile(r"\d")
_TOLERANCE = 20
"""One word in so many may be read wrong on a page."""
_LISTED = 6


def est_un_scan(data: bytes) -> bool:
    """True for a PDF without any signature field that is filled, however damaged its fields."""
    return b"/ByteRange" not in data


def comparer(data: bytes, approuve: bytes, accepte_par: str) -> list[Etape]:
    """The steps for a scan. Raises pdfium.PdfEndommageError or pdfium.PdfProtegeError."""
    before, after = pdfium.textes(approuve), pdfium.textes(data)
    steps = [
        Etape(
            "RET020",
            "une personne accepte la signature manuscrite",
            "" if accepte_par else "le fichier n’a pas de signature électronique : c’est sans doute un scan",
            "regarder chaque page, puis relancer avec --signature-manuscrite suivi de votre nom ; à défaut, "
            "demander une signature électronique",
        ),
        Etape(
            "RET021",
            "le scan a toutes les pages de l’acte",
            "" if len(before) == len(after) else f"l’acte a {len(before)} pages, le scan en a {len(after)}",
            "numériser de nouveau toutes les pages, dans l’ordre",
        ),
    ]
    if len(before) != len(after):
        return steps
    silent = [n for n, text in enumerate(after, 1) if not _WORD.search(text)]
    for number, (old, new) in enumerate(zip(before, after, strict=True), 1):
        if number not in silent:
            steps += _page(number, old, new)
    if silent:
        all_ = len(silent) == len(after)
        steps.append(
            Etape(
                "RET023",
                "le texte de chaque page se compare",
                "le scan n’a pas de texte" if all_ else f"pages sans texte : {', '.join(map(str, silent))}",
                "comparer ces pages à l’œil avec l’acte approuvé, les montants d’abord",
                grave=False,
            )
        )
    return steps


def _page(number: int, old: str, new: str) -> list[Etape]:
    before, after = _mots(old), _mots(new)
    lost, added = before - after, after - before
    figures = [w for w in {**lost, **added} if _FIGURE.search(w)]
    serious = bool(figures) or lost.total() * _TOLERANCE > before.total()
    told = []
    if lost:
        told.append(f"il manque {_liste(lost)}")
    if added:
        told.append(f"il y a en trop {_liste(added)}")
    return [
        Etape(
            "RET022",
            f"la page {number} a le texte de l’acte",
            " ; ".join(told) if lost or figures else "",
            "regarder le passage sur le scan et sur l’acte ; si le papier dit autre chose, le refuser ; si "
            "le texte est seulement mal reconnu, numériser de nouveau en 300 points par pouce",
            grave=serious,
        )
    ]


def _mots(text: str) -> Counter[str]:
    return Counter(_WORD.findall(unicodedata.normalize("NFKC", text.replace("\x02", " ")).casefold()))


def _liste(words: Counter[str]) -> str:
    shown = sorted(words, key=lambda w: (not _FIGURE.search(w), w))
    rest = len(shown) - _LISTED
    return ", ".join(f"« {w} »" for w in shown[:_LISTED]) + (f" et {rest} autres" if rest > 0 else "")
