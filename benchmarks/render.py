"""Time per document: our engine against docxtpl, on the same template and the same data.

    python benchmarks/render.py [--rounds 9] [--templates templates]

The template is an act of about seven pages grown from the repository's `base.docx` (its styles,
letterhead and footer). Rounds alternate between the two, so that a slow minute of the machine slows
both; the figure to quote is the ratio of the medians of one run, never a time.
"""

from __future__ import annotations

import argparse
import datetime
import io
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
from docxtpl import DocxTemplate

from generator.render import Engine
from generator.render.package import DEFLATER

DAY = datetime.date(2024, 12, 9)
NAME = "documents/acte.docx"
CLAUSE = (
    "Le Département verse à {{ structure.nom }} une participation de {{ montant }} au titre de la "
    "période {{ periode }}. La structure rend compte de son emploi avant le {{ echeance }}, à l’aide "
    "du bilan type, et tient ses justificatifs à la disposition du service instructeur. "
)


def grow_template(base: Path, folder: Path) -> None:
    """Write the act to be rendered: 30 articles, a list, a table of payments."""
    document = docx.Document(str(base))
    for child in list(document.element.body)[:-1]:
        document.element.body.remove(child)
    for number in range(1, 31):
        document.add_paragraph(f"Article {number} – {{{{ structure.sigle }}}}")
        document.add_paragraph(CLAUSE * 2)
        document.add_paragraph("{%p if structure.association %}")
        document.add_paragraph(CLAUSE)
        document.add_paragraph("{%p endif %}")
    document.add_paragraph("{%p for t in territoires %}")
    document.add_paragraph("{{ t.nom }} : {{ t.places }} places")
    document.add_paragraph("{%p endfor %}")
    table = document.add_table(rows=0, cols=3)
    for row in (
        ["Versement", "Échéance", "Montant"],
        ["{%tr for v in versements %}", "", ""],
        ["{{ v.nature }}", "{{ v.date }}", "{{ v.montant }}"],
        ["{%tr endfor %}", "", ""],
    ):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    (folder / "documents").mkdir(parents=True)
    document.save(str(folder / NAME))
    (folder / "base.docx").write_bytes(base.read_bytes())


def make_context(number: int) -> dict[str, Any]:
    """The data of one act, already in French."""
    return {
        "titre_court": f"Convention n° {number}",
        "pied": "Délibération n° 2024-587",
        "structure": {"nom": f"Association Élan & Cie {number}", "sigle": f"A{number}", "association": True},
        "montant": f"{number} 000,00 €",
        "periode": "du 1er janvier au 31 décembre 2025",
        "echeance": "30 juin 2026",
        "territoires": [{"nom": f"Territoire {i}", "places": i * 10} for i in range(1, 10)],
        "versements": [
            {"nature": f"Acompte n° {i}", "date": "1er mars 2025", "montant": f"{i} 250,00 €"}
            for i in range(1, 7)
        ],
    }


def by_docxtpl(path: Path, context: dict[str, Any]) -> bytes:
    """One document the usual way."""
    template = DocxTemplate(path)
    template.render(context, autoescape=True)
    out = io.BytesIO()
    template.save(out)
    return out.getvalue()


def read(data: bytes) -> list[str]:
    """The text of a document, to compare."""
    document = docx.Document(io.BytesIO(data))
    cells = [c.text for t in document.tables for r in t.rows for c in r.cells]
    return [p.text for p in document.paragraphs] + cells


def per_document(produce: Callable[[dict[str, Any]], bytes], contexts: list[dict[str, Any]]) -> float:
    """Milliseconds per document over the contexts."""
    start = time.perf_counter()
    for context in contexts:
        produce(context)
    return (time.perf_counter() - start) * 1000 / len(contexts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--templates", type=Path, default=Path(__file__).parents[1] / "templates")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "templates"
        grow_template(options.templates / "base.docx", folder)
        engine = Engine(folder)

        def ours(context: dict[str, Any]) -> bytes:
            return engine.render(NAME, context, titre="Acte", jour=DAY, nominatif=True)

        def theirs(context: dict[str, Any]) -> bytes:
            return by_docxtpl(folder / NAME, context)

        contexts = [make_context(n) for n in range(1, 61)]
        if read(ours(contexts[0])) != read(theirs(contexts[0])):
            raise SystemExit("the two engines do not write the same text")
        times: dict[str, list[float]] = {"docxtpl": [], "convenant": []}
        for _ in range(options.rounds):
            times["docxtpl"].append(per_document(theirs, contexts[:6]))
            times["convenant"].append(per_document(ours, contexts))
        medians = {name: statistics.median(values) for name, values in times.items()}
        print(f"{'engine':<12}{'ms/document':>12}{'min':>9}{'max':>9}")
        for name, values in times.items():
            print(f"{name:<12}{medians[name]:>12.2f}{min(values):>9.2f}{max(values):>9.2f}")
        ratio = medians["docxtpl"] / medians["convenant"]
        print(f"ratio {ratio:.0f} (deflate: {DEFLATER}; {len(ours(contexts[0])) / 1024:.0f} KB per document)")


if __name__ == "__main__":
    main()
