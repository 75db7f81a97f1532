"""Commands on the register: where each act is and who is late; what is entered by hand."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import click

from generator.cli.socle import ANOMALIES, PROPRE, Commande, Jour, Projet, largeur, signaler, workspace
from generator.cli.tableaux import option_format

VARIABLE = "CONVENANT_REGISTRE"
ETAPES = {
    "approuve": "APPROUVE",
    "signe-departement": "SIGNE_DEPARTEMENT",
    "envoye": "ENVOYE",
    "retourne": "RETOURNE",
    "signe": "SIGNE",
    "notifie": "NOTIFIE",
    "publie": "PUBLIE",
    "envoi-a-refaire": "ENVOI_LIBERE",
}


def maintenant() -> dt.datetime:
    """The clock of the machine, the only one that the program reads."""
    return dt.datetime.now().astimezone()


def _sans_secret(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str:
    """The address of the register; one that holds a password is refused on the command line."""
    if value is None:
        return os.environ.get(VARIABLE, "")
    from generator.registre.base import sans_secret

    if not sans_secret(value):
        raise click.BadParameter(
            f"aucun mot de passe sur la ligne de commande\u00a0: le donner par {VARIABLE} ou PGPASSWORD"
        )
    return value


registre = click.option(
    "--registre",
    "url",
    metavar="ADRESSE",
    callback=_sans_secret,
    help="Base du registre (postgresql://utilisateur@serveur/base)\u00a0; sans cette option, "
    "CONVENANT_REGISTRE, sinon le fichier registre.sqlite3 du dossier de sortie.",
)
"""Option of the commands that read or keep the register."""

sortie = click.option(
    "--sortie", type=Projet(), default=Path("output"), help="Dossier des documents (output)."
)


@click.command(cls=Commande)
@click.argument("numero", metavar="NUMÉRO")
@click.option("--retard", is_flag=True, help="Les actes en retard seulement.")
@click.option("--au", type=Jour(), help="Jour de l’état (aujourd’hui).")
@option_format(
    ["texte", "csv", "json"],
    "Un tableau (texte), un fichier pour tableur (csv) ou pour un programme (json).",
)
@registre
@sortie
@click.pass_context
def suivi(
    ctx: click.Context, numero: str, retard: bool, au: dt.date | None, forme: str, url: str, sortie: Path
) -> None:
    """Montrer où en est chaque acte d’une délibération, et qui est en retard.

    Le registre est d’abord mis à jour d’après les dossiers de sortie et de signature.

    Exemple : convenant suivi 2024-587 --retard
    """
    from generator.registre import ecrits
    from generator.service.registre import Vie

    now = maintenant()
    found = Vie(workspace(ctx, sortie), url).suivre(numero, au or now.date(), now)
    signaler(found.etat, found.diagnostics)
    shown = [s for s in found.situations if s.retard or not retard]
    if forme == "csv":
        click.echo(ecrits.en_csv(shown).decode("utf-8"), nl=False)
    elif forme == "json":
        click.echo(ecrits.en_json(shown), nl=False)
    elif found.situations:
        click.echo(ecrits.en_texte(shown, largeur()), nl=False)
    ctx.exit(ANOMALIES if found.diagnostics else PROPRE)


@click.command(cls=Commande)
@click.argument("numero", metavar="NUMÉRO")
@click.argument("actes", metavar="ACTE…", nargs=-1, required=True)
@click.option(
    "--etape",
    type=click.Choice(list(ETAPES)),
    required=True,
    metavar="ÉTAPE",
    help="Ce qui s’est fait\u00a0: approuve, signe-departement, envoye, retourne, signe, notifie, publie, ou "
    "envoi-a-refaire (le message n’est pas arrivé).",
)
@click.option("--le", type=Jour(), help="Jour où cela s’est fait (aujourd’hui).")
@click.option("--par", metavar="NOM", required=True, help="Qui l’atteste.")
@registre
@sortie
@click.pass_context
def inscrire(
    ctx: click.Context,
    numero: str,
    actes: tuple[str, ...],
    etape: str,
    le: dt.date | None,
    par: str,
    url: str,
    sortie: Path,
) -> None:
    """Inscrire au registre ce qui s’est fait hors de Convenant (courrier, signature à la main, notification).

    Une ligne inscrite ne se modifie plus et ne s’efface plus.

    Exemple : convenant inscrire 2024-587 faimah-avenant-annexe-06 --etape notifie --par "A. Dupont"
    """
    from generator.registre import ecrits
    from generator.registre.evenements import Etape
    from generator.service.registre import Vie

    now = maintenant()
    done = Vie(workspace(ctx, sortie), url).inscrire(
        numero, actes, Etape[ETAPES[etape]], le or now.date(), par, now
    )
    signaler(done.etat, done.diagnostics)
    if done.situations:
        click.echo(ecrits.en_texte(done.situations, largeur()), nl=False)
    ctx.exit(ANOMALIES if done.diagnostics else PROPRE)
