"""The proofreader: finished documents, ours or anyone's."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.socle import ANOMALIES, PROPRE, Commande, workspace


@click.command(cls=Commande)
@click.argument("fichiers", metavar="FICHIER…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "forme",
    type=click.Choice(["texte", "json"]),
    default="texte",
    help="Forme du compte rendu (texte).",
)
@click.pass_context
def relire(ctx: click.Context, fichiers: tuple[Path, ...], forme: str) -> None:
    """Relire des documents finis (.docx, .pdf, .txt), les nôtres ou d’autres.

    Aucune fiche n’est nécessaire. Sont signalés, avec leur page ou leur paragraphe : les blancs et les
    balises oubliés, les articles et les annexes mal numérotés, les sommes et les produits faux, les
    chiffres qui contredisent les lettres, les dates impossibles, les numéros et les SIRET qui changent,
    le nombre de pages, la typographie.

    Exemple : convenant relire output/2024-587/dossier-2024-587.pdf
    """
    from generator.relecture import rapport

    releves = workspace(ctx).relire(fichiers)
    if forme == "json":
        click.echo(rapport.en_json(releves))
    else:
        for releve in releves:
            click.echo(rapport.en_texte(releve) + "\n")
        click.echo(rapport.total(releves))
    ctx.exit(PROPRE if all(r.propre for r in releves) else ANOMALIES)
