"""Commands for finance: the workbook of a deliberation, the table that services send back."""

from __future__ import annotations

from pathlib import Path

import click

from generator.cli.socle import ANOMALIES, PROPRE, Commande, affichage, signaler, workspace
from generator.cli.tableaux import montrer, nommer, option_format, option_sortie, option_table

_TABLES = ("synthese", "operations", "repartition", "echeancier", "mois", "controles", "journal")


@click.command(cls=Commande)
@click.argument("numero", metavar="NUMÉRO")
@option_format(
    ["classeur", "texte", "csv"],
    "Un classeur Excel (classeur), l’affichage des tableaux, ou un fichier CSV par tableau.",
)
@option_table(_TABLES)
@option_sortie
@click.pass_context
def finances(ctx: click.Context, numero: str, forme: str, noms: tuple[str, ...], sortie: Path) -> None:
    """Produire le classeur financier d’une délibération, dont les sommes se recalculent.

    Synthèse par code opération, répartition par acte et par territoire, échéancier des versements,
    contrôles avec leurs deux membres, journal des avertissements acceptés.

    Exemple : convenant finances 2024-587
    """
    from generator.service.finances import Finances

    if noms and forme == "classeur":
        raise click.UsageError("--table ne vaut qu’avec --format texte ou --format csv", ctx)
    service, show = Finances(workspace(ctx, sortie)), affichage(calme=forme == "texte")
    if forme == "texte":
        made = service.tables(numero, show)
    elif forme == "csv":
        made = service.csv(numero, noms, show)
    else:
        made = service.classeur(numero, show)
    show.close()
    signaler(made.etat, made.diagnostics)
    if forme == "texte":
        montrer(made.tables, noms)
    nommer(made.fichiers)
    if made.ecarts:
        click.echo(f"Contrôles en écart\u00a0: {made.ecarts} sur {len(made.controles)}", err=True)
    ctx.exit(ANOMALIES if made.diagnostics or made.ecarts else PROPRE)


@click.command(cls=Commande)
@click.argument("fichier", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option("--deliberation", metavar="NUMÉRO", help="Délibération du tableau, s’il ne la dit pas.")
@click.option("--feuille", metavar="NOM", help="Feuille du classeur à lire, si plusieurs ont ce tableau.")
@click.option("--simulation", is_flag=True, help="Montrer la différence sans rien écrire.")
@click.pass_context
def importer(
    ctx: click.Context, fichier: Path, deliberation: str | None, feuille: str | None, simulation: bool
) -> None:
    """Reporter dans les fiches le tableau de répartition qu’un service renvoie (.xlsx ou .csv).

    Une ligne par structure, dispositif et territoire, avec ses places et son montant : c’est le tableau
    « répartition » de la commande finances. La différence est montrée ; les remarques et l’ordre des
    fiches restent. Si une seule ligne est refusée, aucune fiche ne change.

    Exemple : convenant importer repartition.xlsx --simulation
    """
    from generator.diagnostics import francais, summary, to_text
    from generator.finances.saisie import combien
    from generator.service.finances import Finances
    from generator.typography import accord

    show = affichage()
    done = Finances(workspace(ctx)).importer(fichier, deliberation, feuille, simulation, show)
    show.close()
    # No excerpt: a line of the file that a spreadsheet writes is not for reading.
    for d in done.contenu.diagnostics:
        click.echo(f"{to_text(d)}\n", err=True)
    click.echo(done.difference(), nl=False)
    files = done.contenu.fichiers
    if not done.reussie:
        click.echo(f"{summary(done.contenu.diagnostics)}. Aucune fiche n’est modifiée.")
        ctx.exit(ANOMALIES)
    click.echo(francais(f"Tableau lu : {combien(list(done.contenu.lignes))}"))
    if not files:
        click.echo(francais("Les fiches disent déjà la même chose : rien à modifier."))
        ctx.exit(PROPRE)
    values, lines = sum(f.valeurs for f in files), sum(f.lignes for f in files)
    what = f"{accord(len(files), 'fiche')}, {accord(values, 'valeur changée', 'valeurs changées')}, "
    what += accord(lines, "ligne ajoutée", "lignes ajoutées")
    click.echo(francais(f"{'À écrire' if simulation else 'Écrit'} : {what}"))
    click.echo("Contrôler ensuite avec «\u00a0convenant verifier\u00a0».")
    ctx.exit(PROPRE)
