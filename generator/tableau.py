"""Tables of words already chosen, as text that fits a width and as CSV for a French spreadsheet.

Neither rich nor wcwidth does it: rich breaks a line at a non-breaking space and cuts what is too wide,
neither shares columns between panels. A width is a count of characters: none of the tables has a wide one.
"""

from __future__ import annotations

import csv
import io
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FORMULE = re.compile("[=+\\-@\t\r]")
"""What begins a formula for a spreadsheet (OWASP, « CSV Injection »)."""
LISIBLE = 14
"""Characters under which a text broken into lines is no longer read with ease."""
_TITRE = 10
"""Characters of a heading that is not worth breaking: a date is as wide."""
SUITE = "(suite)"
_ENTRE = "  "


@dataclass(frozen=True, slots=True)
class Colonne:
    """A column. `droite`: aligned on the right. `entiere`: its cells are never broken (amounts, dates).

    `cle`: it tells one row from another, and is repeated when the table is cut into panels; the first
    column is when none is said to be. `large`: characters of a line, at most; None for as many as needed.
    """

    titre: str
    droite: bool = False
    entiere: bool = False
    cle: bool = False
    large: int | None = None


@dataclass(frozen=True, slots=True)
class Tableau:
    """A table: every row, and the row of totals when there is one, has a cell for each column."""

    titre: str
    colonnes: tuple[Colonne, ...]
    lignes: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class _Mesure:
    """Widths of a column, in characters: `libre` leaves the cells and the heading as they are, `titre_plie`
    the cells alone, `pliee` breaks the texts too, as far as they can still be read."""

    libre: int
    titre_plie: int
    pliee: int


def en_texte(tableau: Tableau, largeur: int | None = None) -> str:
    """The table in aligned columns, ended by a line feed, in lines of `largeur` characters at most.

    Headings are broken into lines first, then texts; when that is not enough, columns go to panels one
    under another. An amount or a date is never broken: where one does not fit beside the first key, the
    line is longer.
    """
    cells = tableau.lignes if tableau.total is None else (*tableau.lignes, tableau.total)
    sizes = [_mesure(c, [row[k] for row in cells]) for k, c in enumerate(tableau.colonnes)]
    out = []
    for rank, panel in enumerate(_panneaux(tableau.colonnes, sizes, largeur)):
        title = " ".join(filter(None, (tableau.titre, SUITE if rank else "")))
        wide = _largeurs([sizes[k] for k in panel], largeur)
        out.append("".join(f"{line}\n" for line in (*_plie(title, largeur), *_corps(tableau, panel, wide))))
    return "\n".join(out)


def _mesure(column: Colonne, cells: Sequence[str]) -> _Mesure:
    widest = max(map(len, cells), default=0)
    held = widest if column.large is None else min(widest, column.large)
    head = len(column.titre) if column.large is None else min(len(column.titre), column.large)
    word = min(head, max(_TITRE, _mot(column.titre)))
    if column.entiere:
        return _Mesure(max(widest, head), max(widest, word), max(widest, word))
    least = min(held, max(LISIBLE, *map(_mot, cells))) if cells else 0
    return _Mesure(max(held, head), max(held, word), max(least, word))


def _mot(text: str) -> int:
    """Length of the longest word, of what is between hyphens when it may be broken there."""
    return max(map(len, textwrap.wrap(text, 1, break_long_words=False)), default=0)


def _total(wide: Iterable[int]) -> int:
    return sum(w + len(_ENTRE) for w in wide) - len(_ENTRE)


def _panneaux(
    columns: Sequence[Colonne], sizes: Sequence[_Mesure], room: int | None
) -> list[tuple[int, ...]]:
    """The columns of each panel, by their rank; as few panels as can be, as even as can be."""
    least = [s.pliee for s in sizes]
    if room is None or _total(least) <= room:
        return [tuple(range(len(columns)))]
    keys = [k for k, c in enumerate(columns) if c.cle] or [0]
    # Better a panel with fewer keys than a line that is too long.
    while len(keys) > 1 and _total([least[k] for k in keys]) + len(_ENTRE) + _autre(least, keys) > room:
        keys.pop()
    found = _repartir(least, keys, room)
    while len(closer := _repartir(least, keys, room - 1)) == len(found) and room > 1:
        found, room = closer, room - 1
    return found


def _autre(least: Sequence[int], keys: Sequence[int]) -> int:
    return max((w for k, w in enumerate(least) if k not in keys), default=0)


def _repartir(least: Sequence[int], keys: Sequence[int], room: int) -> list[tuple[int, ...]]:
    panels: list[list[int]] = [[]]
    for k in range(len(least)):
        if k in keys:
            continue
        if panels[-1] and _total(least[j] for j in (*keys, *panels[-1], k)) > room:
            panels.append([])
        panels[-1].append(k)
    return [tuple(sorted((*keys, *panel))) for panel in panels]


def _largeurs(sizes: Sequence[_Mesure], room: int | None) -> list[int]:
    """The width of each column: the widest gives up first, its heading before its texts."""
    wide = [s.libre for s in sizes]
    if room is None:
        return wide
    for least in ([s.titre_plie for s in sizes], [s.pliee for s in sizes]):
        while _total(wide) > room and (left := [k for k, w in enumerate(wide) if w > least[k]]):
            wide[max(left, key=lambda k: wide[k])] -= 1
    return wide


def _corps(tableau: Tableau, panel: Sequence[int], wide: Sequence[int]) -> list[str]:
    columns = [tableau.colonnes[k] for k in panel]
    heads = [_plie(c.titre, w) for c, w in zip(columns, wide, strict=True)]
    high = max(map(len, heads))
    # Short headings stand on the last line, over their column.
    lines = _lignes([[""] * (high - len(head)) + head for head in heads], columns, wide)
    lines.append(_ENTRE.join("─" * w for w in wide))
    rows = [[row[k] for k in panel] for row in tableau.lignes]
    if tableau.total is not None and any(tableau.total[k] for k in panel):
        total = [tableau.total[k] for k in panel]
        rows.append([total[0] or "Total", *total[1:]])
    for row in rows:
        lines += _lignes([_plie(cell, w) for cell, w in zip(row, wide, strict=True)], columns, wide)
    return lines if rows else [*lines, "(aucune ligne)"]


def _plie(text: str, width: int | None) -> list[str]:
    return [text] if width is None and text else textwrap.wrap(text, width or 1)


def _lignes(cells: Sequence[Sequence[str]], columns: Sequence[Colonne], wide: Sequence[int]) -> list[str]:
    """Cells already broken into lines, side by side."""
    out = []
    for k in range(max(1, *map(len, cells))):
        parts = [cell[k] if k < len(cell) else "" for cell in cells]
        said = (p.rjust(w) if c.droite else p.ljust(w) for p, w, c in zip(parts, wide, columns, strict=True))
        out.append(_ENTRE.join(said).rstrip())
    return out


def litteral(text: str) -> str:
    """A text for CSV, after an apostrophe if a spreadsheet would take it for a formula."""
    return f"'{text}" if FORMULE.match(text) else text


def en_csv(titres: Iterable[str], lignes: Iterable[Iterable[str]]) -> bytes:
    """The cells as a French spreadsheet opens them: UTF-8 with its mark, « ; » between, CRLF lines."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(titres)
    writer.writerows(lignes)
    return out.getvalue().encode("utf-8-sig")
