"""The command that freezes: what was voted, and the errata that reopen an act."""

from __future__ import annotations

import datetime as dt

import click

from generator.cli.socle import ANOMALIES, PROPRE, Commande, Jour, Texte, affichage, sans_cache, workspace


@click.command(cls=Commande)
@click.argument("numero", metavar="NUMÉRO")
@click.option(
    "--par", type=Texte(), metavar="NOM", required=True, help="Qui scelle, ou qui inscrit l’erratum."
)
@click.option("--le", type=Jour(), help="Date du scellé ou de l’erratum (aujourd’hui).")
@click.option("--erratum", metavar="ACTE", help="Rouvrir cet acte d’une délibération scellée.")
@click.option("--motif", type=Texte(), metavar="TEXTE", help="Pourquoi l’acte est rouvert.")
@sans_cache
@click.pass_context
def sceller(
    ctx: click.Context, numero: str, par: str, le: dt.date | None, erratum: str | None, motif: str | None
) -> None:
    """Figer ce qui a été voté : modèles, actes, montants, modèles Word.

    Le scellé est écrit dans le dossier de la délibération. La commande verifier signale ensuite tout ce qui
    s’en écarte. Seul un erratum rouvre un acte.

    Exemple : convenant sceller 2024-587 --par "Sabine DESPIERRE"
    """
    from generator.diagnostics import to_text
    from generator.service.scelles import Scelles

    if (erratum is None) != (motif is None):
        raise click.UsageError("--erratum et --motif vont ensemble.", ctx)
    day = le or dt.date.today()
    show = affichage()
    work = Scelles(workspace(ctx))
    if erratum is not None and motif is not None:
        done = work.erratum(numero, erratum, par, day, motif, show)
    else:
        done = work.sceller(numero, par, day, show)
    show.close()
    for d in done.diagnostics:
        click.echo(to_text(d) + "\n", err=True)
    if done.fichier is None:
        ctx.exit(ANOMALIES)
    if erratum is None:
        click.echo(f"Modèles scellés\u00a0: {done.modeles}, actes\u00a0: {done.actes}")
    click.echo(f"{'Scellé' if erratum is None else 'Erratum inscrit'}\u00a0: {done.fichier}")
    ctx.exit(PROPRE)
