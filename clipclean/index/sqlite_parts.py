"""Entries that wait in an index in a file: sorted parts, a row each, which are in memory too.

What a transaction adds is one part; parts grow by being merged, the smaller into the larger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from clipclean.index.entries import merged, of_keys, places_of, sieve, sieve_bits, sift, stand_in
from clipclean.text import Bytes, Places

Ask = Callable[[str, Sequence[Any]], Iterable[tuple[Any, ...]]]
Many = Callable[[str, Iterable[Sequence[Any]]], None]

_FRESH = 8  # parts of one transaction that are searched one by one
_SEARCHED = 1 << 14  # entries of a part in which keys are looked for without a sieve, at most
_STEP = 2  # a part is merged into the one before it that is not so many times as large


class Parts:
    """The entries that wait in one table of a file; ``ask`` and ``many`` carry out statements in it."""

    def __init__(self, ask: Ask, many: Many, table: str) -> None:
        self._ask, self._many, self._table = ask, many, table
        self._held: dict[int, Places] = {}  # as in the file, by the number of the row, which is never given again
        self._fresh: list[Places] = []
        self._sieves: dict[int, Bytes] = {}  # of the larger ones that are held

    def begin(self, numbers: set[int]) -> None:
        """Take in what other processes have left in the rows with these numbers."""
        if numbers == self._held.keys():
            return
        self._held = {number: part for number, part in self._held.items() if number in numbers}
        self._sieves = {number: bits for number, bits in self._sieves.items() if number in numbers}
        for number in sorted(numbers - self._held.keys()):
            for (packed,) in self._ask(f"SELECT entries FROM {self._table} WHERE number = ?", (number,)):
                self._held[number] = np.frombuffer(packed, "<i8").astype(np.int64, copy=False)

    def __iter__(self) -> Iterator[Places]:
        yield from self._held.values()
        yield from self._fresh

    def __len__(self) -> int:
        return sum(map(len, self))

    def find(self, keys: Places) -> Iterator[Places]:
        """The entries of some keys, ascending, in each part."""
        for number, part in self._held.items():
            if len(part) < _SEARCHED:
                yield of_keys(part, keys)
                continue
            if number not in self._sieves:
                self._sieves[number] = sieve(part, sieve_bits(len(part)))
            if len(likely := sift(self._sieves[number], keys)):
                yield of_keys(part, likely)
        for part in self._fresh:
            yield of_keys(part, keys)

    def add(self, entries: Places) -> None:
        """Let some more wait, which are sorted."""
        if len(entries):
            self._fresh.append(entries)
        if len(self._fresh) > _FRESH:
            self._fresh = [merged(self._fresh)]

    def take(self, entries: Places) -> Places:
        """Take out those that came in this transaction; the others are given back."""
        for place, part in enumerate(self._fresh):
            self._fresh[place] = np.delete(part, places_of(part, entries))
            entries = np.delete(entries, stand_in(part, entries))
        return entries

    def commit(self) -> None:
        """Write what came since ``begin``."""
        if not self._fresh:
            return
        parts, left = self._fresh, []
        for number, part in reversed(self._held.items()):
            if len(part) > _STEP * sum(map(len, parts)):
                break
            parts = [*parts, part]
            left.append(number)
        self._leave(left)
        part = merged(parts)
        self._ask(f"INSERT INTO {self._table} (entries) VALUES (?)", (part.astype("<i8", copy=False).data,))
        for (number,) in self._ask("SELECT last_insert_rowid()", ()):
            self._held[number] = part
        self._fresh = []

    def clear(self) -> None:
        """Nothing waits any more."""
        self._leave(list(self._held))
        self._fresh = []

    def rollback(self) -> None:
        """Forget what came, and what was read of rows that may come to nothing."""
        self._held, self._fresh, self._sieves = {}, [], {}

    def _leave(self, numbers: list[int]) -> None:
        self._many(f"DELETE FROM {self._table} WHERE number = ?", zip(numbers))  # one column
        for number in numbers:
            del self._held[number]
            self._sieves.pop(number, None)
