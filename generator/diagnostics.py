"""Errors are data: a `Diagnostic` says what is wrong, where, and how to mend it.

A diagnostic is never raised. Stages collect them; skins print them. The line format is the one
editors and terminals make clickable: ``file:line:column: erreur[CODE] message``.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How grave: an ``erreur`` blocks the documents that depend on the record, the others do not."""

    ERREUR = "erreur"
    AVERTISSEMENT = "avertissement"
    INFO = "info"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file. `line` and `column` count from 1; `end_column` is exclusive.

    `line` 0 means the file as a whole. `file` is the path as the user would type it.
    """

    file: str
    line: int = 0
    column: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Note:
    """A fact that explains a diagnostic, with the place where it stands when there is one."""

    text: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Acceptation:
    """Who accepted a warning, on which day and why; `span`: where the record says so."""

    par: str
    le: dt.date
    motif: str
    span: Span


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    `code`: three letters and three digits, documented by the rule that emits it.
    `message`: what is wrong, in French, without the remedy. `help`: the remedy.
    `blocks`: keys of the records that can no longer be trusted; a document that depends on one of
    them is not built when the severity is ``erreur``. Empty means the file of `span`.
    `acceptation`: set on an ``avertissement`` that a person has accepted in the record (see
    `checks.acceptations`); it is then no longer counted, and the reports list it apart.
    """

    code: str
    message: str
    span: Span
    severity: Severity = Severity.ERREUR
    notes: tuple[Note, ...] = ()
    help: str = ""
    blocks: frozenset[str] = field(default_factory=frozenset)
    acceptation: Acceptation | None = None

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERREUR

    @property
    def blocked(self) -> frozenset[str]:
        """Keys that this diagnostic makes unusable (none unless it is an error)."""
        if not self.is_error:
            return frozenset()
        return self.blocks or frozenset({self.span.file})


def sort_key(d: Diagnostic) -> tuple[Span, str, str]:
    """Order of the reports: by file, then place, then code."""
    return (d.span, d.code, d.message)


def distinct(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """`found` with each fault once: what several documents stumble on is told by the first."""
    seen: dict[tuple[str, str, Span], Diagnostic] = {}
    for d in found:
        seen.setdefault((d.code, d.message, d.span), d)
    return list(seen.values())


def _excerpt(span: Span, lines: Sequence[str], before: int = 1) -> list[str]:
    """The faulty line with `before` lines of context and a row of carets, as text lines."""
    if not span.line or span.line > len(lines):
        return []
    first = max(1, span.line - before)
    width = len(str(span.line))
    out = [f"  {n:>{width}} | {lines[n - 1]}".rstrip() for n in range(first, span.line + 1)]
    if span.column:
        length = max(1, span.end_column - span.column)
        length = min(length, max(1, len(lines[span.line - 1]) - span.column + 1))
        out.append(f"  {'':>{width}} | {' ' * (span.column - 1)}{'^' * length}")
    return out


def francais(text: str) -> str:
    """`text` with the non-breaking spaces that French puts before a sign and inside « »."""
    return re.sub("(?<=«) | (?=[»:;?!](?:\\s|$))", "\u00a0", text)


# Controls (escape sequences of a terminal among them), marks that turn the direction of the text, halves of
# characters, which no output can be written with.
_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def harmless(text: str) -> str:
    """`text` as a terminal may be sent it: what could disturb the reader is U+FFFD, one for one."""
    return _HARMFUL.sub("\ufffd", text)


def to_text(d: Diagnostic, lines: Sequence[str] = ()) -> str:
    """The diagnostic as the terminal shows it; `lines` is the faulty file, for the excerpt.

    An accepted warning is told in two lines: what it is, and who accepted it.
    """
    if a := d.acceptation:
        said = f"  accepté le {a.le:%d/%m/%Y} par {a.par} : {a.motif}"
        head = f"{d.span}: {d.severity} accepté[{d.code}] {francais(d.message)}"
        return harmless(f"{head}\n{francais(said)} ({a.span})")
    out = [f"{d.span}: {d.severity}[{d.code}] {francais(d.message)}", *_excerpt(d.span, lines)]
    for note in d.notes:
        where = f" ({note.span})" if note.span else ""
        out.append(francais(f"  note : {note.text}") + where)
    if d.help:
        out.append(francais(f"  aide : {d.help}"))
    return harmless("\n".join(out))


def to_json(diagnostics: Iterable[Diagnostic]) -> str:
    """The diagnostics as one JSON array, for other programs."""

    def place(s: Span) -> dict[str, object]:
        return {"fichier": s.file, "ligne": s.line, "colonne": s.column, "fin": s.end_column}

    def accepted(a: Acceptation | None) -> dict[str, object] | None:
        return {"par": a.par, "le": a.le.isoformat(), "motif": a.motif, **place(a.span)} if a else None

    rows = [
        {
            "code": d.code,
            "gravite": str(d.severity),
            "message": francais(d.message),
            **place(d.span),
            "notes": [{"texte": francais(n.text), **(place(n.span) if n.span else {})} for n in d.notes],
            "aide": francais(d.help),
            "acceptation": accepted(d.acceptation),
        }
        for d in diagnostics
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def proche(nom: str, connus: Iterable[str], seuil: float = 0.5) -> str:
    """The known name nearest to `nom`, the first when several are as near; empty when none is near.

    `seuil`: how alike they must be, from 0 (anything) to 1 (the same), as difflib counts it.
    """
    import difflib  # not to be waited for by a command that has nothing to suggest

    near = difflib.get_close_matches(nom, list(connus), n=1, cutoff=seuil)
    return near[0] if near else ""


def suggerer(nom: str, connus: Iterable[str], seuil: float = 0.5, montre: Callable[[str], str] = str) -> str:
    """The help « vouliez-vous écrire « X » ? » for the known name nearest to `nom`; empty when none is.

    `montre`: what to write for a known name, when it is not that name.
    """
    near = proche(nom, connus, seuil)
    return f"vouliez-vous écrire «\u00a0{montre(near)}\u00a0»\u00a0?" if near else ""


def summary(diagnostics: Iterable[Diagnostic]) -> str:
    """« 2 erreurs, 1 avertissement » or « aucune anomalie », then « (3 avertissements acceptés) »."""
    found = list(diagnostics)
    errors = sum(d.severity is Severity.ERREUR for d in found)
    warnings = [d for d in found if d.severity is Severity.AVERTISSEMENT]
    accepted = sum(d.acceptation is not None for d in warnings)
    parts = [
        f"{n} {word}{'s' if n > 1 else ''}"
        for n, word in ((errors, "erreur"), (len(warnings) - accepted, "avertissement"))
        if n
    ]
    s = "s" if accepted > 1 else ""
    tail = f" ({accepted} avertissement{s} accepté{s})" if accepted else ""
    return (", ".join(parts) or "aucune anomalie") + tail
