"""Compares pairs of texts family by family, in columns: which values of one text does the other hold, and where.

Candidate pairs fall into families of texts that hang together; a batch of families is read at once, so that each text
is read about once however many pairs it is in. In a batch each distinct value gets a number. A text is then laid out in
one array, by number, and all texts that it is paired with are looked up there: no sets, no sorting for a pair.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from clipclean.columns import spans
from clipclean.duplicates.buckets import Codes, decode
from clipclean.duplicates.clusters import connect
from clipclean.text import Places, Words

_WORDS = 1 << 19  # of the texts of a batch: some 40 MB of arrays
_ELEMENTS = 1 << 17  # looked up at once: what their arrays need stays in the cache
NOWHERE = np.int32(-1)


@dataclass(frozen=True, slots=True)
class Batch:
    """Some pairs, by their places in the list of all, and the texts they are of.

    ``left`` and ``right`` say which of ``texts`` the pairs are of; pairs with the same ``left`` stand side by side.
    """

    pairs: Places
    texts: Places
    left: Places
    right: Places


def batches(codes: Codes, words: Places, near: NDArray[np.bool_] | None = None) -> Iterator[Batch]:
    """Cut pairs into batches, family by family; ``words`` is the length of every text, which bounds them.

    ``near`` says which pairs make families: a few words that thousands share would make one of them all.

    >>> codes = np.array([(1 << 32) + 3, (0 << 32) + 2], dtype=np.uint64)
    >>> [(batch.texts.tolist(), batch.left.tolist(), batch.right.tolist()) for batch in batches(codes, np.ones(4, int))]
    [([0, 2, 1, 3], [0, 2], [1, 3])]
    """
    left, right = decode(codes)
    close = slice(None) if near is None else near
    family = connect(len(words), left[close], right[close])
    order = np.lexsort((right, left, family[left]))
    place = np.full(len(words), -1)
    begin, length = 0, 0
    texts: list[int] = []
    for at, pair in enumerate(zip(left[order].tolist(), right[order].tolist(), strict=True)):
        if length >= _WORDS:
            yield _batch(order[begin:at], texts, left, right, family)
            begin, length, texts = at, 0, []
        for text in pair:
            if place[text] < begin:  # not among those of this batch
                place[text] = at
                texts.append(text)
                length += int(words[text])
    if begin < len(order):
        yield _batch(order[begin:], texts, left, right, family)


def _batch(pairs: Places, texts: list[int], left: Places, right: Places, family: Places) -> Batch:
    held = np.array(texts)
    held = held[np.lexsort((held, family[held]))]
    place = np.empty(int(held.max()) + 1, np.int64)
    place[held] = np.arange(len(held))
    return Batch(pairs, held, place[left[pairs]], place[right[pairs]])


@dataclass(frozen=True, slots=True)
class Values:
    """The values of a batch of texts by number.

    The numbers of text ``i`` are ``ids[offsets[i]:offsets[i + 1]]``; equal values have the same, which is the place of
    the first of them in the batch, so that near copies look things up side by side. ``fresh`` says which of them stand
    for the first time in their text.
    """

    ids: Places
    offsets: Places
    fresh: NDArray[np.bool_]


def number(values: Words, offsets: Places) -> Values:
    """Number the values of a batch of texts, those of text ``i`` at ``offsets[i]:offsets[i + 1]``.

    >>> found = number(np.array([7, 9, 7, 9, 8], dtype=np.uint64), np.array([0, 3, 5]))
    >>> found.ids.tolist(), found.fresh.tolist()
    ([0, 1, 0, 1, 4], [True, True, False, True, True])
    """
    order = _order(values)
    ordered = values[order]
    text = np.repeat(np.arange(len(offsets) - 1, dtype=np.int32), spans(offsets))[order]
    new = np.ones(len(order), bool)
    new[1:] = ordered[1:] != ordered[:-1]
    first = new.copy()
    first[1:] |= text[1:] != text[:-1]
    ids, fresh = np.empty(len(order), np.int64), np.empty(len(order), bool)
    ids[order] = order[new][new.cumsum() - 1]
    fresh[order] = first
    return Values(ids, offsets, fresh)


def _order(values: Words) -> Places:
    """What sorts values, equal ones as they stand.

    Sorting numbers is many times faster than sorting an index, so the index rides in the low bits of what is sorted.
    Where the upper bits do not tell two values apart, the slow way.
    """
    low = max(1, len(values).bit_length())
    mask = np.uint64((1 << low) - 1)
    keys = values & ~mask
    keys |= np.arange(len(values), dtype=np.uint64)
    keys.sort()
    order = (keys & mask).astype(np.int64)
    ordered = values[order]
    keys >>= np.uint64(low)
    if ((keys[1:] == keys[:-1]) & (ordered[1:] != ordered[:-1])).any():
        return np.argsort(values, kind="stable")
    return order


def shared(values: Values, left: Places, right: Places) -> Places:
    """How many distinct values the two texts of each pair share; pairs with the same left text stand side by side.

    >>> found = number(np.array([7, 9, 7, 9, 8], dtype=np.uint64), np.array([0, 3, 5]))
    >>> shared(found, np.array([0]), np.array([1])).tolist()
    [1]
    """
    ids, bounds = values.ids[values.fresh], running(values.fresh)[values.offsets]
    holds = np.zeros(len(values.ids), bool)
    found = np.zeros(len(left), np.int64)
    for part in stars(left, spans(bounds)[right]):
        one = left[part.start]
        own = ids[bounds[one] : bounds[one + 1]]
        holds[own] = True
        others = right[part]
        which = _side_by_side(bounds, others)
        hits = running(holds[ids[which]])
        ends = np.cumsum(bounds[others + 1] - bounds[others])
        found[part] = np.diff(hits[ends], prepend=0)
        holds[own] = False
    return found


def places(values: Values, left: Places, right: Places) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """For each pair, where each value of the left text stands first in the right one, or ``NOWHERE``; and the other
    way round. Both are laid end to end, pair after pair; pairs with the same left text stand side by side.

    >>> found = number(np.array([7, 9, 7, 9, 8], dtype=np.uint64), np.array([0, 3, 5]))
    >>> [side.tolist() for side in places(found, np.array([0]), np.array([1]))]
    [[-1, 0, -1], [1, -1]]
    """
    offsets, sizes = values.offsets, spans(values.offsets)
    here = np.full(len(values.ids), NOWHERE)
    forth, back = [np.empty(0, np.int32)], [np.empty(0, np.int32)]
    for part in stars(left, sizes[right] + sizes[left]):
        one, others = left[part.start], right[part]
        own = values.ids[offsets[one] : offsets[one + 1]]
        fresh = np.flatnonzero(values.fresh[offsets[one] : offsets[one + 1]])
        here[own[fresh]] = fresh
        which = _side_by_side(offsets, others)
        found = here[values.ids[which]]
        back.append(found)
        # A table of the left text's values for each of the others, filled from what was found there.
        table = np.full((len(others), len(own)), NOWHERE)
        seen = np.flatnonzero((found != NOWHERE) & values.fresh[which])
        ends = sizes[others].cumsum()
        row = ends.searchsorted(seen, "right")
        table[row, found[seen]] = seen - (ends - sizes[others])[row]
        forth.append(table[:, here[own]].ravel())
        here[own] = NOWHERE
    return np.concatenate(forth), np.concatenate(back)


def _side_by_side(offsets: Places, texts: Places) -> slice | Places:
    """The places of all values of some texts, one text after the other; a family mostly lies together."""
    if texts[-1] - texts[0] == len(texts) - 1 and (spans(texts) == 1).all():
        return slice(int(offsets[texts[0]]), int(offsets[texts[-1] + 1]))
    return ranges(offsets[texts], offsets[texts + 1] - offsets[texts])


def stars(left: Places, sizes: Places) -> Iterator[slice]:
    """Runs of pairs with the same left text, cut where ``sizes`` come to more than can be looked up at once.

    >>> list(stars(np.array([4, 4, 7]), np.ones(3, int)))
    [slice(0, 2, None), slice(2, 3, None)]
    """
    bounds = [0, *(np.flatnonzero(spans(left)) + 1).tolist(), len(left)]
    for start, end in pairwise(bounds):
        if end - start > 1 and int(sizes[start:end].sum()) > _ELEMENTS:
            for part in chunks(sizes[start:end]):
                yield slice(start + part.start, start + part.stop)
        elif start < end:
            yield slice(start, end)


def ranges(starts: Places, lengths: Places) -> Places:
    """All numbers of several ranges, one range after the other.

    >>> ranges(np.array([5, 0, 8]), np.array([2, 0, 3])).tolist()
    [5, 6, 8, 9, 10]
    """
    ends: Places = lengths.cumsum()
    return np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(starts - ends + lengths, lengths)


def chunks(sizes: Places, most: int | None = None) -> Iterator[slice]:
    """Cut a list so that the sizes of each part come to about ``most``, or to what can be looked up at once.

    >>> list(chunks(np.array([3, 3, 3]), 5))
    [slice(0, 1, None), slice(1, 3, None)]
    """
    turn = sizes.cumsum() // (most or _ELEMENTS)
    bounds = [0, *(np.flatnonzero(spans(turn)) + 1).tolist(), len(sizes)]
    for start, end in pairwise(bounds):
        if start < end:
            yield slice(start, end)


def running(values: NDArray[np.generic]) -> Places:
    """The sum of the values before each place, and of all.

    >>> running(np.array([2, 0, 3])).tolist()
    [0, 2, 2, 5]
    """
    sums = np.zeros(len(values) + 1, np.int64)
    values.cumsum(out=sums[1:])
    return sums
