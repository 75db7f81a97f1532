"""The report of a check, in the form that its reader needs: a terminal, a program, a code host, paper.

The same findings give the same bytes: no form holds a date of printing or a path of the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from generator.compte_rendu.page import en_html
from generator.compte_rendu.releve import Releve
from generator.compte_rendu.sarif import en_sarif
from generator.compte_rendu.texte import en_texte
from generator.diagnostics import to_json

__all__ = ["FORMES", "SUFFIXES", "Releve", "rediger"]

FORMES: Mapping[str, Callable[[Releve], str]] = {
    "texte": en_texte,
    "json": lambda releve: to_json(releve.diagnostics) + "\n",
    "sarif": en_sarif,
    "html": en_html,
}
"""What writes each form."""

SUFFIXES = {".json": "json", ".sarif": "sarif", ".html": "html", ".htm": "html"}
"""Form that the name of a file asks for; any other asks for text."""


def rediger(releve: Releve, forme: str) -> str:
    """The report in one of `FORMES`, ended by a line feed."""
    return FORMES[forme](releve)
