"""The certificate of conformity of a deliberation: each act that was examined, its result, its digest.

Like a cover, it is not a `Sorte`: it exists only once the acts are on paper and have been compared.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from generator import typography as t
from generator.documents import Contexte
from generator.documents import commun as c
from generator.load import Dossier, Records

TEMPLATE = "documents/certificat-conformite.docx"
_MONTRES = 10
"""Differences told in full: the certificate holds on a page, the report tells them all."""


@dataclass(frozen=True, slots=True)
class Examine:
    """One act: its title, the modele it follows, its result in words, the SHA-256 of its file, « » for none.

    `ecarts`: what differs, one sentence each; `conforme`: nothing does.
    """

    titre: str
    modele: str
    resultat: str
    sha256: str
    conforme: bool
    ecarts: tuple[str, ...] = ()
    fictif: bool = False


def contexte(
    records: Records, dossier: Dossier, actes: Sequence[Examine], le: dt.date, scelle: str = ""
) -> Contexte:
    """Context of the certificate. `scelle`: when and by whom the deliberation was sealed, in words."""
    titre = f"Certificat de conformité – {c.reference(dossier.deliberation)}"
    told = [{"acte": t.texte(a.titre), "ecart": t.texte(e)} for a in actes for e in a.ecarts]
    sound = sum(a.conforme for a in actes)
    return {
        **c.base(records, dossier, titre, "Certificat de conformité"),
        "fictif": dossier.deliberation.fictif or any(a.fictif for a in actes),
        "nombre": t.accord(len(actes), "acte"),
        "conformes": t.accord(sound, "acte conforme", "actes conformes"),
        "tous": sound == len(actes),
        "lignes": [
            {
                "rang": str(rank),
                "acte": t.texte(re.sub(r" \(modèle de l’annexe \d+\)$", "", a.titre)),  # said beside
                "empreinte": f"{a.sha256[:32]} {a.sha256[32:]}" if a.sha256 else "aucun fichier",
                "modele": a.modele,
                "resultat": a.resultat,
            }
            for rank, a in enumerate(actes, 1)
        ],
        "ecarts": told[:_MONTRES],
        "autres": t.accord(len(told) - _MONTRES, "autre écart", "autres écarts")
        if len(told) > _MONTRES
        else "",
        "scelle": scelle,
        "le": t.date_longue(le),
    }
