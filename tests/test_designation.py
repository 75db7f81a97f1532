"""The acts that a command names, and the name offered for one that is not known."""

from __future__ import annotations

import pytest

from generator.diagnostics import Span, proche, suggerer
from generator.service.designation import designer

ACTES = ("actes/faimah-convention-faj", "actes/ccas-avenant-annexe-08", "annexe-09-avenant-ccas")
OU = Span("output/2024-1")


def test_an_act_is_named_in_every_usual_way_and_once() -> None:
    said = (
        "ccas-avenant-annexe-08",
        "annexe-09-avenant-ccas.pdf",
        "actes/ccas-avenant-annexe-08",
        "output/2024-1/actes/faimah-convention-faj.pdf",
        "faimah-convention-faj",
    )
    assert designer(said, ACTES, "XXX001", OU, "") == ([ACTES[1], ACTES[2], ACTES[0]], [])
    assert designer((), ACTES, "XXX001", OU, "") == ([], [])


@pytest.mark.parametrize(
    ("said", "aide"),
    [
        ("faimah-conventoin-faj", "vouliez-vous écrire «\u00a0faimah-convention-faj\u00a0»\u00a0?"),
        # The folder and the suffix do not count in what is near.
        (
            "un/tres/long/dossier/ccas-avenant-08.pdf",
            "vouliez-vous écrire «\u00a0ccas-avenant-annexe-08\u00a0»\u00a0?",
        ),
        ("zzz", "en voir la liste"),
    ],
)
def test_an_unknown_act_is_told_beside_the_others(said: str, aide: str) -> None:
    chosen, (wrong,) = designer((said, "faimah-convention-faj"), ACTES, "XXX001", OU, "en voir la liste")
    assert chosen == [ACTES[0]]
    assert (wrong.code, wrong.span, wrong.is_error, wrong.help) == ("XXX001", OU, True, aide)
    assert wrong.message == f"acte inconnu : « {said} »"


def test_a_name_is_offered_when_it_is_near_enough() -> None:
    known = {"commune": "Commune", "communaute": "Communauté"}
    assert proche("comune", known) == "commune"
    assert proche("comune", known, 0.99) == proche("comune", ()) == suggerer("zzz", known) == ""
    assert (
        suggerer("comune", known, 0.5, known.__getitem__)
        == "vouliez-vous écrire «\u00a0Commune\u00a0»\u00a0?"
    )
