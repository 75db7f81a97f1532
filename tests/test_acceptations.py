"""Accepted warnings: what is accepted is told apart, what is not an open warning cannot be."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from generator.checks.acceptations import accepter
from generator.diagnostics import Diagnostic, Severity, Span, summary, to_json, to_text
from generator.load import Records, load
from tests.dossier_kit import DATA, TEMPLATES, convenant

from .records_kit import BASE, DELIBERATION, examine, project

STRUCTURE = "structures/atelier-du-bassin.yaml"
ACCEPTATION = """acceptations:
  - code: {code}
    motif: Le contrat signé est joint à la demande.
    par: Mme Inès RÊVE, juriste
    le: 12/03/2030
"""
WARNING = Severity.AVERTISSEMENT


def accept(folder: Path, file: str, code: str = "DRO001", objet: str = "") -> None:
    """Write an acceptation at the end of a record, after those that it has."""
    path = folder / file
    text = path.read_text("utf-8")
    more = ACCEPTATION.format(code=code) + (f'    objet: "{objet}"\n' if objet else "")
    if "acceptations:" in text:
        more = more.removeprefix("acceptations:\n")
    path.write_text(text + more, "utf-8")


def without_engagement(folder: Path) -> None:
    """Make the foundation deserve DRO001."""
    path = folder / STRUCTURE
    text = path.read_text("utf-8")
    assert "engagement_republicain:\n  souscrit_le: 2030-02-01\n" in text
    path.write_text(text.replace("engagement_republicain:\n  souscrit_le: 2030-02-01\n", ""), "utf-8")


def warning(records: Records, file: str, message: str = "un constat", code: str = "ZZZ001") -> Diagnostic:
    """A warning on a record, as a rule would yield it."""
    return Diagnostic(code, message, Span(records.cle(file), 1, 1, 2), WARNING)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return project(tmp_path)


def test_an_accepted_warning_says_who_when_and_why(folder: Path) -> None:
    without_engagement(folder)
    _, (before,) = examine(folder)
    assert (before.code, before.severity, before.acceptation) == ("DRO001", WARNING, None)
    accept(folder, STRUCTURE)
    records, (found,) = examine(folder)
    a = found.acceptation
    assert a is not None
    assert (a.par, a.le) == ("Mme Inès RÊVE, juriste", dt.date(2030, 3, 12))
    assert a.motif == "Le contrat signé est joint à la demande."
    line = records.sources[a.span.file].lines[a.span.line - 1]
    assert line[a.span.column - 1 : a.span.end_column - 1] == "DRO001"
    assert replace(found, acceptation=None) == before
    assert not found.blocked


def test_it_is_no_longer_counted_but_it_is_told(folder: Path) -> None:
    without_engagement(folder)
    accept(folder, STRUCTURE)
    _, (d,) = examine(folder)
    assert summary([d]) == "aucune anomalie (1 avertissement accepté)"
    assert summary([d, d, replace(d, acceptation=None)]) == "1 avertissement (2 avertissements acceptés)"
    head, told = to_text(d, ["une ligne"] * 9).splitlines()
    assert "avertissement accepté[DRO001] le contrat d’engagement" in head
    assert told.startswith(
        "  accepté le 12/03/2030 par Mme Inès RÊVE, juriste\u00a0: Le contrat signé est joint à la demande. ("
    )
    (row,) = json.loads(to_json([d]))
    assert (row["gravite"], row["acceptation"]["par"]) == ("avertissement", "Mme Inès RÊVE, juriste")
    assert (row["acceptation"]["le"], row["acceptation"]["ligne"]) == ("2030-03-12", d.acceptation.span.line)
    (row,) = json.loads(to_json([replace(d, acceptation=None)]))
    assert row["acceptation"] is None


@pytest.mark.parametrize("path", sorted(BASE.rglob("*.yaml")), ids=lambda p: p.relative_to(BASE).as_posix())
def test_every_kind_of_record_can_accept(path: Path, folder: Path) -> None:
    file = path.relative_to(BASE).as_posix()
    accept(folder, file, "ZZZ001")
    records, diagnostics = load(folder)
    assert diagnostics == []
    (found,) = accepter(records, [warning(records, file)])
    assert found.acceptation is not None


def test_every_record_is_looked_at() -> None:
    for data in (BASE, DATA):
        records, _ = load(data)
        assert sorted(r.origine for r in records.fiches) == sorted(records.sources)


def test_a_warning_of_another_file_or_code_stays_open(folder: Path) -> None:
    accept(folder, STRUCTURE, "ZZZ001")
    records, _ = load(folder)
    here = warning(records, STRUCTURE)
    others = [warning(records, "departement.yaml"), warning(records, STRUCTURE, code="ZZZ002")]
    assert accepter(records, [here, *others])[1:] == others


def test_what_is_found_while_reading_can_be_accepted(folder: Path) -> None:
    path = folder / STRUCTURE
    path.write_text(
        path.read_text("utf-8").replace("  voie: 8 rue de Rien", "  voie: 8 rue #de Rien"), "utf-8"
    )
    assert [(d.code, d.acceptation) for d in examine(folder)[1]] == [("YML010", None)]
    accept(folder, STRUCTURE, "YML010")
    assert [(d.code, d.acceptation is None) for d in examine(folder)[1]] == [("YML010", False)]


@pytest.mark.parametrize(
    ("objet", "accepted"),
    [
        ("", [True, True]),
        ("code A", [True, False]),
        ("12 000,00 €", [False, True]),
        ("le « total »", [False, True]),  # plain spaces typed where the message has others
        ("les  deux", None),
    ],
)
def test_objet_chooses_among_the_warnings_of_a_code(
    objet: str, accepted: list[bool] | None, folder: Path
) -> None:
    accept(folder, STRUCTURE, "ZZZ001", objet)
    records, _ = load(folder)
    found = [
        warning(records, STRUCTURE, "code A : trop"),
        warning(records, STRUCTURE, "code B : le «\u00a0total\u00a0» fait 12\u00a0000,00\u00a0€"),
    ]
    done = accepter(records, found)
    if accepted is None:
        assert done[:2] == found and done[2].code == "ACC002"
        assert [n.span for n in done[2].notes] == [d.span for d in found]
    else:
        assert [d.acceptation is not None for d in done] == accepted


@pytest.mark.parametrize("specific_first", [True, False])
def test_the_one_that_names_the_finding_answers_for_it(specific_first: bool, folder: Path) -> None:
    for objet in ("code A", "") if specific_first else ("", "code A"):
        accept(folder, STRUCTURE, "ZZZ001", objet)
    records, _ = load(folder)
    found = accepter(records, [warning(records, STRUCTURE, "code A"), warning(records, STRUCTURE, "code B")])
    assert [d.code for d in found] == ["ZZZ001", "ZZZ001"], "neither acceptation is stale"
    first, second = (d.acceptation.span.line for d in found)
    assert (first < second) is specific_first


def test_an_error_stays_an_error(folder: Path) -> None:
    accept(folder, STRUCTURE, "ZZZ001")
    records, _ = load(folder)
    error = replace(warning(records, STRUCTURE), severity=Severity.ERREUR)
    kept, refused = accepter(records, [error])
    assert kept is error and kept.blocked
    assert (refused.code, refused.severity) == ("ACC001", Severity.ERREUR)
    assert [n.span for n in refused.notes] == [error.span]


def test_an_information_is_not_accepted(folder: Path) -> None:
    accept(folder, STRUCTURE, "ZZZ001")
    records, _ = load(folder)
    info = replace(warning(records, STRUCTURE), severity=Severity.INFO)
    kept, stale = accepter(records, [info])
    assert kept is info and (stale.code, stale.severity) == ("ACC002", WARNING)


def test_an_error_beside_a_warning_of_its_code_is_only_an_error(folder: Path) -> None:
    accept(folder, STRUCTURE, "ZZZ001")
    records, _ = load(folder)
    one = warning(records, STRUCTURE)
    found = accepter(records, [one, replace(one, severity=Severity.ERREUR)])
    assert [(d.code, d.is_error, d.acceptation is not None) for d in found] == [
        ("ZZZ001", False, True),
        ("ZZZ001", True, False),
    ]


def test_a_stale_acceptation_is_not_accepted_in_turn(folder: Path) -> None:
    accept(folder, STRUCTURE)
    accept(folder, STRUCTURE, "ACC002")
    _, found = examine(folder)
    assert [(d.code, d.acceptation) for d in found] == [("ACC002", None)] * 2


def test_where_the_warning_is_when_it_is_elsewhere(folder: Path) -> None:
    without_engagement(folder)
    accept(folder, f"{DELIBERATION}/actes/atelier-du-bassin.yaml")
    records, found = examine(folder)
    (stale,) = [d for d in found if d.code == "ACC002"]
    assert [n.span.file for n in stale.notes] == [records.cle(STRUCTURE)]
    assert "la fiche de l’avertissement" in stale.help


def test_the_words_are_put_on_one_line(folder: Path) -> None:
    without_engagement(folder)
    path = folder / STRUCTURE
    path.write_text(
        path.read_text("utf-8")
        + "acceptations:\n  - code: DRO001\n    motif: |\n      Un motif\n      sur deux lignes\u00a0!\n"
        "    par: Mme Inès RÊVE\n    le: 2030-03-12\n",
        "utf-8",
    )
    _, (found,) = examine(folder)
    assert found.acceptation is not None
    assert found.acceptation.motif == "Un motif sur deux lignes\u00a0!"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("par: Mme Inès RÊVE, juriste", "REC001"),
        ("motif: Le contrat signé est joint à la demande.", "REC001"),
        ("le: 12/03/2030", "REC001"),
        ("code: DRO001", "REC001"),
    ],
)
def test_nothing_may_be_missing(line: str, code: str, folder: Path) -> None:
    accept(folder, STRUCTURE)
    path = folder / STRUCTURE
    text = path.read_text("utf-8")
    path.write_text(text.replace(f"- {line}\n    ", "- ").replace(f"    {line}\n", ""), "utf-8")
    assert path.read_text("utf-8") != text
    assert code in {d.code for d in examine(folder)[1]}


def test_a_code_has_the_form_of_a_code(folder: Path) -> None:
    accept(folder, STRUCTURE, "dro1")
    found = next(d for d in examine(folder)[1] if d.code == "REC003")
    assert "un code d’anomalie, par exemple DRO001" in found.help


def test_the_command_is_clean_but_for_what_is_accepted(tmp_path: Path) -> None:
    """An accepted warning changes neither the exit code nor what is built; it is shown last."""
    shutil.copytree(DATA, tmp_path / "data")
    path = tmp_path / "data/structures/atelier-nomade.yaml"
    head, sep, _ = path.read_text("utf-8").partition("engagement_republicain:\n")
    assert sep
    path.write_text(f"{head}fictif: true\n{ACCEPTATION.format(code='DRO001')}", "utf-8")
    done = convenant("--gabarits", str(TEMPLATES), "verifier", "2024-587", cwd=tmp_path)
    assert done.returncode == 0
    assert "1 avertissement accepté" in done.stdout or "avertissements acceptés)" in done.stdout
    assert "avertissement accepté[DRO001] le contrat" in done.stderr
    assert "accepté le 12/03/2030 par Mme Inès RÊVE, juriste : Le contrat signé" in done.stderr
    assert "avertissement[DRO001]" not in done.stderr
