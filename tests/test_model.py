"""Types of the records: what is read, what is refused, what is computed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from stdnum import luhn

from generator.model import (
    FORMES,
    UNITES,
    Acte,
    ActeOperation,
    Bloc,
    ConventionType,
    Dispositif,
    Modification,
    Periode,
    Puce,
    Record,
    Repartition,
    Structure,
)
from generator.model.dispositif import Rubrique, Unite
from generator.model.institution import Forme, Territoire
from generator.model.types import Siret, parse_booleen, parse_date, parse_decimal, parse_entier

NB = "\u00a0"


class Porteur(Record):
    siret: Siret


def siret(first: str) -> str:
    siren = first + luhn.calc_check_digit(first)
    return (nic := siren + "0001") + luhn.calc_check_digit(nic)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-12-09", dt.date(2024, 12, 9)),
        ("09/12/2024", dt.date(2024, 12, 9)),
        (" 2024-02-29 ", dt.date(2024, 2, 29)),
    ],
)
def test_date(text: str, day: dt.date) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9 décembre 2024",
        "2024-12-9",
        "09/12/24",
        "12/31/2024",
        "2023-02-29",
        "2024-12-09T00:00",
        "0000-01-01",
        "1024-12-09",
        "9999-12-31",
        "٢٠٢٤-١٢-٠٩",
        "2024–12–09",
    ],
)
def test_not_a_date(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|année"):
        parse_date(text)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)))
def test_both_forms_of_a_date(day: dt.date) -> None:
    assert parse_date(day.isoformat()) == parse_date(f"{day:%d/%m/}{day.year:04d}") == day


@pytest.mark.parametrize(
    ("text", "n"), [("0", 0), ("2 706", 2706), (f"2{NB}706", 2706), ("2\u202f706", 2706), ("4783", 4783)]
)
def test_entier(text: str, n: int) -> None:
    assert parse_entier(text) == n


@pytest.mark.parametrize(
    "text", ["", "27 06", "2,0", "2.706", "-1", "١٢", "douze", "1_000", "0x10", "9" * 5000]
)
def test_not_an_entier(text: str) -> None:
    with pytest.raises(ValueError, match="nombre"):
        parse_entier(text)


def test_decimal() -> None:
    assert parse_decimal("1,2") == Decimal("1.2")
    for text in ("1.2", "1,", ",5", "-1", "1e3", "NaN", "", "1,2" + "0" * 50):
        with pytest.raises(ValueError, match="quantité"):
            parse_decimal(text)


def test_booleen() -> None:
    assert [parse_booleen(t) for t in ("true", "Oui", "false", "NON")] == [True, True, False, False]
    for text in ("no", "yes", "1", ""):
        with pytest.raises(ValueError, match="ni oui ni non"):
            parse_booleen(text)


@given(st.integers(0, 10**8 - 1).map(lambda n: f"{n:08d}"), st.integers(0, 13), st.integers(1, 9))
def test_siret_sees_every_single_digit_error(first: str, at: int, shift: int) -> None:
    good = siret(first)
    if good.startswith(("356000000", "000000000")):
        return
    assert Porteur(siret=good).siret == good
    wrong = good[:at] + str((int(good[at]) + shift) % 10) + good[at + 1 :]
    with pytest.raises(ValidationError):
        Porteur(siret=wrong)


def test_siret_of_la_poste() -> None:
    """The establishments of La Poste have a sum that is a multiple of 5, not a Luhn key."""
    assert Porteur(siret="35600000049837").siret


@pytest.mark.parametrize(
    "text", ["0" * 14, "9999900210001", "999 990 021 00019", "99999002100019\n", "٩" * 14, ""]
)
def test_siret_form(text: str) -> None:
    with pytest.raises(ValidationError):
        Porteur(siret=text)


def test_records_are_frozen_and_closed() -> None:
    t = Territoire(id="artois", nom="Artois")
    with pytest.raises(ValidationError):
        t.nom = "Ternois"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        Territoire.model_validate({"id": "artois", "nom": "Artois", "region": "Nord"})


@pytest.mark.parametrize("ident", ["Artois", "hénin", "a b", "-a", "a-", "a/b", "../a", "a--b", ""])
def test_identifiant(ident: str) -> None:
    with pytest.raises(ValidationError):
        Territoire(id=ident, nom="Artois")


def test_blocs() -> None:
    r = Rubrique.model_validate(
        {
            "titre": "T",
            "contenu": [
                "p",
                {"titre": "t"},
                {"puces": ["a", {"texte": "b", "puces": ["c"]}]},
                {"numeros": ["d"]},
            ],
        }
    )
    assert r.contenu == (
        Bloc(texte="p"),
        Bloc(titre="t"),
        Bloc(puces=("a", Puce(texte="b", puces=("c",)))),
        Bloc(numeros=("d",)),
    )


@pytest.mark.parametrize(
    "bloc", [{}, {"texte": None}, {"puces": []}, {"titre": "a", "texte": "b"}, "", None, [], {"liste": ["a"]}]
)
def test_faulty_bloc(bloc: object) -> None:
    with pytest.raises(ValidationError):
        Rubrique.model_validate({"titre": "T", "contenu": [bloc]})


def test_sums_of_an_acte() -> None:
    part = ActeOperation(
        operation="suivi",
        repartition=(
            Repartition(territoire="artois", quantite=3, montant=101),
            Repartition(territoire="ternois", quantite=4),
        ),
        valorisation=50,
    )
    assert (part.montant, part.quantite, part.cout) == (101, 7, 151)
    none = ActeOperation(operation="suivi", repartition=(Repartition(territoire="artois", montant=9),))
    assert none.quantite is None
    acte = Acte.model_validate(
        {"numero": "2025-00001", "operations": (part, none), "annonce": {"operations": "0"}}
    )
    assert acte.montant == 110 and not acte.est_avenant


def test_amounts_are_cents() -> None:
    r = Repartition.model_validate({"territoire": "artois", "montant": f"53{NB}912,45"})
    assert r.montant == 5_391_245 and isinstance(r.montant, int)


def test_periode_keeps_what_is_written() -> None:
    """Order is judged by a rule (DUR001), so that the other faults of the file are told too."""
    assert Periode.model_validate({"du": "2025-01-02", "au": "2025-01-01"}).du == dt.date(2025, 1, 2)


def test_numbers_of_a_convention_type() -> None:
    c = ConventionType.model_validate(
        {
            "id": "x",
            "adopte_le": "2023-06-12",
            "articles": [{"cle": "objet", "intitule": "Objet"}, {"cle": "cout", "intitule": "Coût"}],
            "annexes_fixes": ["RIB", "Logo"],
        }
    )
    assert (c.numero("objet"), c.numero("cout"), c.numero("annexes")) == (1, 2, None)
    assert c.premiere_annexe == 3


def test_clause_of_a_modification() -> None:
    assert Modification(article="cout").clause == "modifications/cout.docx"
    assert Modification(article="cout", variante="decompose").clause == "modifications/cout-decompose.docx"


def test_every_word_has_its_print() -> None:
    assert set(UNITES) == set(Unite.__args__)  # type: ignore[attr-defined]
    assert set(FORMES) == set(Forme.__args__)  # type: ignore[attr-defined]


def test_appellation() -> None:
    fields = Structure.model_fields
    assert fields["nom_court"].default is None
    long = Structure.model_construct(nom="Fédération longue", nom_court=None)
    assert long.appellation == "Fédération longue"
    assert long.model_copy(update={"nom_court": "FL"}).appellation == "FL"


def test_key_of_a_dispositif() -> None:
    assert Dispositif.model_construct(millesime=2024, ref="accueil").cle == "2024/accueil"
