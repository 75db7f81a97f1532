"""Blanks: a record says the value, or leaves the field out; it never holds a place to fill in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.checks import regle
from generator.diagnostics import Diagnostic
from generator.load import Records
from generator.source import Path_, Value

_BLANC = re.compile(r"[Xx]{4,}|\bNone\b|\{\{|\{%|%\}|\}\}|…{2,}|\.{5,}|_{4,}|\?{3,}")


@regle("BLC001")
def rien_a_completer(records: Records) -> Iterator[Diagnostic]:
    """Une fiche ne contient ni « XXXX », ni pointillés, ni balise : les blancs d’un modèle d’avenant
    sont mis par le programme, là où la valeur appartient à une structure."""
    for cle, src in records.sources.items():
        for path, text in _texts(src.value, ()):
            found = _BLANC.search(text)
            if found:
                yield Diagnostic(
                    "BLC001",
                    f"la valeur contient « {found[0]} », qui reste à compléter",
                    records.span(cle, *path),
                    help="écrire la valeur, ou supprimer la ligne si le champ est facultatif",
                )


def _texts(value: Value, path: Path_) -> Iterator[tuple[Path_, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, (*path, key))
    elif isinstance(value, list):
        for rank, item in enumerate(value):
            yield from _texts(item, (*path, rank))
