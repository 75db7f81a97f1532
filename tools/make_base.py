"""Make ``templates/base.docx``, the one Word file that all templates grow from.

Run once: ``python tools/make_base.py``. From then on the file belongs to the people who edit it in
Word, so it is never overwritten without ``--force``.

Style ids are the ones that a French Word writes (``Titre1`` for the built-in "heading 1"): Word
recomputes every id from the localised name each time it saves, so any other id would change under
the templates at the first save. For the same reason a style of ours has an ASCII name without
spaces, equal to its id, and never the name of a built-in style, in French or in English ("Mention"
is one since Word 2016, hence ``Bandeau``).

Measures are in twips (1 cm = 567), font sizes in half-points, border widths in eighths of a point.
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

import base_styles
from amorce import grow
from amorce_package import write_package
from PIL import Image, ImageDraw

BASE = Path(__file__).resolve().parent.parent / "templates" / "base.docx"

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PKG = "http://schemas.openxmlformats.org/package/2006"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
NS = f'xmlns:w="{W}" xmlns:r="{R}"'
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

PAGE_WIDTH, PAGE_HEIGHT = 11906, 16838  # A4
SIDE, BOTTOM = 1247, 1304  # 2.2 cm; 2.3 cm
TEXT_WIDTH = PAGE_WIDTH - 2 * SIDE
EMU_PER_CM = 360_000
EMBLEM_CM = 1.65
ALT = "Emblème du dossier : Département du Pas-de-Calais"

# What Word shows when base.docx itself is opened: every style at work, so that changing one is easy.
SPECIMEN = """@root
# Modèle de base
[Sous-titre] Les styles de tous les documents se règlent ici
[Bandeau] Bandeau : signale les données fictives
[Etiquette] Étiquette
## Titre 1 : un article
Corps : le texte courant, justifié, en **gras** ou en _italique_ au besoin.
### Titre 2 : une partie d'article
#### Titre 3 : un point
[Visa] Visa : vu le code général des collectivités territoriales ;
[Formule] Formule : il est convenu ce qui suit
[Partie] Partie : le Département du Pas-de-Calais, dont le siège est à Arras,
- Puce : premier niveau
-- Puce2 : second niveau
[Numero] 1.{tab}Numero : le numéro est tapé, le texte est en retrait
[Citation] « Citation : le texte de remplacement d'un article modifié. »
[CorpsSuite] CorpsSuite : le texte courant après un tableau.
[Note] Note : une précision en petits caractères.
[TM1] Sommaire, niveau 1{tab}1
[TM2] Sommaire, niveau 2{tab}1
|= style=TableauDonnees widths=8.6,4,4 align=l,c,r alt=Exemple de tableau de données
|! Libellé | Places | Montant
| Cellule | 60 | 30 000,00 €
|s Sous-total | 60 | 30 000,00 €
|t Total | 60 | 30 000,00 €
|=end
|= style=TableauAnnexe widths=3.6,13 alt=Exemple d'annexe technique
| Intitulé | [CelluleTitre] Sous-titre // Cellule // - CellulePuce // -- CellulePuce2
|+ [CelluleNumero] 1.{tab}CelluleNumero
|=end
|= style=TableauNu widths=8.3,8.3
|k Signature : pour le Département, // [Signataire] Signataire | Pour la structure, // [Signataire] Signataire
|=end
"""


def emblem() -> bytes:
    """The drawn mark as a PNG: nine points, the nine territoires, joined by one path.

    Sixteen colours and no transparency: LibreOffice then keeps it lossless, and PDF/A stays simple. Three
    hundred points to the inch: at twice as many, deflating them took 6 % of the conversion of an act.
    """
    side, scale = 195, 8
    navy, pale, gold = (27, 54, 93), (255, 255, 255), (201, 162, 75)
    big = side * scale
    image = Image.new("RGB", (big, big), pale)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, big - 1, big - 1), radius=big // 7, fill=navy)
    step, start = big * 0.26, big * 0.24
    points = [(start + step * x, start + step * y) for y in range(3) for x in range(3)]
    path = [points[6], points[3], points[4], points[1], points[2]]
    draw.line(path, fill=gold, width=big // 18, joint="curve")
    for index, (x, y) in enumerate(points):
        joined = index in (6, 3, 4, 1, 2)
        radius = big * (0.085 if joined else 0.062)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=pale)
    small = image.resize((side, side), Image.Resampling.LANCZOS).quantize(16)
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True, bits=4)
    return out.getvalue()


def field(instruction: str, cached: str) -> str:
    """Runs of a complex field showing `cached` until the field is computed."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f"<w:r><w:t>{cached}</w:t></w:r>"
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def picture() -> str:
    """The inline drawing of the emblem, with its alternative text."""
    size = round(EMBLEM_CM * EMU_PER_CM)
    extent = f'cx="{size}" cy="{size}"'
    return (
        f'<w:r><w:drawing><wp:inline xmlns:wp="{DRAWING}/wordprocessingDrawing" '
        'distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent {extent}/><wp:docPr id="1" name="Emblème" descr="{ALT}"/>'
        f'<a:graphic xmlns:a="{DRAWING}/main"><a:graphicData uri="{DRAWING}/picture">'
        f'<pic:pic xmlns:pic="{DRAWING}/picture">'
        f'<pic:nvPicPr><pic:cNvPr id="1" name="embleme.png" descr="{ALT}"/><pic:cNvPicPr/></pic:nvPicPr>'
        '<pic:blipFill><a:blip r:embed="rId1"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {extent}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def letterhead() -> str:
    """Header of the first page: emblem on the left, the institution's name on the right."""
    left, right = 1160, TEXT_WIDTH - 1160
    lines = (
        ("EnteteNom", "Département du Pas-de-Calais"),
        ("EnteteService", "Pôle Solidarités"),
        ("EnteteService", "Direction des Politiques d’Inclusion Durable"),
    )
    text = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{line}</w:t></w:r></w:p>'
        for style, line in lines
    )
    return (
        f'{HEAD}<w:hdr {NS}><w:tbl><w:tblPr><w:tblStyle w:val="TableauNu"/>'
        f'<w:tblW w:w="{TEXT_WIDTH}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar>'
        '<w:tblLook w:val="0000"/></w:tblPr>'
        f'<w:tblGrid><w:gridCol w:w="{left}"/><w:gridCol w:w="{right}"/></w:tblGrid><w:tr>'
        f'<w:tc><w:tcPr><w:tcW w:w="{left}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="EnteteService"/></w:pPr>{picture()}</w:p></w:tc>'
        f'<w:tc><w:tcPr><w:tcW w:w="{right}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>{text}</w:tc>'
        '</w:tr></w:tbl><w:p><w:pPr><w:pStyle w:val="EnteteFilet"/></w:pPr></w:p></w:hdr>'
    )


def running_header() -> str:
    """Header of the following pages: the short title of the document, small."""
    return (
        f'{HEAD}<w:hdr {NS}><w:p><w:pPr><w:pStyle w:val="En-tte"/></w:pPr>'
        "<w:r><w:t>{{ titre_court }}</w:t></w:r></w:p></w:hdr>"
    )


def footer() -> str:
    """Footer of every page: the act's reference on the left, « Page x sur y » on the right."""
    nbsp = "\u00a0"
    return (
        f'{HEAD}<w:ftr {NS}><w:p><w:pPr><w:pStyle w:val="Pieddepage"/></w:pPr>'
        "<w:r><w:t>{{ pied }}</w:t></w:r><w:r><w:tab/></w:r>"
        f'<w:r><w:t xml:space="preserve">Page{nbsp}</w:t></w:r>{field("PAGE", "1")}'
        f'<w:r><w:t xml:space="preserve"> sur{nbsp}</w:t></w:r>{field("NUMPAGES", "1")}</w:p></w:ftr>'
    )


def document() -> str:
    """An empty body with the section that templates inherit."""
    references = "".join(
        f'<w:{part}Reference w:type="{kind}" r:id="{part}-{kind}"/>'
        for kind in ("first", "default")
        for part in ("header", "footer")
    )
    return (
        f'{HEAD}<w:document {NS}><w:body><w:p><w:pPr><w:pStyle w:val="Corps"/></w:pPr></w:p>'
        f'<w:sectPr>{references}<w:pgSz w:w="{PAGE_WIDTH}" w:h="{PAGE_HEIGHT}"/>'
        f'<w:pgMar w:top="{SIDE}" w:right="{SIDE}" w:bottom="{BOTTOM}" w:left="{SIDE}" '
        'w:header="567" w:footer="680" w:gutter="0"/><w:titlePg/></w:sectPr></w:body></w:document>'
    )


def settings() -> str:
    """Settings of a document of today's Word, in French."""
    compat = "".join(
        f'<w:compatSetting w:name="{name}" w:uri="http://schemas.microsoft.com/office/word" w:val="{value}"/>'
        for name, value in (
            ("compatibilityMode", "15"),
            ("overrideTableStyleFontSizeAndJustification", "1"),
            ("enableOpenTypeFeatures", "1"),
            ("doNotFlipMirrorIndents", "1"),
            ("differentiateMultirowTableHeaders", "1"),
        )
    )
    return (
        f'{HEAD}<w:settings {NS}><w:zoom w:percent="100"/><w:defaultTabStop w:val="567"/>'
        '<w:characterSpacingControl w:val="doNotCompress"/>'
        f'<w:compat>{compat}</w:compat><w:themeFontLang w:val="fr-FR"/>'
        '<w:decimalSymbol w:val=","/><w:listSeparator w:val=";"/></w:settings>'
    )


def font_table() -> str:
    """Arial, and the metric-compatible font to use where it is missing."""
    return (
        f'{HEAD}<w:fonts {NS}><w:font w:name="Arial"><w:altName w:val="Liberation Sans"/>'
        '<w:panose1 w:val="020B0604020202020204"/><w:charset w:val="00"/><w:family w:val="swiss"/>'
        '<w:pitch w:val="variable"/></w:font></w:fonts>'
    )


def relationships(*targets: tuple[str, str, str]) -> str:
    """A .rels part from (id, type suffix, target)."""
    rows = "".join(f'<Relationship Id="{i}" Type="{kind}" Target="{to}"/>' for i, kind, to in targets)
    return f'{HEAD}<Relationships xmlns="{PKG}/relationships">{rows}</Relationships>'


def content_types() -> str:
    """Types of the parts of the package."""
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    parts = {
        "document": "document.main",
        "styles": "styles",
        "numbering": "numbering",
        "settings": "settings",
        "fontTable": "fontTable",
        "header1": "header",
        "header2": "header",
        "footer1": "footer",
        "footer2": "footer",
    }
    rows = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{word}.{kind}+xml"/>'
        for name, kind in parts.items()
    )
    return (
        f'{HEAD}<Types xmlns="{PKG}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="png" ContentType="image/png"/>'
        f"{rows}"
        '<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    )


def core() -> str:
    """Properties of the base itself; the render engine writes those of each document."""
    day = "2024-12-09T00:00:00Z"
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="{PKG}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        "<dc:title>Modèle de base</dc:title><dc:creator>Département du Pas-de-Calais</dc:creator>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{day}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{day}</dcterms:modified>'
        "<dc:language>fr-FR</dc:language></cp:coreProperties>"
    )


def package() -> dict[str, bytes]:
    """Every part of base.docx, in the order in which they are stored."""
    texts = {
        "[Content_Types].xml": content_types(),
        "_rels/.rels": relationships(
            ("rId1", f"{R}/officeDocument", "word/document.xml"),
            ("rId2", f"{PKG}/relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "docProps/core.xml": core(),
        "word/document.xml": document(),
        "word/_rels/document.xml.rels": relationships(
            ("styles", f"{R}/styles", "styles.xml"),
            ("numbering", f"{R}/numbering", "numbering.xml"),
            ("settings", f"{R}/settings", "settings.xml"),
            ("fonts", f"{R}/fontTable", "fontTable.xml"),
            ("header-first", f"{R}/header", "header1.xml"),
            ("header-default", f"{R}/header", "header2.xml"),
            ("footer-first", f"{R}/footer", "footer1.xml"),
            ("footer-default", f"{R}/footer", "footer2.xml"),
        ),
        "word/styles.xml": base_styles.styles(TEXT_WIDTH),
        "word/numbering.xml": base_styles.numbering(),
        "word/settings.xml": settings(),
        "word/fontTable.xml": font_table(),
        "word/header1.xml": letterhead(),
        "word/_rels/header1.xml.rels": relationships(("rId1", f"{R}/image", "media/embleme.png")),
        "word/header2.xml": running_header(),
        "word/footer1.xml": footer(),
        "word/footer2.xml": footer(),
    }
    parts = {name: text.encode() for name, text in texts.items()}
    parts["word/media/embleme.png"] = emblem()
    return parts


def make(path: Path) -> None:
    """Write the base document at `path`, replacing any file there."""
    write_package(path, grow(SPECIMEN, package()))


def main() -> int:
    """Command line: exit code 0 when written, 1 when a file is in the way."""
    parser = argparse.ArgumentParser(description="Fabrique le modèle de base templates/base.docx.")
    parser.add_argument("sortie", nargs="?", type=Path, default=BASE, help="fichier à écrire")
    parser.add_argument("--force", action="store_true", help="remplacer un fichier existant")
    options = parser.parse_args()
    if options.sortie.exists() and not options.force:
        print(f"{options.sortie} existe déjà : --force pour le remplacer.", file=sys.stderr)
        return 1
    make(options.sortie)
    return 0


if __name__ == "__main__":
    sys.exit(main())
