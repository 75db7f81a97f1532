"""The rules: each is one function in a file of this package, named by its code.

A rule reads the records and yields diagnostics; it never raises, never stops at the first finding
and never changes anything. To add one: write a function decorated with `regle`, a docstring that
says the rule and its source, a fixture under tests/records/ that triggers it.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from generator.diagnostics import Diagnostic, sort_key
from generator.load import Records

Controle = Callable[[Records], Iterator[Diagnostic]]


@dataclass(frozen=True, slots=True)
class Regle:
    """A rule: the codes it emits, its family (its module's name), what it says, its function."""

    codes: tuple[str, ...]
    famille: str
    texte: str
    controle: Controle


def regle(*codes: str) -> Callable[[Controle], Controle]:
    """Mark a function as the rule that emits `codes`."""

    def mark(function: Controle) -> Controle:
        function.__dict__["codes"] = codes
        return function

    return mark


@cache
def regles() -> tuple[Regle, ...]:
    """Every rule of the package, by code."""
    found = []
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        for _, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and "codes" in function.__dict__:
                text = inspect.getdoc(function) or ""
                found.append(Regle(function.__dict__["codes"], info.name, text, function))
    return tuple(sorted(found, key=lambda r: r.codes))


def verifier(records: Records) -> list[Diagnostic]:
    """All findings of all rules, in the order of the reports."""
    return sorted((d for r in regles() for d in r.controle(records)), key=sort_key)


def par_code() -> Mapping[str, Regle]:
    """The rule that emits each code."""
    return {code: r for r in regles() for code in r.codes}
