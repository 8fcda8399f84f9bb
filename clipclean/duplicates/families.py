"""Cuts pairs of texts into groups that are compared at once, and a list of them into batches that fit the cache.

Candidate pairs fall into families of texts that hang together. A family is cut into tiles of up to 32 texts, and the
pairs between two tiles, or within one, are a group: up to 64 texts, so that one bit for each tells which of them hold a
value (``holding``). A text is read about once however many pairs it is in.
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
from clipclean.text import Places

GROUP = 64
"""Texts of a group at most: a bit for each."""

_TILE = GROUP // 2
_WORDS = 1 << 16  # of a batch, and of a tile that has more than one text: what their arrays need stays in the cache


@dataclass(frozen=True, slots=True)
class Batch:
    """Some pairs, by their places in the list of all, and the texts they are of, a text once for each of its groups.

    ``left`` and ``right`` say which of ``texts`` the pairs are of, ``group`` is the number of each text's group. The
    texts of a group stand side by side, and both of a pair are in one group.
    """

    pairs: Places
    texts: Places
    group: Places
    left: Places
    right: Places


def batches(codes: Codes, words: Places, near: NDArray[np.bool_] | None = None) -> Iterator[Batch]:
    """Cut pairs into batches, group by group; ``words`` is the length of every text, which bounds them.

    ``near`` says which pairs make families: a few words that thousands share would make one of them all.

    >>> codes = np.array([(1 << 32) + 3, (0 << 32) + 2], dtype=np.uint64)
    >>> [(batch.texts.tolist(), batch.left.tolist(), batch.right.tolist()) for batch in batches(codes, np.ones(4, int))]
    [([0, 1, 2, 3], [1, 0], [3, 2])]
    """
    if not len(codes):
        return
    left, right = decode(codes)
    texts = np.unique(np.concatenate((left, right)))
    if len(texts) <= GROUP and words[texts].sum() <= _WORDS:  # one group, and no need to look how they hang together
        one, other = texts.searchsorted(left), texts.searchsorted(right)
        yield Batch(np.arange(len(codes)), texts, np.zeros(len(texts), np.int64), one, other)
        return
    close = slice(None) if near is None else near
    tile = _tiles(left, right, connect(len(words), left[close], right[close]), words)
    one, other = tile[left], tile[right]
    _, meeting = np.unique(np.minimum(one, other) << 32 | np.maximum(one, other), return_inverse=True)
    members, place = np.unique(np.concatenate((meeting << 32 | left, meeting << 32 | right)), return_inverse=True)
    one, other = np.split(place, 2)
    hanging = connect(len(members), one, other)  # of two tiles, what hangs together is a group
    order = np.argsort(hanging, kind="stable")
    place = np.empty(len(members), np.int64)
    place[order] = np.arange(len(members))
    pairs = np.lexsort((other, one, hanging[one]))
    one, other, texts = place[one[pairs]], place[other[pairs]], members[order] & 0xFFFFFFFF
    fresh = np.diff(hanging[order], prepend=-1) > 0
    group, groups = fresh.cumsum() - 1, np.append(np.flatnonzero(fresh), len(members))
    for part in chunks(np.add.reduceat(words[texts], groups[:-1]), _WORDS):
        some = slice(int(groups[part.start]), int(groups[part.stop]))
        of = slice(*np.searchsorted(one, (some.start, some.stop)).tolist())
        yield Batch(pairs[of], texts[some], group[some] - part.start, one[of] - some.start, other[of] - some.start)


def _tiles(left: Places, right: Places, family: Places, words: Places) -> Places:
    """For each text, by its number, that of its tile.

    Families stand in the order of the first family that each has a pair with, so that pairs across families, say those
    of a hub with its crowd, meet in few groups.
    """
    home = np.arange(len(words))
    for one, other in ((left, right), (right, left)):
        np.minimum.at(home, family[one], family[other])
    texts = np.unique(np.concatenate((left, right)))
    texts = texts[np.lexsort((texts, family[texts], home[family[texts]]))]
    starts = np.flatnonzero(np.diff(family[texts], prepend=-1))
    sizes = np.diff(np.append(starts, len(texts)))
    number = np.arange(len(texts)) - np.repeat(starts, sizes)  # in its family
    length = running(words[texts])
    cut = (number % _TILE == 0) | (np.diff((length[:-1] - np.repeat(length[starts], sizes)) // _WORDS, prepend=0) > 0)
    pieces = np.append(np.flatnonzero(cut), len(texts))
    tile = np.empty(len(pieces) - 1, np.int64)
    turn = members = held = 0
    for piece, (count, many) in enumerate(zip(spans(pieces).tolist(), np.diff(length[pieces]).tolist(), strict=True)):
        members, held = members + count, held + many
        if members > _TILE or held > _WORDS:
            turn, members, held = turn + 1, count, many
        tile[piece] = turn
    tiles = np.full(len(words), -1)
    tiles[texts] = np.repeat(tile, spans(pieces))
    return tiles


def ranges(starts: Places, lengths: Places) -> Places:
    """All numbers of several ranges, one range after the other.

    >>> ranges(np.array([5, 0, 8]), np.array([2, 0, 3])).tolist()
    [5, 6, 8, 9, 10]
    """
    ends: Places = lengths.cumsum()
    return np.arange(int(ends[-1]) if len(ends) else 0) + (starts - ends + lengths).repeat(lengths)


def chunks(sizes: Places, most: int = _WORDS) -> Iterator[slice]:
    """Cut a list so that the sizes of each part come to about ``most``, or to what can be looked up at once.

    >>> list(chunks(np.array([3, 3, 3]), 5))
    [slice(0, 1, None), slice(1, 3, None)]
    """
    sums = sizes.cumsum()
    if len(sizes) and sums[-1] < most:
        yield slice(0, len(sizes))
        return
    turn = sums // most
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
