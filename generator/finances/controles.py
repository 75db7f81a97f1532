"""The checks of a deliberation with their two sides, for the workbook: the proofs of the rules, and what the
tables of this package must add up to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.checks.preuves import Mesure, Niveau, Preuve, preuves
from generator.diagnostics import Span
from generator.finances import donnees
from generator.load import Dossier, Records

_ORDRE = tuple(reversed(Niveau))
"""From the credit down to the acts: the reader starts from the budget."""


@dataclass(frozen=True, slots=True)
class Controle:
    """An equality to prove. `gauche` and `droite` are cents when `euros`, else numbers."""

    code: str
    objet: str
    calcul: str
    gauche: int
    reference: str
    droite: int
    euros: bool
    ou: Span
    suivi: str = ""
    """What `gauche` sums, when a cell of the workbook does: « code C02-446A05 », « operation Accueil »."""

    @property
    def ecart(self) -> int:
        """`gauche` less `droite`; 0 when the check holds."""
        return self.gauche - self.droite


def controles(records: Records, dossier: Dossier) -> tuple[Controle, ...]:
    """Every equality between the figures of a deliberation, from the budget to the acts."""
    proofs = sorted(preuves(records, dossier), key=lambda p: _ORDRE.index(p.niveau))
    return (*_tables(records, dossier), *(_controle(dossier, p) for p in proofs))


def _controle(dossier: Dossier, p: Preuve) -> Controle:
    titles = {o.intitule: donnees.intitule(dossier, o) for o in dossier.deliberation.operations()}
    live = f"operation {titles[p.objet]}" if p.code == "MNT104" and p.objet in titles else ""
    return Controle(
        p.code, p.objet, p.calcul, p.gauche, p.reference, p.droite, p.mesure is Mesure.EUROS, p.span, live
    )


def _tables(records: Records, dossier: Dossier) -> Iterator[Controle]:
    """The acts of each code against the budget table, the schedule against the acts: no cent is lost."""
    due: dict[str, int] = {}
    for p in donnees.paiements(records, dossier):
        due[p.operation.code] = due.get(p.operation.code, 0) + p.montant
    places = {b.code: k for k, b in enumerate(dossier.deliberation.budget)}
    for line in donnees.codes(dossier):
        name, live = f"{line.code} {line.libelle}".rstrip(), f"code {line.code}"
        here = records.span(dossier.cle, "budget", places.get(line.code, 0), "proposition")
        if line.proposition is not None:
            yield Controle(
                "FIN002", name, "actes du code", line.vote, "proposition inscrite", line.proposition, True,
                here, live,
            )  # fmt: skip
        yield Controle(
            "FIN002", name, "versements de l’échéancier", due.get(line.code, 0), "actes du code", line.vote,
            True, here,
        )  # fmt: skip
