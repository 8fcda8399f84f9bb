"""Learns which shingles are routine at a source: newsletter blocks, copyright lines, background, table templates.

A shingle is routine at a source when texts of at least three distinct days there hold it. Days, not texts, because a
story that stands there in three copies is no routine. Where a text has no date, or its source is unknown, the count of
texts stands in for days, and a shingle must stand out against the rest of its own text: at least three times the median
count of the text's shingles. Routine shingles are no evidence that two texts tell the same story; what is left are a
text's own shingles.

Two looks at every text: as it comes its shingles are counted in a table of one byte for each of many slots, which rules
out almost all of them; the second look, when all have come, counts the rest exactly, as many at a time as memory allows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipclean.duplicates.shingles import as_set, shingle
from clipclean.duplicates.store import WordStore
from clipclean.text import Bytes, Places, Words, mix

DAYS = 3
"""On how many distinct days a shingle stands at a source to be routine there. 2 and 4 do nearly as well, 5 less."""
STANDS_OUT = 3
"""How many times the median count of a text's shingles makes one routine where days are unknown."""
UNKNOWN = -1
"""The number of an unknown source, and of an unknown day."""

_SATURATED = 200  # counts in the table stop here, far above DAYS and below what a byte holds
_LEAST_BITS, _MOST_BITS = 18, 29  # of the number of a slot
_ROUND = 1 << 22  # occurrences looked at exactly in one round


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
    """Common shingles of all sources: sorted ``keys`` with the number of ``texts`` and of ``days`` of each.

    ``table`` holds a count for every slot that a key can fall into, 0 where no key of it is common.
    """

    size: int
    keys: Words
    texts: NDArray[np.int32]
    days: NDArray[np.int32]
    table: Bytes

    def mask(self, values: Words, offsets: Places, source: Places, counted: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which shingles of a block of texts are routine at their text's source.

        ``source`` and ``counted`` have one entry for each text of the block, as in ``Columns``.
        """
        routine = np.zeros(len(values), bool)
        if not len(self.keys):
            return routine
        keys = _keys(values, offsets, source)
        seen = self.table[_slots(keys, self.table)]
        often = np.flatnonzero(seen >= DAYS)
        text = np.searchsorted(offsets, often, "right") - 1
        needed = np.full(len(source), DAYS)
        # The median raises what is needed only where it is 2 or more, so where half of the text's shingles are.
        twice = np.concatenate((np.zeros(1, np.int64), np.cumsum(seen > 1)))[offsets]
        usual = counted & (2 * np.diff(twice) >= np.maximum(np.diff(offsets), 1))
        for number in np.flatnonzero(usual).tolist():
            part = seen[offsets[number] : offsets[number + 1]]
            middle = len(part) // 2
            needed[number] = max(DAYS, STANDS_OUT * int(np.partition(part, middle)[middle]))
        likely = seen[often] >= np.minimum(needed, _SATURATED)[text]
        often, text = often[likely], text[likely]
        place = np.searchsorted(self.keys, keys[often])
        known = self.keys.take(place, mode="clip") == keys[often]
        often, text, place = often[known], text[known], place[known]
        routine[often] = np.where(counted[text], self.texts[place] >= needed[text], self.days[place] >= DAYS)
        return routine


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
        >>> routine.mask(values, offsets, source, np.zeros(3, bool))[:7].tolist()
        [False, False, True, True, True, True, True]
        """
        for first, tokens in store.blocks(self._again):
            values, offsets = shingle(tokens.hashes, tokens.offsets, size)
            self._count(values, offsets, columns.source[first : first + len(offsets) - 1])
        self._again = 0
        often = self._table >= DAYS
        rounds = 1 + int(np.sum(self._table, where=often, dtype=np.int64)) // _ROUND
        parts = [_common(store, columns, size, self._table, (part, rounds)) for part in range(rounds)]
        keys, texts, days = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.argsort(keys)
        table = np.where(often, np.uint8(0), self._table)
        np.maximum.at(table, _slots(keys, table), np.minimum(texts, _SATURATED).astype(np.uint8))
        return Routine(size, keys[order], texts[order], days[order], table)


def _common(
    store: WordStore, columns: Columns, size: int, table: Bytes, turn: tuple[int, int]
) -> tuple[Words, NDArray[np.int32], NDArray[np.int32]]:
    """Shingles that ``DAYS`` texts of a source hold and that can be routine: their keys, texts and days.

    ``turn`` is the number of this round and how many there are; each looks at its share of the keys.
    """
    found_keys, found_texts = [np.empty(0, np.uint64)], [np.empty(0, np.int64)]
    for first, tokens in store.blocks():
        values, offsets = shingle(tokens.hashes, tokens.offsets, size)
        keys = _keys(values, offsets, columns.source[first : first + len(offsets) - 1])
        slots = _slots(keys, table)
        likely = np.flatnonzero((table[slots] >= DAYS) & (slots % turn[1] == turn[0]))
        found_keys.append(keys[likely])
        found_texts.append(first + np.searchsorted(offsets, likely, "right") - 1)
    keys, texts = np.concatenate(found_keys), np.concatenate(found_texts)
    order = np.argsort(keys)
    keys, texts = keys[order], texts[order]
    fresh = np.ones(len(keys), bool)
    fresh[1:] = keys[1:] != keys[:-1]
    keys = keys[fresh]
    held = as_set(_join(np.cumsum(fresh) - 1, texts))
    run, texts = (held >> np.uint64(32)).astype(np.int64), (held & np.uint64(0xFFFFFFFF)).astype(np.int64)
    counts = np.bincount(run, minlength=len(keys))
    wanted = np.bincount(run[columns.counted[texts]], minlength=len(keys)) > 0
    dated = columns.day[texts] != UNKNOWN
    days = as_set(_join(run[dated], columns.day[texts[dated]]))
    distinct = np.bincount((days >> np.uint64(32)).astype(np.int64), minlength=len(keys))
    kept = (counts >= DAYS) & (wanted | (distinct >= DAYS))
    return keys[kept], counts[kept].astype(np.int32), distinct[kept].astype(np.int32)


def _join(high: Places, low: Places) -> Words:
    return high.astype(np.uint64) << np.uint64(32) | low.astype(np.uint64)


def _keys(values: Words, offsets: Places, source: Places) -> Words:
    """One number for a shingle at a source."""
    salts = mix((source + 2).astype(np.uint64))
    return mix(values ^ np.repeat(salts, np.diff(offsets)))


def _slots(keys: Words, table: Bytes) -> NDArray[np.uint32]:
    return (keys >> np.uint64(65 - len(table).bit_length())).astype(np.uint32)
