"""What a change touches, told before anything is built: the documents that use a record or a template."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from generator.diagnostics import Diagnostic, Span
from generator.documents import Document, Ouvrage
from generator.documents.couverture import conventions, dossier, livret
from generator.documents.fiche import millesimes
from generator.fabrique import Suivi
from generator.load import Records, show_path
from generator.plan import Choix, planifier
from generator.service.atelier import Workspace


@dataclass(frozen=True, slots=True)
class Touche:
    """A document that a change touches: the work it belongs to, and whether an error holds it back now."""

    ouvrage: str
    document: Document
    bloque: bool


@dataclass(slots=True)
class Bilan:
    """What a change would touch: the files taken into account, the documents, the covers, how many documents
    there are in all, the findings."""

    fichiers: list[str] = field(default_factory=list)
    touches: list[Touche] = field(default_factory=list)
    reliures: list[str] = field(default_factory=list)
    total: int = 0
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def par_sorte(self) -> dict[str, int]:
        """How many documents of each kind, the most numerous first."""
        counts: dict[str, int] = {}
        for t in self.touches:
            counts[t.document.sorte] = counts.get(t.document.sorte, 0) + 1
        return dict(sorted(counts.items(), key=lambda x: (-x[1], x[0])))


class Impact:
    """What changes touch, for one project."""

    def __init__(self, atelier: Workspace) -> None:
        self.atelier = atelier

    def mesurer(self, chemins: Sequence[Path], suivi: Suivi) -> Bilan:
        """The documents that depend on files, or on all that folders hold.

        A file that does not exist is a finding; one that no document uses touches none.
        """
        etat = self.atelier.charger(suivi)
        bilan = Bilan()
        wanted: set[str] = set()
        for path in chemins:
            keys, wrong = self._cles(path, etat.records)
            wanted |= keys
            if wrong:
                bilan.diagnostics.append(wrong)
        bilan.fichiers = sorted(wanted)
        works = list(_ouvrages(etat.records))
        suivi.debut("impact", len(works))
        for work in works:
            plan, _ = planifier(work, etat.diagnostics, Choix(), self.atelier.keys)
            held = {b.document.ident for b in plan.bloques}
            bilan.total += len(work.documents)
            found = [d for d in work.documents if self._depend(d, d.ident in held, wanted)]
            bilan.touches += (Touche(work.nom, d, d.ident in held) for d in found)
            if any(d.relie for d in found) or f"{self.atelier.gabarits.name}/{work.template}" in wanted:
                bilan.reliures.append(work.relie)
            suivi.pas(work.nom)
        suivi.fin()
        return bilan

    def _cles(self, path: Path, records: Records) -> tuple[set[str], Diagnostic | None]:
        """Keys of the records and of the templates at a path, file or folder."""
        real = Path(os.path.abspath(path))  # noqa: PTH100 -- no link is followed
        found: set[str] = set()
        for folder, shown, suffix in (
            (self.atelier.donnees, records.racine, ".yaml"),
            (self.atelier.gabarits, self.atelier.gabarits.name, ".docx"),
        ):
            root = Path(os.path.abspath(folder))  # noqa: PTH100
            if real.is_relative_to(root):
                files = [real] if real.is_file() else sorted(real.rglob(f"*{suffix}"))
                found |= {
                    f"{shown}/{f.relative_to(root).as_posix()}" for f in files if not f.name.startswith("~$")
                }
        if found:
            return found, None
        where = "ce fichier n’existe pas" if not path.exists() else "ce n’est ni une fiche ni un modèle Word"
        aide = (
            f"donner un chemin dans {show_path(self.atelier.donnees)} ou {show_path(self.atelier.gabarits)}"
        )
        return found, Diagnostic(
            "CHX005", f"{where} : « {show_path(path)} »", Span(show_path(path)), help=aide
        )

    def _depend(self, d: Document, held: bool, wanted: set[str]) -> bool:
        if wanted.intersection(key.partition("#")[0] for key in d.depend):
            return True
        # The context of a document held back may not be asked for: its templates are then all it may name.
        return bool(wanted & self.atelier.keys(d.template, {} if held else d.contexte()))


def _ouvrages(records: Records) -> Iterator[Ouvrage]:
    """All that the records can make; the conventions as they stand on the day of the last deliberation."""
    for found in records.dossiers.values():
        yield dossier(records, found)
    for year in millesimes(records):
        yield livret(records, year)
    days = sorted({d.deliberation.date for d in records.dossiers.values()})
    if days:
        yield conventions(records, days[-1])


__all__ = ["Bilan", "Impact", "Touche"]
