"""The users' guide does what it says: its records load, its commands parse, its example error is real."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path

import click
import jsonschema
import pytest
import yaml
from docx import Document as Word

from generator import checks, source
from generator.cli import convenant
from generator.diagnostics import Diagnostic
from generator.documents import documents
from generator.load import Records, load
from generator.service import Options, Workspace
from tests import cli_kit
from tests.finances_kit import Muet
from tests.test_epreuve import rewrite

ROOT = Path(__file__).resolve().parent.parent
GUIDE = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
NUMERO, EXTRAIT = "2025-101", "2025-06-16"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TITLE = re.compile(r"# (data/\S+\.yaml)\n")
WORD_NAMES = {"Titre": "Title", "Sous-titre": "Subtitle", "Citation": "Quote"}
"""Names that Word shows in French, and those that it stores."""


def blocks(kind: str) -> list[str]:
    """Text of the fenced blocks of one kind."""
    return [text for name, text in BLOCK.findall(GUIDE) if name == kind]


def records() -> dict[str, str]:
    """The records written out in the guide: path → text, without the title."""
    found: dict[str, str] = {}
    for text in blocks("yaml"):
        if title := TITLE.match(text):
            assert title[1] not in found, title[1]
            found[title[1]] = text[title.end() :]
    return found


def commands() -> list[str]:
    """Every line of the guide that runs the program."""
    return [line for text in blocks("console") for line in text.splitlines() if line.startswith("convenant ")]


@pytest.fixture
def projet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that holds the records of the repository and those of the guide; the current folder."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    for path, text in records().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def state(folder: Path) -> tuple[Records, list[Diagnostic]]:
    """The records of a project and all that the rules find."""
    found, diagnostics = load(folder / "data")
    return found, [*diagnostics, *checks.verifier(found)]


def test_the_records_of_the_guide_are_a_whole_deliberation() -> None:
    kinds = {path.split("/")[1] for path in records()}
    assert kinds == {"structures", "dispositifs", "budget", "deliberations"}
    assert not any((ROOT / path).exists() for path in records()), "the guide's example is not part of data/"


def test_the_records_of_the_guide_load_without_a_word(projet: Path) -> None:
    found, diagnostics = state(projet)
    assert [d for d in diagnostics if d.is_error] == []
    assert {f"data/{p.relative_to(projet / 'data')}" for p in (projet / "data").rglob("*.yaml")} == set(
        found.sources
    )
    assert found.dossiers[NUMERO].modeles.keys() == {"annexe-03", "annexe-04"}


@pytest.mark.parametrize("path", sorted(records()))
def test_the_records_of_the_guide_please_the_editor(path: str) -> None:
    text = records()[path]
    named = re.match(r"# yaml-language-server: \$schema=((?:\.\./)+)schema/(\S+)\n", text)
    assert named and len(named[1]) // 3 == path.count("/")
    schema = json.loads(Workspace(Path("data"), Path("templates"), Path("output")).schemas()[named[2]])
    assert [
        e.message for e in jsonschema.Draft202012Validator(schema).iter_errors(yaml.safe_load(text))
    ] == []


@pytest.mark.parametrize("text", [t for t in blocks("yaml") if not TITLE.match(t)])
def test_the_excerpts_are_yaml(text: str, tmp_path: Path) -> None:
    path = tmp_path / "extrait.yaml"
    path.write_text(text, encoding="utf-8")
    _, diagnostics = source.read(path, path.name)
    assert [d.message for d in diagnostics if not d.message.startswith("le fichier est vide")] == []


def test_the_example_error_is_what_the_program_prints(projet: Path) -> None:
    shown = next(t for t in blocks("text") if "erreur[MNT102]" in t).rstrip("\n")
    acte = projet / f"data/deliberations/{NUMERO}/actes/association-les-quatre-chemins.yaml"
    text = acte.read_text(encoding="utf-8")
    assert text.count("96 500,00") == 1
    acte.write_text(text.replace("96 500,00", "95 600,00"), encoding="utf-8")
    etat = Workspace(Path("data"), ROOT / "templates", projet / "output").charger(Muet())
    # The clause of REF008 is made in Word; the warnings are those of published fiches.
    found = [d for d in etat.diagnostics if d.code != "REF008" and d.is_error]
    assert [etat.texte(d) for d in found] == [shown]


def test_the_number_of_records_of_the_guide(projet: Path) -> None:
    shown = next(t for t in blocks("text") if re.match(r"\d+ fiches", t))
    assert re.fullmatch("\\d+ fiches contrôlées\u00a0: aucune anomalie\n", shown)


def test_a_misspelt_field_is_one_error(projet: Path) -> None:
    path = projet / "data/structures/ccas-de-valbruyere.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("representant:", "representent:"), "utf-8")
    _, diagnostics = load(projet / "data")
    assert [(d.code, d.help) for d in diagnostics] == [
        ("REC002", "vouliez-vous écrire «\u00a0representant\u00a0»\u00a0?")
    ]


def test_the_deliberation_of_the_guide_is_built_in_word(projet: Path) -> None:
    templates = projet / "templates"
    shutil.copytree(ROOT / "templates", templates)
    # Chapter 9: the two clauses of the amended article start as copies of others.
    for folder in ("modifications", "redactions"):
        shutil.copy(templates / folder / "periode.docx", templates / folder / "resiliation.docx")
    rewrite(templates / "modifications/resiliation.docx", "redactions/periode", "redactions/resiliation")
    production = Workspace(projet / "data", templates, projet / "output").generer(
        NUMERO, Options(pdf=False), Muet()
    )
    assert production.diagnostics == ()
    made = {f.document.ident for f in production.resultat.faits if f.etat == "écrit"}
    shown = next(t for t in blocks("text") if "│ écrit" in t)
    names = re.findall(r"^(\S+)(?: \(fictif\))? +│ +\d+ │ écrit$", shown, re.MULTILINE)
    assert len(names) == 10
    assert made == {*names, "annexe-04-modele-avenant"}


def test_the_extrait_of_the_guide_is_built_in_word(projet: Path) -> None:
    production = Workspace(projet / "data", ROOT / "templates", projet / "output").generer(
        EXTRAIT, Options(pdf=False), Muet()
    )
    assert [d for d in production.diagnostics if d.code != "REF008"] == []  # that clause is made in Word
    assert {f.document.ident for f in production.resultat.faits} == {
        "annexe-01-modele-convention",
        "annexe-02-modele-avenant",
        "actes/ccas-de-valbruyere-convention-frais-de-deplacement",
        "actes/association-les-quatre-chemins-avenant-annexe-02",
        "bordereau-actes-a-signer",
        "lettres/ccas-de-valbruyere-convention-frais-de-deplacement",
        "lettres/association-les-quatre-chemins-avenant-annexe-02",
    }
    assert {f.etat for f in production.resultat.faits} == {"écrit"}


def test_the_acts_of_the_extrait_follow_those_of_the_deliberation(projet: Path) -> None:
    path = projet / f"data/deliberations/{EXTRAIT}/actes/association-les-quatre-chemins.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("avenants_anterieurs: 1", "avenants_anterieurs: 0"), encoding="utf-8")
    assert [d.code for d in state(projet)[1] if d.is_error] == ["AVN003"]
    path.write_text(text.replace("96 500,00", "96 499,99").replace("101 900,00", "101 899,99"), "utf-8")
    assert [d.code for d in state(projet)[1] if d.is_error] == ["AVN005"]


def test_the_table_of_the_guide_names_the_documents(projet: Path) -> None:
    found, _ = state(projet)
    planned = documents(found, found.dossiers[NUMERO])
    fictifs = {d.ident for d in planned if d.fictif}
    shown = next(t for t in blocks("text") if "│ écrit" in t)
    assert set(re.findall(r"^(\S+) \(fictif\)", shown, re.MULTILINE)) <= fictifs


@pytest.mark.parametrize("line", sorted(set(commands())))
def test_every_command_of_the_guide_parses(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run: list[str] = []
    for name, command in cli_kit.commands().items():
        if not isinstance(command, click.Group):
            monkeypatch.setattr(command, "callback", lambda name=name, **_: run.append(name))
    words = shlex.split(line)[1:]
    convenant.main(words, standalone_mode=False)
    helped = any(word in ("--help", "--version") for word in words)
    assert run == ([] if helped else [cli_kit.called(words)])


def test_a_wrong_command_does_not_parse(monkeypatch: pytest.MonkeyPatch) -> None:
    for command in convenant.commands.values():
        monkeypatch.setattr(command, "callback", lambda **_: None)
    with pytest.raises(click.UsageError):
        convenant.main(["generer", NUMERO, "--sanspdf"], standalone_mode=False)


@pytest.mark.parametrize(
    "name", sorted(n for n, c in cli_kit.commands().items() if not isinstance(c, click.Group))
)
def test_every_command_is_documented(name: str) -> None:
    assert any(cli_kit.called(line.split()[1:]) == name for line in commands()), "docs/guide.md"
    assert f"`convenant {name}" in README, "README.md"


def test_every_option_of_generer_is_documented() -> None:
    options = {o for p in convenant.commands["generer"].params if isinstance(p, click.Option) for o in p.opts}
    assert options
    assert {o for o in options if f"`{o}" not in GUIDE} == set()


def test_the_styles_of_the_guide_are_those_of_the_base() -> None:
    table = GUIDE[GUIDE.index("| Style | Quand |") : GUIDE.index("### Les pièges de Word")]
    rows = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("|")][2:]
    names = [name.strip() for row in rows for name in row.split(",")]
    names = [re.sub(r"^Titre (\d)$", r"Heading \1", n.replace("\u00a0", " ")) for n in names]
    stored = {WORD_NAMES.get(n, n) for n in names}
    base = {style.name for style in Word(str(ROOT / "templates/base.docx")).styles}
    assert len(stored) > 20
    assert stored - base == set()


def test_the_files_that_the_guide_names_exist() -> None:
    named = set(re.findall(r"`((?:data|templates|docs)/[\w./-]+\.(?:yaml|docx|md))`", GUIDE))
    assert len(named) > 10
    assert {n for n in named if not (ROOT / n).exists() and n not in records()} == set()


def test_the_table_of_contents_leads_to_the_chapters() -> None:
    titles = re.findall(r"^## (.+)$", GUIDE, re.MULTILINE)
    links = re.findall(r"^\d+\. \[(.+?)\]\(#(.+?)\)$", GUIDE, re.MULTILINE)
    assert [f"{n}. {text}" for n, (text, _) in enumerate(links, 1)] == titles
    anchors = [re.sub(r"[^\w -]", "", t.lower()).replace(" ", "-") for t in titles]
    assert [anchor for _, anchor in links] == anchors


def test_the_typography_of_the_guide() -> None:
    prose = re.sub(r"`[^`]*`", "code", BLOCK.sub("", GUIDE))
    wrong = re.findall(r".{0,20}(?: [:;?!»%€]|« |\u202f|\w'\w).{0,10}", prose)
    assert wrong == []
