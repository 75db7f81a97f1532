"""Commands that inform: the kinds of documents, the schemas of the records."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.socle import ANOMALIES, Commande, Projet, workspace


@click.command(cls=Commande)
@click.pass_context
def documents(ctx: click.Context) -> None:
    """Lister les sortes de documents et ce que chacune demande."""
    for name, what, needs in workspace(ctx).sortes():
        click.echo(f"{name}\n    {what}\n    fiches : {needs}")


@click.command(cls=Commande)
@click.option("--vers", type=Projet(), default=Path("schema"), help="Dossier où écrire (schema).")
@click.pass_context
def schema(ctx: click.Context, vers: Path) -> None:
    """Écrire les schémas JSON des fiches, pour la saisie assistée dans VS Code."""
    found = workspace(ctx).ecrire_schemas(vers)
    for d in found:
        click.echo(f"{d.span}: {d.severity}[{d.code}] {d.message}", err=True)
    if found:
        ctx.exit(ANOMALIES)
    click.echo(f"schémas écrits dans {vers}")
