"""What LibreOffice 7.4 leaves out of the tags of a PDF/UA: three faults, each mended as the norm says.

Found with a validator on real documents. None changes what is seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pikepdf
from pikepdf import Dictionary, Name, Object, Operator

from generator.convert.allegement import alleger

_PATH = frozenset({"m", "l", "c", "v", "y", "h", "re"})
_PAINT = frozenset({"S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "n"})
_CLIP = frozenset({"W", "W*"})
_BEGIN, _END = frozenset({"BMC", "BDC"}), "EMC"
_END_LINE = b"\nEMC\n"
_ARTIFACT = pikepdf.ContentStreamInstruction([Name.Artifact], Operator("BMC"))
_CLOSE = pikepdf.ContentStreamInstruction([], Operator(_END))
_OPENING = re.compile(rb"^(/.*)?\b(?:BDC|BMC)$", re.MULTILINE)
_DRAWN = re.compile(rb"\b(?:S|s|[fFBb])(?:\*|\b)")
_Instruction = pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage

_STANDARD = frozenset(
    """
    Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5 H6
    L LI Lbl LBody Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code Link Annot
    Ruby RB RT RP Warichu WT WP Figure Formula Form
    """.split()  # noqa: SIM905 - a list of names reads better without fifty quotes
)
"""Structure types of ISO 32000-1, 14.8.4."""


def baliser(document: pikepdf.Pdf) -> None:
    """Mend the tags in place; a document without tags is left alone.

    - the lines and grounds around paragraphs, drawn outside any mark, become artefacts (ISO 14289-1, 7.1);
    - a style that has the name of a standard type (« Note ») no longer stands for another one (7.1);
    - a note that has no identifier is given one (7.9);
    - what nobody reads is dropped (see `allegement`).
    """
    root = document.Root.get("/StructTreeRoot")
    if not isinstance(root, Dictionary):
        return
    for page in document.pages:
        _mark_drawings(document, page)
    roles = root.get("/RoleMap", Dictionary())
    remapped = {key: roles[key] for key in list(roles.keys()) if key.lstrip("/") in _STANDARD}
    for key in remapped:
        del roles[key]
    notes = 0
    for element, kids, children in _elements(root):
        alleger(element, kids, children)
        kind = str(element.get("/S", ""))
        if kind in remapped:
            element.S = remapped[kind]
        elif kind == "/Note" and not bytes(element.get("/ID", b"")):
            notes += 1
            element.ID = pikepdf.String(f"note-{notes}")


def _elements(root: Dictionary) -> Iterator[tuple[Object, list[Object], list[Object]]]:
    """Every structure element, in reading order, with what it holds and those that are elements."""
    todo = _children(_kids(root))[::-1]
    while todo:
        element = todo.pop()
        kids = _kids(element)
        children = _children(kids)
        todo += reversed(children)
        yield element, kids, children


def _kids(node: Object) -> list[Object]:
    kids = node.get("/K")
    if isinstance(kids, pikepdf.Array):
        return list(kids)
    return [] if kids is None else [kids]


def _children(kids: list[Object]) -> list[Object]:
    return [kid for kid in kids if isinstance(kid, Dictionary) and "/S" in kid]


def _mark_drawings(document: pikepdf.Pdf, page: pikepdf.Page) -> None:
    """Write the page again only when something is drawn outside a mark."""
    page.contents_coalesce()
    data = page.obj.Contents.read_bytes()
    parts: list[bytes] = []
    done = 0
    for start, end in _outside_marks(data):
        before = pikepdf.parse_content_stream(document.make_stream(data[start:end]))
        after = list(_marked(before))
        if len(after) != len(before):
            parts += [data[done:start], pikepdf.unparse_content_stream(after)]
            done = end
    if parts:
        page.obj.Contents = document.make_stream(b"\n".join([*parts, data[done:]]))


def _outside_marks(data: bytes) -> list[tuple[int, int]]:
    """Where something is drawn outside any mark: a page of LibreOffice has few such places, and to read the
    rest would cost more than all that `normalise` does. The whole page when marks cannot be told by sight.

    By sight: each mark opens and ends on a line of its own, none inside another.
    """
    whole = [(0, len(data))]
    if b"(" in data or b"BI" in data:  # a string or an image may hold what looks like a mark
        return whole
    zones: list[tuple[int, int]] = []
    start = 0
    pieces = data.split(_END_LINE)
    if len(pieces) - 1 != data.count(b"EMC"):
        return whole
    for last, piece in enumerate(pieces, 1 - len(pieces)):
        openings = piece.count(b"BDC") + piece.count(b"BMC")
        opening = _OPENING.search(piece) if openings else None
        if openings != (last != 0) or (openings and (opening is None or opening[1] is None)):
            return whole
        end = opening.start() if opening else len(piece)
        if _DRAWN.search(piece, 0, end):
            zones.append((start, start + end))
        start += len(piece) + len(_END_LINE)
    return zones


def _marked(instructions: Iterable[_Instruction]) -> Iterator[_Instruction]:
    depth = 0
    path: list[_Instruction] = []
    for instruction in instructions:
        name = str(instruction.operator)
        if depth == 0 and (name in _PATH or name in _CLIP):
            path.append(instruction)
        elif depth == 0 and name in _PAINT:
            # A path that only clips (n) shows nothing.
            yield from [*path, instruction] if name == "n" else [_ARTIFACT, *path, instruction, _CLOSE]
            path = []
        else:
            depth += (name in _BEGIN) - (name == _END)
            yield instruction
    yield from path
