"""What an output folder already holds of a plan: what is up to date, what is to be made, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from generator import __version__, manifest, motifs
from generator.diagnostics import Diagnostic, Span
from generator.documents import Document
from generator.ingredients import Composition, Ingredients
from generator.load import Records
from generator.manifest import Entree, Fichier, Manifeste
from generator.plan import Plan, Tache
from generator.programme import programme
from generator.render import Engine
from generator.reprise import Reserve

COMPOSITION, PREUVE = "composition", "preuve"
"""Kinds of notes in the reserve."""


class Inventaire:
    """Holds the documents of a plan against those of `folder`.

    `conversion`: the parts of a PDF that are not in its .docx; empty when no PDF is asked for. `reserve`:
    where what was worked out for the same records, templates and program is found again.
    """

    def __init__(
        self,
        records: Records,
        plan: Plan,
        engine: Engine,
        folder: Path,
        conversion: Mapping[str, str],
        reserve: Reserve,
    ) -> None:
        self.plan, self.folder, self.conversion = plan, folder, conversion
        self.pdf = bool(conversion)
        self.avant = manifest.lire(folder)
        self.ingredients = Ingredients(records, engine, self.conversion)
        self.ensemble = self.ingredients.ensemble(plan.ouvrage.nom, plan.ouvrage.jour)
        known = self.avant.ensemble if self.avant else ""
        self.inchange = bool(self.ensemble) and self.ensemble == known
        """True when nothing that any document of the work may depend on has changed."""
        self.motifs: dict[str, tuple[str, ...]] = {}
        """Why each document that is to be made is to be made."""
        self._known = self.avant.par_ident() if self.avant else {}
        self._made: dict[str, Composition] = {}
        self._reserve = reserve
        self._origines: dict[str, str] = {}
        self._neuves: list[tuple[str, Composition]] = []

    def examiner(self, task: Tache) -> Entree | None:
        """The entry of a document that is up to date; None when it is to be made. Raises RenderError."""
        d = task.document
        entry = self._known.get(d.ident)
        if entry is not None and self.inchange and (kept := self._intact(entry)):
            return kept
        made = self._made[d.ident] = self._composition(task)
        if entry is not None and self._same(entry, made) and (kept := self._intact(entry)):
            return replace(kept, fiches=made.fiches)
        self.motifs[d.ident] = motifs.pourquoi(
            self.avant, d.ident, made, self.conversion, self.folder, self.ingredients.fiches
        )
        return None

    def _composition(self, task: Tache) -> Composition:
        """What a document is made from: known already, or worked out."""
        d, work = task.document, self.plan.ouvrage
        origine = self._origines[d.ident] = self.ingredients.origine(d, work.nom, work.jour)
        known = self._reserve.note(COMPOSITION, origine) if origine else None
        if known is not None:
            return Composition.relue(known)
        made = self.ingredients.composition(d, task.contexte, work.jour)
        self._neuves.append((origine, made))
        return made

    def retenir(self, prouvees: Sequence[Entree]) -> None:
        """Keep what was worked out, and that these files were read back without any finding.

        Nothing is kept when a template has been saved meanwhile.
        """
        if not (self._neuves or prouvees) or self.ingredients.modifies():
            return
        for origine, made in self._neuves:
            if origine:
                self._reserve.noter(COMPOSITION, origine, made.en_json())
        for entry in prouvees:
            if name := self._preuve(entry):
                self._reserve.noter(PREUVE, name, b"")

    def prouve(self, entry: Entree) -> bool:
        """True when these very files were read back without any finding, against the same records."""
        name = self._preuve(entry)
        return bool(name) and self._reserve.note(PREUVE, name) is not None

    def _preuve(self, entry: Entree) -> str:
        origine = self._origines.get(entry.ident, "")
        return f"{origine} {entry.docx.sha256} {entry.pdf.sha256 if entry.pdf else ''}" if origine else ""

    def _same(self, entry: Entree, made: Composition) -> bool:
        same_pdf = not self.pdf or entry.empreinte_pdf == self.ingredients.empreinte_pdf(made)
        return entry.empreinte == made.empreinte and same_pdf

    def _intact(self, entry: Entree) -> Entree | None:
        """The entry with the files that are on disk as they were written; None when one is missing."""
        if not manifest.intact(self.folder, entry.docx):
            return None
        if manifest.intact(self.folder, entry.pdf):
            return entry
        return None if self.pdf else replace(entry, pdf=None, empreinte_pdf="")

    def empreinte_pdf(self, ident: str) -> str:
        """Digest of all that the PDF of a document to be made depends on."""
        return self.ingredients.empreinte_pdf(self._made[ident])

    def cle(self, ident: str) -> str:
        """Name of the finished document, with its PDF when one is asked for."""
        return self.empreinte_pdf(ident) if self.pdf else self._made[ident].empreinte

    def entree(self, d: Document, docx: Fichier, pdf: Fichier | None, pages: int) -> Entree:
        """The entry of a document that was made."""
        made = self._made[d.ident]
        return Entree(
            ident=d.ident,
            titre=d.titre,
            sorte=d.sorte,
            structure=d.structure,
            fictif=d.fictif,
            empreinte=made.empreinte,
            docx=docx,
            empreinte_pdf=self.empreinte_pdf(d.ident) if pdf else "",
            pages=pages,
            pdf=pdf,
            ingredients={**made.parts, **(self.conversion if pdf else {})},
            jeu=made.jeu,
            fiches=made.fiches,
        )

    def gabarits(self, ident: str) -> Mapping[str, str]:
        """The templates that a document to be made may use."""
        return self._made[ident].gabarits

    def modifie(self, gabarits: Iterable[str], modifies: frozenset[str] | None = None) -> Diagnostic | None:
        """What to say when one of these templates has been saved since the run began.

        `modifies`: the templates that have, when they are known: looking reads every file.
        """
        known = self.ingredients.modifies() if modifies is None else modifies
        changed = known.intersection(gabarits)
        if not changed:
            return None
        name = min(changed)
        return Diagnostic(
            "TPL016",
            f"le modèle Word « {name} » a été enregistré pendant le travail",
            Span(f"{self.ingredients.engine.templates.name}/{name}"),
            help="relancer la même commande : les documents qu’il rédige seront refaits",
        )

    def jeux(self, entries: Iterable[Entree]) -> dict[str, Mapping[str, str]]:
        """The sets of templates that the entries name."""
        known = dict(self.avant.jeux) if self.avant else {}
        known |= {made.jeu: made.gabarits for made in self._made.values()}
        return {e.jeu: known[e.jeu] for e in entries if e.jeu in known}

    def versions(self) -> dict[str, str]:
        """What the documents are made with, for the manifest."""
        assembly = programme("assemble", "reliure", paquets=("pikepdf", "reportlab")) or __version__
        return {"moteur": self.ingredients.moteur, "assemblage": assembly, **self.conversion}


def convertisseur(avec: Mapping[str, str]) -> str:
    """The parts of a PDF as one text."""
    return ", ".join(f"{name} {value}" for name, value in sorted(avec.items()))


def avant_complet(avant: Manifeste | None, folder: Path) -> Entree | None:
    """What was bound, when it is on disk as it was written."""
    bound = avant.dossier if avant else None
    sound = bound and manifest.intact(folder, bound.docx) and manifest.intact(folder, bound.pdf)
    return bound if sound else None
