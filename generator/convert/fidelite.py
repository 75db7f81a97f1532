"""Nothing of the Word document is lost in its PDF.

LibreOffice 7.4 was seen to drop the rows of a table at the foot of a page without a word. A missing
paragraph is the worst that can happen to an act, so every PDF is compared with its .docx, word by
word, before it is given back.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections import Counter

from lxml import etree  # type: ignore[import-untyped]

from generator import pdfium

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WORD = re.compile(r"\w+")


def perdus(docx: bytes, pdf: bytes) -> tuple[str, ...]:
    """Words of the .docx's body that the PDF shows less often.

    Runs of letters and digits are compared, as many times as they occur; spaces, signs, line breaks
    and hyphens do not count. The PDF may hold more (headers, footers, bullets).
    """
    wanted, found = _count(_docx_text(docx)), _count("\n".join(pdfium.textes(pdf)))
    return tuple((wanted - found).elements())


def _count(text: str) -> Counter[str]:
    return Counter(_WORD.findall(unicodedata.normalize("NFKC", text)))


def _docx_text(docx: bytes) -> str:
    """Text of the body, a space wherever the page shows one; deleted text and field codes left out."""
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        body = etree.fromstring(package.read("word/document.xml"))
    paragraphs = []
    for p in body.iter(f"{_W}p"):
        runs = (e.text or "" if e.tag == f"{_W}t" else " " for e in p.iter(f"{_W}t", f"{_W}tab", f"{_W}br"))
        paragraphs.append("".join(runs))
    return "\n".join(paragraphs)
