"""Documents per second of every engine, side by side: `python benchmarks/render.py [--complet]`.

Each engine is a warm process of its own; rounds go A B C … A B C …, so that a slow minute of the machine
slows them all. Quote ratios of one run, never a time. The peers are looked for in `--pairs` and installed
there when they can be (npm for docxtemplater, a virtual environment for rust-docxtpl, which takes docxtpl's
name); one that cannot be is left out, and said so.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
CHUNK = 100  # files present at once when they are written; removed between two chunks, out of the clock
EXPECTED = "Convenant, ISA-L 1"
ALONE = "one document at a time"


@dataclass(frozen=True, slots=True)
class Bench:
    """Where things are."""

    folder: Path
    pairs: Path

    def command(self, engine: str, kind: str) -> list[str]:
        """The command of a worker; empty when the engine is not here."""
        if engine == "docxtemplater":
            modules = self.pairs / "node/node_modules"
            node = shutil.which("node")
            here = node and (modules / "docxtemplater").is_dir()
            return [str(node), str(HERE / "worker.js"), str(self.folder), str(modules)] if here else []
        python = Path(sys.executable)
        if engine == "rust-docxtpl":
            python = self.pairs / "rust/bin/python"
        worker = [str(python), str(HERE / "worker.py"), engine, kind, str(self.folder)]
        return worker if python.is_file() else []


class Worker:
    """A warm engine in its own process."""

    def __init__(self, bench: Bench, engine: str, kind: str) -> None:
        command = bench.command(engine, kind)
        if not command:
            raise FileNotFoundError(engine)
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.next = 0
        self.answer()

    def ask(self, count: int, destination: str = "-") -> None:
        """Start `count` documents."""
        assert self.process.stdin
        self.process.stdin.write(f"{count} {self.next} {destination}\n")
        self.process.stdin.flush()
        self.next += count

    def answer(self) -> dict[str, Any]:
        """What the worker says when it has done."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args}: the engine stopped")
        found: dict[str, Any] = json.loads(line)
        return found

    def close(self) -> None:
        """End the process."""
        self.process.communicate()


@dataclass(frozen=True, slots=True)
class Speed:
    """Milliseconds per document."""

    wall: float
    cpu: float
    rss: int = 0


def measure(workers: Sequence[Worker], count: int, disk: Path | None = None) -> Speed:
    """`count` documents by each worker, all at once."""
    wall, cpu, rss, done = [0.0] * len(workers), 0.0, 0, 0
    while done < count:
        chunk = min(CHUNK, count - done) if disk else count
        places = [str(disk / str(rank)) if disk else "-" for rank in range(len(workers))]
        for place in places:
            if disk:
                Path(place).mkdir(parents=True, exist_ok=True)
        for worker, place in zip(workers, places, strict=True):
            worker.ask(chunk, place)
        for rank, worker in enumerate(workers):
            said = worker.answer()
            wall[rank] += said["wall"]
            cpu += said["cpu"]
            rss = max(rss, said["rss"])
        done += chunk
        if disk:
            shutil.rmtree(disk)
    rate = sum(count / spent for spent in wall)
    return Speed(1000 / rate, cpu * 1000 / (count * len(workers)), rss)


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of the table: an engine, how many processes, to memory or to disk."""

    label: str
    engine: str
    kind: str = "acte"
    processes: int = 1
    disk: bool = False


ACTE = (
    Lane("docxtpl, as its manual says", "docxtpl"),
    Lane("docxtemplater (Node)", "docxtemplater"),
    Lane("rust-docxtpl", "rust-docxtpl"),
    Lane("Convenant, zlib 6", "convenant+zlib"),
    Lane("only deflating and zipping, zlib 6", "limite+zlib"),
    Lane(EXPECTED, "convenant+isal"),
    Lane("only deflating and zipping, ISA-L 1", "limite+isal"),
    Lane("only Jinja, no check, no zip", "jinja"),
    Lane(f"{EXPECTED}, two processes", "convenant+isal", processes=2),
    Lane(f"{EXPECTED}, written to disk", "convenant+isal", disk=True),
    Lane("docxtpl, written to disk", "docxtpl", disk=True),
)
AVENANT = (
    Lane("docxtpl, given our includes, compiled once", "docxtpl", "avenant"),
    Lane("Convenant, zlib 6", "convenant+zlib", "avenant"),
    Lane(f"Convenant, zlib 6, {ALONE}", "seul+zlib", "avenant"),
    Lane("only deflating and zipping, zlib 6", "limite+zlib", "avenant"),
    Lane(EXPECTED, "convenant+isal", "avenant"),
    Lane(f"{EXPECTED}, {ALONE}", "seul+isal", "avenant"),
    Lane("only deflating and zipping, ISA-L 1", "limite+isal", "avenant"),
)


def run(bench: Bench, lanes: Sequence[Lane], rounds: int, seconds: float) -> dict[Lane, list[Speed]]:
    """Interleaved rounds of about `seconds` per lane."""
    pool: dict[Lane, list[Worker]] = {}
    counts: dict[Lane, int] = {}
    disk = bench.folder / "written"
    for lane in lanes:
        try:
            pool[lane] = [Worker(bench, lane.engine, lane.kind) for _ in range(lane.processes)]
        except FileNotFoundError:
            print(f"left out, not installed: {lane.label}", file=sys.stderr)
            continue
        measure(pool[lane], 20)
        first = measure(pool[lane], 40)
        counts[lane] = max(10, int(seconds * 1000 / first.wall / lane.processes))
    found: dict[Lane, list[Speed]] = {lane: [] for lane in pool}
    for _ in range(rounds):
        for lane, workers in pool.items():
            measure(workers, max(3, counts[lane] // 10))  # idle pages may have gone: warm again
            found[lane].append(measure(workers, counts[lane], disk if lane.disk else None))
    for worker in (worker for workers in pool.values() for worker in workers):
        worker.close()
    return found


def same_text(bench: Bench, lanes: Sequence[Lane]) -> None:
    """Stop when an engine does not write what docxtpl writes."""
    seen: dict[str, list[str]] = {}
    engines = {lane.engine for lane in lanes} - {"jinja", "limite+zlib", "limite+isal"}
    for engine in sorted(engines):
        if not bench.command(engine, lanes[0].kind):
            continue
        with tempfile.TemporaryDirectory() as place:
            worker = Worker(bench, engine, lanes[0].kind)
            worker.ask(3, place)
            worker.answer()
            worker.close()
            seen[engine] = [text for path in sorted(Path(place).iterdir()) for text in read(path)]
    for engine, text in seen.items():
        if text != seen["docxtpl"]:
            raise SystemExit(f"{engine} and docxtpl do not write the same text")


def read(path: Path) -> list[str]:
    """The text of a document, paragraph by paragraph."""
    from lxml import etree

    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    with zipfile.ZipFile(path) as archive:
        body = etree.fromstring(archive.read("word/document.xml"))
    return ["".join(t.text or "" for t in p.iter(f"{space}t")) for p in body.iter(f"{space}p")]


def show(title: str, found: dict[Lane, list[Speed]]) -> None:
    """A Markdown table, in documents per second and in times docxtpl."""
    wall = {lane: statistics.median(s.wall for s in speeds) for lane, speeds in found.items()}
    cpu = {lane: statistics.median(s.cpu for s in speeds) for lane, speeds in found.items()}
    base = next(lane for lane in found if lane.engine == "docxtpl")
    print(f"\n### {title}\n")
    print("| engine | documents/s | CPU ms/document | × docxtpl (wall) | × docxtpl (CPU) | peak MB |")
    print("|---|---|---|---|---|---|")
    for lane, speeds in found.items():
        peak = max(s.rss for s in speeds) // 1024
        shares = f"{wall[base] / wall[lane]:.1f} | {cpu[base] / cpu[lane]:.1f}"
        print(f"| {lane.label} | {1000 / wall[lane]:.0f} | {cpu[lane]:.3f} | {shares} | {peak} |")
    labels = {lane.label: lane for lane in found}
    for name, limit in (
        ("Convenant, zlib 6", "only deflating and zipping, zlib 6"),
        (f"Convenant, zlib 6, {ALONE}", "only deflating and zipping, zlib 6"),
        ("Convenant, zlib 6", "docxtemplater (Node)"),
        ("Convenant, zlib 6", "rust-docxtpl"),
        (EXPECTED, "only deflating and zipping, ISA-L 1"),
        (f"{EXPECTED}, two processes", EXPECTED),
        (f"{EXPECTED}, written to disk", "docxtpl, written to disk"),
    ):
        if name in labels and limit in labels:
            ours, theirs = labels[name], labels[limit]
            ratio = f"{wall[theirs] / wall[ours]:.2f} in wall time, {cpu[theirs] / cpu[ours]:.2f} in CPU time"
            print(f"\n{name} / {limit}: {ratio}")


def memory(bench: Bench, counts: Sequence[int]) -> None:
    """Peak memory of a fresh worker after so many documents, each with values of its own."""
    print("\n### Peak memory of a worker\n\n| documents | peak MB |\n|---|---|")
    for count in counts:
        worker = Worker(bench, "convenant+isal", "acte")
        for _ in range(0, count, CHUNK):
            peak = measure([worker], CHUNK).rss
        worker.close()
        print(f"| {count:,} | {peak / 1024:.0f} |".replace(",", " "))


def install(pairs: Path) -> None:
    """Get the peers that are missing; what cannot be had is left out later."""
    node, rust = pairs / "node", pairs / "rust"
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
    if shutil.which("npm") and not (node / "node_modules/docxtemplater").is_dir():
        node.mkdir(parents=True, exist_ok=True)
        (node / "package.json").write_text('{"private": true}', encoding="utf-8")
        subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund", "docxtemplater", "pizzip"], cwd=node, **quiet
        )
    if not (rust / "bin/python").is_file():
        subprocess.run([sys.executable, "-m", "venv", str(rust)], **quiet)
        done = subprocess.run([str(rust / "bin/python"), "-m", "pip", "install", "rust-docxtpl"], **quiet)
        if done.returncode:
            shutil.rmtree(rust, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each engine in each round")
    parser.add_argument("--pairs", type=Path, default=ROOT / "build/pairs", help="where the peers are")
    parser.add_argument("--complet", action="store_true", help="memory after 100 000 documents too")
    options = parser.parse_args()
    install(options.pairs)
    sys.path.insert(0, str(ROOT))
    from acte import prepare

    with tempfile.TemporaryDirectory() as temporary:
        bench = Bench(Path(temporary), options.pairs.resolve())
        prepare(ROOT, bench.folder)
        for lanes, title in (
            (ACTE, "An act of seven pages, one template"),
            (AVENANT, "The avenants of the repository, some twenty includes each"),
        ):
            same_text(bench, lanes)
            show(title, run(bench, lanes, options.rounds, options.seconds))
        memory(bench, (100, 1_000, 100_000) if options.complet else (100, 1_000))
    print(
        f"\n{options.rounds} rounds, medians; load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )


if __name__ == "__main__":
    main()
