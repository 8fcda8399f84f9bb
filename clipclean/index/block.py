"""A block of new texts made ready: words, shingles, and the few low hashes by which they find each other.

Shingles are of short words (``compact``), so that all that is ever needed of a text, signature and sketch too, can be
had again from what an index holds of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clipclean.columns import spans
from clipclean.duplicates.relations import FORM
from clipclean.duplicates.sameness import text_keys
from clipclean.duplicates.shingles import shingle
from clipclean.duplicates.sketches import Sketches, sketch
from clipclean.index.compact import Short, pack, pack_places, shorten, spread, unpack, unpack_places
from clipclean.index.entries import KEY_BITS
from clipclean.index.rows import BodyRow
from clipclean.text import CAPITAL, NUMBER, SENTENCE, Places, Tokens, Words, tokenise

_KEY = np.uint64((1 << KEY_BITS) - 1)


@dataclass(frozen=True, slots=True)
class Words12:
    """Texts as short words, those of text ``i`` from ``tokens.offsets[i]`` to the next; in ``tokens`` spread."""

    short: Short
    tokens: Tokens

    def rows(self, first: int, texts: Sequence[str] | None) -> list[BodyRow]:
        """As rows, numbered from ``first`` on; ``texts`` where these are stored too."""
        offsets, flags = self.tokens.offsets, self.tokens.flags
        counts = spans(offsets)
        names = (flags & (CAPITAL | SENTENCE) == CAPITAL) & (counts < FORM).repeat(counts)
        columns = (
            range(first, first + len(offsets) - 1),
            pack(self.short, offsets),
            *(pack_places(np.flatnonzero(some), offsets) for some in (flags & SENTENCE, flags & NUMBER, names)),
            repeat(None) if texts is None else texts,
        )
        return [BodyRow(*row) for row in zip(*columns, strict=False)]

    @classmethod
    def read(cls, rows: Sequence[BodyRow]) -> Words12:
        """The words that rows hold."""
        parts = [unpack(row.words) for row in rows]
        offsets = np.zeros(len(rows) + 1, np.int64)
        np.cumsum([len(part) for part in parts], out=offsets[1:])
        short = np.concatenate([np.empty(0, np.uint16), *parts])
        flags = np.zeros(len(short), np.uint8)
        for row, start in zip(rows, offsets.tolist(), strict=False):
            for places, flag in ((row.sentences, SENTENCE), (row.numbers, NUMBER), (row.names, CAPITAL)):
                if places:
                    flags[start + unpack_places(places)] |= flag
        return cls(short, Tokens(spread(short), offsets, flags))


@dataclass(frozen=True, slots=True)
class Prints:
    """What is computed of texts alone, whatever the index holds.

    ``digests`` tell exact copies. The shingles of text ``i`` are ``values[offsets[i]:offsets[i + 1]]``, its keys, the
    lower 31 bits of the hashes of its sketch, ascending, ``keys[bounds[i]:bounds[i + 1]]``.
    """

    digests: Words
    words: Words12
    values: Words
    offsets: Places
    keys: Places
    bounds: Places

    def take(self, texts: Places) -> Prints:
        """Those of some of the texts."""
        if len(texts) == len(self.digests):
            return self
        short, offsets = _take(self.words.short, self.words.tokens.offsets, texts)
        hashes, _ = _take(self.words.tokens.hashes, self.words.tokens.offsets, texts)
        flags, _ = _take(self.words.tokens.flags, self.words.tokens.offsets, texts)
        values, value_offsets = _take(self.values, self.offsets, texts)
        keys, bounds = _take(self.keys, self.bounds, texts)
        words = Words12(short, Tokens(hashes, offsets, flags))
        return Prints(self.digests[texts], words, values, value_offsets, keys, bounds)


def fingerprint(texts: Sequence[str], size: int) -> Prints:
    """Fingerprint texts together, of which a block of 64 to 512 is quickest.

    >>> prints = fingerprint(["Rain fell in the north of Halden.", "Rain FELL in the north of Halden", ""], 5)
    >>> bool(prints.digests[0] == prints.digests[1]), np.diff(prints.bounds).tolist()
    (True, [3, 3, 0])
    """
    tokens = tokenise(texts)
    short = shorten(tokens.hashes)
    return prints_of(Words12(short, replace(tokens, hashes=spread(short))), text_keys(texts, tokens), size)


def prints_of(words: Words12, digests: Words, size: int) -> Prints:
    """The fingerprints of texts of which only words and digests are left.

    >>> prints = fingerprint(["Rain fell in the north of Halden."], 5)
    >>> bool((prints_of(prints.words, prints.digests, 5).keys == prints.keys).all())
    True
    """
    values, offsets = shingle(words.tokens.hashes, words.tokens.offsets, size)
    return Prints(digests, words, values, offsets, *_keys(sketch(values, offsets)))


def keys_of(words: Words12, size: int) -> tuple[Places, Places]:
    """The keys of texts, once more, and where those of each begin.

    >>> prints = fingerprint(["Rain fell in the north of Halden."], 5)
    >>> bool((keys_of(prints.words, 5)[0] == prints.keys).all())
    True
    """
    return _keys(sketch(*shingle(words.tokens.hashes, words.tokens.offsets, size)))


def _keys(found: Sketches) -> tuple[Places, Places]:
    """The keys of sketches, ascending and each once for a text, and where those of each begin.

    Hashes of a sketch are low, so their upper bits say little; the lower ones are spread evenly.

    >>> hashes = np.array([1 << 40, 7 << 40 | 5, 9 << 40 | 5], dtype=np.uint64)
    >>> sketches = Sketches(hashes, np.array([0, 3]), hashes[-1:])
    >>> [column.tolist() for column in _keys(sketches)]
    [[0, 5], [0, 2]]
    """
    texts = len(found.bounds) - 1
    keys = key_of(found.hashes)
    if texts > 1:
        keys |= np.repeat(np.arange(texts) << KEY_BITS, spans(found.bounds))
    keys.sort()
    again = keys[1:] == keys[:-1]  # two hashes in fifty thousand texts differ only above the key
    if again.any():
        keys = np.delete(keys, again.nonzero()[0])
        bounds = keys.searchsorted(np.arange(texts + 1) << KEY_BITS)
    else:
        bounds = found.bounds
    return (keys & ((1 << KEY_BITS) - 1) if texts > 1 else keys), bounds


def key_of(values: Words) -> Places:
    """The key that each shingle has if it is low enough to be in a sketch."""
    return (values & _KEY).view(np.int64)


def _take(values: NDArray[Any], bounds: Places, texts: Places) -> tuple[NDArray[Any], Places]:
    sizes = spans(bounds)[texts]
    offsets = np.zeros(len(texts) + 1, np.int64)
    sizes.cumsum(out=offsets[1:])
    places = np.arange(int(offsets[-1])) + np.repeat(bounds[:-1][texts] - offsets[:-1], sizes)
    return values[places], offsets
