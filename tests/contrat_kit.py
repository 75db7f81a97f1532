"""What the tests of the templates' contract share: a plan over small templates, the real ones spoiled."""

from __future__ import annotations

import datetime
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator import contrat
from generator.diagnostics import Diagnostic
from generator.documents import FICHES, Document, Ouvrage
from generator.plan import Bloque, Plan, Tache

from .dossier_kit import DATA, ROOT, TEMPLATES, convenant
from .render_files import engine, rewrite, write

DOCUMENT = "documents/d.docx"
STRUCTURE = {"nom": "Ateliers", "siret": "1", "siege": {"voie": "rue", "commune": "Arras"}}
CONTEXT: dict[str, Any] = {
    "structure": STRUCTURE,
    "lignes": [{"montant": "1", "dates": ["2"]}, {"montant": "3", "dates": [], "note": "n"}],
    "vide": [],
    "absent": None,
    "pluriel": True,
    "cas": "a",
}


def plan(*contexts: Mapping[str, Any], template: str = DOCUMENT, held: bool = False) -> Plan:
    """A plan whose documents have these contexts; its cover is the template `documents/c.docx`."""

    def document(rank: int, context: Mapping[str, Any]) -> Document:
        return Document(
            f"d{rank}", "acte", "Acte", FICHES, (rank, ""), template, frozenset(), lambda: dict(context)
        )

    documents = tuple(document(n, c) for n, c in enumerate(contexts))
    work = Ouvrage(
        "o", "o", datetime.date(2024, 1, 1), documents, "documents/c.docx", lambda e, p, f: {"total": str(p)}
    )
    tasks = tuple(Tache(d, dict(c)) for d, c in zip(documents, contexts, strict=True))
    blocked = (Bloque(document(99, {}), ()),) if held else ()
    return Plan(work, tasks, blocked, True)


def examine(folder: Path, *contexts: Mapping[str, Any], held: bool = False) -> list[Diagnostic]:
    """Everything `modele verifier` would say of a folder, infos included."""
    if not (folder / "documents/c.docx").exists():
        write(folder, "documents/c.docx", "{{ total }}")
    lint = engine(folder).lint()
    return contrat.examiner([plan(*(contexts or (CONTEXT,)), held=held)], folder, lint)


def spoiled(tmp_path: Path, name: str, old: str, new: str) -> Path:
    """A copy of the templates where one text of one file is changed, as an editor would."""
    folder = tmp_path / "templates"
    shutil.copytree(TEMPLATES, folder)

    def change(member: str, content: bytes) -> bytes:
        if member != "word/document.xml":
            return content
        assert old.encode() in content, old
        return content.replace(old.encode(), new.encode(), 1)

    rewrite(folder / name, change)
    return folder


def run(folder: Path, *args: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return convenant("--donnees", str(DATA), "--gabarits", str(folder), "modele", "verifier", *args, cwd=cwd)
