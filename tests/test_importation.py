"""The table that services send back: what it changes in the records, to the byte, and all that it may not."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator import source
from generator.diagnostics import Severity
from generator.finances import importation
from generator.finances.colonnes import NOMS
from generator.finances.feuillet import lettres, plat
from generator.finances.lecture_csv import lire_csv
from generator.finances.tables import repartition
from generator.load import load
from generator.service.finances import Finances, Reprise
from tests.finances_kit import NUMERO, ROOT, Muet, convertir, fiches, livrer, projet
from tests.test_cli import Run

RECORDS, _ = load(ROOT / "data")
TABLE = repartition(RECORDS, RECORDS.dossiers[NUMERO])
TITRES = [c.titre for c in TABLE.colonnes]
FAIMAH = "deliberations/2024-587/actes/faimah.yaml"

Row = dict[str, Any]


def rows() -> list[Row]:
    """The répartition as the services have it, amounts in euros, by title."""
    out = []
    for line in TABLE.lignes:
        row: Row = dict(zip(TITRES, line, strict=True))
        row["Montant"] = row["Montant"] / 100
        out.append(row)
    return out


def xlsx(
    path: Path,
    table: Sequence[Row],
    titles: Sequence[str] = TITRES,
    edit: Callable[[Any], None] | None = None,
) -> Path:
    """The rows as somebody's workbook."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(titles))
    for row in table:
        sheet.append([row.get(t) for t in titles])
    if edit:
        edit(sheet)
    book.save(path)
    return path


def en_csv(path: Path, table: Sequence[Row], encoding: str = "utf-8", sep: str = ";") -> Path:
    """The rows as somebody's CSV."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=sep)
    writer.writerow(TITRES)
    for row in table:
        cells = [f"{v:.2f}".replace(".", ",") if isinstance(v, float) else v for v in row.values()]
        writer.writerow(["" if v is None else v for v in cells])
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def reprendre(service: Finances, path: Path, simulation: bool = False, numero: str | None = None) -> Reprise:
    return service.importer(path, numero, None, simulation, Muet())


def lire(path: Path) -> importation.Import:
    """What the file asks of the records of the repository; nothing is written."""
    return importation.importer(path, path.name, NUMERO, None, RECORDS, ROOT / "data")


def codes(done: Reprise) -> list[str]:
    """The codes of what was refused."""
    return [d.code for d in done.contenu.diagnostics if d.is_error]


def row_of(table: list[Row], numero: str, territoire: str, dispositif: str = "") -> Row:
    (found,) = [
        r
        for r in table
        if (r["N° de convention"], r["Territoire"]) == (numero, territoire) and dispositif in r["Dispositif"]
    ]
    return found


# --- nothing changes ------------------------------------------------------------------------------


def test_what_is_exported_changes_nothing(tmp_path: Path) -> None:
    service, made = livrer(tmp_path)
    before = fiches(service)
    for path in (*made.fichiers, *service.csv(NUMERO, ("repartition",), Muet()).fichiers):
        done = reprendre(service, path)
        assert codes(done) == [] and done.ecrits == () and done.difference() == ""
        assert len(done.contenu.lignes) == len(TABLE.lignes)
    assert fiches(service) == before


def test_libreoffice_may_save_it_again(tmp_path: Path) -> None:
    service, made = livrer(tmp_path)
    before = fiches(service)
    done = reprendre(service, convertir(made.fichiers[0], "xlsx", tmp_path))
    assert (codes(done), done.ecrits, fiches(service)) == ([], (), before)


@pytest.mark.parametrize("numero", list(RECORDS.dossiers))
def test_every_deliberation_goes_round(numero: str, tmp_path: Path) -> None:
    service = projet(tmp_path)
    before = fiches(service)
    (path,) = service.csv(numero, ("repartition",), Muet()).fichiers
    done = reprendre(service, path)
    assert (codes(done), done.ecrits, fiches(service)) == ([], (), before)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "mac_roman"])
@pytest.mark.parametrize("sep", [";", ",", "\t", "|"])
def test_every_encoding_and_separator(encoding: str, sep: str, tmp_path: Path) -> None:
    table = [r for r in rows() if "–" not in r["Dispositif"]]
    for r in table:  # the Mac and Windows know these signs, not the star after a non-breaking space
        r["Structure"] = r["Structure"].rstrip("*\u00a0")
    done = lire(en_csv(tmp_path / "t.csv", table, encoding, sep))
    assert done.fichiers == () and len(done.lignes) == len(table)
    told = [d for d in done.diagnostics if d.code == "IMP017"]
    assert [d for d in done.diagnostics if d not in told and d.code != "IMP015"] == []
    assert bool(told) == (not encoding.startswith("utf-8"))


# --- what changes ---------------------------------------------------------------------------------


def test_only_what_changes_changes(tmp_path: Path) -> None:
    table = rows()
    row = row_of(table, "2025-00031", "Artois")
    row["Montant"], row["Places"], row["Signé le"] = 16_656.21, 41, dt.date(2025, 1, 15)
    row_of(table, "2024-00187", "Arrageois")["Montant"] = 1000
    service = projet(tmp_path)
    before = fiches(service)
    path = xlsx(tmp_path / "t.xlsx", table)
    tried = reprendre(service, path, simulation=True)
    assert fiches(service) == before and tried.ecrits == ()
    done = reprendre(service, path)
    assert done.difference() == tried.difference()
    after = fiches(service)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {FAIMAH, "deliberations/2024-587/actes/ccas-de-courtefosse.yaml"}
    old, new = before[FAIMAH].decode(), after[FAIMAH].decode()
    wanted = old.replace("quantite: 40\n", "quantite: 41\n").replace("16 656,20", "16 656,21")
    wanted = wanted.replace("2025-00031\n", '2025-00031\n    signe_le: "2025-01-15"\n')
    assert new == wanted
    assert '+    signe_le: "2025-01-15"\n' in done.difference()
    again = reprendre(service, path)
    assert (codes(again), again.ecrits, fiches(service)) == ([], (), after)


def test_what_is_new_is_added(tmp_path: Path) -> None:
    table = rows()
    base = row_of(table, "2025-00031", "Artois")
    table += [
        {**base, "Territoire": "Ternois", "Places": 5, "Montant": 100},
        {**base, "Territoire": "Calaisis", "Places": 6, "Montant": 0.5},
        {**base, "Dispositif": "Accompagner autrement", "Code opération": None, "Montant": 200},
        {**base, "N° de convention": "2025-00099", "Montant": 300},
        {
            **base, "N° de convention": "2025-00098", "Structure": "CCAS de Roncelles-les-Mines",
            "SIRET": "00062042700013", "Montant": 12,
        },
        {
            **base, "N° de convention": "2025-00097", "Structure": "Le Cheval bleu",
            "SIRET": RECORDS.structures["le-cheval-bleu"].siret, "Montant": 1234.56, "Places": None,
        },
    ]  # fmt: skip
    service = projet(tmp_path)
    before = fiches(service)
    done = reprendre(service, xlsx(tmp_path / "t.xlsx", table))
    assert codes(done) == []
    after = fiches(service)
    new = "deliberations/2024-587/actes/le-cheval-bleu.yaml"
    assert set(after) - set(before) == {new}
    assert (
        after[new]
        .decode()
        .endswith(
            """structure: le-cheval-bleu
actes:
  - numero: 2025-00097
    operations:
      - operation: actions-innovantes
        repartition:
          - territoire: artois
            montant: 1 234,56
    annonce:
      operations: 1 234,56
"""
        )
    )
    records, found = load(service.atelier.donnees)
    assert [d for d in found if d.is_error] == []
    acts = records.dossiers[NUMERO].actes["faimah"].actes
    assert [(a.numero, a.montant) for a in acts][1:] == [
        ("2025-00031", 41_640_50 + 300_50),
        ("2025-00044", 34_720_75),
        ("2025-00099", 300_00),
    ]
    now = iter(after[FAIMAH].decode().splitlines())
    assert all(line in now for line in before[FAIMAH].decode().splitlines())  # in the same order
    assert "# Grande association" in after[FAIMAH].decode()
    assert reprendre(service, tmp_path / "t.xlsx").ecrits == ()


def test_crlf_comments_quotes_and_flow_stay(tmp_path: Path) -> None:
    service = projet(tmp_path)
    path = service.atelier.donnees / FAIMAH
    text = path.read_text("utf-8").replace("montant: 16 656,20", 'montant: "16 656,20"  # vérifié')
    old = "          - territoire: lens-lievin\n            quantite: 60\n            montant: 24 984,30\n"
    assert old in text
    flow = """          - {territoire: lens-lievin, montant: "24 984,30"} # une ligne\n"""
    text = text.replace(old, flow)
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    before = path.read_bytes()
    table = rows()
    row_of(table, "2025-00031", "Artois")["Montant"] = 1
    done = reprendre(service, xlsx(tmp_path / "t.xlsx", table))
    assert codes(done) == []
    wanted = before.replace(b'"16 656,20"', b'"1,00"').replace(b'"24 984,30"}', b'"24 984,30", quantite: 60}')
    assert path.read_bytes() == wanted


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, len(TABLE.lignes) - 1), st.integers(0, 10**9)), max_size=6))
def test_any_amounts_go_in_and_come_out(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("p")
    service, table = projet(folder), rows()
    for k, cents in edits:
        table[k]["Montant"] = f"{cents // 100},{cents % 100:02d}"
    done = reprendre(service, en_csv(folder / "t.csv", table))
    assert codes(done) == []
    records, _ = load(service.atelier.donnees)
    again = repartition(records, records.dossiers[NUMERO])
    rank = TITRES.index("Montant")
    wanted = {k: line[rank] for k, line in enumerate(TABLE.lignes)} | dict(edits)
    assert [line[rank] for line in again.lignes] == list(wanted.values())


# --- what is refused ------------------------------------------------------------------------------


def fault(tmp_path: Path, **cells: Any) -> tuple[str, str, int]:
    """Code, message and column of the only fault of a table whose third row has these cells."""
    table = rows()
    table[2] |= cells
    found = lire(xlsx(tmp_path / "t.xlsx", table))
    assert found.fichiers == ()
    (d,) = [d for d in found.diagnostics if d.is_error]
    assert (d.span.file.endswith("t.xlsx"), d.span.line) == (True, 4) and d.help
    return d.code, d.message, d.span.column


@pytest.mark.parametrize(
    ("title", "value", "code", "words"),
    [
        ("SIRET", 62042700013, "IMP006", "zéros de tête"),
        ("SIRET", "62042700013", "IMP006", "11 chiffres"),
        ("SIRET", "3,4E+13", "IMP006", "puissance de dix"),
        ("SIRET", 34000000000000, "IMP006", "Luhn"),
        ("SIRET", "00062042700014", "IMP006", "Luhn"),
        ("SIRET", None, "IMP006", "vide"),
        ("SIRET", "00016902900048", "IMP010", "FAIMAH"),
        ("SIRET", "73282932000074", "IMP010", "aucune fiche"),
        ("Montant", "17 499,60", "IMP007", "est un texte"),
        ("Montant", "néant", "IMP007", "est un texte"),
        ("Montant", 17499.605, "IMP007", "deux décimales"),
        ("Montant", -1, "IMP007", "négatif"),
        ("Montant", "=1+1", "IMP007", "=1+1"),
        ("Montant", 10**15, "IMP007", "trop grand"),
        ("Places", 2.5, "IMP008", "entier"),
        ("Places", "12", "IMP008", "texte"),
        ("Places", None, "IMP014", "la fiche compte 300"),
        ("Signé le", 45635, "IMP009", "nombre"),
        ("Signé le", "09/12/24", "IMP009", "quatre chiffres"),
        ("Signé le", "31/02/2025", "IMP009", "calendrier"),
        ("Signé le", "12/31/2024", "IMP009", "calendrier"),
        ("Signé le", "#######", "IMP009", "perdue"),
        ("Signé le", dt.datetime(2025, 1, 1, 8, 30), "IMP009", "08:30"),
        ("Dispositif", "Dynamisation des parcours", "IMP011", "Dynamisation"),
        ("Dispositif", None, "IMP010", "vide"),
        ("Territoire", "Artoix", "IMP011", "Artoix"),
        ("Territoire", 7, "IMP010", "n’est pas un texte"),
        ("Code opération", "C01-444H02", "IMP011", "C02-446A05"),
        ("Imputation", "6568/93444", "IMP011", "6568/93446"),
        ("N° de convention", "2024-99999", "IMP012", "2024-99999"),
        ("Acte", "Convention", "IMP012", "est un avenant"),
        ("Délibération", "2024-588", "IMP012", "2024-588"),
    ],
)
def test_a_cell_that_is_refused(title: str, value: Any, code: str, words: str, tmp_path: Path) -> None:
    found, message, column = fault(tmp_path, **{title: value})
    assert (found, column) == (code, TITRES.index(title) + 1), message
    assert words in message.replace("\u00a0", " ") or words in message, message
    assert f"cellule {lettres(column)}4\u00a0:" in message


@pytest.mark.parametrize("day", [dt.date(2025, 1, 15), "15/01/2025", "2025-01-15"])
def test_dates_of_three_kinds(day: Any, tmp_path: Path) -> None:
    table = rows()
    table[2]["Signé le"] = day
    done = reprendre(projet(tmp_path), xlsx(tmp_path / "t.xlsx", table))
    assert codes(done) == []
    assert done.difference().count('+    signe_le: "2025-01-15"') == 1


def test_an_act_has_one_day_of_signature(tmp_path: Path) -> None:
    table = rows()
    row_of(table, "2025-00031", "Artois")["Signé le"] = dt.date(2025, 1, 15)
    row_of(table, "2025-00031", "Lens-Liévin")["Signé le"] = dt.date(2025, 1, 16)
    assert codes(reprendre(projet(tmp_path), xlsx(tmp_path / "t.xlsx", table))) == ["IMP013"]


def test_a_row_twice(tmp_path: Path) -> None:
    table = rows()
    done = reprendre(projet(tmp_path), xlsx(tmp_path / "t.xlsx", [*table, table[4]]))
    (d,) = done.contenu.diagnostics
    assert (d.code, d.span.line, d.notes[0].span and d.notes[0].span.line) == ("IMP013", 38, 6)


def test_merged_cells_once(tmp_path: Path) -> None:
    column = TITRES.index("Structure") + 1
    siret = TITRES.index("SIRET") + 1

    def merge(sheet: Any) -> None:
        sheet.merge_cells(start_row=6, end_row=8, start_column=column, end_column=column)
        sheet.merge_cells(start_row=20, end_row=21, start_column=siret, end_column=siret)

    done = reprendre(projet(tmp_path), xlsx(tmp_path / "t.xlsx", rows(), edit=merge))
    found = [(d.code, d.span.line, d.span.column) for d in done.contenu.diagnostics if d.is_error]
    assert found == [("IMP003", 6, column), ("IMP003", 20, siret)]
    assert "fusionnée jusqu’à B8" in done.contenu.diagnostics[0].message.replace("\u00a0", " ")


def test_empty_rows_and_totals(tmp_path: Path) -> None:
    table = rows()
    half = sum(r["Montant"] for r in table[:20])
    rest = sum(r["Montant"] for r in table[20:])
    mixed = [
        *table[:20],
        {"Structure": "Sous-total", "Montant": half},
        {},
        {},
        *table[20:],
        {"Structure": "Sous-total", "Montant": rest},
        {"Montant": half + rest},
        {},
    ]
    done = reprendre(projet(tmp_path), xlsx(tmp_path / "t.xlsx", mixed))
    assert [(d.code, d.severity, d.span.line) for d in done.contenu.diagnostics] == [
        ("IMP005", Severity.INFO, 22),
        ("IMP004", Severity.AVERTISSEMENT, 23),
        ("IMP005", Severity.INFO, 41),
        ("IMP005", Severity.INFO, 42),
    ]
    assert len(done.contenu.lignes) == 36
    mixed[-2] = {"Structure": "TOTAL GÉNÉRAL", "Montant": half + rest + 1}
    wrong = reprendre(projet(tmp_path / "b"), xlsx(tmp_path / "u.xlsx", mixed))
    assert codes(wrong) == ["IMP005"]


def test_a_share_left_out_is_told_and_kept(tmp_path: Path) -> None:
    table = [r for r in rows() if r is not None]
    table.remove(row_of(table, "2025-00031", "Artois"))
    done = reprendre(projet(tmp_path), xlsx(tmp_path / "t.xlsx", table))
    assert [d.code for d in done.contenu.diagnostics] == ["IMP015"] and done.ecrits == ()


def test_a_hostile_sheet_of_5000_rows(tmp_path: Path) -> None:
    """Every fault once, where it stands; none that follows from another."""
    good = rows()[26]  # Pas-de-Calais Actif, the only act of its operation
    spoil: list[tuple[str, Any, str]] = [
        ("SIRET", 62042700013, "IMP006"),
        ("SIRET", "3,4E+13", "IMP006"),
        ("SIRET", "73282932000074", "IMP010"),
        ("Montant", "1 000,00", "IMP007"),
        ("Montant", 0.001, "IMP007"),
        ("Places", 1.5, "IMP008"),
        ("Signé le", "31/04/2025", "IMP009"),
        ("Signé le", 45000, "IMP009"),
        ("Dispositif", "<w:p>&{{x}}", "IMP011"),
        ("Territoire", "=cmd|' /C calc'!A0", "IMP011"),
        ("N° de convention", "2099-1", "IMP012"),
        ("Délibération", "1999-1", "IMP012"),
    ]
    table: list[Row] = []
    wanted: list[tuple[str, int, int]] = []
    for k in range(5000):
        title, value, code = spoil[k % len(spoil)]
        row = {**good, title: value}
        line = k + 2
        wanted.append((code, line, TITRES.index(title) + 1))
        if k % 7 == 0 and title != "Montant":  # two faults in one row are two
            row["Montant"] = "texte"
            wanted.append(("IMP007", line, TITRES.index("Montant") + 1))
        if title == "N° de convention":  # a number is told once for all the rows that have it
            row["N° de convention"] = f"2099-{k}"
        if row["Montant"] == "texte" and code in {"IMP012"} and title == "N° de convention":
            wanted.remove((code, line, TITRES.index(title) + 1))  # the act is looked for in sound rows
        table.append(row)
    done = lire(xlsx(tmp_path / "t.xlsx", table))
    found = [(d.code, d.span.line, d.span.column) for d in done.diagnostics if d.is_error]
    assert len(found) == len(set(found))
    assert sorted(found) == sorted(wanted)
    assert done.fichiers == ()


# --- the file itself ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.xlsx", b"PK\x03\x04 abc", "abîmé"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "ancien classeur .xls"),
        ("a.ods", b"PK\x03\x04 abc", ".ods"),
        ("a.csv", b"a\x00b;c", "fichier de texte"),
        ("a.csv", b'SIRET;Dispositif;Territoire;Montant\n"a;b\n', ""),
        ("a.csv", b"", "aucune ligne de titres"),
        ("a.csv", b"bonjour", "aucune ligne de titres"),
    ],
)
def test_a_file_that_cannot_be_read(name: str, data: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    done = reprendre(projet(tmp_path / "p"), tmp_path / name, numero=NUMERO)
    assert codes(done) and done.ecrits == ()
    assert any(words in d.message for d in done.contenu.diagnostics)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    service = projet(tmp_path)
    for path in (tmp_path / "rien.xlsx", tmp_path):
        assert codes(reprendre(service, path)) == ["IMP001"]


def _spoil(tmp_path: Path, edit: Callable[[str, bytes], bytes]) -> Path:
    from tests.finances_kit import refaire

    path = xlsx(tmp_path / "t.xlsx", rows())
    path.write_bytes(refaire(path.read_bytes(), edit))
    return path


def test_a_workbook_with_entities_is_refused(tmp_path: Path) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
    path = _spoil(tmp_path, lambda name, data: bomb + data if name.endswith("sheet1.xml") else data)
    done = reprendre(projet(tmp_path), path)
    assert codes(done) == ["IMP001"] and "DOCTYPE" in done.contenu.diagnostics[0].message


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"])
def test_a_workbook_cut_short_is_refused(part: str, tmp_path: Path) -> None:
    path = _spoil(tmp_path, lambda name, data: data[: len(data) // 2] if name == part else data)
    assert codes(reprendre(projet(tmp_path), path)) == ["IMP001"]


def test_a_workbook_that_unpacks_to_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = xlsx(tmp_path / "t.xlsx", rows())
    with zipfile.ZipFile(path) as z:
        whole = sum(e.file_size for e in z.infolist())
    monkeypatch.setattr("generator.finances.lecture_xlsx._MAX_OUVERT", whole - 1)
    assert codes(reprendre(projet(tmp_path), path)) == ["IMP001"]


def test_headings(tmp_path: Path) -> None:
    service = projet(tmp_path)
    low = [t for t in TITRES if t != "Territoire"]
    assert codes(reprendre(service, xlsx(tmp_path / "a.xlsx", rows(), low))) == ["IMP002"]
    table = [{**r, "Nb de places": 1} for r in rows()]
    twice = reprendre(service, xlsx(tmp_path / "b.xlsx", table, [*TITRES, "Nb de places"]))
    assert codes(twice) == ["IMP002"] and twice.contenu.diagnostics[-1].span.column == len(TITRES) + 1
    other = reprendre(service, xlsx(tmp_path / "c.xlsx", rows(), [*TITRES, "Observations"]))
    assert codes(other) == [] and "Observations" in other.contenu.diagnostics[0].message


def test_headings_of_offices(tmp_path: Path) -> None:
    """Other words, other order, lines above, no number where the act is the only one."""
    names = {"N° SIRET": "SIRET", "OPÉRATION": "Dispositif", "Secteur": "Territoire", "Subvention": "Montant"}
    table = [
        {k: r[v] for k, v in names.items()}
        for r in rows()
        if r["N° de convention"] in {"2025-00012", "2025-00027"}
    ]
    table[0]["Subvention"] = 64_000

    def head(sheet: Any) -> None:
        sheet.insert_rows(1, 3)
        sheet["A1"] = "Délibération n° 2024-587 – tableau du service"

    done = reprendre(projet(tmp_path), xlsx(tmp_path / "t.xlsx", table, list(names), head))
    assert codes(done) == [] and "+            montant: 64 000,00" in done.difference()


def test_a_row_must_say_who_and_how_much(tmp_path: Path) -> None:
    titles = [t for t in TITRES if t != "SIRET"]
    table = rows()
    table[2]["Structure"] = None
    found = [d for d in lire(xlsx(tmp_path / "a.xlsx", table, titles)).diagnostics if d.is_error]
    assert [(d.code, d.span.line, d.span.column) for d in found] == [("IMP010", 4, 2)]
    table = [*rows(), {**rows()[2], "Territoire": "Artois", "Places": None, "Montant": None}]
    found = [d for d in lire(xlsx(tmp_path / "b.xlsx", table)).diagnostics if d.is_error]
    assert [(d.code, d.span.line) for d in found] == [("IMP014", 38)]


def test_two_sheets_must_be_chosen(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "t.xlsx", rows(), edit=lambda s: s.parent.copy_worksheet(s))
    service = projet(tmp_path)
    done = reprendre(service, path)
    assert codes(done) == ["IMP002"] and "--feuille" in done.contenu.diagnostics[0].help
    assert codes(service.importer(path, None, "Sheet", True, Muet())) == []
    assert codes(service.importer(path, None, "Autre", True, Muet())) == ["IMP002"]


def test_a_record_that_changed_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = rows()
    row_of(table, "2025-00031", "Artois")["Montant"] = 1
    service = projet(tmp_path)
    path = service.atelier.donnees / FAIMAH
    whole = importation.rapprocher

    def late(*args: Any) -> Any:
        path.write_text(path.read_text("utf-8") + "# plus tard\n", "utf-8")
        return whole(*args)

    monkeypatch.setattr(importation, "rapprocher", late)
    done = reprendre(service, xlsx(tmp_path / "t.xlsx", table))
    assert codes(done) == ["IMP016"] and path.read_text("utf-8").endswith("# plus tard\n")


def test_a_list_on_one_line_is_left_to_the_hand(tmp_path: Path) -> None:
    service = projet(tmp_path)
    path = service.atelier.donnees / FAIMAH
    text = path.read_text("utf-8")
    start = text.index("          - territoire: artois\n            montant: 16 720,75")
    end = text.index("    annonce:", start)
    flow = "[{territoire: artois, montant: '16 720,75'}, {territoire: henin-carvin, montant: 18000}]\n"
    text = f"{text[:start].rstrip()} {flow}{text[end:]}"
    path.write_text(text, "utf-8")
    assert source.read(path, "x")[1] == []
    table = rows()
    base = row_of(table, "2025-00044", "Artois")
    row_of(table, "2025-00044", "Hénin-Carvin")["Montant"] = 18_001.5
    assert codes(reprendre(service, xlsx(tmp_path / "t.xlsx", table))) == []
    table.append({**base, "Territoire": "Ternois"})
    assert codes(reprendre(service, xlsx(tmp_path / "u.xlsx", table))) == ["IMP016"]


def test_formulas_of_our_csv_come_back(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("SIRET;Dispositif;Territoire;Montant\n1;'=x;'-y;'z\n", "utf-8")
    sheet, _ = lire_csv((tmp_path / "t.csv").read_bytes(), "t.csv")
    assert sheet.rangees[1].cellules == ("1", "=x", "-y", "'z")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    from generator.finances.feuillet import LectureError

    try:
        lire_csv(data, "x.csv")
    except LectureError as e:
        assert str(e)


def test_headings_are_written_as_they_are_compared() -> None:
    names = [n for group in NOMS.values() for n in group]
    assert len(set(names)) == len(names) and all(plat(n) == n for n in names)
    assert [lettres(n) for n in (1, 26, 27, 52, 703)] == ["A", "Z", "AA", "AZ", "AAA"]


# --- the command ----------------------------------------------------------------------------------


def test_the_command_shows_then_writes(tmp_path: Path) -> None:
    service = projet(tmp_path)
    table = rows()
    row_of(table, "2025-00031", "Artois")["Montant"] = 16_656.21
    xlsx(tmp_path / "t.xlsx", table)
    tried = Run(tmp_path, "importer", "t.xlsx", "--simulation")
    tried.french(signs=False)
    assert tried.code == 0 and "+            montant: 16 656,21" in tried.out
    assert "À écrire\u00a0: 1\u00a0fiche, 1\u00a0valeur changée, 0\u00a0ligne ajoutée" in tried.out
    done = Run(tmp_path, "importer", "t.xlsx")
    assert done.code == 0 and "Écrit\u00a0: 1\u00a0fiche" in done.out
    assert "16 656,21" in (service.atelier.donnees / FAIMAH).read_text("utf-8")
    again = Run(tmp_path, "importer", "t.xlsx")
    assert again.code == 0 and "rien à modifier" in again.out
    checked = Run(tmp_path, "finances", NUMERO, "--format", "texte", "--table", "synthese")
    assert checked.code == 1 and "Contrôles en écart\u00a0: " in checked.err


def test_the_command_refuses_in_french(tmp_path: Path) -> None:
    service = projet(tmp_path)
    before = fiches(service)
    table = rows()
    table[0]["SIRET"], table[1]["Montant"] = 32628000013, "mille"
    xlsx(tmp_path / "t.xlsx", table)
    run = Run(tmp_path, "importer", "t.xlsx")
    run.french()
    assert run.code == 1 and "2 erreurs. Aucune fiche n’est modifiée." in run.out
    assert "t.xlsx:2:3: erreur[IMP006] cellule C2\u00a0: SIRET" in run.err
    assert "t.xlsx:3:10: erreur[IMP007] cellule J3\u00a0:" in run.err
    assert fiches(service) == before


def test_a_table_is_not_asked_of_a_workbook(tmp_path: Path) -> None:
    run = Run(tmp_path, "finances", NUMERO, "--table", "mois")
    assert run.code == 2 and "--format csv" in run.err
