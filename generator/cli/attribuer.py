"""The command that tells why each document changed."""

from __future__ import annotations

import click

from generator.cli.socle import ANOMALIES, PROPRE, Commande, affichage, sans_cache, workspace


@click.command(cls=Commande)
@click.argument("a", metavar="A")
@click.argument("b", metavar="[B]", required=False)
@click.option("--dossier", metavar="NUMÉRO", required=True, help="Délibération dont les documents changent.")
@sans_cache
@click.pass_context
def attribuer(ctx: click.Context, a: str, b: str | None, dossier: str) -> None:
    """Dire pourquoi chaque document a changé entre deux versions gardées dans git.

    Chaque changement est attribué à un champ d’une fiche, à un modèle Word ou au programme. Sans B, la
    version A est comparée à l’état présent.

    Exemple : convenant attribuer v1 v2 --dossier 2024-587
    """
    from generator.attribution import Origine
    from generator.diagnostics import francais, to_text
    from generator.service.attributions import Attributions
    from generator.typography import accord

    show = affichage()
    bilan = Attributions(workspace(ctx)).expliquer(a, b, dossier, show)
    show.close()
    for d in bilan.diagnostics:
        click.echo(to_text(d) + "\n", err=True)
    for c in bilan.champs:
        click.echo(francais(f"{c.span}: {c.nom} : « {c.ancien} » → « {c.nouveau} »"))
    for name in bilan.gabarits:
        click.echo(francais(f"modèle Word modifié : {name}"))
    for x in bilan.lignes:
        click.echo(f"\n{x.document} ({x.etat})")
        for cause in x.causes:
            why: str = cause.origine
            if cause.origine is Origine.GABARIT:
                why = f"{why}, {', '.join(cause.gabarits)}"
            elif cause.champs:
                fields = ", ".join(f"{f.fiche} → {f.nom}" for f in cause.champs[:3])
                more = len(cause.champs) - 3
                why = f"{why}, {'' if cause.certain else 'calculé d’après '}{fields}"
                why += f" et {accord(more, 'autre')}" if more > 0 else ""
            click.echo(francais(f"  {cause.ou} : « {_court(cause.avant)} » → « {_court(cause.apres)} »"))
            click.echo(francais(f"    {why}"))
    if not bilan.diagnostics or bilan.lignes:
        changed = accord(len(bilan.lignes), "document changé", "documents changés")
        same = accord(bilan.identiques, "identique")
        click.echo(f"\n{changed}, {same}")
    ctx.exit(ANOMALIES if bilan.diagnostics else PROPRE)


def _court(text: str) -> str:
    return text if len(text) <= 100 else text[:99].rstrip() + "…"
