"""Commands on the Word templates: hold them against the data, hand them back with comments."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.socle import (
    ANOMALIES,
    PROPRE,
    Commande,
    Groupe,
    Projet,
    affichage,
    signaler,
    workspace,
)
from generator.diagnostics import Severity, summary, to_json
from generator.typography import accord


@click.group(cls=Groupe)
def modele() -> None:
    """Travailler sur les modèles Word."""


@modele.command("verifier", cls=Commande)
@click.option(
    "--annoter",
    type=Projet(),
    help="Dossier où copier chaque modèle fautif, avec les anomalies en commentaires Word.",
)
@click.option(
    "--informations",
    is_flag=True,
    help="Afficher aussi ce qu’aucun document ne montre, et les données qu’aucun modèle ne lit.",
)
@click.option(
    "--format",
    "forme",
    type=click.Choice(["texte", "json"]),
    default="texte",
    help="Forme du compte rendu (texte).",
)
@click.pass_context
def verifier(ctx: click.Context, annoter: Path | None, informations: bool, forme: str) -> None:
    """Contrôler les modèles Word, et les confronter à ce que les fiches leur donnent.

    Chaque balise est vérifiée, même dans un passage qu’aucun document n’imprime aujourd’hui.
    """
    show = affichage(calme=forme == "json")
    door = workspace(ctx)
    done = door.verifier_modeles(show)
    show.close()
    found = done.etat.diagnostics
    written, refused = door.annoter(done.etat, annoter) if annoter else ([], [])
    bad = any(d.is_error for d in (*found, *refused))
    if forme == "json":
        click.echo(to_json([*found, *refused]))
        ctx.exit(ANOMALIES if bad else PROPRE)
    kept = [d for d in found if informations or d.severity is not Severity.INFO]
    signaler(done.etat, (*kept, *refused))
    blocked = f" ({done.bloques} bloqués par leurs fiches)" if done.bloques else ""
    tried = f"{accord(done.documents, 'document essayé', 'documents essayés')}{blocked}"
    templates = accord(done.gabarits, "modèle contrôlé", "modèles contrôlés")
    click.echo(f"{templates}, {tried}\u00a0: {summary(found)}")
    hidden = len(found) - len(kept)
    if hidden:
        click.echo(f"{accord(hidden, 'information')}\u00a0: le détail avec --informations")
    if annoter and not refused:
        click.echo(f"{accord(len(written), 'copie annotée', 'copies annotées')} dans {annoter}")
    ctx.exit(ANOMALIES if bad else PROPRE)
