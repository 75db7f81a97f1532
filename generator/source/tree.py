"""Events of PyYAML → plain values and their places, with an explicit stack and no recursion."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, TypeAlias

import yaml

from generator.diagnostics import Diagnostic, Note, Severity, Span
from generator.source.text import EOL, clean, escapes, forbidden, quote

Path_: TypeAlias = tuple[str | int, ...]
Value: TypeAlias = str | list["Value"] | dict[str, "Value"] | None

MAX_DEPTH = 40
MAX_NODES = 200_000
MAX_REPORTED = 100
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(slots=True)
class _Frame:
    """A mapping or a list being filled. `live` is False inside what is read only to be checked."""

    items: dict[str, Value] | list[Value]
    path: Path_
    live: bool
    opened: Span
    has_key: bool = False  # a key was read, its value comes next
    keep: bool = True  # that value will be kept
    key: str = ""
    key_span: Span | None = None


@dataclass(slots=True)
class Builder:
    """State of one reading: the open mappings and lists, and what was found so far."""

    file: str
    text: str
    lines: tuple[str, ...]
    found: list[Diagnostic] = field(default_factory=list)
    stack: list[_Frame] = field(default_factory=list)
    spans: dict[Path_, Span] = field(default_factory=dict)
    key_spans: dict[Path_, Span] = field(default_factory=dict)
    root: dict[str, Value] | None = None
    wrong_root: Diagnostic | None = None
    documents: int = 0
    nodes: int = 0
    fatal: bool = False

    def at(self, mark: Any, length: int = 1) -> Span:
        return Span(self.file, mark.line + 1, mark.column + 1, mark.column + 1 + length)

    def between(self, start: Any, end: Any) -> Span:
        """From `start` to `end`, or to the end of the first line; at least one character."""
        last = end.column
        if end.line > start.line:
            last = len(self.lines[start.line].rstrip()) if start.line < len(self.lines) else 0
        return self.at(start, max(1, last - start.column))

    def report(self, code: str, message: str, span: Span, help_: str, *notes: Note) -> None:
        self.found.append(Diagnostic(code, message, span, notes=notes, help=help_))

    def stop(self, code: str, message: str, span: Span, help_: str) -> None:
        self.report(code, message, span, help_)
        self.fatal = True

    def feed(self, event: Any) -> bool:
        """Take one event; False when there is nothing more to read."""
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                advice = "un fichier par document : supprimer la ligne « --- » et ce qui la suit"
                message = "le fichier contient plusieurs documents YAML"
                self.report("YML007", message, self.at(event.start_mark, 3), advice)
                return False
        elif isinstance(event, yaml.NodeEvent):
            self.node(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()
        return not self.fatal

    def node(self, event: Any) -> None:
        self.nodes += 1
        here = self.between(event.start_mark, event.end_mark)
        if self.nodes > MAX_NODES:
            message = f"plus de {MAX_NODES // 1000} 000 valeurs dans un seul fichier"
            self.stop("YML005", message, here, "répartir les données entre plusieurs fichiers")
            return
        self.refuse_properties(event)
        parent = self.stack[-1] if self.stack else None
        if parent is not None and isinstance(parent.items, dict) and not parent.has_key:
            self.key(parent, event, here)
        else:
            self.value(parent, event, here)

    def refuse_properties(self, event: Any) -> None:
        """YML004: whatever makes a value differ from the text that one reads."""
        if isinstance(event, yaml.AliasEvent):
            advice = "recopier la valeur voulue, ou mettre le texte entre guillemets"
            span = self.between(event.start_mark, event.end_mark)
            self.report("YML004", f"alias {quote(f'*{event.anchor}')} refusé", span, advice)
            return
        tag = getattr(event, "tag", None)
        if not tag and not event.anchor:
            return
        raw = self.text[event.start_mark.index : event.end_mark.index]
        for sign, name in (("!", "étiquette" if tag else ""), ("&", "ancre" if event.anchor else "")):
            token = re.search(rf"(?:^|(?<=\s)){sign}[^\s,\[\]{{}}]*", raw)
            if name and token:
                mark = event.start_mark
                span = self.at(mark, len(token[0]))
                if not EOL.search(raw[: token.start()]):
                    column = span.column + token.start()
                    span = replace(span, column=column, end_column=column + len(token[0]))
                advice = f"supprimer {quote(token[0])}, ou mettre le texte entre guillemets"
                self.report("YML004", f"{name} {quote(token[0])} refusée", span, advice)

    def key(self, parent: _Frame, event: Any, here: Span) -> None:
        parent.has_key, parent.keep, parent.key, parent.key_span = True, False, "", here
        if not isinstance(event, yaml.ScalarEvent):
            if not isinstance(event, yaml.AliasEvent):
                message = "le nom d’un champ doit être un texte simple, pas une liste ni un groupe de champs"
                self.report("YML002", message, here, "mettre le texte entre guillemets, ou revoir ce champ")
                self.open(event, parent.path, False)
            return
        self.check_characters(event)
        key, plain = clean(event.value).replace("\r", "\ufffd"), not event.style
        if plain and key == "<<":
            advice = "recopier les champs voulus à la place de « << »"
            self.report("YML004", "fusion « << » refusée", here, advice)
        elif plain and not key:
            message = "le nom du champ manque avant le deux-points"
            self.report("YML002", message, here, "donner un nom au champ")
        else:
            if plain and key != key.strip():
                # YAML trims plain spaces only: what is left is a non-breaking space nobody can see.
                advice = "retaper le nom du champ et son retrait avec des espaces ordinaires"
                message = f"espace insécable à côté du nom du champ {quote(key.strip())}"
                self.report("YML006", message, here, advice)
                key = key.strip()
            assert isinstance(parent.items, dict)
            if key in parent.items:
                self.duplicate(parent, key, here)
                return
            parent.key, parent.keep = key, True
            # Reserved at once: a duplicate is one even where the first value is not kept.
            parent.items[key] = None
            if parent.live:
                self.key_spans[(*parent.path, key)] = here

    def duplicate(self, parent: _Frame, key: str, here: Span) -> None:
        first = self.key_spans.get((*parent.path, key)) if parent.live else None
        notes = (Note(f"première valeur ligne {first.line}", first),) if first else ()
        advice = "ne garder qu’une des deux valeurs"
        self.report("YML003", f"le champ {quote(key)} est donné deux fois", here, advice, *notes)

    def value(self, parent: _Frame | None, event: Any, here: Span) -> None:
        live, key_span = parent is None or parent.live, None
        path: Path_ = ()
        if parent is not None:
            step: str | int
            if isinstance(parent.items, dict):
                live, step, key_span = live and parent.keep, parent.key, parent.key_span
                parent.has_key = False
            else:
                step = len(parent.items)
            path = (*parent.path, step)
        built: Value = None
        if isinstance(event, yaml.CollectionStartEvent):
            line = self.lines[here.line - 1].rstrip()
            here = key_span or replace(here, end_column=max(here.column, len(line)) + 1)
            built = self.open(event, path, live)
        elif isinstance(event, yaml.ScalarEvent):
            self.check_characters(event)
            if not event.style and event.value:
                self.check_comment(here)
            if event.style or event.value not in _NULLS:
                built = clean(event.value).replace("\r", "\ufffd")
            elif not event.value and key_span:
                here = key_span
        self.attach(parent, event, built, here, live, path)

    def check_comment(self, here: Span) -> None:
        """Warn of « Projet #3 »: YAML drops what follows the sign, and no one meant a comment."""
        rest = self.lines[here.line - 1][here.end_column - 1 :]
        if re.match(r"[ \t]+#[^\s#]", rest):
            self.found.append(
                Diagnostic(
                    "YML010",
                    f"la fin de la ligne est ignorée, comme un commentaire\u00a0: {quote(rest.strip())}",
                    replace(here, column=here.end_column + 1, end_column=here.end_column + len(rest)),
                    Severity.AVERTISSEMENT,
                    help="mettre toute la valeur entre guillemets, ou une espace après le signe #",
                )
            )

    def attach(
        self, parent: _Frame | None, event: Any, built: Value, here: Span, live: bool, path: Path_
    ) -> None:
        if parent is None:
            if isinstance(built, dict):
                self.root = built
            else:
                self.wrong_root = _wrong_root(event, here)
        elif isinstance(parent.items, list):
            parent.items.append(built)
        elif parent.keep:
            parent.items[parent.key] = built
        if live:
            self.spans[path] = here

    def open(self, event: Any, path: Path_, live: bool) -> Value:
        items: dict[str, Value] | list[Value]
        items = {} if isinstance(event, yaml.MappingStartEvent) else []
        if len(self.stack) >= MAX_DEPTH:
            advice = "revoir la structure du fichier à cet endroit"
            message = f"plus de {MAX_DEPTH} niveaux imbriqués"
            self.stop("YML005", message, self.at(event.start_mark), advice)
        self.stack.append(_Frame(items, path, live, self.at(event.start_mark)))
        return items

    def check_characters(self, event: Any) -> None:
        if event.style != '"':
            return
        start = event.start_mark
        raw = self.text[start.index : event.end_mark.index]
        if "\\" not in raw:
            return
        # Positions are counted from one escape to the next: a text may hold a million of them.
        line, line_start, seen = start.line + 1, -start.column, 0
        for code, first, last in islice(escapes(raw), MAX_REPORTED + 1):
            for end in EOL.finditer(raw, seen, first):
                line, line_start = line + 1, end.end()
            seen = first
            span = Span(self.file, line, first - line_start + 1, last - line_start + 1)
            self.found.append(forbidden(code, span))


def empty(span: Span) -> Diagnostic:
    """YML009: a file without any field."""
    advice = "écrire au moins un champ « nom: valeur », ou supprimer le fichier"
    return Diagnostic("YML009", "le fichier est vide", span, help=advice)


def _wrong_root(event: Any, here: Span) -> Diagnostic:
    form = "écrire des champs de la forme « nom: valeur », avec une espace après le deux-points"
    if isinstance(event, yaml.ScalarEvent) and not event.style and not event.value:
        return empty(Span(here.file, 1, 1, 2))
    what = "une liste" if isinstance(event, yaml.SequenceStartEvent) else "un texte seul"
    return Diagnostic("YML008", f"le fichier doit contenir des champs, on y trouve {what}", here, help=form)
