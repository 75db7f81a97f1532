"""What the contexts of many documents have in common, and how their values are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from generator.render import EACH, Fact, Path


@dataclass(frozen=True, slots=True)
class Forme:
    """What many values have in common: types met, fields of all the dicts, items of all the lists.

    An absent value (None, an empty text) has no type: nothing is known of what it may hold.
    """

    types: frozenset[str] = frozenset()
    champs: Mapping[str, Forme] = field(default_factory=dict)
    element: Forme | None = None
    gabarits: frozenset[str] = frozenset()
    """Texts that name a template."""

    @property
    def inconnue(self) -> bool:
        """True when no document gives a value here."""
        return not self.types


def forme(valeurs: Iterable[Any]) -> Forme:
    """The shape of values made of str, int, bool, None, list and dict."""
    known = [v for v in valeurs if v is not None and v != ""]
    dicts = [v for v in known if isinstance(v, dict)]
    items = [x for v in known if isinstance(v, list | tuple) for x in v]
    return Forme(
        types=frozenset(type(v).__name__ for v in known),
        champs={k: forme(d[k] for d in dicts if k in d) for k in dict.fromkeys(k for d in dicts for k in d)},
        element=forme(items) if items else None,
        gabarits=frozenset(v for v in known if isinstance(v, str) and v.endswith(".docx")),
    )


def chemin(path: Path) -> str:
    """A path as an author would say it: « annexes[].initiale.cout »."""
    return "".join(step if step == EACH else f".{step}" for step in path).removeprefix(".")


def noms(shape: Forme, path: Path) -> frozenset[str]:
    """The templates that are named at a path."""
    found: Forme | None = shape
    for step in path:
        if found is not None:
            found = found.element if step == EACH else found.champs.get(step)
    return found.gabarits if found else frozenset()


def retenus(contextes: Iterable[Mapping[str, Any]], facts: Sequence[Fact]) -> list[Any]:
    """The values at the owner of the last of `facts`, all their owners being on one way."""
    values: list[Any] = list(contextes)
    owner = max((f.owner for f in facts), key=len)
    for rank in range(len(owner) + 1):
        here = [f for f in facts if f.owner == owner[:rank]]
        values = [v for v in values if all(isinstance(v, dict) and _respecte(v, f) for f in here)]
        if rank < len(owner):
            step = owner[rank]
            if step == EACH:
                values = [x for v in values if isinstance(v, list | tuple) for x in v]
            else:
                values = [v[step] for v in values if isinstance(v, dict) and step in v]
    return values


def _respecte(value: dict[str, Any], fact: Fact) -> bool:
    return any(value.get(fact.field) == v for v in fact.values) is fact.among
