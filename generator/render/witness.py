"""An engine that notes, while it renders, which way each condition went.

What no document ever printed has never been proofread: a condition that was never true, a choice
that was never made, a loop that had nothing to go through, a template that nothing included.
"""

from __future__ import annotations

from collections.abc import Iterator, Sized
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jinja2 import nodes, pass_context
from jinja2.runtime import Context

from .closure import Closures
from .engine import Engine
from .loader import DocxEnvironment, DocxLoader
from .places import Tag
from .template import TemplateFile
from .values import Run

_FILTER: Final = "temoin"
_Point = tuple[str, int]  # (Jinja's name of the part, rank of the condition in it)


@dataclass(frozen=True, slots=True)
class Branch:
    """A condition or a loop of a template, and what the documents rendered so far made of it.

    `key` is Jinja's name of the part, `tag` the tag as typed and its paragraph (None when it cannot be
    told). `loop`: it repeats instead of choosing. `yes`, `no`: it was true at least once, false at
    least once; for a loop, there was something to go through, there was nothing.
    """

    key: str
    tag: Tag | None
    loop: bool
    yes: bool
    no: bool

    @property
    def reached(self) -> bool:
        """False when what surrounds it never was printed."""
        return self.yes or self.no


class Witness(Engine):
    """Same documents as `Engine`, somewhat slower; `branches` and `used` tell what happened."""

    def __init__(self, templates: Path, base: str = "base.docx") -> None:
        super().__init__(templates, base)
        self._noting = _Noting(self._loader)
        self._environment = self._noting
        self._closures = Closures(self._noting, base)

    @property
    def used(self) -> frozenset[str]:
        """Names of the templates that at least one document went through."""
        return frozenset(self._noting.used)

    def branches(self) -> tuple[Branch, ...]:
        """Every condition and loop of the templates used, in the order of their names and places."""
        return tuple(self._branches())

    def _branches(self) -> Iterator[Branch]:
        for (key, rank), (line, loop) in sorted(self._noting.points.items()):
            read = self._loader.known(key.partition("#")[0])
            source = read.sources.get(key) if read else None
            ways = self._noting.ways.get((key, rank), set())
            yield Branch(key, source.tag_at(line) if source else None, loop, True in ways, False in ways)


class _Noting(DocxEnvironment):
    """Compiles each condition inside a filter that notes its value and gives it back."""

    def __init__(self, loader: DocxLoader) -> None:
        super().__init__(loader)
        self.points: dict[_Point, tuple[int, bool]] = {}  # line, whether it is a loop
        self.ways: dict[_Point, set[bool]] = {}
        self.used: set[str] = set()
        self.filters[_FILTER] = self._note

    @pass_context  # also keeps Jinja from computing a constant condition while it compiles
    def _note(self, context: Context, value: Any, key: str, rank: int) -> Any:
        if isinstance(value, Sized) or not self.points[key, rank][1]:
            self.ways.setdefault((key, rank), set()).add(bool(value))
        return value

    def admit(self, name: str, run: Run) -> TemplateFile:
        """See `DocxEnvironment.admit`; the template is noted as used."""
        read = super().admit(name, run)
        self.used.add(read.name)
        return read

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        """Jinja's hook between parsing and code: each condition of the tree is wrapped."""
        kinds = (nodes.If, nodes.CondExpr, nodes.For)
        for rank, node in enumerate(list(source.find_all(kinds))):
            loop = isinstance(node, nodes.For)
            field = "iter" if loop else "test"
            self.points[name or "", rank] = (node.lineno, loop)
            wrapped = self._wrap(getattr(node, field), name or "", rank)
            setattr(node, field, wrapped)
        return super()._generate(source, name, filename, defer_init)

    def _wrap(self, node: nodes.Expr, name: str, rank: int) -> nodes.Expr:
        arguments = [nodes.Const(name, lineno=node.lineno), nodes.Const(rank, lineno=node.lineno)]
        made = nodes.Filter(node, _FILTER, arguments, [], None, None, lineno=node.lineno)
        return made.set_environment(self)  # type: ignore[return-value]
