"""Inline markup and paragraphs of :mod:`amorce`: one line of text in, WordprocessingML text out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

JINJA = r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}"
FIELD = rf"\{{field:(?P<code>[^:{{}}]+):(?P<cached>(?:{JINJA}|[^{{}}])*)\}}"
LINK = rf"\{{link:(?P<url>(?:{JINJA}|[^{{}}|])*)\|(?P<label>(?:{JINJA}|[^{{}}])*)\}}"
TOKEN = re.compile(rf"{FIELD}|{LINK}|(?P<jinja>{JINJA})|(?P<gap>\{{tab\}}|\{{br\}}|\t)|(?P<mark>\*\*|_)")
TAG = re.compile(r"\{%p?\s+((?:(?!%\}).)*?)\s*%\}")
GAPS = {"{tab}": "<w:tab/>", "\t": "<w:tab/>", "{br}": "<w:br/>"}

OPENERS = {"if", "for", "macro", "call", "filter", "block", "with", "autoescape", "raw"}
BRANCHES = {"elif", "else"}

NBSP = "\u00a0"
BEFORE_OPEN = " \t\u00a0([«“’'-–—*"
AFTER_CLOSE = " \t\u00a0.,;:!?)]»”…’'*-–—"

MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
UNBREAKABLE = re.compile(
    r" (?=[:;!?»%€])|(?<=«) "  # high punctuation, guillemets, units
    r"|(?<=[nN]°) |(?<=\bM\.) |(?<=\bMme) "
    r"|(?<=\b[LRDA]\.) (?=\d|$)|(?<=\b[Aa]rticle) (?=\d|$)"  # L. 3121-14, article 4
    rf"|(?<=\d) (?=\d{{3}}(?!\d)|(?:{MONTHS})\b)"  # 40 000, 9 décembre
)

# The styles of Word itself have one id per language of the Word that saved the file: known by name.
BUILTIN = {
    "titre": "title",
    "sous-titre": "subtitle",
    "titre1": "heading1",
    "titre2": "heading2",
    "titre3": "heading3",
    "citation": "quote",
    "tm1": "toc1",
    "tm2": "toc2",
    "mention": "bandeau",
}


class MarkupError(Exception):
    """The markup is wrong at `line` (from 1); the message is in French."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(line, message)
        self.line = line
        self.message = message

    def __str__(self) -> str:
        return f"ligne {self.line} : {self.message}"


def style_key(name: str) -> str:
    """A style name or id without what its writers disagree on: case and spaces."""
    return name.replace(" ", "").lower()


@dataclass(frozen=True, slots=True)
class Styles:
    """Paragraph and table styles of a base: normalised id or name → id."""

    paragraphs: Mapping[str, str]
    tables: Mapping[str, str]

    def paragraph(self, name: str, line: int) -> str:
        """Id of a paragraph style; raises MarkupError for a style that the base lacks."""
        return self._find(self.paragraphs, name, line)

    def table(self, name: str, line: int) -> str:
        """Id of a table style; raises MarkupError for a style that the base lacks."""
        return self._find(self.tables, name, line)

    @staticmethod
    def _find(known: Mapping[str, str], name: str, line: int) -> str:
        key = style_key(name)
        for candidate in (key, BUILTIN.get(key, key)):
            if candidate in known:
                return known[candidate]
        near = difflib.get_close_matches(key, known, n=1)
        hint = f" (le plus proche : {known[near[0]]})" if near else ""
        raise MarkupError(line, f"le style « {name} » n’existe pas dans le modèle de base{hint}")


def typography(text: str) -> str:
    """French spaces and apostrophes of static text. Spaces are made unbreakable, never added.

    A piece may end where a Jinja tag begins (``article {{ n }}``): its last space counts too.
    """
    return UNBREAKABLE.sub(NBSP, text.replace("\u202f", NBSP).replace("'", "’"))


@dataclass(slots=True)
class _Runs:
    """Runs under construction: text of one look is gathered into one run, as Word itself would."""

    out: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    bold: bool = False
    italic: bool = False
    link: bool = False

    def properties(self) -> str:
        look = '<w:rStyle w:val="Lienhypertexte"/>' if self.link else ""
        look += ("<w:b/><w:bCs/>" if self.bold else "") + ("<w:i/><w:iCs/>" if self.italic else "")
        return f"<w:rPr>{look}</w:rPr>" if look else ""

    def raw(self, inner: str) -> None:
        self.flush()
        self.out.append(f"<w:r>{self.properties()}{inner}</w:r>")

    def flush(self) -> None:
        content, self.text = "".join(self.text), []
        if content:
            self.raw(f'<w:t xml:space="preserve">{escape(content)}</w:t>')

    def field(self, code: str, line: int, cached: str) -> None:
        self.raw('<w:fldChar w:fldCharType="begin"/>')
        self.raw(f'<w:instrText xml:space="preserve"> {escape(code)} </w:instrText>')
        self.raw('<w:fldChar w:fldCharType="separate"/>')
        self.inline(cached, line)
        self.flush()
        self.raw('<w:fldChar w:fldCharType="end"/>')

    def static(self, text: str, line: int) -> None:
        if re.search(r"\{[{%#]|[%#}]\}|\{(?:field|link):", text):
            raise MarkupError(line, f"accolade non fermée : « {text.strip()} »")
        self.text.append(typography(text))

    def inline(self, source: str, line: int) -> None:
        position = 0
        for token in TOKEN.finditer(source):
            self.static(source[position : token.start()], line)
            position = token.end()
            if token["code"]:
                self.field(token["code"].strip(), line, token["cached"])
            elif token["url"] is not None:
                self.flush()
                self.link = True
                self.field(f'HYPERLINK "{token["url"].strip()}"', line, token["label"])
                self.link = False
            elif token["jinja"]:
                _refuse_tag(token["jinja"], line)
                self.text.append(token["jinja"])
            elif token["gap"]:
                self.raw(GAPS[token["gap"]])
            else:
                self.mark(source, token)
        self.static(source[position:], line)

    def mark(self, source: str, token: re.Match[str]) -> None:
        """`**` or `_`: an underscore inside a word is a letter like any other."""
        before, after = source[: token.start()][-1:], source[token.end() :][:1]
        if token["mark"] == "**":
            self.flush()
            self.bold = not self.bold
        elif self.italic and before not in " _" and (not after or after in AFTER_CLOSE):
            self.flush()
            self.italic = False
        elif not self.italic and (not before or before in BEFORE_OPEN) and after not in ("", " ", "_"):
            self.flush()
            self.italic = True
        else:
            self.text.append("_")


def _refuse_tag(jinja: str, line: int) -> None:
    if jinja.startswith(("{%p", "{%tr", "{%tc")):
        raise MarkupError(line, f"la balise {jinja} doit être seule dans son paragraphe ou sa ligne")
    if "{%-" in jinja or "-%}" in jinja:
        raise MarkupError(line, f"la balise {jinja} contient un tiret de coupe : écrire {{% … %}}")


def runs(text: str, line: int) -> str:
    """Runs of one paragraph of markup. Raises MarkupError when a mark or a brace is left open."""
    state = _Runs()
    state.inline(text, line)
    state.flush()
    if state.bold or state.italic:
        raise MarkupError(line, "gras ou italique non refermé")
    return "".join(state.out)


def paragraph_xml(
    style: str, content: str, *, keep: bool = False, page: bool = False, align: str = ""
) -> str:
    """A paragraph from its style id and its runs; `page`: it starts a page."""
    extra = "<w:keepNext/>" * keep + "<w:pageBreakBefore/>" * page
    extra += f'<w:jc w:val="{align}"/>' if align else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{extra}</w:pPr>{content}</w:p>'


def lone_tag(text: str) -> str | None:
    """What a line says when it is one Jinja tag and nothing else: ``{%p if x %}`` → ``if x``."""
    match = TAG.fullmatch(text.strip())
    return match[1] if match else None


def tag_xml(styles: Styles, statement: str, line: int) -> str:
    """The paragraph of a lone tag. Always a ``{%p``: a plain tag would leave an empty paragraph."""
    if "-%" in statement or statement.startswith("-"):
        _refuse_tag(f"{{%{statement}-%}}", line)
    text = escape(f"{{%p {statement} %}}")
    return paragraph_xml(styles.paragraph("Balise", line), f"<w:r><w:t>{text}</w:t></w:r>")


@dataclass(slots=True)
class _Branch:
    here: bool = False
    everywhere: bool = True
    exhaustive: bool = False


def always_written(paragraphs: Iterable[str], line: int) -> bool:
    """Whether at least one paragraph of a cell is there whatever the conditions say.

    Word refuses a file with a cell that has none. Raises MarkupError for unbalanced tags.
    """
    stack = [_Branch()]
    for text in paragraphs:
        statement = lone_tag(text)
        if statement is None:
            stack[-1].here = True
            continue
        word = statement.split()[0]
        if word in OPENERS:
            stack.append(_Branch())
        elif len(stack) == 1 and (word in BRANCHES or word.startswith("end")):
            raise MarkupError(line, f"la balise « {statement} » n’a pas d’ouverture dans sa cellule")
        elif word in BRANCHES:
            top = stack[-1]
            top.everywhere &= top.here
            top.here, top.exhaustive = False, word == "else"
        elif word.startswith("end"):
            top = stack.pop()
            stack[-1].here |= top.here and top.everywhere and top.exhaustive
    if len(stack) > 1:
        raise MarkupError(line, "une balise n’est pas refermée dans sa cellule")
    return stack[0].here
