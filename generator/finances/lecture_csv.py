"""A CSV that somebody sends, whatever its encoding and its separator."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable

from charset_normalizer import from_bytes

from generator.finances.colonnes import reconnues
from generator.finances.feuillet import MAX_COLONNES, MAX_LIGNES, Brut, Feuillet, LectureError, Rangee

_SEPARATEURS = (";", "\t", ",", "|")
_PAGES = ("cp1252", "mac_roman", "cp850")
"""Encodings of French offices when it is not UTF-8: Windows, the old Mac, the terminal of DOS."""
_NOMS = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman", "cp850": "DOS (page 850)"}
_APOSTROPHE = re.compile("'(?=[=+\\-@\t\r])")
"""What our own CSV puts before a text that a spreadsheet would take for a formula."""
_BLANCS = " \t\u00a0\u202f\u2007"
_ESSAI = 30
"""Lines among which the headings are looked for."""


def decoder(data: bytes) -> tuple[str, str]:
    """The text, and the name of its encoding when it is not UTF-8 (else empty). Raises `LectureError`."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), "UTF-16"
        except UnicodeDecodeError:
            raise LectureError("l’encodage du fichier est incohérent") from None
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        best = from_bytes(data, cp_isolation=list(_PAGES)).best()
    if best is None:
        raise LectureError("l’encodage du fichier n’est ni UTF-8 ni Windows-1252")
    return str(best), _NOMS.get(best.encoding, best.encoding)


def lire_csv(
    data: bytes, fichier: str, titres: Callable[[Iterable[Brut]], int] = reconnues
) -> tuple[Feuillet, str]:
    """The rows, and the name of the encoding when it is not UTF-8. Raises `LectureError`.

    The separator is the one that makes a row of known headings (`titres` counts them): statistics on commas
    are fooled by amounts.
    """
    text, encoding = decoder(data)
    if "\0" in text:
        raise LectureError("ce n’est pas un fichier de texte")
    head = "\n".join(text.splitlines()[:_ESSAI])
    scores = {sep: max((titres(r.cellules) for r in _rangees(head, sep)), default=0) for sep in _SEPARATEURS}
    sep = max(_SEPARATEURS, key=lambda s: scores[s])
    rows = _rangees(text, sep)
    _refermer(text, sep, rows)
    if len(rows) > MAX_LIGNES:
        raise LectureError(f"le fichier a plus de {MAX_LIGNES // 1000} 000 lignes")
    return Feuillet(fichier, "", tuple(rows)), encoding


def _rangees(text: str, sep: str) -> list[Rangee]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sep)
    out: list[Rangee] = []
    start = 1
    try:
        for cells in reader:
            out.append(Rangee(start, tuple(_brut(c) for c in cells[:MAX_COLONNES])))
            start = reader.line_num + 1
    except csv.Error:
        raise LectureError(f"un guillemet ouvert n’est pas refermé, à partir de la ligne {start}") from None
    return out


def _refermer(text: str, sep: str, rows: list[Rangee]) -> None:
    """Refuse a quote that is never closed: all the rows that follow it would be one cell of the last."""
    if not rows:
        return
    start = rows[-1].numero
    last = list(io.StringIO(text, newline=""))[start - 1 :]
    try:
        list(csv.reader(last, delimiter=sep, strict=True))
    except csv.Error as e:
        if "end of data" in str(e):  # the module has one class for all its errors
            raise LectureError(
                f"un guillemet ouvert n’est pas refermé, à partir de la ligne {start}"
            ) from None


def _brut(cell: str) -> Brut:
    return _APOSTROPHE.sub("", cell.strip(_BLANCS), count=1) or None
