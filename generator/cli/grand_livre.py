"""The ledger across deliberations."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from generator.cli.socle import ANOMALIES, PROPRE, Commande, Jour, affichage, signaler, workspace
from generator.cli.tableaux import montrer, nommer, option_format, option_sortie, option_table

_TABLES = ("mouvements", "engagements", "previsions")


@click.command("grand-livre", cls=Commande)
@click.option("--au", type=Jour(), help="Arrêter le grand livre à ce jour (tout ce qui est écrit).")
@option_format(
    ["texte", "csv", "json"],
    "Affichage des tableaux, un fichier CSV par tableau, ou un objet JSON affiché.",
)
@option_table(_TABLES)
@option_sortie
@click.pass_context
def grand_livre(
    ctx: click.Context, au: dt.date | None, forme: str, noms: tuple[str, ...], sortie: Path
) -> None:
    """Suivre les crédits d’une délibération à l’autre, jusqu’aux paiements.

    Disponible de chaque code avant et après chaque délibération et chaque mouvement ; ce qui est voté,
    signé et payé ; ce qui reste à payer, par exercice. Un code à découvert est une erreur.

    Exemple : convenant grand-livre --au 2025-06-30
    """
    from generator.service.grand_livre import GrandLivre

    show = affichage(calme=forme != "csv")
    ledger = GrandLivre(workspace(ctx, sortie), au)
    made = ledger.csv(noms, show) if forme == "csv" else ledger.tables(show)
    show.close()
    signaler(made.etat, made.diagnostics)
    if forme == "texte":
        montrer(made.tables, noms)
    elif forme == "json":
        click.echo(ledger.json(made.tables, noms))
    nommer(made.fichiers)
    ctx.exit(ANOMALIES if any(d.is_error for d in made.diagnostics) else PROPRE)
