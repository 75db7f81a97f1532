"""What templates read, held against the shape of what their documents are given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from generator.contrat.emplois import Emploi
from generator.contrat.formes import Forme, chemin, forme, noms, retenus
from generator.diagnostics import Diagnostic, Note, Severity
from generator.render import (
    EACH,
    Engine,
    Fact,
    Finding,
    Path,
    Read,
    Tag,
    Use,
    expression,
    not_text,
    quote,
    unknown_name,
)

_PRINTABLE: Final = frozenset({"str", "int"})


@dataclass(frozen=True, slots=True)
class Lecture:
    """One read of a template, held against the shape of the contexts of one root."""

    read: Read
    emploi: Emploi
    faute: Finding | None
    vide: Path | None
    """The path that no document fills, and below which nothing can be said."""


def lectures(engine: Engine, uses: Iterable[Emploi]) -> list[Lecture]:
    """Every read of every template that the documents use."""
    found = []
    for emploi in uses:
        shape = forme(emploi.contextes)
        narrowed: dict[tuple[Fact, ...], Forme] = {}
        for read in engine.reads(emploi.gabarit, lambda path, top=shape: noms(top, path)):  # type: ignore[misc]
            faute, vide = _confronter(read, shape)
            if read.facts:
                if read.facts not in narrowed:
                    narrowed[read.facts] = forme(retenus(emploi.contextes, read.facts))
                faute, vide = _dans_ce_cas(read, narrowed[read.facts], faute, vide)
            found.append(Lecture(read, emploi, faute, vide))
    return found


def _dans_ce_cas(
    read: Read, shape: Forme, faute: Finding | None, vide: Path | None
) -> tuple[Finding | None, Path | None]:
    """The verdict on a read under conditions: when no value meets them, nothing can be held against it."""
    owner = max((f.owner for f in read.facts), key=len)
    if not shape.inconnue:
        return _confronter(read, shape, len(owner))
    return (None, owner) if faute else (faute, vide)


def _confronter(read: Read, shape: Forme, start: int = 0) -> tuple[Finding | None, Path | None]:
    """(what is wrong, or the path that no document fills); `shape` stands after the first `start` steps."""
    here = shape
    for rank in range(start, len(read.path)):
        step, last = read.path[rank], rank == len(read.path) - 1
        if here.inconnue and rank:
            return None, read.path[:rank]
        if step == EACH:
            if here.element is None:
                return None, read.path[:rank]
            here = here.element
        elif step in here.champs:
            here = here.champs[step]
        elif last and not read.tolerant:  # what leads there is a read of its own
            known = (*here.champs, *(read.local if rank == 0 else ()))
            return unknown_name(step, read.tag, known, top=rank == 0), None
        else:
            return None, None
    return _nature(read, here), None


def _nature(read: Read, here: Forme) -> Finding | None:
    """A value that is never what its tag can print, or go through."""
    if read.use is Use.PRINT and here.types and not here.types & _PRINTABLE:
        return not_text(read.tag, min(here.types))
    if read.use is Use.LOOP and here.types and here.types <= {"str", "int", "bool"}:
        message = f"la boucle de {expression(read.tag)} parcourt une valeur qui n’est pas une liste"
        return Finding("TPL010", message, read.tag.place if read.tag else None, "employer une liste")
    return None


def champs_inconnus(engine: Engine, found: Iterable[Lecture]) -> Iterator[Diagnostic]:
    """TPL003, TPL010: a tag that no document of its kind can satisfy, in whatever branch it stands."""
    for lecture in found:
        if lecture.faute is None:
            continue
        d = engine.locate(lecture.read.key, lecture.faute, lecture.read.via)
        if not lecture.emploi.complet:
            note = Note("des documents de cette sorte, bloqués par leurs fiches, n’ont pas été examinés")
            d = replace(d, severity=Severity.AVERTISSEMENT, notes=(*d.notes, note))
        yield d


def champs_invisibles(engine: Engine, found: Sequence[Lecture]) -> Iterator[Diagnostic]:
    """TPL015: tags that read a value which no document fills; told once for each value and each part."""
    seen = {_lu(x) for x in found if x.vide is None}
    blind: dict[tuple[str, Path], list[Lecture]] = {}
    for x in found:
        if x.vide is not None and _lu(x) not in seen:
            blind.setdefault((x.read.key, x.vide), []).append(x)
    for (key, path), group in blind.items():
        tags = dict.fromkeys(x.read.tag.text for x in group if x.read.tag)
        tag = group[0].read.tag
        yield engine.locate(
            key,
            Finding(
                "TPL015",
                f"aucun document ne remplit {quote(chemin(path))} ici : ce qui en est lu n’est pas vérifié",
                tag.place if tag else None,
                "relire ces balises, ou essayer avec une fiche qui remplit cette donnée",
                Severity.INFO,
                notes=(f"balises : {', '.join(tags)}",),
            ),
            group[0].read.via,
        )


def _lu(lecture: Lecture) -> tuple[str, Tag | None, str]:
    return lecture.read.key, lecture.read.tag, lecture.read.path[-1]
