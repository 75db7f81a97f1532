"""The cover of the assembled dossier, with its table of contents.

Not a `Sorte`: it exists only once the other documents have their pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generator.documents import Contexte
from generator.documents import commun as c
from generator.load import Dossier, Records

TEMPLATE = "documents/couverture.docx"


def contexte(
    records: Records,
    dossier: Dossier,
    entrees: Sequence[tuple[str, str, int]],
    total: int,
    fictif: bool,
) -> Contexte:
    """Context of the cover; `entrees` are (groupe, titre, page), in order; `total` counts all pages."""
    groups: list[dict[str, Any]] = []
    for groupe, titre, page in entrees:
        if not groups or groups[-1]["titre"] != groupe:
            groups.append({"titre": groupe, "entrees": []})
        groups[-1]["entrees"].append({"titre": titre, "page": str(page), "niveau": 1})
    titre = f"Dossier de la Commission Permanente – n°\u00a0{dossier.deliberation.numero}"
    return {
        **c.base(records, dossier, titre, "Dossier de la Commission Permanente"),
        "groupes": groups,
        "total_pages": str(total),
        "fictif": fictif,
    }
