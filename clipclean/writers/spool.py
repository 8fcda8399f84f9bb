"""Records on disk between the two passes of a run: what to write is known only when everything has been read."""

from __future__ import annotations

import contextlib
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import orjson

from clipclean.config import Copies
from clipclean.errors import AccountingError
from clipclean.model import CleanClipping, Clipping, Cluster, Deduplication, Fold
from clipclean.writers.jsonlines import to_json
from clipclean.writers.records import cluster_keys, failure_row, fold_keys, measures
from clipclean.writers.whole import BUFFER, told

FACTS = ("id", "source", "url", "title", "published")
"""What the kept copy says of the copies that were folded into it."""

FAILED = b"null"
"""The record of a clipping that failed."""


class Spool:
    """An unnamed file of records, in the order in which they were added; it is gone when the block ends.

    ``folder`` is where it lies (None: where the system keeps such files); it takes about the room of the output.

    >>> with Spool() as spool:
    ...     spool.add(Clipping(id="a"), {"id": "a", "text": "Rain fell."})
    ...     [record["text"] for clipping_facts, record in spool]
    ['Rain fell.']
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or Path(tempfile.gettempdir())
        with told(self._folder):
            self._file = tempfile.TemporaryFile(buffering=BUFFER, dir=self._folder)  # noqa: SIM115 - closed by __exit__

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *error: object) -> None:
        with contextlib.suppress(OSError):  # what could not be written any more is not needed any more either
            self._file.close()

    def add(self, clipping: Clipping, record: Mapping[str, Any], *, facts: bool = True) -> None:
        """Add the record of a clipping; RecordError where it cannot be written, and then nothing is added.

        Without ``facts`` what a kept copy tells of its copies is left out.
        """
        known = to_json({name: getattr(clipping, name) for name in FACTS}) if facts else b"{}"
        line = b"%b\t%b\n" % (known, to_json(record))  # neither holds a tab or a line feed, which JSON escapes
        with told(self._folder):
            self._file.write(line)

    def __iter__(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        for facts, record in self.lines():
            yield orjson.loads(facts), orjson.loads(record)

    def lines(self) -> Iterator[tuple[bytes, bytes]]:
        """The facts and the record of each clipping as JSON."""
        with told(self._folder):
            self._file.seek(0)
        for line in self._file:
            facts, _, record = line[:-1].partition(b"\t")
            yield facts, record


def spool_line(mark: str, result: CleanClipping, record: Mapping[str, Any] | None) -> bytes:
    """A result of cleaning as a line of ``Shards``: what is known of the clipping, a tab, and its record.

    ``mark`` tells what it was made of. The record is None for a clipping that failed, and what is known of that is its
    row of errors.jsonl. Raises RecordError where the record cannot be written.

    >>> spool_line("5a", CleanClipping(Clipping(id="a")), {"id": "a"}).partition(b"\\t")[2]
    b'{"id":"a"}'
    """
    if result.error is not None:
        return b"%b\t%b" % (to_json({"mark": mark, **failure_row(result.error)}), FAILED)
    clipping = result.clipping
    facts = {name: getattr(clipping, name) for name in FACTS}
    place = {"file": clipping.origin.path, "record": clipping.origin.record or None}
    counts = {"lines": len(result.lines), "removed": len(result.removed)}
    return b"%b\t%b" % (to_json({"mark": mark, **place, **counts, **facts}), to_json(record))


class Records(Protocol):
    """Where clippings and their records lie until it is known what becomes of them."""

    def lines(self) -> Iterator[tuple[bytes, bytes]]:
        """What is known of each clipping and its record, as JSON; the record of a clipping that failed is null."""


def fold_records(
    spool: Records, found: Deduplication, copies: Copies, *, keys: bool
) -> Iterator[tuple[dict[str, Any], Fold | None, dict[str, Any] | None]]:
    """What is known of each clipping, its fold (None for one that failed), and the record to write.

    The record is None for a copy that is left out. ``keys`` adds what the duplicate stage found to each record. Raises
    AccountingError where records and folds are not of the same clippings.

    >>> with Spool() as spool:
    ...     spool.add(Clipping(id="a"), {"id": "a"})
    ...     found = Deduplication(folds=(Fold("a", "a"),))
    ...     [record for _, _, record in fold_records(spool, found, Copies.REMOVE, keys=False)]
    [{'id': 'a'}]
    """
    clusters = by_cluster(found)
    told_of = _told_of(spool, found) if copies is Copies.GROUP else {}
    for facts, line, fold in _folded(spool, found):
        known = orjson.loads(facts)
        if fold is None or (fold.duplicate_of is not None and copies is not Copies.ANNOTATE):
            yield known, fold, None
            continue
        record = orjson.loads(line)
        if keys:
            record |= fold_keys(fold, clusters.get((fold.cluster, fold.known)))
        if copies is Copies.GROUP:
            record["copies"] = told_of.pop(fold.cluster, [])
            if not keys:
                record |= cluster_keys(clusters.get((fold.cluster, fold.known)))
        if fold.supersedes is not None:
            record["supersedes"] = fold.supersedes
        yield known, fold, record


def fold_lines(spool: Records, found: Deduplication, copies: Copies) -> Iterator[bytes]:
    """The records of ``fold_records`` with what the duplicate stage found, as JSON; those left out are passed over.

    What is found is put behind the keys of a record without reading it again, so records must not have those keys.

    >>> with Spool() as spool:
    ...     spool.add(Clipping(id="a"), {"id": "a"})
    ...     [line[:24] for line in fold_lines(spool, Deduplication(folds=(Fold("a", "a"),)), Copies.REMOVE)]
    [b'{"id":"a","cluster":"a",']
    """
    clusters = by_cluster(found)
    told_of = _told_of(spool, found) if copies is Copies.GROUP else {}
    for _, record, fold in _folded(spool, found):
        if fold is not None and (fold.duplicate_of is None or copies is Copies.ANNOTATE):
            more = fold_keys(fold, clusters.get((fold.cluster, fold.known)))
            if copies is Copies.GROUP:
                more["copies"] = told_of.pop(fold.cluster, [])
            yield b"%b,%b" % (record[:-1], to_json(more)[1:])


def _told_of(spool: Records, found: Deduplication) -> dict[str, list[dict[str, Any]]]:
    """What each kept clipping says of the copies that were folded into it."""
    told_of: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for facts, _, fold in _folded(spool, found):
        if fold is not None and fold.duplicate_of is not None and not fold.known:
            known = orjson.loads(facts)
            told_of[fold.cluster].append({name: known[name] for name in FACTS} | measures(fold))
    return told_of


def _folded(spool: Records, found: Deduplication) -> Iterator[tuple[bytes, bytes, Fold | None]]:
    """Each line with its fold, None for a clipping that failed."""
    folds = iter(found.folds)
    for facts, record in spool.lines():
        fold = None if record == FAILED else next(folds, None)
        if fold is None and record != FAILED:
            raise _other_than_compared(found)
        yield facts, record, fold
    if next(folds, None) is not None:
        raise _other_than_compared(found)


def _other_than_compared(found: Deduplication) -> AccountingError:
    return AccountingError(
        f"{len(found.folds)} clippings were compared, and the records are not as many; do not trust this output, and "
        "please report how it came about"
    )


def by_cluster(found: Deduplication) -> dict[tuple[str, bool], Cluster]:
    """The clusters by id and whether the kept clipping was known before, for then two may have one id.

    >>> by_cluster(Deduplication())
    {}
    """
    return {(cluster.id, cluster.known): cluster for cluster in found.clusters}
