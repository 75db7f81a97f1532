"""Commands that check: apply the rules, say what a rule is."""

from __future__ import annotations

import click

from generator.cli.socle import ANOMALIES, PROPRE, USAGE, Commande, affichage, signaler, workspace
from generator.diagnostics import summary, to_json


@click.command(cls=Commande)
@click.argument("numero", metavar="[NUMÉRO]", required=False)
@click.option(
    "--format",
    "forme",
    type=click.Choice(["texte", "json"]),
    default="texte",
    help="Forme du compte rendu (texte).",
)
@click.pass_context
def verifier(ctx: click.Context, numero: str | None, forme: str) -> None:
    """Contrôler les fiches et les modèles Word, sans rien produire.

    Sans NUMÉRO, toutes les délibérations sont contrôlées.
    """
    show = affichage(calme=forme == "json")
    etat = workspace(ctx).verifier(numero, show)
    show.close()
    if forme == "json":
        click.echo(to_json(etat.diagnostics))
    else:
        signaler(etat, etat.diagnostics)
        click.echo(f"{len(etat.records.sources)} fiches contrôlées : {summary(etat.diagnostics)}")
    ctx.exit(ANOMALIES if any(d.is_error for d in etat.diagnostics) else PROPRE)


@click.command(cls=Commande)
@click.argument("code", metavar="CODE")
@click.pass_context
def expliquer(ctx: click.Context, code: str) -> None:
    """Expliquer un code d’anomalie.

    Exemple : convenant expliquer MNT104
    """
    text = workspace(ctx).expliquer(code)
    if text is None:
        click.echo(f"« {code} » n’est pas un code connu ; la liste est dans docs/regles.md", err=True)
        ctx.exit(USAGE)
    click.echo(text)
