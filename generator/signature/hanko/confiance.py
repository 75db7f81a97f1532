"""What is trusted: the certificates of authorities and the revocation lists of a folder, nothing else.

The folder holds `racines/` (pinned roots), `intermediaires/` and `listes/` (revocation lists), each file
in PEM or DER. The list of the system is never used: anyone may sign with a certificate that it trusts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asn1crypto import crl, pem, x509
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import (
    ExpiredError,
    InsufficientRevinfoError,
    NotYetValidError,
    RevokedError,
)

from generator.diagnostics import Diagnostic, Span

RACINES, INTERMEDIAIRES, LISTES = "racines", "intermediaires", "listes"


@dataclass(frozen=True, slots=True)
class Confiance:
    """Roots, intermediate authorities and revocation lists; `en_ligne`: also ask their servers."""

    racines: tuple[x509.Certificate, ...] = ()
    intermediaires: tuple[x509.Certificate, ...] = ()
    listes: tuple[crl.CertificateList, ...] = ()
    en_ligne: bool = False

    def contexte(
        self, le: dt.datetime, preuves: Sequence[object] = (), retroactif: bool = False
    ) -> ValidationContext:
        """How to judge a certificate at the moment `le`: no chain without a proof that it is not revoked.

        `preuves`: revocation lists and OCSP answers that the document brings. `retroactif`: lists published
        after `le` hold too, for they say from when each certificate is revoked.
        """
        lists = [p for p in preuves if isinstance(p, crl.CertificateList)]
        answers = [p for p in preuves if not isinstance(p, crl.CertificateList)]
        # The library refuses to fetch for another moment than now: what is fetched is of now.
        when: dict[str, Any] = {"allow_fetching": True} if self.en_ligne else {"moment": le}
        return ValidationContext(
            trust_roots=list(self.racines),
            other_certs=list(self.intermediaires),
            crls=[*self.listes, *lists],
            ocsps=answers,
            revocation_mode="require",
            retroactive_revinfo=retroactif,
            **when,
        )


def usage(certificat: x509.Certificate) -> set[str]:
    """The use of its key that lets a certificate sign: commitment, else signature (RFC 5280, 4.2.1.3)."""
    allowed = certificat.key_usage_value
    committing = allowed is None or "non_repudiation" in allowed.native
    return {"non_repudiation"} if committing else {"digital_signature"}


def explication(e: Exception) -> str:
    """Why a certificate does not hold, in French."""
    if isinstance(e, RevokedError):
        return f"il a été révoqué le {e.revocation_dt:%d/%m/%Y}"
    if isinstance(e, ExpiredError):
        return f"il a expiré le {e.expired_dt:%d/%m/%Y}"
    if isinstance(e, NotYetValidError):
        return f"il ne vaut qu’à partir du {e.valid_from:%d/%m/%Y}"
    if isinstance(e, InsufficientRevinfoError):
        return "aucune liste de révocation à jour ne dit s’il est encore bon"
    return "aucune racine de confiance ne le garantit"


def lire(dossier: Path, en_ligne: bool, nom: str) -> tuple[Confiance, list[Diagnostic]]:
    """The folder `dossier`, shown to the user as `nom`; SIG020 for a file that is none of this."""
    found: list[Diagnostic] = []
    parts: dict[str, list[Any]] = {}
    kinds = ((RACINES, x509.Certificate), (INTERMEDIAIRES, x509.Certificate), (LISTES, crl.CertificateList))
    for name, kind in kinds:
        parts[name] = []
        for path in sorted(p for p in (dossier / name).glob("*") if p.is_file() and p.name[0] != "."):
            try:
                parts[name] += _objets(path.read_bytes(), kind)
            except (OSError, ValueError, TypeError):
                found.append(
                    Diagnostic(
                        "SIG020",
                        "ce fichier n’est ni un certificat ni une liste de révocation lisible",
                        Span(f"{nom}/{name}/{path.name}"),
                        help="le remplacer par celui que l’autorité publie (.pem, .cer, .crl), ou l’ôter",
                    )
                )
    roots, middle, lists = (tuple(parts[n]) for n in (RACINES, INTERMEDIAIRES, LISTES))
    return Confiance(roots, middle, lists, en_ligne), found


def _objets(data: bytes, kind: Any) -> list[Any]:
    blocks = [der for _, _, der in pem.unarmor(data, multiple=True)] if pem.detect(data) else [data]
    objects = [kind.load(der, strict=True) for der in blocks]
    for one in objects:
        _ = one.native  # asn1crypto reads lazily: a wrong file is told now
    return objects
