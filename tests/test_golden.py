"""What a reader sees of each kind of document, kept under tests/golden/.

After a change that is meant, write the files again with CONVENANT_GOLDEN=1 and read the difference.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from generator.documents import documents
from generator.load import load
from generator.render import Engine
from tests.dossier_kit import DATA, TEMPLATES, text

GOLDEN = Path(__file__).parent / "golden"
KEPT = (
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
)


@pytest.fixture(scope="module")
def rendered() -> dict[str, str]:
    """Text of every document of deliberation 2024-587, by identifier."""
    records, found = load(DATA)
    assert not [d for d in found if d.is_error]
    dossier, engine = records.dossiers["2024-587"], Engine(TEMPLATES)
    return {
        d.ident: "\n".join(
            text(
                engine.render(
                    d.template,
                    d.contexte(),
                    titre=d.titre,
                    jour=dossier.deliberation.date,
                    nominatif=d.nominatif,
                )
            )
        )
        + "\n"
        for d in documents(records, dossier)
    }


@pytest.mark.parametrize("ident", KEPT)
def test_text_is_the_one_that_was_read(rendered: dict[str, str], ident: str) -> None:
    path = GOLDEN / f"{ident.replace('/', '--')}.txt"
    if os.environ.get("CONVENANT_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(rendered[ident], "utf-8")
    assert rendered[ident] == path.read_text("utf-8")


def test_every_kind_is_kept(rendered: dict[str, str]) -> None:
    records, _ = load(DATA)
    kinds = {d.sorte for d in documents(records, records.dossiers["2024-587"])}
    kept = {d.sorte for d in documents(records, records.dossiers["2024-587"]) if d.ident in KEPT}
    assert kinds == kept
    assert {p.stem.replace("--", "/") for p in GOLDEN.glob("*.txt")} == set(KEPT)


SPACES = re.compile(r" [;:!?»]|« | {2,}|\u202f|(?<!\d)\d{1,3} \d{3}(?!\d)")


def test_spaces_are_those_of_french(rendered: dict[str, str]) -> None:
    """No plain space before « : ; ! ? » », after «, or in a figure; no double space; no U+202F."""
    for ident, words in rendered.items():
        for cell in re.split(r"[\n|¶]", words):
            bad = SPACES.search(cell.strip())
            assert not bad, f"{ident} : {cell!r}"
