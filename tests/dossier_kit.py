"""What the tests of whole documents share: run the command, read a .docx as a reader sees it."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import docx
from docx.document import Document
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

ROOT = Path(__file__).parent.parent
DATA, TEMPLATES = ROOT / "data", ROOT / "templates"


def convenant(*args: str, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would, its outputs not being a terminal; plain spaces in them."""
    command = [sys.executable, "-m", "generator", *args]
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    done.stdout, done.stderr = done.stdout.replace("\u00a0", " "), done.stderr.replace("\u00a0", " ")
    return done


def _blocks(holder: Document | _Cell) -> Iterator[str]:
    for block in holder.iter_inner_content():
        if isinstance(block, Paragraph):
            yield block.text
        else:
            yield from _rows(block)


def _rows(table: Table) -> Iterator[str]:
    for row in table.rows:
        cells = []
        for cell in row.cells:
            if cell not in cells:  # a merged cell is met once for each column it covers
                cells.append(cell)
        yield "| " + " | ".join("\n".join(_blocks(c)).replace("\n", " ¶ ") for c in cells) + " |"


def text(data: bytes | Path) -> list[str]:
    """Paragraphs and table rows of the body, in order, empty ones left out."""
    source = io.BytesIO(data) if isinstance(data, bytes) else str(data)
    return [line for line in _blocks(docx.Document(source)) if line.strip()]


def pattern(line: str) -> re.Pattern[str]:
    """A line of a modele as a pattern: XXXX stands for any words."""
    parts = re.split(r"(?:\d{4}-)?XXXX(?:\u00a0€)?", line)
    return re.compile("(.+?)".join(re.escape(p) for p in parts), re.DOTALL)
