"""Measures what tells another story from a version of one, where both share much of their words.

*Openings*: a report that is cut, corrected or rewritten opens with words that the other version holds as well, if not
in the same order. A follow-up opens with what has happened since and repeats the earlier report further down; so does a
second story from one speech, and a piece about somebody else's report that quotes it at length. Of all that was tried
on pairs that are related in part and were judged by reading, this told right from wrong best. Single words, because
rewriting breaks every run of them; the opening alone, because towards the end a longer version has words of its own.

*Names*: two notices from one form, of a fire in this town and of one in that, differ in little but names, which no
editor changes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipclean.columns import spans
from clipclean.duplicates.families import running
from clipclean.duplicates.holding import Held, hold, tally
from clipclean.text import CAPITAL, SENTENCE, Places, Tokens, Words

OPENING = 40
"""Words of an opening: about two sentences. 25 and 60 do nearly as well."""

NAMES = 3
"""Words of names that each of two texts has of its own, where they are filled in forms."""
_SHARED = 3  # at most one in so many words of names stands in the other text; 4 does as well on real stories


@dataclass(frozen=True, slots=True)
class News:
    """Of the openings of the two texts of some pairs the share of words that the other holds nowhere: the larger and
    the smaller share, one entry a pair."""

    most: NDArray[np.float64]
    least: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Known:
    """Which texts of its group hold each word of a batch of texts, as a mask; see ``holding``."""

    words: Tokens
    held: Held
    masks: Words

    @classmethod
    def of(cls, words: Tokens, group: Places) -> Known:
        """That of a batch of texts, given the number of each text's group."""
        held = hold(words.hashes, words.offsets, group)
        return cls(words, held, held.masks[held.columns])


def compare_openings(known: Known, left: Places, right: Places) -> News:
    """What the openings of the texts of each pair have that is news to the other; their order does not matter.

    >>> from clipclean.text import tokenise
    >>> block = tokenise(["Rain fell in the north.", "Rain fell in the north, and the river rose."])
    >>> compare_openings(Known.of(block, np.zeros(2, int)), np.array([0]), np.array([1]))
    News(most=array([0.33333333]), least=array([0.]))
    """
    offsets = known.words.offsets
    text, other = np.concatenate((left, right)), np.concatenate((right, left))
    opening = np.minimum(spans(offsets), OPENING)[text]
    found = tally(known.masks, offsets[text], opening, known.held.bit(other))
    one, two = ((opening - found) / np.maximum(opening, 1)).reshape(2, -1)
    return News(np.maximum(one, two), np.minimum(one, two))


def named_otherwise(known: Known, left: Places, right: Places) -> NDArray[np.bool_]:
    """Whether the two texts of each pair have names of their own, ``NAMES`` words of them at least, and next to none in
    common. A name is what begins with a capital within a sentence; where nothing or every noun does, none is told.

    >>> from clipclean.text import tokenise
    >>> block = tokenise([f"The mayor of {town}, {mayor}, opened the fair on Monday."
    ...     for town, mayor in (("Brenwick", "Anna Telle"), ("Ostermoor", "Jon Falk"))])
    >>> named_otherwise(Known.of(block, np.zeros(2, int)), np.array([0]), np.array([1])).tolist()
    [True]
    """
    names = known.words.flags & (CAPITAL | SENTENCE) == CAPITAL
    masks, offsets = known.masks[names], running(names)[known.words.offsets]
    found = np.ones(len(left), bool)
    for text, other in ((left, right), (right, left)):
        every = spans(offsets)[text]
        shared = tally(masks, offsets[text], every, known.held.bit(other))
        found &= (every - shared >= NAMES) & (_SHARED * shared <= every)
    return found
