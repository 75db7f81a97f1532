"""The seal of a deliberation: `deliberations/<numero>/sceau.yaml`, readable, and the texts that were voted.

The texts stand beside it, in `sceau/`, one file per document, one passage per line: what was voted can be
read, and compared, when the templates have long changed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field

from generator import source
from generator.conformite.passages import Passage, empreinte_du_texte
from generator.diagnostics import Diagnostic
from generator.load import show_path
from generator.load.typage import type_record
from generator.model import Racine
from generator.model.types import Euro, Identifiant, Jour, Ligne, Record
from generator.typography import euros

NOM, TEXTES = "sceau.yaml", "sceau"
Empreinte = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Texte(Record):
    """A document that was voted: what it said (`texte`, SHA-256 of its passages)."""

    document: Ligne
    texte: Empreinte


class Acte(Texte):
    """An act, with the amounts of its record, by place."""

    structure: Identifiant
    montants: dict[str, Euro] = Field(default_factory=dict)


class Erratum(Record):
    """What reopens one act: who, when, why; `texte`: what the act says from then on."""

    acte: Ligne
    par: Ligne
    le: Jour
    motif: Ligne
    texte: Empreinte


class Sceau(Racine):
    """What was voted: modeles, acts, amounts, and the templates and records that made them, by SHA-256.

    `empreinte` is that of all the rest but `errata`: a seal changed by hand is found out.
    """

    deliberation: Ligne
    le: Jour
    par: Ligne
    montants: dict[str, Euro] = Field(default_factory=dict)
    modeles: tuple[Texte, ...] = ()
    actes: tuple[Acte, ...] = ()
    gabarits: dict[str, Empreinte] = Field(default_factory=dict)
    fiches: dict[str, Empreinte] = Field(default_factory=dict)
    empreinte: Empreinte
    errata: tuple[Erratum, ...] = ()

    def calcul(self) -> str:
        """What `empreinte` must be."""
        data = self.model_dump(mode="json", exclude={"empreinte", "errata", "acceptations", "origine"})
        return hashlib.sha256(json.dumps(data, sort_keys=True).encode("ascii")).hexdigest()

    def textes(self) -> Iterator[Texte]:
        """Every document that is sealed."""
        yield from self.modeles
        yield from self.actes

    def erratum(self, ident: str) -> Erratum | None:
        """The last erratum of an act."""
        return next((e for e in reversed(self.errata) if e.acte == ident), None)


def lire_sceau(folder: Path) -> tuple[Sceau | None, source.Source | None, list[Diagnostic]]:
    """The seal of the deliberation whose records are in `folder`; nothing at all when there is none."""
    path = folder / NOM
    if not path.exists():
        return None, None, []
    src, found = source.read(path, show_path(path))
    if src is None or any(d.is_error for d in found):
        return None, src, found
    sceau, more = type_record(src, Sceau)
    return sceau, src, [*found, *more]


def fichier_du_texte(folder: Path, document: str) -> Path:
    """Where the text of a sealed document is kept."""
    return folder / TEXTES / f"{document.replace('/', '--')}.txt"


def en_texte(passages: Iterable[Passage]) -> bytes:
    """Passages as lines: story, tab, words."""
    return "".join(f"{p.partie}\t{p.mots}\n" for p in passages).encode()


def lire_texte(folder: Path, scelle: Texte) -> tuple[Passage, ...] | None:
    """The passages that were voted; None when the file is gone or is not what was sealed."""
    try:
        lines = fichier_du_texte(folder, scelle.document).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    cut = [line.partition("\t") for line in lines]
    passages = tuple(Passage(partie, "", mots) for partie, _, mots in cut)
    return passages if empreinte_du_texte(passages) == scelle.texte else None


def en_yaml(s: Sceau) -> bytes:
    """The seal as it is written."""
    out = [
        f"# Scellé de la délibération {s.deliberation} : ce qui a été voté.",
        "# Écrit par « convenant sceller », jamais à la main. Un acte ne change qu’avec un erratum.",
        f"deliberation: {_mot(s.deliberation)}",
        f"le: {_mot(_jour(s.le))}",
        f"par: {_mot(s.par)}",
        *_table("montants", ((k, euros(v)) for k, v in s.montants.items()), ""),
        "modeles:" if s.modeles else "modeles: []",
        *(line for m in s.modeles for line in _texte(m)),
        "actes:" if s.actes else "actes: []",
    ]
    for a in s.actes:
        out += [*_texte(a), f"    structure: {_mot(a.structure)}"]
        out += _table("montants", ((k, euros(v)) for k, v in a.montants.items()), "    ")
    out += _table("gabarits", s.gabarits.items(), "")
    out += _table("fiches", s.fiches.items(), "")
    out.append(f"empreinte: {_mot(s.empreinte)}")
    if s.errata:
        out.append("errata:")
    for e in s.errata:
        out += [
            f"  - acte: {_mot(e.acte)}",
            f"    par: {_mot(e.par)}",
            f"    le: {_mot(_jour(e.le))}",
            f"    motif: {_mot(e.motif)}",
            f"    texte: {_mot(e.texte)}",
        ]
    return ("\n".join(out) + "\n").encode()


def _texte(t: Texte) -> list[str]:
    return [f"  - document: {_mot(t.document)}", f"    texte: {_mot(t.texte)}"]


def _table(nom: str, rows: Iterable[tuple[str, str]], marge: str) -> list[str]:
    found = [f"{marge}  {_mot(k)}: {_mot(v)}" for k, v in rows]
    return [f"{marge}{nom}:", *found] if found else []


def _jour(day: dt.date) -> str:
    return day.isoformat()


def _mot(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
