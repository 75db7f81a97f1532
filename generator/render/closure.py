"""What a template may include: statically, recursively, conservatively."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2.exceptions import TemplateNotFound, TemplateSyntaxError

from . import report
from .errors import Finding, RenderError, quote
from .loader import DocxEnvironment, references
from .places import Tag

ROOTS = "documents/"


@dataclass(frozen=True, slots=True)
class Reference:
    """`target` is a template's name, or the beginning of one when not `whole`; `tag` holds it."""

    target: str
    whole: bool
    optional: bool
    tag: Tag | None
    key: str


def is_root(name: str, base: str) -> bool:
    """Root templates make documents; the others are made to be included."""
    return name == base or name.startswith(ROOTS)


def direct(environment: DocxEnvironment, name: str) -> Iterator[Reference]:
    """What one template includes, extends or imports. Raises RenderError (TPL002, TPL004)."""
    loader = environment.docx
    try:
        read, _ = loader.file(name)
    except TemplateNotFound:
        raise RenderError(report.unknown_template(loader, name, None, name)) from None
    for key, source in read.sources.items():
        try:
            tree = environment.parse(source.text, key)
        except TemplateSyntaxError as exc:
            raise RenderError(report.syntax(loader, key, exc)) from None
        for node, target, whole in references(tree):
            optional = bool(getattr(node, "ignore_missing", False))
            yield Reference(target, whole, optional, source.tag_at(node.lineno), key)


def closure(environment: DocxEnvironment, name: str, base: str) -> tuple[str, ...]:
    """See Engine.closure."""
    loader = environment.docx
    everything = loader.names()
    reached = {name}
    waiting = [name]
    while waiting:
        for reference in direct(environment, waiting.pop()):
            target = reference.target
            if not reference.whole:
                found = {n for n in everything if n.startswith(target) and (target or not is_root(n, base))}
            elif target in everything:
                found = {target}
            elif reference.optional:
                found = set()
            else:
                raise RenderError(report.unknown_template(loader, target, reference.tag, reference.key))
            waiting += sorted(found - reached)
            reached |= found
    return (name, *sorted(reached - {name}))


def check_cycles(environment: DocxEnvironment, name: str) -> None:
    """Raise RenderError (TPL004) when a template reached from `name` includes itself by constant names."""
    _visit(environment, name, ())


def _visit(environment: DocxEnvironment, name: str, above: tuple[str, ...]) -> None:
    loader = environment.docx
    trail = (*above, name)
    for reference in direct(environment, name):
        if not reference.whole or not loader.path(reference.target).is_file():
            continue  # a missing template is reported when it is needed
        if reference.target in trail:
            loop = " → ".join((*trail[trail.index(reference.target) :], reference.target))
            place = reference.tag.place if reference.tag else None
            message = f"le modèle {quote(reference.target)} s’inclut lui-même"
            finding = Finding("TPL004", message, place, notes=(loop,))
            raise RenderError(finding.diagnose(report.label(loader, reference.key)))
        _visit(environment, reference.target, trail)
