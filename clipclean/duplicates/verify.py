"""Measures candidate pairs: how many shingles two texts really share."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from clipclean.duplicates.buckets import Codes
from clipclean.duplicates.families import batches
from clipclean.duplicates.holding import hold
from clipclean.duplicates.shingles import shingle
from clipclean.duplicates.spread import HERE, Spread
from clipclean.duplicates.store import Extracts
from clipclean.text import Places

Locate = Callable[[Places], Extracts]
"""Tells where the words of some texts lie."""


@dataclass(frozen=True, slots=True)
class Overlaps:
    """What pairs share, one entry a pair: the ``shared`` shingles and the size of each of the two sets."""

    shared: Places
    left: Places
    right: Places

    @property
    def jaccard(self) -> NDArray[np.float64]:
        """Shared / all; 0 where both are empty."""
        return _share(self.shared, self.left + self.right - self.shared)

    @property
    def of_smaller(self) -> NDArray[np.float64]:
        """Shared / the smaller set: containment."""
        return _share(self.shared, np.minimum(self.left, self.right))


@dataclass(frozen=True, slots=True)
class _Task:
    """Pairs of a batch of texts, and the words of these."""

    words: Extracts
    group: Places
    left: Places
    right: Places


def measurer(size: int) -> Callable[[Sequence[_Task]], list[NDArray[np.int64]]]:
    """Build the function that counts what pairs share of shingles of ``size`` words, and what each of the two has.

    >>> measurer(5)([])
    []
    """

    def count(task: _Task) -> NDArray[np.int64]:
        words = task.words.read(flags=False)
        held = hold(*shingle(words.hashes, words.offsets, size), task.group)
        return np.stack((held.overlap(task.left, task.right), held.sizes[task.left], held.sizes[task.right]))

    return lambda tasks: [count(task) for task in tasks]


def measure(codes: Codes, lengths: Places, locate: Locate, size: int, spread: Spread = HERE) -> Overlaps:
    """Count the shingles of ``size`` words that each pair shares; equal shingles of one text count once.

    ``lengths`` are the words of every text, which bound the batches.

    >>> from clipclean.duplicates.buckets import encode
    >>> from clipclean.duplicates.store import WordStore, write_words
    >>> from clipclean.text import tokenise
    >>> block = tokenise(["one two three", "two three four five two three"])
    >>> with WordStore() as store:
    ...     store.add(write_words(store.folder, block))
    ...     found = measure(encode(np.array([0]), np.array([1])), np.array([3, 6]), store.locate, 2)
    >>> found.shared.tolist(), found.jaccard.tolist()
    ([1], [0.2])
    """
    result = np.zeros((3, len(codes)), np.int64)
    asked: deque[Places] = deque()

    def tasks() -> Iterator[list[_Task]]:
        for batch in batches(codes, lengths):
            asked.append(batch.pairs)
            yield [_Task(locate(batch.texts), batch.group, batch.left, batch.right)]

    for (counts,) in spread.map(partial(measurer, size), tasks()):
        result[:, asked.popleft()] = counts
    return Overlaps(*result)


def _share(part: Places, whole: Places) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = part / np.maximum(whole, 1)
    return shares
