"""The .docx package under :mod:`amorce`: parts as bytes, read and written without a Word library."""

from __future__ import annotations

import os
import posixpath
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from amorce_text import Styles, style_key
from lxml import etree  # type: ignore[import-untyped]

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
REL = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
DOCUMENT = "word/document.xml"
DOCUMENT_RELS = "word/_rels/document.xml.rels"
TYPES = "[Content_Types].xml"
EPOCH = (1980, 1, 1, 0, 0, 0)


def read_package(path: Path) -> dict[str, bytes]:
    """Parts of a .docx by name. Raises OSError or zipfile.BadZipFile when it cannot be read."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_package(path: Path, parts: Mapping[str, bytes]) -> None:
    """Write a .docx beside `path`, then rename: readers see the old file or the new one.

    The same parts give the same bytes: entries carry no date.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream, zipfile.ZipFile(stream, "w") as archive:
            for part, data in parts.items():
                entry = zipfile.ZipInfo(part, EPOCH)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, data, compresslevel=9)
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def styles_of(parts: Mapping[str, bytes]) -> Styles:
    """Styles that the package defines, found by id or by name."""
    found: dict[str, dict[str, str]] = {"paragraph": {}, "table": {}}
    for style in etree.fromstring(parts["word/styles.xml"]).iterfind(f"{{{W}}}style"):
        kind, style_id = style.get(f"{{{W}}}type", ""), style.get(f"{{{W}}}styleId", "")
        name = style.find(f"{{{W}}}name")
        if kind in found:
            found[kind][style_key(style_id)] = style_id
            if name is not None:
                found[kind].setdefault(style_key(name.get(f"{{{W}}}val", "")), style_id)
    return Styles(found["paragraph"], found["table"])


def with_body(parts: Mapping[str, bytes], body: str, *, plain: bool) -> dict[str, bytes]:
    """The package with `body` (WordprocessingML text) before its section properties.

    `plain`: without headers, footers and what only they use, as a template to be included.
    """
    root = etree.fromstring(parts[DOCUMENT])
    holder = root.find(f"{{{W}}}body")
    assert holder is not None, "a Word document has a body"
    section = holder.find(f"{{{W}}}sectPr")
    for child in list(holder):
        holder.remove(child)
    holder.extend(etree.fromstring(f'<w:body xmlns:w="{W}">{body}</w:body>'))
    if section is not None:
        if plain:
            for name in ("headerReference", "footerReference", "titlePg"):
                for child in section.findall(f"{{{W}}}{name}"):
                    section.remove(child)
        holder.append(section)
    etree.cleanup_namespaces(holder)
    grown = {**parts, DOCUMENT: _bytes(root)}
    return _without_margins(grown) if plain else grown


def _bytes(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _without_margins(parts: dict[str, bytes]) -> dict[str, bytes]:
    """Drop the header and footer parts, then every part that nothing refers to any more."""
    relations = etree.fromstring(parts[DOCUMENT_RELS])
    for relation in relations.findall(REL):
        if relation.get("Type", "").endswith(("/header", "/footer")):
            relations.remove(relation)
    parts = {**parts, DOCUMENT_RELS: _bytes(relations)}
    kept = {TYPES} | _reachable(parts, "")
    types = etree.fromstring(parts[TYPES])
    for override in list(types):
        name = override.get("PartName", "").lstrip("/")
        if name and name not in kept:
            types.remove(override)
    return {name: data for name, data in {**parts, TYPES: _bytes(types)}.items() if name in kept}


def _reachable(parts: Mapping[str, bytes], source: str) -> set[str]:
    """Names of the parts reached by relationships from `source` ("" is the package itself)."""
    folder, name = posixpath.split(source)
    rels = posixpath.join(folder, "_rels", f"{name}.rels")
    if rels not in parts:
        return set()
    found = {rels}
    for relation in etree.fromstring(parts[rels]).findall(REL):
        target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
        if relation.get("TargetMode") != "External" and target in parts:
            found |= {target} | _reachable(parts, target)
    return found
