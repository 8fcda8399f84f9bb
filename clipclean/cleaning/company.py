"""What kinds of lines keep a line company: how many of each stand near, above and in all, how far the nearest is.

Other stories, comments and lists give themselves away by their neighbours: dates between headings, bullets in a row,
names and buttons between sentences. A wider set of such columns was worth .005 F1 on dumps of held-out publishers (.928
to .933, model alone); of it those stand here that the trees asked most.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import chain

import numpy as np

from clipclean.cleaning.features import Blocks, Bools, Floats

REACHES = (3, 8)
"""Lines each way in which company is counted."""

MOST_ABOVE = 30.0
MOST = 60.0
"""Counts are capped here: more is just many."""

SIDES = {-2: "above_2", -1: "above_1", 1: "below_1", 2: "below_2"}


def company(kinds: Mapping[str, Bools], own: Mapping[str, Floats], blocks: Blocks) -> dict[str, Floats]:
    """The columns for the given kinds, each a mask over the lines, and for what lines ``own``.

    >>> from clipclean.cleaning.shape import shape
    >>> own = shape(["May 3", "Rain fell.", "May 4"])
    >>> columns = company({"time": np.array([True, False, True])}, own, Blocks.of([3]))
    >>> columns["near:time:3"].tolist(), columns["since:time"].tolist()
    ([2.0, 2.0, 2.0], [0.0, 1.0, 0.0])
    """
    masks = np.array(list(kinds.values()))
    counted = (
        *blocks.window(masks, REACHES).swapaxes(0, 1),
        blocks.since(masks),
        blocks.until(masks),
        np.minimum(blocks.before(masks), MOST_ABOVE),
        np.minimum(blocks.total(masks), MOST),
    )
    columns = dict(zip(_names(tuple(kinds)), chain.from_iterable(counted), strict=True))
    words = own["words"]
    told = np.array((words, own["capital_share"]))
    for by, side in SIDES.items():
        near, columns[f"capital_share_{side}"] = blocks.shift(told, by)
        columns[f"words_like_{side}"] = np.minimum(words, near) / np.maximum(1.0, np.maximum(words, near))
    ones = np.ones(len(words))
    capitals, digits, near, _ = blocks.window(np.array((told[1] * words, own["digit_share"], words, ones)), 3)
    columns["capitals_3"], columns["digits_3"] = capitals / np.maximum(1.0, near), digits
    near, lines = blocks.window(np.array((words, ones)), 5)
    columns["words_5"] = near / lines
    whole, stops, lines = blocks.total(np.array((words, own["stops"], ones)))
    columns["page_words"], columns["page_stops"] = np.log1p(whole), stops / lines
    return columns


@cache
def _names(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that count the kinds, in order."""
    near = [f"near:{kind}:{reach}" for reach in REACHES for kind in kinds]
    return (*near, *(f"{what}:{kind}" for what in ("since", "until", "before", "total") for kind in kinds))
