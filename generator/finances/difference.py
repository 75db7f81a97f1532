"""What an import changes in the records, as a patch that one reads before writing."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from generator.finances.reecriture import Fichier


def difference(fichiers: Iterable[Fichier]) -> str:
    """The difference of the records, in the « unified » form; empty when there is none."""
    out: list[str] = []
    for f in fichiers:
        old = (f.avant or b"").decode("utf-8").splitlines(keepends=True)
        new = f.apres.decode("utf-8").splitlines(keepends=True)
        before = f.cle if f.avant is not None else "/dev/null"
        for line in difflib.unified_diff(old, new, before, f.cle):
            out.append(line if line.endswith("\n") else f"{line}\n")
    return "".join(out)
