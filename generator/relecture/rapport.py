"""What was found, shown: grouped by file, each fault under the words where it stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from generator.diagnostics import Diagnostic, Severity, francais, harmless, summary
from generator.relecture import Releve
from generator.typography import accord

_RETRAIT = "    "


def en_texte(releve: Releve) -> str:
    """The findings of a file, as the terminal shows them."""
    lignes = [francais(f"{releve.fichier} : {bilan(releve.diagnostics)}")]
    for d in releve.diagnostics:
        lignes += ["", *_constat(releve, d)]
    return harmless("\n".join(lignes))


def bilan(diagnostics: Sequence[Diagnostic]) -> str:
    """« 1 erreur, 2 avertissements, 3 remarques » or « aucune anomalie »."""
    remarques = sum(d.severity is Severity.INFO for d in diagnostics)
    if not remarques:
        return summary(diagnostics)
    compte = accord(remarques, "remarque")
    graves = len(diagnostics) > remarques
    return f"{summary(diagnostics)}, {compte}" if graves else compte


def _constat(releve: Releve, d: Diagnostic) -> list[str]:
    texte = releve.texte
    lieu = texte.lieu(d.span) if texte else ""
    lignes = [francais(f"  {f'{lieu} : ' if lieu else ''}{d.severity}[{d.code}] {d.message}")]
    if texte:
        extrait, debut, longueur = texte.extrait(d.span)
        if extrait:
            lignes += [_RETRAIT + extrait, _RETRAIT + " " * debut + "^" * longueur]
    for note in d.notes:
        ou = texte.lieu(note.span) if texte and note.span else ""
        lignes.append(francais(f"  note : {note.text}") + (f" ({ou})" if ou else ""))
    if d.help:
        lignes.append(francais(f"  aide : {d.help}"))
    return lignes


def total(releves: Sequence[Releve]) -> str:
    """The last line: how many files, what was found in all."""
    tous = [d for r in releves for d in r.diagnostics]
    lus = len(releves)
    relus = f"{accord(lus, 'fichier')} {'relus' if lus > 1 else 'relu'}"
    return francais(f"{relus} : {bilan(tous)}")


def en_json(releves: Iterable[Releve]) -> str:
    """The findings as one JSON array; `debut` and `longueur` mark the fault in `extrait`."""
    rangs = []
    for releve in releves:
        texte = releve.texte
        for d in releve.diagnostics:
            extrait, debut, longueur = texte.extrait(d.span) if texte else ("", 0, 0)
            page = texte.lignes[d.span.line - 1].page if texte and d.span.line else 0
            rangs.append(
                {
                    "fichier": releve.fichier,
                    "code": d.code,
                    "gravite": str(d.severity),
                    "message": francais(d.message),
                    "lieu": texte.lieu(d.span) if texte else "",
                    "page": page or None,
                    "extrait": extrait,
                    "debut": debut,
                    "longueur": longueur,
                    "notes": [
                        {"texte": francais(n.text), "lieu": texte.lieu(n.span) if texte and n.span else ""}
                        for n in d.notes
                    ],
                    "aide": francais(d.help),
                }
            )
    return json.dumps(rangs, ensure_ascii=False, indent=2)
