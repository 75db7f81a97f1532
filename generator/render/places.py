"""Where things stand in a Word file: paragraphs, cells, and the Jinja tags they hold, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

from lxml import etree  # type: ignore[import-untyped]

from generator.typography import NBSP

Element = Any  # lxml ships no types

W_NS: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W: Final = f"{{{W_NS}}}"
P, T, INSTR = f"{_W}p", f"{_W}t", f"{_W}instrText"
TBL, TR, TC = f"{_W}tbl", f"{_W}tr", f"{_W}tc"

TAG: Final = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_EXCERPT = 70

Kind = Literal["text", "field", "attribute"]


def w(name: str) -> str:
    """The lxml name of a WordprocessingML element or attribute: `w("p")`."""
    return _W + name


@dataclass(frozen=True, slots=True)
class Place:
    """A paragraph as a person finds it: `where` counts from 1, `text` is what Word shows there."""

    where: str
    text: str

    def __str__(self) -> str:
        text = " ".join(self.text.split())
        shown = text if len(text) <= _EXCERPT else text[: _EXCERPT - 1].rstrip() + "…"
        return f"{self.where}{NBSP}: «{NBSP}{shown}{NBSP}»" if shown.strip() else self.where


@dataclass(frozen=True, slots=True)
class Tag:
    """One Jinja tag of the file, whole, as typed (`{%p if x %}`), and its paragraph."""

    text: str
    place: Place
    kind: Kind = "text"


def owner(element: Element) -> Element:
    """The nearest paragraph around an element (itself included), or None."""
    if element.tag == P:
        return element
    return next(element.iterancestors(P), None)


def own_text(paragraph: Element) -> str:
    """The text of a paragraph without that of the text boxes anchored in it."""
    return "".join(t.text or "" for t in paragraph.iter(T) if owner(t) is paragraph)


def _index(element: Element, parent_tag: str) -> int:
    """Position of `element` among its like, from 1, within the nearest `parent_tag`."""
    parent = next(element.iterancestors(parent_tag))
    siblings = [e for e in parent.iter(element.tag) if next(e.iterancestors(parent_tag)) is parent]
    return siblings.index(element) + 1


def map_places(root: Element, label: str) -> dict[Element, Place]:
    """Every paragraph of a part, with its place; `label` names the part (« en-tête ») or is empty.

    Paragraphs outside tables are counted together; a nested table counts with the outermost one.
    """
    prefix = f"{label}, " if label else ""
    tables: dict[Element, int] = {}
    places: dict[Element, Place] = {}
    free = 0
    for paragraph in root.iter(P):
        cell = next(reversed(list(paragraph.iterancestors(TC))), None)
        row = next(cell.iterancestors(TR), None) if cell is not None else None
        table = next(row.iterancestors(TBL), None) if row is not None else None
        if cell is not None and table is not None:  # a damaged file may have a cell without its table
            number = tables.setdefault(table, len(tables) + 1)
            where = f"tableau{NBSP}{number}, ligne{NBSP}{_index(row, TBL)}, colonne{NBSP}{_index(cell, TR)}"
        else:
            free += 1
            where = f"paragraphe{NBSP}{free}"
        places[paragraph] = Place(prefix + where, own_text(paragraph))
    return places


def chunks(root: Element) -> Iterator[tuple[Kind, Element, str]]:
    """The text of a part in document order, as (kind, paragraph, text), runs joined.

    Word cuts a tag over several runs (spelling marks, revisions), never over two paragraphs.
    """
    kind: Kind = "text"
    paragraph: Element = None
    buffer: list[str] = []
    for element in root.iter(etree.Element):
        for value in element.attrib.values():
            if "{{" in value or "{%" in value:
                if buffer:
                    yield kind, paragraph, "".join(buffer)
                    buffer = []
                yield "attribute", owner(element), value
        if element.tag not in (T, INSTR):
            continue
        here = owner(element)
        this: Kind = "text" if element.tag == T else "field"
        if buffer and (here is not paragraph or this != kind):
            yield kind, paragraph, "".join(buffer)
            buffer = []
        kind, paragraph = this, here
        buffer.append(element.text or "")
    if buffer:
        yield kind, paragraph, "".join(buffer)


def find_tags(root: Element, places: dict[Element, Place]) -> tuple[Tag, ...]:
    """The Jinja tags of a part, in document order."""
    nowhere = Place("hors paragraphe", "")
    return tuple(
        Tag(found, places.get(paragraph, nowhere), kind)
        for kind, paragraph, text in chunks(root)
        for found in TAG.findall(text)
    )
