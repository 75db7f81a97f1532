"""Styles are known by their name: a file saved by LibreOffice, or by a Word in another language, is
given the identifiers of the base.

The name of a built-in style is the same everywhere (`heading 1`), its identifier is not (`Titre1`,
`Heading1`, `berschrift1`); an included body refers to styles by their identifiers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from lxml import etree  # type: ignore[import-untyped]

from . import package
from .parts import PartError, parse
from .places import Element, P, w

Names = Mapping[tuple[str, str], str]
"""(type, name in small letters) → identifier."""

STYLES: Final = "word/styles.xml"
_REFERENCES: Final = (
    "pStyle", "rStyle", "tblStyle", "basedOn", "next", "link", "numStyleLink", "styleLink",
    "clickAndTypeStyle", "defaultTableStyle",
)  # fmt: skip


def names(styles: Element) -> dict[tuple[str, str], str]:
    """The identifier of each style of `word/styles.xml`, by type and name."""
    found: dict[tuple[str, str], str] = {}
    for style in styles.iter(w("style")):
        name = style.find(w("name"))
        if name is not None:
            key = style.get(w("type"), ""), name.get(w("val"), "").lower()
            found.setdefault(key, style.get(w("styleId"), ""))
    return found


def align(members: Iterable[package.Member], base: Names) -> tuple[package.Member, ...]:
    """The members of a file, its styles under the identifiers that `base` gives to their names.

    The members themselves when they all are already. In a renamed file, the list number of a
    paragraph that only repeats that of its style is left out, as LibreOffice writes both and the
    numbers are those of its own file. Raises PartError.
    """
    contents = {m.name: m for m in members}
    whole = tuple(contents.values())
    if STYLES not in contents or not base:
        return whole
    styles = parse(contents[STYLES].unpack())
    known = names(styles)
    wanted = {known[key]: base[key] for key in known if key in base and known[key] != base[key]}
    if not wanted:
        return whole
    taken = set(wanted.values())
    wanted.update((i, f"{i}-autre") for i in known.values() if i in taken and i not in wanted)
    numbers = dict(_numbers(styles))
    return tuple(_rewrite(m, wanted, numbers) if _is_text(m.name) else m for m in whole)


def _is_text(name: str) -> bool:
    return name.startswith("word/") and name.endswith(".xml") and name.count("/") == 1


def _rewrite(m: package.Member, wanted: Mapping[str, str], numbers: Mapping[str, str]) -> package.Member:
    try:
        root = parse(m.unpack())
    except PartError:
        return m  # its own reader says what is wrong with it, if it has one
    for paragraph in root.iter(P):
        _drop_number(paragraph, numbers)
    for style in root.iter(w("style")):
        name = style.get(w("styleId"), "")
        style.set(w("styleId"), wanted.get(name, name))
    for reference in root.iter(*map(w, _REFERENCES)):
        name = reference.get(w("val"), "")
        reference.set(w("val"), wanted.get(name, name))
    return package.member(
        m.name, etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    )


def _numbers(styles: Element) -> Iterator[tuple[str, str]]:
    """(identifier, list number and level) of each paragraph style that is numbered."""
    for style in styles.iter(w("style")):
        found = style.find(f"{w('pPr')}/{w('numPr')}")
        if found is not None:
            yield style.get(w("styleId"), ""), _number(found)


def _number(properties: Element) -> str:
    values = {e.tag: e.get(w("val"), "") for e in properties}
    return f"{values.get(w('numId'), '')}/{values.get(w('ilvl'), '0')}"


def _drop_number(paragraph: Element, numbers: Mapping[str, str]) -> None:
    found = paragraph.find(f"{w('pPr')}/{w('numPr')}")
    style = paragraph.find(f"{w('pPr')}/{w('pStyle')}")
    if found is not None and style is not None and numbers.get(style.get(w("val"), "")) == _number(found):
        found.getparent().remove(found)
