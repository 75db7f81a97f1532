"""One file per kind of document: from records to a plain context and the template that words it.

A module of this package that defines `SORTE` is a kind of document; nothing else registers it.
Contexts hold ready-formatted text only: the wording belongs to the Word templates, the figures to
the records, and a template never computes.
"""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from generator.diagnostics import Span
from generator.load import Dossier, Records

Contexte = dict[str, Any]

RAPPORT_ET_DELIBERATION = "Rapport et délibération"
ANNEXES = "Annexes"
ACTES = "Actes nominatifs"
ENVOI = "Pièces d’envoi"
FICHES = "Fiches dispositif"
CONVENTIONS = "Conventions et leurs avenants"
GROUPES = (RAPPORT_ET_DELIBERATION, ANNEXES, ACTES, ENVOI, FICHES, CONVENTIONS)
"""Parts of what is bound, in order."""


@dataclass(frozen=True, slots=True)
class Enonce:
    """A statement: what it is, the words that say it, the place of the record that holds it."""

    quoi: str
    mots: str
    ou: Span


@dataclass(frozen=True, slots=True)
class Document:
    """One document to build.

    `ident` is its path under the output folder, without suffix. `depend` holds the keys of the
    records it needs: it is not built when one of them is faulty, and `contexte` must not be called
    then. `ordre` sorts it within its `groupe`. `nominatif` documents may hold no blank.
    """

    ident: str
    sorte: str
    titre: str
    groupe: str
    ordre: tuple[int, str]
    template: str
    depend: frozenset[str]
    contexte: Callable[[], Contexte]
    structure: str | None = None
    nominatif: bool = True
    fictif: bool = False
    enonces: Callable[[], Iterable[Enonce]] | None = None
    """What the finished document must say, from the records; looked for when it is read back."""
    relie: bool = True
    """False for what accompanies the work without being bound in it (letters, lists)."""


@dataclass(frozen=True, slots=True)
class Sorte:
    """A kind of document of a deliberation: its name on the command line, what it is, what it needs."""

    nom: str
    description: str
    besoins: str
    documents: Callable[[Records, Dossier], Iterator[Document]]


@dataclass(frozen=True, slots=True)
class SorteAnnuelle:
    """A kind of document of a millesime."""

    nom: str
    description: str
    besoins: str
    documents: Callable[[Records, int], Iterator[Document]]


@dataclass(frozen=True, slots=True)
class SorteDatee:
    """A kind of document that says how things stand on a day."""

    nom: str
    description: str
    besoins: str
    documents: Callable[[Records, dt.date], Iterator[Document]]


Entrees = Sequence[tuple[str, str, int]]
"""Lines of a contents page: group, title, page."""


@dataclass(frozen=True, slots=True)
class Ouvrage:
    """What is built in one folder and bound in one PDF: a deliberation's dossier, a year's fiches.

    `nom` is the folder under the output, `relie` the bound PDF without suffix, `jour` the date that
    all files carry. `couverture(entrees, pages, fictif)` gives the cover's context.
    """

    nom: str
    relie: str
    jour: dt.date
    documents: tuple[Document, ...]
    template: str
    couverture: Callable[[Entrees, int, bool], Contexte]


@cache
def sortes() -> Mapping[str, Sorte | SorteAnnuelle | SorteDatee]:
    """Every kind of document, by name, found by looking in this package."""
    found: dict[str, Sorte | SorteAnnuelle | SorteDatee] = {}
    for info in sorted(pkgutil.iter_modules(__path__), key=lambda i: i.name):
        sorte = getattr(importlib.import_module(f"{__name__}.{info.name}"), "SORTE", None)
        if sorte is not None:
            found[sorte.nom] = sorte
    return found


def documents(records: Records, dossier: Dossier) -> list[Document]:
    """All the documents of a deliberation, in the order of the dossier."""
    kinds = [s for s in sortes().values() if isinstance(s, Sorte)]
    found = [d for s in kinds for d in s.documents(records, dossier)]
    if dossier.deliberation.fictif:
        found = [replace(d, fictif=True) for d in found]
    return sorted(found, key=_rang)


def documents_annuels(records: Records, millesime: int) -> list[Document]:
    """All the documents of a millesime, in order."""
    kinds = [s for s in sortes().values() if isinstance(s, SorteAnnuelle)]
    return sorted((d for s in kinds for d in s.documents(records, millesime)), key=_rang)


def documents_dates(records: Records, jour: dt.date) -> list[Document]:
    """All the documents that say how things stand on a day, in order."""
    kinds = [s for s in sortes().values() if isinstance(s, SorteDatee)]
    return sorted((d for s in kinds for d in s.documents(records, jour)), key=_rang)


def _rang(d: Document) -> tuple[int, tuple[int, str], str]:
    return GROUPES.index(d.groupe), d.ordre, d.ident
