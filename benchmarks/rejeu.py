"""Building again: everything, nothing changed, one structure changed, the output folder lost.

    python benchmarks/rejeu.py [--actes 1000] [--pdf 200]

Each measure is the command itself, in a process of its own, its start included: invented acts without PDF
(`synthese.py`: a convention and a letter for each, with the deliberation and its annexes), then invented acts
with their PDFs and the bound one, then the dossier of deliberation 2024-587, PDFs too. `--pdf 0` leaves the
last two out.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import synthese
from orphelins import adopter, cpu

RACINE = Path(__file__).parents[1]
PDF = "2024-587"


def run(folder: Path, numero: str, *args: str) -> tuple[int, float, float]:
    """One run of the command: documents made, seconds, seconds of CPU (LibreOffice included)."""
    before, start = cpu(), time.monotonic()
    words = ["--gabarits", str(RACINE / "templates"), "generer", numero, *args]
    done = subprocess.run(
        [sys.executable, "-m", "generator", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(RACINE), "CONVENANT_CACHE": str(folder / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    spent, after = time.monotonic() - start, cpu()
    if done.returncode:
        sys.exit(done.stdout[-2000:] + done.stderr[-4000:])
    made = sum(line.startswith(("écrit\t", "repris\t")) for line in done.stdout.splitlines())
    return made, spent, after - before


def table(folder: Path, titre: str, numero: str, structure: str, *args: str) -> None:
    """Print the table of the records in `folder`, the one that changes being that of `structure`."""
    path = folder / f"data/structures/{structure}.yaml"
    text = path.read_text("utf-8")
    rows = [("everything", run(folder, numero, *args)), ("nothing changed", run(folder, numero, *args))]
    path.write_text(text.replace("prenom: ", "prenom: Jean-"), "utf-8")
    rows += [("one structure changed", run(folder, numero, *args))]
    path.write_text(text, "utf-8")
    shutil.rmtree(folder / "output")
    rows += [("output folder lost, change undone", run(folder, numero, *args))]
    _, whole, whole_cpu = rows[0][1]
    print(f"\n| {titre} | documents made | time | CPU time |\n|---|---|---|---|")
    for name, (made, spent, worked) in rows:
        share, share_cpu = 100 * spent / whole, 100 * worked / whole_cpu
        print(
            f"| {name} | {made} | {share:.1f} % ({spent:.1f} s) | {share_cpu:.1f} % ({worked:.1f} s) |",
            flush=True,
        )


def inventes(actes: int, *args: str) -> None:
    """Print the table of so many invented acts."""
    what = ".docx" if args else ".docx and PDF"
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room)
        # The first meeting votes one act for two structures.
        synthese.ecrire(folder / "data", 2 * actes)
        table(folder, f"{actes} acts, {what}", "2024-1", synthese.identifiant(0), *args)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--actes", type=int, default=1000, help="invented acts without PDF, 1000 at most")
    parser.add_argument("--pdf", type=int, default=200, help="invented acts with PDF, 1000 at most")
    options = parser.parse_args()
    if (
        not 0 < options.actes <= synthese.PAR_DELIBERATION
        or not 0 <= options.pdf <= synthese.PAR_DELIBERATION
    ):
        parser.error(f"{synthese.PAR_DELIBERATION} acts at most")
    adopter()
    inventes(options.actes, "--sans-pdf")
    if not options.pdf:
        return
    inventes(options.pdf)
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room)
        shutil.copytree(RACINE / "data", folder / "data")
        table(folder, f"dossier {PDF}, .docx and PDF", PDF, "ccas-de-courtefosse")


if __name__ == "__main__":
    main()
