"""The proofreader: finished documents, ours or anyone's."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.socle import ANOMALIES, PROPRE, Commande, Fichier, Jour, workspace
from generator.diagnostics import to_text

if TYPE_CHECKING:
    from generator.relecture import Releve

FORMES = ("texte", "json", "sarif", "html")


@click.command(cls=Commande)
@click.argument("fichiers", metavar="FICHIER…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "forme",
    type=click.Choice(FORMES),
    help="Forme du compte rendu (texte, ou celle que dit le nom du fichier).",
)
@click.option("--vers", type=Fichier(), help="Fichier où écrire le compte rendu, au lieu de l’afficher.")
@click.option("--date", "le", type=Jour(), help="Date que porte la page HTML (aucune).")
@click.pass_context
def relire(
    ctx: click.Context, fichiers: tuple[Path, ...], forme: str | None, vers: Path | None, le: dt.date | None
) -> None:
    """Relire des documents finis (.docx, .pdf, .txt), les nôtres ou d’autres.

    Aucune fiche n’est nécessaire. Sont signalés, avec leur page ou leur paragraphe : les blancs et les
    balises oubliés, les articles et les annexes mal numérotés, les sommes et les produits faux, les
    chiffres qui contredisent les lettres, les dates impossibles, les numéros et les SIRET qui changent,
    le nombre de pages, la typographie.

    La page HTML s’imprime ; sans --vers, elle est écrite dans output/compte-rendu-FICHIER.html.

    Exemple : convenant relire output/2024-587/dossier-2024-587.pdf
    """
    from generator.compte_rendu import SUFFIXES, ecrire_texte
    from generator.relecture import rapport

    said = SUFFIXES.get(vers.suffix.lower(), "") if vers else ""
    forme = forme or (said if said in FORMES else "texte")
    if forme == "html" and vers is None:  # a page is read in a browser, not in a terminal
        vers = Path("output", f"compte-rendu-{fichiers[0].stem if len(fichiers) == 1 else 'relecture'}.html")
    releves = workspace(ctx).relire(fichiers)
    text = _rediger(releves, forme, le)
    refused = ecrire_texte(text, vers) if vers else None
    if refused:
        click.echo(to_text(refused), err=True)
    elif vers:
        click.echo(f"{rapport.total(releves)}\nCompte rendu\u00a0: {vers}")
    else:
        click.echo(text, nl=False)
    ctx.exit(ANOMALIES if refused or not all(r.propre for r in releves) else PROPRE)


def _rediger(releves: list[Releve], forme: str, le: dt.date | None) -> str:
    from generator.compte_rendu.relecture import en_html
    from generator.compte_rendu.relecture_sarif import en_sarif
    from generator.relecture import rapport

    if forme == "html":
        return en_html(releves, le)
    if forme == "sarif":
        return en_sarif(releves)
    if forme == "json":
        return rapport.en_json(releves) + "\n"
    return "".join(f"{rapport.en_texte(r)}\n\n" for r in releves) + f"{rapport.total(releves)}\n"
