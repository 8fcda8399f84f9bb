"""What is kept of a text: its words in a file, a number for all of them, and what finds texts that share with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from clipclean.columns import spans
from clipclean.duplicates.bitmaps import Bitmaps, most_values, set_bits
from clipclean.duplicates.relating import own_shingles
from clipclean.duplicates.relations import SHORTEST
from clipclean.duplicates.sameness import text_keys
from clipclean.duplicates.shingles import shingle
from clipclean.duplicates.sketches import Sketches, sketch
from clipclean.duplicates.store import Stored, write_words
from clipclean.text import Places, Words, tokenise


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
    """A block of texts: where their words are stored, a number that equal texts share (``text_keys``), their print."""

    stored: Stored
    keys: Words
    print: Print


def fingerprinter(folder: Path, size: int, *, typed: bool) -> Callable[[Sequence[str]], list[Fingerprints]]:
    """Build the function that takes the fingerprints of a block of texts and stores their words in a folder.

    Shingles have ``size`` words. The function raises OutputError where the folder is full.

    >>> from clipclean.duplicates.store import WordStore
    >>> with WordStore() as store:
    ...     (found,) = fingerprinter(store.folder, 5, typed=True)(["Rain fell on Halden for a third day on Monday."])
    >>> found.stored.offsets.tolist(), len(found.print.sketch.hashes), found.print.own.tolist()
    ([0, 10], 0, [0])
    """

    def fingerprint(texts: Sequence[str]) -> list[Fingerprints]:
        words = tokenise(texts, flags=typed)
        values, offsets = shingle(words.hashes, words.offsets, size)
        found = typed_print(values, offsets) if typed else Print(sketch(values, offsets))
        return [Fingerprints(write_words(folder, words, flags=typed), text_keys(texts, words), found)]

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
