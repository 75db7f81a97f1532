"""The XML parts of a template: cleaned of what Word adds while typing, then turned into Jinja source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree  # type: ignore[import-untyped]

from .places import INSTR, TAG, W_NS, Element, Place, Tag, find_tags, map_places, w

_W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"

# Declared on every part, because an included body brings the prefixes of its own file.
NAMESPACES: Final = {
    "w": W_NS,
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "mc": _MC,
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "w14": _W14,
    "wp14": "http://schemas.microsoft.com/office/word/2010/wordprocessingDrawing",
    "w15": "http://schemas.microsoft.com/office/word/2012/wordml",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "wpg": "http://schemas.microsoft.com/office/word/2010/wordprocessingGroup",
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "w10": "urn:schemas-microsoft-com:office:word",
}
_IGNORABLE = ("w14", "wp14", "w15")  # extensions that an older reader must skip
_OWN_BOOKMARKS = re.compile(r"_GoBack|_Hlk|OLE_LINK")  # Word puts them by itself; nothing refers to them

# docxtpl turns curly quotes into straight ones inside tags, string literals included; these
# noncharacters (never valid in a value) carry them through.
_GUARD = str.maketrans({"‘": "\ufdd0", "’": "\ufdd1", "“": "\ufdd2", "”": "\ufdd3"})
_UNGUARD = str.maketrans({"\ufdd0": "‘", "\ufdd1": "’", "\ufdd2": "“", "\ufdd3": "”"})


class PartError(Exception):
    """A part that is not the XML expected. The message is in French."""


@dataclass(frozen=True, slots=True)
class Part:
    """One XML part: `head` + what `source` renders + `tail` is the new part.

    `tags` are the Jinja tags of `source`, in order; `places` every paragraph.
    """

    member: str
    label: str
    head: str
    source: str
    tail: str
    tags: tuple[Tag, ...]
    tree: Element
    places: dict[Any, Place]


def parse(xml: bytes) -> Element:
    """The root element; no entity, no network. Raises PartError."""
    parser = etree.XMLParser(remove_blank_text=True, resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as exc:
        raise PartError("une partie du fichier n’est pas du XML lisible") from exc
    if root.getroottree().docinfo.doctype:
        raise PartError("une partie du fichier contient une déclaration DOCTYPE")
    return root


def _clean(root: Element) -> None:
    """Drop what Word adds for itself: it splits tags, and would be repeated by loops and includes."""
    for element in root.iter(etree.Element):
        for name in list(element.attrib):
            if name.startswith((w("rsid"), f"{{{_W14}}}paraId", f"{{{_W14}}}textId")):
                del element.attrib[name]
    own = {
        mark.get(w("id"))
        for mark in root.iter(w("bookmarkStart"))
        if _OWN_BOOKMARKS.match(mark.get(w("name"), ""))
    }
    for element in list(root.iter(w("proofErr"), w("lastRenderedPageBreak"))):
        element.getparent().remove(element)
    for element in list(root.iter(w("bookmarkStart"), w("bookmarkEnd"))):
        if element.get(w("id")) in own:
            element.getparent().remove(element)
    _join_field_codes(root)


def _join_field_codes(root: Element) -> None:
    """Give each field code to one run: docxtpl mends tags cut over `w:t`, not over `w:instrText`."""
    for code in list(root.iter(INSTR)):
        run = code.getparent()
        following = run.getnext()
        while following is not None and following.tag == w("r"):
            content = [e for e in following if e.tag != w("rPr")]
            if not content or any(e.tag != INSTR for e in content):
                break
            code.text = (code.text or "") + "".join(e.text or "" for e in content)
            run.getparent().remove(following)
            following = run.getnext()


def to_jinja(xml: str) -> str:
    """Word's XML as Jinja source, through docxtpl's own rules (`{%p`, `{%tr`, tags cut over runs)."""
    flat = re.sub(r"[\r\n]+", " ", xml)  # XML gives them no meaning here; Jinja's line numbers do
    from docxtpl import DocxTemplate  # not to be waited for by a run that compiles no template

    patched = DocxTemplate("").patch_xml(flat.translate(_GUARD))
    return str(patched).translate(_UNGUARD)


def _open_tag(root: Element) -> str:
    """The start tag of a part, with every namespace an included body may use."""
    extended = etree.Element(root.tag, nsmap={**NAMESPACES, **root.nsmap})
    for name, value in root.attrib.items():
        extended.set(name, value)
    attribute = f"{{{_MC}}}Ignorable"
    ignorable = dict.fromkeys((*root.get(attribute, "").split(), *_IGNORABLE))
    extended.set(attribute, " ".join(ignorable))
    return str(etree.tostring(extended, encoding="unicode")).removesuffix("/>") + ">"


def read_part(member: str, label: str, xml: bytes) -> Part:
    """One part, cleaned and cut. For the main document, `source` is the body without its last section.

    Raises PartError.
    """
    root = parse(xml)
    if root.nsmap.get("w") != W_NS or root.nsmap.get(None) == W_NS:
        raise PartError("le fichier n’est pas au format Word habituel (Transitional)")
    _clean(root)
    places = map_places(root, label)
    tags = find_tags(root, places)
    whole = str(etree.tostring(root, encoding="unicode"))
    body = root.find(w("body"))
    opening = re.compile(r"<w:body\b[^>]*>" if body is not None else r"<[^>]*>").search(whole)
    if opening is None or opening[0].endswith("/>"):
        raise PartError("une partie du fichier est vide")
    start = opening.end()
    end = whole.rindex("</")
    if body is not None:
        end = whole.rindex("</w:body>")
        if len(body) and body[-1].tag == w("sectPr"):
            end = whole.rindex("<w:sectPr", 0, end)
    first = re.match(r"<[^>]*>", whole)
    between = whole[first.end() : start] if first and body is not None else ""
    return Part(
        member, label, _open_tag(root) + between, whole[start:end], whole[end:], tags, root, places
    )  # fmt: skip


def without_tags(source: str) -> str:
    """The source as if every tag printed nothing."""
    return TAG.sub("", source)
