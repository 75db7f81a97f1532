"""An Excel workbook written cell by cell: the only user of XlsxWriter.

A text is always written as a text: what begins with = + - @ never becomes a formula, nor a link. Formulas
are ours, each with the value that we compute, for the readers that do not recompute. Same input, same
bytes: no clock, no name of a machine.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from generator.finances.styles_nommes import nommer

Style = str
"""A key of `STYLES`."""

_FONT = {"font_name": "Arial", "font_size": 9, "valign": "top"}
_CELL = {**_FONT, "border": 1, "border_color": "#BFBFBF"}
_TOTAL = {**_CELL, "bold": True, "top": 2, "bg_color": "#EEF3F8"}
# [$-40C] is French: the figures read the same on a machine set to another language.
_EUROS = "[$-40C]#,##0.00\\ [$€-40C];[Red]\\-#,##0.00\\ [$€-40C]"
_NOMBRE = "[$-40C]#,##0"
STYLES: Mapping[str, Mapping[str, Any]] = {
    "Titre": {**_FONT, "font_size": 14, "bold": True, "font_color": "#1F3864"},
    "Sous-titre": {**_FONT, "font_size": 10, "font_color": "#1F3864"},
    "Mention": {**_FONT, "italic": True, "font_color": "#595959"},
    "En-tête": {
        **_CELL, "bold": True, "font_color": "#FFFFFF", "bg_color": "#1F3864", "text_wrap": True,
        "align": "center", "valign": "vcenter",
    },
    "Texte": {**_CELL, "text_wrap": True, "num_format": "@", "align": "left", "indent": 1},
    "Nombre": {**_CELL, "num_format": _NOMBRE},
    "Rang": {**_CELL, "num_format": "0", "align": "center"},
    "Euros": {**_CELL, "num_format": _EUROS},
    "Taux": {**_CELL, "num_format": "[$-40C]0.0%"},
    "Date": {**_CELL, "num_format": "[$-40C]dd/mm/yyyy", "align": "center"},
    "Lien": {
        **_CELL, "text_wrap": True, "align": "left", "indent": 1, "font_color": "#0563C1", "underline": 1,
    },
    "Total": _TOTAL,
    "Total en nombre": {**_TOTAL, "num_format": _NOMBRE},
    "Total en euros": {**_TOTAL, "num_format": _EUROS},
    "Total en taux": {**_TOTAL, "num_format": "[$-40C]0.0%"},
}  # fmt: skip
"""The named styles of the workbook."""
ALERTE = {"bg_color": "#F8CBAD", "font_color": "#9C0006", "bold": True}
VIGILANCE = {"bg_color": "#FFE699", "font_color": "#7F6000"}
_LONGUEUR = 32_767
"""Characters that a cell may hold."""


class FeuilleXlsx:
    """A sheet being written; rows and columns count from 0."""

    def __init__(self, sheet: Any, styles: Mapping[str, Any], conditions: tuple[Any, Any]) -> None:
        self._sheet, self._styles, self._conditions = sheet, styles, conditions

    def texte(self, row: int, col: int, text: str, style: Style = "Texte") -> None:
        """A text, whatever it begins with; nothing but the style when it is empty."""
        cut = text if len(text) <= _LONGUEUR else f"{text[: _LONGUEUR - 1]}…"
        if cut:
            self._sheet.write_string(row, col, cut, self._styles[style])
        else:
            self.vide(row, col, style)

    def nombre(self, row: int, col: int, value: int | Decimal, style: Style = "Nombre") -> None:
        """A number; amounts are given in euros (`en_euros`)."""
        self._sheet.write_number(row, col, value, self._styles[style])

    def date(self, row: int, col: int, day: dt.date, style: Style = "Date") -> None:
        """A day."""
        self._sheet.write_datetime(row, col, dt.datetime(day.year, day.month, day.day), self._styles[style])

    def formule(self, row: int, col: int, formula: str, value: int | Decimal | str, style: Style) -> None:
        """A live formula, in the English of the file format, with the value that it gives."""
        self._sheet.write_formula(row, col, f"={formula}", self._styles[style], value)

    def lien(self, row: int, col: int, text: str, target: str) -> None:
        """A text that leads to `target`, a cell of the workbook such as « 'Répartition'!A6 »."""
        self._sheet.write_url(row, col, f"internal:{target}", self._styles["Lien"], text)

    def vide(self, row: int, col: int, style: Style = "Texte") -> None:
        """An empty cell with its borders."""
        self._sheet.write_blank(row, col, None, self._styles[style])

    def colonnes(self, widths: Sequence[int]) -> None:
        """The width of the first columns, in characters."""
        for k, width in enumerate(widths):
            self._sheet.set_column(k, k, width)

    def hauteur(self, row: int, lines: int) -> None:
        """The height of a row that holds `lines` lines of text: not every program measures it on opening."""
        self._sheet.set_row(row, 3 + 12 * lines)

    def entete(self, row: int, height: int = 28) -> None:
        """Row of headings: it stays on the screen, comes again on every page."""
        self._sheet.set_row(row, height)
        self._sheet.freeze_panes(row + 1, 0)
        self._sheet.repeat_rows(row)

    def filtre(self, first: int, last: int, columns: int) -> None:
        """Filters on the headings at `first`, over the rows down to `last`."""
        self._sheet.autofilter(first, 0, last, columns - 1)

    def chiffres_en_texte(self, area: str) -> None:
        """No green corner on the cells of `area`: a SIRET is a text on purpose."""
        self._sheet.ignore_errors({"number_stored_as_text": area})

    def condition(self, area: str, formula: str, alerte: bool) -> None:
        """A conditional format on `area`, red when `alerte`, else amber; `formula` is for its first cell."""
        chosen = self._conditions[0 if alerte else 1]
        self._sheet.conditional_format(area, {"type": "formula", "criteria": f"={formula}", "format": chosen})

    def page(self, rows: int, columns: int, pied: str) -> None:
        """A4 landscape, as wide as the page; `pied` at the foot, with the page numbers."""
        s = self._sheet
        s.set_landscape()
        s.set_paper(9)
        s.fit_to_pages(1, 0)
        s.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.65)
        s.set_footer(f"&L&8{pied.replace('&', '&&')}&C&8&A&R&8Page &P sur &N", {"margin": 0.3})
        s.center_horizontally()
        s.print_area(0, 0, rows - 1, columns - 1)
        s.hide_gridlines(2)

    def graphique(self, row: int, col: int, chart: Any, width: int, height: int, says: str) -> None:
        """A chart, its corner in a cell, its size in pixels, with what a screen reader says."""
        chart.set_size({"width": width, "height": height})
        self._sheet.insert_chart(row, col, chart, {"description": says, "object_position": 1})


class Classeur:
    """A workbook in memory; `jour` is the date that its properties carry."""

    def __init__(self, titre: str, jour: dt.date) -> None:
        self._out = io.BytesIO()
        self._book = xlsxwriter.Workbook(
            self._out,
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
        )
        self._book.set_properties({"title": titre, "created": dt.datetime(jour.year, jour.month, jour.day)})
        self._styles = {name: self._book.add_format(dict(fmt)) for name, fmt in STYLES.items()}
        self._conditions = (self._book.add_format(ALERTE), self._book.add_format(VIGILANCE))

    def feuille(self, nom: str) -> FeuilleXlsx:
        """A new sheet."""
        return FeuilleXlsx(self._book.add_worksheet(nom), self._styles, self._conditions)

    def barres(self, titre: str, series: Sequence[Mapping[str, Any]], empile: str, couche: bool) -> Any:
        """A stacked bar chart (`couche`: lying bars). `empile` is « stacked » or « percent_stacked »."""
        chart: Any = self._book.add_chart({"type": "bar" if couche else "column", "subtype": empile})
        for one in series:
            chart.add_series({**one, "gap": 60})
        font = {"name": "Arial", "size": 9}
        chart.set_title({"name": titre, "name_font": {**font, "size": 11, "bold": True}, "overlay": False})
        chart.set_legend({"position": "bottom", "font": font})
        shown = "0%" if empile == "percent_stacked" else "[$-40C]#,##0\\ [$€-40C]"
        values = {"num_format": shown, "num_font": font, "major_gridlines": {"visible": True,
                  "line": {"color": "#D9D9D9"}}, **({"label_position": "low"} if couche else {})}  # fmt: skip
        names = {"num_font": font, "reverse": couche}
        # Lying bars: XlsxWriter calls x what is drawn across, and the first name stands at the top.
        chart.set_x_axis(values if couche else names)
        chart.set_y_axis(names if couche else values)
        return chart

    def octets(self) -> bytes:
        """The finished workbook, its styles named."""
        self._book.close()
        named = {f"Convenant {n}": f.xf_index for n, f in self._styles.items() if f.xf_index is not None}
        return nommer(self._out.getvalue(), named)


def en_euros(cents: int) -> Decimal:
    """A number of euros that the file holds exactly."""
    return Decimal(cents).scaleb(-2)


def colonne(rank: int) -> str:
    """Letters of a column: « A » for 0."""
    return str(xl_col_to_name(rank))
