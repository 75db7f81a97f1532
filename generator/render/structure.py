"""How Jinja's instructions nest in Word's elements, read on the patched source.

One walk gives the final source (one line per tag, so that Jinja's line numbers name a tag; values
printed in attributes and field codes sent through a stricter filter) and the nesting errors.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from .errors import Finding, quote
from .places import TAG, Tag

FILTERS: Final = {"attribute": "une_ligne", "field": "code_de_champ", "block": "bloc"}

_ELEMENT = re.compile(r"<(/?)([\w:.-]+)((?:[^<>{]|\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\{)*?)(/?)>", re.DOTALL)
_TOKEN = re.compile(f"(?P<tag>{TAG.pattern})|(?P<element>{_ELEMENT.pattern})", re.DOTALL)
_KEYWORD = re.compile(r"\{%[-+]?\s*(\w+)")
_KINDS = {"w:t": "text", "w:instrText": "field"}
_FRAMES = frozenset({"w:tbl", "w:tr", "w:tc"})
_OPENERS = frozenset({"for", "if", "macro", "call", "filter", "block", "with", "autoescape", "raw"})
_MIDDLES = frozenset({"else", "elif"})


@dataclass(frozen=True, slots=True)
class Source:
    """What Jinja compiles. Tag number i (from 0) stands on line i + 2."""

    text: str
    tags: tuple[Tag, ...]

    def tag_at(self, line: int) -> Tag | None:
        """The tag on a line that Jinja reported (the last one for the end of the source)."""
        index = min(line - 2, len(self.tags) - 1)
        return self.tags[index] if index >= 0 else None


@dataclass(frozen=True, slots=True)
class _Open:
    keyword: str
    tag: Tag
    path: tuple[str, ...]
    frames: tuple[int, ...]


def build(patched: str, tags: tuple[Tag, ...]) -> tuple[Source, list[Finding]]:
    """The source for Jinja and what is wrong with its nesting.

    `patched` comes from docxtpl, `tags` from the same part before patching: docxtpl keeps their
    number and order for every construct that the tag rules accept.
    """
    if len(TAG.findall(patched)) != len(tags):
        message = "des balises disparaissent à la lecture (balise à cheval sur deux paragraphes ?)"
        return Source("", ()), [Finding("TPL011", message)]
    walk = _Walk(tags)
    out: list[str] = []
    end = 0
    for token in _TOKEN.finditer(patched):
        out.append(patched[end : token.start()])
        end = token.end()
        if token["tag"]:
            out.append(walk.tag(token["tag"], walk.kind))
        elif TAG.search(token[0]):
            out.append(TAG.sub(lambda m: walk.tag(m[0], "attribute"), token[0]))
        else:
            walk.element(token[0])
            out.append(token[0])
    out.append(patched[end:])
    return Source("".join(out), tags), walk.finish()


class _Walk:
    """State of the walk: the open elements, the open instructions, the tag reached."""

    def __init__(self, tags: tuple[Tag, ...]) -> None:
        self.tags = tags
        self.number = 0
        self.path: list[str] = []
        self.frames: list[int] = []  # rank of each table, row and cell that is open
        self.count = 0
        self.open: list[_Open] = []
        self.findings: list[Finding] = []
        self.lost = False  # after one slip the rest cannot be paired: one error is said, not ten

    @property
    def kind(self) -> str:
        """What a value printed here becomes: text, a piece of field code, or whole paragraphs."""
        return _KINDS.get(self.path[-1] if self.path else "", "block")

    def element(self, text: str) -> None:
        if text.endswith("/>"):
            if text.startswith("<wp:docPr") and any(o.keyword == "for" for o in self.open):
                self.complain("TPL006", "un dessin est répété par une boucle", self.tags[self.number - 1])
            return
        name = re.split(r"[\s>]", text.strip("</>"), maxsplit=1)[0]
        if not text.startswith("</"):
            self.path.append(name)
            if name in _FRAMES:
                self.count += 1
                self.frames.append(self.count)
        elif self.path and self.path[-1] == name:
            self.path.pop()
            if name in _FRAMES:
                self.frames.pop()

    def tag(self, text: str, kind: str) -> str:
        tag = self.tags[self.number]
        self.number += 1
        if text.startswith("{%"):
            self.statement(text, tag)
        elif text.startswith("{{") and kind in FILTERS:
            text = f"{{{{ ({text[2:-2].strip()})|{FILTERS[kind]} }}}}"
        return "\n" + text

    def statement(self, text: str, tag: Tag) -> None:
        found = _KEYWORD.match(text)
        keyword = found[1] if found else ""
        path = tuple(self.path)
        if self.lost:
            return
        if keyword in _OPENERS or (keyword == "set" and "=" not in text):
            self.open.append(_Open(keyword, tag, path, tuple(self.frames)))
        elif keyword in _MIDDLES or keyword.startswith("end"):
            self.close(keyword, tag, path)

    def close(self, keyword: str, tag: Tag, path: tuple[str, ...]) -> None:
        if not self.open:
            self.complain("TPL002", f"la balise {quote(tag.text)} ne correspond à aucune ouverture", tag)
            self.lost = True
            return
        last = self.open[-1]
        if keyword.startswith("end"):
            if keyword != "end" + last.keyword:
                self.complain(
                    "TPL002",
                    f"la balise {quote(tag.text)} arrive alors que {quote(last.tag.text)} est encore ouverte",
                    tag,
                    str(last.tag.place),
                )
                self.lost = True
                return
            self.open.pop()
        if path != last.path:
            self.complain(
                "TPL011",
                f"les balises {quote(last.tag.text)} et {quote(tag.text)} ne sont pas au même niveau",
                tag,
                str(last.tag.place),
                help="mettre les deux dans le même paragraphe, ou les deux seules dans le leur ({%p … %})",
            )
        elif tuple(self.frames) != last.frames:
            self.complain(
                "TPL011",
                f"les balises {quote(last.tag.text)} et {quote(tag.text)} ne sont pas dans la même cellule",
                tag,
                str(last.tag.place),
                help="mettre les deux dans une cellule, ou seules dans deux lignes d’un même tableau ({%tr})",
            )

    def complain(self, code: str, message: str, tag: Tag, *notes: str, help: str = "") -> None:
        self.findings.append(Finding(code, message, tag.place, help, notes=notes))

    def finish(self) -> list[Finding]:
        for left in () if self.lost else self.open:
            self.complain("TPL002", f"la balise {quote(left.tag.text)} n’est jamais fermée", left.tag)
        return self.findings
