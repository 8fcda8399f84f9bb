"""Holds an index against itself: every row that another one speaks of is there, and every key is that of a text."""

from __future__ import annotations

from itertools import groupby, islice

import numpy as np

from clipclean.columns import spans
from clipclean.index.block import Words12, keys_of
from clipclean.index.hits import MOST
from clipclean.index.rows import ClippingRow
from clipclean.index.store import Store
from clipclean.text import Places

_TOGETHER = 512
_NAMED = 20  # faults that are told one by one


def faults(store: Store, size: int) -> list[str]:
    """What is wrong, in words; ``size`` is the length of shingles.

    Keys that were dropped because too many texts hold them are no fault.
    """
    found = store.check()
    clippings = store.walk()
    texts = iter(groupby(clippings, key=lambda row: row.text))
    known = 0
    while some := [(number, list(rows)) for number, rows in islice(texts, _TOGETHER)]:
        found += _faults(store, some, size)
        known += len(some)
        if len(found) > _NAMED:
            return [*found[:_NAMED], "and more"]
    counted = store.count()[1]
    if counted != known:
        found.append(f"{counted} texts are there, and clippings have {known}")
    return found


def _faults(store: Store, some: list[tuple[int, list[ClippingRow]]], size: int) -> list[str]:
    found = []
    numbers = [number for number, _ in some]
    rows, bodies = store.texts(numbers), store.bodies(numbers)
    clusters = store.clusters({row.cluster for row in rows.values()})
    kept = store.clippings({row.kept for row in clusters.values()})
    for number, copies in some:
        row = rows.get(number)
        if row is None or number not in bodies:
            found.append(f"clipping {copies[0].id!r}: its text {number} is not there")
            continue
        if row.best not in {copy.number for copy in copies}:
            found.append(f"text {number}: its best clipping is not there")
        cluster = clusters.get(row.cluster)
        if cluster is None and (row.cluster != number or len(copies) > 1):
            found.append(f"text {number}: its cluster {row.cluster} is not there")
        elif cluster is not None and cluster.kept not in kept:
            found.append(f"cluster {cluster.name!r}: the clipping that it keeps is not there")
    held = [number for number in numbers if number in bodies]
    words = Words12.read([bodies[number] for number in held])
    lengths = spans(words.tokens.offsets).tolist()
    found += [
        f"text {number}: {length} words are there of {rows[number].words}"
        for number, length in zip(held, lengths, strict=True)
        if number in rows and rows[number].words != length
    ]
    keys, bounds = keys_of(words, size)
    mine = np.repeat(np.array(held, np.int64), spans(bounds))
    stored, holders = store.by_key(np.unique(keys))
    codes, there = (key << np.int64(32) | number for key, number in ((keys, mine), (stored, holders)))
    missing = ~np.isin(codes, there)
    crowded = np.isin(keys, _crowded(stored))
    found += [f"text {number}: a key of it is not there" for number in np.unique(mine[missing & ~crowded]).tolist()]
    pointed = set(np.unique(holders).tolist())
    return found + [
        f"a key points to text {number}, which is not there" for number in pointed - store.texts(pointed).keys()
    ]


def _crowded(keys: Places) -> Places:
    """The keys that so many texts hold, or held before some grew too old, that older ones were dropped."""
    values, counts = np.unique(keys, return_counts=True)
    crowded: Places = values[counts >= MOST // 2]
    return crowded
