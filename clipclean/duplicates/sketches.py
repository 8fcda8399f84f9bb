"""Finds candidate pairs by sketches: two texts that share one of the few shingles that stand for each.

A sketch is the lowest shingle hashes of a text: at least 16, and all in the lowest sixteenth of the range, so that a
long text keeps enough to meet a short one cut from it. Of a text with up to 64 it is all: sixteen of 39 miss a text
that is twelve of them in 35 cases of 100,000. Which hashes are low has nothing to do with the text, so texts
that share shingles share low ones. Measured on real stories, sketches of own shingles find 94 of 100 cut-down copies,
where bands for Jaccard .7 find 4 and the widest bands 91.

Most pairs that share one hash share little else, say a stock phrase. How much of their sketches two texts share tells
how much of the texts, and so those go that are far from what a match needs.

Source: the k minimum values and modulo sketches of Broder, "On the resemblance and containment of documents" (1997).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipclean.columns import spans
from clipclean.duplicates.buckets import CROWD, Codes, Collector, count, hub_pairs
from clipclean.duplicates.families import ranges, running
from clipclean.duplicates.shingles import sort
from clipclean.duplicates.spread import HERE, Spread
from clipclean.text import Places, Words

LEAST = 16
WHOLE = 64
"""Shingles of a text up to which its sketch holds all of them."""

_BELOW = np.uint64((1 << 64) // 16)
_ALL = np.uint64((1 << 64) - 1)
_AT_ONCE = 1 << 20  # hashes that are put into buckets together
_PAIRS = 1 << 20  # pairs that are counted together
_TEXT = np.uint64(0xFFFFFFFF)
_DRAWN = 2.5  # times as many as are asked for: fewer than 16 of 40 drawn is one text in a hundred thousand


@dataclass(frozen=True, slots=True)
class Sketches:
    """Sketches of many texts: ``hashes``, ascending within each, those of text ``i`` at ``bounds[i]:bounds[i + 1]``.

    ``upto`` is for each text the hash up to which its sketch holds every shingle of it.
    """

    hashes: Words
    bounds: Places
    upto: Words

    @classmethod
    def join(cls, parts: list[Sketches]) -> Sketches:
        """Several blocks as one."""
        bounds = np.cumsum(np.concatenate([np.zeros(1, np.int64), *(spans(part.bounds) for part in parts)]))
        empty = np.empty(0, np.uint64)
        hashes = np.concatenate([empty, *(part.hashes for part in parts)])
        return cls(hashes, bounds, np.concatenate([empty, *(part.upto for part in parts)]))

    def take(self, texts: Places) -> Sketches:
        """Those of some texts."""
        sizes = spans(self.bounds)[texts]
        bounds = running(sizes)
        return Sketches(self.hashes[ranges(self.bounds[texts], sizes)], bounds, self.upto[texts])


def sketch(values: Words, offsets: Places) -> Sketches:
    """The sketches of a block of texts from their shingles, in any order and with repeats.

    >>> found = sketch(np.arange(80, dtype=np.uint64)[::-1] << np.uint64(57), np.array([0, 80]))
    >>> (found.hashes >> np.uint64(57)).tolist() == list(range(16)), int(found.upto[0]) >> 57
    (True, 15)
    """
    counts = spans(offsets)
    share = np.where(counts <= WHOLE, 1.0, np.minimum(1.0, _DRAWN * LEAST / np.maximum(counts, 1)))
    limit = np.where(share < 1, np.maximum((share * 2.0**63).astype(np.uint64) << np.uint64(1), _BELOW), _ALL)
    while True:
        drawn = (values <= limit.repeat(counts)).nonzero()[0]
        text = offsets.searchsorted(drawn, "right") - 1
        hashes = values[drawn]
        if len(counts) == 1:
            hashes.sort()
        else:
            order, _ = sort(hashes)
            order = order[np.argsort(text[order].astype(np.min_scalar_type(len(counts))), kind="stable")]
            hashes, text = hashes[order], text[order]
        fresh = np.ones(len(hashes), bool)
        fresh[1:] = (hashes[1:] != hashes[:-1]) | (text[1:] != text[:-1])
        hashes, text = hashes[fresh], text[fresh]
        bounds = text.searchsorted(np.arange(len(counts) + 1))
        short = (spans(bounds) < LEAST) & (limit < _ALL)
        if not short.any():
            break
        limit = np.where(short, _ALL, limit)
    rank = np.arange(len(hashes)) - bounds[text]
    kept = (rank < LEAST) | (hashes < _BELOW) | (counts[text] <= WHOLE)
    sizes = np.bincount(text[kept], minlength=len(counts))
    whole = (limit == _ALL) & (sizes == spans(bounds))
    hashes, bounds = hashes[kept], running(sizes)
    last = hashes[np.maximum(bounds[1:] - 1, 0)] if len(hashes) else np.zeros(len(counts), np.uint64)
    return Sketches(hashes, bounds, np.where(whole, _ALL, np.maximum(last, _BELOW - np.uint64(1))))


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs of texts that share a hash, to be counted block by block, in any order and in any thread.

    Of a million texts that share sentences there may be a hundred million pairs: look at a block, and keep few of it.
    ``crowds`` are texts, ascending, that share a hash with too many to pair all; two texts that are both in crowds may
    share more than is counted here.
    """

    crowds: list[Places]
    _members: NDArray[np.int32]
    _followers: NDArray[np.uint8]
    _order: Places
    _begins: Places
    _hubs: tuple[Codes, Places]

    def blocks(self) -> Iterator[slice]:
        """The smaller texts of pairs, so many at a time that there are about a million pairs."""
        texts = len(self._begins) - 1
        step = max(1, texts * _PAIRS // max(1, int(self._followers.sum(dtype=np.int64))))
        return (slice(low, min(low + step, texts)) for low in range(0, texts, step))

    def count(self, block: slice) -> tuple[Codes, Places]:
        """The pairs of a block and how many hashes each shares, ascending."""
        places = self._order[self._begins[block.start] : self._begins[block.stop]]
        sizes = self._followers[places].astype(np.int64)
        left, right = np.repeat(self._members[places], sizes), self._members[ranges(places + 1, sizes)]
        codes, counts = self._hubs
        mine = slice(*codes.searchsorted(np.array([block.start, block.stop], np.uint64) << np.uint64(32)))
        among = left.astype(np.uint64) << np.uint64(32) | right.astype(np.uint64)
        return count(np.concatenate((among, np.repeat(codes[mine], counts[mine]))))


def find_pairs(sketches: Sketches, spread: Spread = HERE) -> Pairs:
    """The pairs of texts that share a hash.

    >>> found = find_pairs(sketch(np.array([3, 8, 8, 9], dtype=np.uint64), np.array([0, 2, 4])))
    >>> [[column.tolist() for column in found.count(block)] for block in found.blocks()], found.crowds
    ([[[1], [1]]], [])
    """
    text = np.repeat(np.arange(len(sketches.upto), dtype=np.int32), spans(sketches.bounds))

    def bucket(part: Places) -> _Buckets:
        return _buckets(sketches.hashes[part], text[part])

    members, followers = [np.empty(0, np.int32)], [np.empty(0, np.uint8)]
    crowds: list[Places] = []
    hubs = Collector()
    for found in spread.threads(bucket, _parts(sketches.hashes)):
        members.append(found.members)
        followers.append(found.followers)
        crowds += found.crowds
    for crowd in crowds:
        hubs.add(hub_pairs(crowd))
    joined = np.concatenate(members)
    order = _order(joined)
    begins = running(np.bincount(joined, minlength=len(sketches.upto)))
    return Pairs(crowds, joined, np.concatenate(followers), order, begins, hubs.counted())


def _order(texts: NDArray[np.int32]) -> Places:
    """What sorts the numbers of texts, by halves of 16 bits: numpy counts these, where it would compare numbers."""
    order = np.argsort((texts & 0xFFFF).astype(np.uint16), kind="stable")
    return order[np.argsort((texts >> 16).astype(np.uint16)[order], kind="stable")]


@dataclass(frozen=True, slots=True)
class _Buckets:
    """Texts that share a hash, bucket after bucket and ascending in each, how many follow each of them; the crowds."""

    members: NDArray[np.int32]
    followers: NDArray[np.uint8]
    crowds: list[Places]


def _buckets(hashes: Words, texts: NDArray[np.int32]) -> _Buckets:
    order, hashes = sort(hashes)
    texts = texts[order]
    starts = np.flatnonzero(np.concatenate((np.ones(1, bool), hashes[1:] != hashes[:-1])))
    sizes = np.diff(np.append(starts, len(hashes)))
    crowds = [
        np.sort(texts[start : start + size]).astype(np.int64)
        for start, size in zip(starts[sizes > CROWD].tolist(), sizes[sizes > CROWD].tolist(), strict=True)
    ]
    paired = (sizes > 1) & (sizes <= CROWD)
    texts, sizes = texts[np.repeat(paired, sizes)], sizes[paired]
    bucket = np.repeat(np.arange(len(sizes), dtype=np.uint64), sizes)
    members = (np.sort(bucket << np.uint64(32) | texts.astype(np.uint64)) & _TEXT).astype(np.int32)
    followers = (np.repeat(sizes.cumsum(), sizes) - np.arange(len(texts)) - 1).astype(np.uint8)
    return _Buckets(members, followers, crowds)


def _parts(hashes: Words) -> Iterator[Places]:
    """Where the lowest hashes stand, then the next ones and so on; those that are equal come together."""
    some = np.sort(hashes[:: max(1, _AT_ONCE // 64)])
    ends = np.unique(some[64::64])
    for low, high in zip([np.uint64(0), *ends], [*ends, None], strict=True):
        part = np.flatnonzero(hashes >= low if high is None else (hashes >= low) & (hashes < high))
        if len(part):
            yield part


def comparable(sketches: Sketches, left: Places, right: Places) -> tuple[Places, Places]:
    """How many hashes of each of two sketches lie where both hold every shingle of their texts.

    >>> found = sketch(np.array([3, 8, 8, 9], dtype=np.uint64), np.array([0, 2, 4]))
    >>> comparable(found, np.array([0]), np.array([1]))
    (array([2]), array([2]))
    """
    upto = np.minimum(sketches.upto[left], sketches.upto[right])
    counts = []
    for side in (left, right):
        begin, end = sketches.bounds[side], sketches.bounds[side + 1]
        part = np.flatnonzero(sketches.upto[side] != upto)
        low, high = begin[part], end[part]
        while (open_ := low < high).any():
            middle = np.minimum((low + high) >> 1, len(sketches.hashes) - 1)
            below = sketches.hashes[middle] <= upto[part]
            low, high = np.where(open_ & below, middle + 1, low), np.where(open_ & ~below, middle, high)
        end[part] = low
        counts.append(end - begin)
    return counts[0], counts[1]


def expected(share: float, of: Places, deviations: float) -> NDArray[np.float64]:
    """The least number to be found of ``of`` drawn at random where ``share`` of all have it, but for bad luck.

    >>> expected(0.5, np.array([16, 100]), 3.0).tolist()
    [2.0, 35.0]
    """
    least: NDArray[np.float64] = share * of - deviations * np.sqrt(share * (1 - share) * of)
    return least


def in_crowds(crowds: list[Places], count: int) -> Places:
    """How many of its hashes each of ``count`` texts shares with a crowd.

    >>> in_crowds([np.array([0, 2]), np.array([2])], 3).tolist()
    [1, 0, 2]
    """
    return np.bincount(np.concatenate([np.empty(0, np.int64), *crowds]), minlength=count)
