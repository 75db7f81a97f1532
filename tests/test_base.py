"""The base document: its styles, its margins, and what a reader gets from a template grown on it."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import docx
import pypdf
import pytest
from docxtpl import DocxTemplate
from lxml import etree

from tests.amorce_kit import ROOT, TABLE, W, paragraphs

import aligner  # isort: skip
import amorce  # isort: skip
import amorce_package  # isort: skip
import amorce_table  # isort: skip
import make_base  # isort: skip


@pytest.fixture(scope="session")
def base() -> dict[str, bytes]:
    """Parts of the base as the script makes it."""
    return make_base.package()


def test_base_in_the_repository_knows_every_style_that_the_tool_writes() -> None:
    styles = amorce_package.styles_of(amorce_package.read_package(ROOT / "templates" / "base.docx"))
    names = [name for _, name in amorce.PREFIXES]
    names += [*amorce_table.BODY_STYLE.values(), "CelluleEntete", "CelluleTotal", "CelluleTitre"]
    names += ["CellulePuce", "CellulePuce2", "CelluleNumero", "Corps", "CorpsSuite", "Visa", "Partie"]
    names += ["Citation", "Numero", "Etiquette", "Bandeau", "Note", "Signature", "Signataire", "Formule"]
    names += ["Balise", "Vide", "Espace", "TM1", "TM2", "Sous-titre"]
    for name in names:
        assert styles.paragraph(name, 1)
    for name in ("TableauDonnees", "TableauAnnexe", "TableauNu"):
        assert styles.table(name, 1)


def test_base_in_the_repository_is_light_and_opens() -> None:
    path = ROOT / "templates" / "base.docx"
    assert path.stat().st_size < 40_000
    section = docx.Document(str(path)).sections[0]
    assert section.different_first_page_header_footer
    assert "{{ titre_court }}" in section.header.paragraphs[0].text
    for foot in (section.footer, section.first_page_footer):
        assert "{{ pied }}" in foot.paragraphs[0].text
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    # The running foot of the dossier is stamped at 0.6 cm: nothing of ours comes below 1.1 cm.
    assert section.footer_distance.cm > 1.1


def test_base_is_french_everywhere(base: dict[str, bytes]) -> None:
    languages = re.findall(rb'<w:lang w:val="([^"]+)"', base["word/styles.xml"])
    assert languages
    assert set(languages) == {b"fr-FR"}


def test_headings_are_those_of_word(base: dict[str, bytes]) -> None:
    found = {}
    for style in etree.fromstring(base["word/styles.xml"]).iterfind(f"{W}style"):
        level = style.find(f"{W}pPr/{W}outlineLvl")
        if level is not None:
            assert style.find(f"{W}pPr/{W}keepNext") is not None
            found[style.find(f"{W}name").get(f"{W}val")] = level.get(f"{W}val")
    assert found == {"heading 1": "0", "heading 2": "1", "heading 3": "2"}


def test_numbering_is_bound_to_styles_both_ways(base: dict[str, bytes]) -> None:
    numbering = etree.fromstring(base["word/numbering.xml"])
    bound = {
        (number.get(f"{W}numId"), level.get(f"{W}ilvl"), level.find(f"{W}pStyle").get(f"{W}val"))
        for number in numbering.iterfind(f"{W}num")
        for level in numbering.find(
            f"{W}abstractNum[@{W}abstractNumId='{number.find(f'{W}abstractNumId').get(f'{W}val')}']"
        ).iterfind(f"{W}lvl")
    }
    used = {
        (num.find(f"{W}numId").get(f"{W}val"), num.find(f"{W}ilvl").get(f"{W}val"), style.get(f"{W}styleId"))
        for style in etree.fromstring(base["word/styles.xml"]).iterfind(f"{W}style")
        for num in style.iterfind(f"{W}pPr/{W}numPr")
    }
    assert bound == used
    assert {name for *_, name in used} == {"Puce", "Puce2", "CellulePuce", "CellulePuce2"}


def test_own_styles_keep_their_id_when_word_saves(base: dict[str, bytes]) -> None:
    """Word recomputes an id from the name: ours must already be what it would write."""
    for style in etree.fromstring(base["word/styles.xml"]).iterfind(f"{W}style"):
        name, style_id = style.find(f"{W}name").get(f"{W}val"), style.get(f"{W}styleId")
        if style.get(f"{W}customStyle"):
            assert name == style_id
            assert re.fullmatch(r"[A-Za-z0-9]+", name)


def test_emblem_has_alternative_text_and_no_transparency(base: dict[str, bytes]) -> None:
    assert f'descr="{make_base.ALT}"'.encode() in base["word/header1.xml"]
    png = base["word/media/embleme.png"]
    assert png.startswith(b"\x89PNG") and len(png) < 10_000
    assert b"tRNS" not in png


def test_what_follows_a_table_takes_no_room(base: dict[str, bytes]) -> None:
    """A visible paragraph there, even of one point, gave a blank page after a table that filled its page."""
    styles = etree.fromstring(base["word/styles.xml"])
    assert styles.find(f"{W}style[@{W}styleId='Vide']/{W}rPr/{W}vanish") is not None


def test_base_has_no_external_relationship(base: dict[str, bytes]) -> None:
    assert not any(b"External" in data for name, data in base.items() if name.endswith(".rels"))


def test_make_base_spares_an_existing_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "base.docx"
    monkeypatch.setattr(sys, "argv", ["make_base.py", str(path)])
    assert make_base.main() == 0
    first = path.read_bytes()
    path.write_bytes(b"saved by Word")
    assert make_base.main() == 1
    assert "--force" in capsys.readouterr().err
    assert path.read_bytes() == b"saved by Word"
    monkeypatch.setattr(sys, "argv", ["make_base.py", str(path), "--force"])
    assert make_base.main() == 0
    assert path.read_bytes() == first


@pytest.mark.parametrize(
    "style", ["Cellule", "CelluleMontant", "CelluleTitre", "CellulePuce2", "CelluleNumero"]
)
def test_lines_of_a_cell_paragraph_stay_together(style: str, base: dict[str, bytes]) -> None:
    """Rows of one-paragraph cells are not cut across pages, without w:cantSplit (see amorce_table)."""
    styles = etree.fromstring(base["word/styles.xml"])
    found = styles.find(f"{W}style[@{W}styleId='{style}']")
    while found is not None and found.find(f"{W}pPr/{W}keepLines") is None:
        parent = found.find(f"{W}basedOn").get(f"{W}val")
        found = None if parent == "Normal" else styles.find(f"{W}style[@{W}styleId='{parent}']")
    assert found is not None


# --- every template has the styles of the base ------------------------------------------------------

TEMPLATES = ROOT / "templates"
ALL = sorted(p.relative_to(TEMPLATES).as_posix() for p in TEMPLATES.rglob("*.docx") if p.name[0] != "~")


@pytest.mark.parametrize("name", ALL)
def test_template_has_the_styles_and_margins_of_the_base(name: str) -> None:
    """When it fails: python tools/aligner.py."""
    parts = amorce_package.read_package(TEMPLATES / name)
    reference = amorce_package.read_package(TEMPLATES / "base.docx")
    assert parts["word/styles.xml"] == reference["word/styles.xml"]
    assert aligner.align(parts, reference) == parts


def bottoms(root: etree._Element) -> list[etree._Element]:
    """Rules that the bottom of a row may bear, except those of the header row and of the whole table."""
    found = [*root.iter(f"{W}insideH"), *root.iterfind(f".//{W}tcBorders/{W}bottom")]
    header = root.findall(f".//{W}tblStylePr[@{W}type='firstRow']//{W}bottom")
    return [rule for rule in found if rule not in header and rule.get(f"{W}val") not in ("nil", "none")]


@pytest.mark.parametrize("name", ALL)
def test_template_cannot_lose_rows(name: str) -> None:
    """A w:cantSplit row with a rule below loses what follows it, in LibreOffice (see amorce_table)."""
    parts = amorce_package.read_package(TEMPLATES / name)
    assert not bottoms(etree.fromstring(parts["word/styles.xml"]))
    for table in etree.fromstring(parts["word/document.xml"]).iter(f"{W}tbl"):
        if table.find(f"{W}tr/{W}trPr/{W}cantSplit") is not None:
            assert not bottoms(table)
        for row in table.iterfind(f"{W}tr"):
            assert row.find(f"{W}trPr/{W}tblHeader") is None or row.find(f"{W}trPr/{W}cantSplit") is None
        # The rules between the rows come from the bands of the style.
        if table.find(f"{W}tblPr/{W}tblStyle").get(f"{W}val") != "TableauNu":
            look = table.find(f"{W}tblPr/{W}tblLook")
            assert look.get(f"{W}noHBand") == "0" and not int(look.get(f"{W}val"), 16) & 0x0200


@pytest.fixture
def grown(base: dict[str, bytes]) -> dict[str, bytes]:
    """A root as an older base would have made it, saved by a Word that renames the parts."""
    parts = amorce.grow(f"@root\n{TABLE}", base)
    old, new = "word/header1.xml", "word/header3.xml"
    rels = amorce_package.DOCUMENT_RELS
    parts[rels] = parts[rels].replace(b"header1.xml", b"header3.xml")
    parts[new] = parts.pop(old).replace("Pôle".encode(), "Ancien pôle".encode())
    parts["word/_rels/header3.xml.rels"] = parts.pop("word/_rels/header1.xml.rels")
    parts["word/styles.xml"] = parts["word/styles.xml"].replace(b"<w:keepLines/>", b"")
    parts["word/theme/theme1.xml"] = b"<theme/>"
    return parts


def test_aligner_brings_an_old_template_to_the_base(
    grown: dict[str, bytes], base: dict[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    amorce_package.write_package(tmp_path / "base.docx", base)
    path = tmp_path / "documents" / "acte.docx"
    amorce_package.write_package(path, grown)
    before = path.read_bytes()
    assert aligner.main([str(tmp_path), "--verifier"]) == 1
    assert "acte.docx : en retard" in capsys.readouterr().out
    assert path.read_bytes() == before
    assert aligner.main([str(tmp_path)]) == 0
    after = amorce_package.read_package(path)
    assert after["word/styles.xml"] == base["word/styles.xml"]
    assert after["word/header3.xml"] == base["word/header1.xml"]
    assert after["word/header2.xml"] == base["word/header2.xml"]
    for part in ("word/document.xml", "word/theme/theme1.xml", "[Content_Types].xml"):
        assert after[part] == grown[part]
    done = path.read_bytes()
    assert aligner.main([str(tmp_path)]) == aligner.main([str(tmp_path), "--verifier"]) == 0
    assert path.read_bytes() == done


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b'<w:pStyle w:val="Cellule"/>', b'<w:pStyle w:val="Perso"/>', "le style « Perso » n’existe pas"),
        (b"<w:pPr>", b'<w:pPr><w:numPr><w:numId w:val="9"/></w:numPr>', "la liste « 9 » n’existe pas"),
    ],
)
def test_aligner_refuses_what_the_base_lacks(
    old: bytes, new: bytes, said: str, grown: dict[str, bytes], base: dict[str, bytes]
) -> None:
    grown["word/document.xml"] = grown["word/document.xml"].replace(old, new, 1)
    with pytest.raises(aligner.AlignmentError, match=said):
        aligner.align(grown, base)


# --- what a reader gets: docxtpl, then LibreOffice --------------------------------------------------

MODEL = f"""@root
# Avenant
{{%p for a in articles %}}
## Article {{{{ a.n }}}} – {{{{ a.titre }}}}
### Détail
Texte de l'article.
- une puce
{{%p endfor %}}
{TABLE}
Fait à Arras, le
|= style=TableauNu widths=8.3,8.3
|k **Pour le Département,** // [Signataire] Une personne | **Pour la structure,**
|=end
"""

CONTEXT = {
    "titre_court": "Avenant & compagnie",
    "pied": "Délibération n° 2024-587",
    "articles": [{"n": n, "titre": f"Titre {n}"} for n in (1, 2)],
    "lignes": [{"nom": f"Ligne {n}", "note": "x", "places": n, "montant": "1"} for n in range(40)],
}


@pytest.fixture(scope="session")
def rendered(base: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("amorce")
    amorce_package.write_package(folder / "model.docx", amorce.grow(MODEL, base))
    template = DocxTemplate(str(folder / "model.docx"))
    template.render(CONTEXT, autoescape=True)
    template.save(str(folder / "acte.docx"))
    return folder / "acte.docx"


def test_docxtpl_renders_it_without_empty_paragraph(rendered: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(rendered.read_bytes())) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
        assert "Avenant &amp; compagnie" in archive.read("word/header2.xml").decode()
    found = paragraphs(root)
    assert [text for style, text in found if style == "Titre1"] == [
        "Article\u00a01 – Titre 1",
        "Article\u00a02 – Titre 2",
    ]
    assert not [style for style, text in found if style == "Balise" or (not text and style != "Vide")]
    assert len(list(root.find(f"{W}body/{W}tbl").iter(f"{W}tr"))) == 44


def test_libreoffice_gives_bookmarks_repeated_headers_and_page_numbers(rendered: Path) -> None:
    profile = (rendered.parent / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf"]
    subprocess.run(
        [*command, "--outdir", str(rendered.parent), str(rendered)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    reader = pypdf.PdfReader(rendered.with_suffix(".pdf"))
    top = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert top == ["Article\u00a01 – Titre 1", "Article\u00a02 – Titre 2"]
    pages = [page.extract_text().replace("\u00a0", " ") for page in reader.pages]
    count = len(pages)
    assert count >= 3
    for number, text in enumerate(pages, 1):
        assert f"Page {number} sur {count}" in text
        assert "Délibération n° 2024-587" in text
        assert ("Avenant & compagnie" in text) == (number > 1)
        assert ("Direction des Politiques" in text) == (number == 1)
    with_rows = [text for text in pages if "LIGNE" in text]
    assert len(with_rows) >= 2
    assert all("Libellé" in text for text in with_rows)
    fonts = {
        name
        for page in reader.pages
        for name in (font["/BaseFont"] for font in page["/Resources"]["/Font"].values())
    }
    assert all("LiberationSans" in name for name in fonts)
