"""A draft as it was: the dossier built again from a revision of the records and templates kept in git."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

from generator.diagnostics import Diagnostic, Note, Span
from generator.fabrique import Suivi
from generator.service.atelier import Options, Workspace

_SECONDES = 120
_NOTES = 5


class RevisionError(Exception):
    """A revision that cannot be taken out of git. `message` is French."""

    def __init__(self, message: str, aide: str = "") -> None:
        super().__init__(message, aide)
        self.message, self.aide = message, aide


def rebatir(
    atelier: Workspace, revision: str | None, numero: str, vers: Path, suivi: Suivi
) -> tuple[Path, list[Diagnostic]]:
    """Build the documents of a deliberation, without PDF, from a revision (None: the files as they are).

    Gives the folder of the documents and what kept some of them from being built. Raises RevisionError.
    """
    donnees, gabarits = atelier.donnees, atelier.gabarits
    if revision is not None:
        donnees, gabarits = extraire(donnees, gabarits, revision, vers / "source")
    nom = revision or "l’état présent"
    production = Workspace(donnees, gabarits, vers / "output").generer(numero, Options(pdf=False), suivi)
    wrong = [d for d in production.diagnostics if d.is_error]
    found = []
    if wrong:
        notes = tuple(Note(d.message) for d in wrong[:_NOTES])
        message = f"« {nom} » : des documents ne se construisent pas et manquent à la comparaison"
        where = Span(atelier.donnees.as_posix())
        aide = "corriger les fiches de cette version, ou comparer sans elle"
        found.append(Diagnostic("CMP009", message, where, notes=notes, help=aide))
    return vers / "output" / numero, found


def extraire(donnees: Path, gabarits: Path, revision: str, vers: Path) -> tuple[Path, Path]:
    """Copies of the records and of the templates at a revision. Raises RevisionError."""
    depot = Path(_git(donnees, "rev-parse", "--show-toplevel").decode().strip())
    commit = _git(
        depot, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}",
        sinon=f"la version « {revision} » n’existe pas dans le dépôt git",
    ).decode().strip()  # fmt: skip
    out = []
    for folder in (donnees, gabarits):
        inside = os.path.relpath(folder.resolve(), depot.resolve())
        if inside.startswith(".."):
            raise RevisionError(f"« {folder} » n’est pas dans le dépôt git de « {donnees} »")
        inside = Path(inside).as_posix()
        data = _git(depot, "archive", "--format=tar", commit, "--", inside,
                    sinon=f"« {folder} » n’existe pas dans la version « {revision} »")  # fmt: skip
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            archive.extractall(vers, filter="data")
        out.append(vers / inside)
    return out[0], out[1]


def _git(folder: Path, *args: str, sinon: str = "") -> bytes:
    git = shutil.which("git")
    if git is None:
        raise RevisionError("git est introuvable", "installer git, ou comparer deux dossiers de sortie")
    where = folder if folder.is_dir() else Path()
    try:
        done = subprocess.run(
            [git, "-C", str(where), *args], capture_output=True, check=False, timeout=_SECONDES
        )
    except (OSError, subprocess.TimeoutExpired) as e:
        raise RevisionError("git ne répond pas") from e
    if done.returncode:
        raise RevisionError(sinon or f"« {folder} » n’est pas dans un dépôt git")
    return done.stdout
