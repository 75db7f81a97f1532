"""Documents for the tests of the proofreader: .docx, PDF and text made on the spot."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import docx
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from generator.diagnostics import Diagnostic
from generator.relecture import Releve, relire
from tests.mutations_kit import DOCUMENT, refait

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def lu(dossier: Path, contenu: str | bytes, nom: str = "acte.txt") -> Releve:
    """A file with this content, proofread; its name in messages is `nom`."""
    chemin = dossier / nom
    chemin.write_bytes(contenu.encode() if isinstance(contenu, str) else contenu)
    return relire(chemin, nom)


def codes(found: Releve | Sequence[Diagnostic]) -> list[str]:
    """Codes found, in order, typography left out."""
    diagnostics = found.diagnostics if isinstance(found, Releve) else found
    return [d.code for d in diagnostics if not d.code.startswith("RLT")]


def word(*contenu: str | Sequence[Sequence[str]], style: str = "") -> bytes:
    """A .docx: paragraphs, and tables given as rows of cells."""
    document = docx.Document()
    for bloc in contenu:
        if isinstance(bloc, str):
            document.add_paragraph(bloc, style or None)
            continue
        table = document.add_table(rows=0, cols=len(bloc[0]))
        for rang in bloc:
            for case, texte in zip(table.add_row().cells, rang, strict=True):
                case.text = texte
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def pdf(*pages: Sequence[str | tuple[str, ...]], pied: str = "") -> bytes:
    """A PDF: the lines of each page; a tuple is a row of cells. `pied` is formatted with page and pages."""
    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for numero, lignes in enumerate(pages, 1):
        canvas.setFont("Vera", 10)
        for rang, ligne in enumerate(lignes):
            for colonne, texte in enumerate(ligne if isinstance(ligne, tuple) else (ligne,)):
                canvas.drawString(60 + 160 * colonne, 780 - 16 * rang, texte)
        if pied:
            canvas.drawString(60, 30, pied.format(page=numero, pages=len(pages)))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def acte(
    *articles: str,
    titre: str = "Avenant n° 1 à la convention n° 2024-00123",
    convention: str = "2024-00123",
    signee: str = "3 juin 2024",
    autorise: str = "9 décembre 2024",
    visee: str = "9 décembre 2024",
    siret: str = "186 200 093 00083",
    fin: str = "Fait en deux exemplaires.\nÀ Arras, le ……………………\n",
) -> str:
    """The text of an act between the Département and a structure."""
    return (
        f"{titre}\nObjet : accompagnement des publics\nEntre les soussignés :\n"
        "Le Département du Pas-de-Calais, représenté par son Président, autorisé par délibération de la\n"
        f"Commission Permanente du {autorise},\nci-après « le Département », d’une part,\net\n"
        f"L’association Les Quatre Chemins, numéro SIRET {siret}, d’autre part.\n"
        f"Vu la convention n° {convention} signée le {signee} ;\n"
        f"Vu la délibération de la Commission Permanente en date du {visee} ;\nIl est convenu ce qui suit :\n"
        + "\n".join(articles)
        + f"\n{fin}"
    )


def corps(xml: str) -> bytes:
    """A .docx whose body is this XML."""

    def edit(parties: dict[str, bytes]) -> None:
        parties[DOCUMENT] = (
            f'<w:document xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
            f"<w:body>{xml}</w:body></w:document>"
        ).encode()

    return refait(word("x"), edit)


def p(texte: str, pr: str = "") -> str:
    """A paragraph of one run, as XML; `pr` goes before the run."""
    return f"<w:p>{pr}<w:r><w:t>{texte}</w:t></w:r></w:p>"
