"""What a reader sees of each kind of document, kept under tests/golden/.

After a change that is meant, write the files again with CONVENANT_GOLDEN=1 and read the difference.
"""

from __future__ import annotations

import datetime
import os
import re
from pathlib import Path

import pytest

from generator.documents import Ouvrage
from generator.documents.couverture import conventions, dossier
from generator.load import load
from generator.render import Engine
from tests.dossier_kit import DATA, TEMPLATES, text

GOLDEN = Path(__file__).parent / "golden"
KEPT = {
    "2024-587": (
        "01-rapport",
        "02-deliberation",
        "annexe-01-thematique-1",
        "annexe-02-thematique-3",
        "annexe-03-thematique-4",
        "annexe-04-repartition-financiere",
        "annexe-05-modele-avenant",
        "annexe-06-modele-avenant",
        "annexe-07-modele-avenant",
        "annexe-08-modele-avenant",
        "annexe-09-modele-avenant",
        "annexe-10-avenant-pas-de-calais-actif",
        "actes/ccas-de-lievin-convention-coaching-familial",
        "actes/faimah-avenant-annexe-06",
        "actes/faimah-convention-faj-collectif",
        "actes/plie-des-deux-terrils-avenant-annexe-09",
        "bordereau-actes-a-signer",
        "lettres/ccas-d-escalmont-avenant-annexe-08",
        "lettres/faimah-avenant-annexe-06",
        "lettres/faimah-convention-faj-collectif",
    ),
    "2023-09-18": (
        "annexe-05-avenant-passeport-forma",
        "annexe-06-avenant-le-cheval-bleu",
        "annexe-07-modele-convention",
        "actes/cias-des-trois-vallees-convention-frais-de-deplacement",
        "lettres/le-cheval-bleu-avenant-annexe-06",
        "bordereau-actes-a-signer",
    ),
    "conventions-2025-01-01": (
        "convention-2023-00963",
        "convention-2023-01628",
        "convention-2023-02104",
        "convention-2024-01213",
        "convention-2025-00012",
    ),
}
NAMES = [f"{work}/{ident}" for work, idents in KEPT.items() for ident in idents]


@pytest.fixture(scope="module")
def works() -> list[Ouvrage]:
    """Every deliberation, and the conventions on a day that knows them all."""
    records, found = load(DATA)
    assert not [d for d in found if d.is_error]
    day = datetime.date(2025, 1, 1)
    return [*(dossier(records, d) for d in records.dossiers.values()), conventions(records, day)]


@pytest.fixture(scope="module")
def rendered(works: list[Ouvrage]) -> dict[str, str]:
    """Text of every document of every work, by « work/ident »."""
    engine, out = Engine(TEMPLATES), {}
    for work in works:
        for d in work.documents:
            data = engine.render(
                d.template, d.contexte(), titre=d.titre, jour=work.jour, nominatif=d.nominatif
            )
            out[f"{work.nom}/{d.ident}"] = "\n".join(text(data)) + "\n"
    return out


def path_of(name: str) -> Path:
    """File of a document « work/ident »."""
    work, _, ident = name.partition("/")
    return GOLDEN / work / f"{ident.replace('/', '--')}.txt"


@pytest.mark.parametrize("name", NAMES)
def test_text_is_the_one_that_was_read(rendered: dict[str, str], name: str) -> None:
    path = path_of(name)
    if os.environ.get("CONVENANT_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(rendered[name], "utf-8")
    assert rendered[name] == path.read_text("utf-8")


def test_every_kind_is_kept(works: list[Ouvrage]) -> None:
    kinds = {d.sorte for w in works for d in w.documents}
    kept = {d.sorte for w in works for d in w.documents if f"{w.nom}/{d.ident}" in NAMES}
    assert kinds == kept
    files = {p for work in KEPT for p in (GOLDEN / work).glob("*.txt")}
    assert files == {path_of(name) for name in NAMES}


SPACES = re.compile(r" [;:!?»]|« | {2,}|\u202f|(?<!\d)\d{1,3} \d{3}(?!\d)")


def test_spaces_are_those_of_french(rendered: dict[str, str]) -> None:
    """No plain space before « : ; ! ? » », after «, or in a figure; no double space; no U+202F."""
    for ident, words in rendered.items():
        for cell in re.split(r"[\n|¶]", words):
            bad = SPACES.search(cell.strip())
            assert not bad, f"{ident} : {cell!r}"
