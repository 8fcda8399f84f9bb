"""MinHash signatures whose numbers are those of datasketch 2.0, scheme ``affine32``, for the same 32-bit hashes.

The 32-bit hash of a shingle is the upper half of its 64-bit value. It is scrambled once by the finaliser of
MurmurHash3; permutation k then maps it to a[k] * h + b[k] modulo 2^32, and the signature keeps the least value for each
k. The share of equal places in two signatures estimates the Jaccard similarity of the two sets, with a standard error
of sqrt(J (1 - J) / permutations): .04 at most for 128.

A signature can be loaded with ``datasketch.MinHash(hashvalues=signature, seed=seed, scheme="affine32")``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from clipclean.errors import SettingsError
from clipclean.text import Places, Words

Signatures = NDArray[np.uint32]
EMPTY = np.uint32(0xFFFFFFFF)
"""Every place of the signature of a text without shingles."""


def permutations(count: int, seed: int) -> tuple[Signatures, Signatures]:
    """The factors (all odd) and addends of ``count`` permutations, the same that datasketch draws for ``seed``.

    They are drawn here because importing datasketch takes longer than a small run. Raises SettingsError where the seed
    is not between 0 and 2^32 - 1.

    >>> factors, addends = permutations(128, 1)
    >>> factors.shape, addends.dtype
    ((128,), dtype('uint32'))
    """
    if not 0 <= seed < 1 << 32:
        raise SettingsError(f"seed: {seed} is not between 0 and {(1 << 32) - 1}; 1 is usual")
    draw = np.random.RandomState(seed)
    factors = draw.randint(0, 1 << 31, count, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    addends = draw.randint(0, 1 << 32, count, dtype=np.uint32)
    return factors, addends


def sign(values: Words, offsets: Places, factors: Signatures, addends: Signatures) -> Signatures:
    """Signatures of a block of texts, one row each, from the shingles of all of them; repeats change nothing.

    Blocks of 64 to 128 news texts are fastest: one permutation of the block then fits the cache.

    >>> values = np.array([7 << 32, 9 << 32, 9 << 32, 7 << 32], dtype=np.uint64)
    >>> rows = sign(values, np.array([0, 2, 4, 4]), *permutations(16, 1))
    >>> rows.shape, bool((rows[0] == rows[1]).all()), bool((rows[2] == EMPTY).all())
    ((3, 16), True, True)
    """
    hashes = _scramble((values >> np.uint64(32)).astype(np.uint32))
    filled = offsets[1:] > offsets[:-1]
    starts = offsets[:-1][filled]
    least = np.full((len(factors), len(filled)), EMPTY, np.uint32)
    if len(starts):
        row = np.empty(len(starts), np.uint32)
        permuted = np.empty_like(hashes)
        for place, (factor, addend) in enumerate(zip(factors, addends, strict=True)):
            np.multiply(hashes, factor, out=permuted)
            np.add(permuted, addend, out=permuted)
            np.minimum.reduceat(permuted, starts, out=row)
            least[place, filled] = row
    return np.ascontiguousarray(least.T)


def agreement(signatures: Signatures, left: Places, right: Places) -> NDArray[np.float64]:
    """The share of equal places in the signatures of each pair: an estimate of their Jaccard similarity.

    >>> rows = np.array([[1, 2], [1, 3]], dtype=np.uint32)
    >>> agreement(rows, np.array([0]), np.array([1])).tolist()
    [0.5]
    """
    shares = np.empty(len(left), np.float64)
    for start in range(0, len(left), 4096):
        part = slice(start, start + 4096)
        shares[part] = np.mean(signatures[left[part]] == signatures[right[part]], axis=1)
    return shares


def _scramble(hashes: Signatures) -> Signatures:
    hashes ^= hashes >> np.uint32(16)
    hashes *= np.uint32(0x85EBCA6B)
    hashes ^= hashes >> np.uint32(13)
    hashes *= np.uint32(0xC2B2AE35)
    hashes ^= hashes >> np.uint32(16)
    return hashes
