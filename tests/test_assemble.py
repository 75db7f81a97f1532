"""Dossiers made of real LibreOffice documents, read back with tools that did not write them."""

from __future__ import annotations

import datetime
import io
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import docx
import pikepdf
import pypdf
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from pikepdf import Array, Dictionary, Name, String

from generator.assemble import AssemblyError, Entry, Part, assemble, table
from generator.convert import convert, find_soffice, polices

JOUR = datetime.date(2024, 9, 16)
TITRE = "Délibération n° 2024-587 – dossier"


def _field(paragraph: object, code: str, text: str) -> None:
    """A Word field; its runs have a character style, without which LibreOffice drops the link."""

    def run(*nodes: object) -> None:
        made = paragraph.add_run(style="Hyperlink")  # type: ignore[attr-defined]
        for node in nodes:
            made._r.append(node)

    def mark(kind: str) -> object:
        node = OxmlElement("w:fldChar")
        node.set(qn("w:fldCharType"), kind)
        return node

    instruction = OxmlElement("w:instrText")
    instruction.text = code
    run(mark("begin"))
    run(instruction)
    run(mark("separate"))
    paragraph.add_run(text, style="Hyperlink")  # type: ignore[attr-defined]
    run(mark("end"))


def _document(title: str) -> docx.document.Document:
    document = docx.Document()
    for lang in document.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), "fr-FR")
    document.core_properties.title = title
    document.core_properties.author = "DPID"
    document.styles.add_style("Hyperlink", 2)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.footer_distance = Cm(1.2)
    footer = section.footer.paragraphs[0]
    footer.alignment = 1
    footer.add_run("Pied du document").font.size = Pt(9)
    return document


def _bytes(document: docx.document.Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _acte() -> bytes:
    """Three pages, an article each; a link on the first page leads to the last."""
    document = _document("Acte")
    _field(document.add_paragraph(), ' HYPERLINK \\l "fin" ', "voir l’article 3")
    for number, name in enumerate(("Objet", "Durée", "Coût"), 1):
        if number > 1:
            document.add_page_break()
        heading = document.add_heading(f"Article {number} – {name}", 1)
        document.add_heading("Détail", 2)
        document.add_paragraph("Le présent article s’applique.")
    for kind in ("Start", "End"):
        bookmark = OxmlElement(f"w:bookmark{kind}")
        bookmark.set(qn("w:id"), "7")
        if kind == "Start":
            bookmark.set(qn("w:name"), "fin")
        heading._p.append(bookmark)
    table = document.add_table(2, 2)
    table.cell(0, 0).text = "Montant"
    return _bytes(document)


def _cover() -> bytes:
    document = _document("Sommaire")
    document.add_heading("Sommaire", 1)
    for page in (2, 5, 6):
        _field(document.add_paragraph(), f' HYPERLINK "http://dossier.invalid/page/{page}" ', f"Page {page}")
    _field(document.add_paragraph(), ' HYPERLINK "https://www.pasdecalais.fr/" ', "Site")
    return _bytes(document)


@pytest.fixture(scope="session")
def pdfs() -> dict[str, bytes]:
    soffice = find_soffice()
    assert soffice, "LibreOffice is needed: apt-get install libreoffice-writer-nogui"
    note = _document("Note")
    note.add_heading("Présentation", 1)
    paysage = _document("Paysage")
    paysage.add_paragraph("Tableau large")
    section = paysage.sections[0]
    section.page_width, section.page_height = section.page_height, section.page_width
    items = {"cover": _cover(), "acte": _acte(), "note": _bytes(note), "paysage": _bytes(paysage)}
    done = {c.key: c for c in convert(items, soffice=soffice, jour=JOUR)}
    assert [c.error for c in done.values() if c.error] == []
    return {key: c.pdf for key, c in done.items() if c.pdf}


@pytest.fixture(scope="session")
def parts(pdfs: dict[str, bytes]) -> list[Part]:
    return [
        Part("Délibération", "Délibération", pdfs["acte"]),
        Part("Annexe 1 – <A & B>", "Annexes", pdfs["note"]),
        Part("Annexe 2", "Annexes", pdfs["acte"]),
        Part("Tableau", "", pdfs["paysage"]),
    ]


@pytest.fixture(scope="session")
def dossier(pdfs: dict[str, bytes], parts: list[Part]) -> bytes:
    return assemble(pdfs["cover"], parts, titre=TITRE, jour=JOUR)


@pytest.fixture()
def opened(dossier: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(dossier)) as pdf:
        yield pdf


def blank(pages: int = 1, rotate: int = 0) -> bytes:
    """A PDF without tags, bookmarks or metadata."""
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(595, 842))
            if rotate:
                pdf.pages[-1].rotate(rotate, relative=False)
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def words(pdf: bytes, folder: Path) -> list[list[tuple[str, float, float]]]:
    """Page by page, the words as they are shown, with the bounds of their height, in points from the top."""
    path = folder / "dossier.pdf"
    path.write_bytes(pdf)
    shown = subprocess.run(["pdftotext", "-bbox", str(path), "-"], capture_output=True, text=True, check=True)
    found = r'<word xMin="[\d.]+" yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]*)</word>'
    return [
        [(text, float(top), float(bottom)) for top, bottom, text in re.findall(found, page)]
        for page in shown.stdout.split("<page ")[1:]
    ]


def elements(top: pikepdf.Object) -> Iterator[pikepdf.Object]:
    yield top
    kids = top.get("/K", Array())
    for kid in kids if isinstance(kids, Array) else [kids]:
        if isinstance(kid, Dictionary) and "/S" in kid:
            yield from elements(kid)


# --- table of contents -----------------------------------------------------------------------------


def test_table_gives_documents_and_articles_with_their_pages(parts: list[Part]) -> None:
    assert table(parts, 2) == [
        Entry("Délibération", "Délibération", 1, 2),
        Entry("Délibération", "Article 1 – Objet", 2, 2),
        Entry("Délibération", "Article 2 – Durée", 2, 3),
        Entry("Délibération", "Article 3 – Coût", 2, 4),
        Entry("Annexes", "Annexe 1 – <A & B>", 1, 5),
        Entry("Annexes", "Présentation", 2, 5),
        Entry("Annexes", "Annexe 2", 1, 6),
        Entry("Annexes", "Article 1 – Objet", 2, 6),
        Entry("Annexes", "Article 2 – Durée", 2, 7),
        Entry("Annexes", "Article 3 – Coût", 2, 8),
        Entry("", "Tableau", 1, 9),
    ]
    assert table(parts[1:2], 3)[0].page == 3
    assert table([], 1) == []


# --- the dossier -----------------------------------------------------------------------------------


def test_outline_goes_by_group_document_and_article(dossier: bytes, pdfs: dict[str, bytes]) -> None:
    reader = pypdf.PdfReader(io.BytesIO(dossier))

    def tree(items: list[object]) -> list[object]:
        return [
            tree(item)
            if isinstance(item, list)
            else (item.title, (reader.get_destination_page_number(item) or 0) + 1)  # type: ignore[attr-defined]
            for item in items
        ]

    acte = [("Article 1 – Objet", 2), [("Détail", 2)], ("Article 2 – Durée", 3), [("Détail", 3)]]
    acte += [("Article 3 – Coût", 4), [("Détail", 4)]]
    found = tree(list(reader.outline))
    assert found[0:2] == [("Sommaire", 1), [("Sommaire", 1)]]
    assert found[2:4] == [("Délibération", 2), [("Délibération", 2), acte]]
    assert found[4] == ("Annexes", 5)
    annexes = found[5]
    assert annexes[:3] == [("Annexe 1 – <A & B>", 5), [("Présentation", 5)], ("Annexe 2", 6)]  # type: ignore[index]
    assert annexes[3][4] == ("Article 3 – Coût", 8)  # type: ignore[index]
    assert found[6:] == [("Tableau", 9)]


def test_bookmarks_keep_the_height_of_their_heading(opened: pikepdf.Pdf, pdfs: dict[str, bytes]) -> None:
    with pikepdf.open(io.BytesIO(pdfs["note"])) as source, source.open_outline() as outline:
        before = [str(v) for v in list(outline.root[0].destination)[1:]]
    with opened.open_outline() as outline:
        after = outline.root[2].children[0].children[0].destination
    assert [str(v) for v in list(after)[1:]] == before
    assert after[0].objgen == opened.pages[4].obj.objgen


def test_every_page_has_its_running_foot_under_the_footer(dossier: bytes, tmp_path: Path) -> None:
    pages = words(dossier, tmp_path)
    assert len(pages) == 9
    for number, page in enumerate(pages, 1):
        text = " ".join(word for word, _, _ in page)
        assert text.endswith(f"dossier page {number} / 9")
        (top,) = [top for word, top, _ in page if word == "dossier"]
        own = [bottom for word, _, bottom in page if word in ("Pied", "document")]
        assert own and max(own) < top


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_the_foot_is_at_the_bottom_of_a_turned_page(rotate: int, tmp_path: Path) -> None:
    pdf = assemble(None, [Part("Plan", "", blank(rotate=rotate))], titre="Plan", jour=JOUR)
    image = tmp_path / "page"
    (tmp_path / "plan.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "72", "-gray", str(tmp_path / "plan.pdf"), str(image)], check=True)
    header, size, _, pixels = next(tmp_path.glob("page*.pgm")).read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    assert header == b"P5" and (width > height) == (rotate in (90, 270))
    dark = [divmod(i, width) for i, value in enumerate(pixels) if value < 200]
    assert dark
    assert min(row for row, _ in dark) > height - 30  # all of it in the last centimetre
    middle = sum(column for _, column in dark) / len(dark)
    assert abs(middle - width / 2) < 6


def test_links_to_dossier_pages_become_internal(opened: pikepdf.Pdf) -> None:
    notes = list(opened.pages[0].obj.Annots)
    inner = [a.A.D[0].objgen for a in notes if Name.GoTo == a.A.S]
    assert sorted(inner) == sorted(opened.pages[n - 1].obj.objgen for n in (2, 5, 6))
    assert [str(a.A.URI) for a in notes if a.A.S == Name.URI] == ["https://www.pasdecalais.fr/"]
    assert b"dossier.invalid" not in b"".join(a.unparse(resolved=True) for a in notes)


def test_links_inside_a_part_follow_it(opened: pikepdf.Pdf) -> None:
    for first, last in ((2, 4), (6, 8)):  # forward links: their page is copied after them
        (link,) = opened.pages[first - 1].obj.Annots
        assert link.A.D[0].objgen == opened.pages[last - 1].obj.objgen
        assert "/Dest" not in link


def test_tags_of_all_parts_are_kept(opened: pikepdf.Pdf) -> None:
    root = opened.Root.StructTreeRoot
    (document,) = root.K
    assert Name.Document == document.S
    assert [str(part.T) for part in document.K] == [
        "Sommaire",
        "Délibération",
        "Annexe 1 – <A & B>",
        "Annexe 2",
        "Tableau",
    ]
    assert opened.Root.MarkInfo.Marked is True
    found = list(elements(document))
    assert [str(e.S) for e in found].count("/H1") == 1 + 3 + 1 + 3
    reached = {e.objgen for e in found}
    for element in found:
        assert element.P.objgen in reached or element is document or element.P.objgen == root.objgen


def test_marked_content_leads_to_an_element_of_its_own_page(opened: pikepdf.Pdf) -> None:
    tree = pikepdf.NumberTree(opened.Root.StructTreeRoot.ParentTree)
    keys = []
    for page in opened.pages:
        owners = tree[int(page.obj.StructParents)]
        keys.append(int(page.obj.StructParents))
        kinds = re.findall(rb"/(\w+)<</MCID (\d+)>>BDC", b"".join(s.read_bytes() for s in page.obj.Contents))
        assert kinds
        for kind, mcid in kinds:
            owner = owners[int(mcid)]
            assert str(owner.S) == "/" + kind.decode()
            assert owner.get("/Pg", page.obj).objgen == page.obj.objgen
        for annotation in page.obj.get("/Annots", ()):
            keys.append(int(annotation.StructParent))
            assert Name.Link == tree[keys[-1]].S
    assert len(set(keys)) == len(keys)
    assert max(keys) < int(opened.Root.StructTreeRoot.ParentTreeNextKey)


def test_metadata_and_opening(opened: pikepdf.Pdf, dossier: bytes) -> None:
    root = opened.Root
    assert str(root.Lang) == "fr-FR"
    assert root.PageMode == Name.UseOutlines
    assert root.ViewerPreferences.DisplayDocTitle is True
    assert [page.label for page in opened.pages] == [str(n) for n in range(1, 10)]
    assert str(opened.docinfo.Title) == TITRE
    assert str(opened.docinfo.CreationDate) == "D:20240916000000Z"
    assert "/Author" not in opened.docinfo
    with opened.open_metadata(set_pikepdf_as_editor=False) as meta:
        assert meta["dc:title"] == TITRE
        assert "dc:creator" not in meta
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"], meta["pdfuaid:part"]) == ("2", "B", "1")
        assert str(meta["xmp:CreateDate"]).startswith("2024-09-16T00:00:00")
    assert len(root.OutputIntents) == 1
    assert "BitstreamVeraSans-Roman" in polices(dossier)
    assert all("/XObject" not in p.obj.Resources for p in opened.pages)


def test_the_file_is_sound(dossier: bytes, tmp_path: Path) -> None:
    path = tmp_path / "dossier.pdf"
    path.write_bytes(dossier)
    assert subprocess.run(["qpdf", "--check", str(path)], capture_output=True).returncode == 0
    fonts = subprocess.run(["pdffonts", str(path)], capture_output=True, text=True, check=True)
    assert fonts.stderr == ""
    for line in fonts.stdout.splitlines()[2:]:
        assert re.search(r" yes +yes +yes ", line), line  # embedded, subset, with its Unicode table


def test_same_input_same_bytes(pdfs: dict[str, bytes], parts: list[Part], dossier: bytes) -> None:
    assert assemble(pdfs["cover"], parts, titre=TITRE, jour=JOUR) == dossier
    assert assemble(pdfs["cover"], parts, titre=TITRE, jour=JOUR.replace(day=17)) != dossier


def test_without_cover_pages_count_from_the_first_part(parts: list[Part], tmp_path: Path) -> None:
    pdf = assemble(None, parts[:1], titre=TITRE, jour=JOUR)
    for number, page in enumerate(words(pdf, tmp_path), 1):
        assert [word for word, _, _ in page][-5:] == ["dossier", "page", str(number), "/", "3"]


def test_untagged_part_drops_the_claims(parts: list[Part]) -> None:
    pdf = assemble(None, [parts[0], Part("Scan", "", blank())], titre=TITRE, jour=JOUR)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert opened.Root.MarkInfo.Marked is False
        with opened.open_metadata(set_pikepdf_as_editor=False) as meta:
            assert [
                name for name in ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part") if name in meta
            ] == []


def _tagged(role: str, identifier: str) -> bytes:
    """A tagged page whose style « Encart » plays `role` and whose note is called `identifier`."""
    with pikepdf.open(io.BytesIO(blank())) as pdf:
        note = pdf.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name("/Encart"), ID=String(identifier), K=0)
        )
        note.A = Dictionary(O=Name.Table, Headers=Array([String(identifier)]))
        root = pdf.make_indirect(
            Dictionary(
                Type=Name.StructTreeRoot,
                K=note,
                RoleMap=Dictionary({"/Encart": Name(role)}),
                ParentTree=Dictionary(Nums=Array([0, Array([note])])),
                IDTree=Dictionary(Names=Array([String(identifier), note])),
            )
        )
        note.P = root
        note.Pg = pdf.pages[0].obj
        pdf.pages[0].obj.StructParents = 0
        pdf.Root.StructTreeRoot = root
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def test_roles_and_identifiers_of_two_parts_do_not_mix() -> None:
    scraps = [("/Note", "n1"), ("/P", "n1"), ("/Note", "é"), ("/P", "n2")]
    made = [Part(role + name, "", _tagged(role, name)) for role, name in scraps]
    pdf = assemble(None, made, titre="Dossier", jour=JOUR)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        root = opened.Root.StructTreeRoot
        notes = [part.K[0] for part in root.K[0].K]
        assert [str(root.RoleMap[note.S]) for note in notes] == [role for role, _ in scraps]
        assert len(root.RoleMap.keys()) == 2
        names = [bytes(note.ID) for note in notes]
        assert len(set(names)) == 4
        assert [bytes(note.A.Headers[0]) for note in notes] == names
        pairs = list(root.IDTree.Kids[0].Names)
        assert sorted(names) == [bytes(name) for name in pairs[::2]]
        assert all(bytes(name) == bytes(pairs[2 * i + 1].ID) for i, name in enumerate(pairs[::2]))
        tree = pikepdf.NumberTree(root.ParentTree)
        for page, note in zip(opened.pages, notes, strict=True):
            assert tree[int(page.obj.StructParents)][0].objgen == note.objgen
            assert note.Pg.objgen == page.obj.objgen


# --- what cannot be assembled ----------------------------------------------------------------------


def _linking(address: str) -> bytes:
    with pikepdf.open(io.BytesIO(blank())) as pdf:
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9])
        link.A = Dictionary(S=Name.URI, URI=String(address))
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(link)])
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


@pytest.mark.parametrize("page", ["0", "2", "-1", "x", "", "²"])
def test_a_link_to_a_page_that_does_not_exist(page: str) -> None:
    with pytest.raises(AssemblyError, match=rf"page « {page} » du dossier, qui compte 1 page\.$"):
        assemble(None, [Part("a", "", _linking(f"http://dossier.invalid/page/{page}"))], titre="t", jour=JOUR)


def test_an_unreadable_part_is_named(parts: list[Part]) -> None:
    bad = Part("Annexe 4", "", b"%PDF-1.7 rien")
    for call in (lambda: table([bad], 1), lambda: assemble(None, [parts[0], bad], titre="t", jour=JOUR)):
        with pytest.raises(AssemblyError, match="Le PDF de « Annexe 4 » est illisible"):
            call()


def test_an_empty_dossier_is_refused() -> None:
    with pytest.raises(AssemblyError, match="Le dossier est vide"):
        assemble(None, [], titre="t", jour=JOUR)


def test_parts_in_files_give_the_same_dossier(
    dossier: bytes, pdfs: dict[str, bytes], parts: list[Part], tmp_path: Path
) -> None:
    filed = []
    for number, part in enumerate(parts):
        path = tmp_path / f"{number}.pdf"
        assert isinstance(part.pdf, bytes)
        path.write_bytes(part.pdf)
        filed.append(Part(part.titre, part.groupe, path))
    assert assemble(pdfs["cover"], filed, titre=TITRE, jour=JOUR) == dossier
    assert table(filed, 2) == table(parts, 2)
