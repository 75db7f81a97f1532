"""Amounts read from text and splits that sum exactly."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.money import appliquer, parse_euros, parse_taux, repartir
from generator.typography import euros, euros_courts, taux

NB, NN = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("0", 0),
        ("0,50", 50),
        ("5", 500),
        ("650", 65_000),
        ("65000", 6_500_000),
        ("65 000", 6_500_000),
        ("65 000,00", 6_500_000),
        ("65000,07", 6_500_007),
        (f"65{NB}000,00{NB}€", 6_500_000),
        (f"65{NN}000,00{NN}€", 6_500_000),
        ("65 000€", 6_500_000),
        (f"1 065{NB}000", 106_500_000),
        (" 338 226,74 € ", 33_822_674),
        ("999 999 999 999,99", 99_999_999_999_999),
    ],
)
def test_parse_euros(text: str, cents: int) -> None:
    assert parse_euros(text) == cents


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "un montant est attendu"),
        (f" {NB}", "un montant est attendu"),
        ("65.000,00", "avec une virgule et des espaces"),
        ("65000.00", "avec une virgule et des espaces"),
        ("65 000,5", "deux chiffres après la virgule"),
        ("65 000,505", "deux chiffres après la virgule"),
        ("65 000,", "deux chiffres après la virgule"),
        ("65,000,00", "deux chiffres après la virgule"),
        (",50", "la virgule suit"),
        ("65 000 ,00", "la virgule suit"),
        ("6 5000", "se groupent par trois"),
        ("1000 000", "se groupent par trois"),
        ("65  000", "se groupent par trois"),
        ("65 00", "se groupent par trois"),
        ("-65 000", "ne peut pas être négatif"),
        ("\u2212 65 000", "ne peut pas être négatif"),
        ("XXXX", "pas un montant en euros"),
        ("€", "pas un montant en euros"),
        ("1e5", "pas un montant en euros"),
        ("65_000", "pas un montant en euros"),
        ("65 000 €€", "pas un montant en euros"),
        ("65\n000", "pas un montant en euros"),
        ("65000\n", "pas un montant en euros"),
        ("٦٥", "pas un montant en euros"),
        ("+65", "pas un montant en euros"),
        ("65 000 $", "pas un montant en euros"),
        ("06568", "ne commence pas par un zéro"),
        ("000", "ne commence pas par un zéro"),
        ("9" * 13, "trop grand"),
        ("9" * 9000, "trop grand"),
    ],
)
def test_parse_euros_refuses(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_euros(text)


def test_message_is_whole() -> None:
    with pytest.raises(ValueError) as caught:
        parse_euros("65.000,00")
    assert str(caught.value) == (
        f"«{NB}65.000,00{NB}»{NB}: un montant s’écrit avec une virgule et des espaces, "
        f"par exemple 65{NB}000,00"
    )


@given(st.text(st.characters()))
def test_refusals_can_always_be_printed(text: str) -> None:
    for parse in (parse_euros, parse_taux):
        try:
            parse(text)
        except ValueError as error:
            message = str(error)
            message.encode()  # a lone surrogate would fail here
            assert NN not in message and "\n" not in message and len(message) < 200
            assert "invalid literal" not in message


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("50 %", "50"),
        ("50%", "50"),
        (f"12,5{NB}%", "12.5"),
        (f"12,5{NN}%", "12.5"),
        ("50", "50"),
        ("100", "100"),
        ("0,01", "0.01"),
        ("33,3333", "33.3333"),
    ],
)
def test_parse_taux(text: str, rate: str) -> None:
    assert parse_taux(text) == Decimal(rate)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "un taux est attendu"),
        ("0", "supérieur à 0"),
        ("0,00 %", "supérieur à 0"),
        ("100,01", "au plus égal à 100"),
        ("-5 %", "négatif"),
        ("12.5 %", "avec une virgule"),
        ("12.5", "avec une virgule"),
        (".", "pas un taux"),
        ("moitié", "pas un taux"),
        ("%", "pas un taux"),
        ("50 %%", "pas un taux"),
        ("1e1", "pas un taux"),
        ("5 0", "pas un taux"),
        ("12,", "pas un taux"),
        ("NaN", "pas un taux"),
        ("Infinity", "pas un taux"),
        ("050", "commence pas par un zéro"),
        ("0," + "3" * 40, "pas un taux"),
    ],
)
def test_parse_taux_refuses(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_taux(text)


def test_published_split_of_338_226_74() -> None:
    rates = [Decimal(43), Decimal(32), Decimal(25)]
    assert appliquer(33_822_674, rates) == (14_543_750, 10_823_256, 8_455_668)


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, [1, 1, 1], (34, 33, 33)),  # the first wins a tie
        (200, [1, 1, 1], (67, 67, 66)),
        (1, [1, 1], (1, 0)),
        (0, [3, 5], (0, 0)),
        (5, [0, 1, 0], (0, 5, 0)),
        (101, [Decimal("0.5"), Decimal("0.5")], (51, 50)),
        (-100, [1, 1, 1], (-34, -33, -33)),
        (10, [3], (10,)),
        (10**15 + 1, [1, 10**15], (1, 10**15)),
        (3, [Decimal("1E-40"), Decimal(1)], (0, 3)),
    ],
)
def test_repartir(total: int, weights: list[int | Decimal], parts: tuple[int, ...]) -> None:
    assert repartir(total, weights) == parts


@pytest.mark.parametrize(
    "weights", [[], [0], [0, 0], [1, -1], [2, -1], [Decimal("NaN")], [Decimal("Infinity")]]
)
def test_repartir_refuses(weights: list[int | Decimal]) -> None:
    with pytest.raises(ValueError, match="poids"):
        repartir(100, weights)


@pytest.mark.parametrize(
    ("rates", "reason"),
    [
        ([], f"0{NB}% et non 100"),
        (["33.3"] * 3, f"est 99,9{NB}% et non 100{NB}%"),
        (["60", "60"], f"120{NB}%"),
        (["100", "0." + "0" * 40 + "1"], "somme des taux"),  # a Decimal sum would not see it
        (["NaN"], "pas un nombre"),
        (["150", "-50"], "négatif"),
    ],
)
def test_appliquer_refuses(rates: list[str], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        appliquer(1000, [Decimal(r) for r in rates])


totals = st.integers(-(10**13), 10**13)
one_weight = st.integers(0, 10**9) | st.decimals(0, 10**6, places=4)
many_weights = st.lists(one_weight, min_size=1, max_size=12).filter(lambda ws: sum(map(Fraction, ws)) > 0)


def exact_parts(total: int, weights: list[int | Decimal]) -> list[Fraction]:
    whole = sum(map(Fraction, weights))
    return [total * Fraction(w) / whole for w in weights]


@given(totals, many_weights)
def test_parts_sum_exactly_and_lie_within_a_cent(total: int, weights: list[int | Decimal]) -> None:
    parts = repartir(total, weights)
    assert sum(parts) == total
    assert all(abs(p - e) < 1 for p, e in zip(parts, exact_parts(total, weights), strict=True))


@given(totals, many_weights)
def test_only_the_greatest_losers_are_topped_up(total: int, weights: list[int | Decimal]) -> None:
    exact = [abs(e) for e in exact_parts(total, weights)]
    gained = [abs(p) > e for p, e in zip(repartir(total, weights), exact, strict=True)]
    remainders = [e - int(e) for e in exact]
    up = [r for r, g in zip(remainders, gained, strict=True) if g]
    down = [r for r, g in zip(remainders, gained, strict=True) if not g]
    assert not up or not down or min(up) >= max(down)


@given(totals, many_weights, st.randoms(use_true_random=False))
def test_order_matters_only_on_ties(total: int, weights: list[int | Decimal], rng: Random) -> None:
    order = list(range(len(weights)))
    rng.shuffle(order)
    parts, shuffled = repartir(total, weights), repartir(total, [weights[i] for i in order])
    remainders = [e % 1 for e in exact_parts(abs(total), weights)]
    for place, i in enumerate(order):
        if remainders.count(remainders[i]) == 1:
            assert shuffled[place] == parts[i]
    assert sum(shuffled) == sum(parts)


@given(totals, many_weights)
def test_equal_weights_are_served_in_order(total: int, weights: list[int | Decimal]) -> None:
    parts = repartir(abs(total), weights)
    for i, w in enumerate(weights):
        for j in range(i + 1, len(weights)):
            if Fraction(w) == Fraction(weights[j]):
                assert parts[i] - parts[j] in (0, 1)


@given(st.integers(0, 10**14 - 1))
def test_what_is_printed_reads_back(cents: int) -> None:
    assert parse_euros(euros(cents)) == cents
    assert parse_euros(euros_courts(cents)) == cents


@given(st.decimals("0.0001", 100, places=4))
def test_rate_printed_reads_back(rate: Decimal) -> None:
    assert parse_taux(taux(rate)) == rate
