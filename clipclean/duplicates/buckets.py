"""Puts texts that share a key into buckets, by sorting, and pairs those of one bucket.

Of a bucket of up to ``CROWD`` texts all pairs are candidates. In a larger one, a crowd, each text is paired with the
first few only, so that ten thousand copies of one story, or a phrase that half the texts hold, cost no square of their
number and no member is dropped. Numbers of texts decide which are first: give numbers that do not depend on the order
of the input.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from clipclean.duplicates.shingles import sort
from clipclean.text import Places, Words

CROWD = 64
"""The largest bucket of which all pairs are candidates; most real families of copies are smaller."""
HUBS = 4
"""With how many of a crowd each of its texts is paired."""

Codes = NDArray[np.uint64]
"""Pairs of texts, the smaller number in the upper half."""


def encode(left: Places | np.int64, right: Places) -> Codes:
    """Pairs as numbers, whichever of the two comes first.

    >>> decode(encode(np.array([5, 1]), np.array([2, 3])))
    (array([2, 1]), array([5, 3]))
    """
    low, high = np.minimum(left, right), np.maximum(left, right)
    return (low.astype(np.uint64) << np.uint64(32)) | high.astype(np.uint64)


def decode(codes: Codes) -> tuple[Places, Places]:
    """The two texts of each pair, the smaller number first."""
    return (codes >> np.uint64(32)).astype(np.int64), (codes & np.uint64(0xFFFFFFFF)).astype(np.int64)


def pair_up(keys: Words, members: Places) -> Iterator[tuple[Codes, list[Places]]]:
    """Candidate pairs among texts with equal keys, part by part, each with the crowds (texts, ascending) it comes from.

    ``members[i]`` is the text that has ``keys[i]``; no text has the same key twice.

    >>> keys, members = np.array([7, 9, 7], dtype=np.uint64), np.array([4, 5, 6])
    >>> [(decode(codes), crowds) for codes, crowds in pair_up(keys, members)]
    [((array([4]), array([6])), [])]
    """
    order, ordered = sort(keys)
    bounds = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    starts = np.concatenate((np.zeros(1, np.int64), bounds))[: len(keys)]
    sizes = np.diff(np.append(starts, len(keys)))
    place = np.flatnonzero(np.repeat(sizes <= CROWD, sizes))
    followers = np.repeat(starts + sizes, sizes)[place] - place - 1
    for step in range(1, CROWD):
        place, followers = place[followers >= step], followers[followers >= step]
        if not len(place):
            break
        yield encode(members[order[place]], members[order[place + step]]), []
    for start, size in zip(starts[sizes > CROWD].tolist(), sizes[sizes > CROWD].tolist(), strict=True):
        crowd = np.sort(members[order[start : start + size]])
        yield hub_pairs(crowd), [crowd]


def hub_pairs(crowd: Places) -> Codes:
    """Each of a crowd with its first few.

    >>> len(hub_pairs(np.arange(100)))
    390
    """
    return np.concatenate([encode(crowd[hub], crowd[hub + 1 :]) for hub in range(HUBS)])


def count(codes: Codes) -> tuple[Codes, Places]:
    """The distinct pairs among some, ascending, and how often each is there.

    >>> count(np.array([7, 3, 7], dtype=np.uint64))
    (array([3, 7], dtype=uint64), array([1, 2]))
    """
    codes = np.sort(codes)
    starts = np.flatnonzero(codes[1:] != codes[:-1]) + 1
    starts = np.concatenate((np.zeros(min(len(codes), 1), np.int64), starts))
    return codes[starts], np.diff(np.append(starts, len(codes)))


class Collector:
    """Gathers pairs of which most come again and again, and counts them, in memory for the distinct ones.

    >>> found = Collector()
    >>> found.add(np.array([7, 3, 7], dtype=np.uint64))
    >>> found.counted()
    (array([3, 7], dtype=uint64), array([1, 2]))
    """

    def __init__(self) -> None:
        self._new: list[Codes] = []
        self._held = 0
        self._counted: tuple[Codes, Places] = np.empty(0, np.uint64), np.empty(0, np.int64)

    def add(self, codes: Codes) -> None:
        """Take some more pairs."""
        self._new.append(codes)
        self._held += len(codes)
        if self._held > max(1 << 22, len(self._counted[0])):
            self._counted, self._new, self._held = self.counted(), [], 0

    def counted(self) -> tuple[Codes, Places]:
        """The distinct pairs, ascending, and how often each came."""
        new = count(np.concatenate([np.empty(0, np.uint64), *self._new]))
        if not len(self._counted[0]):
            return new
        codes, counts = (np.concatenate(both) for both in zip(self._counted, new, strict=True))
        order = np.argsort(codes, kind="stable")
        codes, counts = codes[order], counts[order]
        starts = np.flatnonzero(np.concatenate((np.ones(min(len(codes), 1), bool), codes[1:] != codes[:-1])))
        return codes[starts], np.add.reduceat(counts, starts) if len(starts) else counts

    def codes(self) -> Codes:
        """The distinct pairs, ascending."""
        return self.counted()[0]
