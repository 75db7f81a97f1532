"""Seconds and memory to bind 100, 300 and 1 000 documents: ours against bare pikepdf merges.

    python benchmarks/assemblage.py [--sizes 100 300 1000] [--rounds 3] [--pdf output/2024-587]

The parts are the PDFs of a deliberation, taken again and again. Each measure is a process of its own; rounds
alternate. « bare » concatenates pages and adds one bookmark a document: the tags are lost. « bare, tags »
carries the trees of tags over as they are. Ours also renumbers tags, links and bookmarks, writes the running
foot, keeps what the parts claim, and gives the same bytes each time.
"""

from __future__ import annotations

import argparse
import datetime
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, ObjectStreamMode, OutlineItem

from generator.assemble import Part, assemble

ROOT = Path(__file__).parents[1]
DAY = datetime.date(2024, 12, 9)
CONTENDERS = ("bare", "bare, tags", "convenant")


def ours(parts: list[Path], out: Path) -> None:
    documents = [Part(f"Pièce {n}", f"Groupe {n // 50}", path) for n, path in enumerate(parts)]
    out.write_bytes(assemble(None, documents, titre="Dossier", jour=DAY))


def bare(parts: list[Path], out: Path, tags: bool) -> None:
    with pikepdf.Pdf.new() as merged:
        trees, marks = [], []
        for number, path in enumerate(parts):
            source = pikepdf.open(path)
            marks.append((f"Pièce {number}", len(merged.pages)))
            merged.pages.extend(source.pages)
            if tags:
                trees.append(merged.copy_foreign(source.make_indirect(source.Root.StructTreeRoot)))
            del source
        if tags:
            root = Dictionary(Type=Name.StructTreeRoot, K=Array(trees))
            merged.Root.StructTreeRoot = merged.make_indirect(root)
        with merged.open_outline() as outline:
            outline.root.extend(OutlineItem(title, page) for title, page in marks)
        merged.save(out, object_stream_mode=ObjectStreamMode.generate)


def measure(contender: str, size: int, folder: Path) -> None:
    """In a process of its own: bind, then print CPU seconds and peak memory in MB."""
    found = sorted(p for p in folder.rglob("*.pdf") if not p.name.startswith("dossier"))
    parts = [found[n % len(found)] for n in range(size)]
    with tempfile.TemporaryDirectory(prefix="banc-") as temporary:
        out = Path(temporary) / "dossier.pdf"
        start = time.process_time()
        if contender == "convenant":
            ours(parts, out)
        else:
            bare(parts, out, contender == "bare, tags")
        spent = time.process_time() - start
        status = Path("/proc/self/status").read_text()
        peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
        print(f"{spent} {peak} {out.stat().st_size / 1e6}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 300, 1000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pdf", type=Path, default=ROOT / "output" / "2024-587")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        measure(options.one[0], int(options.one[1]), options.pdf)
        return
    if not any(options.pdf.rglob("*.pdf")):
        raise SystemExit("no PDF there: run `make dossier` first")
    print(f"{'documents':>9}  {'':<12}{'CPU s':>8}{'ratio':>7}{'peak MB':>9}{'file MB':>9}")
    for size in options.sizes:
        found: dict[str, list[tuple[float, ...]]] = {name: [] for name in CONTENDERS}
        for _ in range(options.rounds):
            for name in CONTENDERS:
                command = [sys.executable, __file__, "--pdf", str(options.pdf), "--one", name, str(size)]
                said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
                found[name].append(tuple(map(float, said.split())))
        base = statistics.median(values[0] for values in found["bare"])
        for name, values in found.items():
            spent, peak, weight = (statistics.median(column) for column in zip(*values, strict=True))
            print(f"{size:>9}  {name:<12}{spent:>8.2f}{spent / base:>7.1f}{peak:>9.0f}{weight:>9.1f}")


if __name__ == "__main__":
    main()
