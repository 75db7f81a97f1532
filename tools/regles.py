"""Writes the list of rules into docs/regles.md, from the rules themselves: python tools/regles.py

The list stands between two marks; the rest of the page is written by hand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator import checks, relecture
from generator.compte_rendu.catalogue import fiche
from generator.diagnostics import Severity, francais
from generator.regle import Gravites, Regle

PAGE = Path(__file__).resolve().parent.parent / "docs" / "regles.md"
DEBUT, FIN = "<!-- liste des règles : écrite par tools/regles.py -->", "<!-- fin de la liste -->"
_NOMS = {Severity.ERREUR: "erreur", Severity.AVERTISSEMENT: "avertissement", Severity.INFO: "information"}


def tableau() -> str:
    """The rules on records, then those of the proofreader, as one Markdown table."""
    heads = ["| code | famille | gravité | ce que la règle vérifie |", "|---|---|---|---|"]
    return "\n".join([*heads, *(_rang(r) for r in (*checks.regles(), *relecture.regles()))])


def _rang(rule: Regle[Any]) -> str:
    families = dict.fromkeys(fiche(code).famille for code in rule.codes)
    text = re.sub(r"\s*\n\s*", " ", rule.texte).replace("|", "\\|").replace("<", "&lt;")
    cells = (", ".join(map(_lien, rule.codes)), ", ".join(families), _gravite(rule.gravites), text)
    return f"| {' | '.join(francais(cell) for cell in cells)} |"


def _lien(code: str) -> str:
    """The code, leading to its paragraph."""
    anchor = re.sub(r"[^\w -]", "", f"{code} {fiche(code).titre}".lower()).replace(" ", "-")
    return f"[{code}](#{anchor})"


def _gravite(gravites: Mapping[str, Gravites]) -> str:
    """« erreur », or which codes are what when they differ."""
    kinds: dict[str, list[str]] = {}
    for code, known in gravites.items():
        kinds.setdefault(" ou ".join(_NOMS[g] for g in known), []).append(code)
    if len(kinds) == 1:
        return next(iter(kinds))
    return " ; ".join(f"{kind} ({', '.join(codes)})" for kind, codes in kinds.items())


def page(text: str) -> str:
    """The page of the rules with its list up to date; ValueError when the marks are not there."""
    before, start, rest = text.partition(DEBUT)
    _, end, after = rest.partition(FIN)
    if not start or not end:
        raise ValueError(f"les repères de la liste manquent dans {PAGE.name}")
    return f"{before}{DEBUT}\n{tableau()}\n{end}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
