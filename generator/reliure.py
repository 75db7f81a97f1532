"""Binding: the cover and its contents page, then every PDF of the dossier in one.

The cover shows page numbers that depend on its own length, so it is made until its length is the
one that was supposed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from generator import __version__, assemble, convert, manifest
from generator.documents import Document
from generator.files import empreinte
from generator.manifest import Entree, Fichier
from generator.plan import Plan
from generator.render import Engine

COUVERTURE = "00-couverture.docx"
_LIGNES_PAR_PAGE = 36  # of the contents page; only a first guess
_ESSAIS = 4


@dataclass(frozen=True, slots=True)
class Atelier:
    """What binding works with: engine, LibreOffice and its version, output folder, seconds allowed."""

    engine: Engine
    soffice: Path | None
    convertisseur: str
    folder: Path
    delai: float


@dataclass(frozen=True, slots=True)
class Relie:
    """What was bound; `pdf_bytes` is None when the one on disk is up to date."""

    entree: Entree
    docx_bytes: bytes = b""
    pdf_bytes: bytes | None = None


def relier(plan: Plan, entrees: Sequence[Entree], avant: Entree | None, atelier: Atelier) -> Relie:
    """Bind the documents of `plan` that are to be bound; `entrees` are theirs, in the same order.

    Raises `RenderError`, `AssemblyError`, `OfficeError`, `OSError`.
    """
    work = plan.ouvrage
    bound = a_relier(plan)
    parts = [
        assemble.Part(doc.titre, doc.groupe, _pdf(atelier.folder, e))
        for doc, e in zip(bound, entrees, strict=True)
    ]
    body = sum(e.pages for e in entrees)
    fictif = any(doc.fictif for doc in bound)
    sheets = 1 + len(parts) // _LIGNES_PAR_PAGE
    for _ in range(_ESSAIS):
        lines = [e for e in assemble.table(parts, sheets + 1) if e.niveau == 1]
        ctx = work.couverture([(e.groupe, e.titre, e.page) for e in lines], body + sheets, fictif)
        titre = str(ctx["titre"])
        mark = atelier.engine.fingerprint(work.template, ctx, titre=titre, jour=work.jour)
        whole = f"{mark} {[e.pdf for e in entrees]} {atelier.convertisseur} {__version__}"
        mark = hashlib.sha256(whole.encode()).hexdigest()
        if avant and avant.empreinte == mark and _intact(atelier.folder, avant):
            return Relie(avant)
        docx = atelier.engine.render(work.template, ctx, titre=titre, jour=work.jour, nominatif=True)
        cover, pages = _convert(docx, titre, plan, atelier)
        if pages == sheets:
            break
        sheets = pages
    else:
        raise assemble.AssemblyError("le nombre de pages du sommaire ne se stabilise pas")
    pdf = assemble.assemble(cover, parts, titre=titre, jour=work.jour)
    name = work.relie
    entree = Entree(
        ident=name,
        titre=titre,
        sorte="dossier",
        structure=None,
        fictif=fictif,
        empreinte=mark,
        docx=Fichier(COUVERTURE, empreinte(docx)),
        empreinte_pdf=mark,
        pages=body + sheets,
        pdf=Fichier(f"{name}.pdf", empreinte(pdf)),
    )
    return Relie(entree, docx, pdf)


def a_relier(plan: Plan) -> tuple[Document, ...]:
    """The documents of the plan that the bound PDF holds."""
    return tuple(d for d in plan.documents if d.relie)


def _pdf(folder: Path, entree: Entree) -> Path:
    if entree.pdf is None:
        raise assemble.AssemblyError(f"le PDF de « {entree.titre} » manque")
    return folder / entree.pdf.chemin


def _intact(folder: Path, entree: Entree) -> bool:
    return manifest.intact(folder, entree.docx) and manifest.intact(folder, entree.pdf)


def _convert(docx: bytes, titre: str, plan: Plan, atelier: Atelier) -> tuple[bytes, int]:
    if atelier.soffice is None:
        raise convert.OfficeError("LibreOffice est introuvable")
    found = next(
        convert.convert(
            {"couverture": docx},
            soffice=atelier.soffice,
            jour=plan.ouvrage.jour,
            titres={"couverture": titre},
            jobs=1,
            timeout=atelier.delai,
        )
    )
    if found.pdf is None:
        raise assemble.AssemblyError(found.error)
    return found.pdf, found.pages
