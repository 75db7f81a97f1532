"""The render engine: what arrives in the document, what is refused, and where the fault is said to be."""

from __future__ import annotations

import io
import os
import pickle
import re
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docxtpl import DocxTemplate
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from generator.diagnostics import Diagnostic, Span, to_text
from generator.render import Engine, RenderError
from generator.render.values import Block, Refused, finalize

from .render_files import JOUR, engine, paragraph, refusal, render, rewrite, runs, text, write

CONTEXT: dict[str, Any] = {
    "titre": "Convention d’appui",
    "nom": "Élan & Cie <association>",
    "lignes": [{"libelle": "Avance", "montant": "32 500,00 €"}, {"libelle": "Solde", "montant": "1 €"}],
    "vrai": True,
    "faux": False,
}
ROWS = [
    ["Objet", "Montant"],
    ["{%tr for l in lignes %}", ""],
    ["{{ l.libelle }}", "{{ l.montant }}"],
    ["{%tr endfor %}", ""],
]
SPLIT_WITH = (
    '<w:proofErr w:type="spellStart"/><w:bookmarkStart w:id="7" w:name="_GoBack"/><w:bookmarkEnd w:id="7"/>'
)


def by_docxtpl(path: Path, context: dict[str, Any]) -> list[str]:
    template = DocxTemplate(path)
    template.render(context, autoescape=True)
    out = io.BytesIO()
    template.save(out)
    return text(out.getvalue())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(["Bonjour {{ nom }}, voici {{ titre }}.", "Sans balise"], id="values"),
        pytest.param(
            ["avant", "{%p if vrai %}", "oui", "{%p else %}", "non", "{%p endif %}", "après"], id="p"
        ),
        pytest.param(
            ["A {% if faux %}caché{% endif %} B {% for l in lignes %}{{ l.libelle }} {% endfor %}"], id="i"
        ),
        pytest.param([ROWS], id="rows"),
        pytest.param([runs("Cher {", "{ no", "m }", "} fin", between=SPLIT_WITH)], id="split-run"),
        pytest.param([runs("{%", "p if fa", "ux %}"), "caché", runs("{%p endi", "f %", "}")], id="split-p"),
        pytest.param(
            ["{{ lignes[0]['libelle'] if 1 < 2 else 'x' }}", '{{ nom|replace("&", "et") }}'], id="expr"
        ),
        pytest.param(["{# remarque {{ nom }} #}suite", "{#p une remarque #}", "fin"], id="comments"),
    ],
)
def test_same_text_as_docxtpl(tmp_path: Path, content: list[Any]) -> None:
    path = write(tmp_path, "documents/d.docx", *content, footer="Pied {{ titre }}")
    assert engine(tmp_path).lint() == []
    assert text(render(tmp_path, CONTEXT)) == by_docxtpl(path, CONTEXT)


def test_include_brings_paragraphs_and_sees_loop_variables(tmp_path: Path) -> None:
    write(
        tmp_path,
        "clauses/c.docx",
        "{{ l.libelle }} ({{ nom }})",
        runs("fin de ", "clause", between=SPLIT_WITH),
    )
    write(
        tmp_path,
        "documents/d.docx",
        "{%p for l in lignes %}",
        "{%p include 'clauses/c.docx' %}",
        "{%p endfor %}",
    )
    out = render(tmp_path, CONTEXT)
    name = CONTEXT["nom"]
    assert text(out)[:4] == [f"Avance ({name})", "fin de clause", f"Solde ({name})", "fin de clause"]
    document = docx.Document(io.BytesIO(out))
    assert len(document.sections) == 1
    assert b"_GoBack" not in document.part.blob and b"rsidR" not in document.part.blob


def test_computed_include_macro_import_and_inheritance(tmp_path: Path) -> None:
    write(tmp_path, "clauses/macros.docx", "{%p macro bloc(t) %}", "Bloc {{ t }}", "{%p endmacro %}")
    write(tmp_path, "clauses/un.docx", "Clause un")
    write(tmp_path, "modele.docx", "Haut", "{%p block corps %}", "par défaut", "{%p endblock %}", "Bas")
    write(
        tmp_path, "documents/d.docx",
        "{%p extends 'modele.docx' %}", "{%p block corps %}",
        "{%p import 'clauses/macros.docx' as m %}", "{{p m.bloc(nom) }}",
        "{%p include 'clauses/' ~ choix ~ '.docx' %}", "{%p endblock %}",
    )  # fmt: skip
    context = {**CONTEXT, "choix": "un"}
    assert text(render(tmp_path, context))[:4] == ["Haut", f"Bloc {CONTEXT['nom']}", "Clause un", "Bas"]
    assert engine(tmp_path).lint() == []


def test_same_inputs_same_bytes_and_fixed_properties(tmp_path: Path) -> None:
    write(tmp_path, "documents/d.docx", "{{ nom }}", footer="{{ titre }}")
    first = render(tmp_path, CONTEXT)
    os.utime(tmp_path / "documents/d.docx", (1, 1))
    assert render(tmp_path, CONTEXT) == first
    archive = zipfile.ZipFile(io.BytesIO(first))
    assert archive.testzip() is None
    assert {i.date_time for i in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = docx.Document(io.BytesIO(first)).core_properties
    assert (properties.title, properties.language) == ("Acte", "fr-FR")
    assert properties.author == properties.last_modified_by == "Département du Pas-de-Calais"
    assert str(properties.created) == str(properties.modified) == "2024-12-09 00:00:00+00:00"


def test_template_without_properties_gets_some(tmp_path: Path) -> None:
    path = write(tmp_path, "documents/d.docx", "{{ nom }}")

    def drop(name: str, content: bytes) -> bytes | None:
        content = re.sub(rb"<Relationship [^>]*core-properties[^>]*/>", b"", content)
        content = re.sub(rb"<Override [^>]*core-properties[^>]*/>", b"", content)
        return None if name == "docProps/core.xml" else content

    rewrite(path, drop)
    assert (
        docx.Document(io.BytesIO(render(tmp_path, CONTEXT, titre="A & B"))).core_properties.title == "A & B"
    )


ALLOWED = re.compile(
    "[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]+"
)


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=40))
@example("A & B <x> \"'</w:t></w:p>")
@example("une ligne\r\nune autre\tet {{ x }} {% if %}")
@example("\ud800")
@example("a\x00b")
@example("\ufffe")
@example("👩‍👩‍👧 \u202f\u00a0 ]]>")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_arrives_intact_or_is_refused(hostile: Engine, value: str) -> None:
    def produce() -> bytes:
        return hostile.render("documents/d.docx", {"v": value}, titre="t", jour=JOUR, nominatif=False)

    if ALLOWED.fullmatch(value):
        shown = re.sub("\r\n|\r", "\n", value)
        assert text(produce())[:2] == [f"[{shown}]", "suite"]
    else:
        with pytest.raises(RenderError) as caught:
            produce()
        assert caught.value.diagnostic.code == ("TPL010" if value else "TPL008")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    folder = tmp_path_factory.mktemp("hostile") / "templates"
    write(folder, "documents/d.docx", "[{{ v }}]", "suite")
    return engine(folder)


def test_escaping_twice_or_marking_as_safe_opens_no_way_in(tmp_path: Path) -> None:
    write(tmp_path, "documents/d.docx", "{{ v|e }}{% set w %}{{ v }}{% endset %}{{ w }}")
    assert text(render(tmp_path, {"v": "<&>"}))[0] == "<&><&>"
    assert refusal(tmp_path, {"v": "a\x01"}).code == "TPL010"
    write(tmp_path, "documents/d.docx", "{{ v|safe }}")
    assert refusal(tmp_path, {"v": "<w:p/>"}).code == "TPL002"


@pytest.mark.parametrize(
    ("value", "code"),
    [(None, "TPL008"), ("", "TPL008"), (True, "TPL010"), (1.5, "TPL010"), ([], "TPL010"),
     ({"a": 1}, "TPL010"), ("XXXX", "TPL009"), ("None", "TPL009"), ("{{ x }}", "TPL009"), ("{% x", "TPL009")],
)  # fmt: skip
def test_values_that_have_no_place_in_an_act(tmp_path: Path, value: object, code: str) -> None:
    write(tmp_path, "documents/d.docx", "début", "Montant : {{ acte.montant }}")
    found = refusal(tmp_path, {"acte": {"montant": value}})
    assert found.code == code
    assert found.span == Span(f"{tmp_path.name}/documents/d.docx")
    assert found.notes[0].text == "paragraphe\u00a02\u00a0: «\u00a0Montant : {{ acte.montant }}\u00a0»"
    assert "acte.montant" in found.message
    if code == "TPL009":
        blank = render(tmp_path, {"acte": {"montant": value}}, nominatif=False)
        assert text(blank)[1] == f"Montant : {value}"


def test_integers_are_printed_and_ordinary_words_are_not_leftovers(tmp_path: Path) -> None:
    write(tmp_path, "documents/d.docx", "{{ n }} {{ mot }}")
    assert text(render(tmp_path, {"n": 12, "mot": "Nonette, XXX"}))[0] == "12 Nonette, XXX"


def test_values_in_attributes_and_field_codes_are_held_to_one_line(tmp_path: Path) -> None:
    field = paragraph(
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        '<w:r><w:instrText>HYPERLINK "http://dossier.invalid/page/{{ </w:instrText></w:r>'
        '<w:r><w:instrText>n }}"</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        '<w:r><w:t>page {{ n }}</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    shaded = paragraph('<w:pPr><w:shd w:val="clear" w:fill="{{ n }}"/></w:pPr><w:r><w:t>x</w:t></w:r>')
    write(tmp_path, "documents/d.docx", field, shaded)
    assert engine(tmp_path).lint() == []
    xml = zipfile.ZipFile(io.BytesIO(render(tmp_path, {"n": "12&"}))).read("word/document.xml").decode()
    assert 'HYPERLINK "http://dossier.invalid/page/12&amp;"' in xml and 'w:fill="12&amp;"' in xml
    assert refusal(tmp_path, {"n": "1\n2"}).code == "TPL010"
    assert refusal(tmp_path, {"n": '1" \\o "'}).code == "TPL010"


def test_a_false_condition_leaves_no_damage(tmp_path: Path) -> None:
    cell = "{%p if faux %}\nx\n{%p endif %}"
    rows = [["{%tr for l in vide %}", ""], ["{{ l }}", ""], ["{%tr endfor %}", ""]]
    write(tmp_path, "documents/d.docx", [["a", cell]], "entre", rows, "fin")
    out = render(tmp_path, {**CONTEXT, "vide": []})
    document = docx.Document(io.BytesIO(out))
    assert [len(c.paragraphs) for c in document.tables[0].rows[0].cells] == [1, 1]
    assert len(document.tables) == 1
    assert text(out)[:3] == ["entre", "fin", "a | "]


def test_template_changed_on_disk_is_picked_up(tmp_path: Path) -> None:
    write(tmp_path, "clauses/c.docx", "ancienne clause")
    write(tmp_path, "documents/d.docx", "ancien acte", "{%p include 'clauses/c.docx' %}")
    shared = engine(tmp_path)

    def seen() -> list[str]:
        return text(shared.render("documents/d.docx", {}, titre="t", jour=JOUR, nominatif=True))[:2]

    assert seen() == ["ancien acte", "ancienne clause"]
    before = shared.fingerprint("documents/d.docx", {})
    write(tmp_path, "clauses/c.docx", "nouvelle clause")
    assert seen() == ["ancien acte", "nouvelle clause"]
    write(tmp_path, "documents/d.docx", "nouvel acte", "{%p include 'clauses/c.docx' %}")
    assert seen() == ["nouvel acte", "nouvelle clause"]
    assert shared.fingerprint("documents/d.docx", {}) != before


def test_closure_and_fingerprint(tmp_path: Path) -> None:
    write(tmp_path, "clauses/a.docx", "{%p include 'clauses/b.docx' %}")
    write(tmp_path, "clauses/b.docx", "b")
    write(tmp_path, "articles/x.docx", "x")
    write(
        tmp_path,
        "documents/d.docx",
        "{%p include 'clauses/a.docx' %}",
        "{%p include 'rien.docx' ignore missing %}",
    )
    write(tmp_path, "documents/e.docx", "{%p include 'articles/' ~ n ~ '.docx' %}")
    write(tmp_path, "documents/f.docx", "{%p include a.clause %}")
    shared = engine(tmp_path)
    (tmp_path / "clauses/~$a.docx").write_bytes(b"lock file of Word")
    assert shared.closure("documents/d.docx") == ("documents/d.docx", "clauses/a.docx", "clauses/b.docx")
    assert shared.closure("documents/e.docx") == ("documents/e.docx", "articles/x.docx")
    every = ("documents/f.docx", "articles/x.docx", "clauses/a.docx", "clauses/b.docx")
    assert shared.closure("documents/f.docx") == every
    prints = {
        shared.fingerprint("documents/d.docx", {"a": 1}),
        shared.fingerprint("documents/d.docx", {"a": "1"}),
        shared.fingerprint("documents/e.docx", {"a": 1}),
        shared.fingerprint("documents/d.docx", {"a": 1}, nominatif=True),
        shared.fingerprint("documents/d.docx", {"a": 1}, titre="t"),
        shared.fingerprint("documents/d.docx", {"a": 1}, jour=JOUR),
        Engine(tmp_path, author="x").fingerprint("documents/d.docx", {"a": 1}),
    }
    assert len(prints) == 7
    one = shared.fingerprint("documents/d.docx", {"a": 1, "b": "\ud800"})
    assert one == shared.fingerprint("documents/d.docx", {"b": "\ud800", "a": 1})


def test_error_and_engine_survive_pickling(tmp_path: Path) -> None:
    write(tmp_path, "documents/d.docx", "{{ nom }}")
    error = RenderError(Diagnostic("TPL008", "m", Span("f")))
    assert pickle.loads(pickle.dumps(error)).diagnostic == error.diagnostic
    again = pickle.loads(pickle.dumps(engine(tmp_path)))
    assert pickle.loads(pickle.dumps(engine(tmp_path))) is again  # one per process: templates compile once
    assert (
        text(again.render("documents/d.docx", CONTEXT, titre="t", jour=JOUR, nominatif=True))[0]
        == CONTEXT["nom"]
    )


def test_error_in_an_include_says_the_whole_way(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    write(folder, "clauses/c.docx", "intro", [["a", "b"], ["c", "Total {{ l.monttant }}"]])
    write(
        folder,
        "documents/d.docx",
        "{%p for l in lignes %}",
        "{%p include 'clauses/c.docx' %}",
        "{%p endfor %}",
    )
    assert to_text(refusal(folder, CONTEXT)).replace("\u00a0", " ").splitlines() == [
        "templates/clauses/c.docx: erreur[TPL003] le champ « monttant » n’existe pas (« l.monttant »)",
        "  note : tableau 1, ligne 2, colonne 2 : « Total {{ l.monttant }} »",
        "  note : inclus par templates/documents/d.docx, paragraphe 2 : « {%p include 'clauses/c.docx' %} »",
        "  aide : le nom connu le plus proche est « montant »",
    ]


def test_libreoffice_reads_hostile_values(tmp_path: Path) -> None:
    write(tmp_path, "clauses/c.docx", "clause {{ v }}")
    write(
        tmp_path,
        "documents/d.docx",
        "{%p include 'clauses/c.docx' %}",
        [["{{ v }}", "{%p if faux %}\nx\n{%p endif %}"]],
    )
    source = tmp_path / "out.docx"
    source.write_bytes(render(tmp_path, {"v": "A & B <x>\nfin", "faux": False}))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "txt:Text (encoded):UTF8",
        "--outdir",
        str(tmp_path),
        str(source),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    seen = (tmp_path / "out.txt").read_text(encoding="utf-8-sig").split()
    assert seen == ["clause", "A", "&", "B", "<x>", "fin", "A", "&", "B", "<x>", "fin"]


def test_keys_named_like_methods_are_fields(tmp_path: Path) -> None:
    write(tmp_path, "documents/d.docx", "{{ a.items }} {{ a['count'] }} {{ a.items.title() }}")
    assert text(render(tmp_path, {"a": {"items": "clés", "count": "deux"}}))[0] == "clés deux Clés"


def test_line_feeds_in_the_xml_move_neither_text_nor_places(tmp_path: Path) -> None:
    broken = paragraph("<w:r><w:t>un\ndeux {{\nnom }}\n</w:t></w:r>")
    write(tmp_path, "documents/d.docx", broken, "{{ absent }}")
    assert refusal(tmp_path, CONTEXT).notes[0].text.startswith("paragraphe\u00a02\u00a0:")
    write(tmp_path, "documents/d.docx", broken, "fin")
    assert text(render(tmp_path, CONTEXT))[0].split() == f"un deux {CONTEXT['nom']}".split()


def test_line_feeds_survive_filters_that_mark_text_as_safe(tmp_path: Path) -> None:
    write(tmp_path, "documents/d.docx", "{{ v|e }}", "{{ [v, v]|join(' ; ') }}")
    out = render(tmp_path, {"v": "a\n&"})
    assert text(out)[:2] == ["a\n&", "a\n& ; a\n&"]
    assert zipfile.ZipFile(io.BytesIO(out)).read("word/document.xml").count(b"<w:br/>") == 3


def test_a_line_break_in_the_description_of_a_picture_is_not_a_cut() -> None:
    picture = Block('<w:p><w:r><wp:docPr descr="Une image&#10;&#xA0;&amp; son texte"/></w:r></w:p>')
    assert finalize(picture) == picture
    for cut in ("&#1", "&am", "&#x;", "&#10"):
        with pytest.raises(Refused, match="coupée"):
            finalize(Block(f"<w:p>{cut}"))


@pytest.mark.parametrize(
    "line",
    [
        "{% filter upper %}{{ v }}{% endfilter %}",
        "{% macro m() %}{{ v }}{% endmacro %}{{ m()|upper }}",
        "{% macro m() %}{{ v }}{% endmacro %}{{ m().upper() }}",
        "{% macro m() %}{{ v }}{% endmacro %}{{ m()[:4] }}",
        "{% macro m() %}{{ v }}{% endmacro %}{{ m()|truncate(5) }}",
    ],
)
def test_a_filter_does_not_cut_what_is_already_xml(tmp_path: Path, line: str) -> None:
    write(tmp_path, "documents/d.docx", line)
    assert refusal(tmp_path, {"v": "a & b et la suite"}).code == "TPL010"
    assert text(render(tmp_path, {"v": "ab"}))[0].lower() == "ab"


def test_filters_change_the_values_of_the_data(tmp_path: Path) -> None:
    write(
        tmp_path,
        "documents/d.docx",
        "{{ v|upper }} {{ v|replace('b', 'c') }} {% filter trim %} {{ v }}{% endfilter %}",
    )
    assert text(render(tmp_path, {"v": "a & b"}))[0] == "A & B a & c a & b"


def test_an_include_may_use_the_extensions_of_its_own_word(tmp_path: Path) -> None:
    path = write(tmp_path, "clauses/c.docx", "clause")
    w14 = b"http://schemas.microsoft.com/office/word/2010/wordml"

    def change(name: str, content: bytes, declared: bool) -> bytes:
        if name != "word/document.xml":
            return content
        content = re.sub(rb' xmlns:w14="[^"]*"| mc:Ignorable="[^"]*"', b"", content)
        if not declared:
            return content
        content = content.replace(b"<w:document ", b'<w:document xmlns:w14="' + w14 + b'" ', 1)
        content = content.replace(b"<w:p>", b'<w:p w14:paraId="1A2B3C4D">', 1)
        return content.replace(b"<w:r>", b'<w:r><w:rPr><w14:ligatures w14:val="all"/></w:rPr>', 1)

    rewrite(path, lambda name, content: change(name, content, True))
    lines = ("{%p for i in [1, 2] %}", "{%p include 'clauses/c.docx' %}", "{%p endfor %}")
    rewrite(write(tmp_path, "documents/d.docx", *lines), lambda name, content: change(name, content, False))
    xml = zipfile.ZipFile(io.BytesIO(render(tmp_path, {}))).read("word/document.xml")
    assert text(render(tmp_path, {}))[:2] == ["clause", "clause"]
    assert xml.count(b"w14:ligatures") == 2 and b"paraId" not in xml


def test_headers_emptied_by_a_condition_stay_valid(tmp_path: Path) -> None:
    def conditional(document: Any) -> None:
        footer = document.sections[0].footer
        footer.paragraphs[0].text = "{%p if vrai %}"
        footer.add_paragraph("Pied")
        footer.add_paragraph("{%p endif %}")

    write(tmp_path, "documents/d.docx", "x", edit=conditional)
    assert text(render(tmp_path, {"vrai": True})) == ["x", "Pied"]
    assert text(render(tmp_path, {"vrai": False})) == ["x", ""]


def test_within_a_batch_a_template_is_looked_at_once(tmp_path: Path) -> None:
    def words() -> str:
        data = made.render("documents/d.docx", {}, titre="T", jour=JOUR, nominatif=False)
        return text(data)[0]

    write(tmp_path, "documents/d.docx", "Avant")
    made = engine(tmp_path)
    with made.figer():
        assert words() == "Avant"
        write(tmp_path, "documents/d.docx", "Pendant la série")
        assert words() == "Avant"
    assert words() == "Pendant la série"
