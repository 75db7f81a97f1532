"""What the terminal shows while a run goes on, and at its end. Plain lines when it is not a terminal."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from generator.diagnostics import summary
from generator.typography import accord

if TYPE_CHECKING:
    from generator.service import Production

COMPTE = {
    "approbation": "acte",
    "assemblage": "acte",
    "causes": "document",
    "comparaison": "document",
    "conformité": "fichier",
    "contrôle des retours": "fichier",
    "conversion en PDF": "document",
    "envoi": "acte",
    "épreuve": "dossier",
    "impact": "dossier",
    "préparation": "acte",
    "rédaction": "document",
    "relecture": "document",
    "signature": "acte",
    "visas": "document",
}
"""What each stage counts, in the singular."""


class Affichage:
    """A progress bar per stage on a terminal; one line per stage otherwise; nothing when `calme`."""

    def __init__(self, calme: bool = False) -> None:
        self.calme = calme
        self.err = Console(stderr=True, highlight=False)
        self.out = Console(highlight=False, soft_wrap=True)
        self.live = self.err.is_terminal and not calme
        self.progress = Progress(
            TextColumn("{task.description:<18}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[detail]}", table_column=None),
            console=self.err,
        )
        self.task: TaskID | None = None
        self.name, self.total, self.start, self.detail = "", 0, 0.0, ""

    def debut(self, etape: str, total: int) -> None:
        """A stage begins."""
        self.name, self.total, self.start, self.detail = etape, total, time.monotonic(), ""
        if self.live:
            self.progress.start()
            self.task = self.progress.add_task(etape, total=max(total, 1), detail="")
            if not total:
                self.progress.update(self.task, completed=1, detail="à jour")

    def pas(self, detail: str) -> None:
        """A step is done."""
        self.detail = detail
        if self.live and self.task is not None:
            self.progress.update(self.task, advance=1, detail=detail[:40])

    def fin(self) -> None:
        """The stage is over."""
        if self.live and self.task is not None:
            self.progress.update(self.task, detail="")
        elif not self.calme:
            spent = f"{time.monotonic() - self.start:.1f}".replace(".", ",")
            # A stage of one step says what it did; the others, how many.
            count = accord(self.total, COMPTE.get(self.name, "étape")) if self.total else "à jour"
            if self.total == 1 and self.detail:
                count = self.detail
            self.err.print(f"{self.name} : {count} ({spent} s)", markup=False)

    def close(self) -> None:
        """No more stages."""
        if self.live:
            self.progress.stop()

    def bilan(self, production: Production, folder: Path, seconds: float) -> None:
        """The final table: documents, pages, what is held back and why."""
        result, plan = production.resultat, production.plan
        if plan is None:
            click.echo(f"Rien n’a été produit : {summary(production.diagnostics)}.")
            return
        if self.out.is_terminal:
            self._table(production)
        else:
            for fait in result.faits:
                pages = f"{fait.pages} p." if fait.pages else "—"
                click.echo(f"{fait.etat}\t{pages}\t{fait.document.ident}")
            for b in plan.bloques:
                codes = ", ".join(sorted({d.code for d in b.raisons}))
                click.echo(f"bloqué\t{codes}\t{b.document.ident}")
        made = [f for f in result.faits if f.etat != "échec"]
        spent = f"{seconds:.1f}".replace(".", ",")
        counts = [
            accord(len(made), "document"),
            accord(sum(f.pages for f in made), "page"),
            accord(sum(f.pdf for f in made), "PDF", "PDF"),
        ]
        text = f"{', '.join(counts)} — {summary(production.diagnostics)} — {spent} s"
        click.echo(text)
        if result.dossier:
            pages = accord(result.dossier_pages, "page")
            click.echo(f"Dossier assemblé : {result.dossier} ({pages})")
        click.echo(f"Dossier de sortie : {folder}")

    def motifs(self, production: Production) -> None:
        """Why each document was made, those of one reason together; how many are up to date."""
        result = production.resultat
        groups: dict[str, list[str]] = {}
        for fait in result.faits:
            if fait.motifs:
                why = "\u00a0; ".join(fait.motifs)
                groups.setdefault(f"{why} (repris du cache)" if fait.etat == "repris" else why, []).append(
                    fait.document.ident
                )
        if result.dossier and result.dossier_motifs:
            groups.setdefault("\u00a0; ".join(result.dossier_motifs), []).append(result.dossier.stem)
        for why, idents in groups.items():
            click.echo(f"Motif : {why}")
            for ident in idents:
                click.echo(f"    {ident}")
        same = sum(f.etat == "à jour" for f in result.faits)
        if same:
            click.echo(f"À jour : {accord(same, 'document')}, rien à refaire.")

    def _table(self, production: Production) -> None:
        table = Table(show_edge=False, pad_edge=False)
        table.add_column("Document", overflow="fold")
        table.add_column("Pages", justify="right")
        table.add_column("État")
        for fait in production.resultat.faits:
            style = {"échec": "red", "écrit": "green"}.get(fait.etat, "dim")
            label = fait.document.ident + (" (fictif)" if fait.document.fictif else "")
            table.add_row(label, str(fait.pages or "—"), f"[{style}]{fait.etat}")
        assert production.plan is not None
        for b in production.plan.bloques:
            codes = ", ".join(sorted({d.code for d in b.raisons}))
            table.add_row(b.document.ident, "—", f"[red]bloqué : {codes}")
        self.out.print(table)
