"""Events of PyYAML → plain values and their places, with an explicit stack and no recursion.

This is the innermost loop of a load: a place stays three integers until somebody asks for it as a `Span`,
and what most files do not hold (escapes, a sign # glued to a word) is looked for once in the whole text
rather than in each value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeAlias

import yaml

from generator.diagnostics import Diagnostic, Note, Severity, Span
from generator.source.text import EOL, clean, escapes, forbidden, quote

Path_: TypeAlias = tuple[str | int, ...]
Value: TypeAlias = str | list["Value"] | dict[str, "Value"] | None
Place: TypeAlias = tuple[int, int, int]
"""Line and column from 1, and the column after the last character."""

MAX_DEPTH = 40
MAX_NODES = 200_000
MAX_REPORTED = 100
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_COMMENT = re.compile(r"[ \t]+#[^\s#]")
_GLUED = re.compile(r"[ \t]#[^\s#]")


@dataclass(slots=True)
class _Frame:
    """A mapping or a list being filled. `live` is False inside what is read only to be checked."""

    items: Any  # dict[str, Value] or list[Value]
    mapping: bool
    live: bool
    opened: Place
    has_key: bool = False  # a key was read, its value comes next
    keep: bool = True  # that value will be kept
    key: str = ""
    key_place: Place | None = None
    keys: dict[str, Place] = field(default_factory=dict)  # of a mapping: every key so far


@dataclass(slots=True)
class Builder:
    """State of one reading: the open mappings and lists, and what was found so far.

    `marks` are the places of the keys and of the values that are kept, as `spans` reads them again.
    """

    file: str
    text: str
    lines: tuple[str, ...]
    found: list[Diagnostic] = field(default_factory=list)
    stack: list[_Frame] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    root: dict[str, Value] | None = None
    wrong_root: Diagnostic | None = None
    documents: int = 0
    nodes: int = 0
    fatal: bool = False
    done: bool = False
    escaped: bool = False
    glued: bool = False

    def __post_init__(self) -> None:
        self.escaped = "\\" in self.text
        self.glued = _GLUED.search(self.text) is not None

    # --- places -----------------------------------------------------------------------------------

    def span(self, place: Place) -> Span:
        return Span(self.file, *place)

    def at(self, mark: Any, length: int = 1) -> Place:
        column = mark.column + 1
        return mark.line + 1, column, column + length

    def whole(self, event: Any) -> Place:
        """From its start to its end, or to the end of its first line; at least one character."""
        start, end = event.start_mark, event.end_mark
        line, column, last = start.line, start.column, end.column
        if end.line > line:
            last = len(self.lines[line].rstrip()) if line < len(self.lines) else 0
        return line + 1, column + 1, last + 1 if last > column else column + 2

    # --- what was found ---------------------------------------------------------------------------

    def report(self, code: str, message: str, place: Place, help_: str, *notes: Note) -> None:
        self.found.append(Diagnostic(code, message, self.span(place), notes=notes, help=help_))

    def stop(self, code: str, message: str, place: Place, help_: str) -> None:
        self.report(code, message, place, help_)
        self.fatal = True

    # --- events -----------------------------------------------------------------------------------

    def feed(self, event: Any) -> bool:
        """Take one event; False when there is nothing more to read."""
        step = _STEPS.get(type(event))
        if step is not None:
            step(self, event)
        return not (self.done or self.fatal)

    def document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            advice = "un fichier par document : supprimer la ligne « --- » et ce qui la suit"
            message = "le fichier contient plusieurs documents YAML"
            self.report("YML007", message, self.at(event.start_mark, 3), advice)
            self.done = True

    def end(self, event: Any) -> None:
        self.done = True

    def close(self, event: Any) -> None:
        self.stack.pop()

    def node(self, event: Any) -> None:
        self.nodes += 1
        here = self.whole(event)
        if self.nodes > MAX_NODES:
            message = f"plus de {MAX_NODES // 1000} 000 valeurs dans un seul fichier"
            self.stop("YML005", message, here, "répartir les données entre plusieurs fichiers")
            return
        if event.anchor or getattr(event, "tag", None):
            self.refuse_properties(event, here)
        parent = self.stack[-1] if self.stack else None
        if parent is not None and parent.mapping and not parent.has_key:
            self.key(parent, event, here)
        else:
            self.value(parent, event, here)

    def refuse_properties(self, event: Any, here: Place) -> None:
        """YML004: whatever makes a value differ from the text that one reads."""
        if isinstance(event, yaml.AliasEvent):
            advice = "recopier la valeur voulue, ou mettre le texte entre guillemets"
            self.report("YML004", f"alias {quote(f'*{event.anchor}')} refusé", here, advice)
            return
        raw = self.text[event.start_mark.index : event.end_mark.index]
        for sign, name in (("!", "étiquette" if event.tag else ""), ("&", "ancre" if event.anchor else "")):
            token = re.search(rf"(?:^|(?<=\s)){sign}[^\s,\[\]{{}}]*", raw)
            if name and token:
                line, column, _ = self.at(event.start_mark)
                if not EOL.search(raw[: token.start()]):
                    column += token.start()
                advice = f"supprimer {quote(token[0])}, ou mettre le texte entre guillemets"
                place = (line, column, column + len(token[0]))
                self.report("YML004", f"{name} {quote(token[0])} refusée", place, advice)

    def key(self, parent: _Frame, event: Any, here: Place) -> None:
        parent.has_key, parent.keep, parent.key, parent.key_place = True, False, "", here
        if type(event) is not yaml.ScalarEvent:
            if not isinstance(event, yaml.AliasEvent):
                message = "le nom d’un champ doit être un texte simple, pas une liste ni un groupe de champs"
                self.report("YML002", message, here, "mettre le texte entre guillemets, ou revoir ce champ")
                self.open(event, False)
            return
        key, plain = self.words(event), not event.style
        if plain and key == "<<":
            advice = "recopier les champs voulus à la place de « << »"
            self.report("YML004", "fusion « << » refusée", here, advice)
            return
        if plain and not key:
            message = "le nom du champ manque avant le deux-points"
            self.report("YML002", message, here, "donner un nom au champ")
            return
        if plain and key != key.strip():
            # YAML trims plain spaces only: what is left is a non-breaking space nobody can see.
            advice = "retaper le nom du champ et son retrait avec des espaces ordinaires"
            message = f"espace insécable à côté du nom du champ {quote(key.strip())}"
            self.report("YML006", message, here, advice)
            key = key.strip()
        if key in parent.keys:
            self.duplicate(parent, key, here)
            return
        parent.key, parent.keep = key, True
        # Reserved at once: a duplicate is one even where the first value is not kept.
        parent.keys[key], parent.items[key] = here, None
        if parent.live:
            self.marks += here

    def duplicate(self, parent: _Frame, key: str, here: Place) -> None:
        first = self.span(parent.keys[key]) if parent.live else None
        notes = (Note(f"première valeur ligne {first.line}", first),) if first else ()
        advice = "ne garder qu’une des deux valeurs"
        self.report("YML003", f"le champ {quote(key)} est donné deux fois", here, advice, *notes)

    def value(self, parent: _Frame | None, event: Any, here: Place) -> None:
        live, keep, key_place = True, True, None
        if parent is not None:
            live = parent.live
            if parent.mapping:
                keep, key_place, parent.has_key = parent.keep, parent.key_place, False
                live = live and keep
        built: Value = None
        if type(event) is yaml.ScalarEvent:
            text, style = self.words(event), event.style
            if self.glued and text and not style:
                self.check_comment(here)
            if style or text not in _NULLS:
                built = text
            elif not text and key_place:
                here = key_place
        elif not isinstance(event, yaml.AliasEvent):
            line, column, _ = here
            here = key_place or (line, column, max(column, len(self.lines[line - 1].rstrip())) + 1)
            built = self.open(event, live)
        if parent is None:
            if isinstance(built, dict):
                self.root = built
            else:
                self.wrong_root = _wrong_root(event, self.span(here))
        elif not parent.mapping:
            parent.items.append(built)
        elif keep:
            parent.items[parent.key] = built
        if live:
            self.marks += here

    def open(self, event: Any, live: bool) -> Value:
        mapping, opened = isinstance(event, yaml.MappingStartEvent), self.at(event.start_mark)
        items: Any = {} if mapping else []
        if len(self.stack) >= MAX_DEPTH:
            advice = "revoir la structure du fichier à cet endroit"
            self.stop("YML005", f"plus de {MAX_DEPTH} niveaux imbriqués", opened, advice)
        self.stack.append(_Frame(items, mapping, live, opened))
        built: Value = items
        return built

    # --- texts ------------------------------------------------------------------------------------

    def words(self, event: Any) -> str:
        """The text of a scalar. Only an escape can bring a forbidden character: the file has none."""
        text: str = event.value
        if not self.escaped or event.style != '"':
            return text
        self.check_characters(event)
        return clean(text).replace("\r", "\ufffd")

    def check_comment(self, here: Place) -> None:
        """Warn of « Projet #3 »: YAML drops what follows the sign, and no one meant a comment."""
        line, _, end = here
        rest = self.lines[line - 1][end - 1 :]
        if _COMMENT.match(rest):
            self.found.append(
                Diagnostic(
                    "YML010",
                    f"la fin de la ligne est ignorée, comme un commentaire\u00a0: {quote(rest.strip())}",
                    self.span((line, end + 1, end + len(rest))),
                    Severity.AVERTISSEMENT,
                    help="mettre toute la valeur entre guillemets, ou une espace après le signe #",
                )
            )

    def check_characters(self, event: Any) -> None:
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


_STEPS: Mapping[type[yaml.Event], Callable[[Builder, Any], None]] = {
    yaml.ScalarEvent: Builder.node,
    yaml.AliasEvent: Builder.node,
    yaml.MappingStartEvent: Builder.node,
    yaml.SequenceStartEvent: Builder.node,
    yaml.MappingEndEvent: Builder.close,
    yaml.SequenceEndEvent: Builder.close,
    yaml.DocumentStartEvent: Builder.document,
    yaml.StreamEndEvent: Builder.end,
}


def spans(value: Value, marks: Sequence[int], file: str) -> tuple[dict[Path_, Span], dict[Path_, Span]]:
    """The places of the values and of the keys, by path, from the marks of a reading.

    A reading meets what it keeps in the order in which it stands in `value`: each key, then its value,
    then what is inside.
    """
    values: dict[Path_, Span] = {}
    keys: dict[Path_, Span] = {}
    places = iter(marks)
    todo: list[tuple[Path_, Value]] = [((), value)]
    while todo:
        path, item = todo.pop()
        if path and isinstance(path[-1], str):
            keys[path] = Span(file, next(places), next(places), next(places))
        values[path] = Span(file, next(places), next(places), next(places))
        if isinstance(item, dict):
            todo += [((*path, key), inner) for key, inner in reversed(item.items())]
        elif isinstance(item, list):
            todo += [((*path, rank), item[rank]) for rank in range(len(item) - 1, -1, -1)]
    return values, keys


def place(value: Value, marks: Sequence[int], file: str, path: Path_) -> Span:
    """The place of the value at `path`, or of its nearest ancestor that exists, without the table of `spans`.

    Rules ask for a place or two of a file: to walk over what stands before is cheaper than to name it all.
    """
    at = 0
    for step in path:
        inner = at + 3  # what is inside a value comes after its own place
        if isinstance(value, dict) and step in value:
            for key, item in value.items():
                inner += 3  # the key
                if key == step:
                    break
                inner += _length(item)
            value = item
        elif isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
            inner += sum(map(_length, value[:step]))
            value = value[step]
        else:
            break
        at = inner
    return Span(file, marks[at], marks[at + 1], marks[at + 2])


def _length(value: Value) -> int:
    """How many marks a value has, with all that is inside."""
    length, todo = 0, [value]
    while todo:
        item = todo.pop()
        length += 3
        if isinstance(item, dict):
            length += 3 * len(item)
            todo += item.values()
        elif isinstance(item, list):
            todo += item
    return length


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
