"""The dossier itself: parts one after another, their bookmarks, links and metadata."""

from __future__ import annotations

import datetime
import io
import itertools
import tempfile
from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, OutlineItem, Page, Pdf

from generator.assemble.foot import Foot
from generator.assemble.outline import Destinations, Mark, Target, read_outline
from generator.assemble.tags import Tags
from generator.ecriture_pdf import enregistrer

LINK = "http://dossier.invalid/page/"  # a link to this, then a number, becomes a link to that page

_CLAIMS = ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part")
_OF_ONE_PART = ("dc:creator", "dc:description", "dc:subject", "pdf:Keywords")


class AssemblyError(Exception):
    """The parts do not make a dossier. `message` is a French sentence to show."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Part:
    """One document of the dossier, in memory or (faster, and lighter) in a file.

    `groupe`: the bookmark under which it is filed, "" for none.
    """

    titre: str
    groupe: str
    pdf: bytes | Path


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the table of contents. `niveau` 1: a document, 2: an article. `page` counts from 1."""

    groupe: str
    titre: str
    niveau: int
    page: int


def table(parts: Sequence[Part], premiere: int) -> list[Entry]:
    """The table of contents: every document, then its headings of the first level.

    `premiere`: page of the dossier on which the first part begins (number of pages of the cover, plus 1).
    Raises AssemblyError when a part cannot be read.
    """
    entries: list[Entry] = []
    for part in parts:
        with _open(part.pdf, part.titre) as pdf:
            entries.append(Entry(part.groupe, part.titre, 1, premiere))
            entries += [
                Entry(part.groupe, mark.titre, 2, premiere + mark.target.page)
                for mark in read_outline(pdf, Destinations(pdf))
                if mark.target
            ]
            premiere += len(pdf.pages)
    return entries


def assemble(cover: bytes | None, parts: Sequence[Part], *, titre: str, jour: datetime.date) -> bytes:
    """One PDF: the cover, then the parts, every page numbered « dossier page n / N ».

    Bookmarks: by `groupe` (neighbours that have the same one), by document, then the document's own.
    A link to `LINK` followed by a number leads to that page. `jour` dates the file: same input, same
    bytes. Raises AssemblyError when there is nothing to assemble, when a part cannot be read, or when a
    link names a page that the dossier does not have.
    """
    documents = [Part("Sommaire", "", cover)] if cover is not None else []
    with tempfile.TemporaryDirectory(prefix="convenant-") as folder:
        path = Path(folder) / "dossier.pdf"
        _bind((*documents, *parts), path, titre, jour)
        return path.read_bytes()  # once the objects of the dossier have left the memory


def _bind(documents: Sequence[Part], path: Path, titre: str, jour: datetime.date) -> None:
    """Write to `path` the dossier of all that it holds, cover included."""
    with Pdf.new() as out:
        tags = Tags(out)
        marks: list[tuple[str, Mark]] = []
        count = 0
        claims: set[tuple[str, ...]] = set()
        for part in documents:
            # Nothing of a part is closed, since its pages are read from it at the end; but what was parsed of
            # it is let go with `source`, else a thousand parts would be held twice in memory.
            source = _open(part.pdf, part.titre)
            _inherit(out, source, first=not count)
            claims.add(_claims(source))
            copies = _copy(out, source)
            first, count = count, count + len(copies)
            destinations = Destinations(source)
            _relink(source, copies, destinations)
            tags.add(source, copies, part.titre)
            own = tuple(_moved(mark, first) for mark in read_outline(source, destinations))
            top = Target(first, ("/XYZ", None, None, None))
            marks.append((part.groupe, Mark(part.titre, top, own)))
            del source, destinations
        if not count:
            raise AssemblyError("Le dossier est vide : il n’y a aucun document à assembler.")
        tags.finish()
        pages = [page.obj for page in out.pages]
        _resolve(out, pages)
        foot = Foot(out, len(pages))
        for number, page in enumerate(out.pages, 1):
            foot.stamp(page, number)
        _write_outline(out, pages, marks)
        _write_root(out)
        _write_metadata(out, claims, tags.complete, titre, jour)
        enregistrer(out, path)


def _open(pdf: bytes | Path, titre: str) -> Pdf:
    try:
        return pikepdf.open(io.BytesIO(pdf) if isinstance(pdf, bytes) else pdf)
    except pikepdf.PdfError as error:
        raise AssemblyError(f"Le PDF de « {titre} » est illisible.") from error


def _copy(out: Pdf, source: Pdf) -> list[Page]:
    """Add the pages of a part; their copies."""
    if "/AcroForm" in source.Root:  # its fields go with its pages
        out.add_pages_from(source)
    else:
        for page in source.pages:
            out.pages.append(page)
    # To ask `out` for a page takes as long as it has pages. What was copied is not copied again: this list,
    # once copied, is that of the copies.
    pages = source.make_indirect(Array([page.obj for page in source.pages]))
    return [Page(copy) for copy in out.copy_foreign(pages)]


def _relink(source: Pdf, copies: list[Page], destinations: Destinations) -> None:
    """Point the links between pages of one part to the copies.

    A page is copied alone: a link to a page that comes later has lost its target.
    """
    for page, copy in zip(source.pages, copies, strict=True):
        for old, new in zip(page.obj.get("/Annots", ()), copy.obj.get("/Annots", ()), strict=True):
            target = destinations.of(old)
            if target:
                _lead(new, target.destination(copies[target.page].obj))


def _resolve(out: Pdf, pages: Sequence[Object]) -> None:
    """Turn the links to `LINK` into links to pages of the dossier."""
    for page in pages:
        for annotation in page.get("/Annots", ()):
            address = str(annotation.get("/A", Dictionary()).get("/URI", ""))
            if not address.startswith(LINK):
                continue
            number = address.removeprefix(LINK)
            if not number.isascii() or not number.isdigit() or not 0 < int(number) <= len(pages):
                size = f"{len(pages)} page{'s' if len(pages) > 1 else ''}"
                raise AssemblyError(f"Un lien mène à la page « {number} » du dossier, qui compte {size}.")
            _lead(annotation, Target(0, ("/XYZ", None, None, None)).destination(pages[int(number) - 1]))


def _lead(annotation: Object, destination: Array) -> None:
    if "/Dest" in annotation:
        del annotation.Dest
    annotation.A = Dictionary(Type=Name.Action, S=Name.GoTo, D=destination)


def _moved(mark: Mark, pages: int) -> Mark:
    """The same bookmark, `pages` pages further."""
    target = Target(mark.target.page + pages, mark.target.view) if mark.target else None
    return Mark(mark.titre, target, tuple(_moved(child, pages) for child in mark.children))


def _write_outline(out: Pdf, pages: Sequence[Object], marks: Sequence[tuple[str, Mark]]) -> None:
    def item(mark: Mark) -> OutlineItem:
        where = mark.target.destination(pages[mark.target.page]) if mark.target else None
        made = OutlineItem(mark.titre, where)
        made.children.extend(item(child) for child in mark.children)
        made.is_closed = bool(mark.children)
        return made

    with out.open_outline() as outline:
        for groupe, filed in itertools.groupby(marks, key=lambda pair: pair[0]):
            documents = [mark for _, mark in filed]
            if not groupe:
                outline.root.extend(item(mark) for mark in documents)
                continue
            group = item(Mark(groupe, documents[0].target, tuple(documents)))
            group.is_closed = False  # the reader opens on the list of documents
            outline.root.append(group)


def _inherit(out: Pdf, source: Pdf, first: bool) -> None:
    """Take from the first parts that have them: metadata, names of the programs, colours relied on."""
    if first:
        if "/Metadata" in source.Root:
            out.Root.Metadata = out.copy_foreign(source.Root.Metadata)
        for key in ("/Producer", "/Creator"):
            if key in source.docinfo:
                out.docinfo[key] = str(source.docinfo[key])
    intents = source.Root.get("/OutputIntents")
    if intents is not None and "/OutputIntents" not in out.Root:
        out.Root.OutputIntents = out.copy_foreign(source.make_indirect(intents))


def _write_root(out: Pdf) -> None:
    """What the viewer does on opening, and the page labels."""
    root = out.Root
    root.Lang = pikepdf.String("fr-FR")
    root.PageMode = Name.UseOutlines
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    root.PageLabels = out.make_indirect(Dictionary(Nums=Array([0, Dictionary(S=Name.D)])))


def _write_metadata(
    out: Pdf, claims: Set[tuple[str, ...]], tagged: bool, titre: str, jour: datetime.date
) -> None:
    """Title and dates, the same in both places, and the claims that every part makes."""
    out.docinfo.Title = titre
    out.docinfo.CreationDate = out.docinfo.ModDate = f"D:{jour:%Y%m%d}000000Z"
    with out.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as meta:
        meta["dc:title"] = titre
        for name in ("xmp:CreateDate", "xmp:ModifyDate", "xmp:MetadataDate"):
            meta[name] = f"{jour:%Y-%m-%d}T00:00:00Z"
        dropped = [name for rank, name in enumerate(_CLAIMS) if len({claim[rank] for claim in claims}) > 1]
        if not tagged:
            dropped.append("pdfuaid:part")
        for name in (*_OF_ONE_PART, *dropped):
            if name in meta:
                del meta[name]


def _claims(source: Pdf) -> tuple[str, ...]:
    """What a part claims to conform to, in the order of `_CLAIMS`."""
    meta = source.open_metadata()  # outside a `with` block, to read only
    return tuple(str(meta.get(name, "")) for name in _CLAIMS)
