"""The proofs of the sums: they agree on sound records, and differ exactly where a rule says so."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.checks.preuves import Mesure, Niveau, Preuve, chaine, partage, partages, preuves
from generator.diagnostics import Span
from generator.load import Records, load
from tests.records_kit import BASE, DATA, DELIBERATION, examine, fixtures, project, spoil

CODES = {
    "MNT101", "MNT102", "MNT104", "MNT105", "MNT106", "MNT107", "MNT109", "MNT113",
    "BUD001", "BUD002", "BUD005", "BUD009",
}  # fmt: skip
CONCERNED = [f for f in fixtures() if f.name[:6] in CODES]


def all_of(records: Records) -> list[Preuve]:
    return [p for dossier in records.dossiers.values() for p in preuves(records, dossier)]


@pytest.mark.parametrize("folder", [BASE, DATA], ids=["base", "data"])
def test_sound_records_prove_every_sum(folder: Path) -> None:
    records, _ = load(folder)
    found = all_of(records)
    assert [p for p in found if not p.juste] == []
    assert {p.niveau for p in found} == set(Niveau)
    assert {p.mesure for p in found} == set(Mesure)


def test_the_left_side_is_the_sum_of_its_terms_and_each_stands_somewhere() -> None:
    records, _ = load(DATA)
    for p in all_of(records):
        if p.termes:
            assert p.gauche == sum(t.valeur for t in p.termes), p
        for span in (p.span, *(t.span for t in p.termes)):
            assert span.file in records.sources, p
        assert p.span.line, p


def test_a_term_stands_where_its_figure_is_written() -> None:
    records, _ = load(BASE)
    (p,) = [p for p in all_of(records) if p.niveau is Niveau.DELIBERATION]
    lines = records.sources[p.termes[0].span.file].lines
    assert [(t.valeur, lines[t.span.line - 1].strip()) for t in p.termes] == [
        (1_000_000, "montant: 10 000,00"),
        (500_050, "montant: 5 000,50"),
    ]


def test_the_chain_gives_one_total_at_every_step() -> None:
    records, _ = load(BASE)
    steps = chaine(records, records.dossiers["2030-001"])
    assert len(steps) == 4
    assert {s.valeur for s in steps} == {1_500_050}


@pytest.mark.parametrize("fixture", CONCERNED, ids=lambda f: f.stem)
def test_the_proofs_differ_exactly_where_the_rules_report(fixture: Path, tmp_path: Path) -> None:
    folder = project(tmp_path)
    spoil(folder, fixture)
    records, found = examine(folder)
    sums = [d for d in found if d.code in CODES and (d.code != "BUD009" or "paiement font" in d.message)]
    told = {(d.code, d.span) for d in sums}
    shown = {(p.code, p.span) for p in all_of(records) if not p.juste and p.niveau is not Niveau.DELIBERATION}
    assert {s for s in shown if s[0] in CODES} == told


def test_every_code_of_the_proofs_has_a_fixture_here() -> None:
    assert {f.name[:6] for f in CONCERNED} == CODES
    records, _ = load(DATA)
    assert {p.code for p in all_of(records)} <= CODES | {"BUD004"}


def test_sums_over_the_acts_are_left_out_when_a_file_of_acts_is_faulty(tmp_path: Path) -> None:
    folder = project(tmp_path)
    acts = sorted((folder / DELIBERATION / "actes").iterdir())
    acts[0].write_text("structure: [", encoding="utf-8")
    records, _ = load(folder)
    dossier = records.dossiers["2030-001"]
    assert not [p for p in preuves(records, dossier) if p.code == "MNT104"]
    assert [p for p in preuves(records, dossier) if p.code == "MNT107"]
    assert [s.libelle.partition(" ")[0] for s in chaine(records, dossier)] == [
        "Montants",
        "Totaux",
        "Propositions",
    ]


def test_the_first_disponible_of_a_year_without_opening_is_no_proof() -> None:
    """The chain then starts from the very figure that it would prove."""
    records, _ = load(DATA)
    assert not [p for p in preuves(records, records.dossiers["2024-587"]) if p.code == "BUD005"]


@given(st.integers(0, 10**12), st.integers(0, 10_000))
def test_a_split_makes_the_amount_and_says_when_a_cent_has_moved(montant: int, hundredths: int) -> None:
    rate = Decimal(hundredths) / 100
    p = partage("x", montant, [rate, 100 - rate], Span("f"))
    assert sum(p.parts) == montant
    assert all(abs(a - b) <= 1 for a, b in zip(p.parts, p.arrondis, strict=True))
    assert p.deplace == (p.parts != p.arrondis)
    assert p.deplace or sum(p.arrondis) == montant


def test_half_a_cent_goes_up_in_the_parts_rounded_alone() -> None:
    p = partage("x", 5_361_875, [Decimal(50), Decimal(50)], Span("f"))
    assert (p.parts, p.arrondis, p.deplace) == ((2_680_938, 2_680_937), (2_680_938, 2_680_938), True)


def test_the_splits_are_those_that_the_acts_print() -> None:
    records, _ = load(DATA)
    dossier = records.dossiers["2024-587"]
    found = partages(records, dossier)
    assert {p.objet.rpartition(" : ")[2] for p in found} == {"parts", "versements"}
    assert [p.objet for p in found if p.deplace] == [
        "La Fabrique des possibles, Accompagnement équilibré social-professionnel : parts"
    ]
