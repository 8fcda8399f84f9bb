"""One worker process and the pipe to it; it is started when it is needed, and again when it has died or hangs."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from clipclean.config import WorkSettings
from clipclean.engines.garbage import seldom_collected
from clipclean.engines.sorting import sort_quickly
from clipclean.errors import ClipcleanError, RecordError

THREAD_LIMITS = (
    "OMP_NUM_THREADS",  # also the size of Arrow's processor pool
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "ARROW_IO_THREADS",
)
"""What tells the libraries to stay on one thread, since the processes already take all the cores they may."""

MEGABYTE = 1 << 20

STARTS = 2
"""How often a process is started that dies before it can work: once could be chance."""

OUT_OF_MEMORY = 12
"""The exit code of a worker whose work did not fit into its memory; the number that systems give that error."""


class NotSurvived(BaseException):
    """Work had to be ended, or ended the worker. No Exception, so that nothing on its way takes it for its own."""

    def __init__(self, reason: RecordError) -> None:
        super().__init__(str(reason))
        self.reason = reason


def too_slow(seconds: float) -> RecordError:
    """The reason for work that was ended because it took too long.

    >>> too_slow(60).kind
    'too-slow'
    """
    return RecordError(
        "too-slow", f"work on it took more than {seconds:g} seconds; leave it out, or give it more with --max-seconds"
    )


@dataclass(frozen=True, eq=False)
class Job:
    """One kind of work: how a process builds the function that does it. Equal to itself alone."""

    make: Callable[[], Callable[[list[Any]], list[Any]]]


class Worker:
    """A process that works batches one after the other; for one thread at a time, but for ``stop``.

    It starts when it is made, so that it loads what it needs while others go on. Raises NotSurvived where it died or
    took too long over a batch; called again, it starts anew. Raises ClipcleanError where the process cannot start, and
    what building and calling the working function raise.
    """

    def __init__(self, settings: WorkSettings) -> None:
        self._lock = threading.Lock()
        self._process: BaseProcess | None = None
        self._pipe: Connection[Any, Any]
        self._stopped = False
        self._settings = settings
        self._jobs: list[Job] = []  # which the process was told to build, in that order
        self._built: list[Exception | None] = []  # what it has answered, of the first of them
        self._start()

    def __call__(self, job: Job, batch: list[Any]) -> list[Any]:
        """The results of a batch."""
        self.prepare(job)
        self.wait(job)
        seconds = self._settings.max_seconds or None
        try:
            self._pipe.send((self._jobs.index(job), None, batch))
            if not self._pipe.poll(seconds):
                self._end()
                raise NotSurvived(too_slow(seconds or 0))
            results, error = self._pipe.recv()
        except (EOFError, OSError):
            raise NotSurvived(_died(self._end())) from None
        if error is not None:
            raise error
        return results  # type: ignore[no-any-return]

    def prepare(self, job: Job) -> None:
        """Have the working function of a job built, where it is not; the process may go on with that while we do."""
        if self._process is None:
            self._start()
        if job not in self._jobs:
            self._jobs.append(job)
            with contextlib.suppress(OSError):  # it has died already, as ``wait`` will find
                self._pipe.send((len(self._jobs) - 1, job.make, None))

    def wait(self, job: Job) -> None:
        """Come back when the working function of a job that was prepared is built; raises what building it raises."""
        starts = 1
        while len(self._built) < len(self._jobs):  # answers to all of them come before that to a batch
            try:
                self._built.append(self._pipe.recv())
            except (EOFError, OSError):
                self._end()
                if starts == STARTS:
                    raise ClipcleanError(
                        "a worker process could not start: it ran out of memory, was killed, or belongs to a script "
                        'that lacks `if __name__ == "__main__":`; mend that, or try again with --workers 1'
                    ) from None
                starts += 1
                self.prepare(job)
        if error := self._built[self._jobs.index(job)]:
            raise error

    def stop(self) -> None:
        """End the process, in the middle of its work too; whoever waits for it hears that it died."""
        with self._lock:
            self._stopped = True
            if self._process is not None:
                self._process.kill()
                self._process.join()

    def __del__(self) -> None:
        self.stop()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        with self._lock:
            if self._stopped:
                raise NotSurvived(_died(None))
            self._pipe, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, self._settings.max_memory), daemon=True)
            with _interrupts_held():
                process.start()
            theirs.close()
            self._process, self._jobs, self._built = process, [], []

    def _end(self) -> int | None:
        """Let the process go; how it ended."""
        with self._lock:
            process, self._process = self._process, None
            if process is None:
                return None
            process.join(0.1)  # it is about to end by itself, and then says why
            process.kill()
            process.join()
            self._pipe.close()
            return process.exitcode


def too_large() -> RecordError:
    """The reason for work that does not fit into the memory that it may take.

    >>> too_large().kind
    'too-large'
    """
    return RecordError(
        "too-large", "work on it takes more memory than there is; leave it out, or give workers more with --max-memory"
    )


def _died(code: int | None) -> RecordError:
    if code == OUT_OF_MEMORY:
        return too_large()
    how = f"by signal {-code}" if code is not None and code < 0 else f"with exit code {code}"
    return RecordError("worker-died", f"the process that worked on it died {how}; leave it out, and please report it")


def _serve(pipe: Connection[Any, Any], megabytes: int) -> None:
    """What a worker process does. Functions come by the pipe, so that libraries load after these are set."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process of the terminal; the parent decides
    for name in THREAD_LIMITS:
        os.environ.setdefault(name, "1")
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _limit_memory(megabytes)
    try:
        sort_quickly()
        with seldom_collected():
            _work(pipe)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except (EOFError, OSError):  # whoever gave the work has gone
        return


def _work(pipe: Connection[Any, Any]) -> None:
    works: dict[int, Callable[[Any], Any]] = {}
    while True:
        number, make, batch = pipe.recv()
        if make is None:
            pipe.send(_answer(works[number], batch))
        else:
            works[number], error = _built(make)
            pipe.send(error)


def _built(make: Callable[[], Any]) -> tuple[Any, Exception | None]:
    try:
        return make(), None
    except MemoryError:
        raise
    except Exception as error:
        return None, error


def _answer(work: Callable[[Any], Any], batch: Any) -> tuple[Any, Exception | None]:
    try:
        return work(batch), None
    except MemoryError:
        raise
    except Exception as error:
        return None, error


def _end_with_parent() -> None:
    """A worker that hangs must not outlive a run that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _limit_memory(megabytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    with contextlib.suppress(OSError, ValueError):  # macOS knows the limit and refuses to set it
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        limit = megabytes * MEGABYTE
        if limit and (most == resource.RLIM_INFINITY or limit < most):
            resource.setrlimit(resource.RLIMIT_AS, (limit, most))


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
