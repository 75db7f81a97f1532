"""How the acts split each cost: the one rule of rounding, and where it has moved a cent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from generator.checks.parcours import actes_de
from generator.checks.preuves.actes import structure
from generator.diagnostics import Span
from generator.load import Dossier, Records
from generator.money import appliquer


@dataclass(frozen=True, slots=True)
class Partage:
    """An amount split at rates: `parts` in cents, in the order of `taux`; they sum to `montant`.

    `arrondis` are the parts as each would be rounded alone, half up: where these do not make the amount,
    the rule of the largest remainder has moved a cent.
    """

    objet: str
    montant: int
    taux: tuple[Decimal, ...]
    parts: tuple[int, ...]
    arrondis: tuple[int, ...]
    span: Span

    @property
    def deplace(self) -> bool:
        """True when rounding each part alone would have given other parts."""
        return self.parts != self.arrondis


def partages(records: Records, dossier: Dossier) -> tuple[Partage, ...]:
    """Every split that the acts print: the parts and the payments of each cost, at the dispositif's rates.

    Left out: an operation or a dispositif that was not read, rates that do not make 100 (TAU101, TAU102).
    """
    operations = {o.id: o for o in dossier.deliberation.operations()}
    out: list[Partage] = []
    for lieu in actes_de(records, dossier):
        for rang, part in enumerate(lieu.acte.operations):
            o = operations.get(part.operation)
            d = records.dispositifs.get(o.dispositif) if o else None
            if o is None or d is None:
                continue
            span = lieu.span("operations", rang)
            f = d.financement
            for what, rates in (
                ("parts", [p.taux for p in f.parts]),
                ("versements", [v.taux for v in f.versements if v.taux is not None]),
            ):
                whole = what == "parts" or len(rates) == len(f.versements)
                if whole and sum(rates) == 100:
                    objet = f"{structure(records, lieu)}, {o.intitule} : {what}"
                    out.append(partage(objet, part.cout, rates, span))
    return tuple(out)


def partage(objet: str, montant: int, taux: Sequence[Decimal], span: Span) -> Partage:
    """A split of `montant` cents at rates per cent that sum to 100; ValueError otherwise."""
    parts = appliquer(montant, taux)
    alone = tuple(int((montant * rate / 100 + Decimal("0.5")) // 1) for rate in taux)
    return Partage(objet, montant, tuple(taux), parts, alone, span)
