"""What the commands that show tables share: their options, and how tables and files are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from generator.cli.socle import Projet, largeur

if TYPE_CHECKING:
    from generator.finances.tables import Table

F = TypeVar("F", bound=Callable[..., Any])


def option_format(formes: Sequence[str], aide: str) -> Callable[[F], F]:
    """`--format`, one of `formes`; the first one when it is not given."""
    return click.option("--format", "forme", type=click.Choice(formes), default=formes[0], help=aide)


def option_table(noms: Sequence[str]) -> Callable[[F], F]:
    """`--table`, some of the tables `noms`; all of them when it is not given."""
    return click.option(
        "--table",
        "noms",
        type=click.Choice(noms),
        multiple=True,
        metavar="NOM",
        help=f"Ce tableau seulement (répétable)\u00a0: {', '.join(noms)}.",
    )


option_sortie = click.option(
    "--sortie", type=Projet(), default=Path("output"), help="Dossier où écrire (output)."
)


def montrer(tables: Iterable[Table], noms: Sequence[str] = ()) -> None:
    """The tables `noms` (all of them when it is empty), in lines that the terminal can hold."""
    from generator.finances.ecrits import en_texte

    wide = largeur()
    click.echo("\n".join(en_texte(t, wide) for t in tables if not noms or t.nom in noms), nl=False)


def nommer(fichiers: Iterable[Path]) -> None:
    """A line for each file written."""
    for path in fichiers:
        click.echo(f"Écrit\u00a0: {path}")
