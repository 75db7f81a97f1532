"""The report as plain text: what the terminal shows."""

from __future__ import annotations

from generator.compte_rendu.etat import Etat
from generator.diagnostics import summary


def bilan(etat: Etat) -> str:
    """« 86 fiches contrôlées : 1 erreur »."""
    return f"{len(etat.records.sources)} fiches contrôlées\u00a0: {summary(etat.diagnostics)}"


def en_texte(etat: Etat) -> str:
    """Every finding, then those that are accepted, then their number."""
    found = (*etat.ouverts, *etat.acceptes)
    return "".join(f"{etat.texte(d)}\n\n" for d in found) + f"{bilan(etat)}\n"
