"""The ledger across deliberations."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from generator.cli.socle import ANOMALIES, PROPRE, Commande, Jour, Projet, affichage, signaler, workspace

_TABLES = ("mouvements", "engagements", "previsions")


@click.command("grand-livre", cls=Commande)
@click.option("--au", type=Jour(), help="Arrêter le grand livre à ce jour (tout ce qui est écrit).")
@click.option(
    "--format",
    "forme",
    type=click.Choice(["texte", "csv", "json"]),
    default="texte",
    help="Affichage des tableaux, un fichier CSV par tableau, ou un objet JSON affiché.",
)
@click.option(
    "--table",
    "noms",
    type=click.Choice(_TABLES),
    multiple=True,
    metavar="NOM",
    help="Ce tableau seulement (répétable) : mouvements, engagements, previsions.",
)
@click.option("--sortie", type=Projet(), default=Path("output"), help="Dossier où écrire (output).")
@click.pass_context
def grand_livre(
    ctx: click.Context, au: dt.date | None, forme: str, noms: tuple[str, ...], sortie: Path
) -> None:
    """Suivre les crédits d’une délibération à l’autre, jusqu’aux paiements.

    Disponible de chaque code avant et après chaque délibération et chaque mouvement ; ce qui est voté,
    signé et payé ; ce qui reste à payer, par exercice. Un code à découvert est une erreur.

    Exemple : convenant grand-livre --au 2025-06-30
    """
    from generator.finances.ecrits import en_texte
    from generator.service.grand_livre import GrandLivre

    show = affichage(calme=forme != "csv")
    ledger = GrandLivre(workspace(ctx, sortie), au)
    made = ledger.csv(noms, show) if forme == "csv" else ledger.tables(show)
    show.close()
    signaler(made.etat, made.diagnostics)
    if forme == "texte":
        click.echo("\n".join(en_texte(t) for t in made.tables if not noms or t.nom in noms), nl=False)
    elif forme == "json":
        click.echo(ledger.json(made.tables, noms))
    for path in made.fichiers:
        click.echo(f"Écrit : {path}")
    ctx.exit(ANOMALIES if any(d.is_error for d in made.diagnostics) else PROPRE)
