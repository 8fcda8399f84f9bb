"""Which texts hold which keys, in an index in a file: packs of entries, and what waits to be merged into them.

The keys of a text are spread over all packs: put there one text after the other, or some thousands at once, they touch
nearly every page of these each time. So what a transaction adds waits in sorted parts, and what it drops in others,
which take what is found away. When ``WAITING`` entries wait, all packs are written anew with them.
"""

from __future__ import annotations

import numpy as np

from clipclean.index import sqlite_packs
from clipclean.index.entries import HALF, NUMBER, merged, places_of, stand_in
from clipclean.index.sqlite_packs import Packs
from clipclean.index.sqlite_parts import Ask, Many, Parts
from clipclean.text import Places

TABLES = f"""
CREATE TABLE waiting (number INTEGER PRIMARY KEY AUTOINCREMENT, entries BLOB NOT NULL);
CREATE TABLE gone (number INTEGER PRIMARY KEY AUTOINCREMENT, entries BLOB NOT NULL);
{sqlite_packs.TABLES}
"""

WAITING = 1 << 21
"""Entries that wait at most, 16 MB of them."""
_GONE = 2  # one of so many entries may be one that is gone

_ROWS = "SELECT 0, number FROM waiting UNION ALL SELECT 1, number FROM gone UNION ALL SELECT 2, number FROM packing"


class Keys:
    """The entries of a file; ``ask`` and ``many`` carry out statements in it."""

    def __init__(self, ask: Ask, many: Many) -> None:
        self._ask = ask
        self._added, self._gone = Parts(ask, many, "waiting"), Parts(ask, many, "gone")
        self._packs = Packs(ask, many)

    def begin(self) -> None:
        """Take in what other processes have left."""
        numbers: tuple[set[int], ...] = set(), set(), set()
        for kind, number in self._ask(_ROWS, ()):
            numbers[kind].add(number)
        self._added.begin(numbers[0])
        self._gone.begin(numbers[1])
        self._packs.begin(next(iter(numbers[2]), None))

    def find(self, keys: Places) -> tuple[Places, Places]:
        """The keys, ascending and without repeats, that texts hold, each with a text that holds it."""
        found = [self._packs.find(keys), *self._added.find(keys)]
        entries = np.concatenate(found)
        for part in self._gone:
            entries = np.delete(entries, stand_in(part, entries))
        return entries >> HALF, entries & NUMBER

    def add(self, keys: Places, numbers: Places) -> None:
        """Say that texts hold keys, each key the text at its place."""
        entries = np.sort(keys << HALF | numbers)
        if any(len(stand_in(part, entries)) for part in self._gone):
            self._settle()
        self._added.add(entries)
        if len(self._added) + len(self._gone) > WAITING:
            self._settle()

    def drop(self, keys: Places, numbers: Places) -> None:
        """Say that they do not."""
        self._gone.add(self._added.take(np.unique(keys << HALF | numbers)))

    def commit(self) -> None:
        """Write what has been said since ``begin``."""
        if len(self._added) + len(self._gone) > WAITING:
            self._settle()
        elif _GONE * len(self._gone) > len(self._added) + len(self._packs):
            self._clear_away()
        self._added.commit()
        self._gone.commit()

    def rollback(self) -> None:
        """Forget what has been said, and what was read of rows that may come to nothing."""
        for some in (self._added, self._gone, self._packs):
            some.rollback()

    def _settle(self) -> None:
        """Put all that waits into the packs."""
        added, gone = merged([*self._added]), merged([*self._gone])
        self._added.clear()
        self._gone.clear()
        self._packs.rewrite(added, gone)

    def _clear_away(self) -> None:
        """Let what is gone take no more room."""
        if len(self._packs):
            self._settle()
            return
        entries, gone = merged([*self._added]), merged([*self._gone])
        self._added.clear()
        self._gone.clear()
        self._added.add(np.delete(entries, places_of(entries, gone)))
