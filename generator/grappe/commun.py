"""What both ends of the cluster agree on: the version that each is, the lot, the error."""

from __future__ import annotations

import pickle
import platform
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata

from generator import __version__
from generator.diagnostics import Diagnostic
from generator.programme import programme
from generator.redaction import Travail

ABSENT = "absent"
_PAQUETS = ("docxtpl", "jinja2", "markupsafe", "lxml", "isal", "pikepdf", "pypdfium2", "distributed")
_PARTIES = (
    "convert", "diagnostics", "ecriture_pdf", "files", "grappe", "pdfium", "redaction", "render",
    "typography",
)  # fmt: skip
_COURT = 12


class GrappeError(Exception):
    """The cluster cannot be used, or no longer. Carries one Diagnostic; survives pickling."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic)
        self.diagnostic = diagnostic


def composants() -> dict[str, str]:
    """What must be the same on every node for the same bytes to come out: name → version or digest."""
    return {
        "convenant": __version__,
        "programme": programme(*_PARTIES)[:_COURT],
        "Python": platform.python_version(),
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        **{name: _version(name) for name in _PAQUETS},
    }


def ecart(ici: Mapping[str, str], la_bas: Mapping[str, str]) -> str:
    """The first things that differ, in French; empty when nothing does."""
    wrong = [n for n in sorted({*ici, *la_bas}) if ici.get(n, ABSENT) != la_bas.get(n, ABSENT)]
    return ", ".join(f"{n} {ici.get(n, ABSENT)} ici, {la_bas.get(n, ABSENT)} là-bas" for n in wrong[:3])


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ABSENT


@dataclass(frozen=True, slots=True)
class Lot:
    """Some jobs, each pickled once by whoever sends them, and all that a node needs to do them.

    `envoi` names the folder of the templates on the node, and `label` the folder in the diagnostics.
    """

    envoi: str
    label: str
    base: str
    auteur: str
    composants: Mapping[str, str]
    conversion: Mapping[str, str]
    delai: float
    travaux: tuple[bytes, ...]

    def ouvrir(self) -> list[Travail]:
        """The jobs."""
        return [pickle.loads(t) for t in self.travaux]
