"""The amounts of a record, each by a name that stays when the lines around it move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, get_args

from pydantic import BaseModel

from generator.model.types import Euro

_NOMS: Final = ("id", "code", "operation", "territoire", "numero", "cle")
"""Fields by which an item of a list is named, rather than by its rank."""


@dataclass(frozen=True, slots=True)
class Montant:
    """An amount: its name (« operations[accueil-brsa].valorisation »), cents, its path in the file."""

    nom: str
    cents: int
    chemin: tuple[str | int, ...]


def montants(record: BaseModel, chemin: tuple[str | int, ...] = ()) -> dict[str, Montant]:
    """Every amount that a record holds, by name. `chemin`: where the record stands in its file."""
    out: dict[str, Montant] = {}
    for nom, cents, path in _parcours(record, "", chemin):
        unique, rank = nom, 1
        while unique in out:
            rank += 1
            unique = f"{nom} ({rank})"
        out[unique] = Montant(unique, cents, path)
    return out


def _parcours(
    value: object, nom: str, chemin: tuple[str | int, ...]
) -> Iterator[tuple[str, int, tuple[str | int, ...]]]:
    if isinstance(value, BaseModel):
        money = champs_montants(type(value))
        for name in type(value).model_fields:
            inner = getattr(value, name)
            here = f"{nom}.{name}" if nom else name
            if name in money:
                if inner is not None:
                    yield here, inner, (*chemin, name)
            else:
                yield from _parcours(inner, here, (*chemin, name))
    elif isinstance(value, tuple):
        for rank, item in enumerate(value):
            yield from _parcours(item, f"{nom}[{_etiquette(item, rank)}]", (*chemin, rank))


def _etiquette(item: object, rank: int) -> str:
    for name in _NOMS:
        known = getattr(item, name, None)
        if isinstance(known, str | int) and not isinstance(known, bool):
            return str(known)
    return str(rank + 1)


@cache
def champs_montants(model: type[BaseModel]) -> frozenset[str]:
    """Fields of a record that hold an amount: those typed `Euro`."""
    mark = get_args(Euro)[1]

    def is_euro(annotation: Any, metadata: Any) -> bool:
        found = [*metadata, *(m for arg in get_args(annotation) for m in getattr(arg, "__metadata__", ()))]
        return any(m is mark for m in found)

    return frozenset(n for n, f in model.model_fields.items() if is_euro(f.annotation, f.metadata))
