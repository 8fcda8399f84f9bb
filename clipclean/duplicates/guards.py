"""Measures how much of what a text opens with is news to another: what tells a follow-up from a version of one story.

A report that is cut, corrected or rewritten opens with words that the other version holds as well, if not in the same
order. A follow-up opens with what has happened since and repeats the earlier report further down; so does a second
story from one speech, and a piece about somebody else's report that quotes it at length. Of all that was tried on
pairs that are related in part and were judged by reading, this told right from wrong best. Single words, because
rewriting breaks every run of them; the opening alone, because towards the end a longer version has words of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipclean.columns import spans
from clipclean.duplicates.holding import hold, tally
from clipclean.text import Places, Words

OPENING = 40
"""Words of an opening: about two sentences. 25 and 60 do nearly as well."""


@dataclass(frozen=True, slots=True)
class News:
    """Of the openings of the two texts of some pairs the share of words that the other holds nowhere: the larger and
    the smaller share, one entry a pair."""

    most: NDArray[np.float64]
    least: NDArray[np.float64]


def compare_openings(words: Words, offsets: Places, group: Places, left: Places, right: Places) -> News:
    """What the openings of the texts of each pair have that is news to the other; their order does not matter.

    The words of text ``i`` of the batch are ``words[offsets[i]:offsets[i + 1]]``, its group is ``group[i]``; both texts
    of a pair are in one.

    >>> from clipclean.text import tokenise
    >>> block = tokenise(["Rain fell in the north.", "Rain fell in the north, and the river rose."])
    >>> compare_openings(block.hashes, block.offsets, np.zeros(2, int), np.array([0]), np.array([1]))
    News(most=array([0.33333333]), least=array([0.]))
    """
    held = hold(words, offsets, group)
    opening = np.minimum(spans(offsets), OPENING)
    known = held.masks[held.columns]
    sides = np.array(
        [
            (opening[text] - tally(known, offsets[text], opening[text], held.bit(other))) / np.maximum(opening[text], 1)
            for text, other in ((left, right), (right, left))
        ]
    )
    return News(sides.max(axis=0), sides.min(axis=0))
