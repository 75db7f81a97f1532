"""The signature record of an act, `<acte>.json`, beside the approved PDF: what was approved, where it is
signed and by whom, what the Département signed, what came back.

The files that it names stand in the same folder as itself. It holds no secret.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from generator.signature.places import Champ

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Empreinte:
    """A file by its name, size in bytes and SHA-256; `le` is when it was made."""

    fichier: str
    taille: int
    sha256: str
    le: dt.datetime


@dataclass(frozen=True, slots=True)
class Signature:
    """How the Département signed: PAdES level (« B-B », « B-T », « B-LT »), SHA-256 of the certificate."""

    niveau: str
    certificat: str


@dataclass(frozen=True, slots=True)
class Retour:
    """A returned act that was accepted, and by whom; `manuscrite`: a scan of the signed paper."""

    accepte: Empreinte
    manuscrite: bool
    par: str


@dataclass(frozen=True, slots=True)
class Fiche:
    """`acte` is the identifier of the document, `source` the SHA-256 of the PDF before its fields."""

    acte: str
    titre: str
    source: str
    approuve_par: str
    approuve: Empreinte
    champs: tuple[Champ, ...]
    prepare: Empreinte | None = None
    """The file that waits for a signature computed elsewhere."""
    signe: Empreinte | None = None
    signature: Signature | None = None
    retour: Retour | None = None

    @property
    def nom(self) -> str:
        """Name of the files of the act, without suffix."""
        return self.acte.rpartition("/")[2]

    def champ(self, nom: str) -> Champ:
        """The field of that name. Raises StopIteration when there is none."""
        return next(c for c in self.champs if c.nom == nom)

    def avec(self, **changes: Any) -> Fiche:
        """The record with some fields changed."""
        return replace(self, **changes)


def ecrire(fiche: Fiche) -> bytes:
    """The record as JSON."""
    data = {"format": FORMAT, **asdict(fiche)}
    return (json.dumps(data, ensure_ascii=False, indent=1, default=lambda d: d.isoformat()) + "\n").encode(
        "utf-8"
    )


def lire(data: bytes) -> Fiche | None:
    """The record that JSON holds; None when it is not one."""
    try:
        raw = json.loads(data)
        if raw.pop("format") != FORMAT:
            return None
        raw["champs"] = tuple(Champ(**{**c, "rect": _rect(c["rect"])}) for c in raw["champs"])
        for name in ("approuve", "prepare", "signe"):
            raw[name] = _empreinte(raw[name])
        raw["signature"] = Signature(**raw["signature"]) if raw["signature"] else None
        if raw["retour"]:
            raw["retour"] = Retour(**{**raw["retour"], "accepte": _empreinte(raw["retour"]["accepte"])})
        return Fiche(**raw)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _rect(values: Any) -> tuple[int, int, int, int]:
    left, low, right, high = (int(v) for v in values)
    return left, low, right, high


def _empreinte(raw: Mapping[str, Any] | None) -> Empreinte | None:
    return Empreinte(**{**raw, "le": dt.datetime.fromisoformat(raw["le"])}) if raw else None
