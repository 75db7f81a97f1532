"""What a .docx may not hold, checked before LibreOffice opens it.

LibreOffice fetches what a picture points to outside the file, `file://` and `http://` alike, even when
the relationship calls itself a hyperlink (seen in 7.4). So a document could carry another file of this
machine into a public PDF, or tell a stranger that it is being read.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree  # type: ignore[import-untyped]

_USES = frozenset({"hyperlink", "hlinkClick", "hlinkHover", "hlinkMouseOver"})
_SCHEMES = ("http://", "https://", "mailto:", "tel:", "#")
_LIMIT = 200 * 1024 * 1024  # bytes of XML once inflated; a dossier's largest act has about one million
_RELATIONSHIPS = "/relationships}"  # end of the namespace, transitional or strict

# What zipfile raises for a damaged, encrypted or exotic archive, and the parser for damaged XML.
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    RuntimeError,
    NotImplementedError,
    etree.XMLSyntaxError,
)


def screen(docx: bytes) -> str:
    """Why this .docx is refused, as a French clause without capital or full stop; "" when it is sound.

    Refused: what is not a readable .docx with every part well formed and free of DTD, an external target
    other than a link that the reader clicks (http, https, mailto, tel), a chunk of another format.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(docx)) as archive:
            return next(_faults(archive), "")
    except _UNREADABLE:
        return "le fichier n’est pas un document Word lisible"


def weight(docx: bytes) -> int:
    """How long LibreOffice will take over a sound .docx, in units that only compare: bytes of its body,
    and as much as an empty document costs (seen: that of 28 KB)."""
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return 28_000 + sum(i.file_size for i in archive.infolist() if i.filename == "word/document.xml")


def _faults(archive: zipfile.ZipFile) -> Iterator[str]:
    names = set(archive.namelist())
    if "[Content_Types].xml" not in names:
        yield "le fichier n’est pas un document Word lisible"
        return
    if sum(info.file_size for info in archive.infolist()) > _LIMIT:
        yield "le fichier est trop gros une fois décompressé"
        return
    external: dict[str, set[str]] = {}  # part → ids of its links to the outside
    for name in sorted(names):
        if not name.endswith(".rels"):
            continue
        links: set[str] = set()
        for relation in _parse(archive.read(name)).iter("*"):
            kind = relation.get("Type", "").rpartition("/")[2]
            target = relation.get("Target", "").strip()
            if kind == "aFChunk":
                yield "il contient un fragment d’un autre format (altChunk)"
            outside = relation.get("TargetMode", "Internal") != "Internal"
            if not outside and not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//|\\\\", target):
                continue
            if kind != "hyperlink" or not target.lower().startswith(_SCHEMES):
                yield f"il va chercher un contenu à l’extérieur (« {target} »)"
            links.add(relation.get("Id", ""))
        if links:
            external[_part_of(name)] = links
    # LibreOffice makes a blank or cut document of a part that is not well formed, and says nothing.
    for name in sorted(names):
        if name in external:
            yield from _misuses(_parse(archive.read(name)), external[name])
        elif name.endswith(".xml"):
            _parse(archive.read(name))


def _misuses(tree: etree._Element, links: set[str]) -> Iterator[str]:
    """A link used by anything but a link: this is how a picture would be fetched."""
    for element in tree.iter("*"):
        for attribute, value in element.attrib.items():
            used = value in links and attribute.rpartition("}")[0].endswith(_RELATIONSHIPS[:-1])
            if used and element.tag.rpartition("}")[2] not in _USES:
                yield "un de ses liens sert à aller chercher un contenu à l’extérieur"


def _part_of(rels: str) -> str:
    """`word/_rels/document.xml.rels` → `word/document.xml`."""
    folder, name = posixpath.split(rels)
    return posixpath.join(posixpath.dirname(folder), name.removesuffix(".rels"))


def _parse(data: bytes) -> etree._Element:
    """The root of a part. Raises XMLSyntaxError when it is not well formed, is nested more than 256 deep,
    which nobody writes in Word, or declares a DTD, which could hide a target."""
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    if root.getroottree().docinfo.internalDTD is not None:
        raise etree.XMLSyntaxError("DTD", 0, 0, 0)
    return root
