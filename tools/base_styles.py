"""Styles and numbering of ``templates/base.docx``, for :mod:`make_base`; twips and half-points."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

NAVY = "1B365D"
GREY = "595959"  # 7:1 on white, readable in print and on screen
RULE = "B8C4D6"
FILL = "E9EEF5"
LIGHT = "F4F6FA"

BODY_BULLETS, CELL_BULLETS = 1, 2  # numId


def border(side: str, size: int, color: str = NAVY, space: int = 0) -> str:
    """One border element; size 0 means none."""
    line = "single" if size else "nil"
    return f'<w:{side} w:val="{line}" w:sz="{size}" w:space="{space}" w:color="{color}"/>'


def ppr(
    *,
    keep: bool = False,
    keep_lines: bool = False,
    num: tuple[int, int] | None = None,
    borders: str = "",
    fill: str = "",
    tabs: str = "",
    before: int = 0,
    after: int = 0,
    line: int = 0,
    exact: bool = False,
    left: int = 0,
    right: int = 0,
    hanging: int = 0,
    contextual: bool = False,
    align: str = "",
    level: int | None = None,
) -> str:
    """Paragraph properties in the order that the schema asks for."""
    parts = []
    if keep:
        parts.append("<w:keepNext/>")
    if keep_lines:
        parts.append("<w:keepLines/>")
    if num:
        parts.append(f'<w:numPr><w:ilvl w:val="{num[1]}"/><w:numId w:val="{num[0]}"/></w:numPr>')
    if borders:
        parts.append(f"<w:pBdr>{borders}</w:pBdr>")
    if fill:
        parts.append(f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>')
    if tabs:
        parts.append(f"<w:tabs>{tabs}</w:tabs>")
    rule = f' w:line="{line}" w:lineRule="{"exact" if exact else "auto"}"' if line else ""
    parts.append(f'<w:spacing w:before="{before}" w:after="{after}"{rule}/>')
    if left or right or hanging:
        parts.append(f'<w:ind w:left="{left}" w:right="{right}" w:hanging="{hanging}"/>')
    if contextual:
        parts.append("<w:contextualSpacing/>")
    if align:
        parts.append(f'<w:jc w:val="{align}"/>')
    if level is not None:
        parts.append(f'<w:outlineLvl w:val="{level}"/>')
    return f"<w:pPr>{''.join(parts)}</w:pPr>"


def rpr(
    *,
    bold: bool = False,
    italic: bool = False,
    color: str = "",
    size: int = 0,
    spacing: int = 0,
    hidden: bool = False,
) -> str:
    """Run properties in the order that the schema asks for."""
    parts = []
    if bold:
        parts.append("<w:b/><w:bCs/>")
    if italic:
        parts.append("<w:i/><w:iCs/>")
    if hidden:
        parts.append("<w:vanish/>")
    if color:
        parts.append(f'<w:color w:val="{color}"/>')
    if spacing:
        parts.append(f'<w:spacing w:val="{spacing}"/>')
    if size:
        parts.append(f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>')
    return f"<w:rPr>{''.join(parts)}</w:rPr>" if parts else ""


def paragraph(
    rank: int,
    style_id: str,
    properties: str,
    runs: str = "",
    *,
    builtin: str = "",
    base: str = "Normal",
    following: str = "",
) -> str:
    """A paragraph style. `builtin` is Word's own (English) name when the style is one of Word's."""
    custom = "" if builtin else ' w:customStyle="1"'
    name = builtin or style_id
    after = f'<w:next w:val="{following}"/>' if following else ""
    return (
        f'<w:style w:type="paragraph"{custom} w:styleId={quoteattr(style_id)}>'
        f'<w:name w:val="{name}"/><w:basedOn w:val="{base}"/>{after}'
        f'<w:uiPriority w:val="{rank}"/><w:qFormat/>{properties}{runs}</w:style>'
    )


def table(style_id: str, properties: str, conditional: str = "") -> str:
    """A table style of ours."""
    return (
        f'<w:style w:type="table" w:customStyle="1" w:styleId="{style_id}"><w:name w:val="{style_id}"/>'
        '<w:basedOn w:val="TableauNormal"/><w:uiPriority w:val="60"/><w:qFormat/>'
        f"<w:tblPr>{properties}</w:tblPr>{conditional}</w:style>"
    )


def margins(vertical: int, left: int, right: int) -> str:
    """Default cell margins of a table."""
    sides = (("top", vertical), ("left", left), ("bottom", vertical), ("right", right))
    cells = "".join(f'<w:{name} w:w="{value}" w:type="dxa"/>' for name, value in sides)
    return f"<w:tblCellMar>{cells}</w:tblCellMar>"


def defaults() -> str:
    """Document defaults, hidden built-in styles, and the four styles that every document has."""
    lang = '<w:lang w:val="fr-FR" w:eastAsia="fr-FR" w:bidi="ar-SA"/>'
    arial = '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="Arial" w:cs="Arial"/>'
    return (
        f'<w:docDefaults><w:rPrDefault><w:rPr>{arial}<w:sz w:val="20"/><w:szCs w:val="20"/>{lang}</w:rPr>'
        "</w:rPrDefault><w:pPrDefault><w:pPr><w:widowControl/>"
        '<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/></w:pPr></w:pPrDefault>'
        "</w:docDefaults>"
        # One element hides the other 370 built-in styles: the gallery shows ours and nothing else.
        '<w:latentStyles w:defLockedState="0" w:defUIPriority="99" w:defSemiHidden="1" '
        'w:defUnhideWhenUsed="0" w:defQFormat="0" w:count="376"/>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        f'<w:uiPriority w:val="90"/><w:pPr><w:widowControl/></w:pPr><w:rPr>{lang}</w:rPr></w:style>'
        '<w:style w:type="character" w:default="1" w:styleId="Policepardfaut">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="99"/><w:semiHidden/></w:style>'
        # LibreOffice links only the runs that have a character style.
        '<w:style w:type="character" w:styleId="Lienhypertexte"><w:name w:val="Hyperlink"/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableauNormal"><w:name w:val="Normal Table"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/>'
        f'<w:tblPr><w:tblInd w:w="0" w:type="dxa"/>{margins(0, 85, 85)}</w:tblPr></w:style>'
        '<w:style w:type="numbering" w:default="1" w:styleId="Aucuneliste"><w:name w:val="No List"/>'
        '<w:uiPriority w:val="99"/><w:semiHidden/></w:style>'
    )


def headings() -> str:
    """Title, subtitle and the headings that make the outline of Word and the bookmarks of the PDF."""
    rules = border("top", 8, space=7) + border("bottom", 8, space=7)
    title = rpr(bold=True, color=NAVY, size=30)
    return "".join(
        (
            paragraph(
                1,
                "Titre",
                ppr(keep=True, keep_lines=True, borders=rules, before=280, after=240, align="center"),
                title,
                builtin="Title",
                following="Corps",
            ),
            paragraph(
                2,
                "Sous-titre",
                ppr(keep=True, keep_lines=True, before=0, after=160, align="center"),
                rpr(color=NAVY, size=22),
                builtin="Subtitle",
                following="Corps",
            ),
            paragraph(
                3,
                "Titre1",
                ppr(keep=True, keep_lines=True, before=300, after=100, level=0),
                rpr(bold=True, color=NAVY, size=23),
                builtin="heading 1",
                following="Corps",
            ),
            paragraph(
                4,
                "Titre2",
                ppr(keep=True, keep_lines=True, before=200, after=80, level=1),
                rpr(bold=True, color=NAVY, size=20),
                builtin="heading 2",
                following="Corps",
            ),
            paragraph(
                5,
                "Titre3",
                ppr(keep=True, keep_lines=True, before=140, after=60, level=2),
                rpr(bold=True, italic=True, color=NAVY, size=20),
                builtin="heading 3",
                following="Corps",
            ),
        )
    )


def bullet(rank: int, style_id: str, depth: int, left: int) -> str:
    """A bullet style: its paragraphs stand close together, apart from the text that follows them."""
    num, air = (BODY_BULLETS, depth), 120
    shape = ppr(num=num, line=264, after=air, left=left, hanging=284, contextual=True, align="both")
    return paragraph(rank, style_id, shape)


def bodies(width: int) -> str:
    """Paragraph styles of the running text."""
    box = "".join(border(side, 6, "8A5A00", 4) for side in ("top", "left", "bottom", "right"))
    dots = f'<w:tab w:val="right" w:leader="dot" w:pos="{width}"/>'
    edge = border("left", 12, RULE, 8)
    tab = '<w:tab w:val="left" w:pos="567"/>'
    return "".join(
        (
            paragraph(10, "Corps", ppr(line=264, align="both", after=120)),
            paragraph(
                11, "CorpsSuite", ppr(before=160, after=120, line=264), base="Corps", following="Corps"
            ),
            paragraph(12, "Visa", ppr(line=264, align="both", after=90)),
            paragraph(13, "Partie", ppr(line=264, align="both", after=120, left=425)),
            paragraph(
                14,
                "Formule",
                ppr(keep=True, before=180, after=160, align="center"),
                rpr(bold=True, color=NAVY),
                following="Corps",
            ),
            paragraph(
                15,
                "Citation",
                ppr(line=264, align="both", borders=edge, after=120, left=567, right=284),
                builtin="Quote",
            ),
            bullet(16, "Puce", 0, 454),
            bullet(17, "Puce2", 1, 794),
            paragraph(18, "Numero", ppr(line=264, align="both", tabs=tab, after=60, left=567, hanging=397)),
            paragraph(
                19,
                "Etiquette",
                ppr(keep=True, after=60, align="right"),
                rpr(bold=True, color=NAVY, size=20, spacing=10),
                following="Titre",
            ),
            paragraph(
                20,
                "Bandeau",
                ppr(
                    keep_lines=True,
                    borders=box,
                    fill="FFF4D6",
                    before=120,
                    after=160,
                    left=113,
                    right=113,
                    align="center",
                ),
                rpr(bold=True, color="5F3B00", size=18),
            ),
            paragraph(21, "Note", ppr(before=40, after=80), rpr(color=GREY, size=17)),
            paragraph(22, "Signature", ppr(keep_lines=True, after=60), builtin="Signature"),
            # The room above the name is where one signs: no empty paragraphs.
            paragraph(23, "Signataire", ppr(before=1100, after=60), rpr(bold=True), base="Signature"),
            paragraph(
                24,
                "TM1",
                ppr(tabs=dots, before=120, after=30),
                rpr(bold=True, color=NAVY),
                builtin="toc 1",
            ),
            paragraph(25, "TM2", ppr(tabs=dots, after=20, left=284), builtin="toc 2"),
            paragraph(80, "Balise", ppr(after=0), rpr(italic=True, color="7A4B9A", size=16)),
            # Hidden: after a table that fills its page, even one visible point would make a blank page.
            paragraph(81, "Vide", ppr(line=20, exact=True), rpr(hidden=True, size=2)),
            paragraph(82, "Espace", ppr(before=200, line=20, exact=True), rpr(size=2)),
        )
    )


def cells() -> str:
    """Paragraph styles of table cells."""
    small = rpr(size=18)
    strong = rpr(bold=True, color=NAVY, size=18)
    tab = '<w:tab w:val="left" w:pos="340"/>'
    based = "Cellule"
    return "".join(
        (
            paragraph(40, "Cellule", ppr(keep_lines=True, before=10, after=30), small),
            paragraph(41, "CelluleMontant", ppr(before=10, after=30, align="right"), base=based),
            paragraph(42, "CelluleCentre", ppr(before=10, after=30, align="center"), base=based),
            paragraph(43, "CelluleEntete", ppr(before=10, after=30), strong, base=based),
            paragraph(44, "CelluleTotal", ppr(before=10, after=30), rpr(bold=True), base=based),
            paragraph(
                45, "CelluleTitre", ppr(keep=True, before=60, after=40), strong, base=based, following=based
            ),
            paragraph(
                46,
                "CellulePuce",
                ppr(num=(CELL_BULLETS, 0), before=0, after=20, left=255, hanging=198),
                base=based,
            ),
            paragraph(
                47,
                "CellulePuce2",
                ppr(num=(CELL_BULLETS, 1), before=0, after=20, left=482, hanging=198),
                base=based,
            ),
            paragraph(
                48, "CelluleNumero", ppr(tabs=tab, before=10, after=30, left=340, hanging=340), base=based
            ),
        )
    )


def margins_text(width: int) -> str:
    """Styles of headers and footers."""
    right = f'<w:tab w:val="right" w:pos="{width}"/>'
    grey = rpr(color=GREY, size=16)
    rule_below = border("bottom", 4, RULE, 3)
    return "".join(
        (
            paragraph(70, "En-tte", ppr(after=0, align="right"), grey, builtin="header"),
            paragraph(
                71, "Pieddepage", ppr(borders=border("top", 4, RULE, 4), tabs=right), grey, builtin="footer"
            ),
            paragraph(72, "EnteteNom", ppr(after=30), rpr(bold=True, color=NAVY, size=26)),
            paragraph(73, "EnteteService", ppr(after=0), rpr(color=NAVY, size=18)),
            paragraph(
                74, "EnteteFilet", ppr(borders=rule_below, after=160, line=80, exact=True), rpr(size=4)
            ),
        )
    )


def tables() -> str:
    """Table styles: figures, technical annexes, a bare grid for signatures.

    The rule between two rows is the top of the lower one, never w:insideH, which is also the bottom of the
    upper one: LibreOffice 7.4 loses rows over such a rule at the end of a page (see amorce_table).
    """
    edges = border("top", 8) + border("bottom", 8)
    rows = '<w:tblStyleRowBandSize w:val="1"/>'
    data = f"{rows}<w:tblBorders>{edges}</w:tblBorders>{margins(28, 85, 85)}"
    annex = f"{rows}<w:tblBorders>{edges}{border('insideV', 4, RULE)}</w:tblBorders>{margins(45, 100, 100)}"
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{FILL}"/>'
    below, above = border("bottom", 8), border("top", 4, RULE)
    first_row = region("firstRow", f'<w:tcBorders>{below}</w:tcBorders>{shade}<w:vAlign w:val="center"/>')
    line = f"<w:tcBorders>{above}</w:tcBorders>"
    ruled = first_row + region("band1Horz", line) + region("band2Horz", line)
    return (
        table("TableauDonnees", data, ruled)
        + table("TableauAnnexe", annex, ruled + region("firstCol", shade))
        + table("TableauNu", margins(0, 0, 170))
    )


def region(kind: str, cell: str) -> str:
    """What a table style adds to the cells of one region of the table."""
    return f'<w:tblStylePr w:type="{kind}"><w:tcPr>{cell}</w:tcPr></w:tblStylePr>'


def styles(width: int) -> str:
    """The whole styles part, for a text `width` in twips."""
    parts = (defaults(), headings(), bodies(width), cells(), margins_text(width), tables())
    return f'{HEAD}<w:styles xmlns:w="{W}">{"".join(parts)}</w:styles>'


def level(index: int, style: str, mark: str, left: int, hanging: int) -> str:
    """One bullet level, bound to the paragraph style that shows it."""
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:pStyle w:val="{style}"/>'
        f'<w:lvlText w:val="{mark}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="{left}" w:hanging="{hanging}"/></w:pPr>'
        '<w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial" w:hint="default"/>'
        f'<w:color w:val="{NAVY}"/></w:rPr></w:lvl>'
    )


def numbering() -> str:
    """Bullets of the text and of the cells. Numbers are typed by the data, so there is no counter."""
    body = level(0, "Puce", "•", 454, 284) + level(1, "Puce2", "–", 794, 284)
    cell = level(0, "CellulePuce", "•", 255, 198) + level(1, "CellulePuce2", "–", 482, 198)
    lists = ((BODY_BULLETS, body), (CELL_BULLETS, cell))
    abstract = "".join(
        f'<w:abstractNum w:abstractNumId="{n}"><w:multiLevelType w:val="multilevel"/>{levels}</w:abstractNum>'
        for n, levels in lists
    )
    numbers = "".join(f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>' for n, _ in lists)
    return f'{HEAD}<w:numbering xmlns:w="{W}">{abstract}{numbers}</w:numbering>'
