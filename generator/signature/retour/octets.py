"""The bytes of a signed PDF: what the signatures cover, and what stands in the hole that each leaves.

A signature covers two ranges (ISO 32000-1, 12.8.1); whatever is between them is not signed, and must be
the signature itself, whole and alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary

from generator.signature.retour.objets import champs

_HOLE = re.compile(rb"<(?:[0-9A-F]*|[0-9a-f]*)>")
_END = re.compile(rb"%%EOF[\r\n]{0,2}\Z")


@dataclass(frozen=True, slots=True)
class Portee:
    """What the signature of a field covers: two ranges (start, length) of bytes, and what it holds (DER)."""

    champ: str
    plages: tuple[int, ...]
    contenu: bytes

    @property
    def fin(self) -> int:
        """Where the last byte that it covers ends; 0 when the ranges make no sense."""
        return self.plages[2] + self.plages[3] if len(self.plages) == 4 else 0


def portees(document: pikepdf.Pdf) -> list[Portee]:
    """What each signed field covers, the one that covers the most last."""
    found = []
    for field in champs(document):
        value = field.get("/V")
        if not isinstance(value, Dictionary):
            continue
        ranges = value.get("/ByteRange", Array())
        numbers = _nombres(ranges) if isinstance(ranges, Array) else ()
        contents = value.get("/Contents")
        data = bytes(contents) if isinstance(contents, pikepdf.String) else b""
        found.append(Portee(str(field.get("/T", "")), numbers, data))
    return sorted(found, key=lambda p: p.fin)


def _nombres(values: Array) -> tuple[int, ...]:
    found: list[object] = list(values)
    return tuple(x for x in found if isinstance(x, int))


def trou(data: bytes, portee: Portee) -> str:
    """What is wrong with the hole of a signature; empty when it holds the signature and nothing else."""
    if len(portee.plages) != 4 or portee.plages[0] != 0 or min(portee.plages) < 0:
        return "les plages signées n’ont pas la forme prévue"
    _, first, second, length = portee.plages
    if not first < second < second + length <= len(data):
        return "les plages signées sortent du fichier"
    hole = data[first:second]
    if not _HOLE.fullmatch(hole) or len(hole) % 2:
        return "la partie non signée contient autre chose que la signature"
    inside = bytes.fromhex(hole[1:-1].decode("ascii"))
    if inside != portee.contenu:
        return "la partie non signée n’est pas la signature du champ"
    size = _taille(inside)
    if not size or size > len(inside) or inside[size:].strip(b"\x00"):
        return "des données suivent la signature dans la partie non signée"
    return ""


def _taille(der: bytes) -> int:
    """Length of the sequence that begins `der`, its head included; 0 when there is none (X.690, 8.1.3)."""
    if len(der) < 2 or der[0] != 0x30:
        return 0
    if der[1] < 0x80:
        return 2 + der[1]
    count = der[1] & 0x7F
    if count == 0 or count > 4 or len(der) < 2 + count:
        return 0
    return 2 + count + int.from_bytes(der[2 : 2 + count], "big")


def couverture(data: bytes, portees: list[Portee]) -> str:
    """What the signatures leave out; empty when the last one covers the whole file and each of the others
    the whole file of its day."""
    if not portees or portees[-1].fin != len(data):
        left = len(data) - (portees[-1].fin if portees else 0)
        return f"{left} octets ne sont couverts par aucune signature"
    for one in portees[:-1]:
        if not _END.search(data[max(one.fin - 8, 0) : one.fin]):
            return f"la signature « {one.champ} » ne couvre pas tout le fichier de son jour"
    return ""
