"""The ledger: the published soldes, movements, signatures, payments, forecast."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.checks import verifier
from generator.finances import grand_livre as livre
from generator.finances.tables import Table
from generator.load import Records, load
from generator.service import Workspace
from generator.service.grand_livre import GrandLivre
from tests.finances_kit import ROOT, Muet
from tests.records_kit import project
from tests.test_cli import Run

RECORDS, _ = load(ROOT / "data")
PAIEMENTS = """exercice: 2031
versements:
  - {date: 2031-02-01, deliberation: 2030-001, convention: 2031-00001, nature: avance, montant: "3 000,30"}
  - {date: 2031-12-15, deliberation: 2030-001, convention: 2031-00001, nature: solde, montant: "2 000,20"}
"""


def lignes(table: Table) -> list[dict[str, object]]:
    """The rows by title."""
    return [dict(zip((c.titre for c in table.colonnes), row, strict=True)) for row in table.lignes]


def base(tmp: Path, paiements: str = PAIEMENTS) -> Path:
    """The base project, with payments."""
    folder = project(tmp)
    (folder / "paiements").mkdir()
    (folder / "paiements/2031.yaml").write_text(paiements, "utf-8")
    return folder


def lire(folder: Path) -> Records:
    records, found = load(folder)
    assert found == []
    return records


def test_it_reproduces_the_soldes_of_the_deliberation() -> None:
    """The figures are those of article 6 of the deliberation n° 2024-587."""
    rows = [r for r in lignes(livre.tables(RECORDS)[0]) if r["Mouvement"] == "délibération n°\u00a02024-587"]
    held = {r["Code opération"]: (r["Disponible avant"], r["Montant"], r["Disponible après"]) for r in rows}
    assert held == {
        "C02-446A05": (915_067_73, -712_000_00, 203_067_73),
        "C01-444H02": (620_612_11, -99_998_00, 520_614_11),
        "C02-428C01": (90_500_00, -59_220_00, 31_280_00),
    }
    assert {r["Alerte"] for r in rows} == {""}


def test_every_line_adds_up() -> None:
    for r in lignes(livre.tables(RECORDS)[0]):
        before, moved, after = r["Disponible avant"], r["Montant"], r["Disponible après"]
        if before is not None:
            assert isinstance(before, int) and isinstance(moved, int) and before + moved == after


def test_the_opening_of_a_code_without_deliberation_is_its_ae(tmp_path: Path) -> None:
    folder = base(tmp_path)
    budget = folder / "budget/2030.yaml"
    text = budget.read_text("utf-8")
    line = '  - {code: C01-100C03, imputation: 65748/93402, libelle: Essai, ae: "7 000,00"}\n'
    moved = '  - {date: 2030-03-01, code: C01-100C03, nature: engagement, montant: "500,00", motif: Marché}\n'
    budget.write_text(f"{text}{line}mouvements:\n{moved}", "utf-8")
    rows = [r for r in lignes(livre.tables(lire(folder))[0]) if r["Code opération"] == "C01-100C03"]
    assert [(r["Mouvement"], r["Disponible après"]) for r in rows] == [
        ("ouverture", 7_000_00),
        ("engagement (Marché)", 6_500_00),
    ]


def test_movements_stand_between_the_deliberations(tmp_path: Path) -> None:
    folder = base(tmp_path)
    budget = folder / "budget/2030.yaml"
    budget.write_text(
        budget.read_text("utf-8")
        + "mouvements:\n"
        + '  - {date: 2030-03-01, code: C01-100A01, nature: dégagement, montant: "500,00", motif: Clôture}\n'
        + "virements:\n"
        + '  - {date: 2030-12-20, de: C01-100A01, vers: C01-100B02, montant: "1 000,00", motif: DM 1}\n',
        "utf-8",
    )
    rows = [r for r in lignes(livre.tables(lire(folder))[0]) if r["Code opération"] == "C01-100A01"]
    assert [(r["Mouvement"], r["Disponible après"]) for r in rows] == [
        ("ouverture (déduite de la première délibération)", 49_500_00),
        ("dégagement (Clôture)", 50_000_00),
        ("délibération n°\u00a02030-001", 40_000_00),
        ("virement vers C01-100B02 (DM 1)", 39_000_00),
    ]


def test_a_code_overdrawn_is_told_on_its_line(tmp_path: Path) -> None:
    folder = base(tmp_path)
    budget = folder / "budget/2030.yaml"
    moved = (
        '  - {date: 2030-12-01, code: C01-100A01, nature: engagement, montant: "45 000,00", motif: Marché}\n'
    )
    text = budget.read_text("utf-8").replace("ae: 100 000,00", "ae: 100 000,00\n    disponible: 50 000,00")
    budget.write_text(f"{text}mouvements:\n{moved}", "utf-8")
    made = GrandLivre(Workspace(folder, ROOT / "templates", tmp_path / "out")).tables(Muet())
    assert [d.code for d in made.diagnostics] == ["BUD005", "LIV001"]
    fault = made.diagnostics[1]
    assert fault.span.file.endswith("2030-001/deliberation.yaml")
    assert "il manque 5\u00a0000,00\u00a0€" in fault.message
    (row,) = [r for r in lignes(made.tables[0]) if str(r["Alerte"]).startswith("découvert")]
    assert (row["Mouvement"], row["Alerte"]) == (
        "délibération n°\u00a02030-001",
        "découvert de 5\u00a0000,00\u00a0€",
    )


def test_voted_signed_and_paid(tmp_path: Path) -> None:
    rows = lignes(livre.tables(lire(base(tmp_path)))[1])
    (row,) = [r for r in rows if r["Délibération"] == "2030-001" and r["Code opération"] == "C01-100B02"]
    assert (row["Voté"], row["Signé"], row["Payé"], row["Reste à payer"]) == (5000_50, 5000_50, 5000_50, 0)
    (row,) = [r for r in rows if r["Délibération"] == "2030-001" and r["Code opération"] == "C01-100A01"]
    assert (row["Voté"], row["Reste à signer"], row["Reste à payer"]) == (10_000_00, 10_000_00, 10_000_00)


DEUX_AVENANTS = """structure: amis-du-phare
actes:
  - modele: annexe-04
    convention:
      numero: 2030-00001
      signee_le: 2030-02-01
      periode: {du: 2030-01-01, au: 2030-12-31}
      cout: 20 000,00
    operations:
      - operation: suivi
        repartition: [{territoire: littoral, quantite: 10, montant: "9 000,00"}]
    annonce: {operations: "9 000,00", convention: "29 000,00"}
  - modele: annexe-04
    convention:
      numero: 2030-00001
      signee_le: 2030-02-01
      periode: {du: 2030-01-01, au: 2030-12-31}
      cout: 29 000,00
    operations:
      - operation: suivi
        repartition: [{territoire: plaine, quantite: 10, montant: "1 000,00"}]
    annonce: {operations: "1 000,00", convention: "30 000,00"}
"""


@pytest.mark.parametrize(("paid", "codes"), [("9 500,00", []), ("10 000,01", ["LIV003"])])
def test_two_avenants_to_one_convention(tmp_path: Path, paid: str, codes: list[str]) -> None:
    """A payment is counted once, against what the two vote together."""
    what = f'date: 2031-02-01, deliberation: 2030-001, nature: avance, montant: "{paid}"'
    row = f"  - {{{what}, convention: 2030-00001}}\n"
    folder = base(tmp_path, f"exercice: 2031\nversements:\n{row}")
    (folder / "deliberations/2030-001/actes/amis-du-phare.yaml").write_text(DEUX_AVENANTS, "utf-8")
    records = lire(folder)
    held = next(
        r
        for r in lignes(livre.tables(records)[1])
        if (r["Délibération"], r["Code opération"]) == ("2030-001", "C01-100A01")
    )
    cents = int(paid.replace(" ", "").replace(",", ""))
    assert (held["Voté"], held["Payé"]) == (10_000_00, cents)
    assert [d.code for d in verifier(records, []) if d.code in ("LIV002", "LIV003")] == codes


@pytest.mark.parametrize(
    ("au", "signe", "paye"),
    [("2031-01-14", 0, 0), ("2031-01-15", 5000_50, 0), ("2031-02-01", 5000_50, 3000_30)],
)
def test_at_a_day(tmp_path: Path, au: str, signe: int, paye: int) -> None:
    """The day counts: what is signed or paid on it is in."""
    rows = lignes(livre.tables(lire(base(tmp_path)), dt.date.fromisoformat(au))[1])
    (row,) = [r for r in rows if r["Code opération"] == "C01-100B02"]
    assert (row["Signé"], row["Payé"]) == (signe, paye)
    assert not [r for r in rows if r["Délibération"] == "2031-05-12"]


def test_the_forecast_is_what_is_voted(tmp_path: Path) -> None:
    for records in (RECORDS, lire(base(tmp_path))):
        _, held, forecast = livre.tables(records)
        assert sum(int(str(r["Voté"])) for r in lignes(held)) == sum(
            int(str(r["Total"])) for r in lignes(forecast)
        )


def test_a_payment_settles_the_first_due(tmp_path: Path) -> None:
    """The advance of the ateliers is paid, its balance is due; nothing is left in a year that is over."""
    only = "\n".join(PAIEMENTS.splitlines()[:3]) + "\n"
    records = lire(base(tmp_path, only))
    left = [r for r in livre.restes(records, None) if r.code == "C01-100B02"]
    assert sum(r.montant for r in left) == 5000_50 - 3000_30
    au = dt.date(2035, 1, 1)
    late = livre.restes(records, au)
    assert {r.exercice for r in late} == {2035} and all(r.echu for r in late)
    table = livre.tables(records, au)[2]
    assert "dont échu" in {c.titre for c in table.colonnes}


def test_the_credits_voted_are_shown_when_there_are_some(tmp_path: Path) -> None:
    folder = base(tmp_path)
    path = folder / "deliberations/2030-001/deliberation.yaml"
    text = path.read_text("utf-8")
    old = "        etp: 1,5\n"
    assert text.count(old) == 1
    path.write_text(
        text.replace(old, old + "        credits: [{exercice: 2031, montant: '5 000,50'}]\n"), "utf-8"
    )
    rows = lignes(livre.tables(lire(folder))[2])
    assert [r["Crédits votés"] for r in rows if r["Crédits votés"]] == [5000_50]
    assert "Crédits votés" not in {c.titre for c in livre.tables(RECORDS)[2].colonnes}


@given(
    st.lists(st.tuples(st.sampled_from(["avance", "acompte", "solde"]), st.integers(1, 2000_00)), max_size=4)
)
def test_what_is_left_and_what_is_paid_make_the_vote(
    tmp_path_factory: pytest.TempPathFactory, paid: list[tuple[str, int]]
) -> None:
    """An avance of 60 % and a solde of 40 %: whatever is paid of them, paid + due = voted, to the cent."""
    rows = "".join(
        f"  - {{date: 2031-0{k + 2}-01, deliberation: 2030-001, convention: 2030-00001, nature: {nature}, "
        f'montant: "{cents // 100},{cents % 100:02d}"}}\n'
        for k, (nature, cents) in enumerate(paid)
    )
    folder = project(tmp_path_factory.mktemp("grand-livre"))
    voted = sum(r.montant for r in livre.restes(lire(folder), None) if r.code == "C01-100A01")
    if rows:
        (folder / "paiements").mkdir()
        (folder / "paiements/2031.yaml").write_text(f"exercice: 2031\nversements:\n{rows}", "utf-8")
    records = lire(folder)
    done = livre.paye_par_cle(records, None).get(("2030-001", "2030-00001", "C01-100A01"), 0)
    left = sum(r.montant for r in livre.restes(records, None) if r.code == "C01-100A01")
    assert (done, done + left) == (sum(c for _, c in paid), voted)


def test_a_faulty_record_leaves_no_table(tmp_path: Path) -> None:
    folder = base(tmp_path, PAIEMENTS.replace("avance", "avence"))
    made = GrandLivre(Workspace(folder, ROOT / "templates", tmp_path / "out")).tables(Muet())
    assert made.tables == ()
    assert [d.code for d in made.diagnostics] == ["REC003", "LIV007"]


def test_a_faulty_dispositif_leaves_no_table(tmp_path: Path) -> None:
    """Its rates make the forecast: without them every payment would be one, without a date."""
    folder = base(tmp_path)
    path = folder / "dispositifs/2030/ateliers.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("financement:", "financements:"), "utf-8")
    made = GrandLivre(Workspace(folder, ROOT / "templates", tmp_path / "out")).tables(Muet())
    assert made.tables == ()
    assert {d.code for d in made.diagnostics if d.span.file.endswith("ateliers.yaml")} >= {"LIV007"}


def test_csv_and_json_say_the_same(tmp_path: Path) -> None:
    ledger = GrandLivre(Workspace(ROOT / "data", ROOT / "templates", tmp_path))
    made = ledger.csv((), Muet())
    assert [p.name for p in made.fichiers] == [f"grand-livre-{n}.csv" for n in livre.NOMS]
    objects = json.loads(ledger.json(made.tables, ()))
    assert objects["au"] is None
    for path, name in zip(made.fichiers, livre.NOMS, strict=True):
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig")), delimiter=";"))
        assert len(rows) == len(objects[name])
    (row,) = [m for m in objects["mouvements"] if m["montant"] == "-712000.00"]
    assert (row["date"], row["disponible_avant"], row["disponible_apres"]) == (
        "2024-12-09",
        "915067.73",
        "203067.73",
    )


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "grand-livre").write_text("", "utf-8")
    made = GrandLivre(Workspace(ROOT / "data", ROOT / "templates", tmp_path)).csv((), Muet())
    assert [d.code for d in made.diagnostics] == ["SOR001"] and made.fichiers == ()


def test_the_command(tmp_path: Path) -> None:
    run = Run(tmp_path, "--donnees", str(ROOT / "data"), "grand-livre", "--table", "mouvements")
    run.french()
    assert run.code == 0 and "203\u00a0067,73\u00a0€" in run.out and run.err == ""
    (tmp_path / "x").mkdir()
    folder = base(tmp_path / "x", PAIEMENTS.replace("3 000,30", "3 000,31"))
    run = Run(tmp_path, "--donnees", str(folder), "grand-livre", "--format", "json")
    assert run.code == 1 and "erreur[LIV003]" in run.err
    assert json.loads(run.out)["engagements"]


def test_the_example_of_the_guide_is_a_record(tmp_path: Path) -> None:
    """The payments shown in docs/finances.md load, and settle an act that exists."""
    page = (ROOT / "docs/finances.md").read_text("utf-8")
    (shown,) = re.findall(r"^```yaml\n(.*?)^```", page, re.M | re.S)
    shutil.copytree(ROOT / "data", tmp_path / "data")
    (tmp_path / "data/paiements").mkdir()
    (tmp_path / "data/paiements/2025.yaml").write_text(shown, "utf-8")
    records, found = load(tmp_path / "data")
    assert [d.code for d in verifier(records, found) if d.span.file.endswith("2025.yaml")] == ["LIV005"]
    assert list(livre.paye_par_cle(records, None).values()) == [39_000_00]
