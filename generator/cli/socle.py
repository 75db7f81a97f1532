"""What the commands share: types of arguments, the door of the service, how findings are shown."""

from __future__ import annotations

import contextlib
import datetime as dt
import inspect
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.diagnostics import Diagnostic

if TYPE_CHECKING:
    from generator.service import Etat, Workspace
    from generator.suivi import Affichage

PROPRE, ANOMALIES, USAGE = 0, 1, 2
"""Exit codes: nothing to report; errors found or documents missing; wrong command."""


class Projet(click.ParamType[Path]):
    """A folder, taken as given; whether it exists is for the service to say."""

    name = "dossier"

    def convert(self, value: object, param: object, ctx: object) -> Path:
        """A path from the text typed."""
        return Path(str(value))


class Fichier(Projet):
    """A file to write, taken as given."""

    name = "fichier"


class Entier(click.IntRange):
    """A whole number between two bounds; click words its name and its bounds in English only."""

    name = "nombre entier"

    def _describe_range(self) -> str:
        return f"de\u00a0{self.min}\u00a0à\u00a0{self.max}"


class Jour(click.ParamType[dt.date]):
    """A day, as « 2024-12-31 » or « 31/12/2024 »."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """The day; a value that is none ends the command."""
        for forme in ("%Y-%m-%d", "%d/%m/%Y"):
            with contextlib.suppress(ValueError):
                return dt.datetime.strptime(str(value), forme).date()
        raise click.BadParameter(f"« {value} » n’est pas une date (AAAA-MM-JJ ou JJ/MM/AAAA)", ctx, param)


class Texte(click.ParamType[str]):
    """A name or a reason: at least one character beside spaces."""

    name = "texte"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text, without the spaces around it; an empty one ends the command."""
        text = str(value).strip()
        if not text:
            raise click.BadParameter("le texte est vide", ctx, param)
        return text


class Commande(click.Command):
    """A command whose first paragraph of help is shown whole in the list of commands."""

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first paragraph; click would cut it and lose its non-breaking spaces."""
        return inspect.cleandoc(self.help or "").partition("\n\n")[0]


class Groupe(Commande, click.Group):
    """Commands of one subject: `convenant modele verifier`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"subcommand_metavar": "COMMANDE [ARGUMENTS]…", **kwargs})


SANS_CACHE = "convenant.sans_cache"


def _noter_sans_cache(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    ctx.meta[SANS_CACHE] = value


sans_cache = click.option(
    "--sans-cache",
    is_flag=True,
    expose_value=False,
    callback=_noter_sans_cache,
    help="Ne rien reprendre des exécutions précédentes, ne rien en garder.",
)
"""Option of the commands that read records or build documents; `workspace` obeys it."""


def dossier_de_cache() -> Path | None:
    """Where readings and documents are kept: `CONVENANT_CACHE`, else the user's cache folder.

    None when the variable is set and empty: nothing is kept.
    """
    chosen = os.environ.get("CONVENANT_CACHE")
    if chosen is not None:
        return Path(chosen) if chosen else None
    from platformdirs import user_cache_path

    return user_cache_path("convenant", appauthor=False)


def workspace(ctx: click.Context, sortie: Path = Path("output")) -> Workspace:
    """The service, on the folders that the command line names."""
    from generator.service import Workspace

    donnees, gabarits = ctx.obj
    cache = None if ctx.meta.get(SANS_CACHE) else dossier_de_cache()
    return Workspace(donnees, gabarits, sortie, cache)


def largeur() -> int | None:
    """Characters of a line: `COLUMNS` when it is set, else the width of the terminal that stdout is.

    None when it is neither: a file or another program takes lines of any length.
    """
    return shutil.get_terminal_size((0, 0)).columns or None


def affichage(calme: bool = False) -> Affichage:
    """The display of the progress; nothing is shown when `calme`."""
    from generator.suivi import Affichage

    return Affichage(calme)


def signaler(etat: Etat, found: tuple[Diagnostic, ...]) -> None:
    """Findings on stderr, each with the excerpt of its file; the accepted ones come last."""
    for d in sorted(found, key=lambda d: d.acceptation is not None):
        click.echo(etat.texte(d), err=True)
        click.echo(err=True)
