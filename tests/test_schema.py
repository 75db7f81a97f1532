"""JSON Schemas: current, named by every record, and of one mind with the reader."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from generator import source
from generator.load.typage import type_record
from generator.schema import KINDS, schemas
from generator.service import Workspace

from .records_kit import BASE, DATA, ROOT

SCHEMA = ROOT / "schema"
HEAD = re.compile(r"# yaml-language-server: \$schema=(\S+)")
REAL = sorted(DATA.rglob("*.yaml"))
KIND_OF = {
    "departement.yaml": "departement",
    "territoires.yaml": "territoires",
    "nomenclature.yaml": "nomenclature",
    "structures/*.yaml": "structure",
    "dispositifs/*/*.yaml": "dispositif",
    "budget/*.yaml": "budget",
    "paiements/*.yaml": "paiements",
    "contacts/*.yaml": "contacts",
    "conventions-types/*.yaml": "convention-type",
    "deliberations/*/deliberation.yaml": "deliberation",
    "deliberations/*/modeles/*.yaml": "modele",
    "deliberations/*/actes/*.yaml": "actes",
}


def kind(path: Path, folder: Path) -> str:
    relative = path.relative_to(folder)
    (found,) = (
        k
        for pattern, k in KIND_OF.items()
        if relative.match(pattern) and len(relative.parts) == len(Path(pattern).parts)
    )
    return found


class Editor(yaml.SafeLoader):
    """YAML 1.2 as an editor reads it: no date, no sexagesimal, `no` and `oui` are words."""


Editor.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", list("-+.0123456789")),
):
    Editor.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{pattern})$"), first)
Editor.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value))
Editor.add_constructor("tag:yaml.org,2002:float", lambda loader, node: float(node.value))


def as_editor(text: str) -> Any:
    return yaml.load(text, Loader=Editor)  # a SafeLoader with fewer resolvers


@cache
def validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator(schemas()[kind])


def refusals(kind: str, text: str) -> list[str]:
    """What an editor underlines."""
    return [e.message for e in validator(kind).iter_errors(as_editor(text))]


def test_an_editor_reads_yaml_12() -> None:
    read = as_editor("a: 2024-12-09\nb: no\nc: 12:30\nd: 712 000,00\ne: 0\nf: 1.5\ng: true\nh:\n")
    assert list(read.values()) == ["2024-12-09", "no", "12:30", "712 000,00", 0, 1.5, True, None]


def test_schemas_are_current() -> None:
    """Run « convenant schema » after any change of the models."""
    texts = Workspace(DATA, ROOT / "templates", ROOT / "output").schemas()
    assert {p.name: p.read_text("utf-8") for p in SCHEMA.glob("*")} == dict(texts)
    assert {f"{k}.schema.json" for k in KINDS} == set(texts)
    for text in texts.values():
        Draft202012Validator.check_schema(json.loads(text))


def test_schemas_speak_no_english() -> None:
    """Docstrings are for programmers; titles made from field names say nothing."""

    def words(node: Any) -> set[str]:
        if isinstance(node, dict):
            own = {str(node[k]) for k in ("title", "description") if isinstance(node.get(k), str)}
            return own.union(*(words(v) for v in node.values()))
        return set().union(*(words(v) for v in node)) if isinstance(node, list) else set()

    for text in words(schemas()):
        known = r"(Montant|Taux|Date|SIRET|RNA|IBAN|BIC|Code postal|Adresse électronique)\b"
        assert re.match(known, text), text


@pytest.mark.parametrize("path", REAL, ids=lambda p: p.relative_to(DATA).as_posix())
def test_real_record_names_its_schema_and_follows_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    head = HEAD.fullmatch(text.splitlines()[0])
    assert head, "la première ligne nomme le schéma"
    assert (path.parent / head[1]).resolve() == SCHEMA / f"{kind(path, DATA)}.schema.json"
    assert refusals(kind(path, DATA), text) == []


@pytest.mark.parametrize("path", sorted(BASE.rglob("*.yaml")), ids=lambda p: p.relative_to(BASE).as_posix())
def test_base_record_follows_its_schema(path: Path) -> None:
    assert refusals(kind(path, BASE), path.read_text(encoding="utf-8")) == []


STRUCTURE = (BASE / "structures/ccas-de-valmer.yaml").read_text("utf-8")
BUDGET = (BASE / "budget/2030.yaml").read_text("utf-8")
DEUX_RAISONS = "engagement_republicain: {souscrit_le: 2028-01-10, dispense: agrément}"
COMPTE = "compte: {iban: FR76 3000 6000 0112 3456 7890 189, bic: AGRIFRPP, domiciliation: A, titulaire: T}"
DISPOSITIF = (BASE / "dispositifs/2030/accueil.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "text", "old", "new", "good"),
    [
        ("structure", STRUCTURE, "forme: ccas", "forme: mairie", False),
        ("structure", STRUCTURE, "nom: Centre", "titre: Centre", False),
        ("structure", STRUCTURE, '"99999002100019"', '"9999900210001"', False),
        ("structure", STRUCTURE, "2028-02-01", "01/02/2028", True),
        ("structure", STRUCTURE, "2028-02-01", "1er février 2028", False),
        ("structure", STRUCTURE, "fictif: true", "fictif: false", True),
        ("structure", STRUCTURE, "fictif: true", "fictif: 3", False),
        ("structure", STRUCTURE, "id: ccas-de-valmer", "id: CCAS", False),
        ("structure", STRUCTURE, "fictif: true", "fictif:", False),
        ("structure", STRUCTURE, "fictif: true", "rna: W621004321", True),
        ("structure", STRUCTURE, "fictif: true", "rna: W2A1000119", True),
        ("structure", STRUCTURE, "fictif: true", "rna: W9R1003737", True),
        ("structure", STRUCTURE, "fictif: true", "rna: W2C1000119", False),
        ("structure", STRUCTURE, "fictif: true", "rna: 621004321", False),
        ("structure", STRUCTURE, "fictif: true", "engagement_republicain: {souscrit_le: 2028-01-10}", True),
        ("structure", STRUCTURE, "fictif: true", "engagement_republicain: {dispense: agrément}", True),
        ("structure", STRUCTURE, "fictif: true", "engagement_republicain: {dispense: oubli}", False),
        ("structure", STRUCTURE, "fictif: true", "engagement_republicain: {}", False),
        ("structure", STRUCTURE, "fictif: true", DEUX_RAISONS, False),
        ("structure", STRUCTURE, "fictif: true", COMPTE, True),
        ("structure", STRUCTURE, "fictif: true", COMPTE.replace("76 3000", "76\u00a03000"), True),
        ("structure", STRUCTURE, "fictif: true", COMPTE.replace("FR76", "fr76"), False),
        ("structure", STRUCTURE, "fictif: true", COMPTE.replace("3000 6000", "3000-6000"), False),
        ("structure", STRUCTURE, "fictif: true", COMPTE.replace("AGRIFRPP", "AGRIFRP"), False),
        ("structure", STRUCTURE, '"62998"', '"20090"', True),
        ("structure", STRUCTURE, '"62998"', '"97133"', True),
        ("structure", STRUCTURE, '"62998"', '"99123"', False),
        ("structure", STRUCTURE, '"62998"', '"6299"', False),
        ("budget", BUDGET, "ae: 20 000,00", "ae: 20000", True),
        ("budget", BUDGET, "ae: 20 000,00", "ae: 20\u00a0000", True),
        ("budget", BUDGET, "ae: 20 000,00", "ae: 20 000,00 €", True),
        ("budget", BUDGET, "ae: 20 000,00", "ae: 20000,5", False),
        ("budget", BUDGET, "ae: 20 000,00", "ae: 20000.50", False),
        ("budget", BUDGET, "ae: 20 000,00", "ae: -20 000,00", False),
        ("budget", BUDGET, "ae: 20 000,00", "ae: -20000", False),
        ("budget", BUDGET, "ae: 20 000,00", "ae: 20 00,00", False),
        ("budget", BUDGET, "ae: 20 000,00", "ae: beaucoup", False),
        ("budget", BUDGET, "exercice: 2030", "exercice: MMXXX", False),
        ("dispositif", DISPOSITIF, "taux: 60 %", "taux: 60", True),
        ("dispositif", DISPOSITIF, "taux: 60 %", "taux: 60,25%", True),
        ("dispositif", DISPOSITIF, "taux: 60 %", "taux: 60.5", False),
        ("dispositif", DISPOSITIF, "taux: 60 %", "taux: soixante", False),
        ("dispositif", DISPOSITIF, "- Recevoir la personne.", "- titre: Accueil", True),
        ("dispositif", DISPOSITIF, "- Recevoir la personne.", "- {titre: A, texte: B}", False),
        ("dispositif", DISPOSITIF, "- Recevoir la personne.", "- puces: []", False),
        ("dispositif", DISPOSITIF, "- Recevoir la personne.", "- titre:", False),
        ("dispositif", DISPOSITIF, "- Recevoir la personne.", "- numeros: [a, {texte: b, puces: [c]}]", True),
        ("dispositif", DISPOSITIF, "- Recevoir la personne.", "- numeros: [a, {texte: b}]", False),
        ("dispositif", DISPOSITIF, "bilan: [Un bilan est remis.]", "bilan: Un bilan est remis.", False),
        ("dispositif", DISPOSITIF, "fictif: true", "numero: '3.16'", True),
    ],
)
def test_editor_and_reader_agree(name: str, text: str, old: str, new: str, good: bool) -> None:
    """What an editor underlines is what the reader refuses."""
    assert text.count(old) == 1
    text = text.replace(old, new)
    src, found = source.parse(text, "f.yaml")
    assert src is not None and not found
    record, _ = type_record(src, KINDS[name])
    assert ((record is not None), refusals(name, text) == []) == (good, good)
