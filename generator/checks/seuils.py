"""Thresholds of grants: what a sum obliges to, by structure and by year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from generator.checks import regle
from generator.checks.avenants import chaines
from generator.checks.parcours import actes, actes_complets, operations
from generator.diagnostics import Diagnostic, Note, Severity, Span
from generator.load import Records
from generator.typography import date_longue, euros

CONVENTION = 23_000_00
"""Cents of a yearly grant above which a convention is obligatory: décret n° 2001-495, article 1."""
COMPTES = 153_000_00
"""Cents of yearly public grants above which accounts are certified and published: code de commerce,
articles L.612-4 and D.612-5."""
DE_MINIMIS, DE_MINIMIS_SIEG = 300_000_00, 750_000_00
"""Cents over three years: règlements (UE) 2023/2831 and 2023/2832, article 3."""

PRIVEES = frozenset({"association", "fondation", "societe"})
_TROIS_ANS = 3
_Cle = TypeVar("_Cle")


@dataclass(frozen=True, slots=True)
class Aide:
    """A grant to a structure: the day it was voted (or signed, before the records begin), its cents."""

    structure: str
    jour: dt.date
    exercice: int
    montant: int
    span: Span

    @property
    def note(self) -> Note:
        """What the diagnostics say of it."""
        return Note(f"{date_longue(self.jour)} : {euros(self.montant)}", self.span)


def votees(records: Records) -> Iterator[Aide]:
    """What the acts add, at the date of their deliberation."""
    for lieu in actes(records):
        d, c = lieu.dossier.deliberation, lieu.acte.convention
        if lieu.acte.montant:
            where = lieu.span("convention", "numero") if c else lieu.span("numero")
            yield Aide(lieu.actes.structure, d.date, d.exercice, lieu.acte.montant, where)


def anterieures(records: Records) -> Iterator[Aide]:
    """The cost of the conventions that the records only know by an avenant, at their signature."""
    for group in chaines(records).values():
        first = group[0]
        c = first.acte.convention
        if c is not None and c.cout:
            year = c.signee_le.year
            yield Aide(first.actes.structure, c.signee_le, year, c.cout, first.span("convention", "cout"))


def _groupes(aides: Iterable[Aide], cle: Callable[[Aide], _Cle]) -> dict[_Cle, list[Aide]]:
    """The grants of each key, keys and grants in the order in which they come."""
    groups: dict[_Cle, list[Aide]] = {}
    for a in aides:
        groups.setdefault(cle(a), []).append(a)
    return groups


def _total(aides: Iterable[Aide]) -> int:
    return sum(a.montant for a in aides)


def _annuelle(a: Aide) -> tuple[str, int]:
    return a.structure, a.exercice


def _sans_acte(records: Records) -> Iterator[Aide]:
    """What a deliberation grants by name to a private structure, when no act carries it."""
    for place in operations(records):
        o, d = place.operation, place.dossier.deliberation
        s = records.structures.get(o.beneficiaire or "")
        if s is None or s.forme not in PRIVEES or not actes_complets(records, place.dossier):
            continue
        group = place.dossier.actes.get(s.id)
        held = {p.operation for a in (group.actes if group else ()) for p in a.operations}
        if o.id not in held and o.annonce.montant:
            yield Aide(s.id, d.date, d.exercice, o.annonce.montant, place.span("beneficiaire"))


@regle("DRO006", gravite=Severity.AVERTISSEMENT)
def convention_obligatoire(records: Records) -> Iterator[Diagnostic]:
    """Au-delà de 23 000 € par an, une subvention à un organisme de droit privé fait l’objet d’une convention
    (loi n° 2000-321, article 10 ; décret n° 2001-495, article 1). Est signalée la structure de droit privé
    qu’une délibération désigne (« beneficiaire ») pour plus de 23 000 € dans l’exercice sans qu’aucun acte
    porte ces opérations. C’est un avertissement."""
    for (ident, year), grants in _groupes(_sans_acte(records), _annuelle).items():
        total = _total(grants)
        if total > CONVENTION:
            name = records.structures[ident].appellation
            yield Diagnostic(
                "DRO006",
                f"{name} : {euros(total)} en {year} sans convention, obligatoire "
                f"au-delà de {euros(CONVENTION)} (décret n° 2001-495)",
                grants[-1].span,
                Severity.AVERTISSEMENT,
                notes=tuple(a.note for a in grants),
                help="ajouter l’acte de cette structure, ou corriger « beneficiaire »",
            )


@regle("DRO007", gravite=Severity.INFO)
def comptes_certifies(records: Records) -> Iterator[Diagnostic]:
    """Une association ou une fondation qui reçoit plus de 153 000 € de subventions publiques dans l’année
    fait certifier et publie ses comptes (code de commerce, articles L.612-4 et D.612-5). Le programme ne
    connaît que les montants nouveaux que votent les délibérations de l’exercice : c’est une
    information."""
    for (ident, year), grants in _groupes(votees(records), _annuelle).items():
        s, total = records.structures.get(ident), _total(grants)
        if s is not None and s.forme in {"association", "fondation"} and total > COMPTES:
            yield Diagnostic(
                "DRO007",
                f"{euros(total)} sont votés en {year} : au-delà de {euros(COMPTES)} par an, les comptes sont "
                f"certifiés et publiés (code de commerce, article L.612-4)",
                grants[-1].span,
                Severity.INFO,
                notes=tuple(a.note for a in grants),
                help="demander les comptes certifiés du dernier exercice et vérifier leur publication",
            )


def _trois_ans_avant(day: dt.date) -> dt.date:
    last = day.day if (day.month, day.day) != (2, 29) else 28
    return day.replace(year=day.year - _TROIS_ANS, day=last)


@regle("DRO008", gravite=Severity.INFO)
def de_minimis(records: Records) -> Iterator[Diagnostic]:
    """Le total des aides d’une structure de droit privé sur trois ans glissants dépasse le plafond des aides
    de minimis, 300 000 € (règlement (UE) 2023/2831), 750 000 € pour un service d’intérêt économique
    général (règlement (UE) 2023/2832). Sont comptés les montants que votent les délibérations et le coût
    des conventions antérieures. C’est une information : ce plafond ne vaut que pour une activité
    économique, et le programme ne connaît pas les autres aides."""
    aides = (*anterieures(records), *votees(records))
    for ident, grants in _groupes(aides, lambda a: a.structure).items():
        s = records.structures.get(ident)
        if s is None or s.forme not in PRIVEES:
            continue
        grants.sort(key=lambda a: a.jour)
        windows = [[a for a in grants if _trois_ans_avant(x.jour) < a.jour <= x.jour] for x in grants]
        most = max(windows, key=_total)
        total = _total(most)
        if total > DE_MINIMIS:
            beyond = total > DE_MINIMIS_SIEG
            limit = DE_MINIMIS_SIEG if beyond else DE_MINIMIS
            rule = "2023/2832, SIEG" if beyond else "2023/2831"
            yield Diagnostic(
                "DRO008",
                f"{euros(total)} en trois ans, au-delà du plafond de minimis de {euros(limit)} "
                f"(règlement (UE) {rule})",
                most[-1].span,
                Severity.INFO,
                notes=tuple(a.note for a in most),
                help="si l’action est une activité économique, vérifier sur quel régime d’aide elle se fonde",
            )
