"""Deliberations: a whole one has all its parts."""

from __future__ import annotations

from collections.abc import Iterator

from generator.checks import regle
from generator.diagnostics import Diagnostic
from generator.load import Records

PARTIES = (
    "numero",
    "seance",
    "visas",
    "vote",
    "signataire",
    "rapport",
    "budget",
    "annexe_financiere",
    "phase",
)
"""What an extrait may leave out."""


@regle("DEL001")
def deliberation_entiere(records: Records) -> Iterator[Diagnostic]:
    """Une délibération a un numéro, une séance, des visas, un vote, un signataire, un rapport, un tableau
    budgétaire, une annexe financière, une phase et une annexe pour chaque thématique, sauf si elle est
    déclarée « extrait ». D’un extrait, seuls les actes sont produits."""
    for dossier in records.dossiers.values():
        d = dossier.deliberation
        if d.extrait:
            continue
        for champ in PARTIES:
            if not getattr(d, champ):
                yield Diagnostic(
                    "DEL001",
                    f"il manque « {champ} »",
                    records.span(dossier.cle, "date"),
                    help="l’ajouter ; si la source ne le donne pas, écrire « extrait: oui »",
                )
        for rang, th in enumerate(d.thematiques):
            if th.annexe is None:
                yield Diagnostic(
                    "DEL001",
                    f"la thématique {th.numero} n’a pas d’annexe",
                    records.span(dossier.cle, "thematiques", rang, "numero"),
                    help="ajouter « annexe » avec son numéro",
                )
