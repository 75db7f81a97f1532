"""Documents to word, then to convert: what a job is, what comes back, and doing them in this process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from generator import convert
from generator.diagnostics import Diagnostic, Span
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
    """What became of one job: its .docx, its PDF and pages once it is converted, or its `faute`.

    A document that could not be converted has its `faute` and its .docx.
    """

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


@dataclass(frozen=True, slots=True)
class Conversions:
    """How to convert: with which LibreOffice, how many at once, seconds for one document."""

    soffice: Path
    jobs: int
    delai: float


def convertir(engine: Engine, faits: Sequence[tuple[Travail, bytes]], how: Conversions) -> Iterator[Rendu]:
    """Make the PDFs of documents of one day, in any order; exactly one Rendu for each (job, .docx).

    A document that says its number of pages is worded again with it. One that has no PDF carries CNV001.
    """
    by_ident = {t.ident: (t, docx) for t, docx in faits}
    pending = set(by_ident)
    if not pending:
        return
    try:
        for done in convert.convert(
            {ident: docx for ident, (_, docx) in by_ident.items()},
            soffice=how.soffice,
            jour=faits[0][0].jour,
            titres={ident: t.titre for ident, (t, _) in by_ident.items()},
            jobs=how.jobs,
            timeout=how.delai,
        ):
            pending.discard(done.key)
            yield _converted(engine, *by_ident[done.key], done)
    except convert.OfficeError as e:
        for ident in sorted(pending):
            yield Rendu(ident, by_ident[ident][1], faute=_unconverted(ident, str(e)))


def _converted(engine: Engine, travail: Travail, docx: bytes, done: convert.Conversion) -> Rendu:
    if done.pdf is None:
        return Rendu(travail.ident, docx, faute=_unconverted(travail.ident, done.error))
    again = travail.pagine(done.pages)
    if again is None:
        return Rendu(travail.ident, docx, done.pdf, done.pages)
    second = rendre(engine, again)
    return second if second.faute else replace(second, pdf=done.pdf, pages=done.pages)


def _unconverted(ident: str, why: str) -> Diagnostic:
    return Diagnostic("CNV001", why, Span(f"{ident}.docx"))
