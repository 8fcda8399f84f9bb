"""Turns the words of texts into shingles: hashes of every run of n words, the evidence on which copies are found.

A text with fewer than n words has one shingle, of all its words; a text without words has none. No shingle spans two
texts. Blocks of texts are columns: all values in one array, those of text ``i`` at ``offsets[i]:offsets[i + 1]``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clipclean.columns import spans
from clipclean.text import Places, Words, mix

_BASE = np.uint64(0x9E3779B97F4A7C15)


def shingle(words: Words, offsets: Places, size: int) -> tuple[Words, Places]:
    """Hash every run of ``size`` words of each text, in order and with repeats: (values, offsets).

    The hash is a polynomial over the word hashes, modulo 2^64, scrambled; it fits an n-gram of any n.

    >>> from clipclean.text import tokenise
    >>> block = tokenise(["one two three four", "two three four", "one"])
    >>> values, offsets = shingle(block.hashes, block.offsets, 3)
    >>> offsets.tolist(), bool(values[1] == values[2])
    ([0, 2, 3, 4], True)
    """
    counts = spans(offsets)
    full = max(len(words) - size + 1, 0)
    rolled = words[:full].copy()
    for place in range(1, size):
        rolled *= _BASE
        rolled += words[place : place + full]
    values = mix(rolled)
    if len(counts) > 1:
        inside = np.ones(len(words), bool)
        for place in range(1, size):
            last = offsets[1:] - place
            inside[last[last >= offsets[:-1]]] = False
        values = values[inside[:full]]
    sizes = np.where(counts >= size, counts - size + 1, np.minimum(counts, 1))
    bounds = np.zeros(len(offsets), np.int64)
    sizes.cumsum(out=bounds[1:])
    short = ((counts > 0) & (counts < size)).nonzero()[0]
    if not len(short):
        return values, bounds
    every = np.empty(bounds[-1], np.uint64)
    long = np.ones(len(every), bool)
    long[bounds[short]] = False
    every[long] = values
    every[bounds[short]] = _whole(words, offsets[short], counts[short])
    return every, bounds


def as_set(values: Words) -> Words:
    """The distinct values, sorted; the form in which two texts are compared.

    >>> as_set(np.array([3, 1, 3], dtype=np.uint64)).tolist()
    [1, 3]
    """
    ordered = np.sort(values)
    if len(ordered) > 1:
        fresh = np.empty(len(ordered), bool)
        fresh[0] = True
        np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
        ordered = ordered[fresh]
    return ordered


def sort(values: Words) -> tuple[Places, Words]:
    """What sorts values, equal ones as they stand, and the sorted values.

    Sorting numbers is many times faster than sorting an index, so the index rides in the low bits of what is sorted.
    Where the upper bits do not tell two values apart, the slow way.

    >>> sort(np.array([3, 1 << 40, 3, 0], dtype=np.uint64))[0].tolist()
    [3, 0, 2, 1]
    """
    low = max(1, len(values).bit_length())
    mask = np.uint64((1 << low) - 1)
    keys = values & ~mask
    keys |= np.arange(len(values), dtype=np.uint64)
    keys.sort()
    order = (keys & mask).view(np.int64)
    ordered = values[order]
    keys >>= np.uint64(low)
    if ((keys[1:] == keys[:-1]) & (ordered[1:] != ordered[:-1])).any():
        order = values.argsort(kind="stable")
        ordered = values[order]
    return order, ordered


def _whole(words: Words, starts: Places, counts: NDArray[np.int64]) -> Words:
    """One shingle of all words for each of some texts that are too short for a run."""
    values = words[starts]
    for place in range(1, int(counts.max())):
        longer = counts > place
        values[longer] = values[longer] * _BASE + words[starts[longer] + place]
    return mix(values)
