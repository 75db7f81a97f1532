"""The sheets of a workbook that somebody sends: the only user of openpyxl."""

from __future__ import annotations

import datetime as dt
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from generator.finances.feuillet import MAX_COLONNES, MAX_LIGNES, Brut, Feuillet, Fusion, LectureError, Rangee

_MAX_OUVERT = 200 * 1024 * 1024
"""Bytes of all the parts once unpacked: a small file may hide gigabytes."""
# A broken workbook raises whatever its reader stumbled on; openpyxl has no family of its own for it.
_FAUTES = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, SyntaxError, KeyError, ValueError, TypeError,
    IndexError, AttributeError, EOFError, NotImplementedError, OSError,
)  # fmt: skip


def lire_xlsx(data: bytes, fichier: str) -> list[Feuillet]:
    """The visible sheets, in order. Raises `LectureError`.

    Numbers are given as a spreadsheet shows them, to 15 significant digits. A formula whose value the file
    does not hold is given as its text, so that it is refused rather than taken for an empty cell.
    """
    try:
        formulas = _sonder(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on what openpyxl does not keep: it is only read here
            values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
            written = openpyxl.load_workbook(io.BytesIO(data)) if formulas else None
        return [
            _feuillet(sheet, written[sheet.title] if written else None, fichier)
            for sheet in values.worksheets
            if sheet.sheet_state == "visible"
        ]
    except _FAUTES as e:
        raise LectureError("le classeur est abîmé, ou ce n’est pas un classeur .xlsx") from e


def _sonder(data: bytes) -> bool:
    """True when a sheet has a formula; refuses what unpacks to too much, and XML that declares entities."""
    with zipfile.ZipFile(io.BytesIO(data)) as z:
        if sum(entry.file_size for entry in z.infolist()) > _MAX_OUVERT:
            raise LectureError("le classeur est démesuré une fois ouvert")
        found = False
        for entry in z.infolist():
            if not entry.filename.endswith((".xml", ".rels")):
                continue
            part = z.read(entry)
            if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
                raise LectureError("le classeur contient une déclaration XML refusée (DOCTYPE)")
            found = found or b"<f>" in part or b"<f " in part
        return found


def _feuillet(sheet: Any, written: Any, fichier: str) -> Feuillet:
    if sheet.max_row > MAX_LIGNES:
        limit = f"{MAX_LIGNES // 1000} 000 lignes, mises en forme comprises"
        raise LectureError(f"la feuille « {sheet.title} » a plus de {limit}")
    merged = tuple(Fusion(r.min_row, r.max_row, r.min_col, r.max_col) for r in sheet.merged_cells.ranges)
    return Feuillet(fichier, sheet.title, tuple(_rangees(sheet, written)), tuple(sorted(merged, key=_ordre)))


def _ordre(f: Fusion) -> tuple[int, int]:
    return f.haut, f.gauche


def _rangees(sheet: Any, written: Any) -> Iterator[Rangee]:
    width = min(sheet.max_column, MAX_COLONNES)
    for number, cells in enumerate(sheet.iter_rows(max_col=width), 1):
        out: list[Brut] = []
        for cell in cells:
            value = _brut(cell.value)
            if value is None and written is not None:
                other = written.cell(number, cell.column)
                value = str(getattr(other.value, "text", other.value)) if other.data_type == "f" else None
            out.append(value)
        yield Rangee(number, tuple(out))


def _brut(value: Any) -> Brut:
    if value is None:
        return None
    if isinstance(value, bool):
        return "VRAI" if value else "FAUX"
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else f"{value:%d/%m/%Y %H:%M:%S}"
    if isinstance(value, dt.date):
        return value
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, dt.time | dt.timedelta):
        return str(value)
    return Decimal(format(value, ".15g"))  # what a spreadsheet shows of the binary number
