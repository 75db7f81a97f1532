"""What is bound: the dossier of a deliberation, the booklet of a year's fiches, each with its cover.

A cover is not a `Sorte`: it exists only once the other documents have their pages.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from generator import typography as t
from generator.documents import Contexte, Entrees, Ouvrage, documents, documents_annuels, documents_dates
from generator.documents import commun as c
from generator.load import Dossier, Records


def dossier(records: Records, dossier: Dossier) -> Ouvrage:
    """The dossier of a deliberation."""
    d = dossier.deliberation

    def couverture(entrees: Entrees, total: int, fictif: bool) -> Contexte:
        titre = f"Dossier de la Commission Permanente – {c.reference(d)}"
        return {
            **c.base(records, dossier, titre, "Dossier de la Commission Permanente"),
            **_sommaire(entrees, total, fictif),
        }

    return Ouvrage(
        nom=d.id,
        relie=f"dossier-{d.id}",
        jour=d.date,
        documents=tuple(documents(records, dossier)),
        template="documents/couverture.docx",
        couverture=couverture,
    )


def livret(records: Records, millesime: int) -> Ouvrage:
    """The booklet of the fiches of a millesime."""

    def couverture(entrees: Entrees, total: int, fictif: bool) -> Contexte:
        titre = f"Fiches dispositif {millesime}"
        return {
            **c.socle(records, titre, titre, f"Appel à projets {millesime}"),
            "millesime": str(millesime),
            "nombre": t.accord(len(entrees), "dispositif"),
            **_sommaire(entrees, total, fictif),
        }

    return Ouvrage(
        nom=f"fiches-{millesime}",
        relie=f"fiches-{millesime}",
        jour=dt.date(millesime, 1, 1),
        documents=tuple(documents_annuels(records, millesime)),
        template="documents/couverture-livret.docx",
        couverture=couverture,
    )


def conventions(records: Records, au: dt.date) -> Ouvrage:
    """The conventions as they stand on the day `au`."""
    found = tuple(documents_dates(records, au))

    def couverture(entrees: Entrees, total: int, fictif: bool) -> Contexte:
        titre = f"Conventions en vigueur au {t.date_longue(au)}"
        return {
            **c.socle(records, titre, titre, titre),
            "au": t.date_longue(au),
            "nombre": t.accord(len(entrees), "convention"),
            **_sommaire(entrees, total, fictif),
        }

    return Ouvrage(
        nom=f"conventions-{au.isoformat()}",
        relie=f"conventions-{au.isoformat()}",
        jour=au,
        documents=found,
        template="documents/couverture-conventions.docx",
        couverture=couverture,
    )


def _sommaire(entrees: Entrees, total: int, fictif: bool) -> dict[str, Any]:
    groups: list[dict[str, Any]] = []
    for groupe, titre, page in entrees:
        if not groups or groups[-1]["titre"] != groupe:
            groups.append({"titre": groupe, "entrees": []})
        groups[-1]["entrees"].append({"titre": titre, "page": str(page), "niveau": 1})
    return {"groupes": groups, "total_pages": str(total), "fictif": fictif}
