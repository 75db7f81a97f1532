"""Gives names to the cell formats of a workbook, which XlsxWriter does not: people who work in Excel then
find them in the styles gallery and change them all at once (ECMA-376, part 1, 18.8.7 and 18.8.8)."""

from __future__ import annotations

import copy
import io
import zipfile
from collections.abc import Mapping

from lxml import etree  # type: ignore[import-untyped]

_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STYLES = "xl/styles.xml"


def nommer(classeur: bytes, noms: Mapping[str, int]) -> bytes:
    """`classeur` with its formats named; `noms` gives the rank of each among the cell formats.

    The dates of the archive stay those of the entries, so that the same input gives the same bytes.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(classeur)) as read, zipfile.ZipFile(out, "w") as write:
        for entry in read.infolist():
            data = read.read(entry)
            if entry.filename == _STYLES:
                data = _nommer(data, noms)
            write.writestr(entry, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _nommer(data: bytes, noms: Mapping[str, int]) -> bytes:
    root = etree.fromstring(data)
    masters, cells, styles = (
        root.find(f"{{{_NS}}}{tag}") for tag in ("cellStyleXfs", "cellXfs", "cellStyles")
    )
    if masters is None or cells is None or styles is None:
        return data
    for name, rank in sorted(noms.items(), key=lambda item: item[1]):
        xf = cells[rank]
        master = copy.deepcopy(xf)
        master.attrib.pop("xfId", None)
        xf.set("xfId", str(len(masters)))
        etree.SubElement(styles, f"{{{_NS}}}cellStyle", name=name, xfId=str(len(masters)))
        masters.append(master)
    masters.set("count", str(len(masters)))
    styles.set("count", str(len(styles)))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
