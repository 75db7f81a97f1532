"""The contract of the templates: what they read, what they are given, what no document ever showed."""

from __future__ import annotations

import datetime
import json
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from generator import contrat
from generator.contrat.emplois import Emploi, emplois
from generator.contrat.formes import chemin, forme
from generator.diagnostics import Diagnostic, Severity
from generator.render import EACH, Engine, Read, Use, Witness

from .contrat_kit import CONTEXT, DOCUMENT, examine, plan, run, spoiled
from .dossier_kit import DATA, TEMPLATES, convenant
from .render_files import engine, write


def errors(found: Sequence[Diagnostic]) -> list[tuple[str, str, str]]:
    """(code, message, place) of what is not an info, with plain spaces."""
    return [
        (d.code, d.message.replace("\u00a0", " "), d.notes[0].text.replace("\u00a0", " ") if d.notes else "")
        for d in found
        if d.severity is not Severity.INFO
    ]


def infos(found: Sequence[Diagnostic], code: str) -> list[str]:
    """Messages of one code, with plain spaces."""
    return [d.message.replace("\u00a0", " ") for d in found if d.code == code]


def paths(folder: Path, name: str = DOCUMENT) -> set[str]:
    """Paths that a template reads, as an author would say them."""
    return {chemin(r.path) for r in reads(folder, name)}


def reads(folder: Path, name: str = DOCUMENT) -> tuple[Read, ...]:
    return engine(folder).reads(name, lambda path: ())


# --- what templates read ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{{ a.b.c }}", {"a", "a.b", "a.b.c"}),
        ("{{ a['b'] }} {{ l[0].x }}", {"a", "a.b", "l", "l[]", "l[].x"}),
        ("{% for x in a.l %}{{ x.m }}{% endfor %}", {"a", "a.l", "a.l[].m"}),
        ("{% for x in l %}{% for y in x.n %}{{ y }}{{ loop.index }}{% endfor %}{% endfor %}",
         {"l", "l[].n", "l[].n[]"}),
        ("{% for x in l if x.ok %}{% else %}{{ rien }}{% endfor %}", {"l", "l[].ok", "rien"}),
        ("{% if a %}{{ b }}{% elif c %}{{ d }}{% else %}{{ e }}{% endif %}", {"a", "b", "c", "d", "e"}),
        ("{{ a if b.c else d }}", {"a", "b", "b.c", "d"}),
        ("{% set x = a.b %}{{ x.c }}", {"a", "a.b", "a.b.c"}),
        ("{% if o %}{% set x = a %}{% else %}{% set x = b %}{% endif %}{{ x.c }}",
         {"o", "a", "b", "a.c", "b.c"}),
        ("{% with x = a, y = b %}{{ x.c }}{{ y }}{% endwith %}", {"a", "b", "a.c"}),
        ("{% for x in (a or b) %}{{ x.c }}{% endfor %}", {"a", "b", "a[].c", "b[].c"}),
        ("{% for x in a + b %}{{ x.c }}{% endfor %}", {"a", "b", "a[].c", "b[].c"}),
        ("{% for x in [a, b] %}{{ x.c }}{% endfor %}", {"a", "b", "a.c", "b.c"}),
        ("{{ (l|first).a }} {{ (l|sort(attribute='d')|last).b }}", {"l", "l[]", "l[].d", "l[].a", "l[].b"}),
        ("{{ l|map(attribute='x.y')|join(', ') }}", {"l", "l[].x", "l[].x.y"}),
        ("{% for x in l|selectattr('ok') %}{{ x.z }}{% endfor %}", {"l", "l[].ok", "l[].z"}),
        ("{{ l|length }} {{ a.b|upper|replace(c, d.e) }}", {"l", "a", "a.b", "c", "d", "d.e"}),
        ("{{ a.b.items() }} {{ range(n)|list }}", {"a", "a.b", "n"}),
        ("{% if a.b is defined and c|default('x') %}{% endif %}", {"a", "a.b", "c"}),
        ("{{ a ~ b == c and not d in e }}", {"a", "b", "c", "d", "e"}),
        ("{% macro m(x, y=d) %}{{ x.b }}{{ t }}{% endmacro %}{{ m(a.b) }}", {"d", "t", "a", "a.b"}),
    ],
)  # fmt: skip
def test_paths_read(tmp_path: Path, line: str, expected: set[str]) -> None:
    write(tmp_path, DOCUMENT, line)
    assert paths(tmp_path) == expected


def test_paths_read_through_includes_and_in_every_part(tmp_path: Path) -> None:
    write(tmp_path, "clauses/inner.docx", "{{ x.prix }} {{ titre }}")
    write(tmp_path, "clauses/outer.docx", "{%p with x = l %}", "{%p include 'clauses/inner.docx' %}",
          "{%p endwith %}")  # fmt: skip
    write(tmp_path, DOCUMENT, "{%p for l in lignes %}", "{%p include 'clauses/outer.docx' %}",
          "{%p endfor %}", footer="{{ pied.texte }}")  # fmt: skip
    assert paths(tmp_path) == {"lignes", "lignes[].prix", "titre", "pied", "pied.texte"}
    [price] = [r for r in reads(tmp_path) if r.path == ("lignes", EACH, "prix")]
    assert (price.key, price.use) == ("clauses/inner.docx", Use.PRINT)
    assert [key for key, _ in price.via] == ["clauses/outer.docx", DOCUMENT]
    assert price.tag and price.tag.place.where == "paragraphe\u00a01"


def test_an_include_that_a_field_names_is_followed(tmp_path: Path) -> None:
    write(tmp_path, "clauses/un.docx", "{{ un.a }}")
    write(tmp_path, "clauses/deux.docx", "{{ deux.b }}")
    write(tmp_path, DOCUMENT, "{%p for x in articles %}", "{%p include x.clause %}", "{%p endfor %}",
          "{%p include 'clauses/de' ~ suite %}")  # fmt: skip
    context = {
        "articles": [{"clause": "clauses/un.docx"}],
        "suite": "ux.docx",
        "un": {"a": "1"},
        "deux": {"c": "2"},
    }
    assert errors(examine(tmp_path, context)) == [
        ("TPL003", "le champ « b » n’existe pas (« deux.b »)", "paragraphe 1 : « {{ deux.b }} »")
    ]


def test_templates_that_include_each_other_or_do_not_compile_end(tmp_path: Path) -> None:
    write(tmp_path, "clauses/a.docx", "{{ x }}", "{%p include 'clauses/b.docx' %}")
    write(tmp_path, "clauses/b.docx", "{{ y }}", "{%p include 'clauses/a.docx' %}")
    write(tmp_path, "clauses/c.docx", "{{ z z }}")
    write(tmp_path, DOCUMENT, "{%p include 'clauses/a.docx' %}", "{%p include 'clauses/c.docx' %}",
          "{%p include 'clauses/absent.docx' %}")  # fmt: skip
    assert paths(tmp_path) == {"x", "y"}
    assert reads(tmp_path, "documents/absent.docx") == ()


# --- what they read and are not given ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "message", "aide"),
    [
        ("{{ strucure }}", "la variable « strucure » n’existe pas", "structure"),
        ("{{ structure.sire }}", "le champ « sire » n’existe pas (« structure.sire »)", "siret"),
        ("{{ structure.siege.comune|upper }}", "le champ « comune » n’existe pas", "commune"),
        ("{% for ligne in vide %}{{ lign }}{% endfor %}", "la variable « lign » n’existe pas", "ligne"),
        ("{% for l in lignes %}{{ l.montants }}{% endfor %}", "le champ « montants »", "montant"),
        ("{{ (lignes|first).motant }}", "le champ « motant »", "montant"),
        ("{% with x = structure.siege %}{{ x.vois }}{% endwith %}", "le champ « vois »", "voie"),
        ("{{ lignes|sum(attribute='montan') }}", "le champ « montan »", "montant"),
        ("{% for l in lignes %}{{ l.montant }}{% endfor %}{{ l }}", "la variable « l » n’existe pas", ""),
        ("{{ structure.nom.court }}", "le champ « court »", ""),
        ("{{ lignes.length }}", "le champ « length »", ""),
    ],
)
def test_a_branch_that_no_document_takes_is_checked(
    tmp_path: Path, line: str, message: str, aide: str
) -> None:
    write(tmp_path, DOCUMENT, "un", [["a", f"{{% if absent %}}{line}{{% endif %}}"]])
    [one] = [d for d in examine(tmp_path) if d.is_error]
    assert one.code == "TPL003" and one.span.file == f"{tmp_path.name}/{DOCUMENT}"
    assert message in one.message.replace("\u00a0", " ")
    assert one.notes[0].text.startswith("tableau\u00a01, ligne\u00a01, colonne\u00a02\u00a0:")
    assert one.help == (f"le nom connu le plus proche est «\u00a0{aide}\u00a0»" if aide else "")


@pytest.mark.parametrize(
    "line",
    [
        "{% if absent %}{{ absent.tout.ce.que.veut }}{% endif %}",  # nobody can tell
        "{% for x in vide %}{{ x.y.z }}{% endfor %}",
        "{% if inconnu is defined %}oui{% endif %}{{ inconnu|default('non') }}",
        "{% if structure.rna is defined %}oui{% endif %}",
        "{% for l in lignes %}{% if l.note is defined %}{{ l.note }}{% endif %}{% endfor %}",
        "{% if absent %}{{ lignes[7].montant }}{{ structure.nom.upper() }}{{ range(3)|list }}{% endif %}",
        "{% set x = namespace(n='a') %}{% if absent %}{{ x.n }}{{ x.rien }}{% endif %}",
        "{% for l in lignes %}{{ loop.index }}{% if absent %}{{ loop.previtem.rien }}{% endif %}{% endfor %}",
        "{% if absent %}{% for k, v in structure.items() %}{{ v.rien }}{% endfor %}{% endif %}",
    ],
)
def test_what_cannot_be_told_is_not_an_error(tmp_path: Path, line: str) -> None:
    write(tmp_path, DOCUMENT, line)
    assert errors(examine(tmp_path)) == []


def test_a_field_that_one_document_gives_is_known_to_the_template(tmp_path: Path) -> None:
    write(tmp_path, DOCUMENT, "{% if avenant %}{{ avenant.numero }}{% endif %}")
    assert errors(examine(tmp_path, {"avenant": None}, {"avenant": {"numero": "1"}})) == []
    [one] = errors(examine(tmp_path, {"avenant": None}, {"avenant": {"numeros": "1"}}))
    assert one[0] == "TPL003"


def test_values_of_several_kinds(tmp_path: Path) -> None:
    """Each branch of a choice on the kind of a value is held against the values of that kind."""
    lines = (
        "{%p for v in visas %}",
        "{%p if v.sorte == 'code' %}",
        "{{ v.articles }}",
        "{%p elif v.sorte == 'texte' %}",
        "{{ v.txt }}",
        "{%p elif v.sorte in ('a', 'b') %}",
        "{{ v.seul }}",
        "{%p else %}",
        "{{ v.numero }}{% if absent %}{{ v.articles }}{% endif %}",
        "{%p endif %}",
        "{%p endfor %}",
        "{{ visas|map(attribute='sorte')|join }}",
        "{% for v in visas if v.sorte != 'texte' %}{{ v.sorte }}{% endfor %}",
    )
    write(tmp_path, DOCUMENT, *lines)
    code, other = {"sorte": "code", "articles": "1"}, {"sorte": "deliberation", "numero": "2"}

    def wrong(*visas: Mapping[str, Any]) -> list[str]:
        found = examine(tmp_path, {"visas": list(visas), "absent": None})
        return [m for _, m, _ in errors(found)]

    assert wrong(code) == []  # nothing is known of the other kinds
    assert wrong(code, other) == ["le champ « articles » n’existe pas (« v.articles »)"]
    text = {"sorte": "texte", "texte": "3"}
    assert wrong(code, text) == ["le champ « txt » n’existe pas (« v.txt »)"]
    assert wrong({"sorte": "b", "seule": "4"}) == ["le champ « seul » n’existe pas (« v.seul »)"]
    assert wrong({**other, "articles": ["liste"]}) == [
        "la valeur de « v.articles » n’est pas un texte (list)"
    ]


def test_a_comparison_at_the_top_hides_nothing(tmp_path: Path) -> None:
    write(tmp_path, DOCUMENT, "{% if cas == 'z' %}{{ strucure }}{{ structure.sire }}{% endif %}")
    assert len(errors(examine(tmp_path))) == 2


def test_each_root_is_held_against_its_own_contexts(tmp_path: Path) -> None:
    write(tmp_path, "clauses/c.docx", "{%p if absent %}", "{{ numero }}", "{%p endif %}")
    write(tmp_path, DOCUMENT, "un", "{%p include 'clauses/c.docx' %}")
    write(tmp_path, "documents/c.docx", "{{ total }}")
    write(tmp_path, "documents/e.docx", "{%p include 'clauses/c.docx' %}")
    engine(tmp_path)
    plans = [
        plan({"absent": None, "numero": "1"}),
        plan({"absent": None, "numro": "1"}, template="documents/e.docx"),
    ]
    [one] = [d for d in contrat.examiner(plans, tmp_path, []) if d.is_error]
    assert one.span.file == f"{tmp_path.name}/clauses/c.docx"
    assert one.notes[1].text.startswith(f"inclus par {tmp_path.name}/documents/e.docx, paragraphe\u00a01")
    assert "numro" in one.help


def test_a_value_of_another_nature(tmp_path: Path) -> None:
    write(tmp_path, DOCUMENT, "{% if absent %}{{ structure }}{{ pluriel }}{% endif %}",
          "{% for x in structure.nom %}{% if absent %}{{ x }}{% endif %}{% endfor %}")  # fmt: skip
    assert [(code, message) for code, message, _ in errors(examine(tmp_path))] == [
        ("TPL010", "la valeur de « structure » n’est pas un texte (dict)"),
        ("TPL010", "la valeur de « pluriel » n’est pas un texte (bool)"),
        ("TPL010", "la boucle de « for x in structure.nom » parcourt une valeur qui n’est pas une liste"),
    ]


def test_a_fault_that_rendering_meets_too_is_told_once(tmp_path: Path) -> None:
    write(tmp_path, DOCUMENT, "{{ structure.sire }}")
    assert len(errors(examine(tmp_path, CONTEXT, CONTEXT))) == 1
    write(tmp_path, DOCUMENT, "{{ structure }}")
    assert len(errors(examine(tmp_path))) == 1


def test_the_cover_is_tried_too(tmp_path: Path) -> None:
    write(tmp_path, "documents/c.docx", "{{ totl }}")
    write(tmp_path, DOCUMENT, "x")
    [(code, _, _)] = errors(examine(tmp_path))
    assert code == "TPL003"


def test_documents_that_cannot_be_tried_turn_errors_into_warnings(tmp_path: Path) -> None:
    write(tmp_path, DOCUMENT, "{% if absent %}{{ structure.rna }}{% endif %}")
    [one] = [d for d in examine(tmp_path, held=True) if d.code == "TPL003"]
    assert one.severity is Severity.AVERTISSEMENT
    assert "n’ont pas été examinés" in one.notes[-1].text
    assert contrat.examiner([plan(held=True)], tmp_path, []) != []  # every template is unused, nothing fails


# --- what no document showed -------------------------------------------------------------------------


def test_conditions_never_true_or_never_false(tmp_path: Path) -> None:
    write(tmp_path, "clauses/jamais.docx", "j")
    write(
        tmp_path, DOCUMENT,
        "{% if pluriel %}a{% endif %}", "{% if absent %}b{% if pluriel %}c{% endif %}{% endif %}",
        "{% if cas == 'a' %}d{% elif cas == 'b' %}e{% else %}f{% endif %}",
        "{% for x in vide %}g{% endfor %}{% for l in lignes %}{{ 'h' if loop.last else 'i' }}{% endfor %}",
        "{{ 'j' if true else 'k' }}",
        "{%p if absent %}", "{%p include 'clauses/jamais.docx' %}", "{%p endif %}",
    )  # fmt: skip
    found = examine(tmp_path, CONTEXT, {**CONTEXT, "cas": "b"})
    assert infos(found, "TPL013") == [
        "aucun document n’emploie ce modèle",
        "la condition de « if pluriel » n’est fausse dans aucun document",
        "la condition de « if absent » n’est vraie dans aucun document",
        "la condition de « elif cas == 'b' » n’est fausse dans aucun document",
        "la boucle de « for x in vide » n’a rien à parcourir dans aucun document",
        "la condition de « 'j' if true else 'k' » n’est fausse dans aucun document",
        "la condition de « if absent » n’est vraie dans aucun document",
    ]
    assert next(n.notes[0].text[:12] for n in found if n.code == "TPL013" and n.notes) == "paragraphe\u00a01"
    assert all(d.severity is Severity.INFO for d in found)
    other = {**CONTEXT, "cas": "c", "absent": "x", "pluriel": False, "vide": ["y"]}
    assert infos(examine(tmp_path, CONTEXT, other), "TPL013") == [
        "la condition de « if pluriel » n’est vraie dans aucun document",  # within the one now taken
        "la condition de « elif cas == 'b' » n’est vraie dans aucun document",
        "la condition de « 'j' if true else 'k' » n’est fausse dans aucun document",
    ]


def test_the_witness_renders_as_the_engine_does() -> None:
    """Same bytes: what it watches is what is built."""
    entry = {"titre": "e", "page": "1", "niveau": 1}
    context = {
        **{"fictif": False, "titre_court": "t", "pied": "p", "titre": "T", "millesime": "2026"},
        **{"nombre": "1", "groupes": [{"titre": "g", "entrees": [entry]}], "total_pages": "2"},
    }
    name, day = "documents/couverture-livret.docx", datetime.date(2026, 1, 1)
    made = [
        e.render(name, context, titre="t", jour=day, nominatif=True)
        for e in (Engine(TEMPLATES), Witness(TEMPLATES))
    ]
    assert made[0] == made[1]


def test_data_that_no_template_reads(tmp_path: Path) -> None:
    write(
        tmp_path,
        DOCUMENT,
        "{{ structure.nom }}{{ cas }}{% if pluriel or absent %}{% endif %}{{ tout|dictsort|length }}",
        "{% for l in lignes %}{{ l.montant }}{{ l.dates|length }}{% endfor %}",
    )
    found = examine(tmp_path, {**CONTEXT, "tout": {"a": {"b": "c"}}})
    assert infos(found, "TPL014") == [
        "dans « structure », aucun modèle ne lit : siret, siege",
        "dans « lignes[] », aucun modèle ne lit : note",
        "aucun modèle ne lit : vide",
    ]


def test_what_two_lists_share_is_read_once_for_both(tmp_path: Path) -> None:
    write(tmp_path, DOCUMENT, "{% for a in jointes %}{{ a.nom }}{% endfor %}{{ tout|length }}")
    one, two = {"nom": "a", "cout": "1"}, {"nom": "b", "cout": "2"}
    found = examine(tmp_path, {"tout": [one, two], "jointes": [one]})
    assert infos(found, "TPL014") == [
        "dans « tout[] », aucun modèle ne lit : cout",
    ]


def test_data_that_no_document_fills(tmp_path: Path) -> None:
    write(
        tmp_path,
        DOCUMENT,
        "{% for x in vide %}{{ x.a }} {{ x.b }}{% endfor %}{% if absent %}{{ absent.c }}{% endif %}",
    )
    found = examine(tmp_path)
    assert infos(found, "TPL015") == [
        "aucun document ne remplit « vide » ici : ce qui en est lu n’est pas vérifié",
        "aucun document ne remplit « absent » ici : ce qui en est lu n’est pas vérifié",
    ]
    assert "{{ x.a }}, {{ x.b }}" in " ".join(n.text for d in found if d.code == "TPL015" for n in d.notes)
    assert (
        infos(examine(tmp_path, {**CONTEXT, "vide": [{"a": "1", "b": "2"}], "absent": {"c": "3"}}), "TPL015")
        == []
    )


def test_shapes() -> None:
    shape = forme([{"a": [{"b": "x.docx"}, {"c": None}], "d": ""}, {"a": [], "d": 3}])
    assert shape.types == {"dict"} and set(shape.champs) == {"a", "d"}
    assert shape.champs["d"].types == {"int"}
    items = shape.champs["a"].element
    assert items and items.champs["b"].gabarits == {"x.docx"} and items.champs["c"].inconnue
    assert forme([]).inconnue and forme([None, ""]).inconnue and forme([[]]).element is None
    assert chemin(("a", EACH, "b")) == "a[].b"


def test_uses_of_templates() -> None:
    [cover, one] = emplois([plan({"a": "1"}, {"b": "2"}, held=True)])
    assert one == Emploi(DOCUMENT, ("acte",), ({"a": "1"}, {"b": "2"}), complet=False)
    assert cover.contextes == ({"total": "3"},)
    assert emplois([plan()]) == ()


# --- the templates of the repository -----------------------------------------------------------------


def test_the_templates_of_the_repository_keep_their_contract() -> None:
    done = run(TEMPLATES, "--informations")
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"\d+ modèles contrôlés, \d+ documents essayés : aucune anomalie\n", done.stdout)
    assert set(re.findall(r"(\w+)\[TPL", done.stderr)) <= {"info"}
    every = json.loads(run(TEMPLATES, "--format", "json").stdout)
    for d in every:
        assert (d["gravite"], d["code"]) in {("info", f"TPL{n}") for n in ("013", "014", "015")}, d
        assert d["message"].replace("\u00a0", " ") in done.stderr


def test_a_fault_in_a_branch_that_no_act_takes_is_found(tmp_path: Path) -> None:
    styled = "<w:p><w:pPr><w:pStyle w:val='{}'/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>"
    lines = [("Balise", "{%p if false %}"), ("Corps", "{{ delib.numro }}"), ("Balise", "{%p endif %}")]
    added = "".join(styled.format(*line) for line in lines)
    folder = spoiled(tmp_path, "clauses/mention-fictif.docx", "<w:body>", f"<w:body>{added}")
    ordinary = convenant("--donnees", str(DATA), "--gabarits", str(folder), "verifier")
    assert "numro" not in ordinary.stderr  # no document prints that passage
    done = run(folder)
    assert done.returncode == 1
    assert (
        "templates/clauses/mention-fictif.docx: erreur[TPL003] le champ « numro » n’existe pas" in done.stderr
    )
    assert "le nom connu le plus proche est « numero »" in done.stderr


def test_records_at_fault_leave_the_other_documents(tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    acte = tmp_path / "data/deliberations/2024-587/actes/faimah.yaml"
    acte.write_text(acte.read_text("utf-8").replace("montant:", "montan:", 1), "utf-8")
    done = convenant("--gabarits", str(TEMPLATES), "modele", "verifier", cwd=tmp_path)
    assert re.search(r"documents essayés \(\d+ bloqués par leurs fiches\) : aucune anomalie\n", done.stdout)
    assert re.search(r"\n\d+ informations : le détail avec --informations\n", done.stdout)
    assert "erreur" not in done.stderr  # the records are the business of « verifier »
