"""Command that sends the acts: drafts for a mail program, or messages handed to a server."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.registre import maintenant, registre, sortie
from generator.cli.socle import ANOMALIES, PROPRE, Commande, Entier, affichage, signaler, workspace

if TYPE_CHECKING:
    from generator.envoi.smtp import Serveur

SECRET = "CONVENANT_SMTP_MOT_DE_PASSE"


def _serveur(ctx: click.Context, param: click.Parameter, value: str | None) -> Serveur | None:
    if value is None:
        return None
    from generator.diagnostics import francais
    from generator.envoi.smtp import lire_adresse

    try:
        return lire_adresse(value)
    except ValueError as e:
        raise click.BadParameter(francais(str(e)), ctx, param) from None


def _courriel(ctx: click.Context, param: click.Parameter, value: str | None) -> str:
    if value is None:
        return ""
    from generator.diagnostics import francais
    from generator.identifiants import parse_courriel

    try:
        return parse_courriel(value)
    except ValueError as e:
        raise click.BadParameter(francais(str(e)), ctx, param) from None


def _secret(serveur: Serveur) -> str:
    """The password of the user, from the environment or typed; never from the command line."""
    if not serveur.utilisateur:
        return ""
    known = os.environ.get(SECRET)
    if known is not None:
        return known
    asked: str = click.prompt(f"Mot de passe de {serveur.utilisateur}", hide_input=True, err=True)
    return asked


@click.command(cls=Commande)
@click.argument("numero", metavar="NUMÉRO")
@click.option("--acte", "actes", multiple=True, metavar="ACTE", help="Cet acte seulement (répétable).")
@click.option(
    "--smtp",
    "serveur",
    metavar="ADRESSE",
    callback=_serveur,
    help="Envoyer par ce serveur (smtp+starttls://utilisateur@serveur:587)\u00a0; sans cette option, des "
    "messages prêts à envoyer (.eml) sont écrits.",
)
@click.option(
    "--expediteur", metavar="COURRIEL", callback=_courriel, help="Adresse d’envoi (celle du Département)."
)
@click.option(
    "--debit",
    type=Entier(1, 600),
    default=20,
    metavar="N",
    help="Nombre de messages par minute (20).",
)
@click.option(
    "--sur-papier",
    is_flag=True,
    help="Envoyer aussi les actes que la structure signe la première, à la main.",
)
@click.option("--simulation", is_flag=True, help="Montrer ce qui partirait, ne rien écrire ni envoyer.")
@registre
@sortie
@click.pass_context
def envoyer(
    ctx: click.Context,
    numero: str,
    actes: tuple[str, ...],
    serveur: Serveur | None,
    expediteur: str,
    debit: int,
    sur_papier: bool,
    simulation: bool,
    url: str,
    sortie: Path,
) -> None:
    """Envoyer à chaque structure son acte, la lettre de notification et ce qu’elle doit faire.

    Rien ne part avant que la délibération soit exécutoire, et rien ne part deux fois\u00a0: le registre en
    répond, même après une interruption.

    Exemple : convenant envoyer 2024-587 --simulation
    """
    from generator.envoi.remise import Moyens
    from generator.envoi.smtp import Connexion
    from generator.service.envoi import Demande, Envois
    from generator.service.registre import Vie

    service = Envois(Vie(workspace(ctx, sortie), url))
    demande = Demande(actes, sur_papier, expediteur)
    show = affichage()
    if serveur is None:
        done = service.brouillons(numero, demande, maintenant(), simulation)
    else:
        secret = "" if simulation else _secret(serveur)
        means = Moyens(
            lambda: Connexion(serveur, secret),
            maintenant,
            time.sleep,
            60 / debit,
            serveur.utilisateur or "Convenant",
        )
        done = service.envoyer(numero, demande, None if simulation else means, maintenant(), show)
    show.close()
    signaler(done.etat, tuple(done.diagnostics))
    for sort in done.sorts:
        click.echo("\t".join([sort.etat, sort.acte, sort.motif]).rstrip())
    for path in done.fichiers:
        click.echo(f"Écrit\u00a0: {path}")
    ctx.exit(PROPRE if done.reussi else ANOMALIES)
