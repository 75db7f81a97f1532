"""The command line: parse, call the service once, show.

Every `click.Command` that a module of this package defines is a command; nothing else registers it.
"""

from __future__ import annotations

import importlib
import io
import os
import pkgutil
import re
import sys
from pathlib import Path

import click

from generator import __version__
from generator.cli.socle import PROPRE, Projet

_AIDE = {"help_option_names": ["-h", "--help", "--aide"], "max_content_width": 100}


@click.group(context_settings=_AIDE, subcommand_metavar="COMMANDE [ARGUMENTS]…")
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


def _commandes() -> None:
    """Add the commands of every module of this package; those of a group stay in their group."""
    for info in sorted(pkgutil.iter_modules(__path__), key=lambda i: i.name):
        module = importlib.import_module(f"{__name__}.{info.name}")
        found = [c for c in vars(module).values() if isinstance(c, click.Command) and c is not convenant]
        inner = [c for group in found if isinstance(group, click.Group) for c in group.commands.values()]
        for command in found:
            if command not in inner:
                convenant.add_command(command)


_commandes()


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
