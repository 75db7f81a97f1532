"""Template errors as located French diagnostics."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from generator.diagnostics import Diagnostic, Note, Severity, Span, proche
from generator.typography import NBSP

from .places import Place


def quote(text: object) -> str:
    """« text », with non-breaking spaces."""
    return f"«{NBSP}{text}{NBSP}»"


def spaced(text: str) -> str:
    """French spacing of a message: the spaces before « : ; ? ! » and inside quotes do not break."""
    return re.sub(" (?=[:;?!»])|(?<=«) ", NBSP, text)


class RenderError(Exception):
    """A document could not be rendered. Carries one Diagnostic; survives pickling."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic)
        self.diagnostic = diagnostic

    def __str__(self) -> str:
        return f"{self.diagnostic.code} {self.diagnostic.message}"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in one template, before it is tied to its file."""

    code: str
    message: str
    place: Place | None = None
    help: str = ""
    severity: Severity = Severity.ERREUR
    notes: tuple[str, ...] = ()

    def diagnose(self, file: str, *more: Note) -> Diagnostic:
        """The diagnostic of this finding in `file` (the path as the user would type it)."""
        notes: tuple[Note, ...] = (Note(str(self.place)),) if self.place else ()
        notes += tuple(Note(spaced(text)) for text in self.notes)
        message, help = spaced(self.message), spaced(self.help)
        return Diagnostic(self.code, message, Span(file), self.severity, notes + more, help)


def nearest(name: str, known: Iterable[str]) -> str:
    """« le nom le plus proche est « x » » when one is close enough, else an empty string."""
    close = proche(name, sorted(set(known)), 0.6)
    return f"le nom connu le plus proche est {quote(close)}" if close else ""


# Jinja's own wording, and ours. Anything else is shown under a general sentence.
_SYNTAX: tuple[tuple[str, str], ...] = (
    (r"Encountered unknown tag '(.*?)'", "instruction inconnue : {0}"),
    (r"No filter named '(.*?)'", "filtre inconnu : {0}"),
    (r"No test named '(.*?)'", "test inconnu : {0}"),
    (r"expected token '(.*?)', got '(.*?)'", "{1} se trouve là où {0} était attendu"),
    (r"unexpected '(.*?)'", "signe inattendu : {0}"),
    (r"unexpected char '?(.*?)'? at", "signe inattendu : {0}"),
    (r"block '(.*?)' defined twice", "le bloc {0} est défini deux fois"),
    (r"Missing end of (?:comment|raw)", "commentaire ou bloc brut jamais fermé"),
    (r"Unexpected end of template", "une instruction n’est jamais fermée"),
)
_TOKENS = {
    "end of print statement": "la fin de la balise (}})",
    "end of statement block": "la fin de la balise (%})",
    "end of template": "la fin du document",
    "name": "un nom",
    "in": "le mot in",
}


def syntax_message(english: str) -> str:
    """Jinja's syntax error in French."""
    for pattern, french in _SYNTAX:
        found = re.search(pattern, english, re.DOTALL)
        if found:
            words = [_TOKENS.get(g, quote(g)) for g in found.groups()]
            return f"la balise ne se comprend pas ({french.format(*words)})"
    return "la balise ne se comprend pas"
