"""Work on this machine: a function over batches, in order, in this process or in several.

The engine knows nothing of what it runs. A function ``make`` builds the working function once for each process, so that
what is dear to build (patterns, models) is built once and is never a value of a module that results could depend on.

A batch that a worker does not survive, by dying or by hanging, is worked again item by item: the items that do it are
handed to ``lost``, the others are done, and the worker is replaced.

Processes are spawned, not forked: a fork would copy the locks of numpy's and Arrow's threads in whatever state they
are. The price is the usual one: a script that asks for several workers needs its ``if __name__ == "__main__":``.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import chain, islice
from queue import Empty, SimpleQueue
from types import FrameType
from typing import TypeVar

from clipclean.config import WorkSettings
from clipclean.engines.worker import Job, NotSurvived, Worker, too_large, too_slow
from clipclean.errors import RecordError, SettingsError

T = TypeVar("T")
R = TypeVar("R")

Work = Callable[[list[T]], list[R]]
Lost = Callable[[T, RecordError], list[R]]
"""Gives the results for an item that no worker survives, and hears why."""

AGAIN = 1.0
"""Seconds after which an alarm rings again: where it first rang, an exception may be passed over (a ``__del__``)."""

IN_FLIGHT = 4
"""Batches handed out for each worker: enough that none is idle while we do something else or one batch takes long."""


class Crew:
    """Processes to work in, or this one alone, for several kinds of work, one after the other or side by side.

    With more than one worker, processes start at once, and load what a kind of work needs when it is handed to ``map``;
    ``close`` ends them, whatever they are at. ``settings`` says how long an item may take, and how much memory a
    worker: in this process the time is watched where it can be (POSIX, the main thread, no other timer), the memory
    never is.

    Raises SettingsError for a number of workers below 1.

    >>> shout = lambda: lambda batch: [word.upper() for word in batch]
    >>> with Crew() as crew:
    ...     list(crew.map(shout, [["rain", "snow"], ["hail"]]))
    [['RAIN', 'SNOW'], ['HAIL']]
    """

    def __init__(self, workers: int = 1, settings: WorkSettings | None = None) -> None:
        if workers < 1:
            raise SettingsError(f"workers: {workers} is below 1; 1 works in this process")
        self._settings = settings or WorkSettings()
        self._workers = [Worker(self._settings) for _ in range(workers)] if workers > 1 else []
        self._threads = ThreadPoolExecutor(workers)
        self._idle: SimpleQueue[Worker] = SimpleQueue()
        for worker in self._workers:
            self._idle.put(worker)

    def map(
        self, make: Callable[[], Work[T, R]], batches: Iterable[list[T]], *, lost: Lost[T, R] | None = None
    ) -> Iterator[list[R]]:
        """Apply the function that ``make`` builds to each batch and give the results in the order of the batches.

        For batches that take some milliseconds each; for less, the way between processes costs more than it saves. With
        more than one worker, ``make``, batches and results are pickled, and at most ``IN_FLIGHT`` batches for each
        worker are held. What the function raises is raised here: put what goes wrong with an item into its result.
        Without ``lost`` nothing is: what a worker does not survive is done in this process, without a limit, and so is
        a batch that comes alone.

        Raises ClipcleanError where a worker process cannot start, and at once what ``make`` raises.
        """
        few = False
        if lost is None:
            given = iter(batches)
            first = list(islice(given, 2))
            few, batches = len(first) < 2, chain(first, given)
        if self._workers and not few:
            job = Job(make)
            self._prepare(job)
            return self._over_processes(job, batches, lost or (lambda item, why: make()([item])))
        work = make()
        if lost is None:
            return map(work, batches)
        return (_survived(partial(_in_time, work, self._settings), batch, lost) for batch in batches)

    def threads(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Apply a function to each item, in as many threads as there are workers, and give the results in order.

        For what is too large to be sent to a worker and leaves Python's lock while it works, as numpy does. As many
        items as workers are held beside the one that is given.
        """
        if not self._workers:
            return map(function, items)
        return self._over_threads(function, items)

    def close(self) -> None:
        """End the processes, in the middle of their work too."""
        with contextlib.ExitStack() as stack:
            stack.callback(self._threads.shutdown, wait=True, cancel_futures=True)
            for worker in self._workers:
                stack.callback(worker.stop)

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _over_threads(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        waiting: deque[Future[R]] = deque()
        with ThreadPoolExecutor(len(self._workers)) as threads:
            for item in items:
                waiting.append(threads.submit(function, item))
                if len(waiting) > len(self._workers):
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def _prepare(self, job: Job) -> None:
        """Have every worker that is idle build the working function; raises what the first of them meets."""
        idle: list[Worker] = []
        try:
            with contextlib.suppress(Empty):
                while True:
                    idle.append(self._idle.get_nowait())
                    idle[-1].prepare(job)
            if idle:
                idle[0].wait(job)
        finally:
            for worker in idle:
                self._idle.put(worker)

    def _over_processes(self, job: Job, batches: Iterable[list[T]], lost: Lost[T, R]) -> Iterator[list[R]]:
        """A thread waits for each worker at work and replaces it: no worker can hold up another, or us."""

        def by_one_of_them(batch: list[T]) -> list[R]:
            worker = self._idle.get()
            try:
                return _survived(partial(worker, job), batch, lost)
            finally:
                self._idle.put(worker)

        waiting: deque[Future[list[R]]] = deque()
        try:
            for batch in batches:
                waiting.append(self._threads.submit(by_one_of_them, batch))
                if len(waiting) >= len(self._workers) * IN_FLIGHT:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _survived(work: Work[T, R], batch: list[T], lost: Lost[T, R]) -> list[R]:
    """The results of a batch; where work on all of it is not survived, those of each item alone."""
    try:
        return work(batch)
    except NotSurvived as end:
        reason = end.reason
    except MemoryError:
        reason = too_large()
    if len(batch) == 1:
        return lost(batch[0], reason)
    return [result for item in batch for result in _survived(work, [item], lost)]


def _in_time(work: Work[T, R], settings: WorkSettings, batch: list[T]) -> list[R]:
    """Work in this process, ended by an alarm where that can be set without disturbing anybody."""
    seconds = settings.max_seconds
    if (
        not seconds
        or not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
        or signal.getitimer(signal.ITIMER_REAL) != (0.0, 0.0)
    ):
        return work(batch)

    over = False

    def ring(number: int, frame: FrameType | None) -> None:
        if not over:
            raise NotSurvived(too_slow(seconds))

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        try:
            return work(batch)
        finally:
            over = True
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
