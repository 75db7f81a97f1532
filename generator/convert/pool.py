"""Many documents, several LibreOffice at once, and no document that harms another."""

from __future__ import annotations

import datetime
import heapq
import queue
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from generator.convert.fidelite import perdus
from generator.convert.normalise import settle
from generator.convert.office import FILTER, Office, OfficeError, Process, memory, why
from generator.convert.screen import screen, weight

BATCH = 256  # documents per start of LibreOffice at most: it keeps a little of each in memory (0.1 MB)
MEMORY = 2 * 1024**3  # bytes: ten times what LibreOffice takes for a dossier's largest act
_TICK = 0.05  # seconds between two looks at the folder where PDFs appear
_LOOK = 10  # ticks between two looks at the memory
_ROOM = 1024 * 1024  # bytes free under which the disk counts as full
_GIVE_UP = 3  # hung runs, when LibreOffice has never produced anything, before the rest is given up


@dataclass(frozen=True, slots=True)
class Conversion:
    """What became of one .docx: `pdf` and its number of pages, or `error`, a French sentence."""

    key: str
    pdf: bytes | None
    pages: int
    error: str


@dataclass(frozen=True, slots=True)
class _End:
    """What a run left: keys to try alone, keys that it did not reach, why (French), whether its profile
    may have suffered."""

    doubtful: Sequence[str]
    untouched: Sequence[str]
    reason: str
    spoilt: bool


def convert(
    items: Mapping[str, bytes],
    *,
    soffice: Path,
    jour: datetime.date,
    titres: Mapping[str, str] | None = None,
    jobs: int = 2,
    timeout: float = 120,
    memoire: int = MEMORY,
) -> Iterator[Conversion]:
    """Convert .docx files (key → bytes) and yield each as soon as it is done, in any order.

    Exactly one Conversion per key. `jour` dates the PDFs, `titres` (key → title) replaces the titles that
    the documents carry. `jobs`: LibreOffice processes at once. `timeout`: seconds that LibreOffice has for
    one document, its own start included; the clock starts again at each PDF, so a long batch is not cut.
    `memoire`: bytes that one LibreOffice may hold.

    A LibreOffice that dies, hangs or takes too much memory is killed and replaced. The document that it
    was at, and those that it passed over, are tried again once, each alone on a new profile; the rest of
    the batch goes on. Closing the iterator, or Ctrl-C, kills what runs. Raises OfficeError when LibreOffice
    cannot be started at all or when there is no room for temporary files.
    """
    todo = []
    for key, docx in items.items():
        fault = screen(docx)
        if fault:
            yield Conversion(key, None, 0, f"« {key} » n’est pas converti : {fault}.")
        else:
            todo.append(key)
    if not todo:
        return
    jobs = max(1, min(jobs, len(todo)))
    names = titres or {}

    def finish(key: str, path: Path) -> tuple[bytes, int]:
        return settle(path, jour, names.get(key, ""))

    with Office(soffice) as office:
        pool = _Pool(office, items, finish, timeout, memoire)
        pool.add(_batches({key: weight(items[key]) for key in todo}, jobs))
        with ThreadPoolExecutor(jobs, "convert") as threads:
            try:
                workers = [threads.submit(pool.work) for _ in range(jobs)]
                for worker in workers:
                    worker.add_done_callback(pool.results.put)
                yield from pool.collect(len(todo))
            finally:
                office.stop()
                pool.close(jobs)


def _batches(weights: Mapping[str, int], jobs: int) -> list[list[str]]:
    """As many batches for every LibreOffice, of like weight, so that all end together; heaviest first."""
    count = jobs * -(-len(weights) // (BATCH * jobs))
    batches: list[list[str]] = [[] for _ in range(count)]
    loads = [(0, number) for number in range(count)]
    for key in sorted(weights, key=lambda key: -weights[key]):
        load, number = heapq.heappop(loads)
        batches[number].append(key)
        heapq.heappush(loads, (load + weights[key], number))
    return [batch for batch in batches if batch]


class _Pool:
    """The tasks, the results, and the threads' work; one thread drives one LibreOffice at a time."""

    def __init__(
        self,
        office: Office,
        items: Mapping[str, bytes],
        finish: Callable[[str, Path], tuple[bytes, int]],
        timeout: float,
        memoire: int,
    ) -> None:
        self.office, self.items, self.finish = office, items, finish
        self.timeout, self.memoire = timeout, memoire
        self.results: queue.SimpleQueue[Conversion | Future[None]] = queue.SimpleQueue()
        self._tasks: queue.SimpleQueue[tuple[Sequence[str], bool] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._done = 0
        self._hung = 0

    def add(self, batches: Iterable[Sequence[str]], last: bool = False) -> None:
        for batch in batches:
            self._tasks.put((batch, last))

    def close(self, workers: int) -> None:
        for _ in range(workers):
            self._tasks.put(None)

    def collect(self, count: int) -> Iterator[Conversion]:
        """Yield `count` results; raise at once what stopped a worker."""
        while count:
            result = self.results.get()
            if isinstance(result, Future):
                result.result()
            else:
                count -= 1
                yield result

    def work(self) -> None:
        """Take tasks until the end: a batch, or (last chance) one document alone."""
        profile: Path | None = None
        while (task := self._tasks.get()) and not self.office.stopped:
            keys, last = task
            if self._hopeless():
                self._fail(keys, "LibreOffice ne répond pas")
                continue
            try:
                folder = Path(tempfile.mkdtemp(dir=self.office.room))
                # A run that failed may have spoilt its profile; a good one saves the next its set-up.
                profile = profile or folder / "profil"
                (folder / "in").mkdir()
                for number, key in enumerate(keys):
                    (folder / "in" / f"{number:04}.docx").write_bytes(self.items[key])
                end = self._run(keys, folder, profile)
            except OSError as error:
                raise OfficeError(f"Impossible d’écrire les fichiers temporaires : {why(error)}.") from error
            if end.spoilt:
                profile = None
            if last:
                self._fail((*end.doubtful, *end.untouched), end.reason)
            else:
                self.add(([key] for key in end.doubtful), last=True)
                self.add([end.untouched] if end.untouched else [])

    def _run(self, keys: Sequence[str], folder: Path, profile: Path) -> _End:
        """Convert one batch, in the order of `keys`."""
        out = folder / "out"
        out.mkdir()
        waiting = {f"{number:04}.pdf": key for number, key in enumerate(keys)}
        inputs = [str(folder / "in" / f"{number:04}.docx") for number in range(len(keys))]
        process = self.office.start(["--convert-to", FILTER, "--outdir", str(out), *inputs], profile)
        if process is None:
            return _End((), (), "", True)
        reason, reached, ticks, ended, closed = "", 0, 0, False, False
        try:
            deadline = time.monotonic() + self.timeout
            while waiting and not ended and not reason and not self.office.stopped:
                ended = _ended(process)
                ticks += 1
                for name in sorted(waiting.keys() & {path.name for path in out.iterdir()}):
                    if self._pick(waiting[name], out / name):
                        del waiting[name]
                        reached = int(name[:4]) + 1
                        deadline = time.monotonic() + self.timeout
                if time.monotonic() > deadline:
                    reason = f"rien au bout de {self.timeout:g} s".replace(".", ",")
                    self._count_hung()
                elif ticks % _LOOK == 0 and memory(process) > self.memoire:
                    reason = f"plus de {self.memoire / 1024**2:.0f} Mo de mémoire demandés"
        finally:
            if not waiting and not self._tasks.empty():
                closed = _leave(process)
            status = self.office.end(process)
        left = [int(name[:4]) for name in waiting]
        # What comes before the last PDF was passed over. Then a dead LibreOffice was at the next one.
        suspects = [n for n in left if n <= reached or (status == 0 and not reason)]
        return _End(
            tuple(keys[n] for n in suspects),
            tuple(keys[n] for n in left if n not in suspects),
            reason or _explain(status, self.office.room),
            bool(left) or not closed,
        )

    def _pick(self, key: str, path: Path) -> bool:
        """Take the PDF of `key` if it is complete."""
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return False
        if not data.startswith(b"%PDF-") or not data.rstrip().endswith(b"%%EOF"):
            return False
        try:
            pdf, pages = self.finish(key, path)
        except pikepdf.PdfError:
            return False
        with self._lock:
            self._done += 1
        self.results.put(self._checked(key, pdf, pages))
        path.unlink()
        return True

    def _checked(self, key: str, pdf: bytes, pages: int) -> Conversion:
        """The PDF, unless it lost words of its .docx."""
        lost = perdus(self.items[key], pdf)
        if not lost:
            return Conversion(key, pdf, pages, "")
        shown = " ".join(lost[:8]) + (" …" if len(lost) > 8 else "")
        error = f"le PDF de « {key} » a perdu du texte du document Word : « {shown} »."
        return Conversion(key, None, 0, error)

    def _fail(self, keys: Sequence[str], reason: str) -> None:
        for key in keys:
            error = f"LibreOffice n’a pas pu convertir « {key} » : {reason}."
            self.results.put(Conversion(key, None, 0, error))

    def _count_hung(self) -> None:
        with self._lock:
            self._hung += 1

    def _hopeless(self) -> bool:
        """LibreOffice hangs on whatever it is given: trying every document would take hours."""
        with self._lock:
            return not self._done and self._hung >= _GIVE_UP


def _ended(process: Process) -> bool:
    """Wait one tick; True when the run is over."""
    try:
        process.wait(_TICK)
    except subprocess.TimeoutExpired:
        return False
    return True


def _leave(process: Process) -> bool:
    """All PDFs are there: let LibreOffice close by itself, so that its profile can serve again."""
    try:
        return process.wait(10) == 0
    except subprocess.TimeoutExpired:
        return False


def _explain(status: int, room: Path) -> str:
    """Why a run left documents undone. LibreOffice says 0 for nearly everything, a full disk included."""
    if status < 0:
        return f"le programme a été arrêté (signal {-status})"
    if status:
        return f"le programme s’est arrêté (code {status})"
    if shutil.disk_usage(room).free < _ROOM:
        return "le disque est plein"
    return "aucun PDF lisible n’a été produit"
