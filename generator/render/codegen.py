"""How Jinja's code is written for documents: each piece is born as UTF-8 bytes, each value is seen once.

A document is mostly text that never changes. Written as bytes in the compiled code, it is joined as
it stands; only the printed values are checked, escaped and encoded (`values.make_printer`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Any

from jinja2 import Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context
from jinja2.utils import missing

from .mending import is_fragile, mend

if TYPE_CHECKING:
    from .loader import DocxEnvironment


def encoded(piece: bytes | str) -> bytes:
    """A piece that Jinja passes on without printing it: bytes of an include, text of a call block."""
    return piece if isinstance(piece, bytes) else piece.encode("utf-8")


class DocxCodeGenerator(CodeGenerator):
    """Jinja's generator, for templates that are always escaped and yield bytes.

    The environment gives the functions that the code calls (`put`, `encoded`, `included`), and takes in
    `fragile` the constants that `mending.assemble` has to watch.
    """

    environment: DocxEnvironment

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        """The names of the module that the code below counts on."""
        self.writeline("put, encoded, join = environment.put, environment.encoded, b''.join")
        super().visit_Template(node, frame)

    def start_write(self, frame: Frame, node: nodes.Node | None = None) -> None:
        """What is passed on without being printed."""
        super().start_write(frame, node)
        self.write("encoded(")

    def end_write(self, frame: Frame) -> None:
        """See start_write."""
        self.write(")")
        super().end_write(frame)

    def _make_finalize(self) -> CodeGenerator._FinalizeInfo:
        # Nothing printed is computed while compiling: the verdict on a value may depend on the document.
        return self._FinalizeInfo(None, None)

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:  # noqa: N802
        """One piece for fixed text and the values inside it; fragile text is a piece of its own."""
        if frame.buffer is not None or frame.require_output_check:
            super().visit_Output(node, frame)
            return
        for group in self._groups(node.nodes):
            several = len(group) > 1
            self.writeline("yield join((" if several else "yield (")
            for item in group:
                if isinstance(item, bytes):
                    self.write(repr(item))
                else:
                    self.newline(item)  # so that an error is told at the line of its tag
                    self.write("put(")
                    self.visit(item, frame)
                    self.write(")")
                self.write(", " if several else "")
            self.write("))" if several else ")")

    def _groups(self, children: Iterable[nodes.Expr]) -> Iterator[list[bytes | nodes.Expr]]:
        """What is joined in one piece: constants as bytes, expressions; a fragile constant stands alone."""
        group: list[bytes | nodes.Expr] = []
        for fixed, run in groupby(children, lambda child: isinstance(child, nodes.TemplateData)):
            if not fixed:
                group += run
                continue
            constant = self._constant(child.data for child in run if isinstance(child, nodes.TemplateData))
            if constant not in self.environment.fragile:
                group.append(constant)
                continue
            yield from filter(None, (group, [constant]))
            group = []
        yield from filter(None, (group,))

    def _output_const_repr(self, group: Iterable[Any]) -> str:
        return repr(self._constant(group))

    def _constant(self, texts: Iterable[Any]) -> bytes:
        constant = mend("".join(texts).encode("utf-8"))
        if is_fragile(constant):
            self.environment.fragile.add(constant)
        return constant

    def _output_child_pre(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        self.write("put(")

    def _output_child_post(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        self.write(")")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 -- Jinja's name
        """A field of the data is read in place; anything else goes through the sandbox."""
        self.write(f"(o[{node.attr!r}] if type(o := ")
        self.visit(node.node, frame)
        self.write(f") is dict and {node.attr!r} in o else environment.getattr(o, {node.attr!r}))")

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:  # noqa: N802 -- Jinja's name
        """The ordinary include hands its pieces up without looking at them."""
        if node.ignore_missing or not node.with_context or frame.buffer is not None:
            super().visit_Include(node, frame)
            return
        self.writeline("template = environment.included(", node)
        self.visit(node.template, frame)
        self.write(")")
        names = self.dump_local_context(frame)
        self.writeline(f"yield from template.root_render_func(context.within(template, {names}))")


_new = object.__new__


class DocxContext(Context):
    """Jinja's context, quick to extend: an act goes through some twenty includes."""

    def within(self, template: Template, names: Mapping[str, Any]) -> DocxContext:
        """The context of an included template: this one, with the local names of the place."""
        known = self.parent
        if self.vars or names:
            known = {**known, **self.vars}
            for name, value in names.items():
                if value is not missing:
                    known[name] = value
        # Jinja's own __init__ works out again what is the same for every template of the environment.
        made = _new(DocxContext)
        made.environment = self.environment
        made.eval_ctx = self.eval_ctx
        made.globals_keys = self.globals_keys
        made.parent = known
        made.vars = {}
        made.exported_vars = set()
        made.name = template.name
        blocks = template.blocks
        made.blocks = {name: [block] for name, block in blocks.items()} if blocks else {}
        return made
