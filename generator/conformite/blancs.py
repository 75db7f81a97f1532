"""The blanks of a modele: a passage of it as a rule that a passage of an act keeps or not."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from generator.conformite.passages import Passage
from generator.documents.commun import BLANC


def dans_les_termes(modele: str, acte: str) -> bool:
    """True when the two texts (`Passage.mots`) differ by nothing but what fills the blanks.

    Each blank is filled by one character at least. Fixed words are looked for from left to right, each as
    early as it can stand, which finds a way whenever there is one: no text can make it slow.
    """
    fixes = modele.split(BLANC)
    if len(fixes) == 1:
        return modele == acte
    first, last = fixes[0], fixes[-1]
    if not acte.startswith(first):
        return False
    at = len(first)
    for fixe in fixes[1:-1]:
        found = acte.find(fixe, at + 1)
        if found < 0:
            return False
        at = found + len(fixe)
    return acte.endswith(last) and len(acte) - len(last) > at


def apparier(modele: Sequence[Passage], acte: Sequence[Passage]) -> list[tuple[int | None, int | None]]:
    """Passages of the modele and of the act in order, those that agree side by side; None: no counterpart."""
    a, b = [p.mots for p in modele], [p.mots for p in acte]
    out: list[tuple[int | None, int | None]] = []
    for op, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if op == "equal":
            out += zip(range(i1, i2), range(j1, j2), strict=True)
        else:
            out += _remplir(a, b, range(i1, i2), range(j1, j2))
    return out


def _remplir(a: Sequence[str], b: Sequence[str], ra: range, rb: range) -> list[tuple[int | None, int | None]]:
    """The longest common way through a gap, two passages agreeing when blanks alone tell them apart."""
    n, k = len(ra), len(rb)
    agree = [[dans_les_termes(a[i], b[j]) for j in rb] for i in ra]
    best = [[0] * (k + 1) for _ in range(n + 1)]
    for i in range(n - 1, -1, -1):
        for j in range(k - 1, -1, -1):
            taken = best[i + 1][j + 1] + 1 if agree[i][j] else 0
            best[i][j] = max(taken, best[i + 1][j], best[i][j + 1])
    out: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < n or j < k:
        if i < n and j < k and agree[i][j] and best[i][j] == best[i + 1][j + 1] + 1:
            out.append((ra[i], rb[j]))
            i, j = i + 1, j + 1
        elif j >= k or (i < n and best[i + 1][j] >= best[i][j + 1]):
            out.append((ra[i], None))
            i += 1
        else:
            out.append((None, rb[j]))
            j += 1
    return out
