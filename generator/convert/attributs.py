"""Attributes of tags written once: LibreOffice 7.4 gives every paragraph an object of its own for its
margins, two hundred in a convention where fifteen differ. They weigh on whoever reads or assembles the PDF.
"""

from __future__ import annotations

import pikepdf
from pikepdf import Dictionary, Name, Object


def partager(document: pikepdf.Pdf) -> None:
    """Point the tags that have the same attributes to one object (ISO 32000-1, 14.7.5 lets them share it)."""
    known: dict[bytes, Object] = {}
    for item in document.objects:
        if not isinstance(item, Dictionary) or item.get("/Type") != Name.StructElem:
            continue
        attributes = item.get("/A")
        if isinstance(attributes, Dictionary) and attributes.is_indirect:
            first = known.setdefault(attributes.unparse(resolved=True), attributes)
            if first is not attributes:
                item.A = first
