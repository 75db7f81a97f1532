"""A real cluster on this machine: a scheduler and its workers, each a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from distributed import Client

ROOT = Path(__file__).parent.parent
_MAIN = "import sys; from distributed.cli.dask_{0} import main; sys.argv[0] = 'dask-{0}'; main()"


class Grappe:
    """`nombre` workers of one thread. `adresse` is the scheduler's."""

    def __init__(self, folder: Path, nombre: int = 0, **env: str) -> None:
        self.folder, self.nombre, self.env = folder, nombre, env
        self.processes: list[subprocess.Popen[bytes]] = []
        self.workers: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Grappe:
        file = self.folder / "scheduler.json"
        args = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)]
        self.scheduler = self._start("scheduler", args, "", self.env)
        while not file.is_file() or not file.read_text("utf-8").endswith("}"):
            assert self.scheduler.poll() is None
            time.sleep(0.05)
        self.client = Client(scheduler_file=str(file), set_as_default=False)
        self.adresse = str(self.client.scheduler.address)
        for _ in range(self.nombre):
            self.ajouter(attendre=False)
        self.attendre()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()
        for process in self.processes:
            process.kill()
            process.wait()

    def ajouter(self, avant: str = "", attendre: bool = True, **env: str) -> None:
        """One more worker, which first runs the line `avant`."""
        room = self.folder / f"noeud-{len(self.workers)}"
        args = [
            self.adresse,
            "--nthreads",
            "1",
            "--no-nanny",
            "--no-dashboard",
            "--local-directory",
            str(room),
        ]
        self.workers.append(self._start("worker", args, avant, env))
        if attendre:
            self.attendre()

    def attendre(self) -> None:
        """Wait until every worker that lives has joined."""
        alive = sum(w.poll() is None for w in self.workers)
        if alive:
            self.client.wait_for_workers(alive, timeout=60)

    def tuer(self, rang: int) -> None:
        """Kill a worker at once."""
        self.workers[rang].send_signal(signal.SIGKILL)
        self.workers[rang].wait()

    def taches(self) -> int:
        """Tasks that the scheduler knows."""
        return int(self.client.run_on_scheduler(_taches))

    def restes(self) -> list[Path]:
        """What the work left in the folders of the workers that live."""
        return list(self.folder.glob("noeud-*/**/convenant-*"))

    def _start(
        self, what: str, args: Sequence[str], avant: str, env: dict[str, str]
    ) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-c", f"{avant}\n{_MAIN.format(what)}", *args],
            env={**os.environ, "PYTHONPATH": str(ROOT), **env},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.processes.append(process)
        return process


def _taches(dask_scheduler: Any) -> int:
    return len(dask_scheduler.tasks)
