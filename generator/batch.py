"""Jobs on any `concurrent.futures.Executor`, results as they come.

Only `submit` and `as_completed` are used, so a process pool, a thread pool or the executor of
dask.distributed do alike. A job is self-contained and picklable, and gives a value back.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Hashable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Generic, TypeVar

from generator.render import RenderError

_GIVE_UP = 3  # items in a row that take their process down, alone: no process can live here

K = TypeVar("K", bound=Hashable)
A = TypeVar("A")
V = TypeVar("V")


class WorkerLost(Exception):  # noqa: N818 -- an event, reported as the result of one item
    """The process that ran the job died (out of memory, killed). The message is in French."""

    def __init__(self, message: str = "le processus qui produisait ce document a été interrompu") -> None:
        super().__init__(message)


# The exceptions that speak of one document. Anything else is a fault of the program and goes up.
FAMILY: tuple[type[Exception], ...] = (RenderError, WorkerLost)


@dataclass(frozen=True, slots=True)
class Result(Generic[K, V]):
    """What became of one item: `value`, or `error` (one of the family), never both."""

    key: K
    value: V | None = None
    error: Exception | None = None


def run(
    fn: Callable[[A], V],
    items: Iterable[tuple[K, A]],
    executor: Executor | None = None,
    jobs: int = 1,
    family: tuple[type[Exception], ...] = FAMILY,
) -> Iterator[Result[K, V]]:
    """Call `fn` on the argument of each (key, argument); yield results in completion order.

    With an `executor`, it is used and left open. Without one, `jobs` processes are started, or none
    when `jobs` is 1. An exception of `family` is the result of its item; any other one goes up, as
    does KeyboardInterrupt: the jobs not started yet are then cancelled. When a worker dies, the
    items lost have a WorkerLost; with processes of our own, each of them is first tried again alone,
    so that only the guilty one is lost, unless several in a row are.
    """
    if executor is not None:
        yield from _on(executor, fn, items, family)
    elif jobs <= 1:
        for key, argument in items:
            yield _here(fn, key, argument, family)
    else:
        yield from _in_processes(fn, list(items), jobs, family)


def _here(fn: Callable[[A], V], key: K, argument: A, family: tuple[type[Exception], ...]) -> Result[K, V]:
    try:
        return Result(key, fn(argument))
    except family as exc:
        return Result(key, error=exc)


def _on(
    executor: Executor,
    fn: Callable[[A], V],
    items: Iterable[tuple[K, A]],
    family: tuple[type[Exception], ...],
) -> Iterator[Result[K, V]]:
    waiting: dict[Future[V], K] = {}
    lost: list[K] = []
    try:
        for key, argument in items:
            try:
                waiting[executor.submit(fn, argument)] = key
            except BrokenExecutor:
                lost.append(key)
        for future in as_completed(list(waiting)):
            yield _outcome(future, waiting.pop(future), family)
        for key in lost:
            yield Result(key, error=WorkerLost())
    finally:
        # Reached with jobs left on Ctrl+C, on a fault, or when the caller stops reading.
        for future in waiting:
            future.cancel()


def _outcome(future: Future[V], key: K, family: tuple[type[Exception], ...]) -> Result[K, V]:
    try:
        return Result(key, future.result())
    except BrokenExecutor:
        return Result(key, error=WorkerLost())
    except family as exc:
        return Result(key, error=exc)


def _in_processes(
    fn: Callable[[A], V], items: list[tuple[K, A]], jobs: int, family: tuple[type[Exception], ...]
) -> Iterator[Result[K, V]]:
    arguments = dict(items)
    lost: list[K] = []
    # Spawned, not forked: the parent may hold threads (progress bar) and an open LibreOffice.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(jobs, max(1, len(items))), mp_context=context)
    try:
        for result in _on(pool, fn, items, family):
            if isinstance(result.error, WorkerLost):
                lost.append(result.key)
            else:
                yield result
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    fallen = 0
    for key in lost:
        if fallen == _GIVE_UP:
            yield Result(key, error=WorkerLost())
            continue
        with ProcessPoolExecutor(1, mp_context=context) as alone:
            for result in _on(alone, fn, [(key, arguments[key])], family):
                fallen = fallen + 1 if isinstance(result.error, WorkerLost) else 0
                yield result
