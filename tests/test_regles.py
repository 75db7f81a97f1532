"""The rules as data: how grave each code is, and the list of docs/regles.md that comes from them."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from generator import checks, relecture
from generator.diagnostics import Diagnostic, Severity, Span
from generator.regle import index, recueillir, regle

from .records_kit import ROOT, examine, fixtures, project, spoil

sys.path.insert(0, str(ROOT / "tools"))

import regles as outil

PAGE = (ROOT / "docs" / "regles.md").read_text("utf-8")


def test_every_code_is_as_grave_as_it_declares(tmp_path: Path) -> None:
    """The fixtures show every severity that a rule declares, and no other."""
    seen: dict[str, set[Severity]] = {}
    for fixture in fixtures():
        folder = project(tmp_path / fixture.stem)
        spoil(folder, fixture)
        for d in examine(folder)[1]:
            seen.setdefault(d.code, set()).add(d.severity)
    declared = {code: set(r.gravites[code]) for code, r in checks.par_code().items()}
    assert {code: seen.get(code) for code in declared} == declared


def test_the_gravest_comes_first() -> None:
    order = list(Severity)
    for rule in (*checks.regles(), *relecture.regles()):
        for known in rule.gravites.values():
            assert list(known) == sorted(set(known), key=order.index)


def test_decorators_pile_up() -> None:
    @regle("AAA001")
    @regle("AAA002", "AAA003", gravite=(Severity.ERREUR, Severity.INFO))
    def rule(_: str) -> Iterator[Diagnostic]:
        """Une règle."""
        yield Diagnostic("AAA001", "faux", Span("x"))

    assert rule.__dict__["gravites"] == {
        "AAA001": (Severity.ERREUR,),
        "AAA002": (Severity.ERREUR, Severity.INFO),
        "AAA003": (Severity.ERREUR, Severity.INFO),
    }
    assert list(rule.__dict__["gravites"]) == ["AAA001", "AAA002", "AAA003"]


def test_a_new_function_is_a_rule_without_being_registered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "paquet").mkdir()
    (tmp_path / "paquet" / "__init__.py").write_text("", "utf-8")
    (tmp_path / "paquet" / "famille.py").write_text(
        "from generator.regle import regle\n\n\n@regle('BBB001')\ndef r(x):\n    '''Vrai.'''\n    yield x\n",
        "utf-8",
    )
    monkeypatch.syspath_prepend(tmp_path)
    package: ModuleType = __import__("paquet")
    (rule,) = recueillir(package)
    assert (rule.codes, rule.famille, rule.texte) == (("BBB001",), "famille", "Vrai.")
    assert index([rule]) == {"BBB001": rule}
    assert list(rule.controle(1)) == [1]


# --- docs/regles.md -------------------------------------------------------------------------------


def test_the_list_of_the_page_is_current() -> None:
    """When it fails: python tools/regles.py."""
    assert outil.page(PAGE) == PAGE


def test_the_list_holds_every_rule_once() -> None:
    rows = outil.tableau().splitlines()[2:]
    told = [code for row in rows for code in re.findall(r"\[([A-Z]{3}\d{3})\]\(", row)]
    assert sorted(told) == sorted([*checks.par_code(), *relecture.par_code()])
    assert all(row.replace("\\|", "").count("|") == 5 and "||" not in row.replace(" ", "") for row in rows)


def test_the_list_leads_to_the_paragraphs() -> None:
    titles = re.findall(r"^#{2,3} (.+)$", PAGE, re.M)
    anchors = {re.sub(r"[^\w -]", "", t.lower()).replace(" ", "-") for t in titles}
    assert {a for a in re.findall(r"\]\(#([^)]+)\)", PAGE) if a not in anchors} == set()


def test_the_list_says_which_code_is_what() -> None:
    rows = outil.tableau().splitlines()
    (mixed,) = [row for row in rows if "[IDN012]" in row]
    assert "| erreur (IDN012)\u00a0; avertissement (IDN013, IDN014) |" in mixed
    (either,) = [row for row in rows if "[DUR006]" in row]
    assert "| erreur ou avertissement |" in either


def test_a_rule_that_changes_makes_the_page_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outil.checks, "regles", lambda: ())
    assert outil.page(PAGE) != PAGE


def test_the_marks_are_needed() -> None:
    with pytest.raises(ValueError, match="repères"):
        outil.page(PAGE.replace(outil.FIN, ""))
