"""The rules: each is one function in a file of this package, named by its code.

A rule reads the records and yields diagnostics; it never raises, never stops at the first finding
and never changes anything. To add one: write a function decorated with `regle`, a docstring that
says the rule and its source, a fixture under tests/records/ that triggers it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from functools import cache

from generator.diagnostics import Diagnostic, sort_key
from generator.load import Records
from generator.regle import Regle, index, recueillir, regle

__all__ = ["Regle", "par_code", "regle", "regles", "verifier"]


@cache
def regles() -> tuple[Regle[Records], ...]:
    """Every rule of the package, by code."""
    return recueillir(sys.modules[__name__])


def verifier(records: Records, lus: Iterable[Diagnostic] = ()) -> list[Diagnostic]:
    """`lus`, what was found while reading the records, with all findings of all rules, in the order of
    the reports; the warnings that the records accept are marked as accepted."""
    from generator.checks.acceptations import accepter  # a rule too: it needs this module first

    found = [*lus, *(d for r in regles() for d in r.controle(records))]
    return sorted(accepter(records, found), key=sort_key)


def par_code() -> Mapping[str, Regle[Records]]:
    """The rule that emits each code."""
    return index(regles())
