"""How Jinja's code is written for documents: each piece is born as UTF-8 bytes, each value is seen once.

A document is mostly text that never changes. Written as bytes in the compiled code, it is joined as
it stands; only the printed values are checked, escaped and encoded (`values.Printed`). A template puts its
pieces in a list and gives the whole of it, so that no piece climbs alone through the includes above it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context
from jinja2.utils import missing

from .mending import is_fragile, mend

if TYPE_CHECKING:
    from .loader import DocxEnvironment

_PIECES: Final = "pieces"  # the list of a template or of a block; Jinja names its own l_… and t_…


def encoded(piece: bytes | str) -> bytes:
    """A piece that Jinja passes on without printing it: bytes of an include, text of a call block."""
    return piece if isinstance(piece, bytes) else piece.encode("utf-8")


class DocxCodeGenerator(CodeGenerator):
    """Jinja's generator, for templates that are always escaped and yield bytes.

    The environment gives what the code calls: `printed`, `put`, `encoded`, `close`.
    """

    environment: DocxEnvironment
    _extends = False

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        """The names of the module that the code below counts on."""
        for name in ("printed", "put", "encoded", "close", "undefined", "concat"):
            self.writeline(f"{name} = environment.{name}")
        self.writeline("from jinja2.runtime import Undefined as cond_expr_undefined")
        self._extends = node.find(nodes.Extends) is not None
        super().visit_Template(node, frame)

    def write_commons(self) -> None:
        """What the code of a template and of a block begins with; Jinja's other names are the module's."""
        self.writeline("resolve = context.resolve_or_missing")

    def enter_frame(self, frame: Frame) -> None:
        """A template and a block write in a list, as Jinja makes macros do."""
        super().enter_frame(frame)
        if frame.rootlevel or frame.block_frame:
            frame.buffer = _PIECES
            self.writeline(f"{_PIECES} = []")

    def leave_frame(self, frame: Frame, with_python_scope: bool = False) -> None:
        """The list is handed to the include as it is; Jinja wants a generator where templates inherit."""
        super().leave_frame(frame, with_python_scope)
        if frame.rootlevel and not self._extends:
            self.writeline(f"return {_PIECES}")
        elif frame.rootlevel or frame.block_frame:
            self.writeline(f"yield from {_PIECES}")

    def start_write(self, frame: Frame, node: nodes.Node | None = None) -> None:
        """What is passed on without being printed."""
        super().start_write(frame, node)
        self.write("encoded(")

    def end_write(self, frame: Frame) -> None:
        """See start_write."""
        self.write(")")
        super().end_write(frame)

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:  # noqa: N802
        """Fixed text, and the values inside it. Nothing printed is computed while compiling: the verdict on
        a value may depend on the document."""
        if frame.require_output_check:  # it may extend another template: it prints then in its blocks alone
            if self.has_known_extends:
                return
            self.writeline("if parent_template is None:")
            self.indent()
        for group in self._groups(node.nodes):
            if isinstance(group, bytes):
                self.writeline(f"close({frame.buffer}, {group!r})")
                continue
            self.writeline(f"{frame.buffer} += (")
            for item in group:
                if isinstance(item, bytes):
                    self.write(repr(item))
                else:
                    self.newline(item)  # so that an error is told at the line of its tag
                    self._print(item, frame)
                self.write(", ")
            self.write(")")
        if frame.require_output_check:
            self.outdent()

    def _print(self, node: nodes.Expr, frame: Frame) -> None:
        """A text of the data is looked up among those that were printed before, without a call."""
        self.write("(printed[v] if type(v := ")
        self.visit(node, frame)
        self.write(") is str else put(v))")

    def _groups(self, children: Iterable[nodes.Expr]) -> Iterator[list[bytes | nodes.Expr] | bytes]:
        """Constants as bytes and expressions, to be added at once; a fragile constant is given alone."""
        group: list[bytes | nodes.Expr] = []
        for fixed, run in groupby(children, lambda child: isinstance(child, nodes.TemplateData)):
            if not fixed:
                group += run
                continue
            texts = (child.data for child in run if isinstance(child, nodes.TemplateData))
            constant = mend("".join(texts).encode("utf-8"))
            if not is_fragile(constant):
                group.append(constant)
                continue
            if group:
                yield group
            yield constant
            group = []
        if group:
            yield group

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 -- Jinja's name
        """A field of the data is read in place; anything else goes through the sandbox."""
        self.write(f"(o[{node.attr!r}] if type(o := ")
        self.visit(node.node, frame)
        self.write(f") is dict and {node.attr!r} in o else environment.getattr(o, {node.attr!r}))")

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:  # noqa: N802 -- Jinja's name
        """What the included template makes is added as it is."""
        if node.ignore_missing:
            self.writeline("try:")
            self.indent()
        self.writeline("template = context.included(", node)
        self.visit(node.template, frame)
        self.write(")")
        if node.ignore_missing:
            self.outdent()
            self.writeline("except TemplateNotFound:")
            self.indent()
            self.writeline("pass")
            self.outdent()
            self.writeline("else:")
            self.indent()
        made = "template._get_default_module()._body_stream"
        if node.with_context:
            names = self.dump_local_context(frame)
            made = f"template.root_render_func(context.within(template, {names}))"
        self.writeline(f"{frame.buffer} += {made}")
        if node.ignore_missing:
            self.outdent()


_new = object.__new__


class DocxContext(Context):
    """Jinja's context, quick to extend: an act goes through some twenty includes.

    `loaded`: the templates met so far, see `values.Run`.
    """

    environment: DocxEnvironment
    loaded: Mapping[str, Template] = MappingProxyType({})

    def included(self, name: object) -> Template:
        """The template of an include: one name, or a list of them of which the first that exists is taken."""
        if type(name) is str:
            return self.loaded.get(name) or self.environment.get_template(name)
        return self.environment.get_or_select_template(name)  # type: ignore[arg-type]

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
        made.loaded = self.loaded
        made.parent = known
        made.vars = {}
        made.exported_vars = set()
        made.name = template.name
        blocks = template.blocks
        made.blocks = {name: [block] for name, block in blocks.items()} if blocks else {}
        return made
