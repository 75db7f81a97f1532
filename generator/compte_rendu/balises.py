"""HTML as a tree, written by the standard library: a text can never become markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

Enfant = ET.Element | str | None

_BLOCS = frozenset(
    "article aside body caption details div footer h1 h2 h3 h4 head header li link main meta nav ol p pre "
    "section style summary table tbody td th thead title tr ul".split()
)
_INTERDIT = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""What a page may not hold, or what would show a text in another order than it has."""
_MARQUES = re.compile(r"\*\*(?P<fort>[^*]+)\*\*|`(?P<code>[^`]+)`")


def e(balise: str, *enfants: Enfant, **attributs: str | None) -> ET.Element:
    """An element; `None` children and attributes are left out. `class_` is written ``class``,
    `aria_label` is written ``aria-label``."""
    names = {k: k.rstrip("_").replace("_", "-") for k in attributs}
    out = ET.Element(balise, {names[k]: _net(v) for k, v in attributs.items() if v is not None})
    ajouter(out, *enfants)
    if balise in _BLOCS:
        out.tail = "\n"
    return out


def ajouter(parent: ET.Element, *enfants: Enfant) -> None:
    """Put children after those that an element has."""
    for child in enfants:
        if isinstance(child, str):
            if len(parent):
                parent[-1].tail = (parent[-1].tail or "") + _net(child)
            else:
                parent.text = (parent.text or "") + _net(child)
        elif child is not None:
            parent.append(child)


def page(racine: ET.Element) -> str:
    """The document, ready to be saved in UTF-8."""
    return "<!DOCTYPE html>\n" + ET.tostring(racine, encoding="unicode", method="html")


def _net(text: str) -> str:
    return _INTERDIT.sub("\ufffd", text)


def markdown(text: str) -> Iterator[ET.Element]:
    """Paragraphs of the page of the rules: plain text, bold, code."""
    for paragraph in re.split(r"\n\s*\n", text):
        flat = re.sub(r"\s*\n\s*", " ", paragraph).strip()
        if flat:
            yield e("p", *_en_ligne(flat))


def _en_ligne(text: str) -> Iterator[Enfant]:
    end = 0
    for m in _MARQUES.finditer(text):
        yield text[end : m.start()]
        yield e("strong", m["fort"]) if m["fort"] else e("code", m["code"])
        end = m.end()
    yield text[end:]
