"""French typography. In the tables, ~ stands for U+00A0."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator import typography as ty


def nb(text: str) -> str:
    return text.replace("~", "\u00a0")


@pytest.mark.parametrize(
    ("n", "printed"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1~000"),
        (2706, "2~706"),
        (1234567, "1~234~567"),
        (-4783, "−4~783"),
        (10**17 + 1, "100~000~000~000~000~001"),  # no passage through float
        (Decimal("0.5"), "0,5"),
        (Decimal("1234.50"), "1~234,5"),
        (Decimal("1E+3"), "1~000"),
        (Decimal("2.00"), "2"),
        (Decimal("-0.25"), "−0,25"),
    ],
)
def test_nombre(n: int | Decimal, printed: str) -> None:
    assert ty.nombre(n) == nb(printed)


@pytest.mark.parametrize(
    ("cents", "long", "short"),
    [
        (71_200_000, "712~000,00~€", "712~000~€"),
        (33_822_674, "338~226,74~€", "338~226,74~€"),
        (0, "0,00~€", "0~€"),
        (5, "0,05~€", "0,05~€"),
        (100, "1,00~€", "1~€"),
        (-150_050, "−1~500,50~€", "−1~500,50~€"),
        (-5, "−0,05~€", "−0,05~€"),
        (250_000_000_000, "2~500~000~000,00~€", "2~500~000~000~€"),
    ],
)
def test_euros(cents: int, long: str, short: str) -> None:
    assert ty.euros(cents) == nb(long)
    assert ty.euros_courts(cents) == nb(short)


@pytest.mark.parametrize(
    ("rate", "printed"), [("50", "50~%"), ("12.5", "12,5~%"), ("12.50", "12,5~%"), ("1E2", "100~%")]
)
def test_taux(rate: str, printed: str) -> None:
    assert ty.taux(Decimal(rate)) == nb(printed)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0.00", "zéro euro"),
        ("0.01", "un centime"),
        ("0.02", "deux centimes"),
        ("0.80", "quatre-vingts centimes"),
        ("0.81", "quatre-vingt-un centimes"),
        ("1.00", "un euro"),
        ("1.01", "un euro et un centime"),
        ("2.00", "deux euros"),
        ("21.00", "vingt et un euros"),
        ("71.00", "soixante et onze euros"),
        ("80.00", "quatre-vingts euros"),
        ("81.00", "quatre-vingt-un euros"),
        ("91.00", "quatre-vingt-onze euros"),
        ("99.99", "quatre-vingt-dix-neuf euros et quatre-vingt-dix-neuf centimes"),
        ("100.00", "cent euros"),
        ("101.00", "cent un euros"),
        ("200.00", "deux cents euros"),
        ("201.00", "deux cent un euros"),
        ("280.00", "deux cent quatre-vingts euros"),
        ("1000.00", "mille euros"),
        ("1001.00", "mille un euros"),
        ("1020.20", "mille vingt euros et vingt centimes"),
        ("1100.00", "mille cent euros"),
        ("2000.00", "deux mille euros"),
        ("21000.00", "vingt et un mille euros"),
        ("65000.00", "soixante-cinq mille euros"),
        ("80000.00", "quatre-vingt mille euros"),
        ("200000.00", "deux cent mille euros"),
        ("180080.00", "cent quatre-vingt mille quatre-vingts euros"),
        ("338226.74", "trois cent trente-huit mille deux cent vingt-six euros et soixante-quatorze centimes"),
        ("712000.00", "sept cent douze mille euros"),
        ("1000000.00", "un million d’euros"),
        ("1000000.01", "un million d’euros et un centime"),
        ("1000001.00", "un million un euros"),
        ("1000100.00", "un million cent euros"),
        ("2500000.00", "deux millions cinq cent mille euros"),
        ("80000000.00", "quatre-vingts millions d’euros"),
        ("200000000.00", "deux cents millions d’euros"),
        ("200080200.00", "deux cents millions quatre-vingt mille deux cents euros"),
        ("1000000000.00", "un milliard d’euros"),
        ("3002000000.00", "trois milliards deux millions d’euros"),
        ("4000000001.00", "quatre milliards un euros"),
        ("-5.00", "moins cinq euros"),
    ],
)
def test_lettres(amount: str, words: str) -> None:
    assert ty.lettres(int(Decimal(amount) * 100)) == words


# An independent reading of the words, so that `lettres` is checked on every figure.
_WORDS = {
    "zéro": 0, "un": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8,
    "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15,
    "seize": 16, "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
}  # fmt: skip


def read_words(words: str) -> int:
    total = group = 0
    for word in words.replace("-", " ").split():
        root = word.removesuffix("s") if word not in _WORDS else word
        if word == "et":
            continue
        if root == "vingt" and group % 100 == 4:
            group += 76  # quatre-vingt
        elif root == "cent":
            group = 100 * max(group, 1)
        elif root in ("mille", "million", "milliard"):
            total += max(group, 1) * {"mille": 10**3, "million": 10**6, "milliard": 10**9}[root]
            group = 0
        else:
            group += _WORDS[root]
    return total + group


@given(st.integers(2, 10**12 - 1), st.integers(2, 99))
def test_lettres_say_the_amount(whole: int, cents: int) -> None:
    left, right = ty.lettres(whole * 100 + cents).replace(" d’euros", " euros").split(" euros et ")
    assert read_words(left) == whole
    assert read_words(right.removesuffix(" centimes")) == cents


@given(st.integers(0, 10**14 - 1))
def test_lettres_never_join_a_noun_to_euros_without_de(cents: int) -> None:
    words = ty.lettres(cents)
    assert not any(f"{noun}{s} euro" in words for noun in ("million", "milliard") for s in ("", "s"))
    assert "mille d’" not in words and "cents d’" not in words


@pytest.mark.parametrize(
    ("text", "printed"),
    [("18620009300083", "186~200~093~00083"), ("XXXX", "XXXX"), ("1862000930008", "1862000930008"), ("", "")],
)
def test_siret(text: str, printed: str) -> None:
    assert ty.siret(text) == nb(printed)


@pytest.mark.parametrize(
    ("day", "long", "short"),
    [
        (date(2025, 1, 1), "1er~janvier 2025", "01/01/2025"),
        (date(2024, 12, 9), "9~décembre 2024", "09/12/2024"),
        (date(2024, 2, 29), "29~février 2024", "29/02/2024"),
        (date(2024, 8, 11), "11~août 2024", "11/08/2024"),
        (date(2024, 3, 21), "21~mars 2024", "21/03/2024"),
    ],
)
def test_dates(day: date, long: str, short: str) -> None:
    assert ty.date_longue(day) == nb(long)
    assert ty.date_courte(day) == short


def test_every_month_has_its_name() -> None:
    names = [ty.date_longue(date(2025, m, 2))[2:-5] for m in range(1, 13)]
    assert " ".join(names) == (
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
    )


def test_periode() -> None:
    start = date(2025, 1, 1)
    assert ty.periode(start, date(2025, 12, 31)) == nb("du 1er~janvier au 31~décembre 2025")
    assert ty.periode(date(2024, 1, 1), date(2025, 6, 30)) == nb("du 1er~janvier 2024 au 30~juin 2025")
    assert ty.periode_courte(start, date(2025, 6, 30)) == "du 01/01/2025 au 30/06/2025"


@pytest.mark.parametrize(
    ("du", "au", "months"),
    [
        ("2025-01-01", "2025-12-31", 12),
        ("2025-01-01", "2025-01-31", 1),
        ("2025-01-01", "2025-02-28", 2),
        ("2024-01-01", "2024-02-29", 2),
        ("2024-01-01", "2024-02-28", None),
        ("2024-01-01", "2025-06-30", 18),
        ("2024-01-15", "2024-02-14", 1),
        ("2024-01-15", "2024-02-15", None),
        ("2024-01-15", "2024-01-31", None),
        ("2025-01-31", "2025-02-28", 1),
        ("2025-01-29", "2025-02-28", 1),
        ("2024-01-31", "2024-02-29", 1),
        ("2024-01-29", "2024-02-28", 1),
        ("2025-01-31", "2025-03-30", 2),
        ("2025-01-31", "2025-04-30", 3),
        ("2025-01-01", "2025-01-01", None),
        ("2025-03-01", "2025-02-28", None),
        ("2025-05-02", "2025-05-01", None),
        ("2025-05-01", "2024-05-31", None),
        ("9999-01-01", "9999-12-31", 12),
    ],
)
def test_duree_mois(du: str, au: str, months: int | None) -> None:
    assert ty.duree_mois(date.fromisoformat(du), date.fromisoformat(au)) == months


days = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@given(days, days, days)
def test_whole_periods_from_the_first_of_a_month_chain(a: date, b: date, c: date) -> None:
    a, b, c = sorted(d.replace(day=1) for d in (a, b, c))
    if a < b < c:
        eve_b, eve_c = b - timedelta(days=1), c - timedelta(days=1)
        first, second, both = ty.duree_mois(a, eve_b), ty.duree_mois(b, eve_c), ty.duree_mois(a, eve_c)
        assert first is not None and second is not None and both == first + second


@given(days, st.integers(1, 60))
def test_each_number_of_months_has_exactly_one_end(du: date, months: int) -> None:
    candidates = [du + timedelta(days=d) for d in range(28 * months - 3, 31 * months + 3)]
    assert sum(ty.duree_mois(du, au) == months for au in candidates) == 1


def test_ordinal() -> None:
    assert [ty.ordinal(n) for n in (1, 2, 10, 21, 1000)] == ["1er", "2e", "10e", "21e", nb("1~000e")]
    assert [ty.ordinal(n, feminin=True) for n in (1, 2)] == ["1re", "2e"]


@pytest.mark.parametrize(
    ("n", "words", "printed"),
    [
        (8, ("structure",), "8~structures"),
        (1, ("structure",), "1~structure"),
        (0, ("structure",), "0~structure"),
        (2, ("mois",), "2~mois"),
        (2706, ("place",), "2~706~places"),
        (2, ("poste à pourvoir", "postes à pourvoir"), "2~postes à pourvoir"),
        (3, ("ETP", "ETP"), "3~ETP"),
        (Decimal("1.5"), ("place",), "1,5~place"),
        (Decimal("2.5"), ("place",), "2,5~places"),
        (-3, ("place",), "−3~places"),
    ],
)
def test_accord(n: int | Decimal, words: tuple[str, ...], printed: str) -> None:
    assert ty.accord(n, *words) == nb(printed)


@pytest.mark.parametrize(
    ("items", "printed"),
    [
        ([], ""),
        ([1], "1"),
        ([1, 4], "1 et 4"),
        ([1, 4, 8, 12], "1, 4, 8 et 12"),
        (iter(["Arras", "Lens"]), "Arras et Lens"),
    ],
)
def test_enumerer(items: list[object], printed: str) -> None:
    assert ty.enumerer(items) == printed


def test_enumerer_with_another_word() -> None:
    assert ty.enumerer(["avance", "acompte", "solde"], conj="ou") == "avance, acompte ou solde"


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Calais", "de Calais"),
        ("Liévin", "de Liévin"),
        ("Arras", "d’Arras"),
        ("Étaples", "d’Étaples"),
        ("E\u0301taples", "d’E\u0301taples"),
        ("ÉTAPLES", "d’ÉTAPLES"),
        ("Œuf-en-Ternois", "d’Œuf-en-Ternois"),
        ("Hénin-Carvin", "d’Hénin-Carvin"),
        ("Hesdin", "d’Hesdin"),
        ("Harnes", "de Harnes"),
        ("Hauts-de-France", "de Hauts-de-France"),
        ("hébergement", "d’hébergement"),
        ("hôtel", "d’hôtel"),
        ("huissier", "d’huissier"),
        ("huit places", "de huit places"),
        ("onze places", "de onze places"),
        ("Ytres", "d’Ytres"),
        ("yaourt", "de yaourt"),
        ("8 structures", "de 8 structures"),
        ("XXXX", "de XXXX"),
    ],
)
def test_de(name: str, printed: str) -> None:
    assert ty.de(name) == printed


@pytest.mark.parametrize(
    ("text", "capitals"),
    [
        ("Département du Pas-de-Calais", "DÉPARTEMENT DU PAS-DE-CALAIS"),
        ("œuvre reçue à l’été", "ŒUVRE REÇUE À L’ÉTÉ"),
        ("e\u0301te\u0301", "ÉTÉ"),
        ("Straße", "STRASSE"),
        ("Haÿ", "HAŸ"),
    ],
)
def test_majuscules(text: str, capitals: str) -> None:
    assert ty.majuscules(text) == capitals
    assert ty.majuscules(capitals) == capitals


@pytest.mark.parametrize(
    ("raw", "printed"),
    [
        # apostrophes, quotes, dots
        ("l'insertion d'Arras", "l’insertion d’Arras"),
        ("l´été, l‘hiver", "l’été, l’hiver"),
        ('la "Maison" ouverte', "la «~Maison~» ouverte"),
        ('"un" et " deux "', "«~un~» et «~deux~»"),
        ("« x »", "«~x~»"),
        ("«x»", "«~x~»"),
        ("«  x\u202f»", "«~x~»"),
        ('un seul " reste', 'un seul " reste'),
        ('vide "" ici', 'vide "" ici'),
        ("etc...", "etc…"),
        ("à remplir ......", "à remplir ......"),
        # double punctuation
        ("Objet: avenant", "Objet~: avenant"),
        ("Objet : avenant", "Objet~: avenant"),
        ("Objet\u202f: avenant", "Objet~: avenant"),
        ("un ; deux; trois", "un~; deux~; trois"),
        ("Quoi?", "Quoi~?"),
        ("Quoi ?!", "Quoi~?!"),
        ("Oui! Non !", "Oui~! Non~!"),
        ("(quoi?)", "(quoi~?)"),
        ("« quoi?»", "«~quoi~?~»"),
        ("(?)", "(?)"),
        ("liste:\n- a", "liste~:\n- a"),
        ("Suite...?", "Suite…~?"),
        # left alone
        ("à 12:30, ratio 1:2", "à 12:30, ratio 1:2"),
        ("https://a.fr/b?c=1;d='e'&f", "https://a.fr/b?c=1;d='e'&f"),
        ("voir https://a.fr/?q=50%25: page", "voir https://a.fr/?q=50%25~: page"),
        ('("http://a.fr/x")', "(«~http://a.fr/x~»)"),
        ("www.pasdecalais.fr!", "www.pasdecalais.fr~!"),
        ("jean.d+x@pas-de-calais.fr; puis", "jean.d+x@pas-de-calais.fr~; puis"),
        ("clé:valeur a;b", "clé:valeur a;b"),
        ("\ue000 l'un http://a.b c", "\ue000 l’un http://a.b c"),
        # figures
        ("50%", "50~%"),
        ("50 % et 12,5 %", "50~% et 12,5~%"),
        ("65 000€", "65~000~€"),
        ("65 000,00 €", "65~000,00~€"),
        ("XXXX €", "XXXX~€"),
        ("5 M€", "5~M€"),
        ("2 706 places", "2~706 places"),
        ("1 234 567", "1~234~567"),
        ("en 2024 350 places", "en 2024 350 places"),
        ("03 21 21 62 62", "03 21 21 62 62"),
        ("lot 2 7061", "lot 2 7061"),
        ("C02 446", "C02 446"),
        ("186 200 093 00083", "186~200~093~00083"),
        ("1,5 ETP sur 35 h", "1,5~ETP sur 35~h"),
        ("à 9 h 30", "à 9~h~30"),
        ("4 habitants", "4 habitants"),
        ("3 ETPS", "3 ETPS"),
        ("12 km", "12 km"),
        ("n° 2024-587", "n°~2024-587"),
        ("N°2022", "N°~2022"),
        # spaces
        ("un  deux   trois", "un deux trois"),
        ("un \u00a0 deux", "un~deux"),
        ("a\n\n  b", "a\n\n b"),
        ("", ""),
    ],
)
def test_texte(raw: str, printed: str) -> None:
    assert ty.texte(raw) == nb(printed)


# Alphabet dense in the signs that the rules touch; plain random text would hardly ever meet them.
_SIGNS = "aéhEnN°TPMk012 34  \u00a0\u202f\u2009'’\"«»‘´.…;:!?%€()[]/@-+_\n\ue000\ud800"
signs = st.text(st.sampled_from(_SIGNS), max_size=40)
_PIECES = (
    "http://", "https://a.fr/", "www.", "a@b.fr", "n°", " ", '"', "'", "«", "»", "...", "1", "234", " h ",
    "ETP", "€", "%", ":", ";", "?", "!", "é", "\u00a0", "\n", "\ue000", "(", ")", ".", "/",
)  # fmt: skip
pieces = st.lists(st.sampled_from(_PIECES), max_size=14).map("".join)
running = signs | pieces | st.text()


@given(running)
@example('"a"b"')
@example('""a""')
@example('"b « c" x "d"')
@example("http://a... 'b'")
def test_texte_is_idempotent(s: str) -> None:
    once = ty.texte(s)
    assert ty.texte(once) == once


@given(running)
def test_texte_keeps_letters_digits_and_lines(s: str) -> None:
    out = ty.texte(s)
    assert [c for c in out if c.isalnum()] == [c for c in s if c.isalnum()]
    assert out.count("\n") == s.count("\n")


@given(running)
def test_texte_touches_only_spaces_quotes_and_dots(s: str) -> None:
    def core(t: str) -> str:
        t = t.replace("...", "…").replace("…", "")
        return "".join(c for c in t if c not in " \u00a0\u2007\u2009\u202f'’‘´\"«».")

    assert core(ty.texte(s)) == core(s)


@given(running)
def test_texte_never_glues_two_words(s: str) -> None:
    assert len(ty.texte(s).split()) >= len(s.split())


@given(signs)
def test_texte_leaves_no_narrow_space(s: str) -> None:
    if "://" not in s:
        assert not set(ty.texte(s)) & set("\u202f\u2009\u2007")


@given(st.integers(-(10**12), 10**12), st.dates())
def test_what_is_printed_is_already_in_house_style(n: int, day: date) -> None:
    for printed in (ty.euros(n), ty.nombre(n), ty.lettres(n), ty.date_longue(day), ty.taux(Decimal(n) / 100)):
        assert ty.texte(printed) == printed
