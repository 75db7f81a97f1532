"""The command of the reviewer: what changed between two drafts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from generator.cli.socle import ANOMALIES, PROPRE, Commande, Entier, Jour, Projet, affichage, workspace


@click.command(cls=Commande)
@click.argument("a", metavar="A")
@click.argument("b", metavar="[B]", required=False)
@click.option(
    "--dossier", metavar="NUMÉRO", help="A et B sont deux versions git : comparer cette délibération."
)
@click.option("--vers", type=Projet(), default=Path("comparaison"), help="Dossier où écrire (comparaison).")
@click.option("--auteur", metavar="NOM", default="Convenant", help="Auteur des modifications (Convenant).")
@click.option("--date", type=Jour(), help="Date des modifications (1er janvier 2000).")
@click.option(
    "--suivi",
    type=click.Choice(["accepter", "refuser"]),
    help="Ce qu’il faut faire des modifications déjà suivies dans A et B.",
)
@click.option("--jobs", type=Entier(1, 64), default=2, help="Comparaisons à la fois (2).")
@click.option("--sans-pdf", is_flag=True, help="Ne pas faire le PDF du compte rendu.")
@click.pass_context
def comparer(
    ctx: click.Context,
    a: str,
    b: str | None,
    dossier: str | None,
    vers: Path,
    auteur: str,
    date: dt.date | None,
    suivi: str | None,
    jobs: int,
    sans_pdf: bool,
) -> None:
    """Comparer deux versions : deux documents Word, deux dossiers, ou deux versions gardées dans git.

    Chaque document qui change est donné avec ses modifications suivies : tout accepter donne B, tout refuser
    donne A. Un compte rendu en une page montre chaque changement, par structure et par genre.

    Exemple : convenant comparer envoi-du-mardi output/2024-587
    """
    from generator.comparaison import Sens
    from generator.comparaison.rapport import bilan_court
    from generator.diagnostics import to_text
    from generator.service.revue import Reglages, Revue

    jour = dt.datetime.combine(date, dt.time()) if date else dt.datetime(2000, 1, 1)
    reglages = Reglages(vers, auteur, jour, Sens(suivi) if suivi else None, jobs, not sans_pdf)
    show = affichage()
    bilan = Revue(workspace(ctx)).comparer(a, b, dossier, reglages, show)
    show.close()
    for d in bilan.diagnostics:
        click.echo(to_text(d) + "\n", err=True)
    if bilan.rapport is not None:
        click.echo(bilan_court(bilan.lignes, bilan.identiques))
        for path in (bilan.rapport, bilan.pdf):
            if path is not None:
                click.echo(f"Compte rendu\u00a0: {path}")
    ctx.exit(PROPRE if bilan.complet else ANOMALIES)
