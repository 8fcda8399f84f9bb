"""What kinds of lines keep a line company: how many of each stand near, how far the nearest is, how many stand above.

Other stories, comments and lists give themselves away by their neighbours: dates between headings, bullets in a row,
names and buttons between sentences. These columns were worth .005 F1 on dumps of held-out publishers (.928 to .933),
the most since the block around a line; what words a line shares with the rest of its text added nothing to them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from clipclean.cleaning.features import Blocks, Bools, Floats

REACHES = (3, 8)
"""Lines each way in which company is counted."""

MOST_ABOVE = 30.0
MOST = 60.0
"""Counts are capped here: more is just many."""

SIDES = {-2: "above_2", -1: "above_1", 1: "below_1", 2: "below_2"}

PASSED_ON = ("starts_upper", "starts_digit", "starts_bullet", "ends_colon", "capital_share", "trails", "quotes")
"""What a line says of itself that is also told to the lines two up and two down."""


def company(kinds: Mapping[str, Bools], own: Mapping[str, Floats], blocks: Blocks) -> dict[str, Floats]:
    """The columns for the given kinds, each a mask over the lines, and for what lines ``own``.

    >>> from clipclean.cleaning.shape import shape
    >>> own = shape(["May 3", "Rain fell.", "May 4"])
    >>> columns = company({"time": np.array([True, False, True])}, own, Blocks.of([3]))
    >>> columns["near:time:3"].tolist(), columns["since:time"].tolist()
    ([2.0, 2.0, 2.0], [0.0, 1.0, 0.0])
    """
    names = list(kinds)
    masks = np.stack([kinds[name] for name in names])
    columns: dict[str, Floats] = {}

    def add(what: str, values: Floats, more: str = "") -> None:
        columns.update({f"{what}:{name}{more}": row for name, row in zip(names, values, strict=True)})

    for reach in REACHES:
        add("near", blocks.window(masks, reach), f":{reach}")
    add("since", blocks.since(masks))
    add("until", blocks.until(masks))
    add("before", np.minimum(blocks.before(masks), MOST_ABOVE))
    add("total", np.minimum(blocks.total(masks), MOST))
    add("above", blocks.shift(masks, -1))
    add("below", blocks.shift(masks, 1))
    words = own["words"]
    told = np.stack([words, *(own[name] for name in PASSED_ON)])
    for by, side in SIDES.items():
        passed = blocks.shift(told, by)
        columns[f"words_like_{side}"] = np.minimum(words, passed[0]) / np.maximum(1.0, np.maximum(words, passed[0]))
        columns.update({f"{name}_{side}": row for name, row in zip(PASSED_ON, passed[1:], strict=True)})
    lines = blocks.window(np.ones(len(words)), 5)
    columns["words_5"] = blocks.window(words, 5) / lines
    columns["capitals_3"] = blocks.window(own["capital_share"] * words, 3) / np.maximum(1.0, blocks.window(words, 3))
    columns["digits_3"] = blocks.window(own["digit_share"], 3)
    count = blocks.total(np.ones(len(words)))
    columns["page_words"] = np.log1p(blocks.total(words))
    columns["page_stops"] = blocks.total(own["stops"]) / count
    return columns
