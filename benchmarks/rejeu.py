"""Building again: everything, nothing changed, one structure changed, another folder.

    python benchmarks/rejeu.py [--actes 1000] [--pdf 40]

Each measure is the command itself, in a process of its own, on invented acts (`synthese.py`): a convention
and a letter for each, with the deliberation and its annexes. First without PDF; then, on fewer acts, with
them. Times are CPU time of the command and of what it starts (LibreOffice), its own start included.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import synthese

RACINE = Path(__file__).parents[1]
NUMERO = "2024-1"


def cpu(folder: Path, sortie: str, *args: str) -> tuple[float, int]:
    """CPU seconds of one run of the command, and how many documents it made."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    words = ["--gabarits", str(RACINE / "templates"), "generer", NUMERO, "--sortie", sortie, *args]
    done = subprocess.run(
        [sys.executable, "-m", "generator", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(RACINE), "CONVENANT_CACHE": str(folder / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(done.stdout[-2000:] + done.stderr[-2000:])
    made = sum(line.startswith(("écrit\t", "repris\t")) for line in done.stdout.splitlines())
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, made


def table(actes: int, *args: str) -> None:
    """Print the table of `actes` acts."""
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room)
        synthese.ecrire(folder / "data", 2 * actes)  # one structure of two has an act in the first meeting
        rows = [("everything", *cpu(folder, "output", *args))]
        rows += [("nothing changed", *cpu(folder, "output", *args))]
        path = folder / f"data/structures/{synthese.identifiant(2)}.yaml"
        text = path.read_text("utf-8")
        path.write_text(text.replace("commune: ", "commune: Nouvelle-"), "utf-8")
        rows += [("one structure changed", *cpu(folder, "output", *args))]
        path.write_text(text, "utf-8")
        shutil.rmtree(folder / "output")
        rows += [("output folder lost, change undone", *cpu(folder, "output", *args))]
    whole = rows[0][1]
    kind = ".docx only" if "--sans-pdf" in args else ".docx and PDF"
    print(f"\n| {actes} acts, {kind} | documents made | CPU time, s | share |\n|---|---|---|---|")
    for name, seconds, made in rows:
        print(f"| {name} | {made} | {seconds:.1f} | {100 * seconds / whole:.1f} % |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--actes", type=int, default=1000)
    parser.add_argument("--pdf", type=int, default=40, help="acts of the second table, 1000 at most")
    options = parser.parse_args()
    for count in (options.actes, options.pdf):
        if not 0 < count <= synthese.PAR_DELIBERATION:
            parser.error(f"between 1 and {synthese.PAR_DELIBERATION} acts")
    table(options.actes, "--sans-pdf")
    table(options.pdf)


if __name__ == "__main__":
    main()
