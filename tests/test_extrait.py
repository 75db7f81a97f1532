"""A deliberation known in part: its acts are built, and in the terms of their modeles."""

from __future__ import annotations

import pytest

from generator.documents import Document, documents
from generator.load import Dossier, Records, load
from generator.render import Engine
from tests.dossier_kit import DATA, TEMPLATES, pattern, text

NUMERO = "2023-09-18"


@pytest.fixture(scope="module")
def records() -> Records:
    return load(DATA)[0]


@pytest.fixture(scope="module")
def dossier(records: Records) -> Dossier:
    return records.dossiers[NUMERO]


@pytest.fixture(scope="module")
def found(records: Records, dossier: Dossier) -> dict[str, Document]:
    return {d.ident: d for d in documents(records, dossier)}


@pytest.fixture(scope="module")
def rendered(found: dict[str, Document], dossier: Dossier) -> dict[str, list[str]]:
    engine, jour = Engine(TEMPLATES), dossier.deliberation.date
    return {
        ident: text(engine.render(d.template, d.contexte(), titre=d.titre, jour=jour, nominatif=d.nominatif))
        for ident, d in found.items()
    }


def test_only_what_an_extrait_holds_is_built(found: dict[str, Document]) -> None:
    assert {d.sorte for d in found.values()} == {
        "avenant",
        "modele-convention",
        "convention",
        "lettre-notification",
        "bordereau",
    }
    assert len(found) == 10


def test_a_convention_is_in_the_terms_of_its_modele(rendered: dict[str, list[str]]) -> None:
    """Outside the blanks and the rows of the statement, which are as many as the act has lines."""
    modele = [x for x in rendered["annexe-07-modele-convention"] if not x.startswith(("ANNEXE", "| XXXX"))]
    compared = 0
    for ident, lines in rendered.items():
        if "convention-frais" not in ident or not ident.startswith("actes/"):
            continue
        act = [x for x in lines if "données fictives" not in x]
        start = next(k for k, x in enumerate(act) if x.startswith("| Territoire"))
        end = next(k for k, x in enumerate(act) if x.startswith("| Total"))
        assert end - start >= 2
        act = [*act[: start + 1], *act[end:]]
        assert len(act) == len(modele)
        for expected, said in zip(modele, act, strict=True):
            assert pattern(expected).fullmatch(said), f"{ident} : {expected!r} ≠ {said!r}"
        compared += 1
    assert compared == 2


def test_the_published_figures_are_there(rendered: dict[str, list[str]]) -> None:
    """Annexes 5 and 6 of the deliberation of 18 September 2023."""
    forma = "\n".join(rendered["annexe-05-avenant-passeport-forma"]).replace("\u00a0", " ")
    for words in ("95 875,00 €", "89 000,00 €", "6 875,00 €", "4 125,00 €", "250 €", "31 mars 2024"):
        assert words in forma, words
    assert "n° 2023-00963" in forma and "27 juin 2023" in forma and "annexe 5" in forma
    bleu = "\n".join(rendered["annexe-06-avenant-le-cheval-bleu"]).replace("\u00a0", " ")
    for words in ("40 000,00 €", "115 000,00 €", "24 000,00 €", "69 000,00 €", "20 000,00 €", "57 500,00 €"):
        assert words in bleu, words
    assert "Lens-Liévin (60), Hénin-Carvin (20) et Artois (20)" in bleu
    assert "Lens-Liévin (90), Artois (90) et Hénin-Carvin (50)" in bleu
    assert "31 décembre 2034" in bleu and "sixième alinéa de l’article 7" in bleu
    assert "les articles 3, 4, 7 et 12" in bleu


def test_the_annexe_that_is_added_follows_those_of_the_convention(rendered: dict[str, list[str]]) -> None:
    lines = rendered["annexe-05-avenant-passeport-forma"]
    assert any(x.startswith("Annexe n°\u00a05 –") for x in lines)
    assert any("est complétée par l’annexe suivante" in x for x in lines)
