"""Which texts hold which keys, in an index in a file: one large table, and sorted parts that wait to be merged into it.

A key and a text that holds it are one number, an entry, so that the texts of a key lie side by side. The keys of a text
are spread over the whole table: put there one text after the other, or some thousands at once, they touch nearly every
page of it each time. So what a transaction adds is one sorted part in a row of its own; parts grow by being merged, the
smaller into the larger, and go to the table when they hold ``WAITING`` entries. What waits is in memory too.

Source: O'Neil, Cheng, Gawlick and O'Neil, "The log-structured merge-tree" (1996).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from clipclean.duplicates.families import ranges
from clipclean.text import Places

TABLES = """
CREATE TABLE entries (entry INTEGER PRIMARY KEY);
CREATE TABLE waiting (number INTEGER PRIMARY KEY AUTOINCREMENT, entries BLOB NOT NULL)
"""

WAITING = 1 << 21
"""Entries that wait at most, 16 MB of them."""

_FRESH = 8  # parts of one transaction that are searched one by one
_STEP = 2  # a part is merged into the one before it that is not so many times as large
_HALF = np.int64(32)
_NUMBER = np.int64(0xFFFFFFFF)  # of the text, in the lower half of an entry


class Keys:
    """The entries of a file; ``ask`` and ``many`` carry out statements in it."""

    def __init__(
        self,
        ask: Callable[[str, Sequence[Any]], Iterable[tuple[Any, ...]]],
        many: Callable[[str, Iterable[Sequence[Any]]], None],
    ) -> None:
        self._ask, self._many = ask, many
        self._waiting: dict[int, Places] = {}  # as in the file, by the number of the row, which is never given again
        self._fresh: list[Places] = []
        self._cut: set[int] = set()  # rows from which entries have gone

    def begin(self) -> None:
        """Take in what other processes have left waiting."""
        numbers = {number for (number,) in self._ask("SELECT number FROM waiting", ())}
        self._waiting = {number: part for number, part in self._waiting.items() if number in numbers}
        for number in sorted(numbers - self._waiting.keys()):
            for (packed,) in self._ask("SELECT entries FROM waiting WHERE number = ?", (number,)):
                self._waiting[number] = np.frombuffer(packed, "<i8").astype(np.int64, copy=False)

    def find(self, keys: Places) -> tuple[Places, Places]:
        """The keys, ascending and without repeats, that texts hold, each with a text that holds it."""
        low = keys << _HALF
        query = (
            "SELECT entry FROM json_each(?) CROSS JOIN entries "
            f"WHERE entry BETWEEN json_each.value AND json_each.value + {int(_NUMBER)}"
        )
        rows = self._ask(query, (json.dumps(low.tolist()),))
        found = [np.fromiter((entry for (entry,) in rows), np.int64)]
        for part in (*self._waiting.values(), *self._fresh):
            begin, end = part.searchsorted(low), part.searchsorted(low + _NUMBER, "right")
            found += [part[begin[place] : end[place]] for place in (end > begin).nonzero()[0].tolist()]
        entries = np.concatenate(found)
        return entries >> _HALF, entries & _NUMBER

    def add(self, keys: Places, numbers: Places) -> None:
        """Say that texts hold keys, each key the text at its place."""
        self._fresh.append(np.sort(keys << _HALF | numbers))
        if len(self._fresh) > _FRESH:
            self._fresh = [_merged(self._fresh)]
        if sum(map(len, self._fresh)) > WAITING:
            self._settle()

    def drop(self, keys: Places, numbers: Places) -> None:
        """Say that they do not."""
        gone = np.unique(keys << _HALF | numbers)
        self._fresh = [np.delete(part, _held(part, gone)) for part in self._fresh]
        for number, part in self._waiting.items():
            places = _held(part, gone)
            if len(places):
                self._waiting[number] = np.delete(part, places)
                self._cut.add(number)
        self._many("DELETE FROM entries WHERE entry = ?", zip(gone.tolist()))  # one column

    def commit(self) -> None:
        """Write what has been said since ``begin``."""
        if sum(map(len, self._waiting.values())) + sum(map(len, self._fresh)) > WAITING:
            self._settle()
        for number in sorted(self._cut):
            self._many("UPDATE waiting SET entries = ? WHERE number = ?", [(_packed(self._waiting[number]), number)])
        self._cut.clear()
        if not self._fresh:
            return
        parts, merged = self._fresh, []
        for number, part in reversed(self._waiting.items()):
            if len(part) > _STEP * sum(map(len, parts)):
                break
            parts = [*parts, part]
            merged.append(number)
        self._leave(merged)
        part = _merged(parts)
        self._ask("INSERT INTO waiting (entries) VALUES (?)", (_packed(part),))
        for (number,) in self._ask("SELECT last_insert_rowid()", ()):
            self._waiting[number] = part
        self._fresh = []

    def rollback(self) -> None:
        """Forget what has been said, and what was read of rows that may come to nothing."""
        self._waiting, self._fresh = {}, []
        self._cut.clear()

    def _settle(self) -> None:
        """Put all that waits into the table, in its order."""
        entries = _merged([*self._waiting.values(), *self._fresh])
        self._leave(list(self._waiting))
        self._fresh.clear()
        self._cut.clear()
        for start in range(0, len(entries), 1 << 16):
            part = entries[start : start + (1 << 16)].tolist()
            self._many("INSERT OR IGNORE INTO entries VALUES (?)", zip(part))  # one column

    def _leave(self, numbers: list[int]) -> None:
        self._many("DELETE FROM waiting WHERE number = ?", zip(numbers))  # one column
        for number in numbers:
            del self._waiting[number]


def _held(part: Places, entries: Places) -> Places:
    """Where some entries stand in a part, which is sorted: they are few, and a part is large."""
    begin, end = part.searchsorted(entries), part.searchsorted(entries, "right")
    return ranges(begin, end - begin)


def _merged(parts: list[Places]) -> Places:
    merged = np.concatenate([np.empty(0, np.int64), *parts])
    merged.sort()
    return merged


def _packed(part: Places) -> memoryview:
    return part.astype("<i8", copy=False).data
