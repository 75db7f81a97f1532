"""The bookmarks of a PDF, read as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pikepdf import Array, Dictionary, Name, NameTree, Object, Pdf, String

View = tuple[str | Decimal | None, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link or a bookmark leads: index of the page in its PDF, then the view ("/XYZ", left, top,
    zoom) in points; None leaves a coordinate as the reader has it."""

    page: int
    view: View

    def destination(self, page: Object) -> Array:
        """The same view of another page object."""
        return Array([page, *(Name(v) if isinstance(v, str) else v for v in self.view)])


@dataclass(frozen=True, slots=True)
class Mark:
    """A bookmark and those under it; `target` is None for a bookmark that leads nowhere."""

    titre: str
    target: Target | None
    children: tuple[Mark, ...] = ()


class Destinations:
    """Reads the destinations of one PDF, explicit or named."""

    def __init__(self, pdf: Pdf) -> None:
        self._pages = {page.obj.objgen: index for index, page in enumerate(pdf.pages)}
        names = pdf.Root.get("/Names", Dictionary()).get("/Dests")
        self._names = NameTree(names) if names is not None else None
        self._old_names = pdf.Root.get("/Dests", Dictionary())

    def of(self, item: Object) -> Target | None:
        """The page that a bookmark or an annotation leads to, in this PDF; None when it leads elsewhere."""
        where = item.get("/Dest")
        action = item.get("/A")
        if where is None and isinstance(action, Dictionary) and action.get("/S") == Name.GoTo:
            where = action.get("/D")
        if isinstance(where, String):
            where = self._names.get(str(where)) if self._names is not None else None
        elif isinstance(where, Name):
            where = self._old_names.get(where)
        if isinstance(where, Dictionary):
            where = where.get("/D")
        if not isinstance(where, Array) or not len(where) or not isinstance(where[0], Dictionary):
            return None
        page = self._pages.get(where[0].objgen)
        return None if page is None else Target(page, tuple(_plain(where[i]) for i in range(1, len(where))))


def read_outline(pdf: Pdf, destinations: Destinations) -> tuple[Mark, ...]:
    """The bookmarks of a PDF, from the first level down."""
    seen: set[tuple[int, int]] = set()  # a damaged outline may turn in a circle

    def level(parent: Object) -> Iterator[Mark]:
        item = parent.get("/First")
        while isinstance(item, Dictionary) and item.objgen not in seen:
            seen.add(item.objgen)
            yield Mark(str(item.get("/Title", "")), destinations.of(item), tuple(level(item)))
            item = item.get("/Next")

    return tuple(level(pdf.Root.get("/Outlines", Dictionary())))


def _plain(value: object) -> str | Decimal | None:
    """One element of a view, detached from its PDF."""
    if isinstance(value, Name):
        return str(value)
    if isinstance(value, (int, Decimal)):
        return Decimal(value)
    return None
