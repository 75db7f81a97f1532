"""The attributes of tags: written once, and each tag keeps its own."""

from __future__ import annotations

import pikepdf
from pikepdf import Array, Dictionary, Name

from generator.convert.attributs import partager


def tagged(*attributes: object) -> pikepdf.Pdf:
    """A PDF with one tag for each of the attributes."""
    pdf = pikepdf.new()
    root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    kids = [Dictionary(Type=Name.StructElem, S=Name.P, P=root, A=one) for one in attributes]
    root.K = Array([pdf.make_indirect(kid) for kid in kids])
    pdf.Root.StructTreeRoot = root
    return pdf


def margin(points: int) -> Dictionary:
    return Dictionary(O=Name.Layout, SpaceBefore=points)


def test_the_same_attributes_become_one_object() -> None:
    pdf = tagged()
    made = [pdf.make_indirect(margin(points)) for points in (3, 3, 5, 3)]
    pdf.Root.StructTreeRoot.K = Array(
        [pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.P, A=one)) for one in made]
    )
    partager(pdf)
    found = [kid.A for kid in pdf.Root.StructTreeRoot.K]
    assert [int(one.SpaceBefore) for one in found] == [3, 3, 5, 3]
    assert len({one.objgen for one in found}) == 2


def test_attributes_inside_the_tag_or_in_a_list_are_left_alone() -> None:
    pdf = tagged(margin(3), margin(3), Array([margin(3), 0]))
    before = pdf.Root.StructTreeRoot.K.unparse(resolved=True)
    partager(pdf)
    assert pdf.Root.StructTreeRoot.K.unparse(resolved=True) == before
    assert int(pdf.Root.StructTreeRoot.K[2].A[0].SpaceBefore) == 3


def test_a_pdf_without_tags_is_left_alone() -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    partager(pdf)
    assert len(pdf.pages) == 1
