"""How the stage hands out work that can be done anywhere: block by block, in order, in this process or in others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Spread(Protocol):
    """Applies the function that ``make`` builds to each batch, and gives the results in the order of the batches.

    A batch may be cut, and its results then be those of its parts, one after the other. Functions, batches and results
    must be such as can be sent from process to process.
    """

    def __call__(
        self, make: Callable[[], Callable[[list[T]], list[R]]], batches: Iterable[list[T]], /
    ) -> Iterator[list[R]]:
        """The results of each batch."""
        ...


def here(make: Callable[[], Callable[[list[T]], list[R]]], batches: Iterable[list[T]], /) -> Iterator[list[R]]:
    """All in this process.

    >>> list(here(lambda: lambda batch: [2 * number for number in batch], [[1, 2], [3]]))
    [[2, 4], [6]]
    """
    return map(make(), batches)
