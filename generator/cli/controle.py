"""Commands that check: apply the rules, say what a rule is."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import click

from generator.cli.socle import (
    ANOMALIES,
    PROPRE,
    USAGE,
    Commande,
    Fichier,
    Jour,
    affichage,
    sans_cache,
    signaler,
    workspace,
)


@click.command(cls=Commande)
@click.argument("numero", metavar="[NUMÉRO]", required=False)
@click.option(
    "--format",
    "forme",
    type=click.Choice(["texte", "json", "sarif", "html"]),
    help="Forme du compte rendu (texte, ou celle que dit le nom du fichier).",
)
@click.option("--vers", type=Fichier(), help="Fichier où écrire le compte rendu, au lieu de l’afficher.")
@click.option("--date", "le", type=Jour(), help="Date que porte la page HTML (aucune).")
@sans_cache
@click.pass_context
def verifier(
    ctx: click.Context, numero: str | None, forme: str | None, vers: Path | None, le: dt.date | None
) -> None:
    """Contrôler les fiches et les modèles Word, sans rien produire.

    Sans NUMÉRO, toutes les délibérations sont contrôlées.

    La page HTML s’imprime : constats par structure, avertissements acceptés, sommes refaites, sens des
    codes. Sans --vers, elle est écrite dans output/compte-rendu-NUMÉRO.html.

    Exemple : convenant verifier 2024-587 --format html
    """
    from generator.compte_rendu import SUFFIXES, bilan, ecrire_vers, rediger

    forme = forme or (SUFFIXES.get(vers.suffix.lower()) if vers else None) or "texte"
    if forme == "html" and vers is None:  # a page is read in a browser, not in a terminal
        vers = Path("output", f"compte-rendu-{Path(numero).name}.html" if numero else "compte-rendu.html")
    show = affichage(calme=forme != "texte" and vers is None)
    etat = replace(workspace(ctx).verifier(numero, show), le=le)
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
