"""Measures candidate pairs: how many shingles two texts really share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipclean.duplicates.buckets import Codes
from clipclean.duplicates.families import batches
from clipclean.duplicates.holding import hold
from clipclean.text import Places, Words

Load = Callable[[Places], tuple[Words, Places]]
"""Gives the shingles of some texts, repeats and all, and the offsets at which those of each text begin."""


@dataclass(frozen=True, slots=True)
class Overlaps:
    """What pairs share, one entry a pair: the ``shared`` shingles and the size of each of the two sets."""

    shared: Places
    left: Places
    right: Places

    @property
    def jaccard(self) -> NDArray[np.float64]:
        """Shared / all; 0 where both are empty."""
        return _share(self.shared, self.left + self.right - self.shared)

    @property
    def of_smaller(self) -> NDArray[np.float64]:
        """Shared / the smaller set: containment."""
        return _share(self.shared, np.minimum(self.left, self.right))


def measure(codes: Codes, words: Places, load: Load) -> Overlaps:
    """Count the shingles that each pair shares; equal shingles of one text count once.

    ``words`` is the length of every text, which bounds the batches.

    >>> from clipclean.duplicates.buckets import encode
    >>> values, bounds = np.array([1, 2, 3, 2, 3, 4, 5], dtype=np.uint64), np.array([0, 3, 7])
    >>> found = measure(encode(np.array([0]), np.array([1])), np.array([3, 4]), lambda texts: (values, bounds))
    >>> found.shared.tolist(), found.jaccard.tolist()
    ([2], [0.4])
    """
    result = np.zeros((3, len(codes)), np.int64)
    for batch in batches(codes, words):
        held = hold(*load(batch.texts), batch.group)
        left, right = batch.left, batch.right
        result[:, batch.pairs] = held.overlap(left, right), held.sizes[left], held.sizes[right]
    return Overlaps(*result)


def _share(part: Places, whole: Places) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = part / np.maximum(whole, 1)
    return shares
