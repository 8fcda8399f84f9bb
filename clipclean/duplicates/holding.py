"""Tells which texts of a group hold the same values: one column for each value, one bit for each text.

All values of a batch are sorted once. A value that at least two texts of its group hold becomes a column; what one text
holds alone cannot matter to any pair. No sets, no sorting and no loop for a pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from clipclean.columns import spans
from clipclean.duplicates.families import GROUP, chunks, ranges, running
from clipclean.duplicates.shingles import sort
from clipclean.text import Places, Words

_WORD = 64  # bits of a number


@dataclass(frozen=True)
class Held:
    """The values of a batch of texts, and which of them several texts of a group hold.

    A column is one value in one group; its entries, from ``starts[column]`` to ``starts[column + 1]``, are the texts
    that hold it, ascending (``text``). ``order`` sorts all values; ``entries`` is where in it each entry stands, the
    first of its text, ``runs`` are the bounds of equal values of one group, and ``shared`` tells which are columns.
    ``group`` is that of each text, ``first`` the first text of each text's group, and ``distinct`` has each text once
    for each of its distinct values.
    """

    starts: Places
    text: Places
    entries: Places
    order: Places
    runs: Places
    shared: NDArray[np.bool_]
    group: Places
    first: Places
    distinct: NDArray[np.int32]

    @cached_property
    def sizes(self) -> Places:
        """How many distinct values each text has."""
        return np.bincount(self.distinct, minlength=len(self.group))

    def bit(self, texts: Places) -> Places:
        """The number of the bit that stands for each of some texts in its group."""
        return texts - self.first[texts]

    @cached_property
    def masks(self) -> Words:
        """For each column the texts of the group that hold it, the first of the group by the lowest bit; 0 behind."""
        masks = np.zeros(len(self.starts), np.uint64)
        if len(self.text):
            bits = np.uint64(1) << self.bit(self.text).astype(np.uint64)
            masks[:-1] = np.bitwise_or.reduceat(bits, self.starts[:-1])
        return masks

    @cached_property
    def columns(self) -> Places:
        """The column of each value in the order of the batch; that behind the last where one text alone holds it."""
        column = np.full(len(self.runs) - 1, len(self.starts) - 1)
        column[self.shared] = np.arange(len(self.starts) - 1)
        columns = np.empty(len(self.order), np.int64)
        columns[self.order] = column.repeat(spans(self.runs))
        return columns

    def find(self, columns: Places, texts: Places) -> Places:
        """The place where the value of each column stands first in a text that holds it."""
        below = (np.uint64(1) << self.bit(texts).astype(np.uint64)) - np.uint64(1)
        return self.order[self.entries[self.starts[columns] + np.bitwise_count(self.masks[columns] & below)]]

    def overlap(self, left: Places, right: Places) -> Places:
        """How many distinct values the two texts of each pair share."""
        column_group = self.group[self.text[self.starts[:-1]]]
        order = np.argsort(column_group.astype(np.min_scalar_type(len(self.group))), kind="stable")
        counts = np.bincount(column_group, minlength=int(self.group.max(initial=-1)) + 1)
        number = np.empty(len(order), np.int64)  # of each column in its group
        number[order] = np.arange(len(order)) - np.repeat(running(counts)[:-1], counts)
        width = ((counts + _WORD - 1) // _WORD)[self.group]
        begin = running(width)
        cells = np.zeros(int(begin[-1]) * _WORD, bool)
        cells[begin[self.text] * _WORD + np.repeat(number, spans(self.starts))] = True
        rows = np.packbits(cells).view(np.uint64)
        shared = np.zeros(len(left), np.int64)
        some = np.flatnonzero(width[left])
        for part in chunks(width[left[some]]):
            pairs = some[part]
            wide = width[left[pairs]]
            which = ranges(begin[left[pairs]], wide)
            both = rows[which] & rows[which + np.repeat(begin[right[pairs]] - begin[left[pairs]], wide)]
            shared[pairs] = np.add.reduceat(np.bitwise_count(both), running(wide)[:-1], dtype=np.int64)
        return shared


def hold(values: Words, offsets: Places, group: Places) -> Held:
    """Sort the values of a batch of texts, those of text ``i`` at ``offsets[i]:offsets[i + 1]``.

    ``group`` numbers the groups of the texts, up to 64 texts each, which stand side by side.

    >>> held = hold(np.array([7, 9, 7, 9, 8], dtype=np.uint64), np.array([0, 3, 5]), np.zeros(2, int))
    >>> held.sizes.tolist(), held.columns.tolist(), held.masks.tolist(), held.overlap(np.array([0]), np.array([1]))
    ([2, 2], [1, 0, 1, 0, 1], [3, 0], array([1]))
    """
    order, ordered = sort(values)
    text = np.arange(len(offsets) - 1, dtype=np.int32).repeat(spans(offsets))[order]
    new = np.ones(len(order), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    fresh = new.copy()
    fresh[1:] |= text[1:] != text[:-1]
    if len(group) and group[0] != group[-1]:
        home = group.astype(np.int32)[text]
        new[1:] |= home[1:] != home[:-1]
    place = fresh.nonzero()[0]  # each value of each text once
    begins, distinct = new[place], text[place]
    alone = begins.copy()
    alone[:-1] &= begins[1:]  # a run of which one text has all
    kept = ~alone
    entries = place[kept]
    return Held(
        starts=np.append(begins[kept].nonzero()[0], len(entries)),
        text=distinct[kept].astype(np.int64),
        entries=entries,
        order=order,
        runs=np.append(place[begins], len(order)),
        shared=kept[begins],
        group=group,
        first=group.searchsorted(group),
        distinct=distinct,
    )


def tally(masks: Words, begins: Places, lengths: Places, bits: Places, weights: Places | None = None) -> Places:
    """For each of several ranges of masks, how many of them have the bit that is asked for.

    With ``weights``, one for each mask, those are summed.

    >>> tally(np.array([1, 3, 2], dtype=np.uint64), np.array([0, 1]), np.array([2, 2]), np.array([0, 1])).tolist()
    [2, 2]
    """
    counts = np.zeros(len(begins), np.int64)
    filled = lengths.nonzero()[0]
    for part in chunks(lengths[filled]):
        some = filled[part]
        sizes = lengths[some]
        which = ranges(begins[some], sizes)
        found = masks[which] >> bits[some].astype(np.uint64).repeat(sizes) & np.uint64(1)
        if weights is not None:
            found *= weights[which].view(np.uint64)
        counts[some] = np.add.reduceat(found, running(sizes)[:-1])
    return counts


def spread(masks: Words) -> NDArray[np.uint8]:
    """The bits of masks as rows of 64 bytes, the lowest first.

    >>> spread(np.array([5], dtype=np.uint64))[0, :4].tolist()
    [1, 0, 1, 0]
    """
    return np.unpackbits(masks.astype("<u8", copy=False).view(np.uint8), bitorder="little").reshape(-1, GROUP)
