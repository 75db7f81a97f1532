"""The comparison engine: Docxodus, through python-redlines. This module alone knows it.

python-redlines 2.0.0 (MIT) ships Docxodus 14.1.0 (MIT), a compiled program that needs nothing else.
"""

from __future__ import annotations

import datetime as dt
import functools
import subprocess
import tarfile
import zipfile
from typing import Final

from python_redlines import DocxodusEngine, EngineNotInstalledError

_MOTS_DEPLACES: Final = 4  # a move of fewer words reads better as a deletion and an insertion


class MoteurAbsentError(Exception):
    """The engine cannot run on this machine. `message` is French."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class MoteurError(Exception):
    """The engine gave nothing for one pair. `message` is French."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@functools.cache
def _moteur() -> DocxodusEngine:
    """The engine, its program unpacked once in the user's cache."""
    try:
        return DocxodusEngine()
    except EngineNotInstalledError as e:
        raise MoteurAbsentError("le programme de comparaison n’est pas installé sur ce poste") from e
    except (OSError, tarfile.TarError, zipfile.BadZipFile) as e:
        raise MoteurAbsentError("le programme de comparaison ne convient pas à ce poste") from e


def disponible() -> None:
    """Make sure that the engine starts. Raises MoteurAbsentError."""
    try:
        subprocess.run(
            [_moteur().extracted_binaries_path, "--version"], check=True, capture_output=True, timeout=60
        )
    except (OSError, subprocess.SubprocessError) as e:
        raise MoteurAbsentError("le programme de comparaison ne se lance pas sur ce poste") from e


def comparer(ancien: bytes, nouveau: bytes, auteur: str, date: dt.datetime) -> bytes:
    """A .docx that holds the changes from `ancien` to `nouveau`, tracked under `auteur` at `date` (UTC).

    Spaces are not conflated: in French a non-breaking space that becomes a plain one is a change.
    Raises MoteurAbsentError, MoteurError.
    """
    try:
        out, _, _ = _moteur().run_redline(
            auteur,
            ancien,
            nouveau,
            detect_moves=True,
            move_minimum_word_count=_MOTS_DEPLACES,
            conflate_spaces=False,
            date_time=f"{date:%Y-%m-%dT%H:%M:%SZ}",
        )
    except subprocess.SubprocessError as e:
        raise MoteurError("le programme de comparaison n’a pas abouti") from e
    except OSError as e:
        raise MoteurAbsentError("le programme de comparaison ne se lance pas sur ce poste") from e
    return bytes(out)
