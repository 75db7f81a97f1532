"""What a document of one structure reads: its own records and the common ones, and nothing of the others.

A run relies on it to leave alone, without working it out again, what a change does not reach.
"""

from __future__ import annotations

import ast
import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest

from generator import ingredients
from generator.documents import Document, Ouvrage, couverture
from generator.ingredients import Ingredients
from generator.load import Records, load
from generator.render import Engine
from tests.dossier_kit import DATA, ROOT, TEMPLATES


@pytest.fixture(scope="module")
def records() -> Records:
    found, _ = load(DATA)
    assert len(found.dossiers) > 1
    return found


def works(records: Records) -> list[Ouvrage]:
    """Every work that makes documents of a structure; the last one once all conventions are carried out."""
    days = sorted(d.deliberation.date for d in records.dossiers.values())
    later = [*days, days[-1] + dt.timedelta(days=730)]
    dossiers = [couverture.dossier(records, d) for d in records.dossiers.values()]
    return [*dossiers, *(couverture.conventions(records, day) for day in later)]


def of_structures(records: Records) -> dict[tuple[str, str], Document]:
    return {(w.nom, d.ident): d for w in works(records) for d in w.documents if d.structure is not None}


def content(d: Document) -> str:
    """All that a document is made from, and all that it is read back against."""
    said = [(e.quoi, e.mots) for e in d.enonces()] if d.enonces else []
    heads = [d.titre, d.template, d.nominatif, d.fictif, d.sorte, sorted(d.depend)]
    return json.dumps([d.contexte(), heads, said], sort_keys=True)


def alone(records: Records, kept: set[str]) -> Records:
    """The records without the structures and the acts that are not in `kept`."""
    dossiers = {
        numero: replace(x, actes={i: a for i, a in x.actes.items() if a.origine in kept})
        for numero, x in records.dossiers.items()
    }
    structures = {i: s for i, s in records.structures.items() if s.origine in kept}
    return replace(records, structures=structures, dossiers=dossiers)


def test_without_the_records_of_the_others_every_document_is_the_same(records: Records) -> None:
    everything = of_structures(records)
    by_structure: dict[str | None, set[str]] = {}
    for d in everything.values():
        by_structure.setdefault(d.structure, set()).update(k.partition("#")[0] for k in d.depend)
    assert len(by_structure) > 10 and len(everything) > 80
    for structure, kept in by_structure.items():
        left = of_structures(alone(records, kept))
        for name, d in everything.items():
            if d.structure == structure:
                assert content(left[name]) == content(d), name


def origines(records: Records) -> Mapping[str, str]:
    engine = Engine(TEMPLATES)
    known = Ingredients(records, engine, {})
    (work,) = [w for w in works(records) if w.nom == "2024-587"]
    return {d.ident: known.origine(d, work.nom, work.jour) for d in work.documents}


def changed(records: Records, key: str) -> Records:
    """The records as if the file `key` had other bytes."""
    source = records.sources[key]
    return replace(records, sources={**records.sources, key: replace(source, sha256="0" * 64)})


def test_every_file_counts_for_whoever_may_read_it(records: Records) -> None:
    first = origines(records)
    (work,) = [w for w in works(records) if w.nom == "2024-587"]
    documents = {d.ident: d for d in work.documents}
    general = {i for i, d in documents.items() if d.structure is None}
    assert general and general != set(documents)
    for key in records.sources:
        now = origines(changed(records, key))
        moved = {i for i in first if now[i] != first[i]}
        own = {i for i, d in documents.items() if key in {k.partition("#")[0] for k in d.depend}}
        of_a_structure = key.startswith(f"{records.racine}/structures/") or "/actes/" in key
        assert moved == (general | own if of_a_structure else set(documents)), key


def test_a_file_more_or_less_counts_for_all(records: Records) -> None:
    first = origines(records)
    key = next(k for k in records.sources if k.startswith(f"{records.racine}/structures/"))
    more = {**records.sources, f"{records.racine}/structures/neuve.yaml": records.sources[key]}
    for now in (
        replace(records, sources=more),
        replace(records, fautifs=frozenset({f"{records.racine}/structures/fautive.yaml"})),
    ):
        assert not set(origines(now).values()) & set(first.values())


def test_the_program_that_cannot_be_read_vouches_for_nothing(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.ingredients.programme", lambda *_, **__: "")
    assert set(origines(records).values()) == {""}


def test_a_template_counts_for_all(records: Records, tmp_path: Path) -> None:
    engine = Engine(TEMPLATES)
    (work,) = [w for w in works(records) if w.nom == "2024-587"]
    found = [Ingredients(records, engine, {}), Ingredients(records, engine, {})]
    found[1].gabarits = {**found[1].gabarits, "base.docx": "0"}
    for d in work.documents:
        one, other = (x.origine(d, work.nom, work.jour) for x in found)
        assert one != other


PARTIES = ("documents", "typography", "model", "load", "source", "money", "identifiants", "render", "convert")
PARTIES += ("pdfium", "ecriture_pdf", "relecture", "reconciliation", "redaction")
SANS_EFFET = {"psutil"}  # it measures LibreOffice, and writes nothing


def test_every_library_that_words_or_converts_is_part_of_the_program() -> None:
    """Another version of any of them makes everything be worked out again."""
    by_module = metadata.packages_distributions()
    used: set[str] = set()
    for partie in PARTIES:
        base = ROOT / "generator" / partie
        for path in sorted(base.rglob("*.py")) if base.is_dir() else [base.with_suffix(".py")]:
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    used |= {alias.name.partition(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    used.add(node.module.partition(".")[0])
    names = {by_module[m][0].lower().replace("_", "-") for m in used if m in by_module and m != "generator"}
    assert {"num2words", "jinja2", "pikepdf"} <= names
    assert names - SANS_EFFET <= set(ingredients.BIBLIOTHEQUES)
