"""Small .docx written by hand, with what python-docx does not do: notes, boxes, images, sections."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ML = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xff"
    b"\xff?\0\x05\xfe\x02\xfe\xa75\x81\x84\0\0\0\0IEND\xaeB`\x82"
)
_LISTES = (
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{}"/>'
    '<w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)
TEXTE = [
    "Article 1 – Objet de la convention",
    "Le Département verse à la structure une participation de 45\u00a0000\u00a0€ au plus.",
    "Le bilan est remis avant le 31 mars 2025, en deux exemplaires.",
    "Article 2 – Durée de la convention",
    "La convention prend effet à sa signature et court jusqu’au 31 décembre 2025.",
]


def r(text: str, props: str = "") -> str:
    """A run."""
    pr = f"<w:rPr>{props}</w:rPr>" if props else ""
    return f'<w:r>{pr}<w:t xml:space="preserve">{text}</w:t></w:r>'


def p(inside: str, props: str = "") -> str:
    """A paragraph of runs."""
    return f"<w:p>{f'<w:pPr>{props}</w:pPr>' if props else ''}{inside}</w:p>"


def textes(*texts: str) -> str:
    """Paragraphs of plain text."""
    return "".join(p(r(t)) for t in texts)


def tableau(*rows: tuple[str, ...], props: str = "") -> str:
    """A table; a cell is text, or XML that starts with « < »."""
    cells = lambda row: "".join(f"<w:tc><w:tcPr/>{c if c[:1] == '<' else p(r(c))}</w:tc>" for c in row)  # noqa: E731
    grid = "<w:tblGrid>" + "<w:gridCol/>" * len(rows[0]) + "</w:tblGrid>"
    body = "".join(f"<w:tr>{cells(row)}</w:tr>" for row in rows)
    return f"<w:tbl><w:tblPr><w:tblW w:w='0' w:type='auto'/>{props}</w:tblPr>{grid}{body}</w:tbl>"


def note(ident: int, sorte: str = "footnote") -> str:
    """A run that calls a note."""
    return f'<w:r><w:{sorte}Reference w:id="{ident}"/></w:r>'


def boite(text: str) -> str:
    """A run that anchors a text box."""
    return (
        '<w:r><w:drawing><wp:inline><wp:extent cx="900000" cy="300000"/><wp:docPr id="1" name="Zone"/>'
        '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
        '<wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:prstGeom prst="rect"/></wps:spPr><wps:txbx>'
        f"<w:txbxContent>{textes(text)}</w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData>"
        "</a:graphic></wp:inline></w:drawing></w:r>"
    )


def image(rel: str = "rIdImg") -> str:
    """A run that shows a picture."""
    return (
        '<w:r><w:drawing><wp:inline><wp:extent cx="90000" cy="90000"/><wp:docPr id="7" name="Logo"/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        '<pic:nvPicPr><pic:cNvPr id="7" name="Logo"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{rel}"/></pic:blipFill><pic:spPr/></pic:pic></a:graphicData>'
        "</a:graphic></wp:inline></w:drawing></w:r>"
    )


def lien(text: str) -> str:
    """A link to an outside address."""
    return f'<w:hyperlink r:id="rIdLien">{r(text)}</w:hyperlink>'


def champ(code: str, shown: str) -> str:
    """A complex field."""
    char = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format
    return (
        char("begin")
        + f"<w:r><w:instrText> {code} </w:instrText></w:r>"
        + char("separate")
        + r(shown)
        + char("end")
    )


def section(marge: int = 1134, refs: str = "") -> str:
    """Page set-up of a section."""
    return (
        f'<w:sectPr>{refs}<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="{marge}" w:right="1134" '
        'w:bottom="1134" w:left="1134" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>'
    )


def docx(
    corps: str,
    sect: str = section(),
    *,
    notes: Mapping[int, str] | None = None,
    fins: Mapping[int, str] | None = None,
    commentaires: Mapping[int, str] | None = None,
    entete: str | None = None,
    pied: str | None = None,
    png: bytes = _PNG,
    adresse: str = "https://exemple.fr/",
    liste: str = "decimal",
    corps_police: str = "22",
) -> bytes:
    """A .docx of these stories. The header and the footer are those of every section."""
    refs = "".join(
        f'<w:{nom}Reference w:type="default" r:id="rId{nom}"/>'
        for nom, text in (("header", entete), ("footer", pied))
        if text is not None
    )
    sect = sect.replace("<w:sectPr>", f"<w:sectPr>{refs}")
    styles = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        f'<w:rPr><w:sz w:val="{corps_police}"/></w:rPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Titre1"><w:name w:val="heading 1"/></w:style>'
    )
    parts = {
        "document": ("document", f"<w:body>{corps}{sect}</w:body>", f"{_ML}.document.main+xml"),
        "styles": ("styles", styles, f"{_ML}.styles+xml"),
        "numbering": ("numbering", _LISTES.format(liste), f"{_ML}.numbering+xml"),
    }
    for nom, tag, found, un in (
        ("footnotes", "footnotes", notes, "footnote"),
        ("endnotes", "endnotes", fins, "endnote"),
        ("comments", "comments", commentaires, "comment"),
    ):
        if found is not None:
            plus = ' w:author="A" w:date="2024-01-01T00:00:00Z"' if un == "comment" else ""
            inside = "".join(f'<w:{un} w:id="{k}"{plus}>{x}</w:{un}>' for k, x in found.items())
            parts[nom] = (tag, inside, f"{_ML}.{nom}+xml")
    for nom, tag, text in (("header", "hdr", entete), ("footer", "ftr", pied)):
        if text is not None:
            parts[nom] = (tag, text, f"{_ML}.{nom}+xml")
    rels = "".join(
        f'<Relationship Id="rId{nom}" Type="{_REL}/{nom}" Target="{nom}.xml"/>'
        for nom in parts
        if nom != "document"
    )
    rels += f'<Relationship Id="rIdImg" Type="{_REL}/image" Target="media/logo.png"/>'
    rels += f'<Relationship Id="rIdLien" Type="{_REL}/hyperlink" Target="{adresse}" TargetMode="External"/>'
    box = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
    types = "".join(f'<Override PartName="/word/{n}.xml" ContentType="{t[2]}"/>' for n, t in parts.items())
    default = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="png" ContentType="image/png"/>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(
            "[Content_Types].xml",
            f'{_XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{default}{types}</Types>',
        )
        main = f'<Relationship Id="rId1" Type="{_REL}/officeDocument" Target="word/document.xml"/>'
        z.writestr("_rels/.rels", _XML + box.format(main))
        z.writestr("word/_rels/document.xml.rels", _XML + box.format(rels))
        z.writestr("word/media/logo.png", png)
        for nom, (tag, inside, _) in parts.items():
            z.writestr(f"word/{nom}.xml", f"{_XML}<w:{tag} {_NS}>{inside}</w:{tag}>")
    return out.getvalue()


def couples() -> dict[str, tuple[bytes, bytes]]:
    """Pairs of documents that differ by one thing that Word can do."""
    base = textes(*TEXTE)
    appel = textes(TEXTE[0]) + p(r(TEXTE[1]) + note(1) + r(" Suite.") + note(2)) + textes(*TEXTE[2:])
    un = textes(TEXTE[0]) + p(r(TEXTE[1]) + note(1) + r(" Suite.")) + textes(*TEXTE[2:])
    n1, n2 = textes("Voir la délibération n° 2024-587."), textes("Voir l’annexe 2.")
    n1b = textes("Voir la délibération n° 2024-588 du 9 décembre 2024.")
    nid = lambda text: tableau(("a", "<w:p/>"), ("b", tableau(("x", "1"), ("y", text)) + "<w:p/>")) + "<w:p/>"  # noqa: E731
    fin = lambda marge: p(r("Fin."), section(marge))  # noqa: E731
    return {
        "montant": (docx(base), docx(base.replace("45\u00a0000", "47\u00a0500"))),
        "montant-espace": (
            docx(base.replace("45\u00a0", "45 ")),
            docx(base.replace("45\u00a0000", "47 500")),
        ),
        "note": (docx(appel, notes={1: n1, 2: n2}), docx(appel, notes={1: n1b, 2: n2})),
        "note-ajoutee": (docx(un, notes={1: n1}), docx(appel, notes={1: n1, 2: n2})),
        "note-retiree": (docx(appel, notes={1: n1, 2: n2}), docx(un, notes={1: n1})),
        "premiere-note": (docx(base), docx(un, notes={1: n1})),
        "note-de-fin": (
            docx(appel.replace("footnote", "endnote"), fins={1: n1, 2: n2}),
            docx(appel.replace("footnote", "endnote"), fins={1: n1b, 2: n2}),
        ),
        "boite": (
            docx(base + p(boite("Avis favorable"))),
            docx(base + p(boite("Avis réservé du 3 mai 2025"))),
        ),
        "boite-ajoutee": (docx(base + p(r("Fin"))), docx(base + p(r("Fin") + boite("Avis")))),
        "image": (docx(base + p(image())), docx(base + p(image()), png=_PNG + b"\0")),
        "image-retiree": (docx(base + p(r("x") + image())), docx(base + p(r("x")))),
        "lien": (
            docx(base + p(lien("le site"))),
            docx(base + p(lien("le site")), adresse="https://autre.fr/"),
        ),
        "lien-texte": (docx(base + p(lien("le site"))), docx(base + p(lien("le portail national")))),
        "champ": (docx(base + p(champ("PAGE", "1"))), docx(base + p(champ("NUMPAGES", "4")))),
        "entete": (
            docx(base, entete=textes("Projet du 1er mars"), pied=textes("Page")),
            docx(base, entete=textes("Projet du 8 mars", "Confidentiel"), pied=textes("Page n°")),
        ),
        "entete-ajoute": (docx(base), docx(base, entete=textes("Projet"))),
        "entete-retire": (docx(base, entete=textes("Projet")), docx(base)),
        "tableaux-imbriques": (docx(base + nid("2")), docx(base + nid("3 000,00 €"))),
        "cellules": (
            docx(base + tableau(("a", "b"), ("c", "d")) + "<w:p/>"),
            docx(base + tableau(("a", "b", "n"), ("c", "d", "n")) + "<w:p/>"),
        ),
        "tableau-presentation": (
            docx(base + tableau(("a", "b")) + "<w:p/>"),
            docx(base + tableau(("a", "b"), props='<w:jc w:val="center"/>') + "<w:p/>"),
        ),
        "dernier-paragraphe-de-cellule": (
            docx(tableau(("a", textes("un", "deux", "trois"))) + base),
            docx(tableau(("a", textes("un"))) + base),
        ),
        "paragraphes-en-fin-de-cellule": (
            docx(tableau(("a", textes("un"))) + base),
            docx(tableau(("a", textes("un", "deux", "trois"))) + base),
        ),
        "sections": (
            docx(base + fin(1134) + textes("Suite.")),
            docx(base + fin(2000) + textes("Suite et fin."), section(900)),
        ),
        "section-ajoutee": (docx(base + textes("Suite.")), docx(base + fin(2000) + textes("Suite."))),
        "liste": (
            docx(base + p(r("un"), '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>')),
            docx(
                base + p(r("un"), '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'),
                liste="upperRoman",
            ),
        ),
        "gras": (docx(base + p(r("important"))), docx(base + p(r("important", "<w:b/>")))),
        "titre": (
            docx(base),
            docx(base.replace("<w:p>", '<w:p><w:pPr><w:pStyle w:val="Titre1"/></w:pPr>', 1)),
        ),
        "deplacement": (docx(base), docx(textes(*TEXTE[3:], *TEXTE[:3]))),
        "numero": (docx(base), docx(base.replace("Article 2", "Article 3"))),
        "marque-de-paragraphe": (
            docx(p(r("x"), "<w:rPr><w:b/></w:rPr>") + base),
            docx(p(r("x"), "<w:rPr><w:i/></w:rPr>") + base),
        ),
        "tout": (docx(base), docx(textes("Rien de commun avec ce qui précède."))),
        "controle": (
            docx(f"<w:sdt><w:sdtPr/><w:sdtContent>{base}</w:sdtContent></w:sdt><w:p/>"),
            docx(f"<w:sdt><w:sdtPr/><w:sdtContent>{base}{textes('Ajout.')}</w:sdtContent></w:sdt><w:p/>"),
        ),
        "commentaire": (
            docx(p(r(TEXTE[0]) + note(1, "comment")), commentaires={1: textes("À revoir")}),
            docx(p(r(TEXTE[0] + " bis") + note(1, "comment")), commentaires={1: textes("Vu le 3 mai")}),
        ),
    }
