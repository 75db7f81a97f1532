"""YAML text → plain values, and the place of every value in the file.

The file is read from the *events* of PyYAML, so no value is ever guessed: `00012345670123`, `no`,
`12:30`, `0.10` and `06000` stay the text that was typed, until the schema gives them a type. An
explicit stack replaces recursion, and what YAML allows but a record must not hold (duplicate keys,
anchors, aliases, merge keys, tags, several documents) is reported, not obeyed.

Codes: YML001 unreadable file, YML002 syntax, YML003 duplicate key, YML004 anchor, alias, merge key or
tag, YML005 too deep or too many values, YML006 forbidden character, YML007 several documents,
YML008 the root is not a mapping, YML009 empty file.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from generator.diagnostics import Diagnostic, Note, Span, sort_key
from generator.source.cache import Cache, Reading
from generator.source.syntax import explain
from generator.source.text import EOL, FORBIDDEN, clean, forbidden, lines, mend_escapes
from generator.source.tree import (
    MAX_DEPTH,
    MAX_NODES,
    MAX_REPORTED,
    Builder,
    Path_,
    Value,
    empty,
    place,
    spans,
)

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_NODES",
    "MAX_REPORTED",
    "Path_",
    "Source",
    "Value",
    "display_lines",
    "parse",
    "read",
]

MAX_BYTES = 5 * 1024 * 1024

_SHORT = 1200
"""Marks (three for a place) of a file in which a place is looked for, rather than found in a table of all."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Source:
    """One YAML file as it was read.

    `text`: the text without byte order mark. `sha256`: of the bytes that were read, to guard a later write.
    `reading`: what was kept of these same bytes by an earlier run; None when the file was read anew.
    """

    file: str
    text: str
    sha256: str
    reading: Reading | None = field(default=None, repr=False, compare=False)
    built: tuple[Value, array[int]] = field(default=(None, array("I")), repr=False, compare=False)

    @cached_property
    def value(self) -> Value:
        """The root mapping."""
        return self.reading.value() if self.reading else self.built[0]

    @cached_property
    def marks(self) -> array[int]:
        """The places of all that the root mapping holds, as `tree.spans` reads them."""
        return self.reading.marks() if self.reading else self.built[1]

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines, for excerpts; forbidden characters are shown as U+FFFD, so that a terminal is never
        sent them."""
        return lines(clean(self.text))

    @property
    def spans(self) -> Mapping[Path_, Span]:
        """The place of each value: a mapping or a list that has a key stands at its key, and so does an
        empty value; a text of several lines, at its first one."""
        return self._places[0]

    @property
    def key_spans(self) -> Mapping[Path_, Span]:
        """The place of each key."""
        return self._places[1]

    @cached_property
    def _places(self) -> tuple[Mapping[Path_, Span], Mapping[Path_, Span]]:
        # Most files have nothing to be shown: their places stay integers.
        return spans(self.value, self.marks, self.file)

    def span(self, *path: str | int) -> Span:
        """The place of the value at `path`, or of its nearest ancestor that exists."""
        if len(self.marks) < _SHORT:
            return place(self.value, self.marks, self.file, path)
        while path and path not in self.spans:
            path = path[:-1]
        return self.spans[path]

    def key_span(self, *path: str | int) -> Span:
        """The place of the key at `path`; of the value where there is no key (list item, root)."""
        while path and path not in self.key_spans and path not in self.spans:
            path = path[:-1]
        return self.key_spans.get(path) or self.spans[path]


def read(
    path: Path, shown: str, limit: int = MAX_BYTES, known: Cache | None = None, kind: str = ""
) -> tuple[Source | None, list[Diagnostic]]:
    """Read the file once; `shown` is its name in diagnostics, `limit` its greatest size in bytes.

    The bytes are read at every run; those that `known` has met before as a record of that `kind` are not
    parsed again, and were then without any finding.

    Bad input never raises: the source is None when nothing could be kept, and then there is at
    least one diagnostic.
    """
    try:
        data = _bytes(path, limit)
    except (OSError, ValueError) as problem:  # ValueError: a null character in the name
        return None, [_unreadable(shown, _os_reason(problem))]
    if data is None:
        return None, [_unreadable(shown, _NOT_A_FILE)]
    if len(data) > limit:
        return None, [_too_large(shown, limit)]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        return None, [_not_utf8(shown, data, problem.start)]
    digest = hashlib.sha256(data).hexdigest()
    reading = known.get(digest, kind) if known else None
    if reading is not None:
        return Source(shown, text.removeprefix("\ufeff"), digest, reading), []
    return _parse(text, shown, digest)


def _bytes(path: Path, limit: int) -> bytes | None:
    """The content, one byte beyond `limit` at most; None when it is no regular file. Raises OSError."""
    # Not to wait for ever on a pipe; a plain descriptor costs half the calls of an open file.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        found = os.fstat(handle)
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, "", path)
        if not stat.S_ISREG(found.st_mode):
            return None
        parts, left = [], limit + 1
        while left and (part := os.read(handle, min(left, found.st_size + 1))):
            parts.append(part)
            left -= len(part)
        return b"".join(parts)
    finally:
        os.close(handle)


def parse(text: str, shown: str) -> tuple[Source | None, list[Diagnostic]]:
    """Same as `read`, from a text already in memory (`sha256` is that of its UTF-8 bytes)."""
    data = text.encode("utf-8", "surrogatepass")
    if len(data) > MAX_BYTES:
        return None, [_too_large(shown, MAX_BYTES)]
    return _parse(text, shown, hashlib.sha256(data).hexdigest())


def display_lines(path: Path, limit: int = MAX_BYTES) -> tuple[str, ...]:
    """Lines for the excerpt of a file that gave no `Source`; empty when it cannot be read at all."""
    try:
        if not path.is_file():
            return ()
        with path.open("rb") as stream:
            data = stream.read(limit)
    except (OSError, ValueError):
        return ()
    return lines(clean(data.decode("utf-8", "replace").removeprefix("\ufeff")))


# --- reading the file -----------------------------------------------------------------------------

_FOLDER = ("c’est un dossier, pas un fichier", "indiquer le fichier YAML à lire dans ce dossier")
_NOT_A_FILE = ("ce n’est pas un fichier ordinaire", "indiquer un fichier YAML enregistré sur le disque")
_REASONS = {
    errno.ENOENT: ("le fichier n’existe pas", "vérifier le nom et le dossier du fichier"),
    errno.ENOTDIR: ("le fichier n’existe pas", "vérifier le nom et le dossier du fichier"),
    errno.EACCES: ("la lecture du fichier n’est pas autorisée", "demander le droit de lire ce fichier"),
    errno.EPERM: ("la lecture du fichier n’est pas autorisée", "demander le droit de lire ce fichier"),
    errno.EISDIR: _FOLDER,
    errno.ENAMETOOLONG: ("le nom du fichier est trop long", "raccourcir le nom du fichier"),
    errno.ELOOP: ("le fichier est un lien qui renvoie à lui-même", "remplacer ce lien par le fichier"),
}


def _os_reason(problem: OSError | ValueError) -> tuple[str, str]:
    if not isinstance(problem, OSError):
        return ("le nom du fichier n’est pas valable", "vérifier le nom du fichier")
    name = errno.errorcode.get(problem.errno or 0, "inconnue")
    known = _REASONS.get(problem.errno or 0)
    return known or (f"le système a refusé la lecture (cause {name})", "vérifier le disque, puis relancer")


def _unreadable(shown: str, reason: tuple[str, str], span: Span | None = None) -> Diagnostic:
    return Diagnostic("YML001", f"fichier illisible : {reason[0]}", span or Span(shown), help=reason[1])


def _too_large(shown: str, limit: int) -> Diagnostic:
    size = f"{limit // 1024**2} Mio" if limit >= 1024**2 else f"{limit} octets"
    return _unreadable(shown, (f"il dépasse {size}", "répartir les données entre plusieurs fichiers"))


def _not_utf8(shown: str, data: bytes, at: int) -> Diagnostic:
    before = EOL.split(data[:at].decode("utf-8"))
    column = len(before[-1]) + 1 - (len(before) == 1 and before[0].startswith("\ufeff"))
    what = f"l’octet 0x{data[at]:02X} n’est pas de l’UTF-8"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        what = "il est enregistré en UTF-16"
    advice = "enregistrer le fichier avec l’encodage UTF-8"
    return _unreadable(shown, (what, advice), Span(shown, len(before), column, column + 1))


# --- reading the text -----------------------------------------------------------------------------


def _raw_characters(text: str, shown: str) -> list[Diagnostic]:
    """YML006 for the characters typed as such; a binary file is not detailed to its end."""
    found: list[Diagnostic] = []
    if not FORBIDDEN.search(text):
        return found
    for number, line in enumerate(EOL.split(text), 1):
        for bad in FORBIDDEN.finditer(line):
            column = bad.start() + 1
            found.append(forbidden(ord(bad[0]), Span(shown, number, column, column + 1)))
            if len(found) > MAX_REPORTED:
                return found
    return found


def _build(text: str, parsed: str, shown: str) -> tuple[Builder, yaml.YAMLError | ValueError | None]:
    """Read `parsed`, which is `text` or `text` mended at equal length."""
    builder = Builder(shown, text, lines(text))
    try:
        loader = _LOADER(parsed)
        try:
            while builder.feed(loader.get_event()):
                pass
        finally:
            loader.dispose()
    except (yaml.YAMLError, ValueError) as error:  # ValueError: an escape beyond U+10FFFF, Python loader
        return builder, error
    return builder, None


def _parse(text: str, shown: str, sha256: str) -> tuple[Source | None, list[Diagnostic]]:
    text = text.removeprefix("\ufeff")
    harmless = clean(text)
    builder, error = _build(harmless, harmless, shown)
    if isinstance(error, ValueError) or "invalid Unicode" in str(getattr(error, "problem", "")):
        # libyaml stops at "\ud800"; mended, the reading goes on and the builder reports each of them.
        builder, error = _build(harmless, mend_escapes(harmless), shown)
    found = [*_raw_characters(text, shown), *builder.found]
    if error is not None:
        opened = builder.span(builder.stack[-1].opened) if builder.stack else None
        problem = error if isinstance(error, yaml.YAMLError) else yaml.YAMLError()
        found.append(explain(problem, builder.lines, shown, opened))
    elif builder.wrong_root is not None:
        found.append(builder.wrong_root)
    elif builder.root is None and not builder.fatal:
        found.append(empty(Span(shown, 1, 1, 2)))
    found = _shorten(sorted(found, key=sort_key))
    if error is not None or builder.fatal or builder.root is None:
        return None, found
    built = (builder.root, array("I", builder.marks))
    return Source(shown, text, sha256, built=built), found


def _shorten(found: list[Diagnostic]) -> list[Diagnostic]:
    if len(found) <= MAX_REPORTED:
        return found
    last = found[MAX_REPORTED - 1]
    note = Note("les anomalies suivantes de ce fichier ne sont pas détaillées")
    return [*found[: MAX_REPORTED - 1], replace(last, notes=(*last.notes, note))]
