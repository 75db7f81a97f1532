"""The report as SARIF 2.1.0 (OASIS), which code hosts and editors show beside the lines.

An accepted warning is a suppressed result; every other has an empty list of suppressions, which says that
they are known (3.27.23 of the standard).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any
from urllib.parse import quote

from generator import __version__
from generator.checks import par_code
from generator.compte_rendu.catalogue import fiche
from generator.compte_rendu.etat import GRAVITES, Etat
from generator.diagnostics import Diagnostic, Note, Severity, Span, francais, harmless
from generator.money import REGLE_DE_PARTAGE
from generator.regle import Regle

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
NIVEAUX = {Severity.ERREUR: "error", Severity.AVERTISSEMENT: "warning", Severity.INFO: "note"}


def en_sarif(etat: Etat) -> str:
    """One run; its rules are all those that were applied, and what else was found."""
    properties = {"empreinteDesFiches": etat.empreinte, "regleDePartage": REGLE_DE_PARTAGE}
    results = [(d, _resultat(d)) for d in etat.diagnostics]
    return journal(par_code(), results, {"properties": properties})


def journal(
    rules: Mapping[str, Regle[Any]],
    results: Sequence[tuple[Diagnostic, dict[str, Any]]],
    more: Mapping[str, Any],
) -> str:
    """A log of one run: the rules that were applied, each finding with its places, `more` on the run."""
    found = [d for d, _ in results]
    codes = sorted({*rules, *(d.code for d in found)})
    rank = {code: n for n, code in enumerate(codes)}
    run = {
        "tool": {
            "driver": {
                "name": "Convenant",
                "version": __version__,
                "language": "fr",
                "rules": [_regle(code, rules.get(code), found) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [
            {
                "ruleId": d.code,
                "ruleIndex": rank[d.code],
                "level": NIVEAUX[d.severity],
                "message": {"text": francais(d.message)},
                **places,
            }
            for d, places in results
        ],
        **more,
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return harmless(json.dumps(log, ensure_ascii=False, indent=2)) + "\n"


def _regle(code: str, rule: Regle[Any] | None, found: Iterable[Diagnostic]) -> dict[str, Any]:
    page = fiche(code)
    known = rule.gravites[code] if rule else tuple(d.severity for d in found if d.code == code)
    gravest = min(known, key=GRAVITES.index)
    out: dict[str, Any] = {
        "id": code,
        "shortDescription": {"text": page.titre or code},
        "defaultConfiguration": {"level": NIVEAUX[gravest]},
        "properties": {"famille": page.famille},
    }
    if page.texte:
        out["fullDescription"] = {"text": _plat(page.texte)}
    if page.remede:
        out["help"] = {"text": _plat(page.remede)}
    return out


def _plat(markdown: str) -> str:
    """Paragraphs of Markdown as plain text: one line each, a blank line between."""
    paragraphs = re.split(r"\n\s*\n", markdown.replace("**", "").replace("`", ""))
    return "\n\n".join(francais(re.sub(r"\s*\n\s*", " ", p)) for p in paragraphs)


def _resultat(d: Diagnostic) -> dict[str, Any]:
    out: dict[str, Any] = {
        "locations": [{"physicalLocation": _lieu(d.span)}],
        "suppressions": [],
    }
    if d.notes:
        out["relatedLocations"] = _notes(d.notes)
    if d.help:
        out["properties"] = {"aide": francais(d.help)}
    if a := d.acceptation:
        out["suppressions"] = [
            {
                "kind": "inSource",
                "status": "accepted",
                "justification": francais(a.motif),
                "location": {"physicalLocation": _lieu(a.span)},
                "properties": {"par": a.par, "le": a.le.isoformat()},
            }
        ]
    return out


def _notes(notes: Sequence[Note]) -> list[dict[str, Any]]:
    return [
        {
            "id": n,
            "message": {"text": francais(note.text)},
            **({"physicalLocation": _lieu(note.span)} if note.span else {}),
        }
        for n, note in enumerate(notes)
    ]


def _lieu(span: Span) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": uri(span.file)}}
    if span.line:
        region = {"startLine": span.line}
        if span.column:
            region["startColumn"] = span.column
            region["endColumn"] = max(span.end_column, span.column + 1)
        place["region"] = region
    return place


def uri(file: str) -> str:
    """A path as a URI reference: relative to where the command is run, unless it is absolute."""
    if PureWindowsPath(file).drive:
        return PureWindowsPath(file).as_uri()
    return PurePosixPath(file).as_uri() if file.startswith("/") else quote(file)
