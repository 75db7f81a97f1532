"""Identifiers: one number, one holder. (A SIRET's own form is checked when it is read: IDN001.)"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from generator.checks import regle
from generator.checks.parcours import actes, operations
from generator.diagnostics import Diagnostic, Note, Span
from generator.load import Records


@regle("IDN002")
def siret_unique(records: Records) -> Iterator[Diagnostic]:
    """Deux structures n’ont pas le même SIRET."""
    seen: dict[str, Span] = {}
    for s in records.structures.values():
        span = records.span(s.origine, "siret")
        if s.siret in seen:
            yield Diagnostic(
                "IDN002",
                f"le SIRET {s.siret} est déjà celui d’une autre structure",
                span,
                notes=(Note("première structure", seen[s.siret]),),
                help="corriger le SIRET, ou fusionner les deux fiches",
            )
        seen.setdefault(s.siret, span)


@regle("IDN003")
def convention_unique(records: Records) -> Iterator[Diagnostic]:
    """Un numéro de convention n’appartient qu’à une structure ; une convention nouvelle a le sien."""
    seen: dict[str, tuple[str, Span]] = {}
    for lieu in actes(records):
        a = lieu.acte
        number = a.numero or (a.convention.numero if a.convention else None)
        if number is None:
            continue
        span = lieu.span("numero") if a.numero else lieu.span("convention", "numero")
        if number in seen and (seen[number][0] != lieu.actes.structure or a.numero):
            yield Diagnostic(
                "IDN003",
                f"la convention n° {number} est déjà employée",
                span,
                notes=(Note("premier emploi", seen[number][1]),),
                help="corriger l’un des deux numéros",
            )
        seen.setdefault(number, (lieu.actes.structure, span))


Nomme = tuple[object, Span]


def _deux_fois(code: str, quoi: str, names: Iterable[Nomme], aide: str, bloc: str) -> Iterator[Diagnostic]:
    """A finding for every name that was already seen."""
    seen: dict[object, Span] = {}
    for name, span in names:
        if name in seen:
            yield Diagnostic(
                code,
                f"{quoi} « {name} » figure deux fois",
                span,
                notes=(Note("premier emploi", seen[name]),),
                help=aide,
                blocks=frozenset({bloc}),
            )
        seen.setdefault(name, span)


def _listes(records: Records) -> Iterator[tuple[str, str, list[Nomme]]]:
    """Every list whose elements have a name: its file, what they are, their names."""
    if z := records.zonage:
        yield z.origine, "le territoire", _noms(records, z.origine, z.territoires, "territoires", "id")
    for t in records.conventions_types.values():
        yield t.origine, "l’article", _noms(records, t.origine, t.articles, "articles", "cle")
    for b in records.budgets.values():
        yield b.origine, "le code", _noms(records, b.origine, b.lignes, "lignes", "code")
    for dossier in records.dossiers.values():
        d, cle = dossier.deliberation, dossier.cle
        yield cle, "le code", _noms(records, cle, d.budget, "budget", "code")
        yield cle, "la thématique", _noms(records, cle, d.thematiques, "thematiques", "numero")


def _noms(records: Records, cle: str, items: Sequence[object], champ: str, nom: str) -> list[Nomme]:
    return [(getattr(x, nom), records.span(cle, champ, k, nom)) for k, x in enumerate(items)]


@regle("IDN004")
def nom_unique(records: Records) -> Iterator[Diagnostic]:
    """Un nom ne désigne qu’une chose : territoire, article de la convention type, code du budget ou
    du tableau budgétaire, thématique, opération d’une délibération."""
    aide = "donner un autre nom à l’un des deux, ou supprimer le doublon"
    for cle, quoi, names in _listes(records):
        yield from _deux_fois("IDN004", quoi, names, aide, cle)
    for dossier in records.dossiers.values():
        ids = [(p.operation.id, p.span("id")) for p in operations(records) if p.dossier is dossier]
        yield from _deux_fois("IDN004", "l’opération", ids, aide, dossier.cle)


@regle("IDN005")
def annexe_unique(records: Records) -> Iterator[Diagnostic]:
    """Deux annexes d’une délibération n’ont pas le même numéro."""
    for dossier in records.dossiers.values():
        d, cle = dossier.deliberation, dossier.cle
        names: list[Nomme] = _noms(records, cle, d.thematiques, "thematiques", "annexe")
        names.append((d.annexe_financiere, records.span(cle, "annexe_financiere")))
        names += [(m.annexe, records.span(m.origine, "annexe")) for m in dossier.modeles.values()]
        for found in _deux_fois("IDN005", "l’annexe", names, "corriger l’un des deux numéros", cle):
            yield replace(found, blocks=frozenset({found.span.file}))
