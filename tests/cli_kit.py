"""The commands of the program, those of groups under their whole name."""

from __future__ import annotations

import click

from generator.cli import convenant


def commands(group: click.Group = convenant, above: str = "") -> dict[str, click.Command]:
    """Every command by the words that call it: « verifier », « modele », « modele verifier »."""
    found: dict[str, click.Command] = {}
    for name, command in group.commands.items():
        found[f"{above}{name}"] = command
        if isinstance(command, click.Group):
            found.update(commands(command, f"{above}{name} "))
    return found


def called(words: list[str]) -> str:
    """The command that a line calls, without its arguments; empty when it calls none."""
    names = sorted(commands(), key=len, reverse=True)
    return next((n for n in names if words[: len(n.split())] == n.split()), "")
