from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from clipclean.engines.local import IN_FLIGHT, THREAD_LIMITS, ordered_map
from clipclean.errors import ClipcleanError, SettingsError


def multiplier(factor: int) -> Callable[[int], tuple[int, str]]:
    return lambda number: (number * factor, os.environ.get("OMP_NUM_THREADS", ""))


def dying(factor: int) -> Callable[[int], int]:
    def work(number: int) -> int:
        if number == 3:
            os._exit(9)
        return number * factor

    return work


def unbuildable() -> Callable[[int], int]:
    raise SettingsError("rule-off: there is no rule 'x'")


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_items_whatever_the_workers(workers: int) -> None:
    results = [number for number, _ in ordered_map(partial(multiplier, 3), range(20), workers=workers)]
    assert results == [number * 3 for number in range(20)]


def test_libraries_in_workers_stay_on_one_thread() -> None:
    (result,) = ordered_map(partial(multiplier, 3), [1], workers=2)
    assert result[1] == os.environ.get(THREAD_LIMITS[0], "1")


def test_items_are_taken_as_they_are_needed() -> None:
    taken = []

    def items() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    results = ordered_map(partial(multiplier, 1), items(), workers=2)
    next(results)
    assert len(taken) <= 2 * IN_FLIGHT
    results.close()  # type: ignore[attr-defined]


def test_closing_early_leaves_no_process() -> None:
    results = ordered_map(partial(multiplier, 1), range(1000), workers=2)
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []


def test_a_worker_that_dies_ends_the_map_with_an_error_that_says_what_to_do() -> None:
    with pytest.raises(ClipcleanError, match="fewer workers"):
        list(ordered_map(partial(dying, 1), range(10), workers=2))
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("workers", [1, 2])
def test_what_cannot_be_built_is_told_with_its_reason(workers: int) -> None:
    with pytest.raises(SettingsError, match="no rule 'x'"):
        ordered_map(unbuildable, [1], workers=workers)


def test_a_number_of_workers_that_cannot_be_is_refused() -> None:
    with pytest.raises(SettingsError, match="workers: 0"):
        ordered_map(partial(multiplier, 1), [1], workers=0)
