"""Finds candidate pairs by sketches: two texts that share one of the few shingles that stand for each.

A sketch is the lowest shingle hashes of a text: at least 16, and all in the lowest sixteenth of the range, so that a
long text keeps enough to meet a short one cut from it. Which hashes are low has nothing to do with the text, so texts
that share shingles share low ones. Measured on real stories, sketches of own shingles find 94 of 100 cut-down copies,
where bands for Jaccard .7 find 4 and the widest bands 91.

Source: the k minimum values and modulo sketches of Broder, "On the resemblance and containment of documents" (1997).
"""

from __future__ import annotations

import numpy as np

from clipclean.duplicates.buckets import Codes, Collector, pair_up
from clipclean.text import Places, Words

LEAST = 16
_BELOW = np.uint64((1 << 64) // 16)


def sketch(shingles: Words) -> Words:
    """The sketch of a text from the set of its shingles, sorted: a copy of its beginning.

    >>> sketch(np.arange(40, dtype=np.uint64) << np.uint64(58)).tolist() == [n << 58 for n in range(16)]
    True
    """
    return shingles[: max(LEAST, int(np.searchsorted(shingles, _BELOW)))].copy()


def find_candidates(sketches: Words, members: Places) -> tuple[Codes, list[Places]]:
    """The pairs of texts that share a hash, and the crowds: texts, ascending, that share one with too many to pair all.

    ``sketches`` holds those of all texts, one after the other; ``members`` says for each hash whose it is.

    >>> from clipclean.duplicates.buckets import decode
    >>> codes, crowds = find_candidates(np.array([3, 8, 8, 9], dtype=np.uint64), np.array([0, 0, 1, 1]))
    >>> decode(codes), crowds
    ((array([0]), array([1])), [])
    """
    found = Collector()
    crowds = []
    for codes, larger in pair_up(sketches, members):
        found.add(codes)
        crowds += larger
    return found.codes(), crowds
