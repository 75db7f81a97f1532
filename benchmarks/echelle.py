"""What scale costs: `python benchmarks/echelle.py [--complet] [--batis 3]`.

Invented acts (`synthese.py`), 10, 100, 1 000 and 10 000 of them, 100 000 with `--complet`, each number in a
process of its own. Everything is read and checked; then whole deliberations (1 000 acts at most, with their
letters and annexes) are built as the command builds them, without PDF nor cache, `--batis` of them at most,
since the next one costs the same. Then some acts with their PDFs, and what it all makes of a year of every
Département. Times are of CPU, LibreOffice included: what the other work of a machine slows least.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import synthese
from orphelins import adopter, cpu, vu

RACINE = Path(__file__).parents[1]
NOMBRES = (10, 100, 1_000, 10_000)
DEPARTEMENTS, ACTES, BROUILLONS = 100, 2_000, 20
HEURE = 3600


def peak() -> int:
    """Peak memory of this process, in MB (see `worker.peak`)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


@dataclass
class Mesure:
    """What one number of acts cost, in seconds of CPU and MB; `batis` of the acts were built.

    `vu`: all the CPU that the process knew of. A LibreOffice that is killed at the end is not in it.
    """

    actes: int
    batis: int = 0
    documents: int = 0
    octets: int = 0
    duree: float = 0
    etapes: dict[str, float] = field(default_factory=dict)
    vu: float = 0
    memoire_lue: int = 0
    memoire: int = 0

    @property
    def commun(self) -> float:
        """Seconds that reading and checking everything take, paid once for each command."""
        return self.etapes["lecture"] + self.etapes["contrôle"]

    @property
    def par_acte(self) -> float:
        """Seconds that building one act takes, with its letter and its share of the annexes."""
        return (sum(self.etapes.values()) - self.commun) / self.batis


class Chronometre:
    """A display that adds up the CPU of each stage."""

    def __init__(self, etapes: dict[str, float]) -> None:
        self.etapes = etapes

    def debut(self, etape: str, total: int) -> None:
        """A stage begins."""
        self.etape, self.depart = etape, vu()

    def pas(self, detail: str) -> None:
        """One step."""

    def fin(self) -> None:
        """It is over."""
        self.etapes[self.etape] = self.etapes.get(self.etape, 0) + vu() - self.depart


def mesurer(nombre: int, batis: int, pdf: bool) -> Mesure:
    """Read and check `nombre` acts, then build at most `batis` deliberations."""
    from generator.__main__ import RAMASSAGE
    from generator.convert import find_soffice, fonts
    from generator.documents import couverture
    from generator.fabrique import Fabrique, Reglages
    from generator.plan import Choix, planifier
    from generator.service import Workspace

    gc.set_threshold(*RAMASSAGE)  # as the command does
    found = Mesure(nombre)
    clock = Chronometre(found.etapes)
    soffice = find_soffice() if pdf else None
    with tempfile.TemporaryDirectory(prefix="echelle-") as room:
        folder = Path(room)
        synthese.ecrire(folder / "data", nombre)
        door = Workspace(folder / "data", RACINE / "templates", folder / "output")
        etat = door.charger(clock)
        found.memoire_lue = peak()
        for dossier in [*etat.records.dossiers.values()][:batis]:
            start, before = time.monotonic(), vu() - sum(found.etapes.values())
            plan, _ = planifier(couverture.dossier(etat.records, dossier), [], Choix(), door.keys)
            how = Reglages(door.sortie, soffice, fonts() if soffice else "")
            made = Fabrique(etat.records, plan, door.engine, how, clock).run()
            if any(d.is_error for d in made.diagnostics):
                sys.exit("\n".join(d.message for d in made.diagnostics if d.is_error))
            left = vu() - sum(found.etapes.values()) - before
            found.etapes["reste"] = found.etapes.get("reste", 0) + left
            found.duree += time.monotonic() - start
            found.batis += len(dossier.actes)
            found.documents += len(made.faits)
            found.octets += sum(p.stat().st_size for p in door.sortie.rglob("*") if p.is_file())
            shutil.rmtree(door.sortie)
    found.memoire = peak()
    found.vu = vu()
    return found


def enfant(nombre: int, batis: int, pdf: bool = False) -> Mesure:
    """`mesurer` in a process of its own, whose memory is its own too."""
    command = [sys.executable, __file__, "--nombre", str(nombre), "--batis", str(batis), *["--pdf"] * pdf]
    env = {**os.environ, "PYTHONPATH": str(RACINE)}
    before = cpu()
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    if done.returncode:
        sys.exit(done.stderr)
    found = Mesure(**json.loads(done.stdout))
    if pdf:
        unseen = cpu() - before - found.vu
        found.etapes["conversion en PDF"] += unseen
    return found


def nombre_lisible(nombre: float) -> str:
    """« 10 000 »."""
    return f"{nombre:,.0f}".replace(",", " ")


def tableau(mesures: list[Mesure]) -> None:
    """Print the curve."""
    stages = ("lecture", "contrôle", "comparaison", "rédaction", "relecture", "reste")
    print("\n| acts | built | documents | " + " | ".join(f"{s}, ms" for s in stages), end="")
    print(" | documents/s | MB once read | peak MB |")
    print("|---" * (len(stages) + 6) + "|")
    for m in mesures:
        shares = [m.etapes.get(s, 0) * 1000 / (m.actes if s in stages[:2] else m.batis) for s in stages]
        rate = m.documents / (m.par_acte * m.batis)
        print(
            f"| {nombre_lisible(m.actes)} | {nombre_lisible(m.batis)} | {nombre_lisible(m.documents)} | "
            + " | ".join(f"{s:.1f}" for s in shares)
            + f" | {rate:.0f} | {m.memoire_lue} | {m.memoire} |"
        )
    print(
        "\nMilliseconds of CPU per act: of those read in the first two stages, of those built in the others."
    )


def projection(word: Mesure, pdf: Mesure) -> None:
    """Print what every Département, a year of acts, twenty drafts would cost."""
    commun = word.commun / word.actes * ACTES
    every = DEPARTEMENTS * BROUILLONS
    pages = pdf.octets / pdf.batis / 1e6
    print(f"\n{DEPARTEMENTS} Départements × {nombre_lisible(ACTES)} acts × {BROUILLONS} drafts:\n")
    print("| | hours of CPU in all | hours on 64 cores | minutes of CPU of one draft |")
    print("|---|---|---|---|")
    for name, seconds in (
        (".docx, everything each time", commun + word.par_acte * ACTES),
        (".docx and PDF, everything each time", commun + pdf.par_acte * ACTES),
        (".docx and PDF, a tenth of the acts changed", commun + pdf.par_acte * ACTES / 10),
    ):
        hours = seconds * every / HEURE
        print(f"| {name} | {nombre_lisible(hours)} | {hours / 64:.1f} | {seconds / 60:.1f} |")
    print(f"\nOne draft on disk: {pages * ACTES * DEPARTEMENTS / 1e6:.2f} TB.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--complet", action="store_true", help="100 000 acts too")
    parser.add_argument("--batis", type=int, default=3, help="deliberations built, at most")
    parser.add_argument("--nombre", type=int, help="only this number of acts, as JSON")
    parser.add_argument("--pdf", action="store_true", help="with --nombre: with the PDFs")
    options = parser.parse_args()
    if options.nombre:
        print(json.dumps(asdict(mesurer(options.nombre, options.batis, options.pdf))))
        return
    adopter()
    mesures = []
    for nombre in (*NOMBRES, *([100_000] if options.complet else ())):
        mesures.append(enfant(nombre, options.batis))
        print(f"{nombre_lisible(nombre)} acts: done", file=sys.stderr)
    tableau(mesures)
    pdf = enfant(60, 1, pdf=True)
    whole = pdf.par_acte * pdf.batis / pdf.documents * 1000
    print(f"\nWith PDFs: {pdf.documents} documents of {pdf.batis} acts, {whole:.0f} ms of CPU a document.")
    projection(mesures[-1], pdf)


if __name__ == "__main__":
    main()
