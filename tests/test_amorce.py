"""The tool that starts Word templates from a few lines of text."""

from __future__ import annotations

import re
from pathlib import Path

import docx
import pytest
from lxml import etree

from tests.amorce_kit import NBSP, TABLE, W, body, has, paragraphs

import amorce  # isort: skip
import amorce_package  # isort: skip
import amorce_text  # isort: skip
import make_base  # isort: skip


@pytest.fixture(scope="session")
def base() -> dict[str, bytes]:
    """Parts of the base as the script makes it."""
    return make_base.package()


# --- paragraphs ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("# Convention", ("Titre", "Convention")),
        ("## Article {{ n }} – Objet", ("Titre1", f"Article{NBSP}{{{{ n }}}} – Objet")),
        ("### Partie", ("Titre2", "Partie")),
        ("#### Point", ("Titre3", "Point")),
        ("[Visa] Vu la loi ;", ("Visa", f"Vu la loi{NBSP};")),
        ("[heading 1] Par son nom", ("Titre1", "Par son nom")),
        ("[Heading1] Sous son nom anglais", ("Titre1", "Sous son nom anglais")),
        ("[Mention] Données fictives", ("Bandeau", "Données fictives")),
        ("- un", ("Puce", "un")),
        ("-- deux", ("Puce2", "deux")),
        ("texte", ("Corps", "texte")),
        ("[Numero] 1.{tab}un{br}deux", ("Numero", "1.\tun\ndeux")),
        ("{%p if x %}", ("Balise", "{%p if x %}")),
        ("{% if x %}", ("Balise", "{%p if x %}")),
        ("{% if x %}oui{% endif %}", ("Corps", "{% if x %}oui{% endif %}")),
        ("a < b & {{ c_d }} _e_ f_g", ("Corps", "a < b & {{ c_d }} e f_g")),
    ],
)
def test_one_line_is_one_paragraph(line: str, expected: tuple[str, str], base: dict[str, bytes]) -> None:
    # A tag line may need the text that follows it: only the first paragraph is looked at.
    assert paragraphs(body(f"{line}\nfin", base))[0] == expected


def test_bold_and_italic_runs(base: dict[str, bytes]) -> None:
    root = body("Le **Département {{ nom_long }}** et _la structure_, ____ (_note_).", base)
    looks = [
        (r.findtext(f"{W}t"), r.find(f"{W}rPr/{W}b") is not None, r.find(f"{W}rPr/{W}i") is not None)
        for r in root.iter(f"{W}r")
    ]
    assert looks == [
        ("Le ", False, False),
        ("Département {{ nom_long }}", True, False),
        (" et ", False, False),
        ("la structure", False, True),
        (", ____ (", False, False),
        ("note", False, True),
        (").", False, False),
    ]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("l'acte : « oui » !", "l’acte~: «~oui~»~!"),
        ("n° 12, 40 000 € et 50 %", "n°~12, 40~000~€ et 50~%"),
        ("articles L. 3121-14 et R. 1 ; article 4", "articles L.~3121-14 et R.~1~; article~4"),
        ("le 9 décembre 2024", "le 9~décembre 2024"),
        ("M. Leroy et Mme Duval", "M.~Leroy et Mme~Duval"),
        ("{{ x }} € : l'article {{ n }}", "{{ x }}~€~: l’article~{{ n }}"),
        ("{{ d['a : b'] }} 5 10", "{{ d['a : b'] }} 5 10"),
        ("fine\u202f!", "fine~!"),
    ],
)
def test_french_spaces(typed: str, printed: str, base: dict[str, bytes]) -> None:
    assert paragraphs(body(typed, base)) == [("Corps", printed.replace("~", NBSP))]


def test_fields_and_links_are_complex_fields_without_relationship(base: dict[str, bytes]) -> None:
    root = body(
        "{field:NUMPAGES:{{ pages }}} {link:http://dossier.invalid/page/{{ e.p | int }}|{{ e.t }} 1}", base
    )
    assert [i.text.strip() for i in root.iter(f"{W}instrText")] == [
        "NUMPAGES",
        'HYPERLINK "http://dossier.invalid/page/{{ e.p | int }}"',
    ]
    kinds = [c.get(f"{W}fldCharType") for c in root.iter(f"{W}fldChar")]
    assert kinds == ["begin", "separate", "end"] * 2
    assert paragraphs(root) == [("Corps", "{{ pages }} {{ e.t }} 1")]


def test_keep_and_page_break_are_properties(base: dict[str, bytes]) -> None:
    kept, announced, plain, tag, new = body(
        "{keep}## Suite\nLa liste :\nfin\n---page---\n{%p if x %}\nnouvelle page", base
    ).iterfind(f"{W}p")
    assert has(kept, "keepNext") and kept.find(f"{W}pPr/{W}pStyle").get(f"{W}val") == "Titre1"
    assert has(announced, "keepNext")
    assert not has(plain, "keepNext")
    # The tag vanishes: the break belongs to the first paragraph that stays.
    assert not has(tag, "pageBreakBefore")
    assert has(new, "pageBreakBefore")


def test_page_break_before_a_table_or_an_include_is_carried_by_a_paragraph(base: dict[str, bytes]) -> None:
    for target in ("|= style=TableauNu widths=4\n| a\n|=end", "{%p include 'clauses/x.docx' %}"):
        root = body(f"a\n---page---\n{target}", base)
        assert paragraphs(root)[1] == ("Espace", "")
        assert has(root.findall(f"{W}p")[1], "pageBreakBefore")


# --- tables --------------------------------------------------------------------------------------


@pytest.fixture
def table(base: dict[str, bytes]) -> etree._Element:
    return body(TABLE, base).find(f"{W}tbl")


def test_table_has_a_fixed_grid(table: etree._Element) -> None:
    widths = [int(column.get(f"{W}w")) for column in table.iter(f"{W}gridCol")]
    assert widths == [4876, 2268, 2268]
    assert table.find(f"{W}tblPr/{W}tblW").get(f"{W}w") == str(sum(widths))
    assert table.find(f"{W}tblPr/{W}tblLayout").get(f"{W}type") == "fixed"
    assert table.find(f"{W}tblPr/{W}tblCaption").get(f"{W}val") == "Budget de l’opération"
    for row in table.iter(f"{W}tr"):
        assert sum(int(cell.get(f"{W}w")) for cell in row.iter(f"{W}tcW")) == sum(widths)


def test_rows_do_not_split_and_the_header_is_repeated(table: etree._Element) -> None:
    rows = list(table.iter(f"{W}tr"))
    assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows] == [True] + [False] * 6
    # Not the header (see amorce_table), nor the rows of a lone tag, nor the long one.
    whole = [row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows]
    assert whole == [False, False, True, False, True, True, False]
    assert all(has(p, "keepNext") for p in rows[0].iter(f"{W}p"))
    # The style draws its rules between rows by bands.
    look = table.find(f"{W}tblPr/{W}tblLook")
    assert (look.get(f"{W}noHBand"), look.get(f"{W}val")) == ("0", "0420")


def test_cell_paragraphs_take_the_style_of_their_column(table: etree._Element) -> None:
    rows = [paragraphs(row) for row in table.iter(f"{W}tr")]
    assert [style for style, _ in rows[0]] == ["CelluleEntete"] * 3
    assert rows[1] == [("Balise", "{%tr for l in lignes %}")]
    assert rows[2] == [
        ("Cellule", "{{ l.nom | upper }}"),
        ("CellulePuce", "{{ l.note }}"),
        ("CelluleTitre", "T"),
        ("CelluleCentre", "{{ l.places }}"),
        ("CelluleMontant", "{{ l.montant }}"),
    ]
    assert rows[4] == [("CelluleTotal", "Sous-total"), ("CelluleTotal", "5")]
    assert rows[6][-1] == ("CellulePuce2", "encore")


def test_merged_cells_and_shaded_totals(table: etree._Element) -> None:
    rows = list(table.iter(f"{W}tr"))
    assert [span.get(f"{W}val") for span in rows[4].iter(f"{W}gridSpan")] == ["2"]
    assert [len(list(row.iter(f"{W}shd"))) for row in rows] == [0, 0, 0, 0, 2, 3, 0]


@pytest.mark.parametrize(
    ("cell", "guarded"),
    [
        ("{%p if x %} // a // {%p endif %}", True),
        ("{%p for x in y %} // a // {%p endfor %}", True),
        ("{%p if x %} // a // {%p else %} // b // {%p endif %}", False),
        ("{%p if x %} // a // {%p elif z %} // b // {%p endif %}", True),
        ("{%p if x %} // a // {%p else %} // {%p endif %}", True),
        ("{%p if x %} // a // {%p endif %} // fin", False),
        ("", False),
    ],
)
def test_a_cell_is_never_left_without_paragraph(cell: str, guarded: bool, base: dict[str, bytes]) -> None:
    """Word refuses a file in which a cell has no paragraph."""
    root = body(f"|= style=TableauNu widths=4,4\n| {cell} | x\n|=end", base)
    styles = [style for style, _ in paragraphs(next(root.iter(f"{W}tc")))]
    assert ("Vide" in styles) is guarded


def test_tables_never_touch_nor_end_the_body(base: dict[str, bytes]) -> None:
    small = "|= style=TableauNu widths=4\n| a\n|=end"
    root = body(
        f"{small}\n{{%p if x %}}\n{small}\n{{%p endif %}}\n{{%p for x in y %}}\n{small}\n{{%p endfor %}}",
        base,
    )
    kinds = [
        "T" if child.tag == f"{W}tbl" else child.find(f"{W}pPr/{W}pStyle").get(f"{W}val")
        for child in root
        if child.tag != f"{W}sectPr"
    ]
    assert kinds == ["T", "Balise", "Espace", "T", "Balise", "Balise", "Espace", "T", "Espace", "Balise"]
    assert paragraphs(body(small, base))[-1] == ("Vide", "")
    assert paragraphs(body(f"{small}\nsuite\nfin", base))[1:] == [("CorpsSuite", "suite"), ("Corps", "fin")]


def test_signature_block_holds_the_text_above_it(base: dict[str, bytes]) -> None:
    root = body(
        "un\ndeux\nFait à Arras\n|= style=TableauNu widths=8,8\n|k Pour A // [Signataire] B | Pour C\n|=end",
        base,
    )
    assert [has(p, "keepNext") for p in root.iterfind(f"{W}p")] == [False, True, True, False]
    assert all(has(p, "keepNext") for p in root.find(f"{W}tbl").iter(f"{W}p"))
    assert root.find(f"{W}tbl/{W}tr/{W}trPr/{W}cantSplit") is not None


# --- refusals ------------------------------------------------------------------------------------

HEAD = "|= style=TableauNu widths=4,4\n"


@pytest.mark.parametrize(
    ("markup", "line", "words"),
    [
        ("texte", 1, "@root ou @clause"),
        ("@clause\n\n", 1, "il manque un paragraphe"),
        ("@root\ntexte\n---page---", 3, "il manque un paragraphe"),
        ("@root\n[Visas] x", 2, "le plus proche : Visa"),
        ("@root\n[Visa]", 2, "sans texte"),
        ("@root\n\nun **deux", 3, "non refermé"),
        ("@root\nun _deux", 2, "non refermé"),
        ("@root\nun {{ deux", 2, "accolade non fermée"),
        ("@root\nun {link:http://x}", 2, "accolade non fermée"),
        ("@root\ntexte {%p if x %}", 2, "seule dans son paragraphe"),
        ("@root\n{%p if x %} texte {%p endif %}", 2, "seule dans son paragraphe"),
        ("@root\n{%- if x %}", 2, "tiret de coupe"),
        ("@root\n| a | b", 2, "hors d’un tableau"),
        (f"@root\n{HEAD}| a", 3, "1 cellules pour 2 colonnes"),
        (f"@root\n{HEAD}| a | {{{{ b | c }}}} | d", 3, "3 cellules pour 2 colonnes"),
        (f"@root\n{HEAD}texte", 3, "commence par |"),
        (f"@root\n{HEAD}| a | b", 2, "sans |=end"),
        (f"@root\n{HEAD}|=end", 2, "sans ligne"),
        (f"@root\n{HEAD}|+ a", 3, "continue la ligne"),
        (f"@root\n{HEAD}|% {{%p for x in y %}}", 3, "{%tr"),
        (f"@root\n{HEAD}| a | b\n|! c | d", 4, "en premier"),
        (f"@root\n{HEAD}| {{%p if x %}} | b\n|=end", 3, "pas refermée"),
        (f"@root\n{HEAD}| {{%p endif %}} | b\n|=end", 3, "pas d’ouverture"),
        ("@root\n|= style=TableauNu\n| a\n|=end", 2, "s’ouvre par"),
        ("@root\n|= style=TableauNu widths=x\n| a\n|=end", 2, "illisibles"),
        ("@root\n|= style=TableauNu widths=9,9\n| a | b\n|=end", 2, "dépassent"),
        ("@root\n|= style=TableauNu widths=4,4 align=l\n| a | b\n|=end", 2, "align"),
        ("@root\n|= style=Tableau widths=4\n| a\n|=end", 2, "n’existe pas"),
    ],
)
def test_bad_markup_is_refused_at_its_line(
    markup: str, line: int, words: str, base: dict[str, bytes]
) -> None:
    with pytest.raises(amorce_text.MarkupError) as caught:
        amorce.grow(markup, base)
    assert (caught.value.line, words in caught.value.message) == (line, True), caught.value


# --- packages ------------------------------------------------------------------------------------


def test_a_root_keeps_the_margins_and_a_clause_drops_them(base: dict[str, bytes]) -> None:
    root, clause = amorce.grow("@root\nx", base), amorce.grow("@clause\nx", base)
    assert root.keys() == base.keys()
    gone = base.keys() - clause.keys()
    assert {re.sub(r"\d|\..*", "", name.split("/")[-1]) for name in gone} == {"header", "footer", "embleme"}
    for part in ("word/styles.xml", "word/numbering.xml"):
        assert clause[part] == base[part]
    for name in gone:
        assert f"/{name}".encode() not in clause["[Content_Types].xml"]
    assert b"headerReference" not in clause["word/document.xml"]
    assert b"<w:pgMar" in clause["word/document.xml"]


def test_styles_are_found_by_name_after_an_english_word_saved_the_base(base: dict[str, bytes]) -> None:
    english = re.sub(rb'"Titre(\d)"', rb'"Heading\1"', base["word/styles.xml"]).replace(
        b'"Titre"', b'"Title"'
    )
    root = body("# T\n## A\n[Titre2] B", {**base, "word/styles.xml": english})
    assert [style for style, _ in paragraphs(root)] == ["Title", "Heading1", "Heading2"]


@pytest.fixture
def base_file(tmp_path: Path, base: dict[str, bytes]) -> Path:
    path = tmp_path / "base.docx"
    amorce_package.write_package(path, base)
    return path


def test_write_is_deterministic_and_never_overwrites(tmp_path: Path, base_file: Path) -> None:
    one, two = tmp_path / "one.docx", tmp_path / "new" / "two.docx"
    amorce.write("@clause\nTexte", base_file, one)
    amorce.write("@clause\nTexte", base_file, two)
    assert one.read_bytes() == two.read_bytes()
    with pytest.raises(FileExistsError):
        amorce.write("@clause\nAutre", base_file, one)
    assert one.read_bytes() == two.read_bytes()
    amorce.write("@clause\nAutre", base_file, one, force=True)
    assert docx.Document(str(one)).paragraphs[0].text == "Autre"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["base.docx", "new", "one.docx"]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"@root\n[Inconnu] x", "x.txt:2: le style"),
        (b"@root\n\xff", "UTF-8"),
        (None, "lecture ou écriture impossible"),
    ],
)
def test_command_says_what_is_wrong(
    source: bytes | None, words: str, tmp_path: Path, base_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "x.txt", tmp_path / "x.docx"
    if source is not None:
        path.write_bytes(source)
    assert amorce.main([str(path), str(out), "--base", str(base_file)]) == 1
    assert words in capsys.readouterr().err
    assert not out.exists()


def test_command_refuses_a_base_that_is_not_word_and_an_existing_output(
    tmp_path: Path, base_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "x.txt", tmp_path / "x.docx"
    source.write_text("@root\nTexte", encoding="utf-8")
    arguments = [str(source), str(out), "--base"]
    assert amorce.main([*arguments, str(source)]) == 1
    assert "n’est pas un fichier Word" in capsys.readouterr().err
    assert amorce.main([*arguments, str(base_file)]) == 0
    assert amorce.main([*arguments, str(base_file)]) == 1
    assert "existe déjà" in capsys.readouterr().err
