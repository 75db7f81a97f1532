"""Small .docx templates for the tests of the render engine."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import docx
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls

from generator.render import Engine, RenderError

JOUR = datetime.date(2024, 12, 9)


def paragraph(inner: str) -> Any:
    """A paragraph from raw XML: `inner` goes between <w:p> and </w:p>."""
    return parse_xml(f"<w:p {nsdecls('w', 'r', 'wp', 'a')}>{inner}</w:p>")


def runs(*texts: str, between: str = "") -> Any:
    """A paragraph whose text is cut over runs, as Word leaves it, with `between` in the gaps."""
    cut = between.join(
        f'<w:r w:rsidR="00AB12CD"><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">{t}</w:t></w:r>'
        for t in texts
    )
    return paragraph(cut)


def write(
    folder: Path,
    name: str,
    *content: str | Sequence[Sequence[str]] | Any,
    footer: str = "",
    edit: Callable[[Any], None] | None = None,
) -> Path:
    """A template: a str is a paragraph, a list of rows a table, anything else an XML element."""
    document = docx.Document()
    for item in content:
        if isinstance(item, str):
            document.add_paragraph(item)
        elif isinstance(item, list | tuple):
            table = document.add_table(rows=0, cols=len(item[0]))
            for row in item:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    lines = text.split("\n")
                    cell.text = lines[0]
                    for line in lines[1:]:
                        cell.add_paragraph(line)
        else:
            document.element.body.insert(len(document.element.body) - 1, item)
    if footer:
        document.sections[0].footer.paragraphs[0].text = footer
    if edit:
        edit(document)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    document.save(str(path))
    return path


def rewrite(
    path: Path, change: Callable[[str, bytes], bytes | None], extra: Mapping[str, bytes] | None = None
) -> None:
    """Rewrite the members of a zip: `change` gives the new content, or None to drop the member."""
    with zipfile.ZipFile(path) as archive:
        members = {i.filename: archive.read(i) for i in archive.infolist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            changed = change(name, content)
            if changed is not None:
                archive.writestr(name, changed)
        for name, content in (extra or {}).items():
            archive.writestr(name, content)


def engine(folder: Path) -> Engine:
    """An engine over `folder`, with a base unless the test wrote one."""
    if not (folder / "base.docx").exists():
        write(folder, "base.docx", "base")
    return Engine(folder)


def render(folder: Path, context: Mapping[str, Any], name: str = "documents/d.docx", **options: Any) -> bytes:
    """The document `name`, with the tests' title and date."""
    given = {"titre": "Acte", "jour": JOUR, "nominatif": True, **options}
    return engine(folder).render(name, context, **given)


def text(data: bytes) -> list[str]:
    """What a reader sees: body paragraphs, then the cells of each table joined, then the footer."""
    document = docx.Document(io.BytesIO(data))
    seen = [p.text for p in document.paragraphs]
    seen += [" | ".join(c.text for c in row.cells) for t in document.tables for row in t.rows]
    return seen + [p.text for p in document.sections[0].footer.paragraphs]


def refusal(folder: Path, context: Mapping[str, Any], name: str = "documents/d.docx", **options: Any) -> Any:
    """The diagnostic of a document that must not be rendered."""
    try:
        render(folder, context, name, **options)
    except RenderError as exc:
        return exc.diagnostic
    raise AssertionError("the document was rendered")


def element(name: str, **attributes: str) -> Any:
    """An empty element: `element("w:ins", id="1")`."""
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(f"{{http://schemas.openxmlformats.org/wordprocessingml/2006/main}}{key}", value)
    return made
