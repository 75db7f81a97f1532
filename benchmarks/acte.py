"""The act that every engine renders: the same seven pages in the syntax of each, and its data.

The prose is that of the repository's own templates, so that it compresses like an act; every third
paragraph is followed by a sentence with four fields, and there are a condition, a list and a table. The
XML is as wordy as what Word saves (revision numbers, fonts and language of each run).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docx
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

NAME = "documents/acte.docx"
NBSP = "\u00a0"


WORD_RUN = {
    "w:rFonts": {"w:eastAsia": "Times New Roman", "w:cs": "Calibri"},
    "w:szCs": {"w:val": "22"},
    "w:lang": {"w:val": "fr-FR", "w:eastAsia": "fr-FR"},
}


@dataclass(frozen=True, slots=True)
class Syntax:
    """How an engine writes a field, a loop over paragraphs, a condition, a loop over rows.

    `rows` is (first row, first cell's prefix, last cell's suffix, last row); `item` goes before a
    field of the current item.
    """

    field: str
    item: str
    loop: tuple[str, str]
    condition: tuple[str, str]
    rows: tuple[str, str, str, str]


JINJA = Syntax(
    "{{{{ {} }}}}",
    "x.",
    ("{{%p for x in {} %}}", "{{%p endfor %}}"),
    ("{{%p if {} %}}", "{{%p endif %}}"),
    ("{{%tr for x in {} %}}", "", "", "{{%tr endfor %}}"),
)
DOCXTEMPLATER = Syntax(
    "{{{}}}", "", ("{{#{}}}", "{{/{}}}"), ("{{#{}}}", "{{/{}}}"), ("", "{{#{}}}", "{{/{}}}", "")
)


def prose(templates: Path) -> Iterator[str]:
    """The paragraphs of the templates that hold no tag."""
    for path in sorted(templates.rglob("*.docx")):
        for paragraph in docx.Document(str(path)).paragraphs:
            if len(paragraph.text) > 60 and "{" not in paragraph.text:
                yield paragraph.text


def grow(templates: Path, path: Path, syntax: Syntax) -> None:
    """Write the act as a template."""
    document = docx.Document(str(templates / "base.docx"))
    for child in list(document.element.body)[:-1]:
        document.element.body.remove(child)
    for section in document.sections:
        for story in (section.header, section.footer, section.first_page_header, section.first_page_footer):
            for paragraph in story._element.iter("{*}p"):
                for text in paragraph.iter("{*}t"):
                    text.text = (text.text or "").replace("{{", "").replace("}}", "")

    def field(name: str) -> str:
        return syntax.field.format(name)

    def put(text: str, style: str = "Corps") -> None:
        document.add_paragraph(text, style)

    put(f"Avenant n°{NBSP}{field('numero')} – {field('sigle')}", "Title")
    for rank, text in enumerate(prose(templates)):
        if rank % 12 == 0:
            put(f"Article {rank // 12 + 1} – {field('sigle')}", "Heading 2")
        put(text)
        if rank % 3 == 0:
            put(
                f"Au titre de la période {field('periode')}, {field('nom')} reçoit "
                f"{field(f'montant{rank}')}, et rend compte de leur emploi avant le "
                f"{field(f'echeance{rank}')}."
            )
    put(syntax.condition[0].format("association"))
    put(f"L’association {field('nom')} joint ses statuts à jour.")
    put(syntax.condition[1].format("association"))
    put(syntax.loop[0].format("territoires"), "Puce")
    put(f"{field(syntax.item + 'nom')} : {field(syntax.item + 'places')} places", "Puce")
    put(syntax.loop[1].format("territoires"), "Puce")
    before, prefix, suffix, after = (text.format("versements") for text in syntax.rows)
    nature, date, montant = (field(syntax.item + name) for name in ("nature", "date", "montant"))
    rows = [
        ["Versement", "Échéance", "Montant"],
        [before],
        [prefix + nature, date, montant + suffix],
        [after],
    ]
    table = document.add_table(rows=0, cols=3)
    for row in (row for row in rows if any(row)):
        for cell, text in zip(table.add_row().cells, row, strict=False):
            cell.text = text
    as_word_saves(document)
    path.parent.mkdir(parents=True, exist_ok=True)
    document.save(str(path))


def as_word_saves(document: Document) -> None:
    """Add what Word writes on each paragraph and run, and python-docx does not."""
    for rank, paragraph in enumerate(document.element.body.iter(qn("w:p"))):
        for name in ("w:rsidR", "w:rsidRDefault", "w:rsidP"):
            paragraph.set(qn(name), f"00{rank % 12:02X}4F7A")
    for run in list(document.element.body.iter(qn("w:r"))):
        run.set(qn("w:rsidRPr"), "005D21C4")
        properties = run.get_or_add_rPr()
        for name, attributes in WORD_RUN.items():
            child = OxmlElement(name)
            for key, value in attributes.items():
                child.set(qn(key), value)
            properties.append(child)


def make_context(number: int) -> dict[str, Any]:
    """The data of one act, already in French; its names and amounts are its own."""
    context: dict[str, Any] = {
        "numero": str(number),
        "nom": f"l’association Élan & Cie {number}",
        "sigle": f"ÉLAN{number}",
        "association": number % 2 == 0,
        "periode": "du 1er janvier au 31 décembre 2025",
        "territoires": [{"nom": f"Territoire {i}", "places": str(i * 10)} for i in range(1, 10)],
        "versements": [
            {"nature": f"Acompte n°{NBSP}{i}", "date": "1er mars 2025", "montant": amount(number, i)}
            for i in range(1, 7)
        ],
    }
    for rank in range(0, 300, 3):
        context[f"montant{rank}"] = amount(number, rank)
        context[f"echeance{rank}"] = f"{rank % 28 + 1} juin {2026 + number % 3}"
    return context


def amount(number: int, rank: int) -> str:
    """An amount that no other act has."""
    return f"{number % 1000}{NBSP}{rank:03},{number // 1000 % 100:02}{NBSP}€"


def real_acts(root: Path) -> list[tuple[str, dict[str, Any]]]:
    """(title, context) of the avenants that the repository's records make."""
    # Imported here: a worker that only makes contexts is not to weigh what reading records weighs.
    from generator.documents import couverture
    from generator.load import load
    from generator.plan import Choix, planifier

    records, _ = load(root / "data")
    acts = []
    for dossier in records.dossiers.values():
        plan, _ = planifier(couverture.dossier(records, dossier), [], Choix(), lambda *_: frozenset())
        for task in plan.taches:
            if task.document.sorte == "avenant":
                acts.append((task.document.titre, dict(task.contexte)))
    return acts


def vary(context: Any, number: int, key: str = "") -> Any:
    """The context of another act of the same deliberation: its own amounts, names and numbers."""
    if isinstance(context, dict):  # the names are those of the program, not copies that JSON gave
        return {sys.intern(name): vary(value, number, name) for name, value in context.items()}
    if isinstance(context, list):
        return [vary(value, number, key) for value in context]
    own = key in ("nom", "siege", "siret", "representant", "cout", "montant") or str(context).endswith("€")
    return f"{number}{NBSP}{context}" if own and isinstance(context, str) else context


def prepare(root: Path, folder: Path, acts: int = 200) -> None:
    """Write in `folder` the templates, the data of `acts` acts and of the avenants of the repository."""
    templates = root / "templates"
    grow(templates, folder / "templates" / NAME, JINJA)
    (folder / "templates/base.docx").write_bytes((templates / "base.docx").read_bytes())
    grow(templates, folder / "docxtemplater.docx", DOCXTEMPLATER)
    data = {
        "acte": [make_context(n) for n in range(acts)],
        "avenant": [context for _, context in real_acts(root)],
    }
    for name, contexts in data.items():
        (folder / f"{name}.json").write_text(json.dumps(contexts, ensure_ascii=False), encoding="utf-8")
