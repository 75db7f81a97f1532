"""The command that proves: each act is in the terms of the modele voted."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from generator.cli.socle import ANOMALIES, PROPRE, Commande, Jour, Projet, affichage, sans_cache, workspace


@click.command(cls=Commande)
@click.argument("numero", metavar="NUMÉRO")
@click.argument("chemins", metavar="[FICHIER]…", nargs=-1, type=Projet())
@click.option("--sortie", type=Projet(), default=Path("output"), help="Dossier des documents (output).")
@click.option("--vers", type=Projet(), help="Dossier où écrire le certificat (celui de la délibération).")
@click.option("--le", type=Jour(), help="Date du certificat (aujourd’hui).")
@click.option(
    "--suivi",
    type=click.Choice(["accepter", "refuser"]),
    help="Ce qu’il faut faire des modifications suivies dans les actes.",
)
@click.option("--sans-pdf", is_flag=True, help="Ne pas faire le PDF du certificat.")
@sans_cache
@click.pass_context
def conformite(
    ctx: click.Context,
    numero: str,
    chemins: tuple[Path, ...],
    sortie: Path,
    vers: Path | None,
    le: dt.date | None,
    suivi: str | None,
    sans_pdf: bool,
) -> None:
    """Prouver que chaque acte est dans les termes du modèle voté.

    Sans fichier, les actes produits sont examinés. Un dossier ou des fichiers .docx donnent ceux qui
    reviennent, même modifiés dans Word. Le certificat porte le résultat et l’empreinte de chaque acte.

    Exemple : convenant conformite 2024-587 retour/faimah-avenant-annexe-06.docx
    """
    from generator.comparaison import Sens
    from generator.diagnostics import francais, to_text
    from generator.service.conformite import Conformite, Options

    options = Options(le or dt.date.today(), Sens(suivi) if suivi else None, vers, not sans_pdf)
    show = affichage()
    bilan = Conformite(workspace(ctx, sortie)).examiner(numero, chemins, options, show)
    show.close()
    for d in bilan.diagnostics:
        click.echo(to_text(d) + "\n", err=True)
    for r in bilan.resultats:
        click.echo(francais(f"{r.ident} : {r.mention} ({r.modele})"))
        if r.options:
            click.echo(francais(f"    sans objet pour cet acte : {', '.join(r.options)}"))
    sound = sum(r.conforme for r in bilan.resultats)
    if bilan.resultats:
        click.echo(francais(f"Actes conformes : {sound} sur {len(bilan.resultats)}"))
    for path in (bilan.certificat, bilan.pdf):
        if path is not None:
            click.echo(f"Certificat\u00a0: {path}")
    ctx.exit(PROPRE if bilan.conforme else ANOMALIES)
