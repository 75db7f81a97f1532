"""PyYAML's syntax errors, said in French to someone who does not know YAML.

PyYAML words an error by what its grammar expected; the same words cover several slips. What the
user did is told from the line itself: a missing space after a colon, a colon inside a value, a
quote never closed, a wrong indentation. The wordings of libyaml and of the Python loader differ;
only the fragments that both share are looked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from generator.diagnostics import Diagnostic, Note, Span
from generator.source.text import quote

_GLUED = re.compile(r"(?P<before>[ -]*[^\s:\"'#\[{]+):(?P<after>[^ \t])")
_FORM = "écrire « champ: valeur », avec une espace ordinaire après le deux-points"
_QUOTES = 'mettre la valeur entre guillemets droits ("…")'
_NO_NAME = "le nom du champ manque avant le deux-points"
_INDENT = "aligner la ligne sur les champs du même niveau, avec des espaces"


@dataclass(frozen=True, slots=True)
class _Slip:
    """One syntax error: PyYAML's words and marks, and the lines to look at."""

    file: str
    problem: str
    context: str
    mark: Any
    context_mark: Any
    lines: Sequence[str]
    opened: Span | None

    def line(self, number: int) -> str:
        return self.lines[number] if number < len(self.lines) else ""

    @property
    def before(self) -> str:
        return self.line(self.mark.line)[: self.mark.column]

    @property
    def char(self) -> str:
        return self.line(self.mark.line)[self.mark.column : self.mark.column + 1]

    def place(self, line: int, column: int, length: int = 1) -> Span:
        """A place inside the text, counted from 0; the end of the file is shown on its last line."""
        if line >= len(self.lines) and self.lines:
            line = len(self.lines) - 1
            column = len(self.lines[line])
        return Span(self.file, line + 1, column + 1, column + 1 + length)

    def here(self, length: int = 1) -> Span:
        return self.place(self.mark.line, self.mark.column, length)

    def to_end(self, line: int, column: int) -> Span:
        return self.place(line, column, max(1, len(self.line(line).rstrip()) - column))

    def say(self, message: str, span: Span, help_: str, *notes: Note) -> Diagnostic:
        return Diagnostic("YML002", message, span, notes=notes, help=help_)


def explain(error: yaml.YAMLError, lines: Sequence[str], file: str, opened: Span | None) -> Diagnostic:
    """The diagnostic (YML002, or YML004 for a tag) of a syntax error.

    `opened` is the place of the innermost list or mapping still open when the reading stopped.
    """
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return _generic(file, Span(file, 1, 1, 2))
    slip = _Slip(
        file,
        getattr(error, "problem", None) or "",
        getattr(error, "context", None) or "",
        mark,
        getattr(error, "context_mark", None) or mark,
        lines,
        opened,
    )
    if slip.char == "\t":
        message = "une tabulation se trouve là où seules des espaces sont permises"
        return slip.say(message, slip.here(), "remplacer la tabulation par des espaces (deux par niveau)")
    for fragment, tell in _TELLERS:
        if fragment in f"{slip.context} / {slip.problem}":
            return tell(slip)
    return _generic(file, slip.here())


def _generic(file: str, span: Span) -> Diagnostic:
    advice = "relire cette ligne et celle qui précède : retrait, deux-points, guillemets, crochets"
    return Diagnostic("YML002", "cette ligne ne suit pas la syntaxe YAML", span, help=advice)


def _glued(slip: _Slip, number: int) -> Diagnostic | None:
    found = _GLUED.match(slip.line(number))
    if not found:
        return None
    span = slip.place(number, found.end("before"), 2)
    message = "il manque une espace après le deux-points"
    if found["after"].isspace():
        message = "l’espace qui suit le deux-points est insécable"
    return slip.say(message, span, _FORM)


def _not_a_field(slip: _Slip, number: int) -> Diagnostic:
    text = slip.line(number)
    span = slip.to_end(number, len(text) - len(text.lstrip()))
    message = f"la ligne {quote(text)} n’a pas la forme « champ: valeur »"
    advice = "ajouter le deux-points et la valeur, ou décaler la ligne si elle continue le texte précédent"
    return slip.say(message, span, advice)


def _colon(slip: _Slip) -> Diagnostic:
    """A `: ` where no field may begin: inside a value, or on a line that is badly placed."""
    number = slip.mark.line
    first = re.search(r":(?=\s)", slip.before)
    if first:
        column = first.end() + len(slip.before[first.end() :]) - len(slip.before[first.end() :].lstrip())
        message = "la valeur contient un deux-points suivi d’une espace, sans guillemets"
        return slip.say(message, slip.to_end(number, column), _QUOTES)
    above = number - 1
    while above >= 0 and (not slip.line(above).strip() or slip.line(above).lstrip().startswith("#")):
        above -= 1
    if above >= 0:
        glued = _glued(slip, above)
        if glued:
            return glued
        if ":" not in slip.line(above):
            return _not_a_field(slip, above)
    return _indent(slip)


def _indent(slip: _Slip) -> Diagnostic:
    line = slip.line(slip.mark.line)
    span = slip.to_end(slip.mark.line, len(line) - len(line.lstrip()))
    if line.lstrip(" -").startswith(":"):
        return slip.say(_NO_NAME, span, _FORM)
    return slip.say("le retrait de cette ligne ne correspond à aucun niveau", span, _INDENT)


def _missing_colon(slip: _Slip) -> Diagnostic:
    number = slip.context_mark.line
    return _glued(slip, number) or _not_a_field(slip, number)


def _block(slip: _Slip) -> Diagnostic:
    """Something else than a field, or than a dash, in a block."""
    before = slip.before.rstrip()
    if before.endswith(('"', "'")):
        advice = (
            'entourer le texte de guillemets droits ("…") s’il contient une apostrophe, '
            "et vérifier que chaque guillemet est refermé"
        )
        message = "du texte suit un guillemet fermant"
        return slip.say(message, slip.to_end(slip.mark.line, slip.mark.column), advice)
    if before.endswith(("]", "}")):
        message = "du texte suit un crochet ou une accolade fermante"
        return slip.say(message, slip.to_end(slip.mark.line, slip.mark.column), _QUOTES)
    return _indent(slip)


def _quotes(slip: _Slip) -> Diagnostic:
    span = slip.to_end(slip.context_mark.line, slip.context_mark.column)
    advice = "refermer le guillemet à la fin du texte"
    return slip.say("le guillemet ouvert ici n’est jamais refermé", span, advice)


def _bracket(slip: _Slip) -> Diagnostic:
    sign = slip.line(slip.context_mark.line)[slip.context_mark.column : slip.context_mark.column + 1]
    what = "l’accolade ouverte" if sign == "{" else "le crochet ouvert"
    advice = "refermer la liste, séparer ses éléments par des virgules, ou mettre le texte entre guillemets"
    note = Note(f"la lecture s’est arrêtée ligne {slip.here().line}", slip.here())
    span = slip.place(slip.context_mark.line, slip.context_mark.column)
    return slip.say(f"{what} ici n’est pas refermé{'e' if sign == '{' else ''}", span, advice, note)


def _node(slip: _Slip) -> Diagnostic:
    if slip.mark.line >= len(slip.lines) or not slip.line(slip.mark.line)[slip.mark.column :].strip():
        span = slip.opened or slip.here()
        advice = "refermer chaque crochet « [ » par « ] » et chaque accolade « { » par « } »"
        return slip.say("le crochet ou l’accolade ouvert ici n’est pas refermé", span, advice)
    return _start(slip)


def _start(slip: _Slip) -> Diagnostic:
    if slip.char == ":":
        return slip.say(_NO_NAME, slip.here(), _FORM)
    return slip.say(f"une valeur ne peut pas commencer par {quote(slip.char)}", slip.here(), _QUOTES)


def _sign(slip: _Slip) -> Diagnostic:
    sign = slip.line(slip.context_mark.line)[slip.context_mark.column : slip.context_mark.column + 1]
    span = slip.place(slip.context_mark.line, slip.context_mark.column)
    return slip.say(f"une valeur ne peut pas commencer par {quote(sign)}", span, _QUOTES)


def _tag(slip: _Slip) -> Diagnostic:
    span = slip.to_end(slip.context_mark.line, slip.context_mark.column)
    advice = "supprimer l’étiquette, ou mettre le texte entre guillemets"
    return Diagnostic("YML004", "étiquette « ! » refusée", span, help=advice)


def _escape(slip: _Slip) -> Diagnostic:
    # The two loaders mark different characters of the escape: go back to its backslash.
    column = slip.line(slip.mark.line).rfind("\\", 0, slip.mark.column + 1)
    column = max(column, 0)
    text = slip.line(slip.mark.line)[column : column + 2]
    advice = "doubler la barre oblique inverse (\\\\), ou entourer le texte d’apostrophes ('…')"
    span = slip.place(slip.mark.line, column, 2)
    return slip.say(f"la séquence {quote(text)} n’existe pas entre guillemets", span, advice)


def _dash(slip: _Slip) -> Diagnostic:
    message = f"une liste ou un champ ne peut pas commencer ici par {quote(slip.char)}"
    return slip.say(message, slip.here(), "aller à la ligne avant, ou mettre la valeur entre guillemets")


def _header(slip: _Slip) -> Diagnostic:
    message = "du texte suit le signe « | » ou « > » sur la même ligne"
    span = slip.to_end(slip.mark.line, slip.mark.column)
    return slip.say(message, span, "commencer le texte à la ligne suivante, en retrait")


def _directive(slip: _Slip) -> Diagnostic:
    span = slip.place(slip.context_mark.line, slip.context_mark.column)
    return slip.say("une ligne ne peut pas commencer par « % »", span, _QUOTES)


def _outside(slip: _Slip) -> Diagnostic:
    line = slip.line(slip.mark.line)
    if slip.before.strip() and re.search(r"[\"']\s*$", slip.before):
        return _not_a_field(slip, slip.mark.line)
    message = f"la ligne {quote(line)} se trouve hors des champs du fichier"
    return slip.say(message, slip.to_end(slip.mark.line, slip.mark.column), _INDENT)


# Order matters: the first fragment found in « context / problem » decides.
_TELLERS: tuple[tuple[str, Callable[[_Slip], Diagnostic]], ...] = (
    ("undefined tag handle", _tag),
    ("scanning a tag", _tag),
    ("parsing a tag", _tag),
    ("scanning an alias", _sign),
    ("scanning an anchor", _sign),
    ("directive", _directive),
    ("incompatible YAML", _directive),
    ("escape", _escape),
    ("hexdecimal", _escape),
    ("hexadecimal", _escape),
    ("found unexpected end of stream", _quotes),
    ("found unexpected document", _quotes),
    ("could not find expected ':'", _missing_colon),
    ("mapping values are not allowed", _colon),
    ("entries are not allowed", _dash),
    ("mapping keys are not allowed", _dash),
    ("cannot start any token", _start),
    ("scanning a block scalar", _header),
    ("flow sequence", _bracket),
    ("flow mapping", _bracket),
    ("node content", _node),
    ("block mapping", _block),
    ("block collection", _block),
    ("<document start>", _outside),
)
