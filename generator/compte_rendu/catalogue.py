"""What each code means, at length: docs/regles.md, whose paragraphs the program reads.

Where that page is not installed, a rule is told by its docstring.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from generator.checks import par_code

PAGE = Path(__file__).resolve().parents[2] / "docs" / "regles.md"

_TITRE = re.compile(r"^(#{2,3}) (.+)$", re.MULTILINE)
_CODES = re.compile(r"[A-Z]{3}(?:, [A-Z]{3})*")
_REMEDE = re.compile(r"\*\*Que faire\s*:\*\*\s*")


@dataclass(frozen=True, slots=True)
class Fiche:
    """What a code means. `texte` and `remede` are Markdown: plain paragraphs, bold and code."""

    code: str
    titre: str
    famille: str
    """Name of the family of rules, e.g. « Montants et quantités »."""
    texte: str
    remede: str = ""

    def __str__(self) -> str:
        """The whole as the terminal shows it."""
        said = f"Que faire\u00a0: {self.remede}" if self.remede else ""
        parts = (f"{self.code} {self.titre}".strip(), self.texte, said)
        return "\n".join(filter(None, parts)).replace("**", "")


def lire(page: str) -> dict[str, Fiche]:
    """The paragraphs of the page of the rules, by code, in its order."""
    found: dict[str, Fiche] = {}
    family = ""
    heads = list(_TITRE.finditer(page))
    for head, after in zip(heads, [*heads[1:], None], strict=True):
        body = page[head.end() : after.start() if after else len(page)].strip()
        label, _, name = head[2].partition(" – ")
        if head[1] == "##":
            family = name if _CODES.fullmatch(label) else head[2]
            continue
        code, _, title = head[2].partition(" ")
        if re.fullmatch(r"[A-Z]{3}[0-9]{3}", code):
            text, *remedy = _REMEDE.split(body, maxsplit=1)
            found[code] = Fiche(code, title, family, text.strip(), remedy[0].strip() if remedy else "")
    return found


@cache
def catalogue() -> Mapping[str, Fiche]:
    """Every code that is documented or that a rule declares."""
    found = lire(PAGE.read_text("utf-8")) if PAGE.is_file() else {}
    for code, rule in par_code().items():
        found.setdefault(code, Fiche(code, "", rule.famille.capitalize(), rule.texte))
    return found


def fiche(code: str) -> Fiche:
    """What a code means; an empty page for a code that nothing documents."""
    return catalogue().get(code) or Fiche(code, "", code[:3], "")
