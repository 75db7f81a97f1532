"""The fields of records that changed between two states of a project, each with its place and its values."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from generator.diagnostics import Span
from generator.load import Records
from generator.model.types import parse_date, parse_entier
from generator.money import parse_euros
from generator.typography import date_longue, euros, nombre


@dataclass(frozen=True, slots=True)
class Champ:
    """A field that changed. `fiche`: path in the data folder; `nom`: « actes 1, convention, signee_le ».

    `ancien`, `nouveau`: the text of the record, empty for none. `span`: where it now stands, or stood.
    """

    fiche: str
    nom: str
    ancien: str
    nouveau: str
    span: Span


def champs(avant: Records, apres: Records) -> list[Champ]:
    """Every field that differs, in the order of the files; comments and layout are no difference."""
    out = []
    old = {_fiche(avant, key): src for key, src in avant.sources.items()}
    new = {_fiche(apres, key): src for key, src in apres.sources.items()}
    for fiche in sorted({*old, *new}):
        a, b = old.get(fiche), new.get(fiche)
        if a is not None and b is not None and a.sha256 == b.sha256:
            continue
        for path, x, y in _ecarts(a.value if a else None, b.value if b else None, ()):
            src = b if b is not None and (y or a is None) else a
            span = src.span(*path) if src is not None else Span(fiche)
            out.append(Champ(fiche, _nom(path), x, y, span))
    return out


def _fiche(records: Records, key: str) -> str:
    return key[len(records.racine) + 1 :]


def _nom(path: tuple[str | int, ...]) -> str:
    words: list[str] = []
    for step in path:
        if isinstance(step, int) and words:
            words[-1] += f" {step + 1}"
        else:
            words.append(str(step))
    return ", ".join(words) or "fiche entière"


def _ecarts(a: Any, b: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
    """Leaves that differ; a whole that is only on one side is told leaf by leaf."""
    if isinstance(a, dict) or isinstance(b, dict):
        left, right = (x if isinstance(x, dict) else {} for x in (a, b))
        for key in dict.fromkeys([*left, *right]):
            yield from _ecarts(left.get(key), right.get(key), (*path, key))
    elif isinstance(a, list) or isinstance(b, list):
        left_, right_ = (x if isinstance(x, list) else [] for x in (a, b))
        for rank in range(max(len(left_), len(right_))):
            yield from _ecarts(
                left_[rank] if rank < len(left_) else None,
                right_[rank] if rank < len(right_) else None,
                (*path, rank),
            )
    elif a != b:
        yield path, "" if a is None else str(a), "" if b is None else str(b)


def ecritures(valeur: str) -> frozenset[str]:
    """How documents may write a value of a record: as it is, as a sum, a date, a number; plain spaces."""
    found = {valeur}
    with contextlib.suppress(ValueError):
        found.add(euros(parse_euros(valeur)))
    with contextlib.suppress(ValueError):
        found.add(date_longue(parse_date(valeur)))
    with contextlib.suppress(ValueError):
        found.add(nombre(parse_entier(valeur)))
    return frozenset(" ".join(x.split()) for x in found if x.strip())
