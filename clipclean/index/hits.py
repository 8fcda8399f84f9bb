"""Finds which earlier texts each new one may be related to: those that hold a low shingle hash, a key, that it holds.

A key that more than ``MOST`` texts hold points to the newest of them alone, so that neither ten thousand copies of a
story nor a phrase that half the texts hold cost more than that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipclean.columns import spans
from clipclean.duplicates.families import ranges, running
from clipclean.duplicates.relations import LEAST_SHARED, SHORTEST
from clipclean.duplicates.sketches import LEAST, expected
from clipclean.index.entries import HALF, NUMBER
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


def find_hits(keys: Places, numbers: Places, first: int, *, apart: bool = False) -> Hits:
    """Pair the texts from number ``first`` on with all before them that hold the same key.

    ``numbers[i]`` is the text that holds ``keys[i]``. Texts that come ``apart`` are not paired with one another.

    >>> hits = find_hits(np.array([7, 9, 7, 9, 7]), np.array([1, 1, 2, 3, 3]), 2)
    >>> hits.text.tolist(), hits.other.tolist()
    ([2, 3, 3, 3], [1, 1, 2, 1])
    >>> find_hits(np.array([7, 9, 7, 9, 7]), np.array([1, 1, 2, 3, 3]), 2, apart=True).other.tolist()
    [1, 1, 1]
    """
    entries = keys << HALF | numbers
    entries.sort()
    keys, numbers = entries >> HALF, entries & NUMBER
    fresh = np.ones(len(keys), bool)
    fresh[1:] = keys[1:] != keys[:-1]
    starts = fresh.nonzero()[0]
    stored = numbers < first
    new = (~stored).nonzero()[0]
    start = starts[starts.searchsorted(new, "right") - 1]
    end = new
    if apart:
        before = running(stored)
        end = start + before[new] - before[start]
    low = np.maximum(start, end - MOST)
    counts = end - low
    entry = np.arange(len(new)).repeat(counts)
    text_of = numbers[new]
    sizes = _sizes(starts, len(keys))
    large = (sizes > MOST).nonzero()[0]
    past = ranges(starts[large], sizes[large] - MOST)
    past = past[stored[past]]
    return Hits(entry, text_of[entry], numbers[ranges(low, counts)], text_of, keys[new], (keys[past], numbers[past]))


def choose(
    hits: Hits, routine: NDArray[np.bool_], own: Places, first: int, others: tuple[Places, Places]
) -> tuple[Places, Places]:
    """The pairs, text and earlier one, that share enough to be measured: for each text the likeliest of them.

    ``routine`` says which entries are no evidence. ``own[i]`` is how many own shingles the new text ``first + i`` has;
    ``others`` are numbers of texts, ascending, and how many these have, among them all others of the hits.
    """
    pairs = (hits.text - first) << HALF | hits.other
    if routine.any():
        pairs = pairs[~routine[hits.entry]]
    pairs.sort()
    fresh = np.ones(len(pairs), bool)
    fresh[1:] = pairs[1:] != pairs[:-1]
    starts = fresh.nonzero()[0]
    shared = _sizes(starts, len(pairs))
    text, other = pairs[starts] >> HALF, pairs[starts] & NUMBER
    one, two = own[text], others[1][others[0].searchsorted(other)]
    region = np.minimum(np.maximum(_BELOW, LEAST / np.maximum(np.maximum(one, two), 1)), 1.0)
    fewer = np.minimum(one, two)
    enough = (fewer >= SHORTEST) & (shared >= expected(LEAST_SHARED, np.round(fewer * region), _DEVIATIONS))
    text, other, shared = text[enough] + first, other[enough], shared[enough]
    if len(text) > 1:
        order = np.lexsort((-other, -shared, text))
        text, other = text[order], other[order]
        likely = np.arange(len(text)) - text.searchsorted(text) < MEASURED
        text, other = text[likely], other[likely]
    return text, other


def _sizes(starts: Places, end: int) -> Places:
    return spans(np.concatenate((starts, [end])))
