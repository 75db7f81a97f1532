"""Loading and checking many records, against reading the same files with PyYAML.

    python benchmarks/chargement.py [--nombre 10000] [--tours 3]

The other side does less: `yaml.safe_load` gives plain values, without types, places nor messages, and
guesses them (`00012345670123` becomes 1402433619). Here every value keeps its place in its file. Each measure
is a process of its own, the rounds alternate, the medians of CPU time are compared.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import synthese

RACINE = Path(__file__).parents[1]
_SAFE_LOAD = """
import sys, time, yaml
from pathlib import Path
texts = sorted(Path(sys.argv[1]).rglob("*.yaml"))
start = time.process_time()
for path in texts:
    yaml.safe_load(path.read_text("utf-8"))
print(time.process_time() - start)
"""
_OURS = """
import gc, sys, time
from pathlib import Path
from generator.service import Workspace
class Muet:
    def debut(self, etape, total): pass
    def pas(self, detail): pass
    def fin(self): pass
gc.set_threshold(100_000, 20, 100)  # as the command does
from generator import checks
from generator.load import load
cache = Path(sys.argv[2]) if sys.argv[2] else None
start = time.process_time()
if sys.argv[3] == "charger":
    records, found = load(Path(sys.argv[1]), cache)
elif sys.argv[3] == "controler":
    records, found = load(Path(sys.argv[1]), cache)
    found = checks.verifier(records, found)
else:
    records = Workspace(Path(sys.argv[1]), Path("templates"), Path("output"), cache).charger(Muet()).records
end = time.process_time()
assert len(records.fiches) == len(records.sources), "every record is sound"
first = next(iter(records.sources.values()))
assert first.spans, "values keep their places"
print(end - start)
"""


def measure(code: str, *args: str) -> float:
    """CPU seconds that the code says it took, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", code, *args], cwd=RACINE, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--nombre", type=int, default=10_000, help="structures, and as many acts")
    parser.add_argument("--tours", type=int, default=3, help="rounds")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as room:
        data, cache = f"{room}/data", f"{room}/cache"
        synthese.ecrire(Path(data), options.nombre)
        measure(_OURS, data, cache, "tout")
        sides = {
            "`yaml.safe_load`, values only": lambda: measure(_SAFE_LOAD, data),
            "Convenant, nothing kept: load": lambda: measure(_OURS, data, "", "charger"),
            "Convenant, readings kept: load": lambda: measure(_OURS, data, cache, "charger"),
            "Convenant, readings kept: load and check by every rule": lambda: measure(
                _OURS, data, cache, "controler"
            ),
            "Convenant, nothing changed: load, check, look at every template": lambda: measure(
                _OURS, data, cache, "tout"
            ),
        }
        times: dict[str, list[float]] = {name: [] for name in sides}
        for _ in range(options.tours):
            for name, side in sides.items():
                times[name].append(side())
    medians = {name: statistics.median(found) for name, found in times.items()}
    reference = next(iter(medians.values()))
    print(f"| {options.nombre} structures and as many acts | CPU time, s | times faster |\n|---|---|---|")
    for name, found in medians.items():
        print(f"| {name} | {found:.2f} | {reference / found:.1f} |")


if __name__ == "__main__":
    main()
