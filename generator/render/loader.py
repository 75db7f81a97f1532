"""Jinja over a folder of .docx: the loader, the sandboxed environment, what a template may include."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, MutableMapping
from pathlib import Path
from types import CodeType
from typing import Any, Final

from jinja2 import BaseLoader, Environment, Template, TemplateNotFound
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.loaders import split_template_path
from jinja2.sandbox import ImmutableSandboxedEnvironment

from generator.diagnostics import Severity

from .errors import Finding, RenderError
from .names import Names
from .styles import compare
from .template import TemplateFile, read_template
from .values import RUN, Absent, Run, block, field_code, finalize, one_line

# Filters that would make markup of data, or depend on chance; `lipsum` is random too.
_UNWANTED_FILTERS: Final = ("safe", "tojson", "urlize", "xmlattr", "pprint", "random")


class DropMarkers(Extension):
    """Remove the line feeds that only served to number the tags (see structure.py)."""

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        for token in stream:
            if token.type == "data":
                token = Token(token.lineno, token.type, token.value.replace("\n", ""))
            yield token


def _stamp(path: Path) -> tuple[int, ...]:
    """What changes when a file is saved again. Raises OSError."""
    info = path.stat()
    return info.st_mtime_ns, info.st_ctime_ns, info.st_size, info.st_ino


class DocxLoader(BaseLoader):
    """Serves the parts of the templates; a file is read again when it changed on disk.

    `base` names the template whose style identifiers the others take (see names.py).
    """

    def __init__(self, folder: Path, base: str = "") -> None:
        self.folder = folder
        self.base = base
        self.encoded: dict[str, bytes] = {}  # constants of the compiled templates → UTF-8
        self._files: dict[str, tuple[tuple[int, ...], TemplateFile]] = {}

    def names(self) -> list[str]:
        """Every template of the folder, without the lock files of Word and LibreOffice."""
        paths = (p for p in self.folder.rglob("*.docx") if not p.name.startswith(("~$", ".")))
        return sorted(p.relative_to(self.folder).as_posix() for p in paths)

    def path(self, name: str) -> Path:
        """The file of a template. Raises TemplateNotFound for a name that leaves the folder."""
        if not name.endswith(".docx"):
            raise TemplateNotFound(name)
        return self.folder.joinpath(*split_template_path(name))

    def file(self, name: str) -> tuple[TemplateFile, bool]:
        """(the template as it is on disk now, whether it was read just now). Raises TemplateNotFound."""
        path = self.path(name)
        try:
            stamp = _stamp(path)
            if name != self.base and self.base:
                with contextlib.suppress(OSError):
                    stamp += _stamp(self.path(self.base))
            known = self._files.get(name)
            if known and known[0] == stamp:
                return known[1], False
        except OSError as exc:
            raise TemplateNotFound(name) from exc
        try:
            read = read_template(name, path.read_bytes(), self._names(name))
        except OSError as exc:
            known_fault = isinstance(exc, PermissionError)
            why = "les droits sur ce fichier manquent" if known_fault else "le fichier ne se lit pas"
            return TemplateFile(name, "", findings=(Finding("TPL001", f"modèle illisible : {why}"),)), True
        self._files[name] = (stamp, read)
        return read, True

    def _names(self, name: str) -> Names:
        """The style names that a template is to follow."""
        try:
            return self.file(self.base)[0].styles.names if name != self.base and self.base else {}
        except TemplateNotFound:
            return {}

    def known(self, name: str) -> TemplateFile | None:
        """The template as last read, for reports."""
        found = self._files.get(name)
        return found[1] if found else None

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        name = template.partition("#")[0]
        read, _ = self.file(name)
        if template not in read.sources:
            raise TemplateNotFound(template)
        return read.sources[template].text, None, None

    def load(
        self, environment: Environment, name: str, globals: MutableMapping[str, Any] | None = None
    ) -> Template:
        template = super().load(environment, name, globals)
        self._encode(template.root_render_func.__code__)
        for function in template.blocks.values():
            self._encode(function.__code__)
        return template

    def _encode(self, code: CodeType) -> None:
        """Constants of compiled code are most of a document: they are encoded once."""
        for constant in code.co_consts:
            if isinstance(constant, str):
                self.encoded[constant] = constant.encode("utf-8", "surrogatepass")
            elif isinstance(constant, CodeType):
                self._encode(constant)


class DocxEnvironment(ImmutableSandboxedEnvironment):
    """Jinja for .docx: immutable sandbox, strict undefined values, escaping always on."""

    def __init__(self, loader: DocxLoader) -> None:
        super().__init__(
            loader=loader,
            autoescape=True,
            auto_reload=False,
            cache_size=-1,
            keep_trailing_newline=True,
            undefined=Absent,
            finalize=finalize,
            extensions=[DropMarkers],
        )
        self.docx = loader
        self._admitted: set[tuple[str, str]] = set()  # (digest, digest of the root) already accepted
        for name in _UNWANTED_FILTERS:
            del self.filters[name]
        del self.globals["lipsum"]
        self.filters.update(une_ligne=one_line, code_de_champ=field_code, bloc=block)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A field of the data first: `acte.items` is the key, not the method of dict."""
        if type(obj) is dict:
            try:
                return obj[attribute]
            except KeyError:
                pass
        return super().getattr(obj, attribute)

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:
        run = RUN.get(None)
        if run is not None and name not in run.loaded:
            run.loaded.add(name)
            self.admit(name, run)
        return super()._load_template(name, globals)

    def admit(self, name: str, run: Run) -> None:
        """Once per document: is the template still the one compiled, and may it be used here?

        Raises RenderError with its first error; TemplateNotFound.
        """
        if "#" in name:
            return
        read, fresh = self.docx.file(name)
        if fresh:
            self.forget(name)
        run.fragile = run.fragile or read.fragile
        root = self.docx.known(run.root)
        pair = (read.digest, root.digest if root else "")
        if pair in self._admitted:
            return
        label = self.docx.folder.name
        findings = [f for f in read.findings if f.severity is Severity.ERREUR]
        if name != run.root:
            findings += read.as_include
            if root is not None:
                findings += compare(read.styles, root.styles, f"{label}/{run.root}")
        if findings:
            raise RenderError(findings[0].diagnose(f"{label}/{name}"))
        self._admitted.add(pair)

    def forget(self, name: str) -> None:
        """Drop the compiled parts of a template."""
        if self.cache is not None:
            for key in [k for k in self.cache if k[1].partition("#")[0] == name]:
                del self.cache[key]
