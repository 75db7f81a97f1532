"""The ledger across deliberations: its tables, its files, what the rules say of it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from generator.compte_rendu import Etat
from generator.diagnostics import Diagnostic, Span
from generator.fabrique import Suivi
from generator.finances import ecrits
from generator.finances.grand_livre import en_objets, tables
from generator.finances.tables import Table
from generator.service.atelier import Workspace
from generator.service.finances import Finances, Livraison

DOSSIER = "grand-livre"
"""Folder of the files, under the output folder."""
_FAMILLES = ("BUD", "LIV")
_SOURCES = ("deliberations/", "budget/", "paiements/", "dispositifs/")
"""Folders whose records the ledger cannot do without; the dispositifs give the rates of the forecast."""


@dataclass(frozen=True, slots=True)
class GrandLivre:
    """The ledger of a workspace. `au`: the last day that counts; None for everything that is written."""

    atelier: Workspace
    au: dt.date | None = None

    def tables(self, suivi: Suivi) -> Livraison:
        """The tables, and what the rules on the budget and on payments find.

        No table when a record that they sum is faulty (LIV007): every line after it would be wrong.
        """
        etat = Finances(self.atelier).etat(None, suivi)
        missing = _manquants(etat)
        if missing:
            own = [
                d for d in etat.diagnostics if d.is_error and d.span.file in {m.span.file for m in missing}
            ]
            return Livraison(etat, diagnostics=(*own, *missing))
        found = tuple(d for d in etat.diagnostics if d.code[:3] in _FAMILLES and d.acceptation is None)
        return Livraison(etat, tables(etat.records, self.au), diagnostics=found)

    def csv(self, noms: Sequence[str], suivi: Suivi) -> Livraison:
        """Write each of the tables `noms` (all of them when it is empty) in output/grand-livre/."""
        made = self.tables(suivi)
        kept = [t for t in made.tables if not noms or t.nom in noms]
        files = {f"{DOSSIER}-{t.nom}.csv": ecrits.en_csv(t) for t in kept}
        return Finances(self.atelier).ecrire_dans(made, DOSSIER, files)

    def json(self, found: Sequence[Table], noms: Sequence[str]) -> str:
        """The tables as one JSON object; amounts are exact texts of euros, dates are ISO."""
        held = {t.nom: en_objets(t) for t in found if not noms or t.nom in noms}
        au = self.au.isoformat() if self.au else None
        return json.dumps({"au": au, **held}, ensure_ascii=False, indent=2)


def _manquants(etat: Etat) -> list[Diagnostic]:
    records = etat.records
    folders = tuple(records.cle(name) for name in _SOURCES)
    return [
        Diagnostic(
            "LIV007",
            "le grand livre n’est pas fait : il serait faux sans cette fiche",
            Span(key),
            help="corriger la fiche, puis relancer",
        )
        for key in sorted(records.fautifs)
        if key.startswith(folders)
    ]
