"""Every PDF is at once PDF/A-2b and PDF/UA-1 for a validator that is not ours, and says what it is."""

from __future__ import annotations

import io
import re
import zlib
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from generator.convert.balisage import baliser
from generator.ecriture_pdf import enregistrer
from tests.dossier_kit import convenant
from tests.pdf_kit import defauts

POLICES = {"Arial", "LiberationSans", "OpenSymbol", "BitstreamVeraSans"}
"""What the templates ask for, what the system puts in its place, bullets, the running foot of a dossier."""


@pytest.mark.xdist_group("conformite")
@pytest.mark.parametrize(
    "commande",
    [("generer", "2023-09-18"), ("fiches", "2025"), ("consolider", "2023-01628", "--au", "31/12/2024")],
    ids=lambda c: c[0],
)
def test_every_pdf_is_conformant(commande: tuple[str, ...], tmp_path: Path) -> None:
    done = convenant(*commande, "--sortie", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    made = sorted(tmp_path.rglob("*.pdf"))
    assert made
    assert {path.name: defauts(path) for path in made if defauts(path)} == {}
    for path in made:
        with pikepdf.open(path) as pdf:
            assert str(pdf.Root.Lang) == "fr-FR", path
            assert str(pdf.docinfo.Title).strip(), path
            assert pdf.Root.ViewerPreferences.DisplayDocTitle
            assert _polices(pdf) <= POLICES, (path, _polices(pdf))


def _polices(pdf: pikepdf.Pdf) -> set[str]:
    fonts = [o for o in pdf.objects if isinstance(o, Dictionary) and o.get("/Type") == Name.FontDescriptor]
    assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(f.keys()) for f in fonts)
    return {re.split("[-,]", str(f.FontName).rpartition("+")[2].lstrip("/"))[0] for f in fonts}


# --- tags ----------------------------------------------------------------------------------------


def tagged(content: bytes, **roles: Name) -> pikepdf.Pdf:
    """A one-page document with a Note element and the content given."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(200, 200))
    page.obj.Contents = pdf.make_stream(content)
    root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot, RoleMap=Dictionary(**roles)))
    note = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Note, P=root, K=0))
    root.K = Array([note])
    pdf.Root.StructTreeRoot = root
    return pdf


def content(pdf: pikepdf.Pdf) -> list[str]:
    found = pikepdf.parse_content_stream(pdf.pages[0])
    return [" ".join([*map(str, i.operands), str(i.operator)]) for i in found]


def test_what_is_drawn_outside_marks_becomes_an_artefact() -> None:
    pdf = tagged(b"q /P<</MCID 0>>BDC 0 0 9 9 re f EMC 1 w 1 2 m 3 4 l S Q /P<</MCID 1>>BDC BT ET EMC")
    baliser(pdf)
    assert content(pdf)[4:10] == ["EMC", "1 w", "/Artifact BMC", "1 2 m", "3 4 l", "S"]
    assert content(pdf)[10:] == [
        "EMC",
        "Q",
        '/P pikepdf.Dictionary({\n  "/MCID": 1\n}) BDC',
        "BT",
        "ET",
        "EMC",
    ]


def test_a_page_that_is_marked_is_left_alone() -> None:
    before = b"/Artifact BMC q 0 0 9 9 re W* n EMC /P<</MCID 0>>BDC 0 0 9 9 re f EMC 0 0 5 5 re W n Q"
    pdf = tagged(before)
    baliser(pdf)
    assert pdf.pages[0].Contents.read_bytes() == before


@pytest.mark.parametrize(
    "hidden",
    [b"BT (EMC S) Tj ET", b"/Span<</Lang(fr) /D<</A 1>>>>BDC BT ET EMC", b"/Span<</D<</A 1>>>>BDC BT ET EMC"],
)
def test_what_looks_like_a_mark_is_not_taken_for_one(hidden: bytes) -> None:
    pdf = tagged(b"/P<</MCID 0>>BDC " + hidden + b" 1 2 m 3 4 l S EMC 5 6 m 7 8 l S")
    baliser(pdf)
    assert content(pdf)[-7:] == ["S", "EMC", "/Artifact BMC", "5 6 m", "7 8 l", "S", "EMC"]
    assert content(pdf).count("/Artifact BMC") == 1


def test_a_standard_type_is_not_remapped() -> None:
    pdf = tagged(b"", Note=Name.P, Corps=Name.P)
    baliser(pdf)
    assert list(pdf.Root.StructTreeRoot.RoleMap.keys()) == ["/Corps"]
    assert pdf.Root.StructTreeRoot.K[0].S == Name.P


def test_a_note_has_an_identifier() -> None:
    pdf = tagged(b"")
    baliser(pdf)
    assert str(pdf.Root.StructTreeRoot.K[0].ID) == "note-1"


# --- writing -------------------------------------------------------------------------------------


def enregistre(pdf: pikepdf.Pdf, path: Path) -> bytes:
    enregistrer(pdf, path)
    return path.read_bytes()


def ending_with_return() -> bytes:
    """Data whose compressed form ends with a carriage return."""
    return next(d for n in range(99_999) if zlib.compress(d := b"%% %d" % n).endswith(b"\r"))


def test_the_length_of_a_stream_is_beyond_doubt(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    plain = ending_with_return()
    page.obj.Contents = pdf.make_stream(plain)
    page.obj.Contents.write(zlib.compress(plain), filter=Name.FlateDecode)
    naive = io.BytesIO()
    pdf.save(naive)
    assert b"\r\nendstream" in naive.getvalue()
    data = enregistre(pdf, tmp_path / "x.pdf")
    assert b"\r\r\nendstream" in data  # the last byte of the data, then an end of line of two bytes
    twice = [enregistre(pikepdf.open(naive), tmp_path / "y.pdf") for _ in range(2)]
    assert twice[0] == twice[1]
    with pikepdf.open(io.BytesIO(data)) as again:
        assert again.pages[0].Contents.read_bytes() == plain
        assert again.check_pdf_syntax() == []  # no object moved


def test_data_that_look_like_the_end_of_a_stream_are_left_alone(tmp_path: Path) -> None:
    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    trap = zlib.compress(b"% q Q") + b"\r\nendstream \x00"
    page.obj.Contents = pdf.make_stream(b"")
    page.obj.Contents.write(trap, filter=Name.DCTDecode)  # the writer does not undo it
    plain = io.BytesIO()
    pdf.save(
        plain,
        min_version="1.7",
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
    )
    assert b"\r\nendstream" in plain.getvalue()
    assert enregistre(pdf, tmp_path / "x.pdf") == plain.getvalue()
