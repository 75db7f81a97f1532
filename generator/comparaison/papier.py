"""The report on paper: the same words as the page, as a PDF made by LibreOffice."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from generator.comparaison.changements import Changement
from generator.comparaison.genres import TITRES, Genre
from generator.comparaison.rapport import Entete, Ligne, bilan_court, ordonner
from generator.convert import OfficeError, find_soffice, normalise
from generator.convert.office import FILTER, Office
from generator.diagnostics import francais

_TITRE: Final = "Ce qui a changé"
_LARGEURS: Final = (9.0, 2.2, 2.4, 2.0, 2.0, 2.4, 2.7, 3.1)  # columns of the summary, in centimetres
_ROUGE, _VERT, _GRIS = RGBColor(0xA4, 0, 0), RGBColor(0x0B, 0x5A, 0x1E), RGBColor(0x59, 0x59, 0x59)
_FEUILLE: Final = dt.datetime(2000, 1, 1)  # the file in between carries no day: the PDF does


class PapierError(Exception):
    """No PDF of the report. `message` is French."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def en_pdf(entete: Entete, lignes: Sequence[Ligne], jour: dt.date, delai: float = 300) -> bytes:
    """The report as a PDF dated `jour`; `delai` in seconds. Raises PapierError."""
    soffice = find_soffice()
    if soffice is None:
        raise PapierError("LibreOffice est introuvable")
    # Not `convert`: it refuses a PDF that lost words of its .docx, and takes for one the old words that stand
    # against the new (« 2022 » struck then « 19 » are one word in the .docx, two on the page).
    try:
        with Office(soffice) as office:
            feuille = office.room / "rapport.docx"
            feuille.write_bytes(en_docx(entete, lignes))
            arguments = ["--convert-to", FILTER, "--outdir", str(office.room), str(feuille)]
            process = office.start(arguments, office.room / "profil")
            if process is not None:
                try:
                    process.wait(timeout=delai)
                except subprocess.TimeoutExpired as e:
                    raise PapierError(f"LibreOffice n’a rien donné au bout de {delai:g} s") from e
                finally:
                    office.end(process)
            return normalise(feuille.with_suffix(".pdf").read_bytes(), jour, _TITRE)
    except OfficeError as e:
        raise PapierError(e.message) from e
    except OSError as e:
        raise PapierError("LibreOffice n’a pas converti la page") from e


def en_docx(entete: Entete, lignes: Sequence[Ligne]) -> bytes:
    """The report as a Word document, on landscape pages."""
    d = docx.Document()
    _feuille(d)
    d.add_heading(_TITRE, 0)
    d.add_paragraph(f"De «\u00a0{entete.ancien}\u00a0» à «\u00a0{entete.nouveau}\u00a0».")
    ordre = ordonner(lignes)
    d.add_paragraph(francais(bilan_court(ordre, entete.identiques)))
    if ordre:
        _sommaire(d, ordre)
    for x in ordre:
        d.add_heading(x.titre, 1)
        _gris(d.add_paragraph(), f"{x.cle}, {x.etat}")
        for finding in x.diagnostics:
            d.add_paragraph(francais(f"{finding.code} : {finding.message}"))
        partie = "corps"
        for c in x.changements:
            if c.partie != partie:
                partie = c.partie
                d.add_heading(partie[:1].upper() + partie[1:], 2)
            _changement(d, c)
    out = io.BytesIO()
    d.save(out)
    return out.getvalue()


def _feuille(d: Document) -> None:
    section = d.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Cm(1.8))
    normal: Any = d.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(10)
    normal.paragraph_format.space_after = Pt(4)
    for name in ("Title", "Heading 1", "Heading 2"):
        style: Any = d.styles[name]
        style.font.name, style.font.color.rgb = "Arial", RGBColor(0x1F, 0x4E, 0x79)
        fonts = style.element.rPr.rFonts
        for slot in [k for k in fonts.attrib if "Theme" in k]:
            del fonts.attrib[slot]
    for lang in d.styles.element.iter(qn("w:lang")):
        lang.set(qn("w:val"), "fr-FR")
    d.core_properties.title = _TITRE
    d.core_properties.author = "Convenant"
    d.core_properties.created = d.core_properties.modified = _FEUILLE


def _sommaire(d: Document, lignes: Sequence[Ligne]) -> None:
    table = d.add_table(1, 2 + len(Genre), style="Table Grid")
    for cell, text in zip(table.rows[0].cells, ["document", "état", *TITRES.values()], strict=True):
        cell.paragraphs[0].add_run(text).bold = True
    mark = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(mark)
    for x in lignes:
        compte = Counter(g for c in x.changements for g in c.genres)
        values = [x.titre, x.etat, *(str(compte[g] or "–") for g in Genre)]
        for cell, text in zip(table.add_row().cells, values, strict=True):
            cell.text = text
    table.autofit = False
    for column, width in zip(table.columns, _LARGEURS, strict=True):
        column.width = Cm(width)
        for cell in column.cells:
            cell.width = Cm(width)
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _gris(p: Any, text: str) -> None:
    run = p.add_run(text)
    run.font.color.rgb, run.font.size = _GRIS, Pt(8.5)


def _changement(d: Document, c: Changement) -> None:
    p = d.add_paragraph()
    p.paragraph_format.keep_with_next = bool(c.morceaux)
    p.paragraph_format.space_after = Pt(0)
    kinds = ", ".join(TITRES[g] for g in c.genres)
    _gris(p, " – ".join(x for x in (kinds, c.lieu, c.note) if x))
    if not c.morceaux:
        return
    p = d.add_paragraph()
    p.paragraph_format.left_indent = Cm(0.5)
    for m in c.morceaux:
        run = p.add_run(m.texte)
        if m.sorte == "retire":
            run.font.strike, run.font.color.rgb = True, _ROUGE
        elif m.sorte == "ajoute":
            run.font.underline, run.font.color.rgb = True, _VERT
