"""Jobs in this process, in threads, in processes: the same results, and each failure in its place."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from generator.batch import Result, WorkerLost, run
from generator.diagnostics import Diagnostic, Span
from generator.render import Engine, RenderError

from .render_files import JOUR, engine, text, write

ITEMS = [("un", 1), ("deux", 2), ("trois", 3)]


def double(n: int) -> int:
    return 2 * n


def refuse_two(n: int) -> int:
    if n == 2:
        raise RenderError(Diagnostic("TPL008", "vide", Span("f")))
    return n


def die_on_two(n: int) -> int:
    if n == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return n


def fault(n: int) -> int:
    return n // 0


def produce(job: tuple[Engine, str]) -> bytes:
    shared, name = job
    return shared.render("documents/d.docx", {"nom": name}, titre=name, jour=JOUR, nominatif=True)


def as_dict(results: Iterator[Result[str, Any]]) -> dict[str, Any]:
    return {r.key: r.value if r.error is None else type(r.error) for r in results}


@pytest.fixture(params=["here", "threads", "processes"])
def how(request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    if request.param == "threads":
        with ThreadPoolExecutor(2) as pool:
            yield {"executor": pool}
    else:
        yield {"jobs": 1 if request.param == "here" else 2}


def test_every_item_has_its_result(how: dict[str, Any]) -> None:
    assert as_dict(run(double, ITEMS, **how)) == {"un": 2, "deux": 4, "trois": 6}
    assert as_dict(run(double, [], **how)) == {}


def test_an_error_of_the_family_stays_with_its_item(how: dict[str, Any]) -> None:
    results = {r.key: r for r in run(refuse_two, ITEMS, **how)}
    assert (results["un"].value, results["trois"].value) == (1, 3)
    error = results["deux"].error
    assert isinstance(error, RenderError) and error.diagnostic.code == "TPL008"


def test_a_fault_of_the_program_goes_up(how: dict[str, Any]) -> None:
    with pytest.raises(ZeroDivisionError):
        list(run(fault, ITEMS, **how))


def test_a_dead_worker_loses_its_own_item_only() -> None:
    assert as_dict(run(die_on_two, ITEMS, jobs=2)) == {"un": 1, "deux": WorkerLost, "trois": 3}


def die(path: Path) -> None:
    with path.open("a") as log:
        log.write("x")
    os.kill(os.getpid(), signal.SIGKILL)


def test_where_no_process_lives_it_is_not_tried_for_each(tmp_path: Path) -> None:
    tries = tmp_path / "tries"
    items = [(str(n), tries) for n in range(20)]
    assert as_dict(run(die, items, jobs=2)) == dict.fromkeys(dict(items), WorkerLost)
    assert len(tries.read_text()) <= 5


def test_a_broken_pool_of_the_caller_gives_results_for_all() -> None:
    with ProcessPoolExecutor(1) as pool:
        results = as_dict(run(die_on_two, ITEMS, executor=pool))
        assert set(results) == {"un", "deux", "trois"}
        assert results["deux"] is WorkerLost
        assert as_dict(run(double, ITEMS, executor=pool)) == dict.fromkeys(
            ("un", "deux", "trois"), WorkerLost
        )


def test_completion_order() -> None:
    gate = threading.Event()

    def job(n: int) -> int:
        if n == 1:
            gate.wait(10)
        return n

    with ThreadPoolExecutor(2) as pool:
        results = run(job, ITEMS, executor=pool)
        assert {next(results).key, next(results).key} == {"deux", "trois"}
        gate.set()
        assert next(results).key == "un"


def test_stopping_early_cancels_what_has_not_started() -> None:
    started: list[int] = []
    gate = threading.Event()

    def job(n: int) -> int:
        started.append(n)
        if n > 0:
            gate.wait(10)
        return n

    with ThreadPoolExecutor(1) as pool:
        results = run(job, [(str(n), n) for n in range(50)], executor=pool)
        assert next(results).key == "0"
        results.close()  # what Ctrl+C does to the generator
        gate.set()
    assert len(started) <= 2


def test_keyboard_interrupt_cancels_the_rest() -> None:
    class Interrupting(ThreadPoolExecutor):
        """Ctrl+C while the third job is handed over."""

        handed: list[Future[Any]] = []  # noqa: RUF012 -- one test, one instance

        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            if len(self.handed) == 2:
                raise KeyboardInterrupt
            self.handed.append(super().submit(fn, *args, **kwargs))
            return self.handed[-1]

    with Interrupting(1) as pool:
        with pytest.raises(KeyboardInterrupt):
            list(run(time.sleep, [("a", 0.2), ("b", 0.2), ("c", 0.2)], executor=pool))
        assert pool.handed[1].cancelled()


def test_documents_come_out_the_same_in_processes(tmp_path: Path) -> None:
    write(tmp_path, "documents/d.docx", "Bonjour {{ nom }}")
    shared = engine(tmp_path)
    jobs = [(name, (shared, name)) for name in ("Zoé", "Léa", "XXXX")]
    here = {r.key: r for r in run(produce, jobs)}
    there = {r.key: r for r in run(produce, jobs, jobs=2)}
    assert {k: r.value for k, r in here.items()} == {k: r.value for k, r in there.items()}
    assert text(there["Zoé"].value or b"")[0] == "Bonjour Zoé"
    error = there["XXXX"].error
    assert isinstance(error, RenderError) and error.diagnostic.code == "TPL009"
