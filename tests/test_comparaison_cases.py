"""Where a change stands in a table: the same words in the comparison and in the check of conformity."""

from __future__ import annotations

import pytest

from generator.comparaison.canonique import canoniser
from generator.comparaison.cases import paragraphes
from generator.comparaison.changements import relever
from generator.comparaison.paquet import W, ouvrir
from generator.conformite.passages import CORPS, lire
from tests.comparaison_word_kit import docx, p, r, tableau, textes

TITRE = '<w:tblCaption w:val="Coûts"/>'
DEDANS = textes("avant") + tableau(("x",), ("y",)) + p(r("après"))


def document(dernier: str) -> bytes:
    return docx(
        textes("Article 1 – Objet")
        + tableau(("a", "b"), ("c", DEDANS))
        + tableau(("d",), ("e",), props=TITRE)
        + p(r("hors"))
        + tableau(("f",), (dernier,))
    )


def test_a_cell_is_found_by_its_own_table() -> None:
    corps = canoniser(ouvrir(document("g")))["corps"]
    found = {
        "".join(t.text for t in p.iter(f"{W}t")): case.replace("\u00a0", " ")
        for p, case in paragraphes(corps)
    }
    assert found == {
        "Article 1 – Objet": "",
        "a": "tableau 1, ligne 1, colonne 1",
        "b": "tableau 1, ligne 1, colonne 2",
        "c": "tableau 1, ligne 2, colonne 1",
        "avant": "tableau 1, ligne 2, colonne 2",
        "x": "tableau 2, ligne 1, colonne 1",
        "y": "tableau 2, ligne 2, colonne 1",
        "après": "tableau 1, ligne 2, colonne 2",
        "d": "tableau « Coûts », ligne 1, colonne 1",
        "e": "tableau « Coûts », ligne 2, colonne 1",
        "hors": "",
        "f": "tableau 4, ligne 1, colonne 1",
        "g": "tableau 4, ligne 2, colonne 1",
    }


@pytest.mark.parametrize("texte", ["a", "b", "y", "e", "f"])
def test_both_reports_name_the_same_place(texte: str) -> None:
    old = document("g")
    stories = canoniser(ouvrir(old))
    next(t for t in stories[CORPS].iter(f"{W}t") if t.text == texte).text = "changé"
    changes = list(relever(canoniser(ouvrir(old)), stories))
    (passage,) = (x for x in lire(old) if x.texte == texte)
    assert {c.lieu for c in changes} == {passage.lieu}
    assert "tableau" in passage.lieu
