"""What a false condition leaves and Word calls damage: a table without row, a cell without paragraph.

Such a spot lies where a piece of fixed text opens with the end of a cell or of a table, a tag being all
that stood before it. So only what precedes such a piece is looked at, and not the text of the document.
"""

from __future__ import annotations

import re
from typing import Final

_CELL, _TABLE, _OPENING, _GRID = b"</w:tc>", b"</w:tbl>", b"<w:tbl>", b"</w:tblGrid>"
_BARE: Final = (b"<w:tc>", b"</w:tcPr>", _TABLE)  # no paragraph follows: the cell may not end here
_PARAGRAPH: Final = b"<w:p/>"
_EMPTY_TABLE = re.compile(rb"<w:tbl>(?:(?!<w:tbl>).)*?</w:tblGrid></w:tbl>", re.DOTALL)


def is_fragile(constant: bytes) -> bool:
    """Whether damage may show just before this piece of fixed text."""
    return constant.startswith((_CELL, _TABLE))


def close(pieces: list[bytes], constant: bytes) -> None:
    """Add a fragile constant to the pieces of a part, mended when a bare beginning precedes it."""
    before = next(filter(None, reversed(pieces)), b"")
    if constant.startswith(_TABLE) and before.endswith(_GRID) and _drop_table(pieces):
        rest = constant.removeprefix(_TABLE)
        if is_fragile(rest):
            close(pieces, rest)
        else:
            pieces.append(rest)
        return
    if constant.startswith(_CELL) and before.endswith(_BARE):
        pieces.append(_PARAGRAPH)
    pieces.append(constant)


def _drop_table(pieces: list[bytes]) -> bool:
    """Take away what was written since the last table began; False when it did not begin here."""
    for rank in range(len(pieces) - 1, -1, -1):
        start = pieces[rank].rfind(_OPENING)
        if start >= 0:
            pieces[rank:] = (pieces[rank][:start],)
            return True
    return False


def mend(body: bytes) -> bytes:
    """The text without its tables that have no row, and with a paragraph in each cell that has none."""
    if _GRID + _TABLE in body:
        body = _EMPTY_TABLE.sub(b"", body)
    for before in _BARE:
        body = body.replace(before + _CELL, before + _PARAGRAPH + _CELL)
    return body
