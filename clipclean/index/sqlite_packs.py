"""Entries that have settled in an index in a file: packs of a hundred or two, and a sieve that says where to look.

A pack holds the entries of all keys that have the same upper bits. Packs are written anew all together, in their order,
so that the pages of the file are full. Most keys of a new text are held by no other: a sieve in memory, with a bit for
each of so many ranges of keys, ends five of six of their look-ups.

Source: O'Neil, Cheng, Gawlick and O'Neil, "The log-structured merge-tree" (1996).
"""

from __future__ import annotations

import json

import numpy as np

from clipclean.index.entries import (
    HALF,
    KEY_BITS,
    WIDEST,
    distinct,
    merged,
    of_keys,
    pack,
    places_of,
    sieve,
    sieve_bits,
    sift,
    unpack,
)
from clipclean.index.sqlite_parts import Ask, Many
from clipclean.text import Bytes, Places

TABLES = """
CREATE TABLE packs (number INTEGER PRIMARY KEY, entries BLOB NOT NULL);
CREATE TABLE sieves (number INTEGER PRIMARY KEY, bits BLOB NOT NULL);
CREATE TABLE packing (
    number INTEGER PRIMARY KEY AUTOINCREMENT, base INTEGER NOT NULL, shift INTEGER NOT NULL, bits INTEGER NOT NULL,
    entries INTEGER NOT NULL
)
"""

_LEAST = 96  # entries of a pack on the average; up to twice as many
_AT_ONCE = 1 << 17  # entries that are packed at once: a few MB
_OTHER_BASE = 1 << KEY_BITS
_NONE: Places = np.empty(0, np.int64)


class Packs:
    """The packs of a file; ``ask`` and ``many`` carry out statements in it."""

    def __init__(self, ask: Ask, many: Many) -> None:
        self._ask, self._many = ask, many
        self._number: int | None = None  # of the row that says how entries are packed, None where there is none
        self._loaded: int | None = 0  # that of which the following are; 0 for none
        self._base = self._shift = self._bits = self._count = 0
        self._sieve: Bytes = np.empty(0, np.uint8)

    def begin(self, number: int | None) -> None:
        """Read the packs as the row with this number says."""
        self._number = number

    def rollback(self) -> None:
        """Forget what was read, as it may come to nothing."""
        self._loaded = 0

    def __len__(self) -> int:
        self._load()
        return self._count

    def find(self, keys: Places) -> Places:
        """The entries of some keys, ascending."""
        self._load()
        if self._number is None:
            return _NONE
        keys = sift(self._sieve, keys)
        if not len(keys):
            return _NONE
        numbers = distinct((keys >> self._shift) + self._base)
        query = "SELECT packs.number, entries FROM json_each(?) CROSS JOIN packs ON packs.number = json_each.value"
        return of_keys(self._read(query, json.dumps(numbers.tolist())), keys)

    def rewrite(self, added: Places, gone: Places) -> None:
        """Take in some entries and drop others; both are sorted."""
        self._load()
        count = self._count + len(added)
        base = 0 if self._base else _OTHER_BASE
        shift = min(WIDEST, KEY_BITS - max(0, (count // _LEAST).bit_length() - 1))
        bits = sieve_bits(count)
        steps = 1 << min(KEY_BITS - WIDEST, (count // _AT_ONCE).bit_length())
        self._sieve, self._count = np.zeros(1 << (bits - 3), np.uint8), 0
        self._ask("DELETE FROM sieves", ())
        size = len(self._sieve) // steps
        width = KEY_BITS + 1 - steps.bit_length()
        ends = np.arange(steps + 1) << width
        coming, going = ([0, *part.searchsorted(ends[1:-1] << HALF), len(part)] for part in (added, gone))
        for step in range(steps):
            low, high = ends[step : step + 2].tolist()
            entries = merged([self._take_out(low, high), added[coming[step] : coming[step + 1]]])
            entries = np.delete(entries, places_of(entries, gone[going[step] : going[step + 1]]))
            self._many("INSERT INTO packs VALUES (?, ?)", ((base + at, packed) for at, packed in pack(entries, shift)))
            part = self._sieve[step * size : (step + 1) * size]
            part[:] = sieve(entries, bits, low, high - low)
            self._ask("INSERT INTO sieves VALUES (?, ?)", (step, part.data))
            self._count += len(entries)
        self._base, self._shift, self._bits = base, shift, bits
        self._ask("DELETE FROM packing", ())
        values = (base, shift, bits, self._count)
        self._ask("INSERT INTO packing (base, shift, bits, entries) VALUES (?, ?, ?, ?)", values)
        for (number,) in self._ask("SELECT last_insert_rowid()", ()):
            self._number = self._loaded = number

    def _take_out(self, low: int, high: int) -> Places:
        """The entries of the keys from ``low`` to below ``high``, which are no longer there then."""
        if self._number is None:
            return _NONE
        ends = self._base + (low >> self._shift), self._base + (high >> self._shift)
        some = "packs WHERE number >= ? AND number < ?"
        entries = self._read(f"SELECT number, entries FROM {some} ORDER BY number", *ends)
        self._ask(f"DELETE FROM {some}", ends)
        return entries

    def _read(self, query: str, *values: object) -> Places:
        numbers, packs = [], []
        for number, packed in self._ask(query, values):
            numbers.append(number - self._base)
            packs.append(packed)
        return unpack(np.array(numbers, np.int64), packs, self._shift)

    def _load(self) -> None:
        if self._loaded == self._number:
            return
        self._base = self._shift = self._bits = self._count = 0
        self._sieve = np.empty(0, np.uint8)
        query = "SELECT base, shift, bits, entries FROM packing WHERE number = ?"
        for row in self._ask(query, (self._number,)):
            self._base, self._shift, self._bits, self._count = row
            self._sieve = np.zeros(1 << (self._bits - 3), np.uint8)
            end = 0
            for (packed,) in self._ask("SELECT bits FROM sieves ORDER BY number", ()):
                self._sieve[end : end + len(packed)] = np.frombuffer(packed, np.uint8)
                end += len(packed)
        self._loaded = self._number
