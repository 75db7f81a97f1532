"""Commands that build: the dossier of a deliberation, the fiches of a year."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.cli.socle import (
    ANOMALIES,
    PROPRE,
    Commande,
    Entier,
    Jour,
    Projet,
    affichage,
    sans_cache,
    signaler,
    workspace,
)

if TYPE_CHECKING:
    from generator.service import Production, Workspace
    from generator.suivi import Affichage


_EXPLIQUER = "convenant.expliquer"


def _noter_expliquer(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    ctx.meta[_EXPLIQUER] = value


def _options_de_production(function: Callable[..., None]) -> Callable[..., None]:
    """The options of every command that builds documents, in the order of their help."""
    for option in reversed(
        (
            click.option(
                "--document",
                "documents",
                multiple=True,
                metavar="NOM",
                help="Seulement cette sorte de document, ou ce document (répétable).",
            ),
            click.option("--sans-pdf", is_flag=True, help="Faire les documents Word seulement."),
            click.option(
                "--sortie", type=Projet(), default=Path("output"), help="Dossier où écrire (output)."
            ),
            click.option(
                "--jobs",
                type=Entier(1, 64),
                default=lambda: min(4, os.cpu_count() or 2),
                metavar="N",
                help="Nombre de conversions en même temps.",
            ),
            click.option(
                "--delai",
                type=Entier(5, 3600),
                default=120,
                metavar="S",
                help="Secondes par conversion.",
            ),
            click.option(
                "--cluster",
                default="",
                metavar="ADRESSE",
                help="Faire le travail sur une grappe de machines (tcp://…:8786).",
            ),
            click.option(
                "--expliquer",
                is_flag=True,
                expose_value=False,
                callback=_noter_expliquer,
                help="Dire pourquoi chaque document est refait.",
            ),
            sans_cache,
        )
    ):
        function = option(function)
    return function


@click.command(cls=Commande)
@click.argument("numero", metavar="NUMÉRO")
@click.option(
    "--structure", "structures", multiple=True, metavar="NOM", help="Cette structure seulement (répétable)."
)
@_options_de_production
@click.pass_context
def generer(
    ctx: click.Context,
    numero: str,
    structures: tuple[str, ...],
    documents: tuple[str, ...],
    sans_pdf: bool,
    sortie: Path,
    jobs: int,
    delai: int,
    cluster: str,
) -> None:
    """Produire le dossier d’une délibération.

    Exemple : convenant generer 2024-587
    """
    from generator.service import Choix, Options

    options = Options(Choix(structures, documents), not sans_pdf, jobs, delai, cluster)
    _produire(ctx, sortie, numero, lambda w, show: w.generer(numero, options, show))


@click.command(cls=Commande)
@click.argument("millesime", metavar="ANNÉE", type=Entier(1900, 2199))
@_options_de_production
@click.pass_context
def fiches(
    ctx: click.Context,
    millesime: int,
    documents: tuple[str, ...],
    sans_pdf: bool,
    sortie: Path,
    jobs: int,
    delai: int,
    cluster: str,
) -> None:
    """Produire les fiches dispositif d’une année et leur livret.

    Exemple : convenant fiches 2026
    """
    from generator.service import Choix, Options

    options = Options(Choix((), documents), not sans_pdf, jobs, delai, cluster)
    _produire(ctx, sortie, f"fiches-{millesime}", lambda w, show: w.fiches(millesime, options, show))


@click.command(cls=Commande)
@click.argument("numeros", metavar="[NUMÉRO]…", nargs=-1)
@click.option(
    "--au",
    type=Jour(),
    default=lambda: dt.date.today().isoformat(),
    metavar="DATE",
    help="Jour dont on veut l’état des conventions (aujourd’hui).",
)
@_options_de_production
@click.pass_context
def consolider(
    ctx: click.Context,
    numeros: tuple[str, ...],
    au: dt.date,
    documents: tuple[str, ...],
    sans_pdf: bool,
    sortie: Path,
    jobs: int,
    delai: int,
    cluster: str,
) -> None:
    """Produire les conventions et leurs avenants en un seul texte, en vigueur à une date.

    Sans NUMÉRO, toutes les conventions connues sont produites.

    Exemple : convenant consolider 2023-01628 --au 31/12/2024
    """
    from generator.service import Choix, Options

    options = Options(Choix((), documents), not sans_pdf, jobs, delai, cluster)
    name = f"conventions-{au.isoformat()}"
    _produire(ctx, sortie, name, lambda w, show: w.consolider(numeros, au, options, show))


def _produire(
    ctx: click.Context, sortie: Path, nom: str, run: Callable[[Workspace, Affichage], Production]
) -> None:
    """Run, show what was found and what was made, and leave with the right code."""
    start = time.monotonic()
    show = affichage()
    production = run(workspace(ctx, sortie), show)
    show.close()
    signaler(production.etat, production.diagnostics)
    show.bilan(production, sortie / nom, time.monotonic() - start)
    if ctx.meta.get(_EXPLIQUER):
        show.motifs(production)
    ctx.exit(code_de_sortie(production))


def code_de_sortie(production: Production) -> int:
    return PROPRE if production.reussie else ANOMALIES
