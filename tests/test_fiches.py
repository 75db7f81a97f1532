"""The published fiches: every one of the corpus is built from its record, and reads as it was read.

After a change that is meant, write the texts again with CONVENANT_GOLDEN=1 and read the difference.
"""

from __future__ import annotations

import datetime
import os
import re
from functools import cache
from pathlib import Path

import pypdf
import pytest

from generator.documents import documents_annuels
from generator.documents.fiche import millesimes
from generator.load import load
from generator.render import Engine
from tests.dossier_kit import DATA, TEMPLATES, convenant, text

GOLDEN = Path(__file__).parent / "golden" / "fiches"
PUBLISHED = {2024: 6, 2025: 1, 2026: 11}
"""Fiches of the published calls for projects, by year."""


@cache
def rendered() -> dict[str, str]:
    """Text of every fiche, by « millésime-ident »."""
    records, found = load(DATA)
    assert not [d for d in found if d.is_error]
    engine, out = Engine(TEMPLATES), {}
    for year in millesimes(records):
        for d in documents_annuels(records, year):
            day = datetime.date(year, 1, 1)
            data = engine.render(d.template, d.contexte(), titre=d.titre, jour=day, nominatif=True)
            out[f"{year}-{d.ident}"] = "\n".join(text(data)) + "\n"
    return out


def test_every_published_fiche_is_there() -> None:
    years = [int(name[:4]) for name in rendered()]
    assert {y: years.count(y) for y in set(years)} == PUBLISHED


@pytest.mark.parametrize("name", sorted(p.stem for p in GOLDEN.glob("*.txt")) or ["aucune"])
def test_text_is_the_one_that_was_read(name: str) -> None:
    assert rendered()[name] == (GOLDEN / f"{name}.txt").read_text("utf-8")


def test_every_fiche_is_kept() -> None:
    if os.environ.get("CONVENANT_GOLDEN"):
        GOLDEN.mkdir(parents=True, exist_ok=True)
        for name, words in rendered().items():
            (GOLDEN / f"{name}.txt").write_text(words, "utf-8")
    assert {p.stem for p in GOLDEN.glob("*.txt")} == set(rendered())


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        ("2024-fiche-referent-solidarite", ("160 €", "250 places", "50 %")),
        ("2024-fiche-accompagnement-socioprofessionnel", ("250 €", "180 places")),
        ("2024-fiche-plie", ("300 €", "150 places")),
        ("2024-fiche-accompagnement-specifique-sante", ("500 €",)),
        ("2025-fiche-remobilisation-sociale", ("45 000 €", "140 places")),
        ("2026-fiche-dynamisation-remobilisation-intensive", ("800", "70 places", "40 %", "30 %", "20 %")),
        ("2026-fiche-chantiers-insertion", ("375 €", "90 %", "5 %", "15 %", "30 %", "50 %", "20 %")),
        ("2026-fiche-coordinateurs-logement-dabord", ("22 800 €", "5 270 €")),
    ],
)
def test_published_figures_are_printed(name: str, figures: tuple[str, ...]) -> None:
    words = rendered()[name].replace("\u00a0", " ")
    missing = [f for f in figures if f not in words]
    assert not missing


def test_spaces_are_those_of_french() -> None:
    for name, words in rendered().items():
        for line in re.split(r"[\n|¶]", words):
            bad = re.search(r" [;:!?»]|« | {2,}|\u202f", line.strip())
            assert not bad, f"{name} : {line!r}"


def test_booklet_binds_the_fiches_of_the_year(tmp_path: Path) -> None:
    done = convenant("fiches", "2025", "--sortie", str(tmp_path))
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "fiches-2025"
    reader = pypdf.PdfReader(folder / "fiches-2025.pdf")
    own = pypdf.PdfReader(folder / "fiche-remobilisation-sociale.pdf")
    assert len(reader.pages) == len(own.pages) + 1
    assert "Sommaire" in reader.pages[0].extract_text()
    assert "TAU102" in done.stderr  # the published parts add up to half only: said, not blocked


def test_a_year_without_fiches(tmp_path: Path) -> None:
    done = convenant("fiches", "2019", "--sortie", str(tmp_path))
    assert done.returncode == 1 and "CHX003" in done.stderr
