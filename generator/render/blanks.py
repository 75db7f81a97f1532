"""Paragraphs left empty by hand (TPL012): in Word, space belongs to styles.

An empty paragraph is printed as a blank line, stays when the text around it goes, and reads as a
fault to a screen reader.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree  # type: ignore[import-untyped]

from generator.diagnostics import Severity

from .errors import Finding, quote
from .parts import Part
from .places import TBL, Element, P, own_text, w

_SPACERS: Final = frozenset({"Espace", "Vide"})
"""Styles of the base made for the lines that Word wants around tables."""
_NOTHING: Final = frozenset(map(w, ("pPr", "r", "rPr", "t", "br", "proofErr")))
"""What an empty paragraph may be made of, properties aside."""
_SHOWN: Final = (w("sectPr"), w("pBdr"))
"""Properties that make something of an empty paragraph: a section, a rule."""


def check_blanks(part: Part) -> Iterator[Finding]:
    """A warning for each empty paragraph of a body that neither Word nor a style calls for."""
    if part.label:
        return
    before = ""
    for paragraph, place in part.places.items():
        if place.text.strip():
            before = place.text
        elif _is_blank(paragraph) and not _is_needed(paragraph):
            notes = (f"après {quote(_end(before))}",) if before else ()
            remedy = "le supprimer ; l’espace se règle dans le style du paragraphe voisin"
            message = "ce paragraphe est vide"
            yield Finding("TPL012", message, place, remedy, Severity.AVERTISSEMENT, notes)


def _end(text: str, length: int = 40) -> str:
    words = " ".join(text.split())
    return words if len(words) <= length else "…" + words[-length:].lstrip()


def _is_blank(paragraph: Element) -> bool:
    properties = paragraph.find(w("pPr"))
    if properties is not None:
        style = properties.find(w("pStyle"))
        if style is not None and style.get(w("val")) in _SPACERS:
            return False
        if next(properties.iter(*_SHOWN), None) is not None:
            return False
    content = (e for child in paragraph if child is not properties for e in child.iter(etree.Element))
    plain = all(e.tag in _NOTHING and e.get(w("type")) is None for e in content if not _is_property(e))
    return plain and not own_text(paragraph).strip()


def _is_property(element: Element) -> bool:
    return any(e.tag == w("rPr") for e in (element, *element.iterancestors(w("rPr"))))


def _is_needed(paragraph: Element) -> bool:
    """Word wants a paragraph at the end of a cell, and after a table that another one or the end follows."""
    before, after = paragraph.getprevious(), paragraph.getnext()
    after_table = before is not None and before.tag == TBL
    if paragraph.getparent().tag != w("body"):
        first = before is None or before.tag not in (P, TBL)
        return after is None and (first or after_table)
    return after_table and (after is None or after.tag in (TBL, w("sectPr")))
