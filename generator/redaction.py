"""Documents to word: what a job is, what comes back, and doing them here, one after the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from generator.diagnostics import Diagnostic
from generator.render import Engine, RenderError


@dataclass(frozen=True, slots=True)
class Travail:
    """One document to word, whole in itself: it can be sent to another machine that has the templates."""

    ident: str
    template: str
    contexte: Mapping[str, Any]
    titre: str
    jour: dt.date
    nominatif: bool

    def pagine(self, pages: int) -> Travail | None:
        """The same, its number of pages known; None when the document does not say it."""
        if "pages" not in self.contexte:
            return None
        return replace(self, contexte={**self.contexte, "pages": str(pages)})


@dataclass(frozen=True, slots=True)
class Rendu:
    """What became of one job: its `faute`, else its .docx; its PDF and pages when it was converted too."""

    ident: str
    docx: bytes = b""
    pdf: bytes | None = None
    pages: int = 0
    faute: Diagnostic | None = None


def rediger(engine: Engine, travaux: Iterable[Travail]) -> Iterator[Rendu]:
    """Word the documents in order. Templates are looked at on disk once: see `Engine.figer`."""
    with engine.figer():
        for travail in travaux:
            yield rendre(engine, travail)


def rendre(engine: Engine, travail: Travail) -> Rendu:
    """Word one document."""
    t = travail
    try:
        docx = engine.render(t.template, t.contexte, titre=t.titre, jour=t.jour, nominatif=t.nominatif)
    except RenderError as e:
        return Rendu(t.ident, faute=e.diagnostic)
    return Rendu(t.ident, docx)
