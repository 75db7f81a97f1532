"""Each change between two builds is traced: to a field with its line, to a template, or to the program."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import docx
import pytest

from generator.attribution import Champ, Origine, causes, champs
from generator.attribution.champs import ecritures
from generator.conformite import Passage
from generator.diagnostics import Span
from generator.load import load
from generator.render import Engine
from generator.service import Workspace
from generator.service.attributions import Attributions, Bilan
from tests.dossier_kit import DATA, TEMPLATES, convenant
from tests.finances_kit import Muet

NUMERO = "2024-587"
ACTE = "actes/faimah-avenant-annexe-06"
FAIMAH = f"deliberations/{NUMERO}/actes/faimah.yaml"


def git(folder: Path, *args: str) -> None:
    who = ["-c", "user.name=T", "-c", "user.email=t@example.org"]
    subprocess.run(["git", "-C", str(folder), *who, *args], check=True, capture_output=True)


@pytest.fixture(scope="module")
def depot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project kept in git, with a field, a computed amount and a clause changed since."""
    folder = tmp_path_factory.mktemp("depot")
    shutil.copytree(DATA, folder / "data")
    shutil.copytree(TEMPLATES, folder / "templates")
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "un")
    git(folder, "tag", "v1")
    path = folder / "data" / FAIMAH
    text = path.read_text("utf-8")
    text = text.replace('signee_le: "2024-02-26"', 'signee_le: "2024-02-27"  # corrigé')
    path.write_text(
        text.replace("quantite: 210", "quantite: 211").replace("quantite: 196", "quantite: 195"), "utf-8"
    )
    clause = folder / "templates/clauses/parties.docx"
    word = docx.Document(str(clause))
    next(p for p in word.paragraphs if p.text.startswith("Entre")).add_run(" eux")
    word.save(str(clause))
    return folder


@pytest.fixture(scope="module")
def bilan(depot: Path) -> Bilan:
    work = Workspace(depot / "data", depot / "templates", depot / "output", depot / "cache")
    return Attributions(work).expliquer("v1", None, NUMERO, Muet())


def test_fields_are_told_with_their_line_and_their_two_values(bilan: Bilan) -> None:
    assert bilan.diagnostics == []
    assert [(c.fiche, c.nom, c.ancien, c.nouveau) for c in bilan.champs] == [
        (FAIMAH, "actes 1, convention, signee_le", "2024-02-26", "2024-02-27"),
        (FAIMAH, "actes 1, operations 2, repartition 1, quantite", "210", "211"),
        (FAIMAH, "actes 1, operations 2, repartition 2, quantite", "196", "195"),
    ]
    assert bilan.champs[0].span.line == 9 and bilan.champs[0].span.file.endswith(f"data/{FAIMAH}")
    assert bilan.gabarits == ["clauses/parties.docx"]


def test_each_passage_has_its_cause(bilan: Bilan) -> None:
    by_ident = {x.document: x for x in bilan.lignes}
    found = by_ident[ACTE].causes
    data = [c for c in found if c.origine is Origine.DONNEES]
    word = [c for c in found if c.origine is Origine.GABARIT]
    assert len(data) + len(word) == len(found)
    signed = [c for c in data if "27\u00a0février 2024" in c.apres]
    assert signed and all(
        c.certain and [f.nom for f in c.champs] == ["actes 1, convention, signee_le"] for c in signed
    )
    (volume,) = [c for c in data if "(211)" in c.apres]
    assert {f.nouveau for f in volume.champs} == {"211", "195"}
    (clause,) = word
    assert clause.gabarits == ("clauses/parties.docx",) and clause.apres.endswith(" eux")


def test_documents_of_others_change_by_the_template_alone(bilan: Bilan) -> None:
    other = next(x for x in bilan.lignes if x.document == "actes/ccas-d-escalmont-avenant-annexe-08")
    assert {c.origine for c in other.causes} == {Origine.GABARIT}
    assert bilan.identiques > 0 and "01-rapport" not in {x.document for x in bilan.lignes}


def test_command(depot: Path) -> None:
    done = convenant("attribuer", "v1", "--dossier", NUMERO, cwd=depot)
    assert done.returncode == 0
    assert f"data/{FAIMAH}:9:" in done.stdout and "modèle Word modifié : clauses/parties.docx" in done.stdout
    assert "données, " in done.stdout and "modèle Word, clauses/parties.docx" in done.stdout
    wrong = convenant("attribuer", "v9", "--dossier", NUMERO, cwd=depot)
    assert wrong.returncode == 1 and "erreur[CMP009]" in wrong.stderr
    assert convenant("attribuer", "v1", "--dossier", "nul", cwd=depot).returncode == 1


class Barre:
    """A bar that remembers what was announced and what was done."""

    def __init__(self) -> None:
        self.totaux: dict[str, int] = {}
        self.faits: dict[str, int] = {}
        self.etape = ""

    def debut(self, etape: str, total: int) -> None:
        self.etape = etape
        self.totaux[etape], self.faits[etape] = total, 0

    def pas(self, detail: str) -> None:
        self.faits[self.etape] += 1

    def fin(self) -> None:
        self.etape = ""


def test_each_state_is_worded_once_and_the_bar_counts_what_went(
    depot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(depot, tmp_path / "d")
    (tmp_path / "d" / "data" / FAIMAH).unlink()
    shutil.copytree(TEMPLATES, tmp_path / "d/templates", dirs_exist_ok=True)
    worded: list[str] = []
    real = Engine.render

    def spy(self: Engine, template: str, *args: Any, **options: Any) -> bytes:
        worded.append(template)
        return real(self, template, *args, **options)

    monkeypatch.setattr(Engine, "render", spy)
    folder, bar = tmp_path / "d", Barre()
    work = Workspace(folder / "data", folder / "templates", folder / "output", folder / "cache")
    found = Attributions(work).expliquer("v1", None, NUMERO, bar)
    states = [x.etat for x in found.lignes]
    assert found.gabarits == [] and "supprimé" in states
    assert bar.totaux["causes"] == bar.faits["causes"] == len(states) + found.identiques
    kept = states.count("modifié") + found.identiques
    assert kept > 0 and len(worded) == 2 * kept


def passages(*lines: str) -> list[Passage]:
    return [Passage("corps", "", x) for x in lines]


def test_what_neither_data_nor_template_changed_comes_from_the_program() -> None:
    (c,) = causes(passages("un"), passages("deux"), passages("deux"), [], [])
    assert c.origine is Origine.MOTEUR
    (c,) = causes(passages("un"), passages("un"), passages("deux"), [], [])
    assert c.origine is Origine.MOTEUR
    (c,) = causes(passages("un"), passages("un"), passages("deux"), [], ["a.docx", "b.docx"])
    assert c.origine is Origine.GABARIT and not c.certain


def test_a_value_is_known_however_it_is_written() -> None:
    assert {x.replace("\u00a0", " ") for x in ecritures("57 750,00")} == {"57 750,00 €", "57 750,00"}
    assert "9 décembre 2024" in ecritures("2024-12-09")
    assert ecritures("") == frozenset()


@pytest.mark.parametrize(
    ("ancien", "nouveau", "avant", "apres", "sure"),
    [
        ("15", "16", "soit 2\u00a0115,00\u00a0€", "soit 2\u00a0116,00\u00a0€", False),
        ("115", "116", "soit 2\u00a0115,00\u00a0€", "soit 2\u00a0116,00\u00a0€", False),
        ("15", "16", "soit 15\u00a0000 places", "soit 16\u00a0000 places", False),
        ("15", "16", "soit 0,15 place", "soit 0,16 place", False),
        ("15", "16", "soit 15,5 places", "soit 16,5 places", False),
        ("15", "16", "soit 2\u00a0115 et 15 places", "soit 2\u00a0115 et 16 places", True),
        ("15", "16", "15 places", "16 places", True),
        ("2115", "2116", "soit 2\u00a0115,00\u00a0€", "soit 2\u00a0116,00\u00a0€", True),
        ("15", "16", "le nombre de places est de 15.", "le nombre de places est de 16.", True),
    ],
)
def test_a_figure_is_never_cut(ancien: str, nouveau: str, avant: str, apres: str, sure: bool) -> None:
    field = Champ("a.yaml", "quantite", ancien, nouveau, Span("a.yaml"))
    (c,) = causes(passages(avant), passages(apres), passages(apres), [field], [])
    assert c.champs == (field,) and c.certain is sure


def test_the_same_records_have_no_changed_field() -> None:
    records, _ = load(DATA)
    assert champs(records, records) == []
