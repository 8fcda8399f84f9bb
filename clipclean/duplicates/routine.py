"""Learns which shingles are routine at a source: newsletter blocks, copyright lines, background, table templates.

A shingle is routine at a source when texts of at least three distinct days there hold it. Days, not texts, because a
story that stands there in three copies is no routine. Where a text has no date, or its source is unknown, five texts
stand in for three days, and a shingle must stand out against the rest of its own text: in at least three times as many
texts as the median of the text's shingles stands at the source, repeats and all. Routine shingles are no evidence that
two texts tell the same story; what is left are a text's own shingles.

As texts come their shingles are counted in a table of one byte for each of many slots, which rules out almost all of
them. When all have come a second look finds those that may be routine, and a third counts these exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from clipclean.duplicates.families import running
from clipclean.duplicates.shingles import as_set, shingle
from clipclean.duplicates.store import WordStore
from clipclean.text import Bytes, Places, Words, mix

DAYS = 3
"""On how many distinct days a shingle stands at a source to be routine there. 2 and 4 do nearly as well, 5 less."""
TEXTS = 5
"""In how many texts, where days are unknown: a story that a source holds in four versions is no routine there."""
STANDS_OUT = 3
"""How many times the median count of a text's shingles makes one routine where days are unknown."""
UNKNOWN = -1
"""The number of an unknown source, and of an unknown day."""

_SATURATED = 200  # counts in the table stop here, far above DAYS and below what a byte holds
_LEAST_BITS, _MOST_BITS = 18, 29  # of the number of a slot
_ROUND = 1 << 25  # occurrences that may be looked at exactly in one round; few of them are


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


class Counter:
    """Counts shingles by source in a table of bytes, as the texts come.

    A slot holds at least as many as any shingle in it has, and 200 for more. The order of the texts has no say: how
    large the table is depends on how many shingles there are, and what was counted in a smaller one is counted again.
    """

    def __init__(self) -> None:
        self._table = np.zeros(1 << _LEAST_BITS, np.uint8)
        self._shingles = 0
        self._texts = 0
        self._again = 0

    def add(self, values: Words, offsets: Places, source: Places) -> None:
        """Count the shingles of a block of texts, each with the number of its source."""
        self._shingles += len(values)
        if 2 * self._shingles > len(self._table) < 1 << _MOST_BITS:
            bits = len(self._table).bit_length() - 1
            while 2 * self._shingles > 1 << bits < 1 << _MOST_BITS:
                bits = min(bits + 3, _MOST_BITS)
            self._table = np.zeros(1 << bits, np.uint8)
            self._again = self._texts
        self._count(values, offsets, source)
        self._texts += len(source)

    def _count(self, values: Words, offsets: Places, source: Places) -> None:
        slots = _slots(_keys(values, offsets, source), self._table)
        slots.sort()
        starts = np.flatnonzero(slots[1:] != slots[:-1]) + 1
        starts = np.concatenate((np.zeros(min(len(slots), 1), np.int64), starts))
        sizes = np.minimum(np.diff(np.append(starts, len(slots))), _SATURATED)
        slots = slots[starts]
        self._table[slots] = np.minimum(self._table[slots] + sizes, _SATURATED)

    def learn(self, store: WordStore, columns: Columns, size: int) -> Routine:
        """Look at all texts of ``store`` again; it must hold those whose shingles of ``size`` words were added.

        >>> from clipclean.text import tokenise
        >>> block = tokenise([f"story {number} of rain and our usual notice" for number in range(3)])
        >>> values, offsets = shingle(block.hashes, block.offsets, 2)
        >>> counter, source = Counter(), np.zeros(3, np.int64)
        >>> counter.add(values, offsets, source)
        >>> with WordStore() as store:
        ...     store.append(block)
        ...     routine = counter.learn(store, Columns(source, np.arange(3)), 2)
        >>> routine.at(np.arange(8)).tolist()
        [False, False, True, True, True, True, True, False]
        """
        for first, tokens in store.blocks(self._again):
            values, offsets = shingle(tokens.hashes, tokens.offsets, size)
            self._count(values, offsets, columns.source[first : first + len(offsets) - 1])
        self._again = 0
        often = int(np.sum(self._table, where=self._table >= DAYS, dtype=np.int64))
        rounds = 1 + often // _ROUND if often else 0
        bits = np.zeros(int(store.offsets[-1]) // 8 + 1, np.uint8)
        for turn in range(rounds):
            words = _routine(_Look(store, columns, size, self._table, turn, rounds))
            np.bitwise_or.at(bits, words >> 3, np.uint8(1) << (words & 7).astype(np.uint8))
        return Routine(bits if bits.any() else bits[:0])


@dataclass(frozen=True, slots=True)
class _Block:
    """The shingles of a block of texts: their keys, what the table has counted in the slot of each, their offsets, and
    the number of the first text."""

    keys: Words
    seen: Bytes
    offsets: Places
    first: int


@dataclass(frozen=True, slots=True)
class _Look:
    """A look at the texts of a store in one of several rounds, each for a share of the keys."""

    store: WordStore
    columns: Columns
    size: int
    table: Bytes
    turn: int
    rounds: int

    def blocks(self) -> Iterator[_Block]:
        """All texts, block by block."""
        for first, tokens in self.store.blocks():
            values, offsets = shingle(tokens.hashes, tokens.offsets, self.size)
            keys = _keys(values, offsets, self.columns.source[first : first + len(offsets) - 1])
            yield _Block(keys, self.table[_slots(keys, self.table)], offsets, first)

    def mine(self, keys: Words) -> NDArray[np.bool_]:
        """Which keys are looked at in this round."""
        if self.rounds == 1:
            return np.ones(len(keys), bool)
        mine: NDArray[np.bool_] = keys % np.uint64(self.rounds) == self.turn
        return mine


def _routine(look: _Look) -> Places:
    """The numbers of the words at which routine shingles begin.

    First those that may be routine by what the table says, then how many texts and days each of them has indeed.
    """
    parts: list[tuple[Words, Places, Places, Places]] = []
    for block in look.blocks():
        sizes = np.diff(block.offsets)
        needed = _needed(block, look.columns.counted[block.first : block.first + len(sizes)])
        likely = np.flatnonzero(block.seen >= np.repeat(np.minimum(needed, _SATURATED).astype(np.uint8), sizes))
        likely = likely[look.mine(block.keys[likely])]
        text = np.searchsorted(block.offsets, likely, "right") - 1
        begins = look.store.offsets[block.first + text] + likely - block.offsets[text]
        parts.append((block.keys[likely], block.first + text, begins, needed[text]))
    keys, texts, begins, needed = (np.concatenate(column) for column in zip(*parts, strict=True))
    wanted = as_set(keys)
    if not len(wanted):
        return begins
    number, days = _count_exactly(look, wanted)
    place = np.searchsorted(wanted, keys)
    return begins[np.where(look.columns.counted[texts], number[place] >= needed, days[place] >= DAYS)]


def _needed(block: _Block, counted: NDArray[np.bool_]) -> Places:
    """How many times a shingle of each text must stand at the source to be routine, by days or by texts."""
    needed = np.where(counted, TEXTS, DAYS)
    # The median raises what is needed only where it is 2 or more, so where half of the text's shingles are.
    twice = running(block.seen > 1)[block.offsets]
    usual = counted & (2 * np.diff(twice) >= np.maximum(np.diff(block.offsets), 1))
    for number in np.flatnonzero(usual).tolist():
        part = block.seen[block.offsets[number] : block.offsets[number + 1]]
        middle = len(part) // 2
        needed[number] = max(TEXTS, STANDS_OUT * int(np.partition(part, middle)[middle]))
    return needed


def _count_exactly(look: _Look, wanted: Words) -> tuple[Places, Places]:
    """On how many texts and on how many days each of the wanted keys stands."""
    asked = np.zeros_like(look.table)
    asked[_slots(wanted, asked)] = 1
    held = []
    for block in replace(look, table=asked).blocks():
        likely = np.flatnonzero(block.seen)
        place = np.searchsorted(wanted, block.keys[likely])
        known = wanted.take(place, mode="clip") == block.keys[likely]
        text = block.first + np.searchsorted(block.offsets, likely[known], "right") - 1
        held.append(as_set(_join(place[known], text)))
    pairs = np.concatenate(held)
    key, text = (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)
    day = look.columns.day[text]
    days = as_set(_join(key[day != UNKNOWN], day[day != UNKNOWN]))
    return (
        np.bincount(key, minlength=len(wanted)),
        np.bincount((days >> np.uint64(32)).astype(np.int64), minlength=len(wanted)),
    )


def _join(high: Places, low: Places) -> Words:
    return high.astype(np.uint64) << np.uint64(32) | low.astype(np.uint64)


def _keys(values: Words, offsets: Places, source: Places) -> Words:
    """One number for a shingle at a source."""
    salts = mix((source + 2).astype(np.uint64))
    return mix(values ^ np.repeat(salts, np.diff(offsets)))


def _slots(keys: Words, table: Bytes) -> NDArray[np.uint32]:
    return (keys >> np.uint64(65 - len(table).bit_length())).astype(np.uint32)
