"""The essential data of grant agreements: the file to publish, the files of other administrations."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from generator.cli.socle import ANOMALIES, PROPRE, Commande, Jour, affichage, signaler, workspace
from generator.cli.tableaux import montrer, nommer, option_format, option_sortie


@click.command("donnees-essentielles", cls=Commande)
@click.argument("numero", metavar="[NUMÉRO]", required=False)
@click.option("--echeances", is_flag=True, help="Lister ce qui est à publier, et avant quel jour.")
@click.option("--au", type=Jour(), help="Avec --echeances, dire ce qui est en retard à ce jour.")
@option_format(["texte", "csv"], "Avec --echeances, afficher la liste ou l’écrire en CSV.")
@click.option("--fictives", is_flag=True, help="Y mettre les conventions inventées, dans un fichier d’essai.")
@option_sortie
@click.pass_context
def donnees_essentielles(
    ctx: click.Context,
    numero: str | None,
    echeances: bool,
    au: dt.date | None,
    forme: str,
    fictives: bool,
    sortie: Path,
) -> None:
    """Produire les données essentielles des conventions signées, à publier en open data.

    Le fichier CSV suit le format SCDL « subventions » 2.1.1 : une ligne par acte signé d’une convention de
    plus de 23 000 €, sans donnée d’une personne physique. Sans NUMÉRO, toutes les délibérations.

    Exemple : convenant donnees-essentielles 2024-587 --echeances
    """
    from generator.diagnostics import francais
    from generator.service.donnees_essentielles import DonneesEssentielles
    from generator.typography import accord

    if not echeances and (au or forme != "texte"):
        raise click.UsageError("--au et --format ne valent qu’avec --echeances", ctx)
    if echeances and fictives:
        raise click.UsageError("--fictives ne vaut pas avec --echeances, qui les liste toutes", ctx)
    show = affichage(calme=echeances)
    service = DonneesEssentielles(workspace(ctx, sortie))
    if echeances:
        made = service.echeances(numero, au, show)
        if forme == "csv":
            made = service.echeances_en_csv(made, numero)
    else:
        made = service.publier(numero, fictives, show)
    show.close()
    signaler(made.etat, made.diagnostics)
    if made.table and forme == "texte":
        montrer([made.table])
    if made.retards:
        late = accord(made.retards, "publication obligatoire", "publications obligatoires")
        click.echo(francais(f"En retard : {late}"), err=True)
    if made.publication and made.fichiers:
        p = made.publication
        click.echo(francais(f"Conventions publiées : {len(p.lignes)} ; à signer : {p.non_signees}"))
    nommer(made.fichiers)
    ctx.exit(ANOMALIES if made.retards or any(d.is_error for d in made.diagnostics) else PROPRE)


@click.command("importer-scdl", cls=Commande)
@click.argument("fichier", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option("--simulation", is_flag=True, help="Montrer les fiches sans rien écrire.")
@click.pass_context
def importer_scdl(ctx: click.Context, fichier: Path, simulation: bool) -> None:
    """Commencer les fiches des structures d’un fichier de subventions (SCDL) d’une autre collectivité.

    Seuls le nom, le SIRET et le numéro RNA sont repris, tels quels ; le reste de la fiche est à écrire. Une
    ligne dont l’identité n’est pas sûre est refusée, seule. Une structure déjà connue ne change pas.

    Exemple : convenant importer-scdl subventions.csv --simulation
    """
    from generator.diagnostics import francais, to_text
    from generator.finances.difference import difference
    from generator.service.donnees_essentielles import DonneesEssentielles
    from generator.typography import accord

    show = affichage()
    made = DonneesEssentielles(workspace(ctx)).importer(fichier, simulation, show)
    show.close()
    for d in made.diagnostics:
        click.echo(f"{to_text(d)}\n", err=True)
    if simulation:
        click.echo(difference(made.fichiers), nl=False)
    read = made.lecture
    what = f"{accord(read.lues, 'ligne lue', 'lignes lues')}, {accord(read.refusees, 'refusée')}"
    known = accord(read.connues, "structure déjà connue", "structures déjà connues")
    click.echo(f"{what}, {known}")
    if made.fichiers:
        done = len(made.fichiers) if simulation else len(made.ecrits)
        begun = accord(done, "fiche commencée", "fiches commencées")
        click.echo(francais(f"{'À écrire' if simulation else 'Écrit'} : {begun}"))
        click.echo("« convenant verifier » dit ce qu’il reste à y écrire.")
    ctx.exit(ANOMALIES if any(d.is_error for d in made.diagnostics) else PROPRE)
