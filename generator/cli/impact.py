"""The command that tells, before building, what a change touches."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.socle import ANOMALIES, PROPRE, Commande, Projet, affichage, sans_cache, workspace


@click.command(cls=Commande)
@click.argument("chemins", metavar="FICHIER…", nargs=-1, required=True, type=Projet())
@click.option("--liste", is_flag=True, help="Nommer chaque document touché.")
@sans_cache
@click.pass_context
def impact(ctx: click.Context, chemins: tuple[Path, ...], liste: bool) -> None:
    """Dire quels documents un changement touche, avant de produire.

    FICHIER est une fiche, un modèle Word, ou un dossier de fiches ou de modèles Word.

    Exemple : convenant impact templates/clauses/parties.docx
    """
    from generator.diagnostics import francais, to_text
    from generator.service.impact import Impact
    from generator.typography import accord

    show = affichage()
    bilan = Impact(workspace(ctx)).mesurer(chemins, show)
    show.close()
    for d in bilan.diagnostics:
        click.echo(to_text(d) + "\n", err=True)
    if bilan.fichiers:
        touched = accord(len(bilan.touches), "document touché", "documents touchés")
        click.echo(f"{touched} sur {bilan.total}")
        for sorte, count in bilan.par_sorte().items():
            click.echo(francais(f"  {sorte} : {count}"))
        if bilan.reliures:
            click.echo(francais(f"  à relier de nouveau : {', '.join(bilan.reliures)}"))
    if any(f.endswith("/base.docx") for f in bilan.fichiers):
        click.echo("Les styles de base.docx passent aux autres modèles Word par tools/aligner.py.")
    for t in bilan.touches if liste else ():
        held = " (bloqué par une erreur)" if t.bloque else ""
        click.echo(f"{t.ouvrage}/{t.document.ident}{held}")
    ctx.exit(ANOMALIES if bilan.diagnostics else PROPRE)
