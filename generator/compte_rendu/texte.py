"""The report as plain text: what the terminal shows."""

from __future__ import annotations

from generator.compte_rendu.releve import Releve, lignes
from generator.diagnostics import Diagnostic, summary, to_text


def constat(releve: Releve, d: Diagnostic) -> str:
    """A finding with the excerpt of its file."""
    return to_text(d, lignes(releve.records, d.span.file) if d.span.line else ())


def bilan(releve: Releve) -> str:
    """« 86 fiches contrôlées : 1 erreur »."""
    return f"{len(releve.records.sources)} fiches contrôlées : {summary(releve.diagnostics)}"


def en_texte(releve: Releve) -> str:
    """Every finding, then those that are accepted, then their number."""
    found = (*releve.ouverts, *releve.acceptes)
    return "".join(f"{constat(releve, d)}\n\n" for d in found) + f"{bilan(releve)}\n"
