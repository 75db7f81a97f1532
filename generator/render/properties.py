"""The document properties: who, what and when, the same for the same inputs."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import lru_cache
from typing import Final
from xml.sax.saxutils import escape

from lxml import etree  # type: ignore[import-untyped]

from .package import Member, member
from .parts import parse

_CORE: Final = "docProps/core.xml"
_REL_TYPE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
_REL_NS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES_NS = "http://schemas.openxmlformats.org/package/2006/content-types"
_CONTENT_TYPE = "application/vnd.openxmlformats-package.core-properties+xml"
_TEMPLATE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
    ' xmlns:dcmitype="http://purl.org/dc/dcmitype/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<dc:title>{title}</dc:title><dc:creator>{author}</dc:creator>"
    "<cp:lastModifiedBy>{author}</cp:lastModifiedBy><cp:revision>1</cp:revision>"
    '<dcterms:created xsi:type="dcterms:W3CDTF">{day}T00:00:00Z</dcterms:created>'
    '<dcterms:modified xsi:type="dcterms:W3CDTF">{day}T00:00:00Z</dcterms:modified>'
    "<dc:language>fr-FR</dc:language></cp:coreProperties>"
)


@lru_cache(maxsize=16)
def _around(author: str, jour: datetime.date) -> tuple[bytes, bytes]:
    """What precedes the title and what follows it: the same for a whole deliberation."""
    before, _, after = _TEMPLATE.partition("{title}")
    return before.encode("utf-8"), after.format(author=escape(author), day=jour.isoformat()).encode("utf-8")


def core_xml(titre: str, author: str, jour: datetime.date) -> bytes:
    """The core properties part; `jour` is given as midnight UTC."""
    before, after = _around(author, jour)
    return before + escape(titre).encode("utf-8") + after


def locate_core(contents: Mapping[str, Member]) -> tuple[str, dict[str, Member]]:
    """(name of the core properties part, members to replace so that the package declares it)."""
    rels = parse(contents["_rels/.rels"].unpack())
    for relation in rels:
        if relation.get("Type") == _REL_TYPE:
            return str(relation.get("Target", "")).removeprefix("/"), {}
    etree.SubElement(rels, f"{{{_REL_NS}}}Relationship", Id="rIdProprietes", Type=_REL_TYPE, Target=_CORE)
    types = parse(contents["[Content_Types].xml"].unpack())
    etree.SubElement(types, f"{{{_TYPES_NS}}}Override", PartName=f"/{_CORE}", ContentType=_CONTENT_TYPE)
    changed = {"_rels/.rels": rels, "[Content_Types].xml": types}
    return _CORE, {
        name: member(name, etree.tostring(tree, encoding="UTF-8", xml_declaration=True, standalone=True))
        for name, tree in changed.items()
    }
