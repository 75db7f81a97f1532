"""A copy of a template with what was found in it, as Word comments for its author."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

from lxml import etree  # type: ignore[import-untyped]

from generator.diagnostics import Diagnostic

from .places import map_places

_AUTHOR, _INITIALS = "Convenant", "CV"


class NotAnnotable(Exception):  # noqa: N818 -- an event, turned into a diagnostic
    """The bytes are not a document that python-docx opens. The message is in French."""


def annotate(data: bytes, findings: Iterable[Diagnostic]) -> bytes:
    """The .docx `data` with one comment for each finding, on the paragraph that its first note names.

    What stands in no paragraph of the body (the file as a whole, a header: Word allows no comment
    there) goes to the first one. Raises NotAnnotable.
    """
    import docx  # of use to this alone, and slow to import
    from docx.opc.exceptions import OpcError
    from docx.text.paragraph import Paragraph

    try:
        document = docx.Document(io.BytesIO(data))
    except (OpcError, ValueError, KeyError, zipfile.BadZipFile, etree.XMLSyntaxError) as exc:
        raise NotAnnotable("ce fichier ne s’ouvre pas") from exc
    places = map_places(document.element, "")
    by_name = {str(place): element for element, place in reversed(places.items())}
    first = next(iter(places), None)
    if first is None:
        first = document.add_paragraph()._p
    for found in findings:
        where = found.notes[0].text if found.notes else ""
        paragraph = Paragraph(by_name.get(where, first), document._body)
        runs = paragraph.runs or [paragraph.add_run()]
        document.add_comment(runs, _wording(found, where in by_name), _AUTHOR, _INITIALS)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _wording(found: Diagnostic, placed: bool) -> str:
    notes = [note.text for note in found.notes[1 if placed else 0 :]]
    lines = [f"{found.severity} {found.code}", f"{found.message[:1].upper()}{found.message[1:]}.", *notes]
    if found.help:
        lines.append(f"À faire\u00a0: {found.help}.")
    return "\n".join(lines)
