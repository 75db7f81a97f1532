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
    folder: Path | None, cle: object, controler: Callable[[], list[Diagnostic]]
) -> tuple[list[Diagnostic], bool]:
    """What `controler` finds, and whether an earlier run had found it.

    `cle`: all that the findings depend on besides the program, as plain values; `folder`: the cache, None to
    keep nothing.
    """
    with Memoire(folder / NOM if folder else None, TAILLE) as memory:
        whole = programme(paquets=_LIBRARIES) if memory.ouverte else ""
        name = hashlib.sha256(json.dumps([whole, cle], sort_keys=True).encode("ascii")).digest()
        known = memory.lire(name) if whole else None
        if known is not None:
            try:
                return list(_form().validate_json(known)), True
            except ValidationError:  # sealed, hence ours, but not readable: made anew
                pass
        found = controler()
        if whole:
            memory.garder(name, _form().dump_json(tuple(found)))
    return found, False


def cle_des_fiches(records: Records, lus: list[Diagnostic]) -> object:
    """What the rules on records depend on: names and contents of the files, findings of their reading."""
    read = sorted((key, source.sha256) for key, source in records.sources.items())
    return ["fiches", records.racine, read, _form().dump_json(tuple(lus)).decode()]


def cle_des_gabarits(engine: Engine) -> object:
    """What the findings on the Word templates depend on: names and contents."""
    return ["modèles", engine.templates.name, engine.base, gabarits(engine)]


@cache
def _form() -> TypeAdapter[tuple[Diagnostic, ...]]:
    return TypeAdapter(tuple[Diagnostic, ...])
