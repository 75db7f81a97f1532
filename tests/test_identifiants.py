"""Identifiers: what is accepted, what is refused and why, and that no text makes them raise anything else.

The RNA numbers are published ones; the bank accounts are the example of the manuals, or hold the word
FICTIF. In the messages, ~ stands for U+00A0.
"""

from __future__ import annotations

import json
import re
import string
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import schwifty
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_97_10

from generator import identifiants as ident
from generator import source
from generator import typography as ty
from generator.load import load
from generator.load.typage import type_record
from generator.model import Structure

from .records_kit import BASE, DATA, examine, project

EXEMPLE = "FR7630006000011234567890189"
FICTIF = "FR733000600001FICTIF0000119"


def nb(text: str) -> str:
    return text.replace("~", "\u00a0")


def refusal(parse: Callable[[str], str], text: str) -> str:
    with pytest.raises(ValueError, match=r".") as caught:
        parse(text)
    return str(caught.value)


def french_iban(bban: str) -> str:
    """The IBAN of a French account, with a sound key over whatever RIB it is given."""
    return f"FR{mod_97_10.calc_check_digits(bban + 'FR')}{bban}"


# --- SIRET ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["35600000000048", "35600000049837", "18620009300083"])
def test_siret(text: str) -> None:
    """The seat of La Poste has a Luhn key, its establishments a sum that is a multiple of 5."""
    assert ident.parse_siret(text) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("0" * 14, "nuls"),
        ("00000000000018", "nuls"),  # a sound Luhn key over a SIREN of zeros
        ("35600000049838", "Luhn"),
        ("35600000000049", "Luhn"),
        ("18620009300084", "Luhn"),
        ("1862000930008", "14 chiffres"),
        ("186 200 093 00083", "14 chiffres"),
        ("٣" * 14, "14 chiffres"),
    ],
)
def test_not_a_siret(text: str, why: str) -> None:
    assert why in refusal(ident.parse_siret, text)


# --- RNA -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rna", "departement"),
    [
        ("W751030744", "75"),
        ("W012008615", "01"),
        ("W2A1000119", "2A"),
        ("W2B2000016", "2B"),
        ("W9C1000188", "9C"),
        ("W9G1004206", "9G"),
        ("W9J1003281", "9J"),
        ("W9M1001840", "9M"),
        ("W9N3001202", "9N"),
        ("W9P1002760", "9P"),
        ("W9R1003737", "9R"),
        ("W9T1000765", "9T"),
    ],
)
def test_rna(rna: str, departement: str) -> None:
    assert ident.parse_rna(rna) == rna
    assert ident.departement_du_rna(rna) == departement


@pytest.mark.parametrize(
    "text",
    [
        "", "W75103074", "W7510307441", "751030744", "w751030744", "W75103O744", "W2C1000119", "W1A1000119",
        "W9r1003737", "W9RA003737", "W751 030 744", "W751030744\n", "W٧٥1030744", "891P0891000843",
    ],
)  # fmt: skip
def test_not_a_rna(text: str) -> None:
    assert "un W suivi de neuf caractères" in refusal(ident.parse_rna, text)


def test_departements_of_a_rna() -> None:
    """Ninety-four of the mainland, two of Corsica, and the letters met overseas; never 20, 00 nor 96."""
    codes = [f"{n:02d}" for n in range(100)] + [f"{n}{c}" for n in (2, 9) for c in string.ascii_uppercase]
    known = {
        c
        for c in codes
        if re.fullmatch(ident.RNA, f"W{c}1000001") and ident.departement_du_rna(f"W{c}1000001")
    }
    mainland = {f"{n:02d}" for n in range(1, 96)} - {"20"}
    assert known == mainland | {"2A", "2B"} | {f"9{c}" for c in "BCFGJMNPRST"}


# --- postcode ------------------------------------------------------------------------------------


def test_postcodes() -> None:
    def accepted(code: str) -> bool:
        try:
            return ident.parse_code_postal(code) == code
        except ValueError:
            return False

    two = {f"{n:02d}" for n in range(100) if accepted(f"{n:02d}100")}
    assert two == {f"{n:02d}" for n in range(1, 96)} | {"97"}
    overseas = {f"{n}" for n in range(960, 1000) if accepted(f"{n}00")}
    assert overseas == {*map(str, range(971, 979)), "980", "984", "986", "987", "988"}


@pytest.mark.parametrize("text", ["", "6200", "620000", "62 000", "2A000", "62000\n", "٦٢٠٠٠"])
def test_form_of_a_postcode(text: str) -> None:
    assert "cinq chiffres attendus" in refusal(ident.parse_code_postal, text)


# --- IBAN and BIC --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [EXEMPLE, "FR76 3000 6000 0112 3456 7890 189", "FR76\u00a03000\u00a06000 0112\u202f3456 7890 189"],
)
def test_iban_is_held_without_spaces(text: str) -> None:
    assert ident.parse_iban(text) == EXEMPLE


@pytest.mark.parametrize("text", ["DE89370400440532013000", "MC5811222000010123456789030", FICTIF])
def test_other_ibans(text: str) -> None:
    assert ident.parse_iban(text) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "deux lettres, deux chiffres"),
        ("30006000011234567890189", "deux lettres, deux chiffres"),
        (EXEMPLE.lower(), "en majuscules"),
        ("FR76-3000-6000-0112-3456-7890-189", "deux lettres, deux chiffres"),
        ("FR76  3000 6000 0112 3456 7890 189", "deux lettres, deux chiffres"),
        (EXEMPLE[:-1], "n’a pas 26 caractères"),
        (EXEMPLE + "0", "n’a pas 28 caractères"),
        ("ZZ" + EXEMPLE[2:], "aucun IBAN ne commence par"),
        ("FR7530006000011234567890189", "la clé de contrôle de l’IBAN est fausse"),
        ("FR7630006000011234567809189", "la clé de contrôle de l’IBAN est fausse"),
        ("FR0330006000" + "01FICTIF0000118", "la clé RIB"),
        (french_iban("30006000011234567890188"), "la clé RIB"),
        (french_iban("3000A000011234567890189"), "la forme de ceux de son pays"),
        ("MC6311222000010123456789031", "clé"),
    ],
)
def test_not_an_iban(text: str, why: str) -> None:
    message = refusal(ident.parse_iban, text)
    assert why in message
    assert not re.search("[0-9]{4}", message), "an account number is not repeated in a message"


@given(
    st.text("0123456789", min_size=10, max_size=10),
    st.text(string.digits + string.ascii_uppercase, min_size=11, max_size=11),
    st.integers(0, 96),
)
def test_only_one_rib_key_is_right(bank: str, account: str, shift: int) -> None:
    """The key of a RIB, by its definition: letters to digits, then 97 − (89 b + 15 g + 3 c) mod 97."""
    values = {
        **{c: i % 9 + 1 for i, c in enumerate("ABCDEFGHIJKLMNOPQR")},
        **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
    }
    number = int("".join(str(values.get(c, c)) for c in account))
    key = 97 - (89 * int(bank[:5]) + 15 * int(bank[5:]) + 3 * number) % 97
    given_key = (key - 1 + shift) % 97 + 1
    iban = french_iban(f"{bank}{account}{given_key:02d}")
    if given_key == key:
        assert ident.parse_iban(iban) == iban
    else:
        assert "la clé RIB" in refusal(ident.parse_iban, iban)


@pytest.mark.parametrize("text", ["AGRIFRPP", "AGRIFRPPXXX", "AGRIFRPP867", "BFCOYTYTXXX", "CMCIFR2A"])
def test_bic(text: str) -> None:
    assert ident.parse_bic(text) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "six lettres"),
        ("AGRIFRP", "six lettres"),
        ("AGRIFRPPXX", "six lettres"),
        ("AGRIFRPPXXXX", "six lettres"),
        ("agrifrpp", "en majuscules"),
        ("AGRI FRPP", "six lettres"),
        ("AGR1FRPP", "six lettres"),
        ("AGRIZZPP", nb("aucun pays n’a le code «~ZZ~»")),
    ],
)
def test_not_a_bic(text: str, why: str) -> None:
    assert why in refusal(ident.parse_bic, text)


def test_bank_of_an_iban() -> None:
    assert ident.banque(EXEMPLE) == "30006"
    assert ident.bics(EXEMPLE) == {"AGRIFRPP"}
    assert ident.bics(french_iban("99999000001234567890100")) == frozenset()


def test_several_bics_of_a_bank_are_one_bank() -> None:
    """Of the banks that the list knows, nearly all have one mark: four letters tell a bank."""
    codes = {b["bank_code"] for b in french_banks()}
    marks = [{bic[:4] for bic in ident.bics(f"FR00{code}{'0' * 18}")} for code in codes]
    assert len(codes) > 200
    assert all(marks)
    assert sum(len(m) > 1 for m in marks) < len(codes) / 20


def french_banks() -> list[dict[str, str]]:
    folder = Path(schwifty.__file__).parent / "bank_registry"
    return [
        b for b in json.loads((folder / "manual_fr.json").read_text("utf-8")) if b["country_code"] == "FR"
    ]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        (EXEMPLE, "FR76~3000~6000~0112~3456~7890~189"),
        (FICTIF, "FR73~3000~6000~01FI~CTIF~0000~119"),
        ("DE89370400440532013000", "DE89~3704~0044~0532~0130~00"),
        ("XXXX", "XXXX"),
        ("", ""),
    ],
)
def test_iban_is_printed_in_groups_of_four(text: str, printed: str) -> None:
    assert ty.iban(text) == nb(printed)


# --- hostile texts -------------------------------------------------------------------------------

HOSTILE = st.one_of(
    st.text(max_size=60),
    st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ \u00a0", max_size=40),
    st.from_regex(ident.RNA, fullmatch=True),
    st.from_regex(ident.IBAN, fullmatch=True),
    st.from_regex(ident.BIC, fullmatch=True),
    st.tuples(st.sampled_from(["FR", "MC", "DE", "BE", "ES", "IT"]), st.text("0123456789", max_size=30)).map(
        lambda p: f"{p[0]}{mod_97_10.calc_check_digits(p[1] + p[0])}{p[1]}"
    ),
)
LIGNES = {
    "IDN006": "rna: @",
    "IDN007": "compte: {iban: @, bic: AGRIFRPP, domiciliation: A, titulaire: T}",
    "IDN008": f"compte: {{iban: {EXEMPLE}, bic: @, domiciliation: A, titulaire: T}}",
    "IDN009": "siege: {voie: v, code_postal: @, commune: c}",
}
"""Where a text is put, by the code that a bad one deserves."""
STRUCTURE = re.sub(
    r"(?ms)^siege:.*?^representant",
    "representant",
    (BASE / "structures/ccas-de-valmer.yaml").read_text("utf-8"),
)


@pytest.mark.parametrize("code", sorted(LIGNES))
@given(text=HOSTILE)
def test_any_text_gives_a_record_or_its_code(code: str, text: str) -> None:
    line = LIGNES[code].replace("@", json.dumps(text))
    where = "" if code == "IDN009" else 'siege: {voie: v, code_postal: "62000", commune: c}\n'
    src, found = source.parse(f"{STRUCTURE}{where}{line}\n", "f.yaml")
    if src is None or any(d.is_error for d in found):
        return  # a character that no record may hold
    record, faults = type_record(src, Structure)
    assert (record is None) == bool(faults)
    assert {d.code for d in faults} <= {code}
    for d in faults:
        assert d.help and "\n" not in d.message and len(d.message) < 150


@given(text=st.text(max_size=30))
def test_no_parser_raises_anything_but_a_french_value_error(text: str) -> None:
    for parse in (
        ident.parse_siret,
        ident.parse_rna,
        ident.parse_iban,
        ident.parse_bic,
        ident.parse_code_postal,
    ):
        try:
            assert parse(text) == text or parse is ident.parse_iban
        except ValueError as e:
            assert "invalid" not in str(e).lower()


# --- in the records ------------------------------------------------------------------------------


def test_no_real_account_stands_in_the_records() -> None:
    found, _ = load(DATA)
    with_one = [s for s in found.structures.values() if s.compte]
    assert len(with_one) >= 3
    for s in with_one:
        assert s.compte is not None
        assert s.fictif and ("FICTIF" in s.compte.iban or s.compte.iban == EXEMPLE)


def test_invented_associations_have_what_a_convention_asks_of_them() -> None:
    found, _ = load(DATA)
    invented = [s for s in found.structures.values() if s.fictif and s.forme in ("association", "fondation")]
    assert len(invented) >= 10
    assert [s.id for s in invented if s.engagement_republicain is None] == []
    assert [s.id for s in invented if (s.rna is None) == (s.forme == "association")] == []
    assert all(s.rna.startswith("W629") for s in invented if s.rna), (
        "no number of the Pas-de-Calais begins so"
    )


@pytest.mark.parametrize("forme", ["ccas", "cias", "gip", "commune", "epci", "societe"])
def test_the_engagement_is_asked_of_associations_and_fondations_only(forme: str, tmp_path: Path) -> None:
    path = project(tmp_path) / "structures/atelier-du-bassin.yaml"
    text = path.read_text(encoding="utf-8").replace(
        "engagement_republicain:\n  souscrit_le: 2030-02-01\n", ""
    )
    for form, codes in (("fondation", ["DRO001"]), ("association", ["DRO001"]), (forme, [])):
        path.write_text(text.replace("forme: fondation", f"forme: {form}"), encoding="utf-8")
        assert [d.code for d in examine(tmp_path / "data")[1]] == codes


@pytest.mark.parametrize("day", ["2022-01-02", "2030-12-09"])
def test_the_bounds_of_the_date_of_the_engagement_are_inside(day: str, tmp_path: Path) -> None:
    path = project(tmp_path) / "structures/atelier-du-bassin.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("2030-02-01", day), encoding="utf-8")
    assert examine(tmp_path / "data")[1] == []


def test_public_structures_may_share_an_account(tmp_path: Path) -> None:
    folder = project(tmp_path) / "structures"
    account = "compte: {iban: FR803000100000FICTIF0000288, bic: BDFEFRPP, domiciliation: A, titulaire: T}\n"
    path = folder / "ccas-de-valmer.yaml"
    path.write_text(path.read_text(encoding="utf-8") + account, encoding="utf-8")
    assert examine(tmp_path / "data")[1] == []


def test_schwifty_is_not_imported_without_an_account() -> None:
    code = "import generator.cli, generator.load, generator.checks, sys; print('schwifty' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
