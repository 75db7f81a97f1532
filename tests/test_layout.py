"""Tables that cross a page end, in real LibreOffice: nothing lost, no row cut, nothing left alone.

LibreOffice 7.4 dropped all the rows of a table but the first when that one *just* fitted at the foot of
a page (see tools/amorce_table.py): at places some twips apart. So the tables of real documents are shifted
down the page, first coarsely, then ever more finely around the place where their first row leaves it.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pypdfium2
import pytest
from lxml import etree

from generator.convert import convert, find_soffice
from generator.documents import documents
from generator.load import load
from generator.render import Engine
from tests.dossier_kit import DATA, TEMPLATES

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WORD = re.compile(r"\w+")
COARSE = 12  # places of a table in each pass; every pass looks between two places of the one before
PASSES = 4
TOP, FOOT = 3000, 13500  # twips: the first place and the last

# Every place starts a page: its number, and the room above the block under test.
START = (
    '<w:p><w:pPr><w:pStyle w:val="Corps"/><w:pageBreakBefore/><w:spacing w:before="{twips}" w:after="0"/>'
    "</w:pPr><w:r><w:t>debut{place}</w:t></w:r></w:p>"
)
# The first page, with its letterhead, has less room than the others.
COVER = END = '<w:p><w:pPr><w:pStyle w:val="Corps"/></w:pPr><w:r><w:t>ailleurs</w:t></w:r></w:p>'


@dataclass(frozen=True, slots=True)
class Block:
    """Paragraphs and tables of one document, to be put anywhere on a page."""

    parts: Mapping[str, bytes]
    elements: tuple[etree._Element, ...]
    together: tuple[etree._Element, ...] = ()

    def docx(self, places: Iterable[int]) -> bytes:
        """The block at each of `places`, twips under the top of its page."""
        root = etree.fromstring(self.parts["word/document.xml"])
        body = root.find(f"{W}body")
        for child in body[:-1]:
            body.remove(child)
        block = "".join(etree.tostring(e, encoding="unicode") for e in self.elements)
        xml = COVER + "".join(START.format(twips=t, place=i) + block for i, t in enumerate(places)) + END
        fragment = etree.fromstring(f'<w:body xmlns:w="{W[1:-1]}">{xml}</w:body>')
        for child in reversed(fragment):
            body.insert(0, child)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as package:
            for name, data in self.parts.items():
                package.writestr(name, etree.tostring(root) if name == "word/document.xml" else data)
        return out.getvalue()

    def rows(self) -> list[tuple[bool, Counter[str]]]:
        """Rows under the header: whether the row may be cut, and its words."""
        found = []
        for row in (row for e in self.elements for row in e.iter(f"{W}tr")):
            if row.find(f"{W}trPr/{W}tblHeader") is None:
                several = any(len(cell.findall(f"{W}p")) > 1 for cell in row.iter(f"{W}tc"))
                found.append((several and row.find(f"{W}trPr/{W}cantSplit") is None, words(row)))
        return found


def words(*elements: etree._Element) -> Counter[str]:
    lines = (
        "".join(e.text or "" if e.tag == f"{W}t" else " " for e in p.iter(f"{W}t", f"{W}tab", f"{W}br"))
        for element in elements
        for p in element.iter(f"{W}p")
    )
    return Counter(WORD.findall("\n".join(lines)))


def style(element: etree._Element) -> str:
    found = element.find(f"{W}pPr/{W}pStyle")
    return "" if found is None else found.get(f"{W}val")


def body_of(data: bytes) -> tuple[dict[str, bytes], list[etree._Element]]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    # The running texts of the margins would add words to every page.
    parts = {n: re.sub(rb"<w:t(?: [^>]*)?>[^<]*</w:t>", b"", d) if "/header" in n or "/footer" in n else d
             for n, d in parts.items()}  # fmt: skip
    return parts, list(etree.fromstring(parts["word/document.xml"]).find(f"{W}body"))[:-1]


def table_after(elements: list[etree._Element], heading: str, rank: int = 0) -> tuple[etree._Element, ...]:
    """The table number `rank`, the paragraphs between the last heading above it and itself."""
    tables = [i for i, e in enumerate(elements) if e.tag == f"{W}tbl"]
    end = tables[rank]
    start = max(i for i in range(end) if style(elements[i]) == heading)
    return tuple(elements[start : end + 1])


@pytest.fixture(scope="module")
def blocks() -> dict[str, Block]:
    """One block of each kind, from the documents of deliberation 2024-587."""
    records, found = load(DATA)
    assert not found
    dossier, engine = records.dossiers["2024-587"], Engine(TEMPLATES)
    made = {d.ident: d for d in documents(records, dossier)}

    def rendered(ident: str) -> tuple[dict[str, bytes], list[etree._Element]]:
        d = made[ident]
        day = dossier.deliberation.date
        return body_of(
            engine.render(d.template, d.contexte(), titre=d.titre, jour=day, nominatif=d.nominatif)
        )

    money, amounts = rendered("annexe-04-repartition-financiere")
    budget, lines = rendered("02-deliberation")
    act, elements = rendered("actes/ccas-de-lievin-convention-coaching-familial")
    data = [i for i, e in enumerate(amounts) if e.tag == f"{W}tbl"]
    longest = max(range(len(data)), key=lambda i: len(amounts[data[i]]))
    technique = table_after(elements, "Titre1", rank=1)
    for flag in technique[0].iter(f"{W}pageBreakBefore"):  # so that it comes to a page end at all
        flag.getparent().remove(flag)
    signatures = next(i for i, e in enumerate(elements) if e.tag == f"{W}tbl")
    closing = tuple(elements[signatures - 2 : signatures + 1])
    ruled = next(
        i
        for i, e in enumerate(x for x in lines if x.tag == f"{W}tbl")
        if next(e.iter(f"{W}tblHeader"), None) is not None
    )
    return {
        "montants": Block(money, table_after(amounts, "Titre2", rank=longest)),
        "budget": Block(budget, table_after(lines, "Titre1", rank=ruled)),
        "annexe technique": Block(act, technique),
        "signatures": Block(act, tuple(elements[signatures - 4 : signatures - 2]) + closing, closing),
    }


def convert_all(todo: Mapping[str, bytes]) -> dict[str, list[list[Counter[str]]]]:
    """For each document: for each place, the words of each of its pages. No word may be lost."""
    soffice = find_soffice()
    assert soffice
    found = {}
    # All of them first: pdfium, which the threads of convert use too, bears one thread at a time.
    for done in list(convert(todo, soffice=soffice, jour=datetime.date(2024, 12, 9))):
        assert done.pdf is not None, done.error
        document = pypdfium2.PdfDocument(done.pdf)
        places: list[list[Counter[str]]] = []
        for page in document:
            text = Counter(WORD.findall(page.get_textpage().get_text_bounded()))
            if any(word.startswith("debut") for word in text):
                places.append([])
            if places:
                places[-1].append(text)
        document.close()
        found[done.key] = places
    return found


def holds(page: Counter[str], wanted: Counter[str]) -> bool:
    return not wanted - page


def faults(block: Block, pages: list[Counter[str]]) -> list[str]:
    """What a reader would object to, at one place."""
    found = []
    missing = words(*block.elements) - sum(pages, Counter())
    if missing:
        found.append(f"perdu : {' '.join(missing)}")
    for free, row in block.rows():
        if not free and not any(holds(page, row) for page in pages):
            found.append(f"ligne coupée : {' '.join(row)}")
    head = block.elements[0]
    if style(head).startswith("Titre"):
        table = next(e for e in block.elements if e.tag == f"{W}tbl")
        with_header = words(*block.elements[: block.elements.index(table)], table.find(f"{W}tr"))
        first = next(row for _, row in block.rows())
        start = Counter(dict(list(first.items())[:1]))
        if not any(holds(page, with_header + start) for page in pages):
            found.append("titre ou en-tête seul au pied d’une page")
    if block.together and not any(holds(page, words(*block.together)) for page in pages):
        found.append("signatures séparées de la formule finale")
    return found


def moved(block: Block, pages: list[Counter[str]]) -> bool:
    """Whether the table has left the page where its place starts."""
    first = next(row for _, row in block.rows())
    return not holds(pages[0], Counter(dict(list(first.items())[:1])))


def test_blocks_are_whole_wherever_a_page_ends(blocks: dict[str, Block]) -> None:
    bounds = dict.fromkeys(blocks, (TOP, FOOT))
    for _ in range(PASSES):
        places = {
            name: sorted({low + (high - low) * i // (COARSE - 1) for i in range(COARSE)})
            for name, (low, high) in bounds.items()
        }
        pages = convert_all({name: block.docx(places[name]) for name, block in blocks.items()})
        for name, block in blocks.items():
            assert len(pages[name]) == len(places[name])
            at = [f"{name} à {t} : {fault}" for t, p in zip(places[name], pages[name], strict=True)
                  for fault in faults(block, p)]  # fmt: skip
            assert not at, "\n".join(at)
            gone = [moved(block, p) for p in pages[name]]
            assert gone == sorted(gone) and not gone[0] and gone[-1], f"{name} : {gone}"
            first = gone.index(True)
            bounds[name] = (places[name][first - 1], places[name][first])
    assert all(high - low <= 2 for low, high in bounds.values())
