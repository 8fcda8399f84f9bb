"""An index in one file: SQLite in WAL mode, which many processes may read while one writes, safe against a kill.

Why SQLite and not LMDB is said with the figures in docs/index.md. Which texts hold which keys lies in ``sqlite_keys``.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from clipclean.errors import StoreError
from clipclean.index.rows import COPIES, BodyRow, ClippingRow, ClusterRow, TextRow
from clipclean.index.sqlite_keys import TABLES, Keys
from clipclean.index.store import NO_PASSAGES, Changes, Passages
from clipclean.text import Places

FORMAT = 2
"""The version of the file format; a file of another one is refused."""

_MARK = 0x436C6970  # "Clip": tells an index from other SQLite files
_CACHE = 16 << 10  # KB of pages that are held in memory
_SOURCES = 1_000  # whose passages are held in memory
_LOG = 8 << 20  # bytes that the write-ahead log may keep between transactions

_TABLES = f"""
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sources (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE clippings (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source INTEGER NOT NULL, published INTEGER, seen INTEGER,
    relation INTEGER, jaccard REAL, containment REAL, supersedes TEXT, arrived INTEGER NOT NULL
);
CREATE TABLE texts (
    number INTEGER PRIMARY KEY, digest INTEGER NOT NULL, words INTEGER NOT NULL, own INTEGER NOT NULL,
    source INTEGER NOT NULL, day INTEGER, alone INTEGER, low INTEGER, high INTEGER, cluster INTEGER, best INTEGER
);
CREATE INDEX digests ON texts (digest);
CREATE INDEX members ON texts (cluster) WHERE cluster IS NOT NULL;
CREATE TABLE bodies (
    number INTEGER PRIMARY KEY, words BLOB NOT NULL, sentences BLOB NOT NULL, numbers BLOB NOT NULL,
    names BLOB NOT NULL, text TEXT
);
CREATE TABLE clusters (number INTEGER PRIMARY KEY, name TEXT NOT NULL, kept INTEGER NOT NULL, texts INTEGER NOT NULL);
CREATE TABLE passages (source INTEGER PRIMARY KEY, hashes BLOB NOT NULL, born BLOB NOT NULL);
{TABLES}
"""

# What is the same for most rows is not written: NULL stands for it.
_CLIPPING = (
    "number, id, source, published, coalesce(seen, published), relation, jaccard, containment, supersedes, arrived"
)
_TEXT = (
    "number, digest, words, own, source, day, coalesce(alone, 1), coalesce(low, day, 0), coalesce(high, day, 0), "
    f"coalesce(cluster, number), coalesce(best, number * {COPIES})"
)


class SqliteStore:
    """A file that holds an index; ``wait`` are the seconds that a writer waits for another one.

    Raises StoreError where the file is not an index, of a newer format, broken, or cannot be read or written.
    """

    def __init__(self, path: str | os.PathLike[str], *, create: bool, wait: float = 30.0) -> None:
        self._path = Path(path)
        self._keys = Keys(self._ask, self._many)
        self._passages: dict[int, Passages] = {}
        self._facts: dict[str, str] | None = None
        self._version: int | None = None  # of the file as these, and what waits, were read
        self._writing = False
        there = self._path.exists()
        if not there and not create:
            raise StoreError(f"{self._path}: there is no index; clipclean run --index makes one, or Index.open")
        if self._path.is_dir():
            raise StoreError(f"{self._path}: this is a folder; an index is one file")
        try:
            self._open(there and not os.access(self._path, os.W_OK), wait)
            self._prepare(there and self._path.stat().st_size > 0)
        except sqlite3.Error as error:
            self.close()
            raise self._said(error) from error
        except StoreError:
            self.close()
            raise

    def _open(self, read_only: bool, wait: float) -> None:
        name = self._path.absolute().as_uri()
        # A file that cannot be written may lie where there is no room for a log; without one, none is needed.
        alone = read_only and not self._path.with_name(self._path.name + "-wal").exists()
        mode = "?mode=ro&immutable=1" if alone else "?mode=ro" if read_only else "?mode=rwc"
        self._database = sqlite3.connect(
            name + mode, uri=True, isolation_level=None, timeout=wait, check_same_thread=False
        )
        for setting in (f"cache_size = -{_CACHE}", "synchronous = NORMAL", f"journal_size_limit = {_LOG}"):
            self._database.execute(f"PRAGMA {setting}")

    def _prepare(self, there: bool) -> None:
        (mark,) = self._database.execute("PRAGMA application_id").fetchone()
        (version,) = self._database.execute("PRAGMA user_version").fetchone()
        if there and mark != _MARK:
            raise StoreError(f"{self._path}: this is a database, but not an index of clipclean; name another file")
        if version > FORMAT:
            raise StoreError(
                f"{self._path}: written by a newer clipclean (format {version}; this one reads {FORMAT}); update it"
            )
        if there and version < FORMAT:
            raise StoreError(
                f"{self._path}: written by a clipclean before the first release (format {version}; this one reads "
                f"{FORMAT}), which cannot be converted; name another file, and add the clippings again"
            )
        if there:
            return
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("BEGIN IMMEDIATE")
        if self._database.execute("PRAGMA application_id").fetchone() != (
            _MARK,
        ):  # another process may have been first
            for statement in _TABLES.split(";"):
                self._database.execute(statement)
            self._database.execute(f"PRAGMA application_id = {_MARK}")
            self._database.execute(f"PRAGMA user_version = {FORMAT}")
        self._database.execute("COMMIT")

    def begin(self, *, write: bool) -> None:
        """Begin to read one state, or to write as the only one who does."""
        self._ask("BEGIN IMMEDIATE" if write else "BEGIN")
        self._writing = write
        (version,) = self._ask("PRAGMA data_version").fetchone()  # another one where another process has committed
        if len(self._passages) > _SOURCES:
            self._passages.clear()
        if version == self._version:
            return
        self._forget()
        try:
            self._keys.begin()
        except (TypeError, ValueError) as error:
            self.rollback()
            raise self._said(sqlite3.DatabaseError(f"malformed keys: {error}")) from error
        self._version = version

    def commit(self) -> None:
        """Make what was written last, all of it at once."""
        if self._writing:
            self._keys.commit()
        self._ask("COMMIT")
        self._writing = False

    def rollback(self) -> None:
        """Leave everything as it was at ``begin``."""
        if self._writing:
            self._keys.rollback()
            self._forget()
        self._writing = False
        with suppress(sqlite3.Error):
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")

    def _forget(self) -> None:
        self._passages.clear()
        self._facts = self._version = None

    def close(self) -> None:
        """Let the file go; what was begun and not committed is as if it had never been."""
        if hasattr(self, "_database"):
            self.rollback()
            self._database.close()

    def get(self) -> dict[str, str]:
        """The settings and counters of the index."""
        if self._facts is None:
            self._facts = dict(self._ask("SELECT name, value FROM facts"))
        return dict(self._facts)

    def put(self, values: Mapping[str, str]) -> None:
        """Set some of these."""
        self._facts = None
        self._many("INSERT OR REPLACE INTO facts VALUES (?, ?)", values.items())

    def by_id(self, ids: Sequence[str]) -> dict[str, ClippingRow]:
        """Clippings by id."""
        query = f"SELECT {_CLIPPING} FROM clippings WHERE id = ?"
        return {row[1]: ClippingRow(*row) for name in ids for row in self._ask(query, (name,))}

    def by_digest(self, digests: Sequence[int]) -> list[tuple[int, int]]:
        """Digests, each with the number of a text that has it, by number."""
        return sorted(self._among("SELECT digest, number FROM texts", "digest", digests), key=lambda row: row[1])

    def by_key(self, keys: Places) -> tuple[Places, Places]:
        """The keys, ascending and without repeats, that texts hold, each with a text that holds it."""
        return self._keys.find(keys)

    def clippings(self, numbers: Iterable[int]) -> dict[int, ClippingRow]:
        """Clippings by number."""
        rows = self._among(f"SELECT {_CLIPPING} FROM clippings", "number", numbers)
        return {row[0]: ClippingRow(*row) for row in rows}

    def copies(self, text: int) -> list[ClippingRow]:
        """The clippings of a text."""
        query = f"SELECT {_CLIPPING} FROM clippings WHERE number BETWEEN ? AND ? ORDER BY number"
        return [ClippingRow(*row) for row in self._ask(query, (text * COPIES, (text + 1) * COPIES - 1))]

    def last_copies(self, texts: Iterable[int]) -> dict[int, int]:
        """The highest number of a clipping of each text."""
        query = "SELECT number FROM clippings WHERE number BETWEEN ? AND ? ORDER BY number DESC LIMIT 1"
        return {
            text: number for text in texts for (number,) in self._ask(query, (text * COPIES, (text + 1) * COPIES - 1))
        }

    def texts(self, numbers: Iterable[int]) -> dict[int, TextRow]:
        """Texts by number."""
        return {row[0]: _text(row) for row in self._among(f"SELECT {_TEXT} FROM texts", "number", numbers)}

    def bodies(self, numbers: Iterable[int]) -> dict[int, BodyRow]:
        """Words of texts by number."""
        query = "SELECT number, words, sentences, numbers, names, text FROM bodies"
        return {row[0]: BodyRow(*row) for row in self._among(query, "number", numbers)}

    def clusters(self, numbers: Iterable[int]) -> dict[int, ClusterRow]:
        """Clusters by number."""
        rows = self._among("SELECT number, name, kept, texts FROM clusters", "number", numbers)
        return {row[0]: ClusterRow(*row) for row in rows}

    def members(self, cluster: int) -> list[TextRow]:
        """The texts of a cluster."""
        query = f"SELECT {_TEXT} FROM texts WHERE cluster = ? OR (number = ? AND cluster IS NULL) ORDER BY number"
        return [_text(row) for row in self._ask(query, (cluster, cluster))]

    def passages(self, source: int) -> Passages:
        """What is routine at a source."""
        if source not in self._passages:
            row = self._ask("SELECT hashes, born FROM passages WHERE source = ?", (source,)).fetchone()
            found = NO_PASSAGES if row is None else (np.frombuffer(row[0], "<u8"), np.frombuffer(row[1], "<i8"))
            self._passages[source] = found
        return self._passages[source]

    def sources(self, names: Sequence[str]) -> dict[str, int]:
        """Numbers of sources by name."""
        query = "SELECT name, number FROM sources WHERE name = ?"
        return {name: number for asked in names for name, number in self._ask(query, (asked,))}

    def names(self, numbers: Sequence[int]) -> dict[int, str]:
        """Names of sources by number."""
        return dict(self._among("SELECT number, name FROM sources", "number", numbers))

    def before(self, seen: int) -> Iterator[ClippingRow]:
        """The clippings that were seen before a moment (seconds since 1970)."""
        query = f"SELECT {_CLIPPING} FROM clippings WHERE coalesce(seen, published) < ? ORDER BY number"
        return map(ClippingRow._make, self._ask(query, (seen,)))

    def walk(self) -> Iterator[ClippingRow]:
        """All clippings by number."""
        return map(ClippingRow._make, self._ask(f"SELECT {_CLIPPING} FROM clippings ORDER BY number"))

    def arrivals(self) -> Iterator[ClippingRow]:
        """All clippings as they came."""
        return map(ClippingRow._make, self._ask(f"SELECT {_CLIPPING} FROM clippings ORDER BY arrived"))

    def walk_passages(self) -> Iterator[int]:
        """The sources that have routine passages."""
        return (number for (number,) in self._ask("SELECT source FROM passages ORDER BY source").fetchall())

    def write(self, changes: Changes) -> None:
        """Write these, within ``begin`` and ``commit``."""
        self._many("INSERT INTO sources VALUES (?, ?)", [(number, name) for name, number in changes.sources.items()])
        self._many("DELETE FROM clippings WHERE number = ?", [(row.number,) for row in changes.dropped_clippings])
        for table in ("texts", "bodies"):
            self._many(f"DELETE FROM {table} WHERE number = ?", [(row.number,) for row in changes.dropped_texts])
        self._many("DELETE FROM clusters WHERE number = ?", [(number,) for number in changes.dropped_clusters])
        self._many(
            "INSERT OR REPLACE INTO clippings VALUES (?,?,?,?,?,?,?,?,?,?)", map(_bare_clipping, changes.clippings)
        )
        self._many("INSERT OR REPLACE INTO texts VALUES (?,?,?,?,?,?,?,?,?,?,?)", map(_bare_text, changes.texts))
        self._many("INSERT OR REPLACE INTO bodies VALUES (?,?,?,?,?,?)", changes.bodies)
        self._many("INSERT OR REPLACE INTO clusters VALUES (?,?,?,?)", changes.clusters)
        for source, (hashes, born) in changes.passages.items():
            blobs = hashes.astype("<u8").tobytes(), born.astype("<i8").tobytes()
            self._ask("INSERT OR REPLACE INTO passages VALUES (?, ?, ?)", (source, *blobs))
            self._passages.pop(source, None)
        for keys, numbers in changes.unposted:
            self._keys.drop(keys, numbers)
        for keys, numbers in changes.posted:
            self._keys.add(keys, numbers)

    def count(self) -> tuple[int, int, int, int | None, int | None]:
        """How many clippings, texts and clusters there are, and the first and last moment that was seen."""
        query = "SELECT count(*), min(coalesce(seen, published)), max(coalesce(seen, published)) FROM clippings"
        clippings, oldest, newest = self._ask(query).fetchone()
        (texts,) = self._ask("SELECT count(*) FROM texts").fetchone()
        alone = "SELECT count(*) FROM texts WHERE coalesce(cluster, number) NOT IN (SELECT number FROM clusters)"
        (stories,) = self._ask(f"SELECT (SELECT count(*) FROM clusters) + ({alone})").fetchone()
        return clippings, texts, stories, oldest, newest

    def size(self) -> int:
        """Bytes on disk."""
        names = (self._path.name + end for end in ("", "-wal", "-shm"))
        return sum(path.stat().st_size for name in names if (path := self._path.with_name(name)).exists())

    def check(self) -> list[str]:
        """What is wrong with the file itself, in words."""
        return [message for (message,) in self._ask("PRAGMA integrity_check(20)") if message != "ok"]

    def _among(self, query: str, column: str, values: Iterable[int]) -> sqlite3.Cursor | tuple[()]:
        some = sorted(values)
        if not some:
            return ()
        if len(some) == 1:
            return self._ask(f"{query} WHERE {column} = ?", some)
        return self._ask(f"{query} WHERE {column} IN (SELECT value FROM json_each(?))", (json.dumps(some),))

    def _ask(self, query: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        try:
            return self._database.execute(query, values)
        except sqlite3.Error as error:
            raise self._said(error) from error

    def _many(self, query: str, rows: Iterable[Sequence[Any]]) -> None:
        try:
            self._database.executemany(query, rows)
        except sqlite3.Error as error:
            raise self._said(error) from error

    def _said(self, error: sqlite3.Error) -> StoreError:
        """What SQLite says, in the words of this package and with what to do."""
        said = str(error)
        reasons = {
            "locked": "another process is writing to it; wait until that ends, or give it longer with wait",
            "busy": "another process is writing to it; wait until that ends, or give it longer with wait",
            "full": "the disk is full; make room and run again: the index is as it was",
            "readonly": "it cannot be written; change the permissions of the file and its folder, or use a copy",
            "not a database": "this is not an index of clipclean; name another file",
            "malformed": "the file is broken; restore it from a copy, or build it again from what clipclean run wrote",
            "disk i/o": "it cannot be read or written to the end; check the disk: what was committed is as it was",
            "unable to open": "it cannot be opened; check that the folder is there and that you may write in it",
        }
        remedy = next((reason for part, reason in reasons.items() if part in said.lower()), "SQLite refused it")
        return StoreError(f"{self._path}: {remedy} ({said})")


def _text(row: Sequence[Any]) -> TextRow:
    found = TextRow(*row)
    return found._replace(alone=bool(found.alone))


def _bare_clipping(row: ClippingRow) -> tuple[Any, ...]:
    return (*row[:4], None if row.seen == row.published else row.seen, *row[5:])


def _bare_text(row: TextRow) -> tuple[Any, ...]:
    low, high = (None if day == (row.day or 0) else day for day in (row.low, row.high))
    cluster = None if row.cluster == row.number else row.cluster
    best = None if row.best == row.number * COPIES else row.best
    return (*row[:6], None if row.alone else 0, low, high, cluster, best)
