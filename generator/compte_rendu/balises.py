"""The page of HTML that every printed report is: built as a tree by htpy, so that no text can become markup.

The page needs nothing else: its style stands in it, it runs no script and asks no server for anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import htpy as h
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

from generator.diagnostics import francais

_INTERDIT = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""What a page may not hold, and what would show a text in another order than it has."""


def page(titre: str, classe: str, *corps: h.Node) -> str:
    """The whole document; `titre` is that of the window, `classe` the kind of report for the style."""
    style = files("generator.compte_rendu").joinpath("page.css").read_text("utf-8")
    tree = h.html(lang="fr")[
        h.head[
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.meta(name="generator", content="Convenant"),
            h.title[titre],
            h.style[Markup(style)],
        ],
        h.body(class_=classe)[corps],
    ]
    return _INTERDIT.sub("\ufffd", str(tree)) + "\n"


def section(ident: str, titre: h.Node, *corps: h.Node) -> h.Element:
    """A part of the page, named by its heading of the second level."""
    return h.section(aria_labelledby=ident)[h.h2(id=ident)[titre], corps]


def tableau(
    legende: str, tetes: Sequence[str], rangs: Sequence[Sequence[h.Node]], nombres: Sequence[int] = ()
) -> h.Element:
    """A table whose first column names its rows; `nombres`: ranks of the columns of figures."""

    def kind(k: int) -> str | None:
        return "nombre" if k in nombres else None

    return h.table[
        h.caption[legende],
        h.thead[h.tr[(h.th(scope="col", class_=kind(k))[t] for k, t in enumerate(tetes))]],
        h.tbody[
            (
                h.tr[
                    h.th(scope="row", class_=kind(0))[first],
                    (h.td(class_=kind(k))[cell] for k, cell in enumerate(rest, 1)),
                ]
                for first, *rest in rangs
            )
        ],
    ]


def markdown(texte: str) -> Markup:
    """Paragraphs of the page of the rules; raw HTML is shown as text, a link keeps its words only."""
    return Markup(_markdown().render(francais(texte)))


@cache
def _markdown() -> MarkdownIt:
    def nothing(
        _self: RendererHTML, _tokens: Sequence[Token], _rank: int, _options: OptionsDict, _env: EnvType
    ) -> str:
        return ""

    reader = MarkdownIt("commonmark", {"html": False})
    for name in ("link_open", "link_close", "image"):
        reader.add_render_rule(name, nothing)
    return reader
