"""What a rule is, for the checks of the records and for the proofreader alike.

A rule is a function of one subject that yields diagnostics; a decorator names the codes it emits and how
grave each is, its docstring (in French) says what it checks and its source. Nothing else registers it: a
package of rules is read module by module, so that a new function is in every list.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Generic, TypeVar

from generator.diagnostics import Diagnostic, Severity

S = TypeVar("S")
F = TypeVar("F", bound=Callable[..., Iterator[Diagnostic]])

Gravites = tuple[Severity, ...]
"""The severities that a code may have, the gravest first."""


@dataclass(frozen=True, slots=True)
class Regle(Generic[S]):
    """A rule: how grave each code it emits may be, its family (its module's name), what it says, its
    function."""

    gravites: Mapping[str, Gravites]
    famille: str
    texte: str
    controle: Callable[[S], Iterator[Diagnostic]]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes that it emits, in the order of its decorators."""
        return tuple(self.gravites)


def regle(*codes: str, gravite: Severity | Gravites = Severity.ERREUR) -> Callable[[F], F]:
    """Mark a function as the rule that emits `codes`, all of that gravity.

    A code that is an error or, when the record says why, a warning has both:
    ``gravite=(Severity.ERREUR, Severity.AVERTISSEMENT)``. A function whose codes differ in gravity has
    one decorator for each.
    """
    own = gravite if isinstance(gravite, tuple) else (gravite,)

    def mark(function: F) -> F:
        # Decorators apply from the function up: what stands below comes after.
        function.__dict__["gravites"] = dict.fromkeys(codes, own) | function.__dict__.get("gravites", {})
        return function

    return mark


def recueillir(package: ModuleType) -> tuple[Regle[Any], ...]:
    """Every rule of the modules of a package, by code."""
    found: list[Regle[Any]] = []
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        for _, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and "gravites" in function.__dict__:
                text = inspect.getdoc(function) or ""
                found.append(Regle(function.__dict__["gravites"], info.name, text, function))
    return tuple(sorted(found, key=lambda r: r.codes))


def index(rules: Iterable[Regle[S]]) -> Mapping[str, Regle[S]]:
    """The rule that emits each code."""
    return {code: r for r in rules for code in r.codes}
