"""What false conditions leave in tables: mended piece by piece as the whole text would be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from generator.render.mending import close, is_fragile, mend

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PARAGRAPH = st.just("<w:p/>")


def cell(content: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A cell with or without properties; a « | » stands where a tag cut the fixed text."""
    kinds = st.sampled_from(("<w:tc>{}</w:tc>", "<w:tc>|{}|</w:tc>", "<w:tc><w:tcPr></w:tcPr>|{}|</w:tc>"))
    return st.builds(str.format, kinds, st.lists(content, max_size=2).map("|".join))


def table(content: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A table of no, one or two rows."""
    rows = st.lists(st.lists(cell(content), min_size=1, max_size=2).map("".join), max_size=2)
    inside = rows.map(lambda cells: "|".join(f"<w:tr>{c}</w:tr>" for c in cells))
    grid = "<w:tblGrid></w:tblGrid>"
    kinds = (f"<w:tbl>{grid}{{}}</w:tbl>", f"<w:tbl>{grid}|{{}}|</w:tbl>", f"<w:tbl>|{grid}|||{{}}|</w:tbl>|")
    return st.builds(str.format, st.sampled_from(kinds), inside)


BODIES = st.lists(st.recursive(PARAGRAPH, table, max_leaves=12), min_size=1, max_size=4).map("|".join)


@given(BODIES)
def test_pieces_are_mended_as_their_whole_would_be(body: str) -> None:
    constants = [mend(piece) for piece in body.encode().split(b"|")]  # as the compiler does
    pieces: list[bytes] = []
    for constant in constants:
        if is_fragile(constant):
            close(pieces, constant)
        else:
            pieces.append(constant)
    made = b"".join(pieces)
    assert made == mend(b"".join(constants))
    root = etree.fromstring(b'<w:body xmlns:w="%s">%s</w:body>' % (W.encode(), made))
    assert all(grid.getnext() is not None for grid in root.iter(f"{{{W}}}tblGrid"))
    assert all(len(c) and c[-1].tag == f"{{{W}}}p" for c in root.iter(f"{{{W}}}tc"))
