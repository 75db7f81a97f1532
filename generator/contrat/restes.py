"""What is left over: data that no template reads, passages that no document ever printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from generator.contrat.emplois import Emploi
from generator.contrat.formes import chemin
from generator.contrat.lectures import Lecture
from generator.diagnostics import Diagnostic, Note, Severity, Span
from generator.render import EACH, Branch, Engine, Finding, Path, Use, Witness, expression, quote


@dataclass(slots=True)
class _Lus:
    """What has been read: paths, and the very objects, for a list often shows part of another one."""

    paths: set[Path] = field(default_factory=set)
    whole: set[Path] = field(default_factory=set)
    fields: set[tuple[int, str]] = field(default_factory=set)
    """(id of a dict, its key)"""
    wholes: set[int] = field(default_factory=set)

    def add(self, path: Path, use: Use, contextes: Iterable[Mapping[str, Any]]) -> None:
        self.paths.update(path[:n] for n in range(1, len(path) + 1))
        values: list[Any] = list(contextes)
        for step in path:
            if step == EACH:
                values = [x for v in values if isinstance(v, list | tuple) for x in v]
            else:
                values = [v for v in values if isinstance(v, dict) and step in v]
                self.fields.update((id(v), step) for v in values)
                values = [v[step] for v in values]
        if use is Use.WHOLE:
            self.whole.add(path)
            self.wholes.update(id(v) for v in values if isinstance(v, dict | list))


def donnees_non_lues(engine: Engine, found: Sequence[Lecture]) -> Iterator[Diagnostic]:
    """TPL014: fields of the contexts that no template of any kind of document reads, by what holds them.

    What several kinds share (the Département, the deliberation) counts as read when one of them does.
    """
    lus = _Lus()
    uses = {x.emploi.gabarit: x.emploi for x in found}
    for path, use, gabarit in dict.fromkeys((x.read.path, x.read.use, x.emploi.gabarit) for x in found):
        lus.add(path, use, uses[gabarit].contextes)
    given: dict[Path, list[Emploi]] = {}
    for emploi in uses.values():
        for path in _restes(emploi.contextes, (), lus, set()):
            given.setdefault(path, []).append(emploi)
    groups: dict[tuple[Path, tuple[str, ...]], list[Path]] = {}
    for path, users in given.items():
        groups.setdefault((path[:-1], tuple(u.gabarit for u in users)), []).append(path)
    for (parent, gabarits), paths in groups.items():
        sortes = dict.fromkeys(s for name in gabarits for s in uses[name].sortes)
        names = ", ".join(path[-1] for path in paths)
        holder = f"dans {quote(chemin(parent))}, " if parent else ""
        folder = engine.templates.name
        yield Diagnostic(
            "TPL014",
            f"{holder}aucun modèle ne lit\u00a0: {names}",
            Span(f"{folder}/{gabarits[0]}" if len(gabarits) == 1 else folder),
            Severity.INFO,
            (Note(f"donné aux documents : {', '.join(sortes)}"),),
            "l’employer dans un modèle, ou ne plus le préparer",
        )


def _restes(values: Sequence[Any], path: Path, lus: _Lus, dits: set[tuple[int, str]]) -> Iterator[Path]:
    """The outermost paths from `path` on that nothing reads; `dits`: the fields already told."""
    dicts = [v for v in values if isinstance(v, dict)]
    for name in dict.fromkeys(k for d in dicts for k in d):
        here = (*path, name)
        holders = [d for d in dicts if name in d]
        if here in lus.paths or any((id(d), name) in lus.fields for d in holders):
            if here not in lus.whole:
                below = [d[name] for d in holders if id(d[name]) not in lus.wholes]
                yield from _restes(below, here, lus, dits)
        elif not dits.issuperset((id(d), name) for d in holders):
            dits.update((id(d), name) for d in holders)
            yield here
    items = [x for v in values if isinstance(v, list | tuple) for x in v]
    if items and (*path, EACH) not in lus.whole:
        yield from _restes([x for x in items if id(x) not in lus.wholes], (*path, EACH), lus, dits)


def passages_jamais_vus(temoin: Witness) -> Iterator[Diagnostic]:
    """TPL013: templates that no document uses, conditions always true or always false, idle loops."""
    for name in temoin.names():
        if name not in temoin.used and name != temoin.base:
            finding = Finding("TPL013", "aucun document n’emploie ce modèle", None, _RELIRE, Severity.INFO)
            yield temoin.locate(name, finding)
    for branch in temoin.branches():
        message = _constat(branch)
        if message:
            place = branch.tag.place if branch.tag else None
            finding = Finding("TPL013", message, place, _RELIRE, Severity.INFO)
            yield temoin.locate(branch.key, finding)


_RELIRE: Final = "relire à la main le passage qu’aucun document ne montre"


def _constat(branch: Branch) -> str:
    if branch.yes == branch.no:  # both ways seen; or never reached, and what surrounds it is told
        return ""
    tag = expression(branch.tag)
    if branch.loop:
        return "" if branch.yes else f"la boucle de {tag} n’a rien à parcourir dans aucun document"
    return f"la condition de {tag} n’est {'fausse' if branch.yes else 'vraie'} dans aucun document"
