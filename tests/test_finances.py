"""The finance workbook: what it holds, what it computes, what LibreOffice computes of it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.finances import donnees, ecrits, feuilles, tables
from generator.finances.classeur import Classeur
from generator.finances.controles import controles
from generator.finances.echeances import echeance, plus_mois
from generator.load import load
from generator.model import Periode
from generator.model.dispositif import Versement
from tests.cli_kit import commands
from tests.finances_kit import NUMERO, ROOT, Muet, convertir, livrer, projet, refaire
from tests.records_kit import BASE

SHEETS = ["Synthèse", "Répartition", "Échéancier", "Mois et trimestres", "Contrôles", "Journal"]
RECORDS, _ = load(ROOT / "data")
DOSSIER = RECORDS.dossiers[NUMERO]


@pytest.fixture(scope="module")
def classeur(tmp_path_factory: pytest.TempPathFactory) -> Path:
    _, made = livrer(tmp_path_factory.mktemp("finances"))
    assert made.diagnostics == ()
    return made.fichiers[0]


@pytest.fixture(scope="module")
def recalcule(classeur: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook without any cached value, as LibreOffice computes it."""
    folder = tmp_path_factory.mktemp("recalcul")
    bare = folder / "nu.xlsx"
    bare.write_bytes(refaire(classeur.read_bytes(), _sans_valeurs))
    (folder / "out").mkdir()
    return convertir(bare, "xlsx", folder / "out")


def _sans_valeurs(name: str, data: bytes) -> bytes:
    if not name.startswith("xl/worksheets/"):
        return data
    return re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", data)


def _cells(path: Path, data_only: bool) -> Iterator[tuple[str, Any]]:
    for sheet in openpyxl.load_workbook(path, data_only=data_only).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    yield f"{sheet.title}!{cell.coordinate}", cell.value


def _formules(path: Path) -> set[str]:
    return {at for at, v in _cells(path, False) if isinstance(v, str) and v.startswith("=")}


# --- sums ----------------------------------------------------------------------------------------


def test_the_sums_are_those_of_the_deliberation() -> None:
    d = DOSSIER.deliberation
    total = sum(th.annonce.montant for th in d.thematiques)
    known = controles(RECORDS, DOSSIER)
    made = {t.nom: t for t in tables.tables(RECORDS, DOSSIER, known, ())}
    for name, title in (
        (tables.SYNTHESE, "Proposition"),
        (tables.SYNTHESE, "Somme des actes"),
        (tables.OPERATIONS, "Somme des actes"),
        (tables.REPARTITION, "Montant"),
        (tables.ECHEANCIER, "Montant"),
        (tables.MOIS, "Total"),
    ):
        rank = [c.titre for c in made[name].colonnes].index(title)
        assert made[name].totaux()[rank] == total == 871_218_00, (name, title)
    assert [(c.code, c.ecart) for c in known if c.ecart] == []
    assert {row[0]: row[9] for row in made[tables.SYNTHESE].lignes} == {b.code: b.solde for b in d.budget}


def test_a_cent_is_seen_everywhere(tmp_path: Path) -> None:
    service = projet(tmp_path)
    path = tmp_path / "data" / "deliberations" / NUMERO / "actes" / "faimah.yaml"
    path.write_text(path.read_text("utf-8").replace("53 912,45", "53 912,46"), "utf-8")
    made = service.tables(NUMERO, Muet())
    wrong = {(c.code, c.objet.split()[0]) for c in made.controles if c.ecart}
    assert {("FIN002", "C02-446A05"), ("MNT104", "Accompagnement"), ("MNT101", "FAIMAH")} <= wrong
    synthese = made.tables[0]
    assert [row[8] for row in synthese.lignes] == [1, 0, 0]


@pytest.mark.parametrize("numero", list(RECORDS.dossiers))
def test_every_payment_is_scheduled(numero: str) -> None:
    dossier = RECORDS.dossiers[numero]
    due = donnees.paiements(RECORDS, dossier)
    assert sum(p.montant for p in due) == sum(p.repartition.montant for p in donnees.parts(dossier))
    assert all(p.jour is None or p.jour >= dossier.deliberation.date for p in due)


def test_unknown_rates_make_one_payment_without_date() -> None:
    key = "2024/faj-collectif"
    d = RECORDS.dispositifs[key]
    bare = d.model_copy(
        update={
            "financement": d.financement.model_copy(
                update={"versements": (Versement(nature="avance", condition="plus tard"),)}
            )
        }
    )
    records = replace(RECORDS, dispositifs={**RECORDS.dispositifs, key: bare})
    due = [p for p in donnees.paiements(records, DOSSIER) if p.operation.id == "faj-collectif"]
    assert [(p.jour, p.nature) for p in due] == [(None, "à fixer")] * 2
    assert sum(p.montant for p in due) == 59_220_00
    made = {t.nom: t for t in tables.tables(records, DOSSIER, (), ())}
    assert len(feuilles.classeur(records, DOSSIER, tuple(made.values()), ())) > 10_000
    assert made[tables.MOIS].totaux()[-1] == (871_218 - 59_220) * 100


PERIODE = Periode(du=dt.date(2025, 1, 1), au=dt.date(2025, 6, 30))


@pytest.mark.parametrize(
    ("nature", "condition", "signe", "jour"),
    [
        ("avance", "à la signature de l’acte", None, "2025-01-01"),
        ("avance", "à la signature de l’acte", "2025-02-03", "2025-02-03"),
        ("acompte", "après remise du bilan intermédiaire", None, "2025-04-01"),
        ("solde", "après remise et validation du bilan final", None, "2025-09-30"),
        ("solde", "au terme de l’année, si la structure", None, "2025-12-31"),
        ("solde", "à l’achèvement de la convention, le 1er mars 2026", None, "2026-03-01"),
        ("solde", "au premier semestre 2026 et à titre définitif", None, "2026-06-30"),
        ("solde", "le 31 février 2026, qui n’existe pas", None, "2025-06-30"),
        ("solde", "une fois l’action menée", None, "2025-06-30"),
    ],
)
def test_when_a_payment_is_due(nature: Any, condition: str, signe: str | None, jour: str) -> None:
    signed = dt.date.fromisoformat(signe) if signe else None
    vote = dt.date(2024, 12, 9)
    assert (
        echeance(Versement(nature=nature, condition=condition), PERIODE, vote, signed)[0].isoformat() == jour
    )
    late = echeance(Versement(nature=nature, condition=condition), PERIODE, dt.date(2027, 1, 1), signed)
    assert late[0] == dt.date(2027, 1, 1) and "vote" in late[1]


@given(st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1)), st.integers(1, 40))
def test_months_later(jour: dt.date, mois: int) -> None:
    found = plus_mois(jour, mois)
    assert (found.year * 12 + found.month) - (jour.year * 12 + jour.month) == mois
    assert found.day == jour.day or (found + dt.timedelta(1)).day == 1


# --- the workbook --------------------------------------------------------------------------------


def test_libreoffice_computes_the_same_values(classeur: Path, recalcule: Path) -> None:
    ours, theirs = dict(_cells(classeur, True)), dict(_cells(recalcule, True))
    live = _formules(classeur)
    assert len(live) > 150
    for at in live:
        a, b = ours[at], theirs[at]
        if isinstance(a, str):
            assert a == b, at
        else:
            assert round(Decimal(repr(a)), 6) == round(Decimal(repr(b)), 6), at


def test_a_changed_amount_changes_the_totals(classeur: Path, tmp_path: Path) -> None:
    """The formulas live: one euro more in the répartition is one euro more up to the checks."""

    def edit(name: str, data: bytes) -> bytes:
        return _sans_valeurs(name, data).replace(b"<v>53912.45</v>", b"<v>53913.45</v>")

    bare = tmp_path / "change.xlsx"
    bare.write_bytes(refaire(classeur.read_bytes(), edit))
    (tmp_path / "out").mkdir()
    before, after = (
        dict(_cells(classeur, True)),
        dict(_cells(convertir(bare, "xlsx", tmp_path / "out"), True)),
    )
    assert round(after["Synthèse!H6"] - before["Synthèse!H6"], 6) == 1
    assert (
        round(after["Synthèse!I6"], 6) == 1 and round(after["Synthèse!J6"] - before["Synthèse!J6"], 6) == -1
    )
    wrong = [v for at, v in after.items() if at.startswith("Contrôles!H") and v == "ÉCART"]
    assert len(wrong) == 2 and "dont en écart\u00a0: 2" in after["Contrôles!A4"]


def test_what_a_sheet_has(classeur: Path) -> None:
    book = openpyxl.load_workbook(classeur)
    assert book.sheetnames == SHEETS
    named = {s for s in book.named_styles if s.startswith("Convenant ")}
    assert {"Convenant En-tête", "Convenant Euros", "Convenant Total en euros", "Convenant Date"} <= named
    for sheet in book.worksheets:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.page_setup.fitToWidth in (None, 1) and sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_area and sheet["A1"].style == "Convenant Titre"
    for name in ("Répartition", "Échéancier", "Contrôles", "Journal"):
        sheet = book[name]
        assert sheet.freeze_panes == "A6" and sheet.print_title_rows == "$5:$5", name
        assert sheet.auto_filter.ref and sheet.auto_filter.ref.startswith("A5:"), name
    rules = [
        r.formula[0]
        for n in ("Synthèse", "Contrôles")
        for c in book[n].conditional_formatting
        for r in c.rules
    ]
    assert any("<0.05" in r for r in rules) and sum("<>0" in r for r in rules) == 3
    assert len(book["Synthèse"]._charts) == 2
    links = {link.location for row in book["Synthèse"].iter_rows() for c in row if (link := c.hyperlink)}
    assert "'Répartition'!I6" in links and len(links) == 3 + 7


def test_siret_and_dates_keep_their_nature(classeur: Path) -> None:
    sheet = openpyxl.load_workbook(classeur)["Répartition"]
    sirets = [sheet.cell(r, 2).value for r in range(6, 42)]
    assert all(isinstance(s, str) and len(s) == 14 for s in sirets)
    due = openpyxl.load_workbook(classeur)["Échéancier"]
    assert due["A6"].value == dt.datetime(2024, 12, 9) and "dd/mm/yyyy" in due["A6"].number_format


def test_same_records_same_bytes(tmp_path: Path) -> None:
    a, b = (livrer(tmp_path / x)[1].fichiers[0].read_bytes() for x in "ab")
    assert a == b
    with zipfile.ZipFile(io.BytesIO(a)) as z:
        assert {e.date_time for e in z.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2024-12-09T00:00:00Z" in z.read("docProps/core.xml")


@pytest.mark.parametrize("text", ["=1+1", "+33 3 21", "-x", "@SUM(A1)", "\t=1", "http://x.fr", "{=1}"])
def test_a_text_never_becomes_a_formula(text: str, tmp_path: Path) -> None:
    book = Classeur("x", dt.date(2025, 1, 1))
    book.feuille("F").texte(0, 0, text)
    path = tmp_path / "x.xlsx"
    path.write_bytes(book.octets())
    cell = openpyxl.load_workbook(path)["F"]["A1"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)
    table = tables.Table("t", "T", (tables.Colonne("C"),), ((text,),))
    line = ecrits.en_csv(table).decode("utf-8-sig").splitlines()[1]
    assert not re.match('"?[=+@\t-]', line)


def test_a_deliberation_without_budget_has_its_workbook(tmp_path: Path) -> None:
    _, made = livrer(tmp_path, "2023-09-18")
    assert made.diagnostics == () and made.ecarts == 0
    bare = openpyxl.load_workbook(made.fichiers[0], data_only=True)["Synthèse"]
    assert (bare["D6"].value, bare["H6"].value) == (None, 123_075)


def test_an_act_that_cannot_be_read_stops_the_tables(tmp_path: Path) -> None:
    service = projet(tmp_path)
    path = tmp_path / "data" / "deliberations" / NUMERO / "actes" / "faimah.yaml"
    path.write_text(path.read_text("utf-8").replace("53 912,45", "53.912,45"), "utf-8")
    made = service.classeur(NUMERO, Muet())
    assert [d.code for d in made.diagnostics] == ["MNT001", "FIN001"]
    assert made.fichiers == () and not (tmp_path / "output").exists()


def test_the_journal_holds_what_the_deliberation_rests_on(tmp_path: Path) -> None:
    """The accepted warnings of its own records, not those of another deliberation or dispositif."""
    service = projet(tmp_path)
    for name, code in (
        ("deliberations/2023-09-18/actes/le-cheval-bleu.yaml", "MNT112"),
        ("dispositifs/2024/dynamisation-parcours.yaml", "DUR006"),
    ):
        path = service.atelier.donnees / name
        more = f"acceptations:\n  - {{code: {code}, motif: Connu, par: Essai, le: 2024-11-18}}\n"
        path.write_text(f"{path.read_text('utf-8').rstrip()}\n{more}", "utf-8")
    made = service.tables(NUMERO, Muet())
    assert {"MNT112", "DUR006", "BUD007"} == {d.code for d in made.etat.acceptes} - {"BUD008"}
    assert {row[0] for row in made.tables[-1].lignes} == {"BUD007", "BUD008"}
    assert {row[0] for row in service.tables("2023-09-18", Muet()).tables[-1].lignes} == {"MNT112"}


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    service = projet(tmp_path)
    (tmp_path / "output").write_text("", "utf-8")
    made = service.classeur(NUMERO, Muet())
    assert [d.code for d in made.diagnostics] == ["SOR001"] and made.fichiers == ()


def test_an_empty_deliberation(tmp_path: Path) -> None:
    records, _ = load(BASE)
    for dossier in records.dossiers.values():
        bare = replace(dossier, actes={})
        made = tables.tables(records, bare, controles(records, bare), ())
        assert feuilles.classeur(records, bare, made, controles(records, bare))
        assert all(ecrits.en_texte(t) and ecrits.en_csv(t) for t in made)


# --- text and CSV --------------------------------------------------------------------------------


def test_the_csv_says_what_the_table_says(tmp_path: Path) -> None:
    service = projet(tmp_path)
    made = service.csv(NUMERO, (), Muet())
    assert [p.name for p in made.fichiers] == [f"finances-{NUMERO}-{n}.csv" for n in tables.NOMS]
    with made.fichiers[2].open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    assert sum(Decimal(r["Montant"].replace(",", ".")) for r in rows) == Decimal("871218.00")
    assert {r["SIRET"] for r in rows if r["Structure"].startswith("FAIMAH")} == {"00016902900048"}


def test_the_text_is_aligned_and_french(tmp_path: Path) -> None:
    made = projet(tmp_path).tables(NUMERO, Muet())
    for table in made.tables:
        text = ecrits.en_texte(table)
        assert not re.search(r" [:;?!»]|« |\u202f", re.sub("  +", "  ", text)), table.nom
    assert "871\u00a0218,00\u00a0€" in ecrits.en_texte(made.tables[0])


def test_the_command_names_every_table() -> None:
    (option,) = [p for p in commands()["finances"].params if p.name == "noms"]
    assert tuple(getattr(option.type, "choices", ())) == tables.NOMS
