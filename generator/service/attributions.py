"""Why the documents of a deliberation changed between two revisions kept in git."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

from generator.attribution import Cause, Champ, causes, champs
from generator.conformite import Passage, lire
from generator.diagnostics import Diagnostic, Span
from generator.documents import Document, Ouvrage
from generator.documents.couverture import dossier as ouvrage
from generator.fabrique import Suivi
from generator.ingredients import gabarits
from generator.load import show_path
from generator.plan import Choix, planifier
from generator.render import Engine, RenderError
from generator.service.atelier import Workspace, unknown_number
from generator.service.brouillons import RevisionError, extraire


@dataclass(frozen=True, slots=True)
class Ligne:
    """A document that changed: its state (« modifié », « ajouté », « supprimé », « non comparé ») and why."""

    document: str
    etat: str
    causes: tuple[Cause, ...] = ()


@dataclass(slots=True)
class Bilan:
    """The documents that changed, how many did not, every field and template that changed, the findings."""

    lignes: list[Ligne] = field(default_factory=list)
    identiques: int = 0
    champs: list[Champ] = field(default_factory=list)
    gabarits: list[str] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Etat:
    """A revision: its documents that can be made, by identifier, and its templates by digest."""

    ouvrage: Ouvrage
    documents: dict[str, Document]
    engine: Engine
    gabarits: dict[str, str]


class Attributions:
    """Causes of the changes of a project."""

    def __init__(self, atelier: Workspace) -> None:
        self.atelier = atelier

    def expliquer(self, a: str, b: str | None, numero: str, suivi: Suivi) -> Bilan:
        """Trace each change between two revisions; `b` None: the files as they are."""
        bilan = Bilan()
        with tempfile.TemporaryDirectory(prefix="convenant-causes-") as room:
            states = []
            records = []
            for side, revision in (("a", a), ("b", b)):
                try:
                    work = self._revision(revision, Path(room, side))
                except RevisionError as e:
                    where = Span(show_path(self.atelier.donnees))
                    bilan.diagnostics.append(Diagnostic("CMP009", e.message, where, help=e.aide))
                    return bilan
                etat = work.charger(suivi)
                found = etat.records.dossiers.get(numero)
                if found is None:
                    bilan.diagnostics += unknown_number(etat.records, numero)
                    return bilan
                whole = ouvrage(etat.records, found)
                plan, _ = planifier(whole, etat.diagnostics, Choix(), work.keys)
                ready = {d.ident: d for d in plan.documents}
                states.append(_Etat(whole, ready, work.engine, gabarits(work.engine)))
                records.append(etat.records)
            old, new = states
            bilan.champs = champs(*records)
            bilan.gabarits = [
                n
                for n in sorted({*old.gabarits, *new.gabarits})
                if old.gabarits.get(n) != new.gabarits.get(n)
            ]
            idents = tuple(dict.fromkeys([*new.documents, *old.documents]))
            suivi.debut("causes", len(idents))
            for ident in idents:
                try:
                    self._document(ident, old, new, records[1].racine, bilan)
                except RenderError as e:
                    bilan.diagnostics.append(e.diagnostic)
                suivi.pas(ident)
            suivi.fin()
            bilan.champs = [self._montre(c) for c in bilan.champs]
            bilan.lignes = [
                replace(
                    x,
                    causes=tuple(
                        replace(c, champs=tuple(self._montre(f) for f in c.champs)) for c in x.causes
                    ),
                )
                for x in bilan.lignes
            ]
        return bilan

    def _document(self, ident: str, old: _Etat, new: _Etat, racine: str, bilan: Bilan) -> None:
        """Raises RenderError."""
        before, after = old.documents.get(ident), new.documents.get(ident)
        if before is None or after is None:
            other = (old if before is None else new).ouvrage.documents
            held = any(d.ident == ident for d in other)  # by an error in its records, on that side
            state = "non comparé" if held else "ajouté" if before is None else "supprimé"
            bilan.lignes.append(Ligne(ident, state))
            return
        ctx = after.contexte()
        used = {
            *new.engine.closure(after.template, ctx),
            *old.engine.closure(before.template, before.contexte()),
        }
        needed = {key.partition("#")[0] for key in after.depend}
        changed = used.intersection(bilan.gabarits)
        now = _texte(after, new.engine, new.ouvrage)
        found = causes(
            _texte(before, old.engine, old.ouvrage),
            _entre(after, old, new, now) if changed else now,
            now,
            [c for c in bilan.champs if f"{racine}/{c.fiche}" in needed],
            sorted(changed),
        )
        if found:
            bilan.lignes.append(Ligne(ident, "modifié", tuple(found)))
        else:
            bilan.identiques += 1

    def _revision(self, revision: str | None, room: Path) -> Workspace:
        """Raises RevisionError."""
        if revision is None:
            return self.atelier
        folders = extraire(self.atelier.donnees, self.atelier.gabarits, revision, room)
        return Workspace(*folders, room / "output", self.atelier.cache)

    def _montre(self, c: Champ) -> Champ:
        """The place of a field as the user knows it, even when its file was in a temporary folder."""
        shown = f"{show_path(self.atelier.donnees)}/{c.fiche}"
        return replace(c, span=replace(c.span, file=shown)) if c.span.file != shown else c


def _entre(d: Document, old: _Etat, new: _Etat, now: tuple[Passage, ...]) -> tuple[Passage, ...]:
    """The document with the new records and the old templates; `now`, with the new ones, when the old cannot
    word it."""
    try:
        return _texte(d, old.engine, new.ouvrage)
    except RenderError:  # a field or a clause that the old templates do not know
        return now


def _texte(d: Document, engine: Engine, work: Ouvrage) -> tuple[Passage, ...]:
    """Raises RenderError."""
    return lire(engine.render(d.template, d.contexte(), titre=d.titre, jour=work.jour, nominatif=d.nominatif))


__all__ = ["Attributions", "Bilan", "Ligne"]
