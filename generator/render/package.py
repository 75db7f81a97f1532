"""A .docx as a zip: read once, written many times without touching the parts that do not change.

Unchanged members are kept as the deflated bytes found in the template, joined into one prefix; only
the parts that were rendered are compressed again. Dates are fixed, so the bytes do not depend on
the clock. The format is that of APPNOTE.TXT 6.3 (PKWARE), without zip64: a template is limited to
`MAX_UNPACKED` bytes.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

MAX_UNPACKED = 64 * 1024 * 1024  # a .docx of a few pages unpacks to 1 MB; more is a bomb or a mistake

_TINY = 1024  # bytes of a part that is not worth deflating: it would cost more time than it saves room
_SMALL = 16 * 1024  # bytes of a part that is worth remembering

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5HI")  # without its last field, the place of the member in the file
_PLACE = struct.Struct("<I")
_END = struct.Struct("<4s4H2IH")
_TIME, _DATE = 0, 1 << 5 | 1  # 1 January 1980, midnight: the zero of zip dates
_UTF8_NAMES = 0x800
_ENCRYPTED = 0x1


def _choose_deflate() -> tuple[str, Callable[[bytes], bytes], Callable[[bytes], int]]:
    """(name and version, raw deflate, crc32): ISA-L when installed, about four times faster."""
    try:
        from isal import __version__ as version
        from isal import isal_zlib
    except ImportError:

        def by_zlib(data: bytes) -> bytes:
            return zlib.compress(data, 6, -15)

        return f"zlib {zlib.ZLIB_RUNTIME_VERSION}", by_zlib, zlib.crc32

    def by_isal(data: bytes) -> bytes:
        # Level 1 first clears its tables: longer than a small part takes at level 0, which has none.
        return bytes(isal_zlib.compress(data, 1 if len(data) > _SMALL else 0, -15))

    return f"isal {version}", by_isal, isal_zlib.crc32


DEFLATER, _deflate, _crc32 = _choose_deflate()


class PackageError(Exception):
    """The bytes are not a .docx that can be copied member by member. The message is in French."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the zip: `packed` is as stored (`method` 0 plain, 8 raw deflate)."""

    name: str
    method: int
    crc: int
    size: int
    packed: bytes

    def unpack(self) -> bytes:
        """The content of the file."""
        return zlib.decompress(self.packed, -15) if self.method == 8 else self.packed


def member(name: str, content: bytes) -> Member:
    """A member made from its content."""
    return Member(name, 8, _crc32(content), len(content), _deflate(content))


def read(data: bytes) -> tuple[Member, ...]:
    """The members of a zip, in its order, each one verified against its CRC.

    Raises PackageError when the bytes are not a sound, unencrypted zip of a sane size.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [i for i in archive.infolist() if not i.is_dir()]
            if len({i.filename for i in infos}) != len(infos):
                raise PackageError("deux parties du fichier portent le même nom")
            if sum(i.file_size for i in infos) > MAX_UNPACKED:
                raise PackageError("le fichier décompressé est démesuré")
            if any(i.flag_bits & _ENCRYPTED for i in infos):
                raise PackageError("le fichier est protégé par un mot de passe")
            return tuple(_member(archive, info, data) for info in infos)
    # What zipfile and its decompressor raise for bytes that are not what their headers say.
    except (
        zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, RuntimeError,
    ) as exc:  # fmt: skip
        raise PackageError("ce n’est pas un fichier .docx, ou il est endommagé") from exc


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, data: bytes) -> Member:
    content = archive.read(info)  # reading to the end verifies the CRC
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return member(info.filename, content)
    name_length, extra_length = struct.unpack_from("<2H", data, info.header_offset + 26)
    start = info.header_offset + _LOCAL.size + name_length + extra_length
    packed = data[start : start + info.compress_size]
    kept = Member(info.filename, info.compress_type, info.CRC, info.file_size, packed)
    if kept.unpack() != content:  # zipfile is lenient about where a member ends, what is copied is not
        raise PackageError("le fichier est endommagé")
    return kept


@dataclass(frozen=True, slots=True)
class _Entry:
    """A member laid out: its local header and data, then its name and what precedes it in the directory."""

    local: bytes
    central: bytes
    name: bytes

    def listed(self, place: int) -> bytes:
        """Its entry in the central directory when it starts at `place`."""
        return self.central + _PLACE.pack(place) + self.name


def _lay_out(m: Member) -> _Entry:
    name = m.name.encode("utf-8")
    flags = 0 if m.name.isascii() else _UTF8_NAMES
    sizes = (m.crc, len(m.packed), m.size, len(name), 0)
    local = _LOCAL.pack(b"PK\3\4", 20, flags, m.method, _TIME, _DATE, *sizes)
    central = _CENTRAL.pack(
        b"PK\1\2", 20, 20, flags, m.method, _TIME, _DATE, *sizes, 0, 0, 0, 0
    )  # fmt: skip
    return _Entry(local + name + m.packed, central, name)


@dataclass(frozen=True, slots=True)
class Frozen:
    """The start of a zip (`prefix`), the central directory of what it holds, and their number.

    `last` remembers the small parts of the last document, by name, with their content: headers and
    footers are mostly the same from one act to the next.
    """

    prefix: bytes
    directory: bytes
    count: int
    last: dict[str, tuple[bytes, _Entry]] = field(default_factory=dict)

    def entry(self, name: str, content: bytes) -> _Entry:
        """The part laid out, deflated again only when it differs from the last one of this name."""
        known = self.last.get(name)
        if known and known[0] == content:
            return known[1]
        plain = len(content) <= _TINY
        made = _lay_out(
            Member(name, 0, _crc32(content), len(content), content) if plain else member(name, content)
        )
        if len(content) <= _SMALL:
            self.last[name] = content, made
        return made


def freeze(members: Iterable[Member]) -> Frozen:
    """The members that never change, laid out once."""
    chunks: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    for entry in map(_lay_out, members):
        chunks.append(entry.local)
        directory.append(entry.listed(offset))
        offset += len(entry.local)
    return Frozen(b"".join(chunks), b"".join(directory), len(chunks))


def pack(frozen: Frozen, parts: Iterable[tuple[str, bytes]]) -> bytes:
    """The whole zip: the frozen members, then each (name, content) of `parts`."""
    out = [frozen.prefix]
    directory = [frozen.directory]
    offset, count = len(frozen.prefix), frozen.count
    for name, content in parts:
        entry = frozen.entry(name, content)
        out.append(entry.local)
        directory.append(entry.listed(offset))
        offset += len(entry.local)
        count += 1
    tail = b"".join(directory)
    out += (tail, _END.pack(b"PK\5\6", 0, 0, count, count, len(tail), offset, 0))
    return b"".join(out)
