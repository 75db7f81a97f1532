"""The French of click: complete for the click that is installed, compiled, and well typed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import generator

FOLDER = Path(generator.__file__).parent / "locale" / "fr" / "LC_MESSAGES"

MARKS = {"_": 1, "gettext": 1, "ngettext": 2}
"""Functions by which click marks a message, with the number of texts that each takes."""

COMPUTED = {"extra['required']": "required"}
"""Messages that click computes: the expression in its source, and the only value that it takes."""

Ids = tuple[str, ...]


def ids_of(message: Message) -> Ids:
    """(singular,) or (singular, plural)."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def strings_of(message: Message) -> Ids:
    """The translation, one text per form."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def catalog(suffix: str = ".po") -> Catalog:
    """Messages as written, or as compiled."""
    with (FOLDER / f"convenant{suffix}").open("rb") as file:
        return read_po(file) if suffix == ".po" else read_mo(file)


def messages() -> list[Message]:
    return [m for m in catalog() if m.id]


def marked(source: str) -> Iterator[Ids]:
    """Messages that a Python source marks for translation."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in MARKS:
            assert not name.endswith("gettext"), f"another way to mark a message: {ast.unparse(node)}"
            continue
        texts = node.args[: MARKS[name]]
        yield tuple(
            str(t.value) if isinstance(t, ast.Constant) else COMPUTED.get(ast.unparse(t), ast.unparse(t))
            for t in texts
        )


def click_messages() -> set[Ids]:
    """Messages of the installed click."""
    spec = find_spec("click")
    assert spec and spec.origin
    sources = sorted(Path(spec.origin).parent.glob("**/*.py"))
    return {ids for path in sources for ids in marked(path.read_text("utf-8"))}


def fields(text: str) -> set[str]:
    """Placeholders: names between braces, and after a per cent sign."""
    return {f"{{{n}}}" for _, n, _, _ in Formatter().parse(text) if n} | set(re.findall(r"%\(\w+\)\w", text))


def test_extraction_sees_every_way_of_marking() -> None:
    source = """
a = _("one"); b = gettext.gettext("two"); c = ngettext("three", "threes", n)
d = _("joined " "text"); e = _(extra["required"]); f = _(unknown)
"""
    found = {("one",), ("two",), ("three", "threes"), ("joined text",), ("required",), ("unknown",)}
    assert set(marked(source)) == found
    with pytest.raises(AssertionError, match="pgettext"):
        list(marked('pgettext("menu", "file")'))


def test_every_message_of_the_installed_click_is_translated() -> None:
    wanted = click_messages()
    assert ("Usage:",) in wanted and ("Missing command.",) in wanted  # the extraction finds something
    known = {ids_of(m) for m in messages() if all(strings_of(m)) and not m.fuzzy}
    assert sorted(wanted - known) == []


def test_compiled_catalogue_is_current() -> None:
    po, mo = ({ids_of(m): strings_of(m) for m in catalog(s) if m.id} for s in (".po", ".mo"))
    assert po == mo, "run: pybabel compile --directory generator/locale --domain convenant"
    assert catalog(".mo").num_plurals == 2


@pytest.mark.parametrize("message", messages(), ids=lambda m: ids_of(m)[0])
def test_placeholders_are_kept(message: Message) -> None:
    ids, strings = ids_of(message), strings_of(message)
    allowed = set().union(*map(fields, ids))
    assert len(strings) == len(ids)
    for source, text in zip(ids, strings, strict=True):
        # French says 0 in the singular: that form may also give the figure that English leaves out.
        assert fields(source) <= fields(text) <= allowed


@pytest.mark.parametrize("message", messages(), ids=lambda m: ids_of(m)[0])
def test_french_typography(message: Message) -> None:
    for text in strings_of(message):
        words = re.sub(r"\{\w+!r\}", "x", text)
        assert not re.search(r"(?<!\u00a0)[:;?!»](?!\w)|«(?!\u00a0)|[ \t][\u00a0:;?!»]", words), text
        assert not re.search(r"['\"\u202f]|\.\.\.", words), text


def test_catalogue_says_its_plural_rule() -> None:
    # 0 is singular in French: ngettext must not take the English rule.
    assert catalog().plural_expr == "(n > 1)"
