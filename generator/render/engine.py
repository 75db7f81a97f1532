"""The engine: a template and a plain context in, the bytes of a .docx out."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from jinja2 import Template
from jinja2.exceptions import TemplateError

from generator.diagnostics import Diagnostic

from . import package, report
from .closure import Closures
from .codegen import DocxContext
from .contract import NamesAt, Read, Via, reads
from .errors import Finding, RenderError
from .lint import lint_file
from .loader import DocxEnvironment, DocxLoader
from .properties import core_xml, locate_core
from .values import RUN, Refused, Run, check_text

ENGINE_VERSION: Final = 3  # raise it when the same template and context give other bytes

# What an expression of a template can raise. Anything else is a fault of ours and must be seen.
_TEMPLATE_FAULTS = (
    TemplateError, RenderError, RecursionError,
    TypeError, ValueError, ArithmeticError, LookupError, AttributeError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Part:
    member: str
    head: bytes
    template: Template
    tail: bytes


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A root template ready to run: the members that never change, and the parts that do."""

    digest: str
    frozen: package.Frozen
    core: str
    parts: tuple[_Part, ...]


class Engine:
    """Renders the templates of a folder. `base` is the file whose styles all templates share.

    A template that changes on disk is picked up at the next document. Safe to pickle: another
    process gets its own engine over the same folder.
    """

    def __init__(
        self, templates: Path, base: str = "base.docx", author: str = "Département du Pas-de-Calais"
    ) -> None:
        self.templates = templates
        self.base = base
        self.author = author
        self._loader = DocxLoader(templates, base)
        self._environment = DocxEnvironment(self._loader)
        self._closures = Closures(self._environment, base)
        self._compiled: dict[str, _Compiled] = {}

    def __reduce__(self) -> tuple[Callable[..., Engine], tuple[Path, str, str]]:
        return shared_engine, (self.templates, self.base, self.author)

    def lint(self) -> list[Diagnostic]:
        """Every finding on every .docx of the folder, in the order of their names."""
        return [d for name in self._loader.names() for d in self.lint_one(name)]

    def lint_one(self, name: str) -> list[Diagnostic]:
        """Every finding on one template: its package, tags, syntax, includes, styles and numbering."""
        return lint_file(self._closures, name)

    def closure(self, name: str, context: Mapping[str, Any] | None = None) -> tuple[str, ...]:
        """The template and every template it may include, sorted, itself first.

        An include whose name is computed counts every template that its constant beginning allows
        (`'clauses/' ~ x`), or, without one, every template outside `documents/` except the base. With
        a `context`, an include that names a field of it (`article.clause`) counts only the templates
        that the context names. Raises RenderError when a template that is named does not exist.
        """
        return self._closures.of(name, context)

    def names(self) -> tuple[str, ...]:
        """Every template of the folder, in order."""
        return tuple(self._loader.names())

    def reads(self, name: str, names_at: NamesAt) -> tuple[Read, ...]:
        """Every path of the context that a template and what it includes may read, in every branch.

        `names_at` gives the templates that the contexts name at a path (`article.clause`).
        """
        return reads(self._closures, name, names_at)

    def locate(self, key: str, finding: Finding, via: Via = ()) -> Diagnostic:
        """The diagnostic of a finding on a part (Jinja's name of it), reached through `via`."""
        return finding.diagnose(report.label(self._loader, key), *report.chain(self._loader, via))

    def fingerprint(
        self,
        name: str,
        context: Mapping[str, Any],
        *,
        titre: str = "",
        jour: datetime.date | None = None,
        nominatif: bool = False,
    ) -> str:
        """SHA-256 of everything the bytes of the document depend on. Raises RenderError."""
        digests = [(n, self._loader.file(n).digest) for n in self.closure(name, context)]
        engine = [ENGINE_VERSION, package.DEFLATER, self.author, version("docxtpl"), version("jinja2")]
        day = jour.isoformat() if jour else None
        whole = [engine, digests, context, titre, day, nominatif]
        # ASCII output: a lone surrogate is refused at rendering, not here.
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode("ascii")).hexdigest()

    def figer(self) -> AbstractContextManager[None]:
        """For the duration of a batch: a template is looked at on disk once, when it first serves.

        Outside, it is looked at for each document. Whoever keeps what a batch made compares the
        templates before and after it.
        """
        return self._loader.held()

    def render(
        self, name: str, context: Mapping[str, Any], *, titre: str, jour: datetime.date, nominatif: bool
    ) -> bytes:
        """The document as .docx bytes; the same arguments and templates give the same bytes.

        `context`: plain str, int, bool, None, list and dict. `titre` and `jour` go to the document's
        properties. `nominatif`: refuse values that still hold a blank (XXXX) or an unrendered tag.
        Raises RenderError, which carries the located diagnostic.
        """
        run = self._loader.start(name, nominatif)
        token = RUN.set(run)
        try:
            self._check_title(name, titre)
            compiled = self._compile(name, run)
            whole = DocxContext(self._environment, {**self._environment.globals, **context}, name, {})
            whole.loaded = run.loaded
            parts = [(part.member, self._run(part, whole)) for part in compiled.parts]
        except _TEMPLATE_FAULTS as exc:
            diagnostic = report.locate(exc, self._loader, name, context)
            if diagnostic is None:
                raise
            raise RenderError(diagnostic) from None
        finally:
            RUN.reset(token)
        parts.append((compiled.core, core_xml(titre, self.author, jour)))
        return package.pack(compiled.frozen, parts)

    def _check_title(self, name: str, titre: str) -> None:
        try:
            check_text(titre)
        except Refused as exc:
            finding = Finding(exc.code, f"le titre du document {exc.what}", help=exc.help)
            raise RenderError(finding.diagnose(f"{self.templates.name}/{name}")) from None

    def _compile(self, name: str, run: Run) -> _Compiled:
        """The compiled root, made again when its file changed."""
        read = self._environment.admit(name, run)
        known = self._compiled.get(name)
        if known and known.digest == read.digest:
            return known
        self._closures.check_cycles(name)
        contents = {m.name: m for m in read.members}
        core, replaced = locate_core(contents)
        rendered = {part.member for part in read.parts} | {core}
        kept = [replaced.get(m.name, m) for m in read.members if m.name not in rendered]
        blank = DocxContext(self._environment, {}, name, {})
        parts = []
        for part in read.parts:
            head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + part.head
            template = self._environment.get_template(read.key(part))
            made = _Part(part.member, head.encode(), template, part.tail.encode())
            if part.tags:
                parts.append(made)
            else:  # a letterhead, a running foot: the same in every document
                kept.append(package.member(part.member, self._run(made, blank)))
        compiled = _Compiled(read.digest, package.freeze(kept), core, tuple(parts))
        self._compiled[name] = compiled
        return compiled

    def _run(self, part: _Part, context: DocxContext) -> bytes:
        inside = context.within(part.template, {})
        pieces: Iterable[Any] = part.template.root_render_func(inside)  # bytes: see codegen.py
        body = b"".join(pieces)
        if not body and part.member != "word/document.xml":
            body = b"<w:p/>"  # a header or a footer may not be empty
        return part.head + body + part.tail


@lru_cache(maxsize=4)
def shared_engine(templates: Path, base: str, author: str) -> Engine:
    """The engine that a worker process uses for all its jobs: templates are compiled once in each."""
    return Engine(templates, base, author)
