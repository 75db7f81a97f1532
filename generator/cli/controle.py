"""Commands that check: apply the rules, say what a rule is."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.socle import ANOMALIES, PROPRE, USAGE, Commande, Fichier, affichage, signaler, workspace


@click.command(cls=Commande)
@click.argument("numero", metavar="[NUMÉRO]", required=False)
@click.option(
    "--format",
    "forme",
    type=click.Choice(["texte", "json", "sarif"]),
    help="Forme du compte rendu (texte, ou celle que dit le nom du fichier).",
)
@click.option("--vers", type=Fichier(), help="Fichier où écrire le compte rendu, au lieu de l’afficher.")
@click.pass_context
def verifier(ctx: click.Context, numero: str | None, forme: str | None, vers: Path | None) -> None:
    """Contrôler les fiches et les modèles Word, sans rien produire.

    Sans NUMÉRO, toutes les délibérations sont contrôlées.

    Exemple : convenant verifier 2024-587 --vers compte-rendu.sarif
    """
    from generator.compte_rendu import SUFFIXES, bilan, ecrire_vers, rediger

    forme = forme or (SUFFIXES.get(vers.suffix.lower()) if vers else None) or "texte"
    show = affichage(calme=forme != "texte" and vers is None)
    etat = workspace(ctx).verifier(numero, show)
    show.close()
    refused = ecrire_vers(etat, forme, vers) if vers else None
    if refused:
        signaler(etat, (refused,))
    elif vers:
        click.echo(f"{bilan(etat)}\nCompte rendu\u00a0: {vers}")
    elif forme == "texte":
        signaler(etat, etat.diagnostics)
        click.echo(bilan(etat))
    else:
        click.echo(rediger(etat, forme), nl=False)
    ctx.exit(ANOMALIES if refused or any(d.is_error for d in etat.diagnostics) else PROPRE)


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
