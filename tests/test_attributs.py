"""The attributes of tags: what a reader needs is kept, what the page shows is not said again."""

from __future__ import annotations

from typing import Any

import pytest
from pikepdf import Array, Dictionary, Name, Object

from generator.convert.attributs import alleger

BOX = Array([1, 2, 3, 4])
COLUMNS = Dictionary(O=Name.Table, ColSpan=2)
DISC = Dictionary(O=Name.List, ListNumbering=Name.Disc)
SCOPE = Dictionary(O=Name.Table, Scope=Name.Column)
KEPT = Dictionary(O=Name.Layout, BBox=BOX)


def layout(**more: Any) -> Dictionary:
    return Dictionary(O=Name.Layout, Placement=Name.Block, SpaceBefore=3, **more)


def tag(attributes: Object | None) -> Object:
    element = Dictionary(Type=Name.StructElem, S=Name.P)
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
    alleger(element)
    assert element.unparse() == tag(after).unparse()
