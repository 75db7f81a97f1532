"""From an exception inside a template to a diagnostic at its paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from jinja2 import Template, TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError

from generator.diagnostics import Diagnostic, Note

from .errors import Finding, RenderError, nearest, quote, syntax_message
from .loader import DocxLoader
from .places import Tag
from .values import NOT_TEXT, NOT_TEXT_HELP, MissingName, Refused

_LOCAL = re.compile(r"l_\d+_(\w+)")  # Jinja's name for a loop variable in compiled code
_PREFIX = re.compile(r"^(?:p|tr)\s")
Frame = tuple[str, int, Mapping[str, Any]]  # (Jinja's name of the part, line, Python locals)


def tag_at(loader: DocxLoader, key: str, line: int) -> Tag | None:
    """The tag on a line of a part's source."""
    read = loader.known(key.partition("#")[0])
    source = read.sources.get(key) if read else None
    return source.tag_at(line) if source else None


def label(loader: DocxLoader, key: str) -> str:
    """The file of a part as the user would type it: `templates/clauses/parties.docx`."""
    return f"{loader.folder.name}/{key.partition('#')[0]}"


def syntax(loader: DocxLoader, key: str, exc: TemplateSyntaxError) -> Diagnostic:
    """TPL002 at the tag that Jinja could not read."""
    tag = tag_at(loader, key, exc.lineno)
    message = syntax_message(exc.message or "")
    if tag:
        message = f"{message} : {quote(tag.text)}"
    return Finding("TPL002", message, tag.place if tag else None).diagnose(label(loader, key))


def unknown_template(loader: DocxLoader, name: str, tag: Tag | None, key: str) -> Diagnostic:
    """TPL004 at the tag that names a template which does not exist."""
    message = f"le modèle {quote(name)} n’existe pas" if name else "cette balise ne désigne aucun modèle"
    finding = Finding("TPL004", message, tag.place if tag else None, nearest(name, loader.names()))
    return finding.diagnose(label(loader, key))


def locate(
    exc: BaseException, loader: DocxLoader, root: str, context: Mapping[str, Any]
) -> Diagnostic | None:
    """The diagnostic of an exception raised while a template ran; None when no template is at fault."""
    frames = list(_frames(exc))
    if isinstance(exc, RenderError):
        return _add(exc.diagnostic, _chain(loader, frames))
    if isinstance(exc, TemplateSyntaxError):
        return _add(syntax(loader, exc.name or root, exc), _chain(loader, frames))
    if isinstance(exc, TemplateNotFound) and not frames:
        return unknown_template(loader, root, None, root)
    if not frames:
        return None
    key, line, variables = frames[-1]
    tag = tag_at(loader, key, line)
    chain = _chain(loader, frames[:-1], key)
    if isinstance(exc, TemplateNotFound):
        return _add(unknown_template(loader, str(exc.name or ""), tag, key), chain)
    names = set(context) | {m[1] for m in map(_LOCAL.match, variables) if m}
    names.discard(getattr(exc, "missing_name", ""))  # Jinja gives it a local too
    finding = _explain(exc, tag, names)
    return finding.diagnose(label(loader, key), *chain)


def _frames(exc: BaseException) -> Iterator[Frame]:
    """The template frames of a traceback, outermost first."""
    step = exc.__traceback__
    while step is not None:
        template = step.tb_frame.f_globals.get("__jinja_template__")
        if isinstance(template, Template):
            line = template.get_corresponding_lineno(step.tb_lineno)
            yield template.name or "", line, step.tb_frame.f_locals
        step = step.tb_next


def _chain(loader: DocxLoader, frames: list[Frame], inner: str = "") -> list[Note]:
    """Which templates led there, innermost first, each once."""
    seen = {inner}
    steps = []
    for key, line, _ in reversed(frames):
        if key not in seen:
            seen.add(key)
            steps.append((key, tag_at(loader, key, line)))
    return chain(loader, steps)


def _add(diagnostic: Diagnostic, notes: list[Note]) -> Diagnostic:
    return replace(diagnostic, notes=(*diagnostic.notes, *notes))


def expression(tag: Tag | None) -> str:
    """What a tag says, without its braces, between quotes."""
    return quote(_PREFIX.sub("", tag.text[2:-2]).strip()) if tag else "cette balise"


def unknown_name(name: str, tag: Tag | None, known: Iterable[str], *, top: bool) -> Finding:
    """TPL003: a variable (`top`), or a field of one, that the context does not have.

    `known`: the names that stand there.
    """
    message = f"la variable {quote(name)} n’existe pas"
    if not top:
        message = f"le champ {quote(name)} n’existe pas ({expression(tag)})"
    return Finding("TPL003", message, tag.place if tag else None, nearest(name, known))


def not_text(tag: Tag | None, kind: str) -> Finding:
    """TPL010: a tag prints a value of Python's type `kind` that is not text."""
    message = f"la valeur de {expression(tag)} {NOT_TEXT.format(kind)}"
    return Finding("TPL010", message, tag.place if tag else None, NOT_TEXT_HELP)


def chain(loader: DocxLoader, via: Iterable[tuple[str, Tag | None]]) -> list[Note]:
    """Which templates led there, innermost first, as (part, its tag)."""
    notes = []
    for key, tag in via:
        where = f", {tag.place}" if tag else ""
        notes.append(Note(f"inclus par {label(loader, key)}{where}"))
    return notes


def _explain(exc: BaseException, tag: Tag | None, names: set[str]) -> Finding:
    shown = expression(tag)
    place = tag.place if tag else None
    if isinstance(exc, Refused):
        return Finding(exc.code, f"la valeur de {shown} {exc.what}", place, exc.help)
    if isinstance(exc, MissingName):
        known = [str(k) for k in exc.owner] if isinstance(exc.owner, dict) else []
        return unknown_name(exc.missing_name, tag, names if exc.at_top else known, top=exc.at_top)
    if isinstance(exc, SecurityError):
        return Finding("TPL007", f"opération interdite dans un modèle : {shown}", place)
    if isinstance(exc, UndefinedError):
        return Finding("TPL003", f"l’expression {shown} ne désigne rien", place)
    if isinstance(exc, RecursionError):
        return Finding("TPL004", "le modèle s’inclut lui-même sans fin", place)
    return Finding("TPL002", f"l’expression {shown} ne peut pas être calculée", place)
