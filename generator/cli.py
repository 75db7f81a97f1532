"""The command line: parse, call the service once, show."""

from __future__ import annotations

import inspect
import io
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator import __version__
from generator.diagnostics import Diagnostic, summary, to_json

if TYPE_CHECKING:
    from generator.service import Etat, Production, Workspace
    from generator.suivi import Affichage

PROPRE, ANOMALIES, USAGE = 0, 1, 2
"""Exit codes: nothing to report; errors found or documents missing; wrong command."""

_AIDE = {"help_option_names": ["-h", "--help", "--aide"], "max_content_width": 100}


class Projet(click.ParamType[Path]):
    """A folder, taken as given; whether it exists is for the service to say."""

    name = "dossier"

    def convert(self, value: object, param: object, ctx: object) -> Path:
        """A path from the text typed."""
        return Path(str(value))


class Entier(click.IntRange):
    """A whole number between two bounds; click words its name and its bounds in English only."""

    name = "nombre entier"

    def _describe_range(self) -> str:
        return f"de\u00a0{self.min}\u00a0à\u00a0{self.max}"


class Commande(click.Command):
    """A command whose first paragraph of help is shown whole in the list of commands."""

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first paragraph; click would cut it and lose its non-breaking spaces."""
        return inspect.cleandoc(self.help or "").partition("\n\n")[0]


class Groupe(click.Group):
    """The commands."""

    command_class = Commande


@click.group(cls=Groupe, context_settings=_AIDE, subcommand_metavar="COMMANDE [ARGUMENTS]…")
@click.option("--donnees", type=Projet(), default=Path("data"), help="Dossier des fiches (data).")
@click.option(
    "--gabarits",
    type=Projet(),
    default=Path("templates"),
    help="Dossier des modèles Word (templates).",
)
@click.version_option(__version__, "--version", prog_name="convenant", help="Afficher la version.")
@click.pass_context
def convenant(ctx: click.Context, donnees: Path, gabarits: Path) -> None:
    """Des fiches aux actes : délibération, annexes, avenants et conventions, en Word et en PDF,
    avec la preuve que les montants tombent juste.

    Codes de sortie : 0 tout est fait, 1 une anomalie est signalée, 2 la commande est mal écrite.
    """
    ctx.obj = (donnees, gabarits)


def _workspace(ctx: click.Context, sortie: Path) -> Workspace:
    from generator.service import Workspace

    donnees, gabarits = ctx.obj
    return Workspace(donnees, gabarits, sortie)


def _affichage(calme: bool = False) -> Affichage:
    from generator.suivi import Affichage

    return Affichage(calme)


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
        )
    ):
        function = option(function)
    return function


@convenant.command()
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
) -> None:
    """Produire le dossier d’une délibération.

    Exemple : convenant generer 2024-587
    """
    from generator.service import Choix, Options

    options = Options(Choix(structures, documents), not sans_pdf, jobs, delai)
    _produire(ctx, sortie, numero, lambda w, show: w.generer(numero, options, show))


@convenant.command()
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
) -> None:
    """Produire les fiches dispositif d’une année et leur livret.

    Exemple : convenant fiches 2026
    """
    from generator.service import Choix, Options

    options = Options(Choix((), documents), not sans_pdf, jobs, delai)
    _produire(ctx, sortie, f"fiches-{millesime}", lambda w, show: w.fiches(millesime, options, show))


def _produire(
    ctx: click.Context, sortie: Path, nom: str, run: Callable[[Workspace, Affichage], Production]
) -> None:
    """Run, show what was found and what was made, and leave with the right code."""
    start = time.monotonic()
    show = _affichage()
    production = run(_workspace(ctx, sortie), show)
    show.close()
    _signaler(production.etat, production.diagnostics)
    show.bilan(production, sortie / nom, time.monotonic() - start)
    ctx.exit(_code(production))


def _code(production: Production) -> int:
    return PROPRE if production.reussie else ANOMALIES


def _signaler(etat: Etat, found: tuple[Diagnostic, ...]) -> None:
    for d in found:
        click.echo(etat.texte(d), err=True)
        click.echo(err=True)


@convenant.command()
@click.argument("numero", metavar="[NUMÉRO]", required=False)
@click.option(
    "--format",
    "forme",
    type=click.Choice(["texte", "json"]),
    default="texte",
    help="Forme du compte rendu (texte).",
)
@click.pass_context
def verifier(ctx: click.Context, numero: str | None, forme: str) -> None:
    """Contrôler les fiches et les modèles Word, sans rien produire.

    Sans NUMÉRO, toutes les délibérations sont contrôlées.
    """
    show = _affichage(calme=forme == "json")
    etat = _workspace(ctx, Path("output")).verifier(numero, show)
    show.close()
    if forme == "json":
        click.echo(to_json(etat.diagnostics))
    else:
        _signaler(etat, etat.diagnostics)
        click.echo(f"{len(etat.records.sources)} fiches contrôlées : {summary(etat.diagnostics)}")
    ctx.exit(ANOMALIES if any(d.is_error for d in etat.diagnostics) else PROPRE)


@convenant.command()
@click.pass_context
def documents(ctx: click.Context) -> None:
    """Lister les sortes de documents et ce que chacune demande."""
    for name, what, needs in _workspace(ctx, Path("output")).sortes():
        click.echo(f"{name}\n    {what}\n    fiches : {needs}")


@convenant.command()
@click.argument("code", metavar="CODE")
@click.pass_context
def expliquer(ctx: click.Context, code: str) -> None:
    """Expliquer un code d’anomalie.

    Exemple : convenant expliquer MNT104
    """
    text = _workspace(ctx, Path("output")).expliquer(code)
    if text is None:
        click.echo(f"« {code} » n’est pas un code connu ; la liste est dans docs/regles.md", err=True)
        ctx.exit(USAGE)
    click.echo(text)


@convenant.command()
@click.option("--vers", type=Projet(), default=Path("schema"), help="Dossier où écrire (schema).")
@click.pass_context
def schema(ctx: click.Context, vers: Path) -> None:
    """Écrire les schémas JSON des fiches, pour la saisie assistée dans VS Code."""
    found = _workspace(ctx, Path("output")).ecrire_schemas(vers)
    for d in found:
        click.echo(f"{d.span}: {d.severity}[{d.code}] {d.message}", err=True)
    if found:
        ctx.exit(ANOMALIES)
    click.echo(f"schémas écrits dans {vers}")


def _montrer(error: click.ClickException) -> None:
    """The message of click on stderr; the names that it puts between '…' go between « … »."""
    text = io.StringIO()
    error.show(text)
    click.echo(re.sub(r"(?<!\w)'([^'\s]+)'(?!\w)", "«\u00a0\\1\u00a0»", text.getvalue()), nl=False, err=True)


def main() -> None:
    """Entry point; a closed pipe or Ctrl-C ends quietly."""
    for stream in (sys.stdout, sys.stderr):  # accents come out whole whatever the machine's language
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        code = convenant.main(standalone_mode=False)
    except click.ClickException as e:
        _montrer(e)
        code = e.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrompu. Ce qui est écrit est entier ; relancer reprend le travail.", err=True)
        code = 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = PROPRE
    sys.exit(code or 0)
