"""The register and the state of the acts, written down: table for a terminal, CSV, JSON, extract."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from generator import tableau
from generator.registre.evenements import Inscription
from generator.registre.vie import STRUCTURE, Situation
from generator.tableau import Colonne, Tableau
from generator.typography import accord, date_courte

_COLONNES = (
    Colonne("Acte", cle=True),
    Colonne("Structure", cle=True),
    Colonne("Étape"),
    Colonne("Depuis le", entiere=True),
    Colonne("En attente de"),
    Colonne("Échéance", entiere=True),
    Colonne("Retard", entiere=True),
)
_TETES = tuple(c.titre for c in _COLONNES)


def _rang(s: Situation) -> list[str]:
    step = s.etape.value if s.etape else "à produire"
    return [
        s.acte.intitule,
        s.acte.structure,
        f"{step} (envoi à vérifier)" if s.douteux else step,
        date_courte(s.depuis) if s.depuis else "—",
        "la structure" if s.attend == STRUCTURE else f"le {s.attend}" if s.attend else "—",
        date_courte(s.echeance) if s.echeance else "—",
        accord(s.retard, "jour") if s.retard else "—",
    ]


def en_texte(found: Sequence[Situation], largeur: int | None = None) -> str:
    """A table in columns, those who are late first, then its summary, in lines of `largeur` characters."""
    rows = [tuple(_rang(s)) for s in sorted(found, key=lambda s: (-s.retard, s.acte.ident))]
    return f"{tableau.en_texte(Tableau('', _COLONNES, tuple(rows)), largeur)}\n{resume(found)}\n"


def resume(found: Sequence[Situation]) -> str:
    """« 20 actes, 3 en retard : 2 chez les structures, 1 au Département »."""
    late = [s for s in found if s.retard]
    theirs = sum(s.attend == STRUCTURE for s in late)
    text = f"{accord(len(found), 'acte')}, {len(late)} en retard"
    if late:
        text += f"\u00a0: {theirs} du fait des structures, {len(late) - theirs} du fait du Département"
    return text


def en_csv(found: Sequence[Situation]) -> bytes:
    """One line for each act, as French spreadsheets read it; the days of delay are a number."""
    return tableau.en_csv(
        ("identifiant", *_TETES[:-1], "Retard (jours)"),
        ([*map(tableau.litteral, (s.acte.ident, *_rang(s)[:-1])), str(s.retard)] for s in found),
    )


def en_json(found: Sequence[Situation]) -> str:
    """One object for each act; dates as AAAA-MM-JJ."""
    rows = [
        {
            "acte": s.acte.ident,
            "intitule": s.acte.intitule,
            "structure": s.acte.structure,
            "etape": s.etape.value if s.etape else None,
            "depuis": s.depuis.isoformat() if s.depuis else None,
            "attend": s.attend or None,
            "echeance": s.echeance.isoformat() if s.echeance else None,
            "retard": s.retard,
            "envoi_a_verifier": s.douteux,
        }
        for s in found
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"


def extrait(inscriptions: Iterable[Inscription]) -> str:
    """Every entry, one JSON object a line, with what its digest covers: the chain can be computed again."""
    lines = []
    for entry in inscriptions:
        e = entry.evenement
        said = {
            "rang": entry.rang,
            "acte": e.acte,
            "etape": e.etape.value,
            "le": e.le.isoformat(),
            "inscrit_le": entry.inscrit_le.isoformat(),
            "par": e.par,
            "detail": dict(sorted(e.detail.items())),
            "cle": e.cle,
            "precedent": entry.precedent,
            "empreinte": entry.empreinte,
        }
        lines.append(json.dumps(said, ensure_ascii=False))
    return "".join(f"{line}\n" for line in lines)
