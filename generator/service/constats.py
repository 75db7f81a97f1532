"""The findings of a check, kept with the exact records, templates and program that gave them.

A project that has not changed since the last run is not checked again: the same rules on the same bytes
give the same findings.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from generator.diagnostics import Diagnostic
from generator.ingredients import gabarits
from generator.load import Records
from generator.memoire import Memoire
from generator.programme import programme
from generator.render import Engine

NOM = "constats.sqlite3"
TAILLE = 64 * 1024**2
_LIBRARIES = ("pydantic", "jinja2", "docxtpl", "lxml", "markupsafe", "num2words", "schwifty", "python-stdnum")


def retrouves(
    records: Records,
    lus: list[Diagnostic],
    engine: Engine,
    folder: Path | None,
    controler: Callable[[], list[Diagnostic]],
) -> tuple[list[Diagnostic], bool]:
    """The findings on these records, and whether an earlier run had made them.

    `lus`: what was found while reading; `folder`: the cache, None to keep nothing; `controler` applies the
    rules.
    """
    with Memoire(folder / NOM if folder else None, TAILLE) as memory:
        name = _name(records, lus, engine) if memory.ouverte else b""
        known = memory.lire(name) if name else None
        if known is not None:
            try:
                return list(_form().validate_json(known)), True
            except ValidationError:  # written by a program that is no longer this one: made anew
                pass
        found = controler()
        if name:
            memory.garder(name, _form().dump_json(tuple(found)))
    return found, False


@cache
def _form() -> TypeAdapter[tuple[Diagnostic, ...]]:
    return TypeAdapter(tuple[Diagnostic, ...])


def _name(records: Records, lus: list[Diagnostic], engine: Engine) -> bytes:
    whole = programme(paquets=_LIBRARIES)
    if not whole:
        return b""
    read = sorted((key, source.sha256) for key, source in records.sources.items())
    before = _form().dump_json(tuple(lus)).decode()
    text = json.dumps(
        [whole, records.racine, engine.templates.name, read, gabarits(engine), before], sort_keys=True
    )
    return hashlib.sha256(text.encode("ascii")).digest()
