"""What a condition tells of the values that it compares, for the tags that it governs.

A list often holds values of several kinds (`sorte`), each with fields of its own; inside
`{% if v.sorte == 'code' %}`, only those of that kind are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from jinja2 import nodes

EACH: Final = "[]"
"""The step of a path into any item of a list."""

Path = tuple[str, ...]

_AMONG: Final = {"eq": True, "in": True, "ne": False, "notin": False}


@dataclass(frozen=True, slots=True)
class Fact:
    """The `field` of the value at `owner` is one of `values`; none of them when not `among`."""

    owner: Path
    field: str
    values: frozenset[str | int | bool]
    among: bool


def facts_of(test: nodes.Node, outcome: bool, named: Callable[[str], tuple[Path, ...]]) -> Iterator[Fact]:
    """What is known when `test` comes out as `outcome`; `named` gives the paths of a name.

    Only fields of a value below the top of the context: what is compared at the top says nothing of
    the rest.
    """
    match test:
        case nodes.Not():
            yield from facts_of(test.node, not outcome, named)
        case nodes.And() if outcome:
            yield from (*facts_of(test.left, True, named), *facts_of(test.right, True, named))
        case nodes.Or() if not outcome:
            yield from (*facts_of(test.left, False, named), *facts_of(test.right, False, named))
        case nodes.Compare(ops=[nodes.Operand(op=op, expr=other)]) if op in _AMONG:
            constants = other.items if isinstance(other, nodes.List | nodes.Tuple) else [other]
            values = frozenset(c.value for c in constants if isinstance(c, nodes.Const))
            paths = _paths(test.expr, named)
            if len(paths) == 1 and len(paths[0]) > 1 and len(values) == len(constants):
                yield Fact(paths[0][:-1], paths[0][-1], values, _AMONG[op] is outcome)


def _paths(node: nodes.Node, named: Callable[[str], tuple[Path, ...]]) -> tuple[Path, ...]:
    """The paths of a plain name or field."""
    match node:
        case nodes.Name():
            return named(node.name)
        case nodes.Getattr():
            return tuple((*p, node.attr) for p in _paths(node.node, named))
    return ()
