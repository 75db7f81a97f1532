"""Templates handed back to their authors: a copy of each faulty one, the findings as Word comments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from generator.diagnostics import Diagnostic, Severity, Span
from generator.files import cause, ecrire
from generator.load import show_path
from generator.render import Engine, NotAnnotable, annotate


def annoter(
    engine: Engine, found: Iterable[Diagnostic], dossier: Path
) -> tuple[list[Path], list[Diagnostic]]:
    """Write into `dossier`, under the same names, the templates that have an error or a warning.

    Gives the files written and what went wrong. The templates themselves are never written over.
    """
    if dossier.resolve().is_relative_to(engine.templates.resolve()):
        return [], [_refus("c’est le dossier des modèles", dossier)]
    every = list(found)
    written: list[Path] = []
    wrong: list[Diagnostic] = []
    for name in _fautifs(engine, every):
        file = f"{engine.templates.name}/{name}"
        try:
            data = annotate((engine.templates / name).read_bytes(), [d for d in every if d.span.file == file])
            ecrire(dossier / name, data)
        except NotAnnotable as e:
            wrong.append(Diagnostic("TPL001", f"copie annotée impossible : {e}", Span(file), Severity.INFO))
        except OSError as e:
            wrong.append(_refus(cause(e), dossier / name))
        else:
            written.append(dossier / name)
    return written, wrong


def _fautifs(engine: Engine, found: Iterable[Diagnostic]) -> Iterator[str]:
    files = {d.span.file for d in found if d.severity is not Severity.INFO}
    return (name for name in engine.names() if f"{engine.templates.name}/{name}" in files)


def _refus(pourquoi: str, where: Path) -> Diagnostic:
    message = f"impossible d’écrire les copies annotées : {pourquoi}"
    return Diagnostic(
        "SOR001", message, Span(show_path(where)), help="choisir un autre dossier avec --annoter"
    )
