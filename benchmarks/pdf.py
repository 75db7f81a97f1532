"""Documents per second from .docx to PDF/A-2b + PDF/UA-1: ours, one soffice per file, bare UNO scripts.

    python benchmarks/pdf.py [--rounds 3] [--times 1] [--uno-python /usr/bin/python3]

The documents are those of deliberation 2024-587, rendered first. Rounds alternate between the three, so that
a slow minute of the machine slows all; the figures to quote are the ratios of the medians of one run. Ours
also proves that no word was lost, counts the pages and gives the same bytes each time; the others do not.
"""

from __future__ import annotations

import argparse
import datetime
import json
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import psutil

from generator.convert import convert, find_soffice
from generator.convert.office import FILTER
from generator.service import Options, Workspace

ROOT = Path(__file__).parents[1]
DAY = datetime.date(2024, 12, 9)
ALONE = 6  # documents of the slowest contender: each costs the same

LONE = "one soffice per file"
UNO = "two soffice over UNO, with their start"
WARM = "two soffice over UNO, once warm"
OURS = "convenant, with its start"


class Silence:
    """Follows nothing."""

    def debut(self, etape: str, total: int) -> None: ...
    def pas(self, detail: str) -> None: ...
    def fin(self) -> None: ...


class Memory(threading.Thread):
    """The largest sum of the memory of all soffice under this process, in bytes, looked at every 0.1 s."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self.over = threading.Event()

    def __enter__(self) -> Memory:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.join()

    def run(self) -> None:
        while not self.over.wait(0.1):
            held = 0
            for process in psutil.Process().children(recursive=True):
                try:
                    held += process.memory_info().rss if process.name().startswith("soffice") else 0
                except psutil.Error:
                    continue
            self.peak = max(self.peak, held)


def render(folder: Path, number: str) -> list[Path]:
    """The .docx of the deliberation, as the product writes them."""
    workspace = Workspace(ROOT / "data", ROOT / "templates", folder)
    workspace.generer(number, Options(pdf=False), Silence())
    return sorted((folder / number).rglob("*.docx"))


def ours(files: list[Path], soffice: Path) -> float:
    """Seconds for all, the starts of LibreOffice included."""
    items = {str(path): path.read_bytes() for path in files}
    start = time.perf_counter()
    for done in convert(items, soffice=soffice, jour=DAY):
        if done.pdf is None:
            raise SystemExit(done.error)
    return time.perf_counter() - start


def alone(files: list[Path], soffice: Path, folder: Path) -> float:
    """Seconds for some documents, each with a soffice of its own, on a profile that exists already."""
    start = time.perf_counter()
    for path in files:
        profile = (folder / "profil").as_uri()
        command = [str(soffice), f"-env:UserInstallation={profile}", "--headless", "--norestore"]
        subprocess.run(
            [*command, "--convert-to", FILTER, "--outdir", str(folder), str(path)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )
    return time.perf_counter() - start


def uno(files: list[Path], python: str, folder: Path) -> tuple[float, float]:
    """Seconds for all with two warm soffice: starts included, and documents alone."""
    start = time.perf_counter()
    script = str(Path(__file__).with_name("uno_nu.py"))
    workers = [
        subprocess.Popen([python, script, str(folder), *map(str, half)], stdout=subprocess.PIPE, text=True)
        for half in (files[::2], files[1::2])
    ]
    said = [json.loads(worker.communicate()[0]) for worker in workers]
    return time.perf_counter() - start, max(one["documents"] for one in said)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--deliberation", default="2024-587")
    parser.add_argument("--times", type=int, default=1, help="each document this many times")
    parser.add_argument("--docx", type=Path, help="folder of .docx to convert instead")
    parser.add_argument("--uno-python", default="/usr/bin/python3")
    options = parser.parse_args()
    soffice = find_soffice()
    if soffice is None:
        raise SystemExit("LibreOffice is needed")
    rates: dict[str, list[float]] = {}
    peaks: dict[str, int] = {}

    with tempfile.TemporaryDirectory(prefix="banc-") as temporary:
        folder = Path(temporary)
        found = sorted(options.docx.rglob("*.docx")) if options.docx else []
        found = found or render(folder / "docx", options.deliberation)
        # Documents of different folders may have the same name.
        copies = enumerate(found * options.times)
        files = [Path(shutil.copy(path, folder / f"{n:04}.docx")) for n, path in copies]
        sample = files[:: len(files) // ALONE][:ALONE]
        out = folder / "pdf"
        out.mkdir()
        alone(files[:1], soffice, out)  # makes the profile
        for _ in range(options.rounds):
            with Memory() as memory:
                rates.setdefault(LONE, []).append(len(sample) / alone(sample, soffice, out))
            peaks[LONE] = max(peaks.get(LONE, 0), memory.peak)
            with Memory() as memory:
                whole, warm = uno(files, options.uno_python, out)
            rates.setdefault(UNO, []).append(len(files) / whole)
            rates.setdefault(WARM, []).append(len(files) / warm)
            peaks[UNO] = max(peaks.get(UNO, 0), memory.peak)
            with Memory() as memory:
                rates.setdefault(OURS, []).append(len(files) / ours(files, soffice))
            peaks[OURS] = max(peaks.get(OURS, 0), memory.peak)
    base = statistics.median(rates[LONE])
    print(f"{len(files)} documents, {options.rounds} rounds")
    print(f"{'':<40}{'docs/s':>8}{'min':>8}{'max':>8}{'ratio':>8}{'soffice MB':>12}")
    for name, values in rates.items():
        middle = statistics.median(values)
        held = f"{peaks[name] / 1e6:.0f}" if name in peaks else ""
        print(
            f"{name:<36}{middle:>8.2f}{min(values):>8.2f}{max(values):>8.2f}{middle / base:>8.1f}{held:>12}"
        )


if __name__ == "__main__":
    main()
