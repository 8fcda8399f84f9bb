"""Records on disk between the two passes of a run: what to write is known only when everything has been read."""

from __future__ import annotations

import contextlib
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from clipclean.config import Copies
from clipclean.model import Clipping, Cluster, Deduplication, Fold
from clipclean.writers.jsonlines import to_json
from clipclean.writers.records import cluster_keys, fold_keys, measures
from clipclean.writers.whole import told

FACTS = ("id", "source", "url", "title", "published")
"""What the kept copy says of the copies that were folded into it."""


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
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed by __exit__

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *error: object) -> None:
        with contextlib.suppress(OSError):  # what could not be written any more is not needed any more either
            self._file.close()

    def add(self, clipping: Clipping, record: Mapping[str, Any]) -> None:
        """Add the record of a clipping; RecordError where it cannot be written, and then nothing is added."""
        facts = to_json({name: getattr(clipping, name) for name in FACTS})
        line = b"%b\t%b\n" % (facts, to_json(record))  # neither holds a tab or a line feed, which JSON escapes
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


def fold_records(
    spool: Spool, found: Deduplication, copies: Copies, *, keys: bool
) -> Iterator[tuple[Fold, str | None, dict[str, Any] | None]]:
    """For each clipping its fold, its source, and the record to write: None for a copy that is left out.

    ``keys`` adds what the duplicate stage found to each record.

    >>> with Spool() as spool:
    ...     spool.add(Clipping(id="a"), {"id": "a"})
    ...     found = Deduplication(folds=(Fold("a", "a"),))
    ...     [record for _, _, record in fold_records(spool, found, Copies.REMOVE, keys=False)]
    [{'id': 'a'}]
    """
    clusters = by_cluster(found)
    told_of = _told_of(spool, found) if copies is Copies.GROUP else {}
    for fold, (facts, record) in zip(found.folds, spool, strict=True):
        if fold.duplicate_of is not None and copies is not Copies.ANNOTATE:
            yield fold, facts["source"], None
            continue
        if keys:
            record |= fold_keys(fold, clusters.get((fold.cluster, fold.known)))
        if copies is Copies.GROUP:
            record["copies"] = told_of.pop(fold.cluster, [])
            if not keys:
                record |= cluster_keys(clusters.get((fold.cluster, fold.known)))
        if fold.supersedes is not None:
            record["supersedes"] = fold.supersedes
        yield fold, facts["source"], record


def fold_lines(spool: Spool, found: Deduplication, copies: Copies) -> Iterator[bytes]:
    """The records of ``fold_records`` with what the duplicate stage found, as JSON; those left out are passed over.

    What is found is put behind the keys of a record without reading it again, so records must not have those keys.

    >>> with Spool() as spool:
    ...     spool.add(Clipping(id="a"), {"id": "a"})
    ...     [line[:24] for line in fold_lines(spool, Deduplication(folds=(Fold("a", "a"),)), Copies.REMOVE)]
    [b'{"id":"a","cluster":"a",']
    """
    clusters = by_cluster(found)
    told_of = _told_of(spool, found) if copies is Copies.GROUP else {}
    for fold, (_, record) in zip(found.folds, spool.lines(), strict=True):
        if fold.duplicate_of is None or copies is Copies.ANNOTATE:
            more = fold_keys(fold, clusters.get((fold.cluster, fold.known)))
            if copies is Copies.GROUP:
                more["copies"] = told_of.pop(fold.cluster, [])
            yield b"%b,%b" % (record[:-1], to_json(more)[1:])


def _told_of(spool: Spool, found: Deduplication) -> dict[str, list[dict[str, Any]]]:
    """What each kept clipping says of the copies that were folded into it."""
    told_of: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for fold, (facts, _) in zip(found.folds, spool.lines(), strict=True):
        if fold.duplicate_of is not None and not fold.known:
            told_of[fold.cluster].append(orjson.loads(facts) | measures(fold))
    return told_of


def by_cluster(found: Deduplication) -> dict[tuple[str, bool], Cluster]:
    """The clusters by id and whether the kept clipping was known before, for then two may have one id.

    >>> by_cluster(Deduplication())
    {}
    """
    return {(cluster.id, cluster.known): cluster for cluster in found.clusters}
