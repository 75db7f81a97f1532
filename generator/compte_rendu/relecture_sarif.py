"""The report of `convenant relire` as SARIF 2.1.0.

A page or a paragraph is a logical location: only the lines of a text file are a region of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from generator.compte_rendu.sarif import journal, uri
from generator.diagnostics import Diagnostic, Span, francais
from generator.relecture import Releve, par_code
from generator.relecture.texte import Genre, Texte


def en_sarif(releves: Sequence[Releve]) -> str:
    """One run; its rules are all those of the proofreader, and what kept files from being read."""
    return journal(par_code(), [(d, _resultat(d, r.texte)) for r in releves for d in r.diagnostics], {})


def _resultat(d: Diagnostic, texte: Texte | None) -> dict[str, Any]:
    out: dict[str, Any] = {"locations": [_place(d.span, texte)]}
    notes = [
        {"id": n, "message": {"text": francais(note.text)}, **(_place(note.span, texte) if note.span else {})}
        for n, note in enumerate(d.notes)
    ]
    if notes:
        out["relatedLocations"] = notes
    extrait = texte.extrait(d.span)[0] if texte else ""
    properties = {"aide": francais(d.help), "extrait": extrait}
    out["properties"] = {nom: valeur for nom, valeur in properties.items() if valeur}
    return out


def _place(span: Span, texte: Texte | None) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": uri(span.file)}}
    lieu = texte.lieu(span) if texte else ""
    ligne = re.search(r"\bligne\u00a0(\d+)\Z", lieu)
    if texte is not None and texte.genre is Genre.TXT and ligne:
        place["region"] = {"startLine": int(ligne[1])}
    out: dict[str, Any] = {"physicalLocation": place}
    if lieu:
        out["logicalLocations"] = [{"fullyQualifiedName": lieu}]
    return out
