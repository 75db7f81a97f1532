"""The page of HTML of a message: what mail programs show, with nothing to fetch and nothing that runs."""

from __future__ import annotations

from collections.abc import Sequence

import htpy as h
from markupsafe import Markup

_STYLE = (
    "body{font:1rem/1.5 Arial,Helvetica,sans-serif;color:#1a1a1a;background:#fff;max-width:42rem;margin:1rem}"
    "h1{font-size:1.3rem}h2{font-size:1.1rem;margin-top:1.5rem}li{margin-bottom:.5rem}"
)


def page_de_message(
    objet: str,
    haut: Sequence[str],
    pieces: Sequence[tuple[str, str]],
    demarche: Sequence[str],
    fin: Sequence[str],
    signature: Sequence[str],
) -> str:
    """The page: paragraphs, files as (what it is, name), steps, paragraphs, lines of the signature."""
    tree = h.html(lang="fr")[
        h.head[
            h.meta(charset="utf-8"),
            h.meta(name="viewport", content="width=device-width, initial-scale=1"),
            h.title[objet],
            h.style[Markup(_STYLE)],
        ],
        h.body[
            h.h1[objet],
            (h.p[p] for p in haut),
            h.h2["Pièces jointes"],
            h.ul[(h.li[what, " (", h.span(dir="ltr")[name], ")"] for what, name in pieces)],
            h.h2["Ce que vous avez à faire"],
            h.ol[(h.li[step] for step in demarche)],
            (h.p[p] for p in fin),
            h.p[[(line, h.br) for line in signature[:-1]], signature[-1]],
        ],
    ]
    return str(tree) + "\n"
