"""Which program this is: a digest of its own sources, and the versions of what it stands on.

What is kept from one run to the next is named by it, so that no one has to remember to raise a number.
"""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

_HERE = Path(__file__).parent


@cache
def programme(*parties: str, paquets: tuple[str, ...] = ()) -> str:
    """SHA-256 of the sources of `parties` (packages or modules of this one; all of them when none is named),
    of the versions of the libraries `paquets` and of Python.

    Empty when the sources cannot be read (a frozen program): nothing is to be kept then.
    """
    digest = hashlib.sha256(f"{sys.version} {sys.byteorder}".encode())
    for paquet in paquets:
        digest.update(f"\0{paquet} {_version(paquet)}".encode())
    try:
        for path in _sources(parties):
            digest.update(_contenu(path))
    except OSError:
        return ""
    return digest.hexdigest()


@cache
def _contenu(path: Path) -> bytes:
    """Name and SHA-256 of a source, the same for the whole life of the process, as the code is."""
    return f"\0{path.relative_to(_HERE).as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()}".encode()


def _sources(parties: tuple[str, ...]) -> list[Path]:
    """The files, in order; OSError when a part has none."""
    found: list[Path] = []
    for partie in parties or (".",):
        module = _HERE / f"{partie}.py"
        files = [module] if module.is_file() else sorted((_HERE / partie).rglob("*.py"))
        if not files:
            raise FileNotFoundError(partie)
        found += files
    return found


@cache
def _version(paquet: str) -> str:
    try:
        return metadata.version(paquet)
    except metadata.PackageNotFoundError:
        return ""
