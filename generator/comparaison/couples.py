"""Which document is compared with which: two files, or the documents of two folders."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Couple:
    """A document in its two versions; None: it is only on one side.

    `cle`: path inside the folder, with « / ». `titre` and `structure` come from the manifest when there is
    one, else from the name.
    """

    cle: str
    ancien: Path | None
    nouveau: Path | None
    titre: str
    structure: str = ""


def fichiers(ancien: Path, nouveau: Path) -> list[Couple]:
    """The one pair that two files make."""
    return [Couple(nouveau.name, ancien, nouveau, nouveau.stem)]


def dossiers(ancien: Path, nouveau: Path) -> list[Couple]:
    """The pairs of two folders, by path, then by name without its numbers when only one can be meant."""
    a, b = _documents(ancien), _documents(nouveau)
    titres = {**_titres(ancien), **_titres(nouveau)}
    renommes = _renommes(a, b)
    out = []
    for cle, path in b.items():
        vieux = a.get(cle) or a.get(renommes.get(cle, ""))
        out.append(Couple(cle, vieux, path, *titres.get(cle, (Path(cle).stem, ""))))
    pris = set(renommes.values())
    for cle, path in a.items():
        if cle not in b and cle not in pris:
            out.append(Couple(cle, path, None, *titres.get(cle, (Path(cle).stem, ""))))
    return sorted(out, key=lambda c: c.cle)


def _documents(folder: Path) -> dict[str, Path]:
    """The .docx of a folder; neither the locks of Word nor what was refused."""
    found = sorted(p for p in folder.rglob("*.docx") if p.is_file() and not p.name.startswith(("~$", ".")))
    names = {p.relative_to(folder).as_posix(): p for p in found}
    return {cle: p for cle, p in names.items() if not cle.startswith("refuses/")}


def _renommes(a: Mapping[str, Path], b: Mapping[str, Path]) -> dict[str, str]:
    """New path → old path of a document whose name only changed its numbers."""
    out = {}
    libres = [[c for c in x if c not in y] for x, y in ((a, b), (b, a))]
    for cle in libres[1]:
        nu = re.sub(r"\d+", "#", cle)
        vieux = [c for c in libres[0] if re.sub(r"\d+", "#", c) == nu]
        neufs = [c for c in libres[1] if re.sub(r"\d+", "#", c) == nu]
        if len(vieux) == len(neufs) == 1:
            out[cle] = vieux[0]
    return out


def _titres(folder: Path) -> dict[str, tuple[str, str]]:
    """Title and structure of each document, as the manifest of the folder gives them."""
    try:
        data = json.loads((folder / "manifest.json").read_text("utf-8"))
        rows = data["documents"]
        return {r["docx"]["chemin"]: (str(r["titre"]), _structure(r)) for r in rows}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _structure(row: Mapping[str, object]) -> str:
    """The name of the structure: first in the title of its acts, last in that of its annexe; else its id."""
    if not row["structure"]:
        return ""
    titre = str(row["titre"])
    bouts = titre.split(" – ")
    if len(bouts) < 2:
        return str(row["structure"])
    return bouts[-1] if titre.startswith("Annexe") else bouts[0]
