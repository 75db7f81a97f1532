"""The essential data: the format, the rows made from the records, what is due and by when."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.finances.donnees_essentielles import conventions, echeances
from generator.finances.donnees_essentielles.format import (
    CHAMPS,
    NOMS,
    Sorte,
    fautes,
    fautes_d_ensemble,
)
from generator.load import load
from tests.finances_kit import Muet
from tests.records_kit import ROOT
from tests.scdl_kit import BONNE, SCHEMA, changer, fichier, refus, service, signer
from tests.test_cli import Run

RECORDS, _ = load(ROOT / "data")


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8"), newline="")))


# --- the format ----------------------------------------------------------------------------------


def test_the_fields_are_those_of_the_format() -> None:
    assert list(NOMS) == [f["name"] for f in SCHEMA["fields"]]
    required = {f["name"] for f in SCHEMA["fields"] if f["constraints"].get("required")}
    assert required == {c.nom for c in CHAMPS if c.obligatoire}
    lengths = {f["name"]: f["constraints"].get("maxLength", 0) for f in SCHEMA["fields"]}
    assert lengths == {c.nom: c.longueur for c in CHAMPS}


def test_a_sound_row_is_sound_for_both() -> None:
    assert list(fautes(BONNE)) == [] and refus(fichier(BONNE)) == []


STRICT = [
    ("dateConvention", "2031-02-29", Sorte.DATE, False),
    ("dateConvention", "15/01/2031", Sorte.DATE, False),
    ("datesPeriodeVersement", "2031-02-31/2031-11-30", Sorte.DATE, True),
    ("datesPeriodeVersement", "2031-11-30/2031-02-01", Sorte.DATE, True),
    ("datesPeriodeVersement", "2031-11-30", Sorte.DATE, True),
    ("datesPeriodeVersement", "2031-02-01_2031-11-30", Sorte.DATE, False),
    ("montant", "-25000.50", Sorte.MONTANT, True),
    ("montant", "0", Sorte.MONTANT, True),
    ("montant", "25 000,50", Sorte.MONTANT, False),
    ("montant", "2.5e4", Sorte.MONTANT, True),
    ("montant", "25000.505", Sorte.MONTANT, True),
    ("idBeneficiaire", "48054398200024", Sorte.SIRET, True),
    ("idBeneficiaire", "4,80544E+13", Sorte.SIRET, False),
    ("idBeneficiaire", "", Sorte.VIDE, True),
    ("idAttribuant", "00000000000000", Sorte.SIRET, True),
    ("rnaBeneficiaire", "W991004321", Sorte.RNA, True),
    ("rnaBeneficiaire", "W2A1000119", Sorte.RNA, False),
    ("nomBeneficiaire", "", Sorte.VIDE, False),
    ("nomBeneficiaire", "=CMD()", Sorte.FORMULE, True),
    ("nomBeneficiaire", "@atelier", Sorte.FORMULE, True),
    ("nomBeneficiaire", "L’Atelier ", Sorte.FORME, True),
    ("nomBeneficiaire", "Mme Lou D’EXEMPLE", Sorte.PERSONNE, True),
    ("nomBeneficiaire", "MONSIEUR EXEMPLE", Sorte.PERSONNE, True),
    ("nomBeneficiaire", "EXEMPLE Jean (EI)", Sorte.PERSONNE, True),
    ("objet", "x" * 257, Sorte.LONGUEUR, False),
    ("objet", "Deux\nlignes", Sorte.FORME, True),
    ("objet", "Écrire à lou@exemple.fr", Sorte.PERSONNE, True),
    ("objet", "Appeler le 06 12 34 56 78", Sorte.PERSONNE, True),
    ("nature", "Aide en numéraire", Sorte.FORME, False),
    ("conditionsVersement", "Échelonné", Sorte.FORME, True),
    ("idRAE", "123456", Sorte.LONGUEUR, False),
    ("notificationUE", "faux", Sorte.FORME, False),
    ("pourcentageSubvention", "0.001", Sorte.PART, False),
    ("pourcentageSubvention", "1.5", Sorte.PART, False),
    ("pourcentageSubvention", "100", Sorte.PART, False),
]


@pytest.mark.parametrize(("champ", "value", "sorte", "lax"), STRICT)
def test_stricter_than_the_schema(champ: str, value: str, sorte: Sorte, lax: bool) -> None:
    """`lax`: what the published schema lets pass. What it refuses, we refuse."""
    row = {**BONNE, champ: value}
    assert [(f.champ, f.sorte) for f in fautes(row)] == [(champ, sorte)]
    assert (refus(fichier(row)) == []) is lax


@pytest.mark.parametrize(
    ("champ", "value"),
    [
        ("nomBeneficiaire", "M.J.C. de Portclair"),
        ("nomBeneficiaire", "M. J. C. de Portclair"),
        ("nomBeneficiaire", "Mmes et compagnie"),
        ("nomBeneficiaire", "Association Jean-Exemple"),
        ("objet", "x" * 256),
        ("objet", "Accueil de 0612 personnes, 3 rue du Port"),
        ("nature", "aide en nature;aide en numéraire"),
        ("conditionsVersement", "à la remise du bilan"),
        ("montant", "25000"),
        ("pourcentageSubvention", "1"),
        ("rnaBeneficiaire", ""),
    ],
)
def test_what_both_admit(champ: str, value: str) -> None:
    row = {**BONNE, champ: value}
    assert list(fautes(row)) == [] and refus(fichier(row)) == []


def test_an_aid_in_kind_may_go_by_the_rna() -> None:
    row = {**BONNE, "nature": "aide en nature", "idBeneficiaire": ""}
    assert list(fautes(row)) == []
    assert [f.champ for f in fautes({**row, "rnaBeneficiaire": ""})] == ["idBeneficiaire"]


@given(st.lists(st.integers(1, 98), min_size=1, max_size=5).filter(lambda s: sum(s) < 99))
def test_shares_sum_to_one(shares: list[int]) -> None:
    def lot(parts: list[int]) -> list[dict[str, str]]:
        return [
            {**BONNE, "nomBeneficiaire": f"B{k}", "pourcentageSubvention": f"0.{part:02d}"}
            for k, part in enumerate(parts)
        ]

    left = 100 - sum(shares)
    assert list(fautes_d_ensemble(lot([*shares, left]))) == []
    assert [(k, f.sorte) for k, f in fautes_d_ensemble(lot([*shares, left - 1]))] == [(0, Sorte.PART)]


def test_a_row_given_twice() -> None:
    assert [(k, f.sorte) for k, f in fautes_d_ensemble([BONNE, BONNE])] == [(1, Sorte.DOUBLE)]


# --- the rows ------------------------------------------------------------------------------------


def test_the_file_is_valid_and_is_what_was_voted(tmp_path: Path) -> None:
    """Signed acts, the invented ones too: every row is sound for us and for the independent validator."""
    made = service(tmp_path)
    signed = [p.stem for p in (tmp_path / "data/deliberations/2024-587/actes").iterdir()]
    for name in signed:
        signer(tmp_path, "2024-587", name, "2025-01-20")
    edition = made.publier("2024-587", True, Muet())
    assert edition.diagnostics == ()
    (path,) = edition.fichiers
    assert path == tmp_path / "output/2024-587/donnees-essentielles-2024-587-essai.csv"
    data, found = path.read_bytes(), rows(path)
    assert refus(data) == [] and not data.startswith(b"\xef\xbb\xbf") and b"\r\n" in data
    assert len(found) == 13 and list(found[0]) == list(NOMS)
    # What stays out: conventions of 23 000 € at most, acts that vote nothing new.
    assert {r["idAttribuant"] for r in found} == {"22620001200012"}
    assert {r["referenceDecision"] for r in found} == {"2024-587"}
    assert {r["pourcentageSubvention"] for r in found} == {"1.00"}
    (lievin,) = [r for r in found if "2025-00012" in r["objet"]]
    assert lievin == {
        **BONNE,
        "nomAttribuant": "Département du Pas-de-Calais",
        "dateConvention": "2025-01-20",
        "referenceDecision": "2024-587",
        "nomBeneficiaire": "Centre communal d’action sociale de Liévin (fictif)",
        "idBeneficiaire": lievin["idBeneficiaire"],
        "rnaBeneficiaire": "",
        "objet": lievin["objet"],
        "montant": "65000.00",
        "datesPeriodeVersement": lievin["datesPeriodeVersement"],
    }


def test_only_what_is_signed_real_and_above_the_threshold(tmp_path: Path) -> None:
    made = service(tmp_path, pas_de_calais_actif="2025-01-20", faimah="2025-01-21")
    edition = made.publier(None, False, Muet())
    assert [d.code for d in edition.diagnostics] == ["SCD004"]
    (row,) = rows(edition.fichiers[0])
    assert row["nomBeneficiaire"] == "Pas-de-Calais Actif"
    assert row["montant"] == "79850.00" and "avenant à la convention n° 2024-01213" in row["objet"]
    assert edition.fichiers[0].name == "donnees-essentielles.csv"
    assert edition.publication is not None and edition.publication.non_signees == 2


@pytest.mark.parametrize(("cents", "count"), [("23 000,00", 0), ("23 000,01", 1)])
def test_the_threshold_to_the_cent(tmp_path: Path, cents: str, count: int) -> None:
    service(tmp_path)
    changer(
        tmp_path,
        "deliberations/2024-587/actes/ccas-de-lievin.yaml",
        "montant: 65 000,00",
        f"montant: {cents}",
    )
    records, _ = load(tmp_path / "data")
    held = [c for c in conventions.concernees(records, ["2024-587"]) if c.structure.id == "ccas-de-lievin"]
    assert len(held) == count


def test_an_avenant_counts_with_its_convention() -> None:
    small = [c for c in conventions.concernees(RECORDS, RECORDS.dossiers) if c.lieu.acte.montant < 23_000_00]
    assert small and all(c.total > 23_000_00 for c in small)


@pytest.mark.parametrize(
    ("name", "old", "new", "code", "line"),
    [
        ("departement.yaml", 'siret: "22620001200012"\n', "", "SCD001", "nom: Département"),
        (
            "structures/pas-de-calais-actif.yaml",
            "nom: Pas-de-Calais Actif\n",
            'nom: "+ Actif"\n',
            "SCD002",
            "nom:",
        ),
        (
            "structures/pas-de-calais-actif.yaml",
            "nom: Pas-de-Calais Actif\n",
            "nom: Actif, tél. 03 21 00 00 00\n",
            "SCD003",
            "nom:",
        ),
    ],
)
def test_a_fault_is_located_and_leaves_no_file(
    tmp_path: Path, name: str, old: str, new: str, code: str, line: str
) -> None:
    made = service(tmp_path, pas_de_calais_actif="2025-01-20")
    changer(tmp_path, name, old, new)
    edition = made.publier("2024-587", False, Muet())
    (fault,) = [d for d in edition.diagnostics if d.is_error]
    assert fault.code == code and edition.fichiers == ()
    text = (tmp_path / "data" / name).read_text("utf-8").splitlines()
    assert text[fault.span.line - 1].startswith(line)
    assert not (tmp_path / "output").exists()


def test_the_name_of_the_representative_is_refused(tmp_path: Path) -> None:
    made = service(tmp_path, pas_de_calais_actif="2025-01-20")
    s = RECORDS.structures["pas-de-calais-actif"]
    person = f"{s.representant.nom} {s.representant.prenom}"
    path = "structures/pas-de-calais-actif.yaml"
    changer(tmp_path, path, f"nom: {s.nom}\n", f"nom: Actif {person}\n")
    (fault,) = [d for d in made.publier("2024-587", False, Muet()).diagnostics if d.is_error]
    assert fault.code == "SCD003" and person not in fault.message


@pytest.mark.parametrize(
    ("forme", "name", "codes"),
    [
        ("association", "Monsieur Vincent", []),
        ("societe", "Monsieur Vincent", ["SCD003"]),
        ("association", "Vincent (EI)", ["SCD003"]),
        ("association", "Monsieur Vincent, tél. 03 21 00 00 00", ["SCD003"]),
    ],
)
def test_a_legal_person_may_have_a_civility_in_its_name(
    tmp_path: Path, forme: str, name: str, codes: list[str]
) -> None:
    """« societe » is also what a sole trader would be entered under: nothing sure is said by it."""
    service(tmp_path, pas_de_calais_actif="2025-01-20")
    path = "structures/pas-de-calais-actif.yaml"
    changer(tmp_path, path, "nom: Pas-de-Calais Actif\n", f"nom: {name}\n")
    changer(tmp_path, path, "forme: gip\n", f"forme: {forme}\n")
    records, _ = load(tmp_path / "data")
    made = conventions.publier(records, ["2024-587"], False)
    assert [d.code for d in made.diagnostics if d.is_error] == codes


def test_a_rna_that_the_format_lacks_is_left_out_and_told(tmp_path: Path) -> None:
    made = service(tmp_path, faimah="2025-01-20")
    changer(tmp_path, "structures/faimah.yaml", "rna: W629000004", "rna: W2A1000119")
    edition = made.publier("2024-587", True, Muet())
    assert [d.code for d in edition.diagnostics] == ["SCD005"]
    found = rows(edition.fichiers[0])
    held = [r["rnaBeneficiaire"] for r in found if r["nomBeneficiaire"].startswith("Fédération artésienne")]
    assert held and set(held) == {""}


def test_a_long_object_falls_back_on_the_thematiques(tmp_path: Path) -> None:
    made = service(tmp_path, faimah="2025-01-20")
    path = "deliberations/2024-587/deliberation.yaml"
    title = next(
        o for o in RECORDS.dossiers["2024-587"].deliberation.operations() if o.id == "actions-innovantes"
    )
    changer(tmp_path, path, f"intitule: {title.intitule}\n", f"intitule: {'Actions innovantes ' * 14}\n")
    edition = made.publier("2024-587", True, Muet())
    assert [d.code for d in edition.diagnostics if d.is_error] == []
    (row,) = [r for r in rows(edition.fichiers[0]) if "2025-00031" in r["objet"]]
    assert len(row["objet"]) <= 256 and "innovantes innovantes" not in row["objet"]


def test_payments_are_not_dated_before_the_signature(tmp_path: Path) -> None:
    made = service(tmp_path, pas_de_calais_actif="2026-06-01")
    (row,) = rows(made.publier("2024-587", False, Muet()).fichiers[0])
    assert row["datesPeriodeVersement"].split("/")[0] == "2026-06-01"


def test_payments_of_unknown_days_are_not_said_to_be_one(tmp_path: Path) -> None:
    """Without its dispositif the schedule is one amount « à fixer »: that is no single payment."""
    service(tmp_path, pas_de_calais_actif="2025-01-20")
    records, _ = load(tmp_path / "data")
    (row,) = conventions.publier(replace(records, dispositifs={}), ["2024-587"], False).lignes
    assert row["conditionsVersement"] == "échelonné" and "/" in row["datesPeriodeVersement"]


def test_a_faulty_dispositif_leaves_no_file(tmp_path: Path) -> None:
    """It says how the grant is paid; one that the deliberation does not name does not count."""
    made = service(tmp_path, pas_de_calais_actif="2025-01-20")
    path = "dispositifs/2024/travailleurs-independants.yaml"
    changer(tmp_path, path, "financement:\n", "financements:\n")
    for numero in ("2024-587", None):
        edition = made.publier(numero, False, Muet())
        assert edition.fichiers == ()
        assert [d.span.file.endswith(path) for d in edition.diagnostics if d.code == "SCD006"] == [True]
    assert made.publier("2023-09-18", False, Muet()).fichiers


def test_a_faulty_record_leaves_no_file(tmp_path: Path) -> None:
    made = service(tmp_path, pas_de_calais_actif="2025-01-20")
    changer(tmp_path, "structures/pas-de-calais-actif.yaml", "forme: gip", "forme: jipe")
    edition = made.publier("2024-587", False, Muet())
    assert [d.code for d in edition.diagnostics] == ["REC003", "SCD006"]
    # A record that no act names does not count.
    (tmp_path / "data/structures/a-completer.yaml").write_text("id: a-completer\n", "utf-8")
    changer(tmp_path, "structures/pas-de-calais-actif.yaml", "forme: jipe", "forme: gip")
    assert made.publier("2024-587", False, Muet()).fichiers


def test_unknown_deliberation(tmp_path: Path) -> None:
    edition = service(tmp_path).publier("2024-588", False, Muet())
    assert [d.code for d in edition.diagnostics] == ["CHX002"]


# --- what is due ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signed", "last"),
    [
        ("2025-01-20", "2025-04-20"),
        ("2025-11-30", "2026-02-28"),
        ("2027-11-30", "2028-02-29"),
        ("2025-02-28", "2025-05-28"),
        ("2025-10-31", "2026-01-31"),
    ],
)
def test_three_months(signed: str, last: str) -> None:
    assert echeances.limite(dt.date.fromisoformat(signed)) == dt.date.fromisoformat(last)


@pytest.mark.parametrize(
    ("au", "published", "state", "late"),
    [
        (None, None, "à publier", 0),
        ("2025-04-20", None, "à publier", 0),
        ("2025-04-21", None, "en retard", 1),
        ("2026-01-01", "2025-04-20", "publiée", 0),
        (None, "2025-04-21", "publiée en retard", 0),
        ("2025-04-20", "2025-04-21", "à publier", 0),
        ("2025-04-21", "2025-04-22", "en retard", 1),
    ],
)
def test_what_is_late(tmp_path: Path, au: str | None, published: str | None, state: str, late: int) -> None:
    made = service(tmp_path)
    signer(tmp_path, "2023-09-18", "le-cheval-bleu", "2025-01-20")
    if published:
        path = "deliberations/2023-09-18/actes/le-cheval-bleu.yaml"
        day = f'    signe_le: "2025-01-20"\n    donnees_publiees_le: "{published}"\n'
        changer(tmp_path, path, '    signe_le: "2025-01-20"\n', day)
    edition = made.echeances(None, dt.date.fromisoformat(au) if au else None, Muet())
    assert edition.table is not None and edition.retards == late
    table = [
        dict(zip((c.titre for c in edition.table.colonnes), r, strict=True)) for r in edition.table.lignes
    ]
    (row,) = [r for r in table if r["Structure"] == "Le Cheval Bleu"]
    assert (row["État"], row["À publier le"]) == (state, dt.date(2025, 4, 20))
    assert row["Publication"] == "obligatoire"
    assert {r["État"] for r in table if r["Signé le"] is None} == {"à signer"}


def test_a_signature_after_the_day_is_not_told(tmp_path: Path) -> None:
    """On the day `au` nobody knows what is signed, and published, after it."""
    made = service(tmp_path)
    signer(tmp_path, "2023-09-18", "le-cheval-bleu", "2025-01-20")
    for au, signed in (("2025-01-19", None), ("2025-01-20", dt.date(2025, 1, 20))):
        table = made.echeances(None, dt.date.fromisoformat(au), Muet()).table
        assert table is not None
        (row,) = [
            shown
            for r in table.lignes
            if (shown := dict(zip((c.titre for c in table.colonnes), r, strict=True)))["Structure"]
            == "Le Cheval Bleu"
        ]
        assert row["État"] == ("à publier" if signed else "à signer")
        assert row["Signé le"] == signed and (row["À publier le"] is None) is (signed is None)


def test_a_public_body_is_never_late(tmp_path: Path) -> None:
    """Loi n° 2000-321, article 10, obliges for organisations of private law."""
    edition = service(tmp_path, pas_de_calais_actif="2025-01-20").echeances(None, dt.date(2030, 1, 1), Muet())
    assert edition.retards == 0


def test_the_command(tmp_path: Path) -> None:
    service(tmp_path)
    signer(tmp_path, "2023-09-18", "le-cheval-bleu", "2025-01-20")
    run = Run(tmp_path, "donnees-essentielles", "--echeances", "--au", "2025-06-01")
    run.french()
    assert run.code == 1 and "En retard\u00a0: 1\u00a0publication obligatoire" in run.err
    run = Run(tmp_path, "donnees-essentielles")
    run.french()
    assert run.code == 0 and "Conventions publiées\u00a0: 1\u00a0; à signer\u00a0: 2" in run.out
    (path,) = (tmp_path / "output/donnees-essentielles").iterdir()
    assert refus(path.read_bytes()) == []
    run = Run(tmp_path, "donnees-essentielles", "--echeances", "--format", "csv")
    assert (
        run.code == 0
        and (tmp_path / "output/donnees-essentielles/donnees-essentielles-echeances.csv").exists()
    )
    assert Run(tmp_path, "donnees-essentielles", "--au", "2025-06-01").code == 2
    assert Run(tmp_path, "donnees-essentielles", "--echeances", "--fictives").code == 2
