"""Tags: what a reader needs is kept, what the page shows is not said again."""

from __future__ import annotations

from typing import Any

import pytest
from pikepdf import Array, Dictionary, Name, Object

from generator.convert.allegement import alleger

BOX = Array([1, 2, 3, 4])
COLUMNS = Dictionary(O=Name.Table, ColSpan=2)
DISC = Dictionary(O=Name.List, ListNumbering=Name.Disc)
SCOPE = Dictionary(O=Name.Table, Scope=Name.Column)
KEPT = Dictionary(O=Name.Layout, BBox=BOX)


def layout(**more: Any) -> Dictionary:
    return Dictionary(O=Name.Layout, Placement=Name.Block, SpaceBefore=3, **more)


def tag(attributes: Object | None) -> Object:
    element = Dictionary(S=Name.P)
    if attributes is not None:
        element.A = attributes
    return element


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, None),
        (layout(), None),
        (layout(BBox=BOX), KEPT),
        (SCOPE, SCOPE),
        (Array([layout(), 0]), None),
        (Array([layout(), COLUMNS]), COLUMNS),
        (Array([layout(BBox=BOX), 0, DISC]), Array([KEPT, DISC])),
    ],
)
def test_only_what_a_reader_needs_is_kept(before: Object | None, after: Object | None) -> None:
    element = tag(before)
    alleger(element, [], [])
    assert element.unparse() == tag(after).unparse()


def test_a_list_of_one_is_that_one_and_the_page_stays_beside_its_content() -> None:
    page = Dictionary(Type=Name.Page)
    content = Dictionary(Type=Name.StructElem, S=Name.P, Pg=page, K=Array([3]))
    alleger(content, [3], [])  # type: ignore[list-item]
    assert content.unparse() == Dictionary(S=Name.P, Pg=page, K=3).unparse()
    several = Dictionary(S=Name.P, Pg=page, K=Array([3, 4]))
    alleger(several, [3, 4], [])  # type: ignore[list-item]
    assert several.unparse() == Dictionary(S=Name.P, Pg=page, K=Array([3, 4])).unparse()
    above = Dictionary(S=Name.TD, Pg=page, K=Array([content]))
    alleger(above, [content], [content])
    assert above.unparse() == Dictionary(S=Name.TD, K=content).unparse()
    link = Dictionary(S=Name.Link, Pg=page, K=Array([Dictionary(Type=Name.OBJR)]))
    alleger(link, [link.K[0]], [])
    assert "/Pg" in link
