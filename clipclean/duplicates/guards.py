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
from clipclean.duplicates.families import number, ranges, running
from clipclean.text import Places, Words

OPENING = 40
"""Words of an opening: about two sentences. 25 and 60 do nearly as well."""


@dataclass(frozen=True, slots=True)
class News:
    """Of the openings of two texts the share of words that the other holds nowhere: the larger and the smaller."""

    most: float
    least: float


def compare_openings(words: Words, offsets: Places, left: Places, right: Places) -> list[News]:
    """What the openings of the texts of each pair have that is news to the other; their order does not matter.

    The words of text ``i`` of the batch are ``words[offsets[i]:offsets[i + 1]]``.

    >>> from clipclean.text import tokenise
    >>> block = tokenise(["Rain fell in the north.", "Rain fell in the north, and the river rose."])
    >>> compare_openings(block.hashes, block.offsets, np.array([0]), np.array([1]))
    [News(most=0.3333333333333333, least=0.0)]
    """
    held = number(words, offsets)
    text = np.repeat(np.arange(len(offsets) - 1, dtype=np.uint64), spans(offsets))
    keys = (text << np.uint64(32) | held.ids.astype(np.uint64))[held.fresh]
    keys.sort()
    sides = np.array([_news(held.ids, offsets, keys, *pair) for pair in ((left, right), (right, left))])
    return [News(*pair) for pair in zip(sides.max(axis=0).tolist(), sides.min(axis=0).tolist(), strict=True)]


def _news(ids: Places, offsets: Places, keys: Words, text: Places, other: Places) -> NDArray[np.float64]:
    """Of each text's opening the share of words that the other text does not hold; ``keys`` are text and word."""
    opening = np.minimum(spans(offsets), OPENING)[text]
    asked = np.repeat(other.astype(np.uint64) << np.uint64(32), opening)
    asked |= ids[ranges(offsets[text], opening)].astype(np.uint64)
    missing = keys.take(keys.searchsorted(asked), mode="clip") != asked if len(keys) else np.ones(len(asked), bool)
    share: NDArray[np.float64] = np.diff(running(missing)[running(opening)]) / np.maximum(opening, 1)
    return share
