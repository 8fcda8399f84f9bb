"""Work on this machine: a function over items, in order, in this process or in several.

The engine knows nothing of what it runs. ``make`` builds the working function once for each process, so that what is
dear to build (patterns, models) is built once and is never a value of a module that results could depend on.

Processes are spawned, not forked: a fork would copy the locks of numpy's and Arrow's threads in whatever state they
are. The price is the usual one: a script that asks for several workers needs its ``if __name__ == "__main__":``.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from clipclean.errors import ClipcleanError, SettingsError

T = TypeVar("T")
R = TypeVar("R")

THREAD_LIMITS = (
    "OMP_NUM_THREADS",  # also the size of Arrow's processor pool
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "ARROW_IO_THREADS",
)
"""What tells the libraries to stay on one thread, since the processes already take all the cores they may."""

IN_FLIGHT = 2
"""Items handed out for each worker: one in work, one waiting, so that no worker is idle and few items are held."""

_worker: dict[str, Callable[[Any], Any]] = {}
"""The working function of a worker process, which serves one map and ends with it. Empty in every other process."""


def ordered_map(make: Callable[[], Callable[[T], R]], items: Iterable[T], *, workers: int = 1) -> Iterator[R]:
    """Apply the function that ``make`` builds to each item and give the results in the order of the items.

    For items that take some milliseconds each (batches); for less, the way between processes costs more than it
    saves. With more than one worker, ``make``, items and results are pickled, at most ``IN_FLIGHT`` items for each
    worker are held, and closing the generator ends the processes. The function must not raise: put what went wrong
    into its result.

    Raises SettingsError for a number of workers below 1, and ClipcleanError where a worker process died.

    >>> list(ordered_map(lambda: str.upper, ["rain", "snow"]))
    ['RAIN', 'SNOW']
    """
    if workers < 1:
        raise SettingsError(f"workers: {workers} is below 1; 1 works in this process")
    work = make()  # with workers too: what cannot be built is told here, with its reason, not by a dying process
    return map(work, items) if workers == 1 else _over_processes(make, items, workers)


def _over_processes(make: Callable[[], Callable[[T], R]], items: Iterable[T], workers: int) -> Iterator[R]:
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(make,))
    waiting: deque[Future[R]] = deque()
    try:
        for item in items:
            with _interrupts_held():
                waiting.append(executor.submit(_work, item))
            if len(waiting) >= workers * IN_FLIGHT:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        raise ClipcleanError(
            "a worker process died: it ran out of memory, was killed, or could not start (a script that asks for "
            'workers needs `if __name__ == "__main__":`); try again with fewer workers'
        ) from None
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _start(make: Callable[[], Callable[[Any], Any]]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process of the terminal; the parent decides
    for name in THREAD_LIMITS:
        os.environ.setdefault(name, "1")
    _worker["work"] = make()


def _work(item: Any) -> Any:
    return _worker["work"](item)


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold SIGINT back while a process may be started: it inherits that, so Ctrl-C cannot hit it half-built."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
