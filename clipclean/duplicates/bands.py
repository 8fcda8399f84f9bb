"""Finds candidate pairs: texts whose MinHash signatures agree in a whole band of rows.

A pair with Jaccard similarity J agrees in at least one of b bands of r rows with probability 1 - (1 - J^r)^b (Leskovec,
Rajaraman, Ullman, "Mining of Massive Datasets", section 3.4). Rows are powers of two and bands lie side by side, so a
band of 2r rows holds two bands of r rows: whatever is a candidate with more rows is one with fewer. That makes it a law
that what is found at a higher threshold is found at a lower one.

Of a crowd, a bucket too large to pair all its texts, only pairs with its first few are candidates. Once these were
measured, ``split_crowds`` divides the crowd by asking for twice the rows, again and again, and pairs what is still
apart; so the law holds for crowds too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clipclean.duplicates.buckets import Codes, Collector, decode, pair_up
from clipclean.duplicates.minhash import Signatures
from clipclean.text import Places, Words, mix

MISSED = 0.005
"""The share of pairs right at the threshold that may be missed."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """The texts of a large bucket, ascending, and the band they agree in."""

    band: int
    members: Places


def choose_rows(threshold: float, permutations: int) -> int:
    """The most rows a band may have so that a pair right at the threshold is missed in at most ``MISSED`` of cases.

    A power of two. With too few permutations even bands of one row miss more; 128 serve every threshold above .05.

    >>> [choose_rows(threshold, 128) for threshold in (0.3, 0.5, 0.7, 0.9)]
    [2, 2, 4, 8]
    """
    rows = 1
    while 2 * rows <= permutations and miss_rate(threshold, permutations // (2 * rows), 2 * rows) <= MISSED:
        rows *= 2
    return rows


def miss_rate(jaccard: float, bands: int, rows: int) -> float:
    """The probability that a pair of this similarity agrees in no band.

    >>> round(miss_rate(0.7, 32, 4), 6)
    0.000153
    """
    return float((1 - jaccard**rows) ** bands)


def find_candidates(signatures: Signatures, members: Places, rows: int) -> tuple[Codes, list[Crowd]]:
    """The candidate pairs among ``members`` (rows of ``signatures``, ascending), and the crowds still to be split.

    >>> rows = np.array([[1, 2, 3, 4], [1, 2, 9, 9], [5, 6, 7, 8]], dtype=np.uint32)
    >>> codes, crowds = find_candidates(rows, np.arange(3), 2)
    >>> decode(codes), crowds
    ((array([0]), array([1])), [])
    """
    found = Collector()
    crowds = []
    for band in range(signatures.shape[1] // rows):
        for codes, larger in pair_up(_keys(signatures, members, band, rows), members):
            found.add(codes)
            crowds += [Crowd(band, crowd) for crowd in larger]
    return found.codes(), crowds


def split_crowds(signatures: Signatures, crowds: list[Crowd], rows: int, labels: Places) -> Codes:
    """Further candidate pairs from within crowds, but only of texts whose ``labels`` differ: those not yet joined.

    >>> same = np.tile(np.arange(8, dtype=np.uint32), (70, 1))
    >>> codes, crowds = find_candidates(same, np.arange(70), 2)
    >>> len(codes), len(split_crowds(same, crowds, 2, np.zeros(70, np.int64)))
    (270, 0)
    """
    found = Collector()
    while crowds:
        rows *= 2
        smaller = []
        for crowd in crowds:
            # Two bands make one of twice the rows; every bucket of that lies within a bucket of the first of the two.
            band, members = crowd.band // 2, crowd.members
            whole = (band + 1) * rows <= signatures.shape[1]
            if crowd.band % 2 or not whole or (labels[members] == labels[members[0]]).all():
                continue
            for codes, larger in pair_up(_keys(signatures, members, band, rows), members):
                left, right = decode(codes)
                found.add(codes[labels[left] != labels[right]])
                smaller += [Crowd(band, inner) for inner in larger]
        crowds = smaller
    return found.codes()


def _keys(signatures: Signatures, members: Places, band: int, rows: int) -> Words:
    """One number for the rows of a band of each member; equal rows have equal numbers."""
    part = signatures[members, band * rows : (band + 1) * rows].astype(np.uint64)
    keys = part[:, 0]
    for row in range(1, rows):
        keys = mix(keys.copy()) if row > 1 else keys
        keys = keys ^ part[:, row] << np.uint64(32 * (row % 2))
    return keys
