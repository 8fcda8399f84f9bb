"""Estimates what two texts share by one bit for each shingle, to rule out pairs that share too little.

Each text has a row of 4,096 bits, of which every shingle sets one. Shingles that two texts share set the same bits;
others do so by chance, and how many of them do can be foretold. A pair takes a tenth of a microsecond this way, twenty
times less than counting.

Source: linear counting, Whang, Vander-Zanden, Taylor, "A linear-time probabilistic counting algorithm" (1990).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clipclean.text import Places, Words

BITS = 4096
_SHIFT = np.uint64(64 - 12)
_PAIRS = 1 << 12  # compared at once
Bitmaps = NDArray[np.uint64]


def set_bits(values: Words, offsets: Places) -> Bitmaps:
    """The rows of a block of texts from their shingles.

    >>> rows = set_bits(np.array([1 << 52, 1 << 52, 2 << 52], dtype=np.uint64), np.array([0, 3, 3]))
    >>> rows.shape, count_bits(rows).tolist()
    ((2, 64), [2, 0])
    """
    bits = np.zeros((len(offsets) - 1, BITS), bool)
    bits[np.repeat(np.arange(len(bits)), np.diff(offsets)), (values >> _SHIFT).astype(np.int64)] = True
    return np.packbits(bits, axis=1).view(np.uint64)


def count_bits(rows: Bitmaps) -> Places:
    """How many bits are set in each row."""
    counts: Places = np.bitwise_count(rows).sum(axis=1, dtype=np.int64)
    return counts


def most_values(rows: Bitmaps) -> NDArray[np.float64]:
    """How many different values each row may stand for: the estimate and four standard errors more.

    >>> rows = set_bits(np.repeat(np.arange(100, dtype=np.uint64), 5) << np.uint64(52), np.array([0, 500]))
    >>> bool(100 <= most_values(rows)[0] < 120)
    True
    """
    load = -np.log1p(-np.minimum(count_bits(rows), BITS - 1) / BITS)
    error = np.sqrt(np.maximum(BITS * (np.exp(load) - load - 1), 0.0))
    most: NDArray[np.float64] = BITS * load + 4 * error
    return most


def common_bits(rows: Bitmaps, left: Places, right: Places) -> Places:
    """How many bits are set in both rows of each pair.

    >>> rows = set_bits(np.arange(200, dtype=np.uint64) << np.uint64(52), np.array([0, 100, 200]))
    >>> common_bits(rows, np.array([0, 0]), np.array([1, 0])).tolist()
    [0, 100]
    """
    found = np.empty(len(left), np.int64)
    for start in range(0, len(left), _PAIRS):
        part = slice(start, start + _PAIRS)
        found[part] = count_bits(rows[left[part]] & rows[right[part]])
    return found


def expected_bits(one: Places, other: Places, shared: NDArray[np.float64], deviations: float) -> NDArray[np.float64]:
    """The bits that two rows with so many bits have in common where the texts share so many shingles, but for bad luck
    of some standard errors.

    >>> expected_bits(np.array([400]), np.array([400]), np.array([100.0]), 4).round().tolist()
    [102.0]
    """
    # s shingles set m (1 - e^(-s/m)) bits; those of the rest that fall together are as good as drawn at random.
    same = np.minimum(BITS * -np.expm1(-shared / BITS), np.minimum(one, other))
    chance = (one - same) * (other - same) / BITS
    least: NDArray[np.float64] = same + chance - deviations * np.sqrt(chance + shared**2 / (2 * BITS))
    return least
