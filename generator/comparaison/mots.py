"""Words as a reader counts them: a figure, a date, a reference are one word, with their spaces inside."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final, Literal

Sorte = Literal["egal", "change"]

_ESP: Final = "[ \u00a0\u202f]"
_MOIS: Final = (
    "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
)  # fmt: skip
DATE: Final = rf"(?:1er|\d{{1,2}}){_ESP}(?:{_MOIS})(?:{_ESP}\d{{4}})?\b|\b\d{{1,2}}/\d{{1,2}}/\d{{4}}\b"
_NOMBRE: Final = rf"\d{{1,3}}(?:{_ESP}\d{{3}})+(?:{_ESP}\d{{5}})?(?:,\d+)?(?!\d)|\d+(?:[.,/–-]\w*\d)*"
MONTANT: Final = rf"(?:{_NOMBRE}){_ESP}?(?:€|euros?\b|centimes?\b)"
_UNITE: Final = rf"(?:{_NOMBRE})(?:{_ESP}?%|er\b|e\b|re\b|°)"
_REFERENCE: Final = r"[A-Z]+\d[\w]*(?:[-/]\w+)*"
_MOT: Final = rf"{DATE}|{MONTANT}|{_UNITE}|{_NOMBRE}|{_REFERENCE}|[^\W\d_]+[’']|[^\W\d_]+(?:-[^\W\d_]+)*|\s|."
_TOKENS: Final = re.compile(_MOT, re.DOTALL)


def mots(texte: str) -> list[str]:
    """`texte` cut in words, spaces and signs; joined, they give it back."""
    return _TOKENS.findall(texte)


def aligner(avant: Sequence[str], apres: Sequence[str]) -> list[tuple[bool, int, int, int, int]]:
    """Spans (same, i1, i2, j1, j2) that lead from one sequence to the other, in order.

    Two changes with nothing but spaces or signs between them are one change: a reader wants a phrase
    replaced, not a lace of letters.
    """
    brut = SequenceMatcher(None, avant, apres, autojunk=False).get_opcodes()
    spans: list[tuple[bool, int, int, int, int]] = []
    for k, (op, i1, i2, j1, j2) in enumerate(brut):
        same = op == "equal"
        inside = 0 < k < len(brut) - 1
        if same and inside and not any(re.search(r"\w", t) for t in avant[i1:i2]):
            near = (brut[k - 1][0], brut[k + 1][0])
            same = "replace" not in near and len(set(near)) == 1 and i2 - i1 > 1
        if spans and not same and not spans[-1][0]:
            _, a1, _, b1, _ = spans.pop()
            i1, j1 = a1, b1
        spans.append((same, i1, i2, j1, j2))
    return spans


def ressemblance(avant: Sequence[str], apres: Sequence[str]) -> float:
    """From 0 (nothing in common) to 1 (the same words, in any order)."""
    a, b = (Counter(t for t in x if not t.isspace()) for x in (avant, apres))
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 0.5
