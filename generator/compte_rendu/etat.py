"""What a report tells: findings, the records they are about, and where each belongs."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from generator.diagnostics import Diagnostic, Severity, Span, sort_key, to_text
from generator.files import empreinte
from generator.load import Dossier, Records
from generator.source import display_lines
from generator.typography import date_longue

GRAVITES = (Severity.ERREUR, Severity.AVERTISSEMENT, Severity.INFO)
"""The gravest first."""


@dataclass(frozen=True, slots=True)
class Groupe:
    """Findings on the same subject; `fictif` when its data is invented."""

    titre: str
    fictif: bool
    constats: tuple[Diagnostic, ...]


@dataclass(frozen=True)
class Etat:
    """Records with everything that was found wrong in them and in the templates.

    `numero`: the deliberation that was asked for; None when everything was. `le`: the day that a printed
    report bears, when its reader gives one: nothing here reads the clock.
    """

    records: Records
    diagnostics: tuple[Diagnostic, ...]
    numero: str | None = None
    le: dt.date | None = None

    @property
    def dossier(self) -> Dossier | None:
        """The deliberation that was asked for, when its record is sound."""
        return self.records.dossiers.get(self.numero or "")

    @cached_property
    def ouverts(self) -> tuple[Diagnostic, ...]:
        """What is left to look at."""
        return tuple(d for d in self.diagnostics if d.acceptation is None)

    @cached_property
    def acceptes(self) -> tuple[Diagnostic, ...]:
        """The warnings that the records accept."""
        return tuple(d for d in self.diagnostics if d.acceptation is not None)

    @property
    def fictif(self) -> bool:
        """True when some of the data that was checked is invented."""
        dossiers = [self.dossier] if self.dossier else list(self.records.dossiers.values())
        names = {a.structure for dossier in dossiers for a in dossier.actes.values()}
        structures = [s for s in self.records.structures.values() if not self.dossier or s.id in names]
        return any(s.fictif for s in structures) or any(x.deliberation.fictif for x in dossiers)

    @property
    def empreinte(self) -> str:
        """SHA-256 of the names and contents of the records that were read: it says which ones these are."""
        read = sorted((key, source.sha256) for key, source in self.records.sources.items())
        root = f"{self.records.racine}/"
        return empreinte("\n".join(f"{key.removeprefix(root)} {sha}" for key, sha in read).encode())

    def texte(self, d: Diagnostic) -> str:
        """A diagnostic as the terminal shows it, with the excerpt of its file."""
        return to_text(d, self.lignes(d.span.file) if d.span.line else ())

    def lignes(self, fichier: str) -> Sequence[str]:
        """Lines of a file, for an excerpt: as they were read, else as they stand on the disk."""
        found = self.records.sources.get(fichier)
        return found.lines if found else display_lines(Path(fichier))

    def groupes(self) -> tuple[Groupe, ...]:
        """What is left to look at, by subject: the structures by name, then the rest in a fixed order.

        A finding on an act or on a structure goes to the structure. Within a group the gravest come first.
        """
        found: dict[tuple[int, str, str], list[Diagnostic]] = {}
        for d in self.ouverts:
            rank, ident = self._sujet(d)
            title = self._titre(rank, ident)
            found.setdefault((rank, _tri(title), ident), []).append(d)
        return tuple(
            Groupe(self._titre(rank, ident), self._fictif(rank, ident), _par_gravite(constats))
            for (rank, _, ident), constats in sorted(found.items())
        )

    def _sujet(self, d: Diagnostic) -> tuple[int, str]:
        """Rank of the kind of subject in the report, and the identifier of the subject."""
        root = f"{self.records.racine}/"
        if not d.span.file.startswith(root):
            return (_MODELES if d.span.file.endswith(".docx") else _AUTRES), ""
        folder, *rest = d.span.file.removeprefix(root).split("/")
        if folder == "structures":
            return _STRUCTURE, Path(d.span.file).stem
        if folder == "deliberations" and rest[1:2] == ["actes"]:
            return _STRUCTURE, Path(d.span.file).stem
        if folder == "budget" or d.code.startswith("BUD"):
            return _BUDGET, ""
        if folder == "deliberations":
            return _DELIBERATION, rest[0] if rest else ""
        return _DOSSIERS.get(folder, _TERRITOIRES), ""

    def _titre(self, rank: int, ident: str) -> str:
        if rank == _STRUCTURE:
            structure = self.records.structures.get(ident)
            known = structure.appellation if structure else self._ecrit(ident, "nom_court", "nom")
            return known or f"Structure « {ident} »"
        if rank == _DELIBERATION:
            return titre_deliberation(self.records, ident)
        return _TITRES[rank]

    def _fictif(self, rank: int, ident: str) -> bool:
        if rank != _STRUCTURE:
            return False
        structure = self.records.structures.get(ident)
        return structure.fictif if structure else self._ecrit(ident, "fictif") == "true"

    def _ecrit(self, ident: str, *champs: str) -> str:
        """What a faulty record of a structure says all the same, as it is written."""
        source = self.records.sources.get(self.records.cle(f"structures/{ident}.yaml"))
        value = source.value if source else None
        told = [value.get(champ) for champ in champs] if isinstance(value, dict) else []
        return next((text for text in told if isinstance(text, str) and text), "")


_STRUCTURE, _DELIBERATION, _BUDGET, _DISPOSITIFS, _TYPES, _MODELES, _TERRITOIRES, _AUTRES = range(8)
_TITRES = {
    _BUDGET: "Budget",
    _DISPOSITIFS: "Dispositifs",
    _TYPES: "Conventions types",
    _MODELES: "Modèles Word",
    _TERRITOIRES: "Territoires, Département",
    _AUTRES: "Autres constats",
}
_DOSSIERS = {"dispositifs": _DISPOSITIFS, "conventions-types": _TYPES}


def lieu(span: Span) -> str:
    """« data/budget/2024.yaml, ligne 12 », for a reader who does not type it; nothing without a file."""
    return f"{span.file}, ligne\u00a0{span.line}" if span.line else span.file


def titre_deliberation(records: Records, ident: str) -> str:
    """« Délibération n° 2024-587 du 9 décembre 2024 »; what is known when the record is faulty."""
    dossier = records.dossiers.get(ident)
    if dossier is None:
        return f"Délibération « {ident} »" if ident else "Délibérations"
    d = dossier.deliberation
    number = f"n°\u00a0{d.numero} " if d.numero else ""
    return f"Délibération {number}du {date_longue(d.date)}"


def _tri(text: str) -> str:
    """Sorting key that knows no accent and no capital."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


def _par_gravite(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(found, key=lambda d: (GRAVITES.index(d.severity), sort_key(d))))
