"""What the tests of the template tools share. The tools are scripts: their folder is put on the path."""

from __future__ import annotations

import sys
from pathlib import Path

from lxml import etree

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import amorce  # noqa: E402
import amorce_package  # noqa: E402

W = f"{{{amorce_package.W}}}"
NBSP = "\u00a0"

TABLE = """|= style=TableauDonnees widths=8.6,4,4 align=l,c,r alt=Budget de l'opération
|! Libellé | Places | Montant
|% {%tr for l in lignes %}
| {{ l.nom | upper }} // - {{ l.note }} // [CelluleTitre] T | {{ l.places }} | {{ l.montant }}
|% {%tr endfor %}
|s Sous-total | < | 5
|t Total | 4 | 5
|l long | x | y
|+ -- encore
|=end"""


def body(markup: str, base: dict[str, bytes], kind: str = "@root") -> etree._Element:
    """The w:body grown from markup without its first line."""
    document = amorce.grow(f"{kind}\n{markup}", base)["word/document.xml"]
    return etree.fromstring(document).find(f"{W}body")


def paragraphs(root: etree._Element) -> list[tuple[str, str]]:
    """(style id, text) of every paragraph; tabs and breaks as characters."""
    found = []
    for p in root.iter(f"{W}p"):
        marks = {f"{W}tab": "\t", f"{W}br": "\n"}
        text = "".join(marks.get(e.tag, e.text if e.tag == f"{W}t" else "") or "" for e in p.iter())
        found.append((p.find(f"{W}pPr/{W}pStyle").get(f"{W}val"), text))
    return found


def has(paragraph: etree._Element, name: str) -> bool:
    """Whether the paragraph carries a property directly."""
    return paragraph.find(f"{W}pPr/{W}{name}") is not None
