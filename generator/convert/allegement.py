"""Tags without what nobody reads.

LibreOffice 7.4 gives every tag an object of its own for its margins, its width, its alignment: four objects
in ten of a convention. The page itself shows them; no norm asks for them; they weigh on whoever reads or
assembles the PDF. So do, in every tag, its type (which may be left out), the page of what holds no
content itself, and a list of one.
"""

from __future__ import annotations

from collections.abc import Sequence

from pikepdf import Array, Dictionary, Name, Object


def alleger(element: Object, kids: Sequence[Object], children: Sequence[Object]) -> None:
    """Lighten a structure element in place. `kids`: what it holds; `children`: those that are elements.

    Attributes kept: those of other owners than the layout (scope of a heading, cells spanned, numbering of a
    list), and of the layout the box of a table or a figure (ISO 32000-1, 14.8.5.4.3; 14.7.2 for the rest).
    """
    if "/Type" in element:
        del element.Type
    if len(kids) == len(children) and "/Pg" in element:
        del element.Pg
    if len(kids) == 1 and isinstance(element.K, Array):
        element.K = kids[0]
    value = element.get("/A")
    if value is None:
        return
    kept = [one for item in (value if isinstance(value, Array) else [value]) for one in _utile(item)]
    if not kept:
        del element.A
    else:
        element.A = kept[0] if len(kept) == 1 else Array(kept)


def _utile(item: Object) -> list[Object]:
    """What is left of one attribute object; a number after it is its revision, and goes with the others."""
    if not isinstance(item, Dictionary):
        return []
    if item.get("/O") != Name.Layout:
        # A copy inside the tag: an object of its own would be one more.
        return [Dictionary({key: item[key] for key in item.keys()})]  # noqa: SIM118 - not a dict
    return [Dictionary(O=Name.Layout, BBox=item.BBox)] if "/BBox" in item else []
