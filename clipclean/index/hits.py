"""Finds which earlier texts each new one may be related to: those that hold a low shingle hash, a key, that it holds.

A key that more than ``MOST`` texts hold points to the newest of them alone, so that neither ten thousand copies of a
story nor a phrase that half the texts hold cost more than that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipclean.duplicates.families import ranges
from clipclean.duplicates.relations import LEAST_SHARED, SHORTEST
from clipclean.duplicates.sketches import LEAST, expected
from clipclean.text import Places

MOST = 64
MEASURED = 8
"""So many of the likeliest candidates of a text are measured."""

_BELOW = 1 / 16  # the share of its shingles that every sketch holds, see ``sketches``
_DEVIATIONS = 3  # as in the typed mode; with 2 one of 1,259 related pairs in six collections is missed


@dataclass(frozen=True, slots=True)
class Hits:
    """One row for each key of a new text and each earlier text that it points to.

    ``text`` and ``other`` are numbers of texts; ``entry`` numbers the new texts' keys, of which ``text_of`` and
    ``key_of`` say what they are. ``surplus`` are stored keys, and the texts that hold them, that nothing points to any
    more.
    """

    entry: Places
    text: Places
    other: Places
    text_of: Places
    key_of: Places
    surplus: tuple[Places, Places]


def find_hits(keys: Places, numbers: Places, first: int) -> Hits:
    """Pair the texts from number ``first`` on with all before them that hold the same key.

    ``numbers[i]`` is the text that holds ``keys[i]``.

    >>> hits = find_hits(np.array([7, 9, 7, 9, 7]), np.array([1, 1, 2, 3, 3]), 2)
    >>> hits.text.tolist(), hits.other.tolist()
    ([2, 3, 3, 3], [1, 1, 2, 1])
    """
    order = np.lexsort((numbers, keys))
    keys, numbers = keys[order], numbers[order]
    fresh = np.ones(len(keys), bool)
    fresh[1:] = keys[1:] != keys[:-1]
    starts = fresh.nonzero()[0]
    sizes = np.diff(np.append(starts, len(keys)))
    start = starts.repeat(sizes)
    new = np.flatnonzero(numbers >= first)
    low = np.maximum(start[new], new - MOST)
    counts = new - low
    other = numbers[ranges(low, counts)]
    entry = np.repeat(np.arange(len(new)), counts)
    past = np.flatnonzero((np.arange(len(keys)) < np.repeat(starts + sizes, sizes) - MOST) & (numbers < first))
    return Hits(entry, numbers[new][entry], other, numbers[new], keys[new], (keys[past], numbers[past]))


def choose(
    hits: Hits, routine: NDArray[np.bool_], own: Places, owns: NDArray[np.int64], first: int
) -> tuple[Places, Places]:
    """The pairs, text and earlier one, that share enough to be measured: for each text the likeliest of them.

    ``routine`` says which entries are no evidence. ``own[i]`` is how many own shingles the new text ``first + i`` has,
    ``owns`` the same for the other text of each hit.
    """
    kept = ~routine[hits.entry]
    text, other = hits.text[kept], hits.other[kept]
    order = np.lexsort((other, text))
    text, other, one, two = text[order], other[order], own[hits.text[kept][order] - first], owns[kept][order]
    fresh = np.ones(len(text), bool)
    fresh[1:] = (text[1:] != text[:-1]) | (other[1:] != other[:-1])
    starts = fresh.nonzero()[0]
    shared = np.diff(np.append(starts, len(text)))
    text, other, one, two = text[starts], other[starts], one[starts], two[starts]
    region = np.minimum(np.maximum(_BELOW, LEAST / np.maximum(np.maximum(one, two), 1)), 1.0)
    fewer = np.minimum(one, two)
    enough = (fewer >= SHORTEST) & (shared >= expected(LEAST_SHARED, np.round(fewer * region), _DEVIATIONS))
    text, other, shared = text[enough], other[enough], shared[enough]
    order = np.lexsort((-other, -shared, text))
    text, other = text[order], other[order]
    begin = text.searchsorted(text)
    likely = np.arange(len(text)) - begin < MEASURED
    return text[likely], other[likely]
