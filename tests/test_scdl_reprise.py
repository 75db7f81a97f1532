"""The SCDL files of others, as dirty as they come, and the records that they begin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.finances.donnees_essentielles import amorces, reprise
from generator.finances.donnees_essentielles.reprise import Beneficiaire, Lecture
from generator.load import Records, load
from tests.finances_kit import Muet
from tests.records_kit import ROOT
from tests.scdl_kit import BONNE, fichier, service
from tests.test_cli import Run

RECORDS, _ = load(ROOT / "data")
SIRETS = ("32774369600012", "21800744100015", "82372069300014", "21800082600014", "20007368200011")
TITRES = (
    "nomAttribuant;idAttribuant;dateConvention;referenceDecision;nomBeneficiaire;idBeneficiaire;objet;montant;"
    "nature;conditionsVersement;datesperiodeversement;pourcentageSubvention;type\r\n"
)
"""The headings of a file met in the wild: one in small letters, some absent, one unknown."""


def sale(*rows: tuple[str, str]) -> str:
    """A file as some Département publishes it: semicolons, dates with slashes, amounts with spaces."""
    return TITRES + "".join(
        f"Département du Test;22800001400016;2018/01/30;6.3;{name};{siret};Travaux;137 825,00;"
        "Aide en numéraire;unique;2018/01/30_2022/01/29;1;investissement\r\n"
        for name, siret in rows
    )


def lire(tmp: Path, data: str | bytes, records: Records = RECORDS) -> Lecture:
    path = tmp / "subventions.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8"))
    return reprise.lire(path, path.name, records)


def codes(read: Lecture) -> list[str]:
    return [d.code for d in read.diagnostics]


def lignes(*changes: Mapping[str, str]) -> list[dict[str, str]]:
    """Sound rows, each of another beneficiary, with these changes."""
    return [
        {
            **BONNE,
            "nomBeneficiaire": f"Structure {k}",
            "idBeneficiaire": SIRETS[k],
            "rnaBeneficiaire": "",
            **c,
        }
        for k, c in enumerate(changes)
    ]


# --- what is taken -------------------------------------------------------------------------------


def test_a_sound_file(tmp_path: Path) -> None:
    read = lire(tmp_path, fichier(*lignes({}, {"rnaBeneficiaire": "W801004321"})))
    assert read.diagnostics == () and (read.lues, read.refusees, read.connues) == (2, 0, 0)
    assert read.beneficiaires == (
        Beneficiaire("Structure 0", SIRETS[0], "", (2,)),
        Beneficiaire("Structure 1", SIRETS[1], "W801004321", (3,)),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_dirty_file_is_read_whole(tmp_path: Path, encoding: str) -> None:
    text = sale(("Élan d’été", SIRETS[0]), ("CHEMIN DE FER", SIRETS[1]), ("Élan d’été", SIRETS[0]))
    read = lire(tmp_path, text.encode(encoding))
    assert [(b.nom, b.siret, b.lignes) for b in read.beneficiaires] == [
        ("Élan d’été", SIRETS[0], (2, 4)),
        ("CHEMIN DE FER", SIRETS[1], (3,)),
    ]
    told = [c for c in codes(read) if c != "SCD016"]
    assert ("SCD016" in codes(read)) is (encoding in {"cp1252", "utf-16"})
    # Absent and unknown columns; then each kind of fault once: date, amount, nature, period, doubled row.
    assert told == ["SCD011", "SCD011", *["SCD015"] * 5]
    assert not any(d.is_error for d in read.diagnostics)
    (date,) = [d for d in read.diagnostics if d.message.startswith("dateConvention")]
    assert (date.span.line, date.span.column, date.notes[0].text) == (2, 3, "date fausse, lignes 3, 4")


@pytest.mark.parametrize("sep", [",", ";", "\t", "|"])
def test_the_separator(tmp_path: Path, sep: str) -> None:
    rows = lignes({"nomBeneficiaire": 'Les "Amis", du phare; et du port'})
    assert [b.nom for b in lire(tmp_path, fichier(*rows, sep=sep)).beneficiaires] == [
        'Les "Amis", du phare; et du port'
    ]


@pytest.mark.parametrize("title", ["ID_BENEFICIAIRE", "idbeneficiaire", "id Bénéficiaire"])
def test_the_headings_as_they_are_written(tmp_path: Path, title: str) -> None:
    data = fichier(*lignes({})).decode().replace("idBeneficiaire", title)
    assert len(lire(tmp_path, data).beneficiaires) == 1


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code", "column", "says"),
    [
        ({"idBeneficiaire": "3,27744E+13"}, "SCD012", 6, "puissance de dix"),
        ({"idBeneficiaire": "3277436960001"}, "SCD012", 6, "zéros de tête"),
        ({"idBeneficiaire": "32774369600013"}, "SCD012", 6, "Luhn"),
        ({"idBeneficiaire": "00000000000000"}, "SCD012", 6, "nuls"),
        ({"idBeneficiaire": ""}, "SCD012", 6, "absent"),
        ({"nomBeneficiaire": ""}, "SCD012", 5, "absent"),
        ({"nomBeneficiaire": "-1+CMD()"}, "SCD012", 5, "formule"),
        ({"nomBeneficiaire": "Deux\nlignes"}, "SCD012", 5, "invisibles"),
        ({"rnaBeneficiaire": "62100432"}, "SCD012", 7, "RNA"),
        ({"nomBeneficiaire": "Mme Lou D’EXEMPLE"}, "SCD013", 5, "personne physique"),
    ],
)
def test_a_row_is_refused_alone(
    tmp_path: Path, change: dict[str, str], code: str, column: int, says: str
) -> None:
    read = lire(tmp_path, fichier(*lignes({}, change, {})))
    assert [b.siret for b in read.beneficiaires] == [SIRETS[0], SIRETS[2]]
    (fault,) = read.diagnostics
    assert (fault.code, fault.span.line, fault.span.column, fault.is_error) == (code, 3, column, True)
    assert says in fault.message and fault.help and "D’EXEMPLE" not in fault.message
    assert (read.lues, read.refusees) == (3, 1)


@pytest.mark.parametrize("name", ["faimah.yaml", "faimah.yml"])
def test_a_structure_that_cannot_be_read_is_not_begun_again(tmp_path: Path, name: str) -> None:
    """Its SIRET is not known: a second record could be begun for it."""
    made = service(tmp_path)
    siret = RECORDS.structures["faimah"].siret
    path = tmp_path / "data/structures/faimah.yaml"
    if name == path.name:
        path.write_text("nom: [\n" + path.read_text("utf-8"), "utf-8")
    else:
        path.rename(path.with_name(name))
    file = tmp_path / "subventions.csv"
    file.write_bytes(fichier(*lignes({"idBeneficiaire": siret}, {})))
    seed = made.importer(file, False, Muet())
    assert seed.ecrits == () and seed.fichiers == ()
    assert [d.span.file.rpartition("/")[2] for d in seed.diagnostics if d.code == "SCD006"] == [name]
    # What is wrong with the record is told too.
    assert {d.code for d in seed.diagnostics} & {"YML002", "YML003", "YML004", "REC005"}


def test_spaces_are_no_part_of_a_siret(tmp_path: Path) -> None:
    read = lire(tmp_path, fichier(*lignes({"idBeneficiaire": "327 743 696 00012"})))
    assert [b.siret for b in read.beneficiaires] == ["32774369600012"]


def test_two_names_for_a_siret(tmp_path: Path) -> None:
    rows = lignes({}, {"idBeneficiaire": SIRETS[0]})
    read = lire(tmp_path, fichier(*rows))
    assert [b.nom for b in read.beneficiaires] == ["Structure 0"]
    (fault,) = read.diagnostics
    assert (fault.code, fault.span.line, fault.is_error) == ("SCD014", 3, False)


def test_two_rna_for_a_siret_leave_none(tmp_path: Path) -> None:
    same = {"nomBeneficiaire": "A", "idBeneficiaire": SIRETS[0]}
    read = lire(
        tmp_path,
        fichier(
            *lignes({**same, "rnaBeneficiaire": "W801004321"}, {**same, "rnaBeneficiaire": "W801004322"})
        ),
    )
    assert [b.rna for b in read.beneficiaires] == [""] and codes(read) == ["SCD014"]


def test_a_known_structure_does_not_change(tmp_path: Path) -> None:
    siret = RECORDS.structures["le-cheval-bleu"].siret
    for name, told in (("LE CHEVAL BLEU", []), ("Un autre nom", ["SCD014"])):
        read = lire(tmp_path, fichier(*lignes({"nomBeneficiaire": name, "idBeneficiaire": siret})))
        assert (read.beneficiaires, read.connues, codes(read)) == ((), 1, told)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "SCD011"),
        (b"a,b\n1,2\n", "SCD011"),
        (b"nomBeneficiaire,objet\nA,B\n", "SCD011"),
        (b"nomBeneficiaire,idBeneficiaire,nomBeneficiaire\nA,1,B\n", "SCD011"),
        (b"PK\x03\x04xxxx", "SCD010"),
        (b"\xd0\xcf\x11\xe0xxxx", "SCD010"),
        (b'nomBeneficiaire,idBeneficiaire\n"A', "SCD010"),
        (b'nomBeneficiaire,idBeneficiaire,objet\nA,32774369600012,"x\nB,21800744100015,y\n', "SCD010"),
        (b"nomBeneficiaire,idBeneficiaire\n\0,1\n", "SCD010"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, data: bytes, code: str) -> None:
    read = lire(tmp_path, data)
    assert read.beneficiaires == () and [d.code for d in read.diagnostics if d.is_error] == [code]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert codes(reprise.lire(tmp_path / "x.csv", "x.csv", RECORDS)) == ["SCD010"]
    assert codes(reprise.lire(tmp_path, "dossier", RECORDS)) == ["SCD010"]


def test_many_rows_are_told_together(tmp_path: Path) -> None:
    rows = [{**row, "montant": "12,5", "objet": f"Action {k}"} for k, row in enumerate(lignes({}) * 3000)]
    read = lire(tmp_path, fichier(*rows))
    (fault,) = read.diagnostics
    assert fault.code == "SCD015" and re.search(r"et 2\u00a0991\u00a0autres$", fault.notes[0].text)


@given(st.text(max_size=400))
def test_any_text_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    data = b"nomBeneficiaire,idBeneficiaire\n" + text.encode("utf-8", "surrogatepass")
    lire(tmp_path_factory.mktemp("reprise"), data)


# --- the records ---------------------------------------------------------------------------------


@given(
    st.text(min_size=1, max_size=80).map(str.strip).filter(lambda s: s and s.isprintable()),
    st.sampled_from(["", "W801004321"]),
)
def test_the_record_says_what_the_file_says(
    tmp_path_factory: pytest.TempPathFactory, name: str, rna: str
) -> None:
    """Whatever the name holds: quotes, dashes, « : », « # »; for our reader and for another."""
    folder = tmp_path_factory.mktemp("amorce")
    files, found = amorces.amorcer(
        [Beneficiaire(name, SIRETS[0], rna, (2,))], "x.csv", Records("data"), folder
    )
    assert found == []
    (made,) = files
    read = yaml.safe_load(made.apres.decode("utf-8"))
    assert (read["nom"], read["siret"], read.get("rna", "")) == (name, SIRETS[0], rna)
    assert str(read["id"]) == made.chemin.stem and re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", made.chemin.stem)
    assert read.get("forme") == ("association" if rna else None)


def test_no_file_takes_the_place_of_another(tmp_path: Path) -> None:
    (tmp_path / "structures").mkdir()
    (tmp_path / "structures/le-phare.yaml").write_text("nom: Le Phare\n", "utf-8")
    names = ("Le Phare", "Le Port", "Le Port", "Le Phare")
    same = [Beneficiaire(n, s, "", (k,)) for k, (n, s) in enumerate(zip(names, SIRETS, strict=False), 2)]
    files, _ = amorces.amorcer(same, "x.csv", Records("data"), tmp_path)
    assert [f.chemin.stem for f in files] == [
        "le-phare-327743696",
        "le-port",
        "le-port-823720693",
        "le-phare-218000826",
    ]


def test_a_name_of_file_adds_no_line(tmp_path: Path) -> None:
    files, _ = amorces.amorcer(
        [Beneficiaire("Le Phare", SIRETS[0], "", (2,))], "a\nforme: ccas.csv", Records("data"), tmp_path
    )
    assert b"\nforme" not in files[0].apres


def test_the_import_begins_records_once(tmp_path: Path) -> None:
    made = service(tmp_path)
    source = tmp_path / "subventions.csv"
    source.write_text(sale(("Le Phare", SIRETS[0]), ("Le Port", SIRETS[1])), "utf-8")
    before = sorted((tmp_path / "data/structures").iterdir())
    assert len(made.importer(source, True, Muet()).fichiers) == 2
    assert sorted((tmp_path / "data/structures").iterdir()) == before
    assert [p.name for p in made.importer(source, False, Muet()).ecrits] == ["le-phare.yaml", "le-port.yaml"]
    again = made.importer(source, False, Muet())
    assert (again.fichiers, again.lecture.connues) == ((), 2)
    # What is left to write is told, field by field, and nothing else is blocked.
    _, found = load(tmp_path / "data")
    missing = {re.findall("« (.*?) »".replace(" ", "\u00a0"), d.message)[0] for d in found}
    assert missing == {"forme", "siege", "representant", "habilitation"}
    assert {Path(d.span.file).name for d in found} == {"le-phare.yaml", "le-port.yaml"}


def test_the_command(tmp_path: Path) -> None:
    service(tmp_path)
    (tmp_path / "s.csv").write_text(sale(("Le Phare", SIRETS[0]), ("Le Port", "1")), "utf-8")
    tried = Run(tmp_path, "importer-scdl", "s.csv", "--simulation")
    assert tried.code == 1 and '+nom: "Le Phare"' in tried.out and "erreur[SCD012]" in tried.err
    assert "À écrire\u00a0: 1\u00a0fiche commencée" in tried.out
    done = Run(tmp_path, "importer-scdl", "s.csv")
    done.french()
    assert done.code == 1 and "Écrit\u00a0: 1\u00a0fiche commencée" in done.out
    assert (tmp_path / "data/structures/le-phare.yaml").is_file()
