"""Rules: each fixture of tests/records/ is found at its line, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator.checks import par_code, regles
from generator.diagnostics import Severity, to_text

from .records_kit import (
    BASE,
    DELIBERATION,
    EXTRAIT,
    ROOT,
    codes,
    examine,
    fixtures,
    gravites,
    parse_fixture,
    places,
    project,
    spoil,
)

GENERATOR = ROOT / "generator"
RULES = (GENERATOR / "checks", GENERATOR / "load", GENERATOR / "model")
BASE_FILES = sorted(p.relative_to(BASE).as_posix() for p in BASE.rglob("*.yaml"))


def test_base_is_clean() -> None:
    _, found = examine(BASE)
    assert [to_text(d) for d in found] == []


@pytest.mark.parametrize("fixture", fixtures(), ids=lambda p: p.stem)
def test_fixture(fixture: Path, tmp_path: Path) -> None:
    folder = project(tmp_path)
    expected = spoil(folder, fixture)
    records, found = examine(folder)
    assert places(records, found) == expected, "\n".join(to_text(d) for d in found)
    assert fixture.stem[:6] in {code for *_, code in expected}
    mild = gravites(fixture)
    for d in found:
        assert d.help, f"{d.code} ne dit pas quoi faire"
        assert d.severity is mild.get(d.code, Severity.ERREUR)
        check_typography(d.message, d.help, *(n.text for n in d.notes))


def check_typography(*texts: str) -> None:
    """Non-breaking spaces, real apostrophes, no English word of a library."""
    for text in texts:
        assert not re.search(r"« |[^\s] [»:;?!%€](?:\s|$)|\u202f", text), text
        assert not re.search(r"\w'\w|Input|should|value", text), text
        assert text == text.strip() and not text.endswith("."), text


def test_every_code_has_a_fixture() -> None:
    """A new rule needs a fixture: a file of tests/records/ named after its code."""
    assert codes(*RULES) - {f.stem[:6] for f in fixtures()} - {"YML001"} == set()


def test_every_code_is_documented() -> None:
    """A new code needs its paragraph in docs/regles.md."""
    documented = re.findall(r"^### ([A-Z]{3}\d{3}) ", (ROOT / "docs/regles.md").read_text("utf-8"), re.M)
    assert len(set(documented)) == len(documented)
    assert set(documented) == codes(GENERATOR)


def test_every_rule_says_what_it_is() -> None:
    for r in regles():
        assert r.texte and r.famille and r.codes
        check = re.sub(r"\s+", " ", r.texte.replace("\u00a0", "¤")).replace("¤", "\u00a0")
        assert not re.search(r"« | [»:;?!]", check), check
    declared = [code for r in regles() for code in r.codes]
    assert len(set(declared)) == len(declared)
    assert set(declared) == codes(GENERATOR / "checks") == set(par_code())


def test_rules_emit_only_the_codes_they_declare(tmp_path: Path) -> None:
    for fixture in fixtures():
        folder = project(tmp_path / fixture.stem)
        spoil(folder, fixture)
        records, _ = examine(folder)
        for r in regles():
            assert {d.code for d in r.controle(records)} <= set(r.codes)


def test_fixture_parser_refuses_what_it_does_not_find(tmp_path: Path) -> None:
    (edit,) = parse_fixture("=== territoires.yaml\n-  - id: lune\n")
    with pytest.raises(AssertionError, match="0 fois"):
        edit.apply(project(tmp_path))


# --- hostile records: no rule raises, and the right file is blamed ---------------------------------

WHO_IS_BLAMED = {
    "budget/2030.yaml": f"{DELIBERATION}/deliberation.yaml",
    "conventions-types/2029-06-01.yaml": f"{DELIBERATION}/deliberation.yaml",
    "nomenclature.yaml": "budget/2030.yaml",
    "dispositifs/2030/accueil.yaml": f"{DELIBERATION}/deliberation.yaml",
    "dispositifs/2030/ateliers.yaml": f"{DELIBERATION}/deliberation.yaml",
    "structures/amis-du-phare.yaml": f"{DELIBERATION}/actes/amis-du-phare.yaml",
    "structures/atelier-du-bassin.yaml": f"{DELIBERATION}/actes/atelier-du-bassin.yaml",
    "structures/ccas-de-valmer.yaml": f"{DELIBERATION}/actes/ccas-de-valmer.yaml",
    f"{DELIBERATION}/modeles/annexe-04.yaml": f"{DELIBERATION}/actes/amis-du-phare.yaml",
    f"{DELIBERATION}/modeles/annexe-05.yaml": f"{DELIBERATION}/actes/ccas-de-valmer.yaml",
    f"{DELIBERATION}/actes/amis-du-phare.yaml": f"{DELIBERATION}/deliberation.yaml",
    f"{DELIBERATION}/actes/atelier-du-bassin.yaml": f"{DELIBERATION}/deliberation.yaml",
    f"{DELIBERATION}/actes/ccas-de-valmer.yaml": f"{DELIBERATION}/deliberation.yaml",
    "conventions-types/deplacements.yaml": f"{EXTRAIT}/deliberation.yaml",
    "dispositifs/2031/deplacements.yaml": f"{EXTRAIT}/deliberation.yaml",
    "dispositifs/2031/suivi.yaml": f"{EXTRAIT}/deliberation.yaml",
    f"{EXTRAIT}/modeles/annexe-01.yaml": f"{EXTRAIT}/actes/atelier-du-bassin.yaml",
    f"{EXTRAIT}/modeles/annexe-02.yaml": f"{EXTRAIT}/actes/amis-du-phare.yaml",
    f"{EXTRAIT}/modeles/annexe-03.yaml": f"{EXTRAIT}/actes/ccas-de-valmer.yaml",
    f"{EXTRAIT}/actes/amis-du-phare.yaml": f"{EXTRAIT}/deliberation.yaml",
    f"{EXTRAIT}/actes/atelier-du-bassin.yaml": f"{EXTRAIT}/deliberation.yaml",
    f"{EXTRAIT}/actes/ccas-de-valmer.yaml": f"{EXTRAIT}/deliberation.yaml",
}
"""Where the absence of a file is seen: in the file that names it, or that counts on it."""


@pytest.mark.parametrize("name", BASE_FILES)
def test_file_removed(name: str, tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / name).unlink()
    records, found = examine(folder)
    assert WHO_IS_BLAMED.get(name, name) in {file for file, _, _ in places(records, found)}


@pytest.mark.parametrize("text", ["{}", "[]", "a: [1", "", "\x00\x01", "a: 1\n"])
@pytest.mark.parametrize("name", BASE_FILES)
def test_file_replaced(name: str, text: str, tmp_path: Path) -> None:
    folder = project(tmp_path)
    (folder / name).write_text(text, encoding="utf-8")
    records, found = examine(folder)
    assert {file for file, _, _ in places(records, found)} == {name}


@pytest.mark.parametrize("name", BASE_FILES)
def test_no_line_is_needed_by_a_rule(name: str, tmp_path: Path) -> None:
    """Each line removed, then emptied, in turn: diagnostics perhaps, an exception never."""
    path = project(tmp_path) / name
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for k, line in enumerate(lines):
        for instead in ("", line.partition(":")[0] + ":\n", line.replace("- ", "  ", 1)):
            path.write_text("".join([*lines[:k], instead, *lines[k + 1 :]]), encoding="utf-8")
            examine(tmp_path / "data")


def test_empty_folder(tmp_path: Path) -> None:
    records, found = examine(tmp_path)
    assert places(records, found) == [("departement.yaml", 0, "YML001"), ("territoires.yaml", 0, "YML001")]
