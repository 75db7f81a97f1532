"""The command of the reviewer who has read a draft."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from generator.cli.socle import (
    ANOMALIES,
    PROPRE,
    Commande,
    Jour,
    Projet,
    Texte,
    affichage,
    sans_cache,
    workspace,
)

NIVEAUX = ("aucun", "typographie", "redaction", "partie", "date", "montant", "autre")


@click.command(cls=Commande)
@click.argument("numero", metavar="NUMÉRO")
@click.option(
    "--jusqua",
    type=click.Choice(NIVEAUX),
    metavar="NIVEAU",
    help="Niveau de changement qui n’aura pas à être relu.",
)
@click.option("--par", type=Texte(), metavar="NOM", help="Qui a lu.")
@click.option("--le", type=Jour(), help="Date de la lecture (aujourd’hui).")
@click.option(
    "--structure", "structures", metavar="NOM", multiple=True, help="Structure dont les documents sont lus."
)
@click.option(
    "--document", "documents", metavar="NOM", multiple=True, help="Document lu, ou sorte de documents."
)
@click.option("--sortie", type=Projet(), default=Path("output"), help="Dossier des documents (output).")
@click.option("--etat", is_flag=True, help="Dire ce qui a changé depuis les lectures.")
@sans_cache
@click.pass_context
def viser(
    ctx: click.Context,
    numero: str,
    jusqua: str | None,
    par: str | None,
    le: dt.date | None,
    structures: tuple[str, ...],
    documents: tuple[str, ...],
    sortie: Path,
    etat: bool,
) -> None:
    """Noter qu’un projet a été lu, et retrouver ce qui change ensuite.

    Les niveaux, du plus léger au plus grave, sont aucun, typographie, redaction, partie, date, montant,
    autre. Un changement qui n’est pas reconnu est « autre ».

    Exemple : convenant viser 2024-587 --jusqua redaction --par "Anne PETIT"
    """
    from generator.diagnostics import francais, to_text
    from generator.plan import Choix
    from generator.service.visas import Relectures

    if not etat and (par is None or jusqua is None):
        raise click.UsageError("il faut --par et --jusqua, ou --etat.", ctx)
    work = Relectures(workspace(ctx, sortie))
    show = affichage()
    if etat:
        done = work.etat(numero, show)
    else:
        day = le or dt.date.today()
        done = work.viser(numero, par or "", jusqua or "", day, Choix(structures, documents), show)
    show.close()
    for d in done.diagnostics:
        click.echo(to_text(d) + "\n", err=True)
    for line in done.lignes:
        verdict = "à relire" if line.depasse else "visé"
        said = f"{line.document} : {verdict} ({line.visa.par}, {line.visa.le:%d/%m/%Y}) : {line.niveau.nom}"
        click.echo(francais(said))
    if etat and done.fichier is not None:
        again = sum(x.depasse for x in done.lignes)
        click.echo(
            francais(
                f"À relire : {again}, visés : {len(done.lignes) - again}, jamais lus : {len(done.jamais)}"
            )
        )
    elif done.fichier is not None:
        click.echo(francais(f"Documents visés : {done.vises} ({done.fichier})"))
    ctx.exit(ANOMALIES if done.diagnostics or done.fichier is None else PROPRE)
