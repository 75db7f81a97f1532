"""The proofreader: reads a finished document (.docx, PDF, text), ours or anyone's, and says what is wrong.

It knows nothing of the records. A rule is one function in a file of `familles/`, decorated with its code,
with a docstring in French: it looks at a `Texte` and yields diagnostics whose spans count its lines.
Near-silence on what is right comes before finding everything: a rule says nothing when it is not sure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from generator.diagnostics import Diagnostic, distinct, sort_key
from generator.regle import Regle, index, recueillir, regle
from generator.relecture.lecture import lire
from generator.relecture.texte import Texte

__all__ = ["Regle", "Releve", "Texte", "par_code", "regle", "regles", "relire"]


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


@cache
def regles() -> tuple[Regle[Texte], ...]:
    """Every rule of the package, by code."""
    from generator.relecture import familles  # its modules import this one

    return recueillir(familles)


def par_code() -> Mapping[str, Regle[Texte]]:
    """The rule that emits each code."""
    return index(regles())


def relire(chemin: Path, fichier: str = "") -> Releve:
    """Read a file and apply every rule; `fichier` is its name in messages (the path by default).

    Never raises for what the file holds.
    """
    nom = fichier or chemin.as_posix()
    texte, found = lire(chemin, nom)
    if texte is not None:
        found += [d for r in regles() for d in r.controle(texte)]
    return Releve(nom, texte, tuple(sorted(distinct(found), key=sort_key)))
