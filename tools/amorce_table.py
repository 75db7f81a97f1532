"""Tables of :mod:`amorce`: the lines between ``|=`` and ``|=end``.

Rows under the header are never cut (``w:cantSplit``). LibreOffice 7.4 turns that against the reader where
the first row of a page's piece of table has a rule at its *bottom*: if the row fits without the rule and not
with it (a point or less), all the rows that follow vanish from the PDF. Hence two precautions: the table
styles of base.docx draw the rules between rows at the *top* of each row (`base_styles.tables`), and header
rows, which have a rule below, carry no ``w:cantSplit``. See tests/test_layout.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from amorce_text import (
    FIELD,
    JINJA,
    LINK,
    MarkupError,
    Styles,
    always_written,
    lone_tag,
    paragraph_xml,
    runs,
    tag_xml,
    typography,
)

CM = 567  # twips
TEXT_WIDTH = 9412  # twips between the margins of base.docx

HEADER, PLAIN, TAG_ROW, SUBTOTAL, TOTAL, LONG, KEPT = "!", "", "%", "s", "t", "l", "k"
SHADES = {HEADER: "E9EEF5", TOTAL: "E9EEF5", SUBTOTAL: "F4F6FA"}
ALIGN = {"l": "", "r": "right", "c": "center"}
BODY_STYLE = {"l": "Cellule", "r": "CelluleMontant", "c": "CelluleCentre"}

UNIT = re.compile(re.sub(r"\?P<\w+>", "?:", f"{FIELD}|{LINK}|{JINJA}"))
ROW = re.compile(r"\|(?P<kind>[!%stlk+]?)(?:\s+(?P<rest>.*))?$")
ROW_TAG = re.compile(r"\{%tr\s(?:(?!%\}).)+%\}")
PREFIX = re.compile(r"\[(?P<style>[\w -]+)\]\s*(?P<text>.*)$")


@dataclass(frozen=True, slots=True)
class Cell:
    """Paragraphs of markup, and the number of columns that the cell takes."""

    paragraphs: tuple[str, ...]
    span: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """A row, its kind (the letter after the bar) and its line in the source."""

    kind: str
    cells: tuple[Cell, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table: style name, column widths in twips, alignment letters, description, rows."""

    style: str
    widths: tuple[int, ...]
    align: str
    alt: str
    rows: tuple[Row, ...]
    line: int


def _split(text: str, mark: str) -> list[str]:
    """Split on `mark` outside Jinja tags, fields and links."""
    pieces, position = [""], 0
    for unit in [*UNIT.finditer(text), None]:
        plain = text[position : unit.start() if unit else len(text)]
        first, *others = re.split(mark, plain)
        pieces[-1] += first
        pieces.extend(others)
        if unit:
            pieces[-1] += unit.group()
            position = unit.end()
    return [piece.strip() for piece in pieces]


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(_split(text, r"(?:(?<=\s)|^)//(?=\s|$)"))


def _cells(text: str, columns: int, line: int) -> tuple[Cell, ...]:
    texts = _split(text, r"\|")
    if len(texts) != columns:
        raise MarkupError(line, f"{len(texts)} cellules pour {columns} colonnes")
    cells: list[Cell] = []
    for value in texts:
        if value == "<" and cells:
            cells[-1] = Cell(cells[-1].paragraphs, cells[-1].span + 1)
        else:
            cells.append(Cell(_paragraphs(value)))
    return tuple(cells)


def _options(text: str, line: int) -> tuple[str, tuple[int, ...], str, str]:
    """Style, widths in twips, alignment letters and description of a ``|=`` line."""
    head, _, alt = text.partition("alt=")
    pairs = [word.partition("=") for word in head.split()]
    options = {key: value for key, _, value in pairs}
    unknown = options.keys() - {"style", "widths", "align"}
    if unknown or not {"style", "widths"} <= options.keys():
        raise MarkupError(line, "un tableau s’ouvre par |= style=… widths=… [align=…] [alt=…]")
    try:
        widths = tuple(_twips(value) for value in options["widths"].split(","))
    except ValueError:
        raise MarkupError(line, f"largeurs illisibles : {options['widths']}") from None
    if sum(widths) > TEXT_WIDTH + 3:
        raise MarkupError(line, f"les colonnes dépassent la largeur du texte ({TEXT_WIDTH / CM:.1f} cm)")
    align = options.get("align", ",".join("l" * len(widths))).split(",")
    if len(align) != len(widths) or set(align) - set(ALIGN):
        raise MarkupError(line, "align : une lettre l, c ou r par colonne")
    return options["style"], widths, "".join(align), alt.strip()


def _twips(centimetres: str) -> int:
    if not re.fullmatch(r"\d+(\.\d+)?", centimetres):
        raise ValueError(centimetres)
    return round(float(centimetres) * CM)


def read_table(opening: str, line: int, lines: Iterator[tuple[int, str]]) -> Table:
    """Read the table whose ``|=`` line is `opening`, up to ``|=end``.

    Raises MarkupError, with the line, for a row of the wrong width or of an unknown kind.
    """
    style, widths, align, alt = _options(opening[2:], line)
    rows: list[Row] = []
    for number, text in lines:
        if text == "|=end":
            if not rows:
                raise MarkupError(line, "tableau sans ligne")
            return Table(style, widths, align, alt, tuple(rows), line)
        match = ROW.match(text)
        if not match:
            raise MarkupError(number, "dans un tableau, une ligne commence par | (fin : |=end)")
        kind, rest = match["kind"], match["rest"] or ""
        if kind == "+":
            rows.append(_longer(rows, rest, number))
        elif kind == TAG_ROW:
            if not ROW_TAG.fullmatch(rest):
                raise MarkupError(number, "une ligne |% contient une balise {%tr … %} et rien d’autre")
            rows.append(Row(kind, (Cell((rest,), len(widths)),), number))
        else:
            if kind == HEADER and any(row.kind != HEADER for row in rows):
                raise MarkupError(number, "les lignes d’en-tête |! viennent en premier")
            rows.append(Row(kind, _cells(rest, len(widths), number), number))
    raise MarkupError(line, "tableau sans |=end")


def _longer(rows: list[Row], text: str, line: int) -> Row:
    """The last row, taken off `rows`, with one more paragraph in its last cell."""
    if not rows or rows[-1].kind == TAG_ROW:
        raise MarkupError(line, "|+ continue la ligne du dessus")
    row = rows.pop()
    last = row.cells[-1]
    return Row(row.kind, (*row.cells[:-1], Cell((*last.paragraphs, *_paragraphs(text)), last.span)), row.line)


def _default(table: Table, row: Row, column: int) -> tuple[str, str]:
    """Style name and direct alignment of a cell paragraph that names no style."""
    letter = table.align[column]
    if table.style == "TableauNu":
        return "Signature", ALIGN[letter]
    if row.kind == HEADER or (table.style == "TableauAnnexe" and column == 0):
        return "CelluleEntete", ALIGN[letter]
    if row.kind in (TOTAL, SUBTOTAL):
        return "CelluleTotal", ALIGN[letter]
    return BODY_STYLE[letter], ""


def _paragraph(styles: Styles, table: Table, row: Row, column: int, text: str) -> str:
    statement = lone_tag(text)
    if statement is not None:
        return tag_xml(styles, statement, row.line)
    prefix = PREFIX.match(text)
    if prefix:
        style, align, text = prefix["style"], "", prefix["text"]
    elif text.startswith("-- "):
        style, align, text = "CellulePuce2", "", text[3:]
    elif text.startswith("- "):
        style, align, text = "CellulePuce", "", text[2:]
    else:
        style, align = _default(table, row, column)
    # A header alone at the foot of a page says nothing: it stays with the first row.
    keep = row.kind in (HEADER, KEPT)
    return paragraph_xml(styles.paragraph(style, row.line), runs(text, row.line), keep=keep, align=align)


def _row_xml(styles: Styles, table: Table, index: int) -> str:
    row = table.rows[index]
    rules = "<w:cantSplit/>" * (row.kind in (PLAIN, SUBTOTAL, TOTAL, KEPT)) + "<w:tblHeader/>" * (
        row.kind == HEADER
    )
    # The table style shades the first row; a second header row and the totals are shaded here.
    fill = SHADES.get(row.kind, "") if index else ""
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    cells, column = [], 0
    for cell in row.cells:
        width = sum(table.widths[column : column + cell.span])
        span = f'<w:gridSpan w:val="{cell.span}"/>' if cell.span > 1 else ""
        if row.kind == TAG_ROW:
            balise = styles.paragraph("Balise", row.line)
            content = paragraph_xml(balise, f"<w:r><w:t>{escape(cell.paragraphs[0])}</w:t></w:r>")
        else:
            content = "".join(_paragraph(styles, table, row, column, text) for text in cell.paragraphs)
            if not always_written(cell.paragraphs, row.line):
                content += paragraph_xml(styles.paragraph("Vide", row.line), "")
        properties = f'<w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}{shade}</w:tcPr>'
        cells.append(f"<w:tc>{properties}{content}</w:tc>")
        column += cell.span
    return f"<w:tr><w:trPr>{rules}</w:trPr>{''.join(cells)}</w:tr>"


def _look(rows: Sequence[Row], style: str) -> str:
    first_row, first_column = rows[0].kind == HEADER, style == "TableauAnnexe"
    bits = 0x0400 + 0x0020 * first_row + 0x0080 * first_column
    return (
        f'<w:tblLook w:val="{bits:04X}" w:firstRow="{int(first_row)}" w:lastRow="0" '
        f'w:firstColumn="{int(first_column)}" w:lastColumn="0" w:noHBand="0" w:noVBand="1"/>'
    )


def table_xml(styles: Styles, table: Table) -> str:
    """The table as WordprocessingML: fixed layout, rows that never split (except ``|l``)."""
    caption = f"<w:tblCaption w:val={quoteattr(typography(table.alt))}/>" if table.alt else ""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in table.widths)
    rows = "".join(_row_xml(styles, table, index) for index in range(len(table.rows)))
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{styles.table(table.style, table.line)}"/>'
        f'<w:tblW w:w="{sum(table.widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f"{_look(table.rows, table.style)}{caption}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )
