"""Compiled templates: same text as docxtpl, and nothing left from one act to the next."""

from __future__ import annotations

import contextlib
import io
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docxtpl import DocxTemplate
from jinja2 import Environment

from generator.documents import couverture
from generator.load import load
from generator.plan import Choix, Tache, planifier
from generator.render import Engine, RenderError
from generator.render.loader import DocxLoader, DropMarkers

from .render_files import JOUR, engine, refusal, render, text, write

ROOT = Path(__file__).parents[1]


def one_of_each() -> dict[str, Tache]:
    """A document for each root template that the records use."""
    records, _ = load(ROOT / "data")
    found: dict[str, Tache] = {}
    for dossier in records.dossiers.values():
        plan, _ = planifier(couverture.dossier(records, dossier), [], Choix(), lambda *_: frozenset())
        for task in plan.taches:
            found.setdefault(task.document.template, task)
    return found


TASKS = one_of_each()


@pytest.mark.parametrize("name", sorted(TASKS))
def test_same_text_as_docxtpl_on_the_templates_of_the_repository(name: str) -> None:
    environment = Environment(
        loader=DocxLoader(ROOT / "templates", "base.docx"), autoescape=True, extensions=[DropMarkers]
    )
    for known in ("une_ligne", "code_de_champ", "bloc"):
        environment.filters[known] = lambda value: value
    document, context = TASKS[name].document, TASKS[name].contexte
    template = DocxTemplate(ROOT / "templates" / name)
    template.render(dict(context), environment, autoescape=True)
    expected = io.BytesIO()
    template.save(expected)
    made = Engine(ROOT / "templates").render(
        name, context, titre=document.titre, jour=JOUR, nominatif=document.nominatif
    )
    assert text(made) == text(expected.getvalue())


def test_what_was_rendered_before_changes_nothing() -> None:
    shared = Engine(ROOT / "templates")

    def produce(made: Engine, name: str) -> bytes:
        document = TASKS[name].document
        titre, nominatif = document.titre, document.nominatif
        return made.render(name, TASKS[name].contexte, titre=titre, jour=JOUR, nominatif=nominatif)

    for name in [*sorted(TASKS), *sorted(TASKS, reverse=True)]:
        assert produce(shared, name) == produce(Engine(ROOT / "templates"), name)


def test_everything_that_jinja_passes_on_without_printing_it(tmp_path: Path) -> None:
    write(tmp_path, "clauses/c.docx", "clause {{ nom }}")
    write(
        tmp_path,
        "documents/d.docx",
        "{%p macro avec_clause() %}", "{%p include 'clauses/c.docx' %}", "{%p endmacro %}",
        "{{p avec_clause() }}",
        "{% macro cadre() %}[{{ caller() }}]{% endmacro %}{% call cadre() %}<{{ nom }}>{% endcall %}",
        "{% filter trim %} filtre {{ nom }} {% endfilter %}",
        "{% for n in arbre recursive %}{{ n.nom }}({{ loop(n.suite) }}){% endfor %}",
        "{%p include ['clauses/absente.docx', 'clauses/c.docx'] %}",
        "{%p include 'clauses/absente.docx' ignore missing %}",
        "{%p with nom = 'autre' %}", "{%p include 'clauses/c.docx' %}", "{%p endwith %}",
        "{% set nom2 %}{{ nom }}{% endset %}{{ nom2 }} {{ nom2 ~ nom }}",
    )  # fmt: skip
    tree = [{"nom": "a", "suite": [{"nom": "b", "suite": []}]}]
    assert text(render(tmp_path, {"nom": "é&è", "arbre": tree}))[:7] == [
        "clause é&è", "[<é&è>]", "filtre é&è", "a(b())", "clause é&è", "clause autre", "é&è é&èé&è",
    ]  # fmt: skip


def test_blocks_includes_and_empty_cells_at_every_level_of_inheritance(tmp_path: Path) -> None:
    write(tmp_path, "clauses/c.docx", "clause {{ nom }}")
    empty: Any = [["a", "{%p if faux %}\nx\n{%p endif %}"]]
    write(
        tmp_path, "modele.docx",
        "Haut", "{%p block corps %}", "{%p include 'clauses/c.docx' %}", empty, "{%p endblock %}",
        "{% block fin %}fin{% endblock %}", "{%p include 'clauses/c.docx' without context %}",
    )  # fmt: skip
    write(
        tmp_path, "documents/d.docx",
        "{%p extends 'modele.docx' %}", "jamais imprimé",
        "{%p block corps %}", "{{p super() }}", "{{p super() }}",
        "{%p macro m() %}", "{%p include 'clauses/c.docx' %}", "{%p endmacro %}", "{{p m() }}",
        "{%p endblock %}",
    )  # fmt: skip
    found = refusal(tmp_path, {"nom": "A", "faux": False})
    assert found.code == "TPL003" and "« nom »" in found.message.replace("\u00a0", " ")
    write(tmp_path, "clauses/c.docx", "clause {{ nom|default('sans nom') }}")
    made = render(tmp_path, {"nom": "A", "faux": False})
    assert text(made) == ["Haut", *["clause A"] * 3, "fin", "clause sans nom", "a | ", "a | ", ""]


@pytest.mark.parametrize("batch", [False, True])
def test_in_a_batch_an_include_is_looked_at_once_and_refused_each_time(tmp_path: Path, batch: bool) -> None:
    write(tmp_path, "clauses/c.docx", "Avant")
    write(tmp_path, "clauses/fautive.docx", "{{ nom")
    root = ("{%p include 'clauses/c.docx' %}", "{%p if mal %}", "{%p include 'clauses/fautive.docx' %}",
            "{%p endif %}")  # fmt: skip
    write(tmp_path, "documents/d.docx", *root)
    write(tmp_path, "documents/e.docx", *root)
    shared = engine(tmp_path)

    def seen(name: str = "documents/d.docx", *, mal: bool = False) -> str:
        return text(shared.render(name, {"mal": mal}, titre="t", jour=JOUR, nominatif=True))[0]

    with shared.figer() if batch else contextlib.nullcontext():
        assert seen() == seen("documents/e.docx") == "Avant"
        for _ in range(2):
            with pytest.raises(RenderError) as caught:
                seen(mal=True)
            assert caught.value.diagnostic.span.file.endswith("clauses/fautive.docx")
        write(tmp_path, "clauses/c.docx", "Après")
        assert seen() == seen("documents/e.docx") == ("Avant" if batch else "Après")
    assert seen() == seen("documents/e.docx") == "Après"


def test_parts_without_tags_are_there_once_as_the_template_has_them(tmp_path: Path) -> None:
    def letterhead(document: Any) -> None:
        document.sections[0].header.paragraphs[0].text = "Département"

    write(tmp_path, "documents/d.docx", "{{ nom }}", footer="{{ nom }}", edit=letterhead)
    write(tmp_path, "documents/e.docx", "Rien à remplir", edit=letterhead)
    for name, body in (("d", "A & B"), ("e", "Rien à remplir")):
        data = render(tmp_path, {"nom": "A & B"}, name=f"documents/{name}.docx")
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
        assert len(set(names)) == len(names)
        header = docx.Document(io.BytesIO(data)).sections[0].header
        assert [text(data)[0], header.paragraphs[0].text] == [body, "Département"]


def test_a_template_read_by_another_stage_is_still_compiled_again(tmp_path: Path) -> None:
    write(tmp_path, "clauses/c.docx", "ancienne clause")
    write(tmp_path, "documents/d.docx", "ancien acte", "{%p include 'clauses/c.docx' %}")
    shared = engine(tmp_path)

    def seen() -> list[str]:
        return text(shared.render("documents/d.docx", {}, titre="t", jour=JOUR, nominatif=True))[:2]

    assert seen() == ["ancien acte", "ancienne clause"]
    write(tmp_path, "clauses/c.docx", "nouvelle clause")
    shared.fingerprint("documents/d.docx", {})
    assert seen() == ["ancien acte", "nouvelle clause"]
    write(tmp_path, "documents/d.docx", "nouvel acte", "{%p include 'clauses/c.docx' %}")
    shared.lint()
    assert seen() == ["nouvel acte", "nouvelle clause"]


def test_a_value_is_judged_again_in_each_document(tmp_path: Path) -> None:
    write(tmp_path, "documents/d.docx", "{{ v }}")
    write(tmp_path, "documents/e.docx", "{{ 'XXXX' }}")
    shared = engine(tmp_path)

    def seen(value: object, *, nominatif: bool, name: str = "documents/d.docx") -> str:
        given = {"titre": "t", "jour": JOUR, "nominatif": nominatif}
        return text(shared.render(name, {"v": value}, **given))[0]  # type: ignore[arg-type]

    assert seen("XXXX", nominatif=False) == "XXXX"
    assert seen("", nominatif=False, name="documents/e.docx") == "XXXX"
    for name in ("documents/d.docx", "documents/e.docx"):
        with pytest.raises(RenderError) as caught:
            seen("XXXX", nominatif=True, name=name)
        assert caught.value.diagnostic.code == "TPL009"
    assert seen(1, nominatif=True) == seen("1", nominatif=True) == "1"
    with pytest.raises(RenderError) as caught:
        seen(True, nominatif=True)
    assert caught.value.diagnostic.code == "TPL010"


@pytest.mark.parametrize("order", [("{{ v }}", "{{ m() }}"), ("{{ m() }}", "{{ v }}")])
def test_text_of_a_macro_and_equal_data_are_not_mistaken(tmp_path: Path, order: tuple[str, str]) -> None:
    macro = "{% macro m() %}{{ '<' }}{% endmacro %}"  # gives Markup("&lt;"), equal to the data
    write(tmp_path, "documents/d.docx", macro + order[0], macro + order[1])
    shown = {"{{ v }}": "&lt;", "{{ m() }}": "<"}
    assert text(render(tmp_path, {"v": "&lt;"}))[:2] == [shown[tag] for tag in order]


def test_cells_left_empty_inside_a_macro_or_an_include_are_mended(tmp_path: Path) -> None:
    table: Any = [["a", "{%p if faux %}\nx\n{%p endif %}"]]
    write(tmp_path, "clauses/c.docx", table)
    write(
        tmp_path, "documents/d.docx",
        "{%p include 'clauses/c.docx' %}", "entre",
        "{%p macro m() %}", table, "{%p endmacro %}", "{{p m() }}",
    )  # fmt: skip
    assert text(render(tmp_path, {"faux": False}))[-3:] == ["a | ", "a | ", ""]


def test_an_error_after_values_on_the_same_line_names_its_own_tag(tmp_path: Path) -> None:
    write(tmp_path, "documents/d.docx", "{{ a }} puis {{ b.c }} puis {{ b.absent }} fin", "{{ a }}")
    found = refusal(tmp_path, {"a": "1", "b": {"c": "2"}})
    assert "«\u00a0b.absent\u00a0»" in found.message and found.notes[0].text.startswith("paragraphe\u00a01")
