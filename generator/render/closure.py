"""What a template may include: statically, recursively, conservatively."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import nodes
from jinja2.exceptions import TemplateNotFound, TemplateSyntaxError

from generator.diagnostics import Diagnostic

from . import report
from .errors import Finding, RenderError, quote
from .loader import DocxEnvironment
from .places import Tag
from .template import TemplateFile

ROOTS = "documents/"


@dataclass(frozen=True, slots=True)
class Reference:
    """`target` is a template's name, or the beginning of one when not `whole`; `tag` names it.

    `field`: the name is a field of the context (`article.clause`). `optional`: an include that says
    `ignore missing`. `key`: the part that holds the tag.
    """

    target: str
    whole: bool
    field: bool
    optional: bool
    tag: Tag | None
    key: str


def is_root(name: str, base: str) -> bool:
    """Root templates make documents; the others are made to be included."""
    return name == base or name.startswith(ROOTS)


class Closures:
    """The includes of the templates of an environment; each version of a file is parsed once."""

    def __init__(self, environment: DocxEnvironment, base: str) -> None:
        self.environment = environment
        self.loader = environment.docx
        self.base = base
        self._direct: dict[str, tuple[Reference, ...]] = {}

    def direct(self, name: str) -> tuple[Reference, ...]:
        """What one template includes, extends or imports. Raises RenderError (TPL002, TPL004)."""
        try:
            read = self.loader.file(name)
        except TemplateNotFound:
            raise RenderError(report.unknown_template(self.loader, name, None, name)) from None
        known = self._direct.get(read.digest)
        if known is None:
            known = self._direct[read.digest] = tuple(self._parse(read))
        return known

    def _parse(self, read: TemplateFile) -> Iterator[Reference]:
        for key, source in read.sources.items():
            try:
                tree = self.environment.parse(source.text, key)
            except TemplateSyntaxError as exc:
                raise RenderError(report.syntax(self.loader, key, exc)) from None
            for node in tree.find_all((nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)):
                optional = bool(getattr(node, "ignore_missing", False))
                tag = source.tag_at(node.lineno)
                field = isinstance(node.template, nodes.Getattr | nodes.Getitem)  # type: ignore[attr-defined]
                for target, whole in targets(node.template):  # type: ignore[attr-defined]
                    yield Reference(target, whole, field, optional, tag, key)

    def of(self, name: str, context: Mapping[str, Any] | None = None) -> tuple[str, ...]:
        """See Engine.closure."""
        everything = self.loader.names()
        named = frozenset(_names(context)).intersection(everything) if context is not None else None
        reached = {name}
        waiting = [name]
        while waiting:
            for reference in self.direct(waiting.pop()):
                if reference.field and named is not None:
                    found = set(named)
                else:
                    found = self._candidates(reference, everything)
                waiting += sorted(found - reached)
                reached |= found
        return (name, *sorted(reached - {name}))

    def _candidates(self, reference: Reference, everything: list[str]) -> set[str]:
        target = reference.target
        if not reference.whole:
            return {n for n in everything if n.startswith(target) and (target or not is_root(n, self.base))}
        if target in everything:
            return {target}
        if reference.optional:
            return set()
        raise RenderError(report.unknown_template(self.loader, target, reference.tag, reference.key))

    def check_cycles(self, name: str) -> None:
        """Raise RenderError (TPL004) when a template reached from `name` includes itself.

        Only constant names are followed: a computed one is stopped while it runs.
        """
        self._visit(name, (), set())

    def _visit(self, name: str, above: tuple[tuple[str, Reference], ...], done: set[str]) -> None:
        for reference in self.direct(name):
            trail = (*above, (name, reference))
            names = [n for n, _ in trail]
            if reference.target in names:
                start = names.index(reference.target)
                raise RenderError(self._cycle(names[start:], trail[start][1]))
            if reference.whole and reference.target not in done and self._exists(reference.target):
                self._visit(reference.target, trail, done)
        done.add(name)

    def _exists(self, name: str) -> bool:
        try:
            return self.loader.path(name).is_file()
        except TemplateNotFound:
            return False

    def _cycle(self, names: list[str], way_in: Reference) -> Diagnostic:
        loop = " → ".join((*names, names[0]))
        place = way_in.tag.place if way_in.tag else None
        finding = Finding("TPL004", f"le modèle {quote(names[0])} s’inclut lui-même", place, notes=(loop,))
        return finding.diagnose(report.label(self.loader, way_in.key))


def _names(value: object) -> Iterator[str]:
    """Every text of a context that may be the name of a template."""
    if isinstance(value, str):
        if value.endswith(".docx"):
            yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _names(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _names(item)


def targets(expression: nodes.Expr | None) -> Iterator[tuple[str, bool]]:
    """(name or beginning of a name, whether it is whole) for the expression of an include.

    The beginning is empty when nothing is known before the template runs.
    """
    if isinstance(expression, nodes.Const) and isinstance(expression.value, str):
        yield expression.value, True
    elif isinstance(expression, nodes.List | nodes.Tuple):
        for item in expression.items:
            yield from targets(item)
    elif isinstance(expression, nodes.CondExpr):
        yield from targets(expression.expr1)
        yield from targets(expression.expr2)
    elif isinstance(expression, nodes.Concat) and isinstance(expression.nodes[0], nodes.Const):
        yield str(expression.nodes[0].value), False
    elif isinstance(expression, nodes.Add) and isinstance(expression.left, nodes.Const):
        yield str(expression.left.value), False
    else:
        yield "", False
