"""Readings kept from one run to the next, so that a file is parsed again only when its bytes have changed.

What is kept is what a sound file says: its values, all texts, and their places. No typed record is: the
models judge the values at every run, so that the cache cannot outlive a change of theirs. An entry is named
by the bytes of the file and by the program that read them, whatever the name of the file; it is sealed by a
digest that covers its name, so that a damaged one is read again from the file.

The form is JSON in a SQLite file: neither can run code, both are written by well-kept libraries, and SQLite
lets two runs read and write at once. Nothing here reads a clock. No fault of the cache is an error: without
it, or with a read-only or a full disk, the files are read as if there were none.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
import sys
from array import array
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from generator.source.tree import Value

NAME = "fiches.sqlite3"
MAX_BYTES = 1024**3
"""Size beyond which what this run did not use is dropped."""
_WAIT = 2  # seconds, when another run is writing
_FOREIGN = frozenset({"SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR"})
"""Errors of a file that is damaged, is not a base, or has other tables than ours."""


@cache
def version() -> bytes:
    """A digest of all that a reading depends on besides the file: this package, PyYAML, libyaml, Python.

    Empty when the sources cannot be read: nothing is then kept.
    """
    digest = hashlib.sha256()
    libyaml = yaml._yaml.get_version_string() if yaml.__with_libyaml__ else ""
    digest.update(f"{sys.version} {sys.byteorder} {yaml.__version__} {libyaml}".encode())
    try:
        for path in sorted(Path(__file__).parent.glob("*.py")):
            digest.update(f"\0{path.name}\0".encode() + path.read_bytes())
    except OSError:
        return b""
    return digest.digest()


class Cache:
    """The readings of one run: those found, those to be kept. Made by `opened`."""

    def __init__(self, path: Path | None = None) -> None:
        self._path, self._base = path, None if path is None else _connect(path)
        self._version = version() if self._base else b""
        self._used: list[bytes] = []
        self._new: dict[bytes, tuple[bytes, bytes]] = {}
        self._size = 0

    def get(self, sha256: bytes) -> tuple[Value, array[int]] | None:
        """The values and the places of the file with this digest; None when they are not known."""
        if self._base is None:
            return None
        name = self._version + sha256
        try:
            row = self._base.execute("SELECT valeurs, marques, sceau FROM fiche WHERE nom = ?", (name,))
            values, marks, seal = row.fetchone() or (b"", b"", b"")
        except sqlite3.Error as problem:
            self._give_up(problem)
            return None
        sound = isinstance(values, bytes) and isinstance(marks, bytes)
        if not sound or seal != _seal(name, values, marks):
            return None
        self._used.append(name)
        value: Value = json.loads(values)
        return value, array("I", marks)

    def put(self, sha256: bytes, value: Value, marks: array[int]) -> None:
        """Keep a reading, once the run is over."""
        if self._base is not None and self._size < MAX_BYTES:
            kept = json.dumps(value, ensure_ascii=False).encode("utf-8"), marks.tobytes()
            self._new[self._version + sha256] = kept
            self._size += len(kept[0]) + len(kept[1])

    def close(self) -> None:
        """Write what is new, all of it or nothing."""
        if self._base is None:
            return
        try:
            if self._new:
                self._write(self._base)
                self._prune(self._base)
            self._base.close()
        except sqlite3.Error as problem:
            self._give_up(problem)

    def _write(self, base: sqlite3.Connection) -> None:
        rows = ((name, *kept, _seal(name, *kept)) for name, kept in self._new.items())
        with base:  # replaced, not left: the row that is there may be a damaged one
            base.executemany("INSERT OR REPLACE INTO fiche VALUES (?, ?, ?, ?)", rows)

    def _prune(self, base: sqlite3.Connection) -> None:
        if _size(base) <= MAX_BYTES:
            return
        with base:
            base.execute("CREATE TEMP TABLE servi (nom BLOB PRIMARY KEY)")
            names = ((name,) for name in {*self._used, *self._new})
            base.executemany("INSERT INTO servi VALUES (?)", names)
            base.execute("DELETE FROM fiche WHERE nom NOT IN (SELECT nom FROM servi)")
        base.execute("VACUUM")
        if _size(base) > MAX_BYTES:
            with base:
                base.execute("DELETE FROM fiche")
            base.execute("VACUUM")

    def _give_up(self, problem: sqlite3.Error) -> None:
        """Go on without a cache; a file that is not our base is removed, so that the next run has one."""
        base, self._base = self._base, None
        with contextlib.suppress(sqlite3.Error):
            if base is not None:
                base.close()
        if self._path is not None:
            _remove_foreign(self._path, problem)


@contextlib.contextmanager
def opened(folder: Path | None) -> Iterator[Cache]:
    """The cache of `folder`; one that knows and keeps nothing when there is no way to use a folder."""
    found = Cache(folder / NAME if folder and version() else None)
    try:
        yield found
    finally:
        found.close()


def _connect(path: Path) -> sqlite3.Connection | None:
    try:
        base = sqlite3.connect(path, timeout=_WAIT)
        base.execute(
            "CREATE TABLE IF NOT EXISTS fiche (nom BLOB PRIMARY KEY, valeurs BLOB, marques BLOB, sceau BLOB)"
        )
    except sqlite3.Error as problem:
        _remove_foreign(path, problem)
        return None
    return base


def _remove_foreign(path: Path, problem: sqlite3.Error) -> None:
    if getattr(problem, "sqlite_errorname", "") in _FOREIGN:
        with contextlib.suppress(OSError):
            path.unlink()


def _size(base: sqlite3.Connection) -> int:
    row = base.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").fetchone()
    return int(row[0])


def _seal(name: bytes, values: bytes, marks: bytes) -> bytes:
    whole = b"%b %d %b%b" % (name, len(values), values, marks)
    return hashlib.blake2b(whole, digest_size=16).digest()
