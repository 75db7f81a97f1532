"""`manifest.json`: what each output was made from, so that a run knows what is up to date.

It holds no date: the same inputs give the same manifest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from generator.files import empreinte

NOM = "manifest.json"
FORMAT = 2


@dataclass(frozen=True, slots=True)
class Fichier:
    """An output file: path relative to the deliberation's folder, SHA-256 of its bytes."""

    chemin: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Entree:
    """One document: what it was made from (`empreinte`), and its files.

    `empreinte_pdf` covers the converter too; `pages` is 0 when there is no PDF.
    """

    ident: str
    titre: str
    sorte: str
    structure: str | None
    fictif: bool
    empreinte: str
    docx: Fichier
    empreinte_pdf: str = ""
    pages: int = 0
    pdf: Fichier | None = None
    ingredients: Mapping[str, str] = field(default_factory=dict)
    """What the two digests are made of, by name, so that a later run can tell what has changed."""
    jeu: str = ""
    """Name, in `Manifeste.jeux`, of the set of templates that it was made with."""
    fiches: Mapping[str, str] = field(default_factory=dict)
    """Beginning of the SHA-256 of each record file that it depends on."""


@dataclass(frozen=True, slots=True)
class Manifeste:
    """Everything that a run left in the output folder."""

    ouvrage: str
    versions: Mapping[str, str] = field(default_factory=dict)
    entrees: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of every record file."""
    gabarits: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of every template used."""
    documents: tuple[Entree, ...] = ()
    bloques: tuple[str, ...] = ()
    dossier: Entree | None = None
    jeux: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Sets of templates that documents share, each template with the beginning of its SHA-256."""
    ensemble: str = ""
    """Digest of all that any document of the work may depend on, when every entry is up to date with it."""

    def par_ident(self) -> dict[str, Entree]:
        """Documents by identifier."""
        return {d.ident: d for d in self.documents}

    def fichiers(self) -> set[str]:
        """Paths of all the outputs."""
        entries = [*self.documents, *([self.dossier] if self.dossier else [])]
        return {f.chemin for e in entries for f in (e.docx, e.pdf) if f and f.chemin}


def lire(folder: Path) -> Manifeste | None:
    """The manifest of an earlier run; None when there is none or it cannot be trusted."""
    try:
        raw = json.loads((folder / NOM).read_text("utf-8"))
        if raw.pop("format") != FORMAT:
            return None
        raw["documents"] = tuple(_entree(e) for e in raw["documents"])
        raw["bloques"] = tuple(raw["bloques"])
        raw["dossier"] = _entree(raw["dossier"]) if raw["dossier"] else None
        return Manifeste(**raw)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _entree(raw: dict[str, Any]) -> Entree:
    return Entree(
        **{
            **raw,
            "docx": Fichier(**raw["docx"]),
            "pdf": Fichier(**raw["pdf"]) if raw["pdf"] else None,
        }
    )


def ecrire(manifeste: Manifeste) -> bytes:
    """The manifest as JSON, keys in a fixed order."""
    data = {"format": FORMAT, **asdict(manifeste)}
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")


def intact(folder: Path, fichier: Fichier | None) -> bool:
    """True when the file on disk is the one that was written."""
    return fichier is not None and contenu(folder, fichier) is not None


def contenu(folder: Path, fichier: Fichier) -> bytes | None:
    """The file as it was written; None when it is gone or when it is another one now."""
    try:
        data = (folder / fichier.chemin).read_bytes()
    except OSError:
        return None
    return data if empreinte(data) == fichier.sha256 else None
