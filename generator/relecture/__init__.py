"""The proofreader: reads a finished document (.docx, PDF, text), ours or anyone's, and says what is wrong.

It knows nothing of the records. A rule is one function in a file of `familles/`, decorated with its code,
with a docstring in French: it looks at a `Texte` and yields diagnostics whose spans count its lines.
Near-silence on what is right comes before finding everything: a rule says nothing when it is not sure.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from generator.diagnostics import Diagnostic, distinct, sort_key
from generator.relecture.lecture import lire
from generator.relecture.texte import Texte

__all__ = ["Regle", "Releve", "Texte", "par_code", "regle", "regles", "relire"]

Controle = Callable[[Texte], Iterator[Diagnostic]]


@dataclass(frozen=True, slots=True)
class Regle:
    """A rule: the codes it emits, its family (its module's name), what it says, its function."""

    codes: tuple[str, ...]
    famille: str
    texte: str
    controle: Controle


@dataclass(frozen=True, slots=True)
class Releve:
    """What was found in one file. `texte` is None when it could not be read."""

    fichier: str
    texte: Texte | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def propre(self) -> bool:
        """True when no error was found."""
        return not any(d.is_error for d in self.diagnostics)


def regle(*codes: str) -> Callable[[Controle], Controle]:
    """Mark a function as the rule that emits `codes`."""

    def mark(function: Controle) -> Controle:
        function.__dict__["codes"] = codes
        return function

    return mark


@cache
def regles() -> tuple[Regle, ...]:
    """Every rule of the package, by code."""
    from generator.relecture import familles

    found = []
    for info in pkgutil.iter_modules(familles.__path__):
        module = importlib.import_module(f"{familles.__name__}.{info.name}")
        for _, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and "codes" in function.__dict__:
                text = inspect.getdoc(function) or ""
                found.append(Regle(function.__dict__["codes"], info.name, text, function))
    return tuple(sorted(found, key=lambda r: r.codes))


def par_code() -> Mapping[str, Regle]:
    """The rule that emits each code."""
    return {code: r for r in regles() for code in r.codes}


def relire(chemin: Path, fichier: str = "") -> Releve:
    """Read a file and apply every rule; `fichier` is its name in messages (the path by default).

    Never raises for what the file holds.
    """
    nom = fichier or chemin.as_posix()
    texte, found = lire(chemin, nom)
    if texte is not None:
        found += [d for r in regles() for d in r.controle(texte)]
    return Releve(nom, texte, tuple(sorted(distinct(found), key=sort_key)))
