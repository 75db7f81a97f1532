"""The report of a check, in the form that its reader needs: a terminal, a program, a code host, paper.

The same findings give the same bytes: no form holds a date of printing (unless it is given one) or a path of
the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from generator.compte_rendu.etat import Etat
from generator.compte_rendu.sarif import en_sarif
from generator.compte_rendu.texte import bilan, en_texte
from generator.diagnostics import Diagnostic, Span, to_json
from generator.files import cause, ecrire

__all__ = ["FORMES", "SUFFIXES", "Etat", "bilan", "ecrire_texte", "ecrire_vers", "rediger"]


def _en_html(etat: Etat) -> str:
    from generator.compte_rendu.controle import en_html  # slow to import, and seldom asked for

    return en_html(etat)


FORMES: Mapping[str, Callable[[Etat], str]] = {
    "texte": en_texte,
    "json": lambda etat: to_json(etat.diagnostics) + "\n",
    "sarif": en_sarif,
    "html": _en_html,
}
"""What writes each form."""

SUFFIXES = {".json": "json", ".sarif": "sarif", ".html": "html", ".htm": "html"}
"""Form that the name of a file asks for; any other asks for text."""


def rediger(etat: Etat, forme: str) -> str:
    """The report in one of `FORMES`, ended by a line feed."""
    return FORMES[forme](etat)


def ecrire_vers(etat: Etat, forme: str, vers: Path) -> Diagnostic | None:
    """Write the report into a file, in UTF-8; what prevented it, if anything did."""
    return ecrire_texte(rediger(etat, forme), vers)


def ecrire_texte(texte: str, vers: Path) -> Diagnostic | None:
    """Write a report already worded, as `ecrire_vers` does."""
    try:
        ecrire(vers, texte.encode("utf-8"))
    except OSError as e:
        return Diagnostic(
            "SOR001",
            f"impossible d’écrire le compte rendu\u00a0: {cause(e)}",
            Span(vers.as_posix()),
            help="choisir un autre fichier avec --vers",
        )
    return None
