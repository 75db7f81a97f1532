"""Blanks: a record says the value, or leaves the field out; it never holds a place to fill in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.checks import regle
from generator.diagnostics import Diagnostic
from generator.load import Records
from generator.source import Path_, Value

_BLANC = re.compile(r"[Xx]{4,}|\bNone\b|\{\{|\{%|%\}|\}\}|…{2,}|\.{5,}|_{4,}|\?{3,}")

_INDICES = ("\\", "xxxx", "none", "{{", "{%", "%}", "}}", "……", ".....", "____", "???")
"""One of them stands, in lower case, in every file whose values hold a blank: but for an escape, what a value
holds stands in the file as it is."""


def _possible(text: str) -> bool:
    """False when no value of the file can hold a blank: ten times faster than to look at each."""
    low = text.lower()
    return any(sign in low for sign in _INDICES)


@regle("BLC001")
def rien_a_completer(records: Records) -> Iterator[Diagnostic]:
    """Une fiche ne contient ni « XXXX », ni pointillés, ni balise : les blancs d’un modèle d’avenant
    sont mis par le programme, là où la valeur appartient à une structure."""
    for cle, src in records.sources.items():
        if not _possible(src.text):
            continue
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
