"""What a template may read: every path of the context, in every branch, through what it includes.

Rendering only meets the branches that the data at hand take; this reads the syntax tree of all of
them. A path is followed through loops, `with`, `set`, filters and includes to its name in the
context: in `{% for a in annexes %}{{ a.cout }}`, the tag reads ("annexes", "[]", "cout").
What is computed (arguments of macros, results of calls) has no path and is left to the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from functools import reduce
from operator import or_
from types import MappingProxyType
from typing import Any, Final

from jinja2 import nodes
from jinja2.exceptions import TemplateNotFound, TemplateSyntaxError

from .closure import Closures, is_root, targets
from .facts import EACH, Fact, Path, facts_of
from .places import Tag
from .structure import FILTERS, Source

NamesAt = Callable[[Path], Iterable[str]]
Via = tuple[tuple[str, Tag | None], ...]

_ITEM = frozenset({"first", "last", "random", "min", "max"})
_SAME = frozenset({"list", "sort", "reverse", "unique", "select", "reject", "selectattr", "rejectattr"})
_PLAIN = _ITEM | _SAME | {"length", "count", "join", "sum", "map", *FILTERS.values()}
"""Filters that do not look inside the values they are given, but for the attribute they name."""
_ATTRIBUTE: Final = {"selectattr": 0, "rejectattr": 0, "groupby": 0, "sum": 0, "join": 1, "unique": 1,
                     "min": 1, "max": 1, "sort": 2}  # fmt: skip
"""Position of the argument that names an attribute of the items, when it is not `attribute=`."""
_TOLERANT_TESTS = frozenset({"defined", "undefined"})
_LOOP = frozenset({"loop", "self", "super", "caller", "varargs", "kwargs"})


class Use(Enum):
    """What a tag does with what it reads."""

    STEP = "step"  # goes on to a field, or compares
    LOOP = "loop"  # one turn for each item
    PRINT = "print"
    WHOLE = "whole"  # hands it over to a filter or a call, with all it holds


@dataclass(frozen=True, slots=True)
class Read:
    """One path of the context that a tag of a template may read.

    `key` is Jinja's name of the part, `tag` the tag as typed and its paragraph (None when it cannot
    be told). `tolerant`: the template says what to do when the path is absent (`is defined`,
    `default`). `local`: the other names that the tag could have used, those of loops and of `with`.
    `facts`: what the conditions around it say of the values on its way. `via`: the includes that lead
    there, innermost first, as (part, tag).
    """

    path: Path
    key: str
    tag: Tag | None
    use: Use
    tolerant: bool
    local: tuple[str, ...]
    facts: tuple[Fact, ...]
    via: Via


@dataclass(frozen=True, slots=True)
class _Value:
    """Where a value may come from: `paths` for itself, `items` for its items when they are elsewhere.

    Neither: it is computed, and nothing is known of it.
    """

    paths: tuple[Path, ...] = ()
    items: tuple[Path, ...] = ()

    def step(self, name: str) -> _Value:
        return _Value(tuple((*p, name) for p in self.paths))

    def each(self) -> _Value:
        return _Value((*self.items, *((*p, EACH) for p in self.paths)))

    def __or__(self, other: _Value) -> _Value:
        return _Value(
            tuple(dict.fromkeys((*self.paths, *other.paths))),
            tuple(dict.fromkeys((*self.items, *other.items))),
        )


_COMPUTED: Final = _Value()
Scope = Mapping[str, _Value]
_NOTHING: Final[Scope] = MappingProxyType({})


def reads(closures: Closures, root: str, names_at: NamesAt) -> tuple[Read, ...]:
    """Every path that the parts of `root`, and what they include, may read; each one once.

    `names_at` gives the templates that the contexts name at a path, for includes of a field. A part
    that does not compile is passed over: the lint tells it.
    """
    reader = _Reader(closures, names_at)
    for key in reader.keys(root):
        reader.part(key, {}, (), ())
    return tuple(reader.found)


class _Reader:
    """What the walks of one root share: the parts parsed so far, the reads found so far."""

    def __init__(self, closures: Closures, names_at: NamesAt) -> None:
        self.closures, self.names_at = closures, names_at
        self.globals = closures.environment.globals
        self.found: dict[Read, None] = {}
        self._trees: dict[str, tuple[Source, nodes.Template] | None] = {}

    def keys(self, name: str) -> Iterable[str]:
        """The parts of a template; none when it does not exist."""
        try:
            return self.closures.loader.file(name).sources
        except TemplateNotFound:
            return ()

    def part(self, key: str, scope: Scope, facts: tuple[Fact, ...], via: Via) -> None:
        """Read a whole part, with the names that `scope` gives it besides the context."""
        if key not in self._trees:
            self._trees[key] = self._parse(key)
        known = self._trees[key]
        if known:
            _Walker(self, key, known[0], facts, via).body(known[1].body, dict(scope))

    def _parse(self, key: str) -> tuple[Source, nodes.Template] | None:
        if key not in self.keys(key.partition("#")[0]):
            return None
        source = self.closures.loader.file(key.partition("#")[0]).sources[key]
        try:
            return source, self.closures.environment.parse(source.text, key)
        except TemplateSyntaxError:
            return None


class _Walker:
    """Walks one part, at one place where it is used."""

    def __init__(self, reader: _Reader, key: str, source: Source, facts: tuple[Fact, ...], via: Via) -> None:
        self.reader, self.key, self.source, self.facts, self.via = reader, key, source, facts, via

    def note(
        self, value: _Value, node: nodes.Node, use: Use, tolerant: bool = False, scope: Scope = _NOTHING
    ) -> _Value:
        tag = self.source.tag_at(node.lineno)
        for path in value.paths:
            facts = tuple(f for f in self.facts if path[: len(f.owner)] == f.owner)
            read = Read(path, self.key, tag, use, tolerant, tuple(scope), facts, self.via)
            self.reader.found[read] = None
        return value

    # -- statements -----------------------------------------------------------------------------

    def body(self, statements: Sequence[nodes.Node], scope: dict[str, _Value]) -> None:
        for statement in statements:
            self.statement(statement, scope)

    def statement(self, node: nodes.Node, scope: dict[str, _Value]) -> None:
        """Read one statement; `scope` changes as Jinja's own does."""
        match node:
            case nodes.Output():
                for child in node.nodes:
                    self.value(child, scope, Use.PRINT)
            case nodes.If():
                self.choice(node, scope)
            case nodes.For():
                self.loop(node, scope)
            case nodes.With():
                inner = dict(scope)
                for target, given in zip(node.targets, node.values, strict=True):
                    self.bind(target, self.value(given, scope), inner)
                self.body(node.body, inner)
            case nodes.Assign():
                self.bind(node.target, self.value(node.node, scope), scope)
            case nodes.AssignBlock():
                self.body(node.body, dict(scope))
                self.bind(node.target, _COMPUTED, scope)
            case nodes.Include() | nodes.Extends():
                self.include(node, scope)
            case nodes.Import():
                self.value(node.template, scope)
                scope[node.target] = _COMPUTED
            case nodes.FromImport():
                self.value(node.template, scope)
                scope.update((n if isinstance(n, str) else n[1], _COMPUTED) for n in node.names)
            case nodes.Macro() | nodes.CallBlock():
                self.macro(node, scope)
            case nodes.FilterBlock() | nodes.Block() | nodes.Scope() | nodes.ScopedEvalContextModifier():
                self.body(node.body, dict(scope))
            case _:
                self.all(node.iter_child_nodes(), scope, Use.WHOLE)

    def choice(self, node: nodes.If, scope: dict[str, _Value]) -> None:
        """Every way; a name that one of them sets keeps what it may be in the others."""
        before, ways = self.facts, []
        for branch in (node, *node.elif_):
            self.value(branch.test, scope)
            with self.given(branch.test, scope, True):
                ways.append(dict(scope))
                self.body(branch.body, ways[-1])
            self.facts = (*self.facts, *self.told(branch.test, scope, False))
        ways.append(dict(scope))
        self.body(node.else_, ways[-1])
        self.facts = before
        for name in dict.fromkeys(n for way in ways for n in way):
            scope[name] = reduce(or_, (way[name] for way in ways if name in way))

    def told(self, test: nodes.Node, scope: Scope, outcome: bool) -> Iterator[Fact]:
        """What the outcome of a condition tells."""
        return facts_of(test, outcome, lambda name: scope[name].paths if name in scope else ((name,),))

    @contextmanager
    def given(self, test: nodes.Node, scope: Scope, outcome: bool) -> Iterator[None]:
        """While it lasts, `test` is known to be true, or false."""
        before = self.facts
        self.facts = (*before, *self.told(test, scope, outcome))
        yield
        self.facts = before

    def loop(self, node: nodes.For, scope: dict[str, _Value]) -> None:
        items = self.value(node.iter, scope, Use.LOOP).each()
        inner = {**scope, "loop": _COMPUTED}
        self.bind(node.target, items, inner)
        before = self.facts
        if node.test is not None:
            self.value(node.test, inner)
            self.facts = (*before, *self.told(node.test, inner, True))
        self.body(node.body, inner)
        self.facts = before
        self.body(node.else_, dict(scope))

    def macro(self, node: nodes.Macro | nodes.CallBlock, scope: dict[str, _Value]) -> None:
        for default in node.defaults:
            self.value(default, scope)
        if isinstance(node, nodes.Macro):
            scope[node.name] = _COMPUTED
        else:
            self.value(node.call, scope)
        self.body(node.body, {**scope, **{a.name: _COMPUTED for a in node.args}})

    def bind(self, target: nodes.Node, value: _Value, scope: dict[str, _Value]) -> None:
        """Give a value to the names of `target`."""
        if isinstance(target, nodes.Name):
            scope[target.name] = value
        elif isinstance(target, nodes.Tuple):
            for item in target.items:
                self.bind(item, _COMPUTED, scope)

    def include(self, node: nodes.Include | nodes.Extends, scope: Scope) -> None:
        via = ((self.key, self.source.tag_at(node.lineno)), *self.via)
        for name in self.included(node, scope):
            if all(name != key for key, _ in via):
                self.reader.part(name, scope, self.facts, via)

    def included(self, node: nodes.Include | nodes.Extends, scope: Scope) -> Iterator[str]:
        """Templates that an include may bring: those it names, or those that the contexts name there."""
        value = self.value(node.template, scope)
        yield from dict.fromkeys(name for path in value.paths for name in self.reader.names_at(path))
        closures = self.reader.closures
        for target, whole in targets(node.template):
            if whole:
                yield target
            elif target:
                names = (n for n in closures.loader.names() if n.startswith(target))
                yield from (n for n in names if not is_root(n, closures.base))

    # -- expressions ----------------------------------------------------------------------------

    def value(self, node: nodes.Node, scope: Scope, use: Use = Use.STEP, tolerant: bool = False) -> _Value:
        """Where the value of an expression comes from; every path that it reads is noted."""
        match node:
            case nodes.Name():
                if node.name in scope:
                    known = scope[node.name]
                    return self.note(known, node, use) if use is not Use.STEP else known
                if node.name in self.reader.globals or node.name in _LOOP:
                    return _COMPUTED
                return self.note(_Value(((node.name,),)), node, use, tolerant, scope)
            case nodes.Getattr():
                return self.note(self.value(node.node, scope).step(node.attr), node, use, tolerant)
            case nodes.Getitem():
                return self.item(node, scope, use, tolerant)
            case nodes.Filter():
                return self.filter(node, scope, use)
            case nodes.Test():
                self.value(node.node, scope, tolerant=node.name in _TOLERANT_TESTS)
                self.all(node.args, scope)
                return _COMPUTED
            case nodes.CondExpr():
                self.value(node.test, scope)
                with self.given(node.test, scope, True):
                    found = self.value(node.expr1, scope, use)
                with self.given(node.test, scope, False):
                    return found | self.value(node.expr2, scope, use) if node.expr2 else found
            case nodes.And() | nodes.Or() | nodes.Add():
                return self.value(node.left, scope, use) | self.value(node.right, scope, use)
            case nodes.List() | nodes.Tuple():
                items = [self.value(item, scope) for item in node.items]
                return _Value(items=tuple(p for item in items for p in item.paths))
            case nodes.Call():
                return self.call(node, scope)
            case nodes.TemplateData() | nodes.Const():
                return _COMPUTED
            case _:
                self.all(node.iter_child_nodes(), scope)
                return _COMPUTED

    def all(self, children: Iterable[nodes.Node], scope: Scope, use: Use = Use.STEP) -> None:
        for child in children:
            self.value(child, scope, use)

    def item(self, node: nodes.Getitem, scope: Scope, use: Use, tolerant: bool) -> _Value:
        key: Any = node.arg.value if isinstance(node.arg, nodes.Const) else None
        if isinstance(key, str):
            return self.note(self.value(node.node, scope).step(key), node, use, tolerant)
        if isinstance(key, int):
            return self.note(self.value(node.node, scope).each(), node, use, tolerant)
        self.value(node.arg, scope)
        found = self.value(node.node, scope, Use.WHOLE)
        return found if isinstance(node.arg, nodes.Slice) else _COMPUTED

    def call(self, node: nodes.Call, scope: Scope) -> _Value:
        """A method (`x.items()`) is not a field of the data; what it is given is out of sight."""
        callee = node.node
        method = isinstance(callee, nodes.Getattr)
        self.value(callee.node if method else callee, scope, Use.WHOLE if method else Use.STEP)  # type: ignore[attr-defined]
        self.all([*node.args, *(k.value for k in node.kwargs)], scope, Use.WHOLE)
        return _COMPUTED

    def filter(self, node: nodes.Filter, scope: Scope, use: Use) -> _Value:
        if node.node is None:  # `{% filter %}`: the text of the block
            return _COMPUTED
        arguments = [*node.args, *(k.value for k in node.kwargs)]
        if node.name in ("default", "d"):
            found = self.value(node.node, scope, use, tolerant=True)
            return found | self.value(node.args[0], scope) if node.args else found
        self.all(arguments, scope)
        inner = use if node.name in FILTERS.values() else Use.STEP
        found = self.value(node.node, scope, inner if node.name in _PLAIN else Use.WHOLE)
        attribute = _attribute(node)
        fields = found.each()
        for name in attribute.split(".") if attribute else ():
            fields = self.note(fields.step(name), node, Use.STEP)
        if node.name in _SAME:
            return self.note(found, node, use)
        if node.name in _ITEM:
            return self.note(found.each(), node, use)
        if node.name == "map" and attribute:
            return _Value(items=fields.paths)
        return _COMPUTED


def _attribute(node: nodes.Filter) -> str:
    """The attribute that a filter reads in each item: `sum(attribute='montant')`."""
    given = [k.value for k in node.kwargs if k.key == "attribute"]
    position = _ATTRIBUTE.get(node.name, len(node.args))
    given += node.args[position : position + 1]
    return next((c.value for c in given if isinstance(c, nodes.Const) and isinstance(c.value, str)), "")
