"""Files written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import tempfile
from pathlib import Path


def ecrire(path: Path, data: bytes, mode: int | None = None) -> None:
    """Write `data` to `path`: a reader sees the old file or the new one, never half of one.

    `mode`: who may read it (0o600 for what bears names or bank details); the usual rights without it.
    Leaves the file alone when it already holds `data`. Raises `OSError` (disk full, read-only folder);
    nothing is left behind then.
    """
    if _same(path, data):
        if mode is not None:
            path.chmod(mode)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as f:
            f.write(data)
            f.flush()
            os.fsync(f.fileno())
        if mode is None:
            mask = os.umask(0)
            os.umask(mask)
            mode = 0o666 & ~mask
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _same(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def empreinte(data: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def cause(error: OSError) -> str:
    """Why the system refused, in French."""
    causes = {
        errno.ENOSPC: "le disque est plein",
        errno.EDQUOT: "le quota de disque est atteint",
        errno.EFBIG: "le fichier dépasse la taille permise",
        errno.EACCES: "l’accès est refusé",
        errno.EPERM: "l’accès est refusé",
        errno.EROFS: "le support est en lecture seule",
        errno.ENOENT: "le dossier n’existe pas",
        errno.ENOTDIR: "un fichier porte le nom d’un dossier",
        errno.EISDIR: "un dossier porte le nom du fichier",
        errno.EBUSY: "le fichier est ouvert ailleurs",
        errno.ENAMETOOLONG: "le nom est trop long",
    }
    return causes.get(error.errno or 0, f"erreur {error.errno} du système")
