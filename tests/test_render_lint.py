"""What the engine says of a template without data: each code from TPL001 to TPL011 is triggered here."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from generator.diagnostics import Diagnostic, Severity
from generator.render import Engine, RenderError

from .render_files import JOUR, element, engine, paragraph, refusal, render, rewrite, runs, text, write

REPOSITORY = Path(__file__).parents[1] / "templates"


def found(folder: Path, name: str = "documents/d.docx") -> list[Diagnostic]:
    return engine(folder).lint_one(name)


def codes(folder: Path, name: str = "documents/d.docx") -> list[str]:
    return [d.code for d in found(folder, name)]


def test_templates_of_the_repository_are_clean() -> None:
    assert [d for d in Engine(REPOSITORY).lint() if d.is_error] == []


def test_lint_reads_every_template_and_reports_each(tmp_path: Path) -> None:
    write(tmp_path, "documents/d.docx", "{{ x")
    write(tmp_path, "clauses/c.docx", "XXXX")
    files = [(d.code, d.span.file.partition("/")[2]) for d in engine(tmp_path).lint()]
    assert files == [("TPL009", "clauses/c.docx"), ("TPL011", "documents/d.docx")]


# TPL001


def _no_document(name: str, content: bytes) -> bytes | None:
    return None if name == "word/document.xml" else content


def _broken_xml(name: str, content: bytes) -> bytes:
    return content.replace(b"</w:body>", b"") if name == "word/document.xml" else content


def _doctype(name: str, content: bytes) -> bytes:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aa">]><w:document'
    return content.replace(b"<w:document", bomb, 1) if name == "word/document.xml" else content


def _strict(name: str, content: bytes) -> bytes:
    old = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return content.replace(old, b"http://purl.oclc.org/ooxml/wordprocessingml/main")


@pytest.mark.parametrize("damage", [_no_document, _broken_xml, _doctype, _strict])
def test_tpl001_unreadable_package(tmp_path: Path, damage: Callable[[str, bytes], bytes | None]) -> None:
    rewrite(write(tmp_path, "documents/d.docx", "x"), damage)
    assert codes(tmp_path) == ["TPL001"]
    assert refusal(tmp_path, {}).code == "TPL001"


def test_tpl001_damaged_zip_and_missing_base(tmp_path: Path) -> None:
    path = write(tmp_path, "documents/d.docx", "x" * 3000)
    data = bytearray(path.read_bytes())
    for content in (b"", b"PK", b"%PDF-1.7", bytes(data[:-200]), bytes(data[:300] + b"\0" * 40 + data[340:])):
        path.write_bytes(content)
        assert codes(tmp_path) == ["TPL001"]
    (tmp_path / "documents/folder.docx").mkdir()
    assert codes(tmp_path, "documents/folder.docx") == ["TPL001"]
    (tmp_path / "base.docx").unlink()
    path.write_bytes(bytes(data))
    assert [d.code for d in Engine(tmp_path).lint_one("documents/d.docx")] == ["TPL001"]


# TPL002


@pytest.mark.parametrize(
    ("lines", "message", "where"),
    [
        (["a", "{{ x y }}"], "la balise ne se comprend pas", 2),
        (["{{ x|euro }}"], "filtre inconnu : « euro »", 1),
        (["a", "{% if x is euro %}a{% endif %}"], "test inconnu : « euro »", 2),
        (["{% if not x %}{{ x|euro }}{% endif %}"], "filtre inconnu : « euro »", 1),
        (["{{ 'a' if x is euro else 'b' }}"], "test inconnu : « euro »", 1),
        (["a", "b", "{%p fi x %}"], "instruction inconnue : « fi »", 3),
        (["{%p if x %}", "a"], "« {%p if x %} » n’est jamais fermée", 1),
        (["a", "{%p endif %}"], "« {%p endif %} » ne correspond à aucune ouverture", 2),
        (["{%p if x %}", "{%p for y in x %}", "{%p endif %}", "{%p endfor %}"], "arrive alors que", 3),
        (["{{ 'a }}"], "la balise ne se comprend pas", 1),
    ],
)
def test_tpl002_syntax(tmp_path: Path, lines: list[str], message: str, where: int) -> None:
    write(tmp_path, "documents/d.docx", *lines)
    first = next(d for d in found(tmp_path) if d.code == "TPL002")
    assert message in first.message.replace("\u00a0", " ")
    assert first.notes[0].text.startswith(f"paragraphe\u00a0{where}\u00a0:")
    assert refusal(tmp_path, {"x": []}).code == "TPL002"


def test_tpl002_place_counts_through_tables_rows_and_vanished_paragraphs(tmp_path: Path) -> None:
    rows = [["{%tr for x in xs %}", ""], ["{{ x }}", "{{ x x }}"], ["{%tr endfor %}", ""]]
    write(tmp_path, "documents/d.docx", "{%p if a %}", "{{ a }} {{ b }}", "{%p endif %}", rows)
    [one] = found(tmp_path)
    assert one.notes[0].text == "tableau\u00a01, ligne\u00a02, colonne\u00a02\u00a0: «\u00a0{{ x x }}\u00a0»"


def test_tpl002_impossible_calculation(tmp_path: Path) -> None:
    write(tmp_path, "documents/d.docx", "a", "{{ x / 0 }}")
    assert codes(tmp_path) == []
    one = refusal(tmp_path, {"x": 1})
    assert (one.code, one.notes[0].text[:12]) == ("TPL002", "paragraphe\u00a02")


# TPL003


@pytest.mark.parametrize(
    ("line", "message", "help"),
    [
        ("{{ structur }}", "la variable « structur » n’existe pas", "« structure »"),
        ("{{ structure.siren }}", "le champ « siren » n’existe pas", "« siret »"),
        ("{% if structure.siren %}a{% endif %}", "le champ « siren » n’existe pas", "« siret »"),
        ("{{ structure.items }}", "n’est pas un champ", ""),
        ("{% for ligne in lignes %}{{ lign.a }}{% endfor %}", "la variable « lign »", "« ligne »"),
        ("{{ (lignes|first).b }}", "le champ « b »", ""),
    ],
)
def test_tpl003_unknown_name(tmp_path: Path, line: str, message: str, help: str) -> None:
    write(tmp_path, "documents/d.docx", line)
    one = refusal(tmp_path, {"structure": {"siret": "1"}, "lignes": [{"a": "x"}]})
    assert one.code == "TPL003"
    assert message in one.message.replace("\u00a0", " ")
    assert help in one.help.replace("\u00a0", " ")


def test_tpl003_in_a_footer(tmp_path: Path) -> None:
    write(tmp_path, "documents/d.docx", "x", footer="Page {{ pied }}")
    assert refusal(tmp_path, {}).notes[0].text.startswith("pied de page, paragraphe\u00a01")


# TPL004


def test_tpl004_missing_circular_and_outside(tmp_path: Path) -> None:
    write(tmp_path, "clauses/parties.docx", "x")
    write(tmp_path, "documents/d.docx", "a", "{%p include 'clauses/partie.docx' %}")
    [one] = found(tmp_path)
    assert (one.code, one.notes[0].text[:12]) == ("TPL004", "paragraphe\u00a02")
    assert "clauses/parties.docx" in one.help
    assert refusal(tmp_path, {}).code == "TPL004"
    write(tmp_path, "clauses/a.docx", "{%p include 'clauses/b.docx' %}")
    write(tmp_path, "clauses/b.docx", "b", "{%p include 'clauses/a.docx' %}")
    write(tmp_path, "documents/d.docx", "{%p include 'clauses/a.docx' %}")
    loop = refusal(tmp_path, {})
    assert (loop.code, loop.span.file) == ("TPL004", f"{tmp_path.name}/clauses/a.docx")
    assert "clauses/a.docx → clauses/b.docx → clauses/a.docx" in [n.text for n in loop.notes]
    assert codes(tmp_path, "clauses/b.docx") == ["TPL004"]
    write(tmp_path, "clauses/a.docx", "{%p include suivant %}")
    assert refusal(tmp_path, {"suivant": "clauses/a.docx"}).code == "TPL004"
    write(tmp_path, "documents/d.docx", "{%p include '../secret.docx' %}")
    write(tmp_path.parent, "secret.docx", "x")
    assert refusal(tmp_path, {}).code == "TPL004"
    assert refusal(tmp_path, {}, "documents/absent.docx").code == "TPL004"
    with pytest.raises(RenderError):
        engine(tmp_path).closure("documents/absent.docx")


@pytest.mark.parametrize("target", [None, "", "clauses/ab.docx", "clauses", 3])
def test_tpl004_computed_include(tmp_path: Path, target: object) -> None:
    write(tmp_path, "clauses/a.docx", "x")
    write(tmp_path, "documents/d.docx", "a", "{%p include cible %}")
    one = refusal(tmp_path, {"cible": target})
    assert (one.code, one.notes[0].text[:12]) == ("TPL002" if target == 3 else "TPL004", "paragraphe\u00a02")
    assert ("clauses/a.docx" in one.help) == (target in ("clauses/ab.docx", "clauses"))


# TPL005


def _new_style(document: Any) -> None:
    document.styles.add_style("Maison", 1)
    document.paragraphs[0].style = "Maison"


def test_tpl005_style_missing_from_the_base_and_from_the_root(tmp_path: Path) -> None:
    write(tmp_path, "clauses/c.docx", "clause", edit=_new_style)
    write(tmp_path, "documents/d.docx", "{%p include 'clauses/c.docx' %}")
    [one] = found(tmp_path, "clauses/c.docx")
    assert one.code == "TPL005"
    assert one.span.file == f"{tmp_path.name}/clauses/c.docx"
    assert "«\u00a0Maison\u00a0»" in one.message and "base.docx" in one.message
    assert one.notes[0].text.startswith("paragraphe\u00a01\u00a0: «\u00a0clause")
    [one] = found(tmp_path)
    assert one.span.file == f"{tmp_path.name}/clauses/c.docx" and "documents/d.docx" in one.message
    at_work = refusal(tmp_path, {})
    assert (at_work.code, at_work.span.file) == ("TPL005", f"{tmp_path.name}/clauses/c.docx")
    assert at_work.notes[1].text.startswith(f"inclus par {tmp_path.name}/documents/d.docx, paragraphe\u00a01")


def _number(num_id: str, form: str) -> Callable[[Any], None]:
    def edit(document: Any) -> None:
        numbering = document.part.numbering_part.element
        levels = f'<w:lvl w:ilvl="0"><w:numFmt w:val="{form}"/><w:lvlText w:val="%1."/></w:lvl>'
        abstract = f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">{levels}</w:abstractNum>'
        numbering.insert(0, parse_xml(abstract))
        num = f'<w:num {nsdecls("w")} w:numId="{num_id}"><w:abstractNumId w:val="90"/></w:num>'
        numbering.append(parse_xml(num))
        properties = document.paragraphs[0]._p.get_or_add_pPr()
        properties.get_or_add_numPr().get_or_add_numId().val = int(num_id)

    return edit


def test_tpl005_numbering(tmp_path: Path) -> None:
    write(tmp_path, "base.docx", "base", edit=_number("70", "decimal"))
    write(tmp_path, "clauses/same.docx", "x", edit=_number("70", "decimal"))
    write(tmp_path, "clauses/other.docx", "x", edit=_number("70", "lowerLetter"))
    write(tmp_path, "clauses/none.docx", "x", edit=_number("71", "decimal"))
    assert codes(tmp_path, "clauses/same.docx") == []
    [other] = found(tmp_path, "clauses/other.docx")
    [none] = found(tmp_path, "clauses/none.docx")
    assert (other.code, none.code) == ("TPL005", "TPL005")
    assert "n’est pas la même" in other.message and "n’existe pas" in none.message


# TPL006


@pytest.mark.parametrize(
    "content",
    [
        paragraph('<w:ins w:id="1"><w:r><w:t>x</w:t></w:r></w:ins>'),
        paragraph('<w:del w:id="1"><w:r><w:delText>x</w:delText></w:r></w:del>'),
        paragraph('<w:commentRangeStart w:id="0"/><w:r><w:t>x</w:t></w:r>'),
        paragraph("<w:r><w:object/></w:r>"),
        paragraph('<w:r><w:instrText> INCLUDEPICTURE "http://x.invalid/a.png" </w:instrText></w:r>'),
        paragraph('<w:fldSimple w:instr=" DATE \\@ dd "><w:r><w:t>x</w:t></w:r></w:fldSimple>'),
        element("w:altChunk"),
    ],
)
def test_tpl006_forbidden_everywhere(tmp_path: Path, content: Any) -> None:
    write(tmp_path, "documents/d.docx", "a", content)
    assert codes(tmp_path) == ["TPL006"]
    assert refusal(tmp_path, {}).code == "TPL006"


@pytest.mark.parametrize(
    "content",
    [
        paragraph("<w:pPr><w:sectPr/></w:pPr>"),
        paragraph("<w:r><w:drawing/></w:r>"),
        paragraph('<w:hyperlink r:id="rId1"><w:r><w:t>x</w:t></w:r></w:hyperlink>'),
        paragraph('<w:r><w:footnoteReference w:id="2"/></w:r>'),
        paragraph('<w:bookmarkStart w:id="3" w:name="signet"/><w:bookmarkEnd w:id="3"/>'),
    ],
)
def test_tpl006_forbidden_in_an_included_template_only(tmp_path: Path, content: Any) -> None:
    write(tmp_path, "clauses/c.docx", "a", content)
    write(tmp_path, "documents/d.docx", "{%p include 'clauses/c.docx' %}")
    [one] = found(tmp_path, "clauses/c.docx")
    assert (one.code, one.notes[0].text[:12]) == ("TPL006", "paragraphe\u00a02")
    assert refusal(tmp_path, {}).code == "TPL006"
    assert render(tmp_path, {}, "clauses/c.docx")


def test_tpl006_external_link_macro_and_repeated_drawing(tmp_path: Path) -> None:
    path = write(tmp_path, "documents/d.docx", "a")
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
    link = f'<Relationship Id="rId99" Type="{kind}" Target="http://x.invalid/a.png" TargetMode="External"/>'

    def add(name: str, content: bytes) -> bytes:
        return re.sub(b"</Relationships>", link.encode() + b"</Relationships>", content)

    rewrite(path, add, {"word/vbaProject.bin": b"x"})
    assert set(codes(tmp_path)) == {"TPL006"}
    messages = " ".join(d.message + "".join(n.text for n in d.notes) for d in found(tmp_path))
    assert "image liée" in messages and "http://x.invalid/a.png" in messages and "macro" in messages
    drawing = "<w:r><w:drawing><wp:inline><wp:docPr id='1' name='x'/></wp:inline></w:drawing></w:r>"
    write(tmp_path, "documents/d.docx", "{%p for x in xs %}", paragraph(drawing), "{%p endfor %}")
    assert codes(tmp_path) == ["TPL006"]
    write(tmp_path, "documents/d.docx", "a", paragraph(drawing))
    assert codes(tmp_path) == []


PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@pytest.mark.parametrize(
    ("kind", "where", "message"),
    [
        ("aFChunk", "word/_rels/document.xml.rels", "un document importé"),
        ("attachedTemplate", "word/_rels/settings.xml.rels", "un modèle Word attaché"),
        ("subDocument", "word/_rels/document.xml.rels", "un sous-document"),
        ("mailMergeSource", "word/_rels/settings.xml.rels", "une source de publipostage"),
    ],
)
@pytest.mark.parametrize("mode", ["", ' TargetMode="External"'])
def test_tpl006_relations_that_bring_other_files(
    tmp_path: Path, kind: str, where: str, message: str, mode: str
) -> None:
    path = write(tmp_path, "documents/d.docx", "a")
    link = f'<Relationship Id="rId99" Type="{OFFICE}/{kind}" Target="autre.html"{mode}/></Relationships>'
    empty = f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}"></Relationships>'

    def add(name: str, content: bytes) -> bytes:
        return content.replace(b"</Relationships>", link.encode()) if name == where else content

    if where.endswith("settings.xml.rels"):
        rewrite(path, lambda name, content: content if name != where else None, {where: empty.encode()})
    rewrite(path, add)
    [one] = found(tmp_path)
    assert one.code == "TPL006" and message in one.message
    assert refusal(tmp_path, {}).code == "TPL006"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("member", ["word/settings.xml", "docProps/app.xml", "customXml/item9.xml"])
def test_tpl001_dtd_in_a_part_that_is_only_copied(tmp_path: Path, member: str, encoding: str) -> None:
    path = write(tmp_path, "documents/d.docx", "a")
    bomb = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a "aa">]><x>&a;</x>'
    rewrite(path, lambda name, content: content if name != member else None, {member: bomb.encode(encoding)})
    [one] = found(tmp_path)
    assert one.code == "TPL001" and "DOCTYPE" in one.message
    assert refusal(tmp_path, {}).code == "TPL001"


# TPL007


@pytest.mark.parametrize(
    "line",
    [
        "{{ cycler.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__['os'].system('true') }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ xs.append('y') }}",
        "{{ '{0.__class__}'.format(xs) }}",
    ],
)
def test_tpl007_sandbox(tmp_path: Path, line: str) -> None:
    write(tmp_path, "clauses/c.docx", line)
    write(tmp_path, "documents/d.docx", "{%p include 'clauses/c.docx' %}")
    one = refusal(tmp_path, {"xs": ["x"]})
    assert (one.code, one.span.file) == ("TPL007", f"{tmp_path.name}/clauses/c.docx")


def test_tpl007_escaping_cannot_be_switched_off(tmp_path: Path) -> None:
    write(tmp_path, "documents/d.docx", "{% autoescape false %}{{ x }}{% endautoescape %}")
    assert "TPL007" in codes(tmp_path)
    assert refusal(tmp_path, {"x": "<"}).code == "TPL007"


# TPL009 (TPL008, TPL009 and TPL010 on values: test_render.py)


def test_tpl009_static_text(tmp_path: Path) -> None:
    write(tmp_path, "documents/d.docx", runs("Montant : XX", "XX €"))
    [one] = found(tmp_path)
    assert one.code == "TPL009" and one.notes


# TPL011

ACROSS = paragraph("<w:r><w:t>{{ a</w:t></w:r><w:smartTag><w:r><w:t> }}</w:t></w:r></w:smartTag>")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("texte {%p if x %}", "n’est pas seule dans son paragraphe"),
        ("{%p if x %}{%p endif %}", "dans le même paragraphe"),
        ("{{ ‘a’ }}", "correction automatique"),
        ("{%p include “c.docx” %}", "correction automatique"),
        ("{{ a – b }}", "correction automatique"),
        ("{%- if x %}{% endif %}", "collé à l’accolade"),
        ("{{ x -}}", "collé à l’accolade"),
        ("{{ x", "incomplète"),
        ("x }} y", "incomplète"),
        ("{% if x", "incomplète"),
        ("{%p\u00a0if x %}", "est mal placée"),
        ("{% p if x %}", "est mal placée"),
        ([["{% tr for x in y %}"]], "est mal placée"),
        ("{{r x }}", "commence par"),
        ("{%r if x %}{%r endif %}", "commence par"),
        ("{%tc for x in y %}", "commence par"),
        ("{% colspan 2 %}", "docxtpl"),
        ("{% cellbg x %}", "docxtpl"),
        ("{% hm %}", "docxtpl"),
        ("{% vm %}", "docxtpl"),
        ("{%tr for x in y %}", "n’est pas dans un tableau"),
        ([["{%tr for x in y %}", "perdu"]], "n’est pas seule dans sa ligne"),
        ("{%p if x % 2 %}", "signe réservé"),
        ("{% include 'c.docx' %}", "au milieu d’un autre"),
        ("{_{ x }_}", "accolades échappées"),
        ("{% raw %}{% endraw %}", "n’est pas admise"),
        (paragraph('<w:r><w:t>{%p if x %}</w:t><w:br w:type="page"/></w:r>'), "porte un saut"),
        (ACROSS, "chevauche"),
    ],
)  # fmt: skip
def test_tpl011_misuse(tmp_path: Path, content: Any, message: str) -> None:
    write(tmp_path, "documents/d.docx", content)
    misuses = [d for d in found(tmp_path) if d.code == "TPL011"]
    assert any(message in d.message for d in misuses), [d.message for d in found(tmp_path)]
    assert refusal(tmp_path, {"x": "x", "y": [], "a": "a"}).severity is Severity.ERREUR


def test_tpl011_levels(tmp_path: Path) -> None:
    write(tmp_path, "documents/d.docx", "{%p if x %}", "a {% endif %}")
    assert codes(tmp_path) == ["TPL011"]
    write(tmp_path, "documents/d.docx", "début {% if x %}", "milieu", "{% endif %} fin")
    assert codes(tmp_path) == []


@pytest.mark.parametrize(
    "tables",
    [
        [[["{% if x %}a", "b{% endif %}"]]],
        [[["{%p if x %}\na", "b\n{%p endif %}"]]],
        [[["{% for y in x %}a"], ["b{% endfor %}"]]],
        [[["{%tr for y in x %}"], ["a"]], [["b"], ["{%tr endfor %}"]]],
    ],
)
def test_tpl011_a_pair_astride_cells_or_tables(tmp_path: Path, tables: list[Any]) -> None:
    """A false condition would take a border of the table away."""
    write(tmp_path, "documents/d.docx", *tables)
    [one] = found(tmp_path)
    assert one.code == "TPL011" and "ne sont pas dans la même cellule" in one.message


def test_tpl011_a_pair_around_a_table_or_within_one(tmp_path: Path) -> None:
    rows = [
        ["{%tr if x %}", ""],
        ["{% if x %}a{% endif %}", "{%p if x %}\nb\n{%p endif %}"],
        ["{%tr endif %}", ""],
    ]
    write(tmp_path, "documents/d.docx", "{%p if x %}", rows, "{%p endif %}")
    assert codes(tmp_path) == []


def test_tpl011_paragraph_tag_on_text_and_paragraphs_in_a_line(tmp_path: Path) -> None:
    write(tmp_path, "documents/d.docx", "{{p nom }}")
    assert refusal(tmp_path, {"nom": "x"}).code == "TPL011"
    write(tmp_path, "documents/d.docx", "{%p macro m() %}", "x", "{%p endmacro %}", "ici {{ m() }}")
    assert refusal(tmp_path, {}).code == "TPL011"


def test_tpl011_blank_paragraph_is_a_warning(tmp_path: Path) -> None:
    write(tmp_path, "documents/d.docx", "{% set x = 1 %}", "{{ x }}")
    [one] = found(tmp_path)
    assert (one.code, one.severity) == ("TPL011", Severity.AVERTISSEMENT)
    assert render(tmp_path, {})


def test_typographic_signs_inside_a_string_are_kept(tmp_path: Path) -> None:
    write(tmp_path, "documents/d.docx", "{{ \"l’acte – « n° 1 »\" if x else '“”' }}")
    assert codes(tmp_path) == []
    out = Engine(tmp_path).render("documents/d.docx", {"x": True}, titre="t", jour=JOUR, nominatif=True)
    assert text(out)[0] == "l’acte – « n° 1 »"


# TPL012


def _styled(name: str, inner: str = "") -> Any:
    return paragraph(f'<w:pPr><w:pStyle w:val="{name}"/>{inner}</w:pPr>')


@pytest.mark.parametrize(
    "blank",
    [
        "",
        "   ",
        "\u00a0",
        paragraph("<w:r><w:rPr><w:b/></w:rPr></w:r>"),
        paragraph("<w:r><w:br/></w:r>"),
        paragraph('<w:bookmarkStart w:id="3" w:name="_GoBack"/><w:bookmarkEnd w:id="3"/>'),
        _styled("Normal", '<w:rPr><w:lang w:val="fr-FR"/></w:rPr>'),
    ],
)
def test_tpl012_blank_paragraph_of_a_body(tmp_path: Path, blank: Any) -> None:
    write(tmp_path, "documents/d.docx", "Article premier", blank, "Article 2")
    [one] = found(tmp_path)
    assert (one.code, one.severity) == ("TPL012", Severity.AVERTISSEMENT)
    assert [n.text for n in one.notes] == ["paragraphe\u00a02", "après «\u00a0Article premier\u00a0»"]
    assert render(tmp_path, {})  # it is a matter of taste: nothing is blocked


@pytest.mark.parametrize(
    "content",
    [
        paragraph('<w:r><w:br w:type="page"/></w:r>'),
        paragraph("<w:r><w:tab/></w:r>"),
        paragraph("<w:r><w:drawing/></w:r>"),
        paragraph('<w:r><w:fldChar w:fldCharType="begin"/></w:r>'),
        paragraph("<w:pPr><w:sectPr/></w:pPr>"),
        paragraph('<w:pPr><w:pBdr><w:bottom w:val="single"/></w:pBdr></w:pPr>'),
        paragraph('<w:bookmarkStart w:id="3" w:name="signet"/><w:bookmarkEnd w:id="3"/>'),
        "{{ x }}",
    ],
)
def test_tpl012_is_quiet_on_what_shows_something(tmp_path: Path, content: Any) -> None:
    write(tmp_path, "documents/d.docx", "un", content, "deux")
    assert codes(tmp_path) == []


def test_tpl012_where_word_wants_a_paragraph(tmp_path: Path) -> None:
    table = [["", "a\n"], ["b", "c"]]
    write(tmp_path, "documents/d.docx", table, "", table, "")
    assert [d.notes[0].text for d in found(tmp_path)] == 2 * [
        "tableau\u00a01, ligne\u00a01, colonne\u00a02"
    ] or [d.notes[0].text.partition(",")[0] for d in found(tmp_path)] == ["tableau\u00a01", "tableau\u00a02"]
    write(tmp_path, "documents/d.docx", table[1:], "", "suite", "")
    assert [d.notes[0].text for d in found(tmp_path)] == ["paragraphe\u00a01", "paragraphe\u00a03"]


def test_tpl012_styles_made_for_space(tmp_path: Path) -> None:
    def spacer(document: Any) -> None:
        document.styles.add_style("Espace", 1)

    write(tmp_path, "base.docx", "base", edit=spacer)
    write(tmp_path, "documents/d.docx", "un", _styled("Espace"), "deux", edit=spacer)
    assert codes(tmp_path) == []
