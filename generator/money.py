"""Amounts and rates: read from French text, split so that the parts sum exactly.

An amount is an ``int`` of cents and a rate a ``Decimal`` per cent (``Decimal("43")`` is 43 %), so
that no figure of an act ever passes through binary floating point.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

_NBSP = "\u00a0"
REGLE_DE_PARTAGE = (
    "Un montant que des taux ou des quantités partagent est réparti au centime par la méthode du plus fort "
    "reste\u00a0: chaque part est coupée au centime, puis les centimes qui restent vont un par un aux parts "
    "qui ont le plus perdu, la première dans l’ordre du texte en cas d’égalité. Les parts font donc toujours "
    "exactement le montant, et le même partage donne toujours le même résultat."
)
"""What `repartir` does, as the reports declare it."""
_SPACES = f" {_NBSP}\u202f"  # the thousands separators that keyboards, Word and websites give
_MAX_DIGITS = 12  # of euros: beyond, it is a typing error (and `int` refuses very long texts)
_CITED = 40  # characters of the faulty text shown in a message

_EUROS = re.compile(
    rf"(?P<euros>[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+|[0-9]+)(?:,(?P<cents>[0-9]{{2}}))?(?:[{_SPACES}]?€)?"
)
_TAUX = re.compile(rf"(?P<rate>[0-9]+(?:,[0-9]+)?)(?:[{_SPACES}]?%)?")
_TAUX_MAX_LENGTH = 12


def _cite(text: str) -> str:
    """`text` between guillemets, clipped, and safe to print on any terminal."""
    clipped = text if len(text) <= _CITED else text[: _CITED - 1] + "…"
    safe = "".join(_NBSP if c in _SPACES else c if c.isprintable() else "\ufffd" for c in clipped)
    return f"«{_NBSP}{safe}{_NBSP}»{_NBSP}:"


def _has_minus(text: str) -> bool:
    return text.startswith(("-", "\u2212", "\u2013"))


def _superfluous_zero(digits: str) -> bool:
    """A code such as 06568 typed in place of a figure."""
    return len(digits) > 1 and digits.startswith("0")


def parse_euros(text: str) -> int:
    """Cents written in `text`: ``65000``, ``65 000``, ``65 000,00``, with or without ``€``.

    Thousands are separated by one space (U+0020, U+00A0 or U+202F) or not at all; cents are two
    digits or absent; blanks around are ignored. Raises ValueError, with a message in French that
    says what is wrong, for everything else (a dot, a minus sign, text, misplaced groups).
    """
    amount = text.strip(_SPACES)
    if not amount:
        raise ValueError(f"un montant est attendu, par exemple 65{_NBSP}000,00")
    if found := _EUROS.fullmatch(amount):
        digits = re.sub(f"[{_SPACES}]", "", found["euros"])
        if _superfluous_zero(digits):
            raise ValueError(f"{_cite(text)} un montant ne commence pas par un zéro")
        if len(digits) > _MAX_DIGITS:
            raise ValueError(f"{_cite(text)} ce montant est trop grand")
        return int(digits) * 100 + int(found["cents"] or "0")
    raise ValueError(f"{_cite(text)} {_why_not_euros(amount)}")


def _why_not_euros(amount: str) -> str:
    """What keeps `amount`, which is not blank, from being an amount."""
    bare = amount.removesuffix("€").rstrip(_SPACES)
    if _has_minus(bare):
        return "un montant ne peut pas être négatif"
    if not re.search("[0-9]", bare) or re.search(f"[^0-9.,{_SPACES}]", bare):
        return f"ce n’est pas un montant en euros, par exemple 65{_NBSP}000,00"
    if "." in bare:
        return f"un montant s’écrit avec une virgule et des espaces, par exemple 65{_NBSP}000,00"
    whole, comma, cents = bare.partition(",")
    if comma and not whole[-1:].isdigit():
        return f"la virgule suit le dernier chiffre des euros, par exemple 0,50{_NBSP}€"
    if comma and not re.fullmatch("[0-9]{2}", cents):
        return f"les centimes s’écrivent avec deux chiffres après la virgule, par exemple 65{_NBSP}000,50"
    return f"les chiffres d’un montant se groupent par trois, par exemple 1{_NBSP}065{_NBSP}000,00"


def parse_taux(text: str) -> Decimal:
    """Rate per cent written in `text`: ``50 %``, ``50`` or ``12,5 %``, above 0 and at most 100.

    Raises ValueError, with a message in French, for everything else.
    """
    rate = text.strip(_SPACES)
    if not rate:
        raise ValueError(f"un taux est attendu, par exemple 12,5{_NBSP}%")
    if not (found := _TAUX.fullmatch(rate)) or len(found["rate"]) > _TAUX_MAX_LENGTH:
        raise ValueError(f"{_cite(text)} {_why_not_taux(rate)}")
    if _superfluous_zero(found["rate"].partition(",")[0]):
        raise ValueError(f"{_cite(text)} un taux ne commence pas par un zéro suivi d’un chiffre")
    value = Decimal(found["rate"].replace(",", "."))
    if not 0 < value <= 100:
        raise ValueError(f"{_cite(text)} un taux est supérieur à 0{_NBSP}% et au plus égal à 100{_NBSP}%")
    return value


def _why_not_taux(rate: str) -> str:
    """What keeps `rate`, which is not blank, from being a rate."""
    bare = rate.removesuffix("%").rstrip(_SPACES)
    if _has_minus(bare):
        return "un taux ne peut pas être négatif"
    if re.fullmatch(r"[0-9]*\.[0-9]*", bare) and len(bare) > 1:
        return f"un taux s’écrit avec une virgule, par exemple 12,5{_NBSP}%"
    return f"ce n’est pas un taux, par exemple 12,5{_NBSP}%"


def repartir(total: int, poids: Sequence[int | Decimal]) -> tuple[int, ...]:
    """Split `total` cents in proportion to `poids`; the parts sum to `total` exactly.

    Largest remainder: every part is cut down to the cent, then the cents left go one each to the
    parts that lost the most, the first in order when equal. So each part is within one cent of the
    exact one and the result depends on nothing but the arguments. A negative total (a decrease)
    splits as its opposite. Raises ValueError when a weight is negative or not a number, or when
    the weights sum to 0 (which includes no weight at all).
    """
    if any(isinstance(w, Decimal) and not w.is_finite() for w in poids):
        raise ValueError("un poids de répartition n’est pas un nombre")
    if any(w < 0 for w in poids):
        raise ValueError("un poids de répartition ne peut pas être négatif")
    weights = [Fraction(w) for w in poids]  # exact: Decimal division would round at 28 digits
    whole = sum(weights)
    if not whole:
        raise ValueError("les poids de la répartition ont une somme nulle")
    exact = [abs(total) * w / whole for w in weights]
    parts = [int(e) for e in exact]  # truncation is floor here, all being positive
    left = abs(total) - sum(parts)
    losers = sorted(range(len(parts)), key=lambda i: parts[i] - exact[i])  # sort is stable
    for i in losers[:left]:
        parts[i] += 1
    return tuple(parts) if total >= 0 else tuple(-p for p in parts)


def appliquer(total: int, taux: Sequence[Decimal]) -> tuple[int, ...]:
    """Shares of `total` cents at the rates `taux` (per cent), which must sum to 100.

    Same rule as `repartir`, so the shares sum to `total` exactly. Raises ValueError when the rates
    do not sum to 100 or when one is negative.
    """
    if any(not rate.is_finite() for rate in taux):
        raise ValueError("un taux n’est pas un nombre")
    # Fractions again: a Decimal sum is rounded to 28 digits and could hide a gap.
    whole = sum((Fraction(rate) for rate in taux), Fraction(0))
    if whole != 100:
        shown = f"{Decimal(whole.numerator) / Decimal(whole.denominator):f}".replace(".", ",")
        raise ValueError(f"la somme des taux est {shown}{_NBSP}% et non 100{_NBSP}%")
    return repartir(total, taux)
