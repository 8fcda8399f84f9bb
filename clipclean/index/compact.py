"""Words of texts as an index holds them: twelve bits each, and the places of those that are flagged.

A word of twelve bits may stand for another, but what is compared are runs of three and five, with 36 and 60 bits, and
the words of an opening as a whole. On the judged pairs of real stories the duplicate stage reaches the same F1 to the
digit with 64, 12 and 11 bits (docs/index.md).
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from clipclean.columns import spans
from clipclean.duplicates.families import ranges, running
from clipclean.text import Bytes, Places, Words, mix

BITS = 12
_SHIFT = np.uint64(64 - BITS)
_LONG = 255  # a gap of this many or more takes another byte
Short = NDArray[np.uint16]


def shorten(hashes: Words) -> Short:
    """The upper twelve bits of the hashes of words.

    >>> shorten(np.array([0xABC << 52, 1], dtype=np.uint64)).tolist() == [0xABC, 0]
    True
    """
    return (hashes >> _SHIFT).astype(np.uint16)


def spread(words: Short) -> Words:
    """Short words as hashes again: equal for equal words, and spread over the whole range.

    >>> len(set(spread(np.arange(4096, dtype=np.uint16)).tolist()))
    4096
    """
    return mix(words.astype(np.uint64) + np.uint64(1))


def pack(words: Short, offsets: Places) -> list[bytes]:
    """The words of several texts, two in three bytes; an odd last one in two.

    >>> [part.hex() for part in pack(np.array([0xABC, 0xDEF, 0x123], dtype=np.uint16), np.array([0, 3, 3]))]
    ['abcdef1230', '']
    """
    counts = spans(offsets)
    begins = running((counts + 1) // 2)
    pairs = np.zeros(2 * int(begins[-1]), np.uint16)
    pairs[ranges(2 * begins[:-1], counts)] = words
    even, odd = pairs[::2], pairs[1::2]
    packed = np.empty((len(even), 3), np.uint8)
    packed[:, 0] = even >> 4
    packed[:, 1] = (even & 15) << 4 | odd >> 8
    packed[:, 2] = odd & 255
    raw = packed.tobytes()
    sizes = (3 * counts + 1) // 2
    return [raw[begin : begin + size] for begin, size in zip((3 * begins).tolist(), sizes.tolist(), strict=False)]


def unpack(packed: bytes) -> Short:
    """The words that were packed.

    >>> [hex(word) for word in unpack(bytes.fromhex("abcdef1230")).tolist()]
    ['0xabc', '0xdef', '0x123']
    """
    count = 2 * len(packed) // 3
    columns = np.frombuffer(packed + b"\0\0"[: -len(packed) % 3], np.uint8).reshape(-1, 3).astype(np.uint16)
    words = np.empty((len(columns), 2), np.uint16)
    words[:, 0] = columns[:, 0] << 4 | columns[:, 1] >> 4
    words[:, 1] = (columns[:, 1] & 15) << 8 | columns[:, 2]
    return words.ravel()[:count]


def pack_places(places: Places, offsets: Places) -> list[bytes]:
    """The flagged words of several texts as the gaps between them, a byte each, with 255 for "and so many more".

    ``places`` ascend and count on from one text to the next, which begins at its offset.

    >>> [part.hex() for part in pack_places(np.array([0, 3, 300, 302]), np.array([0, 301, 303]))]
    ['0003ff2a', '01']
    """
    first = places.searchsorted(offsets)
    before = np.empty(len(places), np.int64)
    before[1:] = places[:-1]
    filled = first[:-1] < first[1:]
    before[first[:-1][filled]] = offsets[:-1][filled]
    gaps = places - before
    ends = np.cumsum(gaps // _LONG + 1)
    packed = np.full(int(ends[-1]) if len(ends) else 0, _LONG, np.uint8)
    packed[ends - 1] = gaps % _LONG
    raw, bounds = packed.tobytes(), np.concatenate((np.zeros(1, np.int64), ends))[first].tolist()
    return [raw[begin:end] for begin, end in pairwise(bounds)]


def unpack_places(packed: bytes) -> Places:
    """The places that were packed.

    >>> unpack_places(bytes.fromhex("0003ff2a")).tolist()
    [0, 3, 300]
    """
    gaps: Bytes = np.frombuffer(packed, np.uint8)
    places: Places = gaps.cumsum(dtype=np.int64)[gaps != _LONG]
    return places
