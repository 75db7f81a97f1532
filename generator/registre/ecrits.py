"""The register and the state of the acts, written down: table for a terminal, CSV, JSON, extract."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence

from generator.registre.evenements import Inscription
from generator.registre.vie import STRUCTURE, Situation
from generator.typography import accord, date_courte

_TETES = ("Acte", "Structure", "Étape", "Depuis le", "En attente de", "Échéance", "Retard")


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


def en_texte(found: Sequence[Situation]) -> str:
    """A table in columns, those who are late first, then its summary."""
    rows = [_rang(s) for s in sorted(found, key=lambda s: (-s.retard, s.acte.ident))]
    widths = [max(map(len, column)) for column in zip(_TETES, *rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (_TETES, ["─" * w for w in widths], *rows)
    ]
    return "\n".join([*lines, "", resume(found)]) + "\n"


def resume(found: Sequence[Situation]) -> str:
    """« 20 actes, 3 en retard : 2 chez les structures, 1 au Département »."""
    late = [s for s in found if s.retard]
    theirs = sum(s.attend == STRUCTURE for s in late)
    text = f"{accord(len(found), 'acte')}, {len(late)} en retard"
    if late:
        text += f"\u00a0: {theirs} du fait des structures, {len(late) - theirs} du fait du Département"
    return text


def en_csv(found: Sequence[Situation]) -> bytes:
    """One line for each act, with semicolons and a byte order mark, as French spreadsheets read it."""
    out = io.StringIO()
    write = csv.writer(out, delimiter=";", lineterminator="\r\n")
    write.writerow(("identifiant", *_TETES[:-1], "Retard (jours)"))
    for s in found:
        write.writerow([_sure(x) for x in (s.acte.ident, *_rang(s)[:-1])] + [s.retard])
    return out.getvalue().encode("utf-8-sig")


def _sure(text: str) -> str:
    """No cell may be taken for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


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
