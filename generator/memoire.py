"""What is kept from one run to the next: named bytes in a SQLite file, never needed and never trusted.

An entry is named by a digest of all that its content depends on, and sealed by a digest that covers its
name, so that a damaged one is as if it were not there. SQLite lets two runs read and write at once. Nothing
here reads a clock: the oldest entries are those that the fewest of the last writing runs have used. No fault
is an error: without the file, or with a read-only or a full disk, a run works as if nothing had been kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from pathlib import Path

_WAIT = 2  # seconds, when another run is writing
_PENDING = 8 * 1024**2  # bytes after which what is new is written
_FOREIGN = frozenset({"SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR"})
"""Errors of a file that is damaged, is not a base, or has other tables than ours."""
_TABLE = "CREATE TABLE IF NOT EXISTS entree (nom BLOB PRIMARY KEY, contenu BLOB, sceau BLOB, tour INTEGER)"


class Memoire:
    """The entries of one file; `limite` is its greatest size in bytes. Use it in a `with` block.

    Without a `path`, it knows nothing and keeps nothing.
    """

    def __init__(self, path: Path | None, limite: int) -> None:
        self._path, self._limite = path, limite
        self._base = None if path is None else _connect(path)
        self._used: set[bytes] = set()
        self._new: dict[bytes, bytes] = {}
        self._pending = 0
        self._written = False

    def __enter__(self) -> Memoire:
        return self

    def __exit__(self, *_: object) -> None:
        self.fermer()

    @property
    def ouverte(self) -> bool:
        """False when nothing can be read nor kept."""
        return self._base is not None

    def lire(self, nom: bytes) -> bytes | None:
        """The content of the entry; None when there is none, or when it is damaged."""
        if self._base is None:
            return None
        if nom in self._new:
            return self._new[nom]
        try:
            found = self._base.execute("SELECT contenu, sceau FROM entree WHERE nom = ?", (nom,)).fetchone()
        except sqlite3.Error as problem:
            self._give_up(problem)
            return None
        if found is None or not isinstance(found[0], bytes) or found[1] != _seal(nom, found[0]):
            return None
        self._used.add(nom)
        content: bytes = found[0]
        return content

    def garder(self, nom: bytes, contenu: bytes) -> None:
        """Keep an entry, in the place of the one that has its name; one that is too large is left out."""
        if self._base is None or len(contenu) > self._limite // 2:
            return
        self._new[nom] = contenu
        self._pending += len(contenu)
        if self._pending > _PENDING:
            self._write()

    def fermer(self) -> None:
        """Write what is left, forget the oldest entries when there are too many."""
        self._write()
        if self._base is None:
            return
        try:
            if self._written:
                self._mark(self._base)
                self._prune(self._base)
            self._base.close()
            self._base = None
        except sqlite3.Error as problem:
            self._give_up(problem)

    def _write(self) -> None:
        if self._base is None or not self._new:
            return
        rows = ((nom, contenu, _seal(nom, contenu)) for nom, contenu in self._new.items())
        try:
            with self._base:  # replaced, not left: the entry that is there may be a damaged one
                self._base.executemany("INSERT OR REPLACE INTO entree VALUES (?, ?, ?, 0)", rows)
        except sqlite3.Error as problem:
            self._give_up(problem)
            return
        self._used |= self._new.keys()
        self._new, self._pending, self._written = {}, 0, True

    def _mark(self, base: sqlite3.Connection) -> None:
        """Note which entries this run has used, by the rank of the run."""
        with base:
            base.execute("CREATE TEMP TABLE servi (nom BLOB PRIMARY KEY)")
            base.executemany("INSERT INTO servi VALUES (?)", ((nom,) for nom in self._used))
            base.execute(
                "UPDATE entree SET tour = (SELECT max(tour) FROM entree) + 1"
                " WHERE nom IN (SELECT nom FROM servi)"
            )

    def _prune(self, base: sqlite3.Connection) -> None:
        """Come back under three quarters of the limit, so that it is not done at every run."""
        if _size(base) <= self._limite:
            return
        with base:
            base.execute(
                "DELETE FROM entree WHERE nom IN (SELECT nom FROM (SELECT nom,"
                " sum(length(contenu) + 128) OVER (ORDER BY tour DESC, nom) AS cumul FROM entree)"
                " WHERE cumul > ?)",
                (self._limite * 3 // 4,),
            )
        base.execute("PRAGMA incremental_vacuum").fetchall()

    def _give_up(self, problem: sqlite3.Error) -> None:
        """Go on without; a file that is not our base is removed, so that the next run has one."""
        base, self._base = self._base, None
        self._new = {}
        with contextlib.suppress(sqlite3.Error):
            if base is not None:
                base.close()
        if self._path is not None:
            _remove_foreign(self._path, problem)


def _connect(path: Path) -> sqlite3.Connection | None:
    try:
        # Records hold names and bank accounts: the folder that is made is the user's own.
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return None
    try:
        base = sqlite3.connect(path, timeout=_WAIT)
        base.execute("PRAGMA synchronous = OFF")  # what a power cut damages is seen by its seal
        if not base.execute("SELECT 1 FROM sqlite_master WHERE name = 'entree'").fetchone():
            base.execute("PRAGMA auto_vacuum = INCREMENTAL")
            base.execute(_TABLE)
        base.execute("SELECT nom, contenu, sceau, tour FROM entree LIMIT 0")
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


def _seal(nom: bytes, contenu: bytes) -> bytes:
    return hashlib.blake2b(b"%d %b%b" % (len(nom), nom, contenu), digest_size=16).digest()
