"""Jinja over a folder of .docx: the loader, the sandboxed environment, what a template may include."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from jinja2 import BaseLoader, Environment, Template, TemplateNotFound
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.loaders import split_template_path
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from generator.diagnostics import Severity

from .codegen import DocxCodeGenerator, DocxContext, encoded
from .errors import Finding, RenderError
from .mending import close
from .names import Names
from .styles import compare
from .template import TemplateFile, read_template
from .values import RUN, Absent, Printed, Run, block, entire, field_code, one_line, put

# Filters that would make markup of data, or depend on chance; `lipsum` is random too.
_UNWANTED_FILTERS: Final = ("safe", "tojson", "urlize", "xmlattr", "pprint", "random")
# Filters that change letters, or cut: on what is already XML they could leave half an entity.
_CUTTING_FILTERS: Final = (
    "capitalize", "center", "first", "indent", "last", "lower", "replace", "reverse", "striptags", "title",
    "truncate", "upper", "urlencode", "wordwrap",
)  # fmt: skip


# What says where a loop has come to; the sandbox, asked each time, would allow them.
_LOOP: Final = frozenset({"first", "last", "index", "index0", "revindex", "revindex0", "length"})
Stamp = tuple[int, ...]


class DropMarkers(Extension):
    """Remove the line feeds that only served to number the tags (see structure.py)."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        for token in stream:
            if token.type == "data":
                token = Token(token.lineno, token.type, token.value.replace("\n", ""))
            yield token


def _stamp(path: str) -> Stamp:
    """What changes when a file is saved again; empty when there is no file."""
    try:
        info = os.stat(path)  # noqa: PTH116 -- done for each template of each document: no Path is made
    except OSError:
        return ()
    return info.st_mtime_ns, info.st_ctime_ns, info.st_size, info.st_ino


@dataclass(slots=True)
class _Held:
    """What was looked at since `DocxLoader.held` began: the templates, and those compiled, by root."""

    files: dict[str, TemplateFile] = field(default_factory=dict)
    loaded: dict[str, dict[str, Template]] = field(default_factory=dict)


class DocxLoader(BaseLoader):
    """Serves the parts of the templates; a file is read again when it changed on disk.

    `base` names the template whose style identifiers the others take (see names.py).
    """

    def __init__(self, folder: Path, base: str = "") -> None:
        self.folder = folder
        self.base = base
        self._paths: dict[str, str] = {}
        self._files: dict[str, tuple[Stamp, Stamp, TemplateFile]] = {}  # stamps: the file's, the base's
        self._held: _Held | None = None

    def names(self) -> list[str]:
        """Every template of the folder, without the lock files of Word and LibreOffice."""
        paths = (p for p in self.folder.rglob("*.docx") if not p.name.startswith(("~$", ".")))
        return sorted(p.relative_to(self.folder).as_posix() for p in paths)

    def path(self, name: str) -> Path:
        """The file of a template. Raises TemplateNotFound for a name that leaves the folder."""
        if not name.endswith(".docx"):
            raise TemplateNotFound(name)
        return self.folder.joinpath(*split_template_path(name))

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Within the block, a template is looked at on disk once, when it is first asked for."""
        before = self._held
        self._held = _Held() if before is None else before
        try:
            yield
        finally:
            self._held = before

    def file(self, name: str, run: Run | None = None) -> TemplateFile:
        """The template as it is on disk now (or was, see `held`). Raises TemplateNotFound.

        Within a `run`, the base is looked at once.
        """
        if self._held is None:
            return self._look(name, run)
        found = self._held.files.get(name)
        if found is None:
            found = self._held.files[name] = self._look(name, run)
        return found

    def start(self, root: str, nominatif: bool) -> Run:
        """A document begins. Within `held`, what was admitted in another one of this root still is."""
        if self._held is None:
            return Run(root, nominatif)
        return Run(root, nominatif, loaded=self._held.loaded.setdefault(root, {}))

    def _look(self, name: str, run: Run | None) -> TemplateFile:
        path = self._paths.get(name)
        if path is None:
            path = self._paths[name] = str(self.path(name))
        stamp = _stamp(path)
        shared = run.base if run is not None else None
        if shared is None:
            shared = self._base_stamp(run)
        known = self._files.get(name)
        if known and known[0] == stamp and stamp and (known[1] == shared or name == self.base):
            return known[2]
        if not stamp:
            raise TemplateNotFound(name)
        try:
            read = read_template(name, Path(path).read_bytes(), self._names(name))
        except OSError as exc:
            known_fault = isinstance(exc, PermissionError)
            why = "les droits sur ce fichier manquent" if known_fault else "le fichier ne se lit pas"
            return TemplateFile(name, "", findings=(Finding("TPL001", f"modèle illisible : {why}"),))
        self._files[name] = (stamp, shared, read)
        return read

    def _base_stamp(self, run: Run | None) -> Stamp:
        found = _stamp(str(self.path(self.base))) if self.base else ()
        if run is not None:
            run.base = found
        return found

    def _names(self, name: str) -> Names:
        """The style names that a template is to follow."""
        try:
            return self.file(self.base).styles.names if name != self.base and self.base else {}
        except TemplateNotFound:
            return {}

    def known(self, name: str) -> TemplateFile | None:
        """The template as last read, for reports."""
        found = self._files.get(name)
        return found[2] if found else None

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        name = template.partition("#")[0]
        read = self.file(name)
        if template not in read.sources:
            raise TemplateNotFound(template)
        return read.sources[template].text, None, None


class DocxEnvironment(ImmutableSandboxedEnvironment):
    """Jinja for .docx: immutable sandbox, strict undefined values, escaping always on.

    The compiled code yields bytes (see codegen.py).
    """

    code_generator_class = DocxCodeGenerator
    context_class = DocxContext
    encoded = staticmethod(encoded)
    put = staticmethod(put)
    close = staticmethod(close)

    def __init__(self, loader: DocxLoader) -> None:
        super().__init__(
            loader=loader,
            autoescape=True,
            auto_reload=False,
            cache_size=-1,
            keep_trailing_newline=True,
            undefined=Absent,
            extensions=[DropMarkers],
        )
        self.docx = loader
        self.printed = Printed()
        self._compiled: dict[str, TemplateFile] = {}  # by name: what the compiled code was made from
        self._admitted: dict[tuple[str, str], tuple[TemplateFile, str]] = {}  # (name, root) → digest of it
        for name in _UNWANTED_FILTERS:
            del self.filters[name]
        del self.globals["lipsum"]
        self.filters.update({name: entire(self.filters[name]) for name in _CUTTING_FILTERS})
        self.filters.update(une_ligne=one_line, code_de_champ=field_code, bloc=block)

    def concat(self, pieces: Iterable[bytes]) -> str:  # type: ignore[override]
        """What a macro or a block printed, as text: Jinja hands it to expressions."""
        return b"".join(pieces).decode("utf-8")

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A field of the data first: `acte.items` is the key, not the method of dict."""
        if type(obj) is dict:
            try:
                return obj[attribute]
            except KeyError:
                pass
        elif type(obj) is LoopContext and attribute in _LOOP:
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:
        run = RUN.get(None)
        if run is None:
            return super()._load_template(name, globals)
        found = run.loaded.get(name)
        if found is None:
            self.admit(name, run)
            found = run.loaded[name] = super()._load_template(name, globals)
        return found

    def admit(self, name: str, run: Run) -> TemplateFile:
        """Once per document: the template as it is on disk now, when it may be used in this document.

        What was compiled from an older one is forgotten. Raises RenderError with its first error;
        TemplateNotFound.
        """
        read = self.docx.file(name.partition("#")[0], run)
        if read.name == run.root:
            run.digest = read.digest
        pair = (read.name, run.root)
        known = self._admitted.get(pair)
        if known and known[0] is read and known[1] == run.digest:
            return read
        if self._compiled.get(read.name) is not read:
            self._forget(read.name)
            self._compiled[read.name] = read
        label = self.docx.folder.name
        findings = [f for f in read.findings if f.severity is Severity.ERREUR]
        if read.name != run.root:
            findings += read.as_include
            root = self.docx.known(run.root)
            if root is not None:
                findings += compare(read.styles, root.styles, f"{label}/{run.root}")
        if findings:
            raise RenderError(findings[0].diagnose(f"{label}/{read.name}"))
        self._admitted[pair] = read, run.digest
        return read

    def _forget(self, name: str) -> None:
        """Drop the compiled parts of a template."""
        if self.cache is not None:
            for key in [k for k in self.cache if k[1].partition("#")[0] == name]:
                del self.cache[key]
