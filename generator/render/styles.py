"""Styles and numbering that a template uses, against those of the file it will live in (TPL005).

An included body brings its paragraphs, not its styles: Word shows a missing style as plain text and
another numbering under the same number, without a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from .errors import Finding, nearest, quote
from .names import STYLES, Names, names
from .package import Member
from .parts import Part, parse
from .places import Element, Place, owner, w

_REFERENCES: Final = {"pStyle": "paragraph", "rStyle": "character", "tblStyle": "table"}
_KINDS: Final = {"paragraph": "paragraphe", "character": "caractère", "table": "tableau"}
_LEVEL = ("start", "numFmt", "suff", "lvlText", "pStyle")


@dataclass(frozen=True, slots=True)
class Styles:
    """`ids`: kind → style ids defined; `names`: the same by type and name (see names.py). `numbers`:
    numId → its definition in a comparable form.

    `used` and `used_numbers`: (kind, id, place) and (numId, place), first use of each.
    """

    ids: Mapping[str, frozenset[str]] = field(default_factory=dict)
    names: Names = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)
    used: tuple[tuple[str, str, Place | None], ...] = ()
    used_numbers: tuple[tuple[str, Place | None], ...] = ()


def read_styles(contents: Mapping[str, Member], parts: Iterable[Part]) -> Styles:
    """What a package defines and what its parts use. Raises PartError."""
    ids: dict[str, set[str]] = {kind: set() for kind in _KINDS}
    named: Names = {}
    if STYLES in contents:
        defined = parse(contents[STYLES].unpack())
        named = names(defined)
        for style in defined.iter(w("style")):
            ids.setdefault(style.get(w("type"), ""), set()).add(style.get(w("styleId"), ""))
    numbers: dict[str, str] = {}
    if "word/numbering.xml" in contents:
        numbers = _numbers(parse(contents["word/numbering.xml"].unpack()))
    used: dict[tuple[str, str], Place | None] = {}
    used_numbers: dict[str, Place | None] = {}
    for part in parts:
        for element in part.tree.iter(*map(w, _REFERENCES)):
            kind = _REFERENCES[element.tag.rpartition("}")[2]]
            used.setdefault((kind, element.get(w("val"), "")), part.places.get(_near(element)))
        for element in part.tree.iter(w("numId")):
            used_numbers.setdefault(element.get(w("val"), ""), part.places.get(owner(element)))
    used_numbers.pop("0", None)  # numId 0 takes a number away
    return Styles(
        {kind: frozenset(found) for kind, found in ids.items()},
        named,
        numbers,
        tuple((kind, name, place) for (kind, name), place in used.items()),
        tuple(used_numbers.items()),
    )


def _near(element: Element) -> Element:
    """The paragraph of a style reference; for a table, its first paragraph."""
    found = owner(element)
    return found if found is not None else next(element.getparent().getparent().iter(w("p")), None)


def _numbers(root: Element) -> dict[str, str]:
    abstract = {a.get(w("abstractNumId")): _levels(a) for a in root.iter(w("abstractNum"))}
    numbers = {}
    for num in root.iter(w("num")):
        link = num.find(w("abstractNumId"))
        base = abstract.get(link.get(w("val")), "") if link is not None else ""
        numbers[num.get(w("numId"), "")] = base + _levels(num)
    return numbers


def _levels(definition: Element) -> str:
    """What a reader sees of a numbering: formats, texts, starts and indents, level by level."""
    seen = []
    for level in definition.iter(w("lvl"), w("startOverride")):
        values = [f"{e.tag.rpartition('}')[2]}={e.get(w('val'))}" for e in level.iter(*map(w, _LEVEL))]
        indents = [sorted(map(str, e.attrib.items())) for e in level.iter(w("ind"))]
        seen.append(f"{level.get(w('ilvl'))}:{level.get(w('val'))}:{sorted(values)}:{indents}")
    return "|".join(seen)


def compare(guest: Styles, host: Styles, host_name: str) -> list[Finding]:
    """What `guest` uses and `host` (the file named `host_name`) lacks or defines otherwise."""
    findings = []
    for kind, name, place in guest.used:
        known = host.ids.get(kind, frozenset())
        if name not in known:
            message = f"le style de {_KINDS[kind]} {quote(name)} n’existe pas dans {host_name}"
            findings.append(Finding("TPL005", message, place, nearest(name, known)))
    for number, place in guest.used_numbers:
        if number not in host.numbers:
            message = f"la numérotation {quote(number)} n’existe pas dans {host_name}"
        elif host.numbers[number] != guest.numbers.get(number, host.numbers[number]):
            message = f"la numérotation {quote(number)} n’est pas la même dans {host_name}"
        else:
            continue
        help = "numéroter par un style du fichier de base, pas par le bouton de liste"
        findings.append(Finding("TPL005", message, place, help))
    return findings
