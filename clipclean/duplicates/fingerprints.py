"""What is kept of a text: its words as hashes, a number for all of them, and what finds texts that share with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from clipclean.columns import spans
from clipclean.duplicates.bitmaps import Bitmaps, most_values, set_bits
from clipclean.duplicates.relating import own_shingles
from clipclean.duplicates.relations import SHORTEST
from clipclean.duplicates.sameness import text_keys
from clipclean.duplicates.shingles import shingle
from clipclean.duplicates.sketches import Sketches, sketch
from clipclean.text import Places, Tokens, Words, tokenise


@dataclass(frozen=True, slots=True)
class Print:
    """What stands for each text of a block: a ``sketch``, and for the typed mode a row of bits and how many shingles.

    In the plain mode ``bits`` and ``own`` are None.
    """

    sketch: Sketches
    bits: Bitmaps | None = None
    own: Places | None = None


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """A block of texts: their words, a number for each that equal texts have in common (``text_keys``), their print."""

    tokens: Tokens
    keys: Words
    print: Print


def fingerprinter(size: int, *, typed: bool) -> Callable[[Sequence[str]], list[Fingerprints]]:
    """Build the function that takes the fingerprints of a block of texts; shingles have ``size`` words.

    >>> (found,) = fingerprinter(5, typed=True)(["Rain fell on Halden for a third day on Monday."])
    >>> len(found.tokens.hashes), len(found.print.sketch.hashes), found.print.own.tolist()
    (10, 0, [0])
    """

    def fingerprint(texts: Sequence[str]) -> list[Fingerprints]:
        tokens = tokenise(texts, flags=typed)
        values, offsets = shingle(tokens.hashes, tokens.offsets, size)
        found = typed_print(values, offsets) if typed else Print(sketch(values, offsets))
        return [Fingerprints(tokens, text_keys(texts, tokens), found)]

    return fingerprint


def typed_print(values: Words, offsets: Places) -> Print:
    """What stands for texts of which these are the own shingles; a text with too few of them has none.

    >>> found = typed_print(np.arange(20, dtype=np.uint64) << np.uint64(58), np.array([0, 20]))
    >>> len(found.sketch.hashes), found.own.tolist()
    (20, [20])
    """
    sizes = spans(offsets)
    values, offsets = own_shingles(values, offsets, np.repeat(sizes < SHORTEST, sizes))
    bits = set_bits(values, offsets)
    own = np.minimum(spans(offsets), np.ceil(most_values(bits)).astype(np.int64))  # repeats count once
    return Print(sketch(values, offsets), bits, own)
