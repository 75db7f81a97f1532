"""One run of the pipeline over a plan: render, convert, write, assemble, and the manifest of it all.

Every document stands alone: what goes wrong with one is its own result, and the others are made.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from generator import __version__, assemble, convert, grappe, manifest, motifs, redaction, reliure
from generator.diagnostics import Diagnostic, Severity, Span
from generator.documents import Document
from generator.files import cause, ecrire, empreinte
from generator.ingredients import conversion
from generator.inventaire import Inventaire, avant_complet, convertisseur
from generator.load import Records
from generator.manifest import Entree, Fichier, Manifeste
from generator.plan import Plan, Tache
from generator.reconciliation import Examen, Reconciliation, examiner_tous
from generator.redaction import Rendu, Travail
from generator.render import Engine, RenderError
from generator.reprise import Fini, Reserve

ECRIT, REPRIS, A_JOUR, ECHEC = "écrit", "repris", "à jour", "échec"
"""`REPRIS`: written from the reserve, where an earlier run had put it."""
REFUSES = "refuses"
"""Folder of the documents that contradict their records: to look at, never to send."""


class Suivi(Protocol):
    """What a skin shows while a run goes on. Every stage is a call to `debut`, then `pas`, then `fin`."""

    def debut(self, etape: str, total: int) -> None:
        """A stage begins, with so many steps."""

    def pas(self, detail: str) -> None:
        """One step of the stage is done."""

    def fin(self) -> None:
        """The stage is over."""


@dataclass(frozen=True, slots=True)
class Reglages:
    """How to run: where to write, with which LibreOffice (None: no PDF), how many at once."""

    sortie: Path
    soffice: Path | None
    polices: str = ""
    """Names and versions of the fonts on this machine, as one text."""
    jobs: int = 2
    delai: float = 120
    reserve: Path | None = None
    """Folder of the finished documents kept from one run to the next; None to keep none."""
    cluster: str = ""
    """Address of the cluster that does the work; empty to do it here."""


@dataclass(slots=True)
class Fait:
    """What became of one document, and why it was made, in French."""

    document: Document
    etat: str
    pages: int = 0
    pdf: bool = False
    motifs: tuple[str, ...] = ()


@dataclass(slots=True)
class Resultat:
    """What a run did: documents in the order of the dossier, findings, the assembled dossier."""

    faits: list[Fait] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    dossier: Path | None = None
    dossier_pages: int = 0
    dossier_motifs: tuple[str, ...] = ()
    """Why the dossier was bound again; empty when it was up to date."""


class Fabrique:
    """Builds the documents of one plan into one folder."""

    def __init__(
        self, records: Records, plan: Plan, engine: Engine, reglages: Reglages, suivi: Suivi
    ) -> None:
        self.records, self.plan, self.engine = records, plan, engine
        self.reglages, self.suivi = reglages, suivi
        self.work, self.jour = plan.ouvrage, plan.ouvrage.jour
        self.folder = reglages.sortie / self.work.nom
        tool = reglages.soffice
        self.parts = conversion(convert.version(tool, reglages.reserve), reglages.polices) if tool else {}
        self.reserve = Reserve(reglages.reserve)
        self.stock = Inventaire(records, plan, engine, self.folder, self.parts, self.reserve)
        self.before = self.stock.avant
        self.entries: dict[str, Entree] = {}
        self.by_ident = {d.ident: d for d in plan.documents}
        self.failed: set[str] = set()
        self.proved: list[Entree] = []
        self.out = Resultat()

    def run(self) -> Resultat:
        """Make everything; the manifest is written even when the run is interrupted."""
        complete = False
        try:
            rendered = self._render(self._compare())
            self._convert(rendered)
            self._read_back()
            self._refuse_changed()
            self._keep()
            complete = True
            rank = {d.ident: n for n, d in enumerate(self.plan.documents)}
            self.out.faits.sort(key=lambda f: rank[f.document.ident])
            dossier = self._assemble()
        except BaseException:
            if self.entries:
                self._refuse_changed()
                self._close(None, complete=False)
            raise
        finally:
            self.reserve.fermer()
        self._close(dossier, complete=complete)
        return self.out

    # -- stages ---------------------------------------------------------------------------------

    def _compare(self) -> list[Tache]:
        """Tell what is up to date, write what the reserve holds; the tasks that are left."""
        left: list[Tache] = []
        self.suivi.debut("comparaison", len(self.plan.taches))
        for task in self.plan.taches:
            d = task.document
            try:
                kept = self.stock.examiner(task)
            except RenderError as e:
                self._fail(d, e.diagnostic)
            else:
                if kept is not None:
                    self.entries[d.ident] = kept
                    self.out.faits.append(Fait(d, A_JOUR, kept.pages, kept.pdf is not None))
                else:
                    done = self.reserve.prendre(self.stock.cle(d.ident), self.stock.pdf)
                    if done is None:
                        left.append(task)
                    else:
                        self._write(d, done.docx, done.pdf, done.pages, REPRIS)
            self.suivi.pas(d.titre)
        self.suivi.fin()
        return left

    def _render(self, tasks: list[Tache]) -> list[tuple[Travail, bytes]]:
        """Word what is to be made, and write what is finished; gives what still has no PDF."""
        jobs = {t.document.ident: self._travail(t) for t in tasks}
        left: list[tuple[Travail, bytes]] = []
        self.suivi.debut("rédaction", len(tasks))
        for made in self._wordings(list(jobs.values())):
            d = self.by_ident[made.ident]
            if made.faute:
                self._fail(d, made.faute)
            elif made.pdf is None and self.stock.pdf:
                left.append((jobs[made.ident], made.docx))
            else:
                self._write(d, made.docx, made.pdf, made.pages)
            self.suivi.pas(d.titre)
        self.suivi.fin()
        return left

    def _travail(self, task: Tache) -> Travail:
        d = task.document
        return Travail(d.ident, d.template, task.contexte, d.titre, self.jour, d.nominatif)

    def _wordings(self, jobs: list[Travail]) -> Iterator[Rendu]:
        cluster = self.reglages.cluster
        if cluster and jobs:
            return grappe.rediger(cluster, self.engine, jobs, self.parts, self.reglages.delai)
        return redaction.rediger(self.engine, jobs)

    def _convert(self, left: list[tuple[Travail, bytes]]) -> None:
        """Make the PDFs, and write each document as soon as its number of pages is known."""
        soffice = self.reglages.soffice
        if soffice is None:
            return
        self.suivi.debut("conversion en PDF", len(left))
        how = redaction.Conversions(soffice, self.reglages.jobs, self.reglages.delai)
        for made in redaction.convertir(self.engine, left, how):
            d = self.by_ident[made.ident]
            if made.faute:
                self._fail(d, made.faute, keep=bool(made.docx))
            if made.docx:
                self._write(d, made.docx, made.pdf, made.pages)
            self.suivi.pas(d.titre)
        self.suivi.fin()

    def _write(self, d: Document, docx: bytes, pdf: bytes | None, pages: int, etat: str = ECRIT) -> None:
        files: dict[str, Fichier] = {}
        try:
            for suffix, data in (("docx", docx), ("pdf", pdf)):
                if data is not None:
                    files[suffix] = self._put(f"{d.ident}.{suffix}", data, d.structure is not None)
        except OSError as e:
            self._fail(d, self._unwritable(e, d.ident))
            return
        self.entries[d.ident] = self.stock.entree(d, files["docx"], files.get("pdf"), pages)
        if d.ident not in self.failed:
            why = self.stock.motifs.get(d.ident, ())
            self.out.faits.append(Fait(d, etat, pages, pdf is not None, why))

    def _read_back(self) -> None:
        """Read what was written against the records; what contradicts them is set aside, and not bound."""
        written = [f for f in self.out.faits if f.etat in (ECRIT, REPRIS)]
        written = [f for f in written if not self.stock.prouve(self.entries[f.document.ident])]
        reader = Reconciliation(self.records, self.engine.templates)
        self.suivi.debut("relecture", len(written))
        examens = {f.document.ident: self._examen(reader, f.document) for f in written}
        faits = {f.document.ident: f for f in written}
        for ident, found in examiner_tous(examens, min(self.reglages.jobs, os.cpu_count() or 1)):
            if any(x.is_error for x in found):
                for path, refused in examens[ident].fichiers.items():
                    Path(refused).parent.mkdir(parents=True, exist_ok=True)
                    path.replace(refused)
                self.entries.pop(ident)
                faits[ident].etat = ECHEC
            if not found:
                self.proved.append(self.entries[ident])
            self.out.diagnostics += found
            self.suivi.pas(faits[ident].document.titre)
        self.suivi.fin()

    def _examen(self, reader: Reconciliation, d: Document) -> Examen:
        """What is to be read of a document, under the names that its files take when they are refused."""
        entry, used = self.entries[d.ident], (d.template, *self.stock.gabarits(d.ident))
        paths = [x.chemin for x in (entry.docx, entry.pdf) if x]
        shown = {self.folder / p: (self.folder / REFUSES / p).as_posix() for p in paths}
        return reader.examen(d, self.jour, used, shown)

    def _refuse_changed(self) -> None:
        """Drop what a template saved during the run may have worded, whichever of its states it shows."""
        changed = self.stock.ingredients.modifies()
        for fait in self.out.faits if changed else ():
            ident = fait.document.ident
            if fait.etat not in (ECRIT, REPRIS):
                continue
            if why := self.stock.modifie(self.stock.gabarits(ident), changed):
                gone = self.entries.pop(ident)
                for file in (gone.docx, gone.pdf):
                    if file:
                        (self.folder / file.chemin).unlink(missing_ok=True)
                fait.etat = ECHEC
                self.out.diagnostics.append(why)

    def _keep(self) -> None:
        """Put in the reserve what was made and read back without fault, and what was worked out for it."""
        self.stock.retenir(self.proved)
        for fait in self.out.faits:
            entry = self.entries.get(fait.document.ident)
            if entry is None or fait.etat != ECRIT or fait.pdf != self.stock.pdf:
                continue
            docx = manifest.contenu(self.folder, entry.docx)
            pdf = manifest.contenu(self.folder, entry.pdf) if entry.pdf else None
            if docx is not None and (pdf is not None) == fait.pdf:
                self.reserve.garder(self.stock.cle(entry.ident), Fini(docx, pdf, entry.pages))

    def _put(self, name: str, data: bytes, prive: bool) -> Fichier:
        # Acts and letters bear names and bank details: for their owner alone.
        ecrire(self.folder / name, data, 0o600 if prive else None)
        (self.folder / REFUSES / name).unlink(missing_ok=True)
        return Fichier(name, empreinte(data))

    def _unwritable(self, e: OSError, what: str) -> Diagnostic:
        return Diagnostic(
            "SOR001",
            f"impossible d’écrire « {what} » : {cause(e)}",
            Span((self.folder / what).as_posix()),
            help="libérer de la place, ou choisir un autre dossier avec --sortie",
        )

    def _fail(self, d: Document, why: Diagnostic, keep: bool = False) -> None:
        """Note that `d` failed; unless `keep`, nothing of it stays in the manifest."""
        self.out.diagnostics.append(why)
        self.out.faits.append(Fait(d, ECHEC))
        self.failed.add(d.ident)
        if not keep:
            self.entries.pop(d.ident, None)

    # -- assembled dossier ----------------------------------------------------------------------

    def _assemble(self) -> Entree | None:
        """The one PDF that holds everything; only when every document is there."""
        if not self.plan.complet or self.reglages.soffice is None:
            return None
        missing = len(self.plan.bloques) + sum(f.etat == ECHEC for f in self.out.faits)
        if missing:
            self.out.diagnostics.append(
                Diagnostic(
                    "ASM001",
                    f"assemblage non produit : {missing} document{'s' if missing > 1 else ''} "
                    f"manque{'nt' if missing > 1 else ''}",
                    Span((self.folder / f"{self.work.relie}.pdf").as_posix()),
                    Severity.AVERTISSEMENT,
                    help="corriger les erreurs ci-dessus, puis relancer la même commande",
                )
            )
            return None
        bound = avant_complet(self.before, self.folder)
        if bound and self.stock.inchange and all(f.etat == A_JOUR for f in self.out.faits):
            self.suivi.debut("assemblage", 0)
            self.suivi.fin()
            return self._bound(bound)
        self.suivi.debut("assemblage", 1)
        try:
            return self._bind()
        except RenderError as e:
            self.out.diagnostics.append(e.diagnostic)
        except (assemble.AssemblyError, convert.OfficeError) as e:
            self.out.diagnostics.append(Diagnostic("ASM002", str(e), Span(f"{self.work.relie}.pdf")))
        except OSError as e:
            self.out.diagnostics.append(self._unwritable(e, f"{self.work.relie}.pdf"))
        finally:
            self.suivi.pas(f"{self.work.relie}.pdf")
            self.suivi.fin()
        return None

    def _bind(self) -> Entree | None:
        """Bind the documents, and write the cover and the dossier."""
        wanted, tools = self.reglages, convertisseur(self.stock.versions())
        done = reliure.relier(
            self.plan,
            [self.entries[d.ident] for d in reliure.a_relier(self.plan)],
            self.before.dossier if self.before else None,
            reliure.Atelier(self.engine, wanted.soffice, tools, self.folder, wanted.delai),
        )
        if done.pdf_bytes is not None:
            prive = any(d.structure for d in self.plan.documents if d.relie)
            self._put(done.entree.docx.chemin, done.docx_bytes, False)
            self._put(f"{done.entree.ident}.pdf", done.pdf_bytes, prive)
            made = (f.document.ident for f in self.out.faits if f.etat != A_JOUR and f.document.relie)
            self.out.dossier_motifs = motifs.du_dossier(self.before, made)
        if why := self.stock.modifie(self.engine.closure(self.work.template)):
            self.out.diagnostics.append(why)
            return None
        return self._bound(done.entree)

    def _bound(self, entree: Entree) -> Entree:
        self.out.dossier = self.folder / f"{entree.ident}.pdf"
        self.out.dossier_pages = entree.pages
        return entree

    # -- manifest -------------------------------------------------------------------------------

    def _close(self, dossier: Entree | None, complete: bool) -> None:
        """Write the manifest and remove the files of an earlier run that no longer hold true."""
        keep: dict[str, Entree] = {}
        if self.before and not (self.plan.complet and complete):
            touched = {d.ident for d in self.plan.documents} if complete else set(self.entries)
            touched |= {b.document.ident for b in self.plan.bloques}
            keep = {i: e for i, e in self.before.par_ident().items() if i not in touched}
        same = self.before is not None and {**keep, **self.entries} == self.before.par_ident()
        if dossier is None and same and self.before:
            dossier = self.before.dossier
        entries = tuple(sorted({**keep, **self.entries}.values(), key=lambda e: e.ident))
        jeux = self.stock.jeux(entries)
        names = {name for jeu in jeux.values() for name in jeu}
        digests = self.stock.ingredients.gabarits
        whole = (complete and self.plan.complet) or self.stock.inchange
        new = Manifeste(
            ouvrage=self.work.nom,
            versions={"convenant": __version__, **self.stock.versions()},
            entrees=dict(sorted(self.stock.ingredients.fiches.items())),
            gabarits={name: digests[name] for name in sorted(names & digests.keys())},
            jeux=jeux,
            ensemble=self.stock.ensemble if whole else "",
            documents=entries,
            bloques=tuple(b.document.ident for b in self.plan.bloques),
            dossier=dossier,
        )
        if new == self.before:
            return
        try:
            if self.before:
                for name in sorted(self.before.fichiers() - new.fichiers()):
                    (self.folder / name).unlink(missing_ok=True)
            ecrire(self.folder / manifest.NOM, manifest.ecrire(new))
        except OSError as e:
            self.out.diagnostics.append(self._unwritable(e, manifest.NOM))
