"""How the stage hands out work that can be done anywhere: block by block, in order, in this process or in others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Spread(Protocol):
    """Where work is done; results come in the order of what they are results of."""

    def map(self, make: Callable[[], Callable[[list[T]], list[R]]], batches: Iterable[list[T]], /) -> Iterator[list[R]]:
        """Apply the function that ``make`` builds to each batch, maybe in other processes.

        A batch may be cut, and its results then be those of its parts, one after the other. Functions, batches and
        results must be such as can be sent from process to process.
        """
        ...

    def threads(self, function: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        """Apply a function to each item, maybe in threads: for what is too large to be sent."""
        ...


class Here:
    """All in this thread.

    >>> list(Here().map(lambda: lambda batch: [2 * number for number in batch], [[1, 2], [3]]))
    [[2, 4], [6]]
    """

    def map(self, make: Callable[[], Callable[[list[T]], list[R]]], batches: Iterable[list[T]], /) -> Iterator[list[R]]:
        """See Spread."""
        return map(make(), batches)

    def threads(self, function: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        """See Spread."""
        return map(function, items)


HERE = Here()
