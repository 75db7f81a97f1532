"""Time to check records against the time to load them: the rules cost less than the reading.

    python benchmarks/controle.py [--nombre 10000] [--rounds 5]

The records are those of `synthese.py`: invented, sound, one act in a file of its own for each structure. A
round loads everything anew, loads it again from the readings kept by an earlier run, applies every rule,
computes the sums that the report shows. They alternate, so that a slow minute of the machine slows all; the
figure to quote is the ratio of the medians of one run, never a time. Seconds are those of the processor:
nothing else on the machine counts.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from synthese import ecrire

from generator import checks
from generator.checks.preuves import Preuve, preuves
from generator.diagnostics import to_text
from generator.load import Records, load

T = TypeVar("T")


def timed(action: Callable[[], T]) -> tuple[float, T]:
    """Processor seconds of an action, with what it gave."""
    gc.collect()
    start = time.process_time()
    result = action()
    return time.process_time() - start, result


def slowest(records: Records, count: int = 5) -> list[tuple[str, float]]:
    """The rules that take longest, with their seconds."""
    found = [
        (", ".join(rule.codes), timed(lambda rule=rule: list(rule.controle(records)))[0])
        for rule in checks.regles()
    ]
    return sorted(found, key=lambda row: -row[1])[:count]


def one_round(folder: Path, times: dict[str, list[float]]) -> tuple[Records, list[Preuve]]:
    """Load, check, prove; the records and the proofs."""
    seconds, (records, found) = timed(lambda: load(folder))
    times["load"].append(seconds)
    times["reload"].append(timed(lambda: load(folder, folder.parent / "cache"))[0])
    seconds, told = timed(lambda: checks.verifier(records, found))
    times["check"].append(seconds)
    if wrong := [d for d in told if d.is_error]:
        raise SystemExit(f"the records are not sound: {to_text(wrong[0])}")
    dossiers = records.dossiers.values()
    seconds, proofs = timed(lambda: [p for dossier in dossiers for p in preuves(records, dossier)])
    times["prove"].append(seconds)
    return records, proofs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--nombre", type=int, default=10_000, help="structures, and as many acts")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    times: dict[str, list[float]] = {"load": [], "reload": [], "check": [], "prove": []}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "data"
        ecrire(folder, options.nombre)
        checks.verifier(load(folder.parent / "absent")[0])  # imports are not measured
        load(folder, folder.parent / "cache")
        for _ in range(options.rounds):
            records, proofs = one_round(folder, times)
        acts = sum(len(a.actes) for d in records.dossiers.values() for a in d.actes.values())
        print(f"{acts} acts, {len(records.sources)} files, {len(proofs)} sums compared")
        medians = {name: statistics.median(values) for name, values in times.items()}
        print(f"{'':<8}{'median s':>10}{'min':>8}{'max':>8}{'load = 1':>10}")
        for name, values in times.items():
            ratio = medians[name] / medians["load"]
            print(f"{name:<8}{medians[name]:>10.2f}{min(values):>8.2f}{max(values):>8.2f}{ratio:>10.2f}")
        print("longest rules: " + "; ".join(f"{codes} {s:.2f} s" for codes, s in slowest(records)))


if __name__ == "__main__":
    main()
