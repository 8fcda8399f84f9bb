"""Learns which shingles are routine at a source: newsletter blocks, copyright lines, background, table templates.

A shingle is routine at a source when texts of at least three distinct days there hold it. Days, not texts, because a
story that stands there in three copies is no routine. Where a text has no date, or its source is unknown, six texts
stand in for three days, and a shingle must stand out against the rest of its own text: in at least three times as many
texts as the median of the text's shingles stands at the source, repeats and all. Routine shingles are no evidence that
two texts tell the same story; what is left are a text's own shingles.

When all texts have come, they are read source by source, and the shingles of a source are sorted. Of a source that is
too large for that, they are counted first in a table of one byte for each of many slots, which rules out almost all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from clipclean.columns import spans
from clipclean.duplicates.families import chunks, running
from clipclean.duplicates.shingles import as_set, shingle, sort
from clipclean.duplicates.spread import HERE, Spread
from clipclean.duplicates.store import Extracts, WordStore
from clipclean.text import Bytes, Places, Words, mix

DAYS = 3
"""On how many distinct days a shingle stands at a source to be routine there. 2 and 4 do nearly as well, 5 less."""
TEXTS = 6
"""In how many texts, where days are unknown: a story that a source holds in five versions is no routine there."""
STANDS_OUT = 3
"""How many times the median count of a text's shingles makes one routine where days are unknown."""
UNKNOWN = -1
"""The number of an unknown source, and of an unknown day."""

_READ = 1 << 15  # words read at once; shorter blocks cost calls, longer ones leave the cache
_TOGETHER = 1 << 17  # words of small sources that are sorted together
_MOST = 1 << 22  # words of one source that are sorted at once: some 150 MB of arrays
_SATURATED = 200  # counts in the table stop here, far above DAYS and below what a byte holds
_SPARE_BITS, _MOST_BITS = 1, 29  # of the number of a slot: more than words need, and at most


@dataclass(frozen=True, slots=True)
class Columns:
    """What the stage knows of each text, by number: the number of its source and of its day, or ``UNKNOWN``."""

    source: Places
    day: Places

    @property
    def counted(self) -> NDArray[np.bool_]:
        """The texts for which counts stand in for days."""
        unknown: NDArray[np.bool_] = (self.source == UNKNOWN) | (self.day == UNKNOWN)
        return unknown


@dataclass(frozen=True, slots=True)
class Routine:
    """At which words of a store routine shingles begin: one bit for each word, in the order of the store."""

    bits: Bytes

    def at(self, words: Places) -> NDArray[np.bool_]:
        """Whether a routine shingle begins at each of some words, by their numbers in the store."""
        if not len(self.bits):
            return np.zeros(len(words), bool)
        found: NDArray[np.bool_] = self.bits[words >> 3] >> (words & 7).astype(np.uint8) & np.uint8(1) != 0
        return found

    @property
    def words(self) -> Places:
        """All words at which one begins, ascending."""
        some = np.flatnonzero(self.bits)
        row, bit = np.nonzero(np.unpackbits(self.bits[some], bitorder="little").reshape(-1, 8))
        return 8 * some[row] + bit


def learn(store: WordStore, columns: Columns, size: int, spread: Spread = HERE) -> Routine:
    """Find which shingles of ``size`` words are routine where they stand in the texts of ``store``.

    >>> from clipclean.duplicates.store import write_words
    >>> from clipclean.text import tokenise
    >>> block = tokenise([f"story {number} of rain and our usual notice" for number in range(3)])
    >>> with WordStore() as store:
    ...     store.add(write_words(store.folder, block))
    ...     routine = learn(store, Columns(np.zeros(3, int), np.arange(3)), 2)
    >>> routine.words.tolist()[:7], bool(routine.at(np.array([9]))[0])
    ([2, 3, 4, 5, 6, 10, 11], False)
    """
    bits = np.zeros(int(store.offsets[-1]) // 8 + 1, np.uint8)
    lengths = spans(store.offsets)
    large: list[Places] = []

    def small() -> Iterator[list[tuple[_Group, Extracts]]]:
        for texts in _by_source(columns.source, lengths):
            if lengths[texts].sum() > _MOST:
                large.append(texts)
            else:
                yield [(_Group.of(store, columns, texts), store.locate(texts))]

    for (begins,) in spread.map(partial(_finder, size), small()):
        _set(bits, begins)
    for texts in large:
        for begins in _find(_Group.of(store, columns, texts), store.locate(texts), size):
            _set(bits, begins)
    return Routine(bits if bits.any() else bits[:0])


@dataclass(frozen=True, slots=True)
class _Group:
    """Texts of one source, or of several small ones: the number of each one's source and day, whether it is counted,
    and the word of the store at which it begins."""

    source: Places
    day: Places
    counted: NDArray[np.bool_]
    begins: Places

    @classmethod
    def of(cls, store: WordStore, columns: Columns, texts: Places) -> _Group:
        """The group of some texts."""
        return cls(columns.source[texts], columns.day[texts], columns.counted[texts], store.offsets[texts])


def _finder(size: int) -> Callable[[Sequence[tuple[_Group, Extracts]]], list[Places]]:
    """Build the function that finds the words at which routine shingles of ``size`` words begin."""
    none = np.empty(0, np.int64)
    return lambda groups: [np.concatenate([none, *_find(group, words, size)]) for group, words in groups]


def _find(group: _Group, extracts: Extracts, size: int) -> Iterator[Places]:
    """The words at which routine shingles begin."""
    words = int(extracts.offsets[-1])
    blocks = partial(_blocks, group, extracts, size)
    for found in [_sorted(blocks(), group.counted)] if words <= _MOST else _filtered(blocks, group.counted, words):
        yield found.begin[_are_routine(found, group.day, group.counted)]


def _set(bits: Bytes, words: Places) -> None:
    np.bitwise_or.at(bits, words >> 3, np.uint8(1) << (words & 7).astype(np.uint8))


@dataclass(frozen=True, slots=True)
class _Block:
    """The shingles of some texts of a group: their keys, their offsets, the numbers of the texts in the group, and at
    which word of the store each begins."""

    keys: Words
    offsets: Places
    texts: Places
    begins: Places


@dataclass(frozen=True, slots=True)
class _Likely:
    """Shingles that may be routine, among them all that have the same key: the key of each, its text, the word at which
    it begins, and in how many texts it must stand if these are counted."""

    keys: Words
    text: Places
    begin: Places
    needed: Places

    @classmethod
    def of(cls, block: _Block, places: Places, needed: Places) -> _Likely:
        """Those at some places of a block, given what the texts of the block need."""
        text = np.searchsorted(block.offsets, places, "right") - 1
        begin = block.begins[text] + places - block.offsets[text]
        return cls(block.keys[places], block.texts[text], begin, needed[text])


def _by_source(source: Places, lengths: Places) -> Iterator[Places]:
    """The texts of one source, or of several small ones, source by source; none of a source with too few texts."""
    order = np.argsort(source, kind="stable")
    starts = np.flatnonzero(np.diff(source[order], prepend=UNKNOWN - 1))
    sizes = np.diff(np.append(starts, len(order)))
    order = order[np.repeat(sizes >= DAYS, sizes)]
    bounds = running(sizes[sizes >= DAYS])
    if len(order):
        for part in chunks(np.add.reduceat(lengths[order], bounds[:-1]), _TOGETHER):
            yield order[bounds[part.start] : bounds[part.stop]]


def _blocks(group: _Group, extracts: Extracts, size: int) -> Iterator[_Block]:
    """The texts of a group, block by block."""
    for part in chunks(spans(extracts.offsets), _READ):
        words = extracts.part(part).read(flags=False)
        values, offsets = shingle(words.hashes, words.offsets, size)
        values ^= np.repeat(mix((group.source[part] + 2).astype(np.uint64)), spans(offsets))  # one key at each source
        yield _Block(values, offsets, np.arange(part.start, part.stop), group.begins[part])


def _sorted(blocks: Iterator[_Block], counted: NDArray[np.bool_]) -> _Likely:
    """The shingles that stand there often enough, by sorting all of them."""
    parts = list(blocks)
    offsets = np.concatenate([np.zeros(1, np.int64), *(spans(part.offsets) for part in parts)]).cumsum()
    keys, texts, begins = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("keys", "texts", "begins")
    )
    order, ordered = sort(keys)
    _, sizes = _runs(ordered)
    often = np.repeat(sizes >= DAYS, sizes)
    needed = np.full(len(texts), TEXTS)
    if counted[texts].any():
        seen = np.empty(len(keys), np.int64)
        seen[order] = np.repeat(sizes, sizes)
        needed = _needed(seen, offsets, counted[texts])
    return _Likely.of(_Block(keys, offsets, texts, begins), order[often], needed)


def _filtered(blocks: Callable[[], Iterator[_Block]], counted: NDArray[np.bool_], words: int) -> Iterator[_Likely]:
    """The shingles that may stand there often enough by what a table says, in several rounds if they are many.

    A slot holds at least as many as any shingle in it has, and 200 for more.
    """
    table = np.zeros(1 << min(words.bit_length() + _SPARE_BITS, _MOST_BITS), np.uint8)
    for block in blocks():
        slots = np.sort(_slots(block.keys, table))
        starts, sizes = _runs(slots)
        slots = slots[starts]
        table[slots] = np.minimum(table[slots] + np.minimum(sizes, _SATURATED), _SATURATED)
    rounds = 1 + int(np.sum(table, where=table >= DAYS, dtype=np.int64)) // _MOST
    for turn in range(rounds):
        parts = []
        for block in blocks():
            seen = table[_slots(block.keys, table)]
            mine = (seen >= DAYS) & (block.keys % np.uint64(rounds) == turn)
            needed = _needed(seen, block.offsets, counted[block.texts])
            parts.append(_Likely.of(block, np.flatnonzero(mine), needed))
        names = ("keys", "text", "begin", "needed")
        yield _Likely(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _needed(seen: NDArray[np.integer], offsets: Places, counted: NDArray[np.bool_]) -> Places:
    """In how many texts a shingle of each text must stand at the source to be routine, where texts are counted.

    ``seen`` is how often each shingle stands there.
    """
    needed = np.full(len(counted), TEXTS)
    # The median raises what is needed only where it is 2 or more, so where half of the text's shingles are.
    twice = np.diff(running(seen > 1)[offsets])
    for number in np.flatnonzero(counted & (2 * twice >= np.maximum(spans(offsets), 1))).tolist():
        part = seen[offsets[number] : offsets[number + 1]]
        middle = len(part) // 2
        needed[number] = max(TEXTS, STANDS_OUT * int(np.partition(part, middle)[middle]))
    return needed


def _are_routine(found: _Likely, day: Places, counted: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of some shingles are routine, by the number of texts or of days on which each key stands."""
    order = np.argsort(found.keys, kind="stable")
    _, sizes = _runs(found.keys[order])
    key = np.empty(len(order), np.int64)
    key[order] = np.repeat(np.arange(len(sizes)), sizes)
    dated = day[found.text] != UNKNOWN
    texts, days = (
        np.bincount((as_set(pairs) >> np.uint64(32)).astype(np.int64), minlength=len(sizes))
        for pairs in (_join(key, found.text), _join(key[dated], day[found.text][dated]))
    )
    return np.where(counted[found.text], texts[key] >= found.needed, days[key] >= DAYS)


def _runs(ordered: Words) -> tuple[Places, Places]:
    """Where runs of equal values begin, and how long they are."""
    fresh = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
    starts = np.flatnonzero(fresh)
    return starts, np.diff(np.append(starts, len(ordered)))


def _join(high: Places, low: Places) -> Words:
    return high.astype(np.uint64) << np.uint64(32) | low.astype(np.uint64)


def _slots(keys: Words, table: Bytes) -> Words:
    return keys >> np.uint64(65 - len(table).bit_length())
