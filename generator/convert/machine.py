"""What this machine puts into a PDF: the version of its LibreOffice, its fonts."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from functools import cache
from pathlib import Path

from generator.convert import office
from generator.memoire import Memoire

NOM = "libreoffice.sqlite3"
TAILLE = 1024**2
_PROGRAM = "soffice.bin"
# What the version is made of, and what a new one cannot leave as it was.
_FILES = (
    _PROGRAM,
    "versionrc",
    "version.ini",
    "libmergedlo.so",
    "libswlo.so",
    "../share/registry/main.xcd",
)


def version(soffice: Path, memoire: Path | None = None) -> str:
    """The version of LibreOffice (« 7.4.7.2 »). Raises OfficeError if it does not say.

    To start it only to ask takes half a second: the answer is kept in the folder `memoire` (None: nowhere)
    with the size, the date and the place on disk of the files of that installation. What stands elsewhere
    than an installation (a script of the user's own) may start anything, and is asked each time.
    """
    installation = _installation(soffice)
    if not any(line.startswith(f"{_PROGRAM} ") for line in installation):
        return office.version(soffice)
    return _answer(soffice, memoire, installation)


@cache
def _answer(soffice: Path, memoire: Path | None, installation: tuple[str, ...]) -> str:
    name = hashlib.sha256("\n".join(installation).encode("utf-8", "surrogateescape")).digest()
    with Memoire(memoire / NOM if memoire else None, TAILLE) as memory:
        known = memory.lire(name)
        if known is not None:
            return known.decode("ascii")
        found = office.version(soffice)
        memory.garder(name, found.encode("ascii"))
    return found


def _installation(soffice: Path) -> tuple[str, ...]:
    """The program and what surrounds it, as the system knows them: nothing that a person can set back."""
    real = soffice.resolve()
    lines = [str(real)]
    for name, path in [("", real), *((name, real.parent / name) for name in _FILES)]:
        try:
            s = path.stat()
        except OSError:
            continue
        lines.append(f"{name} {s.st_dev} {s.st_ino} {s.st_size} {s.st_mtime_ns} {s.st_ctime_ns}")
    return tuple(lines)


def fonts() -> str:
    """What the system puts in place of the templates' font, with its version; "" when that is not known."""
    tool = shutil.which("fc-match")
    if tool is None:
        return ""
    command = [tool, "-f", "%{family} %{fontversion}", "Arial"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
