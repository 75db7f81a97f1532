"""What a false condition leaves and Word calls damage: a table without row, a cell without paragraph.

Such a spot lies where a piece of fixed text opens with the end of a cell or of a table, a tag being all
that stood before it. So the pieces are looked at, some hundreds, and not the text of the document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from itertools import compress, count
from typing import Final

_BARE: Final = (b"<w:tc>", b"</w:tcPr>", b"</w:tbl>", b"</w:tblGrid>")
_EMPTY_TABLE = re.compile(rb"<w:tbl>(?:(?!<w:tbl>).)*?</w:tblGrid></w:tbl>", re.DOTALL)


def is_fragile(constant: bytes) -> bool:
    """Whether damage may show just before this piece of fixed text."""
    return constant.startswith((b"</w:tc>", b"</w:tbl>"))


def assemble(pieces: Sequence[bytes], fragile: Set[bytes]) -> bytes:
    """The pieces of a part joined, and mended when one of the `fragile` ones follows a bare beginning."""
    body = b"".join(pieces)
    for rank in compress(count(), map(fragile.__contains__, pieces)):
        if _before(pieces, rank).endswith(_BARE):
            return mend(body)
    return body


def _before(pieces: Sequence[bytes], rank: int) -> bytes:
    while rank:
        rank -= 1
        if pieces[rank]:
            return pieces[rank]
    return b""


def mend(body: bytes) -> bytes:
    """The text without its tables that have no row, and with a paragraph in each cell that has none."""
    if b"</w:tblGrid></w:tbl>" in body:
        body = _EMPTY_TABLE.sub(b"", body)
    for before in (b"<w:tc>", b"</w:tcPr>", b"</w:tbl>"):
        body = body.replace(before + b"</w:tc>", before + b"<w:p/></w:tc>")
    return body
