"""Readings kept from one run to the next, so that a file is read and typed again only when it has changed.

What is kept is what a sound file says: its values, all texts, their places, and the record that they make,
as JSON. A reading is named by the bytes of the file, by the kind of record, and by the program that read it
(this package, the models, the libraries), whatever the name of the file. No form here can run code.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from generator.memoire import Memoire
from generator.programme import programme

if TYPE_CHECKING:
    from generator.source.tree import Value

NAME = "fiches.sqlite3"
MAX_BYTES = 1024**3
"""Size beyond which the oldest readings are dropped."""
_LENGTHS = struct.Struct("<II")
_PARTS = ("source", "model", "load", "money", "identifiants", "diagnostics", "typography")
_LIBRARIES = ("pyyaml", "pydantic", "pydantic-core", "python-stdnum", "schwifty")


@dataclass(frozen=True, slots=True)
class Reading:
    """What is kept of a file: its values as JSON, their places, its record as JSON."""

    values: bytes
    places: bytes
    record: bytes

    def value(self) -> Value:
        """The root value."""
        found: Value = json.loads(self.values)
        return found

    def marks(self) -> array[int]:
        """The places, as `tree.spans` reads them."""
        return array("I", self.places)


def version() -> str:
    """A digest of all that a reading depends on besides the file; empty when nothing is to be kept."""
    found = programme(*_PARTS, paquets=_LIBRARIES)
    libyaml = yaml._yaml.get_version_string() if yaml.__with_libyaml__ else ""
    return f"{found} {libyaml}" if found else ""


class Cache:
    """The readings of one run: those found, those to be kept."""

    def __init__(self, memory: Memoire) -> None:
        self._memory = memory
        self._version = version() if memory.ouverte else ""
        self.hits, self.misses = 0, 0

    def get(self, sha256: str, kind: str) -> Reading | None:
        """The reading of the file with this digest, as that kind of record; None when it is not known."""
        found = self._memory.lire(self._name(sha256, kind)) if self._version else None
        reading = None if found is None else _unpack(found)
        if reading is None:
            self.misses += 1
        else:
            self.hits += 1
        return reading

    def put(self, sha256: str, kind: str, value: Value, marks: array[int], record: bytes) -> None:
        """Keep a reading."""
        if self._version:
            values, places = json.dumps(value, ensure_ascii=False).encode("utf-8"), marks.tobytes()
            head = _LENGTHS.pack(len(values), len(places))
            self._memory.garder(self._name(sha256, kind), b"".join((head, values, places, record)))

    def _name(self, sha256: str, kind: str) -> bytes:
        return hashlib.sha256(f"{self._version} {kind} {sha256}".encode()).digest()


def _unpack(content: bytes) -> Reading:
    values, places = _LENGTHS.unpack_from(content)
    start = _LENGTHS.size
    middle, end = start + values, start + values + places
    return Reading(content[start:middle], content[middle:end], content[end:])


@contextlib.contextmanager
def opened(folder: Path | None) -> Iterator[Cache]:
    """The cache of `folder`; one that knows and keeps nothing without it, or when it cannot be used."""
    with Memoire(folder / NAME if folder else None, MAX_BYTES) as memory:
        yield Cache(memory)
