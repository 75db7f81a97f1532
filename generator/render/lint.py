"""All that can be said of a template without data."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import nodes
from jinja2.exceptions import TemplateNotFound, TemplateSyntaxError

from generator.diagnostics import Diagnostic, Severity, sort_key

from . import report
from .closure import Closures, is_root
from .errors import Finding, RenderError
from .styles import compare


def lint_file(closures: Closures, name: str) -> list[Diagnostic]:
    """Every finding on one template, ordered by code and message; see Engine.lint_one."""
    loader, base = closures.loader, closures.base
    file = report.label(loader, name)
    try:
        read = loader.file(name)
    except TemplateNotFound:
        return [report.unknown_template(loader, name, None, name)]
    findings = list(read.findings)
    if not is_root(name, base):
        findings += read.as_include
    try:
        shared = loader.file(base)
    except TemplateNotFound:
        remedy = f"remettre le fichier {report.label(loader, base)}"
        findings.append(Finding("TPL001", "le fichier de base n’existe pas", help=remedy))
    else:
        if name != base:
            findings += compare(read.styles, shared.styles, report.label(loader, base))
    diagnostics = [f.diagnose(file) for f in findings]
    if not any(f.code in ("TPL001", "TPL002") and f.severity is Severity.ERREUR for f in findings):
        diagnostics += _check_code(closures, name)
    return sorted(diagnostics, key=sort_key)


def _unknown(closures: Closures, source: str, key: str) -> Iterator[TemplateSyntaxError]:
    """Filters and tests that do not exist; within `{% if %}`, Jinja waits for the run to say so."""
    environment = closures.environment
    for node in environment.parse(source, key).find_all((nodes.Filter, nodes.Test)):
        kind, known = (
            ("test", environment.tests) if isinstance(node, nodes.Test) else ("filter", environment.filters)
        )
        if node.name not in known:
            yield TemplateSyntaxError(f"No {kind} named {node.name!r}.", node.lineno)


def _check_code(closures: Closures, name: str) -> list[Diagnostic]:
    """Syntax, filters, included files and their styles."""
    loader = closures.loader
    read = loader.file(name)
    found: list[Diagnostic] = []
    for key, source in read.sources.items():
        try:
            closures.environment.compile(source.text, key)
        except TemplateSyntaxError as exc:
            found.append(report.syntax(loader, key, exc))
        else:
            found += [report.syntax(loader, key, exc) for exc in _unknown(closures, source.text, key)]
    if found:
        return found
    try:
        closures.check_cycles(name)
        names = closures.of(name)
    except RenderError as exc:
        # An error inside an included template is that template's own line in the report.
        return [exc.diagnostic] if exc.diagnostic.span.file == report.label(loader, name) else []
    if is_root(name, closures.base):
        host = report.label(loader, name)
        for other in names[1:]:
            guest = loader.file(other)
            missing = compare(guest.styles, read.styles, host)
            found += [f.diagnose(report.label(loader, other)) for f in missing]
    return found
