"""What happens to each value on its way into a document: accepted, split into lines, or refused.

The compiled code sends every printed expression through `Printed` or `put`. Values are short and
documents long, so the checks are made here and not on the output.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

from jinja2 import StrictUndefined, Template, Undefined
from jinja2.exceptions import TemplateRuntimeError, UndefinedError
from jinja2.utils import missing
from markupsafe import Markup, escape

_BREAK: Final = Markup('</w:t><w:br/><w:t xml:space="preserve">')
_TAB: Final = Markup('</w:t><w:tab/><w:t xml:space="preserve">')
# What XML 1.0 cannot carry (§2.2), and the C1 controls and separators that no reader shows.
_UNFIT: Final = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
_FORBIDDEN = re.compile(f"[{_UNFIT}]")
# Beside these, what asks for a break and what is escaped: see `Printed`.
_SPECIAL = re.compile(f"[{_UNFIT}\n\r\t&<>\"']")
_LAYOUT = re.compile("\r\n|[\n\r\t]")
_PARAGRAPH = re.compile("<w:(?:p|tbl)[ >]")
_NONE = re.compile(r"\bNone\b")
_TORN = re.compile("&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9A-Fa-f]+);)|<(?!/?[a-z])|<[^>]*$")
_XML = re.compile("<[^>]*>?|&[^;]*;?|>")
_KEPT, _SHORT = 4096, 400  # how many values are remembered, and how long they may be

NOT_TEXT: Final = "n’est pas un texte ({})"
NOT_TEXT_HELP: Final = "donner au modèle de document une valeur déjà mise en forme"


class Block(Markup):
    """Paragraphs made by a macro, printed where paragraphs may stand."""


class Refused(TemplateRuntimeError):  # noqa: N818 -- a verdict on a value, turned into a diagnostic
    """A value that must not be printed. `code` is the diagnostic's, `message` completes « la valeur … »."""

    def __init__(self, code: str, message: str, help: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.what = message
        self.help = help


class MissingName(UndefinedError):  # noqa: N818 -- named after what it says
    """A name the context does not have: `owner` is what was searched, None for the context itself."""

    def __init__(self, message: str, name: object, owner: object) -> None:
        super().__init__(message)
        self.missing_name = str(name)
        self.at_top = owner is missing
        self.owner = None if owner is missing else owner


class Absent(StrictUndefined):
    """An undefined value that fails on any use and remembers its name and its owner."""

    __slots__ = ()

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,
        name: str | None = None,
        exc: type[TemplateRuntimeError] = UndefinedError,
    ) -> None:
        super().__init__(hint, obj, name, exc)
        if exc is UndefinedError:
            # Jinja only calls this to get the exception to raise.
            self._undefined_exception = lambda text: MissingName(str(text), name, obj)  # type: ignore[assignment]


@dataclass(slots=True)
class Run:
    """One call of `Engine.render`: what the hooks need to know while the template runs.

    `digest` is the root's. `base`: the stamp of the shared base, looked at once. `loaded`: the
    templates of this document (or of a batch, see `DocxLoader.start`), by name; each was looked at on
    disk when it was first met.
    """

    root: str
    nominatif: bool
    digest: str = ""
    base: tuple[int, ...] | None = None
    loaded: dict[str, Template] = field(default_factory=dict)


# Jinja's hooks get no argument of ours; a context variable keeps renders in threads apart.
RUN: ContextVar[Run] = ContextVar("RUN")


def check_text(value: str) -> None:
    """Raise Refused (TPL010) when XML cannot carry the text."""
    found = _FORBIDDEN.search(value)
    if found:
        raise Refused(
            "TPL010",
            f"contient un caractère qu’un document ne peut pas porter (U+{ord(found[0]):04X})",
            "retirer ce caractère dans les données",
        )


def _check_nominative(value: str) -> None:
    for mark in ("XXXX", "{{", "{%"):
        if mark in value:
            raise Refused("TPL009", f"contient « {mark} » dans un acte nominatif", "compléter les données")
    if "None" in value and _NONE.search(value):
        raise Refused("TPL009", "contient « None », trace d’une valeur absente", "compléter les données")


def _layout(found: re.Match[str]) -> str:
    return _TAB if found[0] == "\t" else _BREAK


def finalize(value: Any) -> Any:
    """The value as Jinja must print it; raises Refused for what has no place in a document.

    Line feeds and tabs become `w:br` and `w:tab`. An integer is printed as it is; a Boolean, a
    Decimal, a list… is refused: figures reach the templates already written in French.
    """
    if isinstance(value, str):
        if isinstance(value, Markup):  # the output of a macro or of a block: its values were seen one by one
            if not value.isprintable():
                check_text(value)
                value = type(value)(_LAYOUT.sub(_layout, value))
            if _TORN.search(value):
                remedy = "appliquer la fonction aux champs, avant qu’ils soient imprimés"
                raise Refused("TPL010", "a une mise en forme qu’une fonction a coupée", remedy)
            if _PARAGRAPH.search(value) and not isinstance(value, Block):
                remedy = "écrire {{p … }}, seul dans son paragraphe"
                raise Refused("TPL011", "est faite de paragraphes entiers", remedy)
            return value
        if not value:
            raise Refused("TPL008", "est vide", "compléter les données, ou rendre ce passage conditionnel")
        if RUN.get().nominatif:
            _check_nominative(value)
        if value.isprintable():
            return value
        check_text(value)
        return Markup(_LAYOUT.sub(_layout, str(escape(value)))) if _LAYOUT.search(value) else value
    if type(value) is int or isinstance(value, Undefined):
        return value
    if value is None:
        raise Refused("TPL008", "est absente", "compléter les données, ou rendre ce passage conditionnel")
    if callable(value):
        raise Refused("TPL003", "n’est pas un champ des données")
    raise Refused("TPL010", NOT_TEXT.format(type(value).__name__), NOT_TEXT_HELP)


def put(value: Any) -> bytes:
    """A printed value as UTF-8 XML, escaped; raises Refused like `finalize`."""
    return str(escape(finalize(value))).encode("utf-8")


class Printed(dict[str, bytes]):
    """Texts of the data to what `put` makes of them: `printed[text]` looks there first, then asks.

    Most texts are plain: no character to refuse, to escape or to turn into a break. Those are encoded as
    they are. The last ones accepted are remembered (some hundred KB): the acts of a deliberation print the
    same names, dates and units again and again. Only exact `str` may be asked for (a `Markup` or a Boolean
    may equal one), and none is kept that looks like a blank or a tag: its fate depends on the document.
    """

    __slots__ = ()

    def __missing__(self, value: str) -> bytes:
        doubtful = not value or "XXXX" in value or "None" in value or "{" in value
        made = put(value) if doubtful or _SPECIAL.search(value) else value.encode("utf-8")
        if not doubtful and len(made) <= _SHORT:
            if len(self) >= _KEPT:
                self.clear()
            self[value] = made
        return made


def one_line(value: Any) -> Any:
    """Filter put on the values printed in an XML attribute or in a field code: no break, no tab."""
    if isinstance(value, str) and _LAYOUT.search(value):
        raise Refused("TPL010", "tient sur plusieurs lignes, ce que cet endroit n’admet pas")
    return value


def field_code(value: Any) -> Any:
    """Filter put on the values printed in a field code, where quotes and backslashes are syntax."""
    if isinstance(value, str) and re.search(r'["\\]', value):
        raise Refused("TPL010", "contient un signe interdit dans un champ (guillemet droit, barre inverse)")
    return one_line(value)


def entire(change: Callable[..., Any]) -> Callable[..., Any]:
    """A filter of Jinja that refuses to change what is already XML: « &amp; » in capitals is no entity.

    What a macro or a `{% filter %}` block printed is XML; the values of the data are not, and pass.
    """

    rank = 1 if hasattr(change, "jinja_pass_arg") else 0

    @functools.wraps(change)  # with the mark by which Jinja gives the environment first
    def checked(*args: Any, **kwargs: Any) -> Any:
        value, result = args[rank], change(*args, **kwargs)
        if isinstance(value, Markup) and _XML.findall(value) != _XML.findall(str(result)):
            name = change.__name__.removeprefix("do_")
            remedy = "mettre le filtre dans les balises qui impriment les champs"
            raise Refused("TPL010", f"a une mise en forme que le filtre {name} couperait", remedy)
        return result

    return checked


def block(value: Any) -> Any:
    """Filter put on `{{p … }}`: only the output of a macro can replace a whole paragraph."""
    if isinstance(value, Undefined):
        return value
    if not isinstance(value, Markup):
        raise Refused("TPL011", "n’est pas faite de paragraphes", "écrire {{ … }} sans p")
    return Block(value)
