"""`convenant relire --format sarif`: valid, and each finding where its reader finds it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sarif_kit.validate import validation_errors

from generator.compte_rendu import Etat
from generator.compte_rendu.relecture_sarif import en_sarif
from generator.compte_rendu.sarif import en_sarif as en_sarif_des_fiches
from generator.relecture import par_code
from tests.records_kit import DELIBERATION, examine, project
from tests.relecture_kit import lu, pdf, word
from tests.test_cli import Run

FAUX = "Le coût est de 1 000 € + 500 €, soit 1 600 €."


def journal(tmp_path: Path) -> dict[str, Any]:
    releves = [
        lu(tmp_path, f"rien\n\n{FAUX}", "un acte.txt"),
        lu(tmp_path, word("rien", FAUX), "acte.docx"),
        lu(tmp_path, pdf(["rien"], [FAUX]), "acte.pdf"),
        lu(tmp_path, b"", "vide.pdf"),
    ]
    return json.loads(en_sarif(releves))


def test_it_is_valid(tmp_path: Path) -> None:
    assert validation_errors(journal(tmp_path)) == []


def test_places_are_those_of_the_reader(tmp_path: Path) -> None:
    run = journal(tmp_path)["runs"][0]
    rules = [r["id"] for r in run["tool"]["driver"]["rules"]]
    assert set(par_code()) | {"RLU003"} == set(rules)
    found = {}
    for r in run["results"]:
        assert rules[r["ruleIndex"]] == r["ruleId"]
        (place,) = r["locations"]
        physical = place["physicalLocation"]
        lieu = [x["fullyQualifiedName"].replace("\u00a0", " ") for x in place.get("logicalLocations", ())]
        if not r["ruleId"].startswith("RLT"):
            found[physical["artifactLocation"]["uri"]] = (r["ruleId"], lieu, physical.get("region"))
    assert found == {
        "un%20acte.txt": ("RLM001", ["ligne 3"], {"startLine": 3}),
        "acte.docx": ("RLM001", ["paragraphe 2"], None),
        "acte.pdf": ("RLM001", ["page 2"], None),
        "vide.pdf": ("RLU003", [], None),
    }
    faute = next(r for r in run["results"] if r["ruleId"] == "RLM001")
    assert faute["level"] == "error" and faute["properties"]["extrait"] == FAUX
    assert faute["relatedLocations"][0]["message"]["text"].startswith("1\u00a0000")


def test_the_name_of_the_file_asks_for_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FAUX, "utf-8")
    run = Run(tmp_path, "relire", "a.txt", "--vers", "constats.sarif")
    assert run.code == 1 and run.err == ""
    ecrit = json.loads((tmp_path / "constats.sarif").read_text("utf-8"))
    assert [r["ruleId"] for r in ecrit["runs"][0]["results"]] == ["RLM001"]


def test_the_report_of_the_records_is_valid_too(tmp_path: Path) -> None:
    folder = project(tmp_path)
    acte = folder / DELIBERATION / "actes" / "amis-du-phare.yaml"
    acte.write_text(acte.read_text("utf-8").replace("montant:", "montent:", 1), "utf-8")
    records, found = examine(folder)
    log = json.loads(en_sarif_des_fiches(Etat(records, tuple(found))))
    assert found and len(log["runs"][0]["results"]) == len(found)
    assert validation_errors(log) == []
