from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from clipclean.config import WorkSettings
from clipclean.engines import local
from clipclean.engines.local import IN_FLIGHT, Crew
from clipclean.engines.worker import THREAD_LIMITS
from clipclean.errors import AccountingError, ClipcleanError, RecordError, SettingsError

linux = pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is limited on Linux alone")
alarms = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no alarms")


def multiplier(factor: int) -> Callable[[list[int]], list[tuple[int, str]]]:
    return lambda batch: [(number * factor, os.environ.get("OMP_NUM_THREADS", "")) for number in batch]


def trouble(numbers: list[int], how: Callable[[], object]) -> Callable[[list[int]], list[object]]:
    """Work that goes wrong in one way at some numbers."""

    def work(batch: list[int]) -> list[object]:
        for number in batch:
            if number in numbers:
                how()
        return list(batch)

    return work


def die() -> None:
    os._exit(9)


def be_killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hang() -> None:
    while True:
        time.sleep(0.01)


def hang_stubbornly() -> None:
    """Swallows whatever comes first, as a destructor does."""
    with contextlib.suppress(BaseException):
        hang()
    hang()


def take_memory() -> None:
    bytearray(3 << 30)


def unbuildable() -> Callable[[list[int]], list[int]]:
    raise SettingsError("rule-off: there is no rule 'x'")


def dies_before_it_works() -> Callable[[list[int]], list[int]]:
    if multiprocessing.parent_process() is not None:
        os._exit(3)
    return lambda batch: batch


def killed_once(note: Path) -> Callable[[list[int]], list[int]]:
    """The first process that comes here is killed before it can work."""
    with contextlib.suppress(FileExistsError):
        note.touch(exist_ok=False)
        be_killed()
    return lambda batch: batch


def tell(item: int, why: RecordError) -> list[object]:
    return [(item, why.kind)]


def batches(count: int, size: int = 1) -> Iterator[list[int]]:
    return (list(range(start, min(start + size, count))) for start in range(0, count, size))


def mapped(how: Callable[[], object], numbers: list[int], *, workers: int, **limits: float) -> list[object]:
    settings = WorkSettings(**limits)  # type: ignore[arg-type]
    make = partial(trouble, numbers, how)
    with Crew(workers, settings) as crew:
        return [result for results in crew.map(make, batches(12, 4), lost=tell) for result in results]


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_items_whatever_the_workers(workers: int) -> None:
    with Crew(workers) as crew:
        done = crew.map(partial(multiplier, 3), batches(20, 3), lost=tell)
        assert [number for results in done for number, _ in results] == [number * 3 for number in range(20)]


def test_libraries_in_workers_stay_on_one_thread() -> None:
    with Crew(2) as crew:
        ((result,),) = crew.map(partial(multiplier, 3), [[1]], lost=tell)
    assert result[1] == os.environ.get(THREAD_LIMITS[0], "1")


def test_items_are_taken_as_they_are_needed() -> None:
    taken = []

    def items() -> Iterator[list[int]]:
        for batch in batches(100):
            taken.append(batch)
            yield batch

    with Crew(2) as crew:
        next(crew.map(partial(multiplier, 1), items(), lost=tell))
        assert len(taken) <= 2 * IN_FLIGHT


def test_closing_early_leaves_no_process_and_no_thread() -> None:
    before = threading.active_count()
    with Crew(2) as crew:
        next(crew.map(partial(multiplier, 1), batches(1000), lost=tell))
    assert multiprocessing.active_children() == []
    assert threading.active_count() == before


def test_a_worker_that_dies_is_replaced_and_only_what_killed_it_is_lost() -> None:
    how = [die, be_killed][os.name != "nt"]
    found = mapped(how, [3, 6], workers=2)
    assert found == [0, 1, 2, (3, "worker-died"), 4, 5, (6, "worker-died"), 7, 8, 9, 10, 11]
    assert multiprocessing.active_children() == []


@alarms
def test_work_that_hangs_is_ended_in_this_process_and_only_its_item_is_lost() -> None:
    before = signal.getsignal(signal.SIGALRM)
    found = mapped(hang, [5], workers=1, max_seconds=0.1)
    assert found == [0, 1, 2, 3, 4, (5, "too-slow"), 6, 7, 8, 9, 10, 11]
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@alarms
def test_an_alarm_that_is_swallowed_rings_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "AGAIN", 0.1)
    assert mapped(hang_stubbornly, [2], workers=1, max_seconds=0.1)[2] == (2, "too-slow")


def test_a_worker_that_hangs_is_replaced_and_only_its_item_is_lost() -> None:
    found = mapped(hang, [5], workers=2, max_seconds=0.5)
    assert found == [0, 1, 2, 3, 4, (5, "too-slow"), 6, 7, 8, 9, 10, 11]


@alarms
def test_a_timer_of_somebody_else_is_left_alone() -> None:
    signal.setitimer(signal.ITIMER_REAL, 1000)
    try:
        assert mapped(hang, [], workers=1, max_seconds=0.1) == list(range(12))
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 900
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


@linux
def test_what_bursts_the_memory_of_a_worker_is_lost_and_the_others_are_done() -> None:
    found = mapped(take_memory, [0, 10], workers=2, max_memory=1024)
    assert found == [(0, "too-large"), *range(1, 10), (10, "too-large"), 11]


def test_what_the_function_raises_comes_from_the_map() -> None:
    for workers in (1, 2):
        with pytest.raises(AccountingError, match="one too many"):
            mapped(raise_accounting, [2], workers=workers)
    assert multiprocessing.active_children() == []


def raise_accounting() -> None:
    raise AccountingError("one too many")


def test_workers_that_cannot_start_end_the_map_with_an_error_that_says_what_to_do() -> None:
    with pytest.raises(ClipcleanError, match="could not start"), Crew(2) as crew:
        list(crew.map(dies_before_it_works, [[1]], lost=tell))
    assert multiprocessing.active_children() == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_worker_that_is_killed_while_it_starts_is_started_again(tmp_path: Path) -> None:
    with Crew(2) as crew:
        done = crew.map(partial(killed_once, tmp_path / "note"), batches(4), lost=tell)
        assert list(done) == [[0], [1], [2], [3]]


def test_a_crew_that_nobody_closes_leaves_no_process() -> None:
    results = Crew(2).map(partial(multiplier, 1), batches(4), lost=tell)
    assert len(multiprocessing.active_children()) == 2
    del results
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("workers", [1, 2])
def test_what_cannot_be_built_is_told_with_its_reason(workers: int) -> None:
    with pytest.raises(SettingsError, match="no rule 'x'"), Crew(workers) as crew:
        crew.map(unbuildable, [[1]], lost=tell)


def test_a_number_of_workers_that_cannot_be_is_refused() -> None:
    with pytest.raises(SettingsError, match="workers: 0"):
        Crew(0)


def test_kinds_of_work_share_the_processes_one_within_the_other() -> None:
    with Crew(2) as crew:
        doubled = crew.map(partial(multiplier, 2), batches(40, 3), lost=tell)
        again = crew.map(partial(multiplier, 10), ([number for number, _ in batch] for batch in doubled), lost=tell)
        assert [number for results in again for number, _ in results] == [number * 20 for number in range(40)]
        assert len(multiprocessing.active_children()) == 2
        after = crew.map(partial(multiplier, 1), batches(4), lost=tell)
        assert [number for results in after for number, _ in results] == [0, 1, 2, 3]


def test_work_that_may_not_be_lost_is_done_here_where_no_worker_survives_it() -> None:
    with Crew(2) as crew:
        done = crew.map(partial(only_here, [3, 6]), batches(12, 4))
        assert [number for results in done for number in results] == list(range(12))


def only_here(numbers: list[int]) -> Callable[[list[int]], list[object]]:
    return trouble(numbers, die if multiprocessing.parent_process() is not None else lambda: None)


def test_a_batch_that_comes_alone_is_worked_here() -> None:
    with Crew(2) as crew:
        assert list(crew.map(partial(trouble, [1], lambda: None), [[1]])) == [[1]]  # which could not be sent


@pytest.mark.parametrize("workers", [1, 2])
def test_threads_give_results_in_order_and_hold_few_items(workers: int) -> None:
    taken = []

    def items() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    with Crew(workers) as crew:
        results = crew.threads(lambda number: 2 * number, items())
        assert next(results) == 0
        assert len(taken) <= workers + 1
        assert list(results) == list(range(2, 200, 2))


def test_what_a_thread_raises_comes_from_the_map() -> None:
    with Crew(2) as crew, pytest.raises(AccountingError, match="one too many"):
        list(crew.threads(lambda number: raise_accounting(), range(5)))
