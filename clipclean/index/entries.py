"""Entries: a key and a text that holds it as one number, and several of them as bytes that run nothing when read.

The key is the upper half of an entry and the text the lower one, so that the texts of a key lie side by side. Keys are
spread evenly over 31 bits: what is put together by their upper bits is of one size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from clipclean.duplicates.families import ranges
from clipclean.text import Bytes, Places

KEY_BITS = 31
HALF = np.int64(32)
"""The bits of an entry that say which text, below its key."""
NUMBER = np.int64(0xFFFFFFFF)
"""Those bits."""
WIDEST = 16
"""Bits of a key that are told within a pack, at most."""

_SIEVE = 6  # ranges of a sieve for each entry, up to twice as many
_LEAST_BITS, _MOST_BITS = 16, 28
_ENTRY = np.dtype([("key", "<u2"), ("text", "<u4")])


def pack(entries: Places, shift: int) -> Iterator[tuple[int, bytes]]:
    """Entries, ascending, in packs: the number of each, which is its keys without their lower ``shift`` bits, and six
    bytes for each of its entries.

    >>> [(number, packed.hex()) for number, packed in pack(np.array([(3 << 12 | 5) << 32 | 7]), 12)]
    [(3, '050007000000')]
    """
    packed = np.empty(len(entries), _ENTRY)
    packed["key"] = (entries >> HALF) & ((1 << shift) - 1)
    packed["text"] = entries & NUMBER
    raw = packed.tobytes()
    numbers, starts = np.unique(entries >> (HALF + shift), return_index=True)
    starts = starts * _ENTRY.itemsize
    ends = np.append(starts, len(raw))[1:]
    for number, start, end in zip(numbers.tolist(), starts.tolist(), ends.tolist(), strict=True):
        yield number, raw[start:end]


def unpack(numbers: Places, packs: Sequence[bytes], shift: int) -> Places:
    """The entries that lie in some packs, as they lie there.

    >>> (entry,) = unpack(np.array([3]), [bytes.fromhex("050007000000")], 12).tolist()
    >>> entry >> 32 == 3 << 12 | 5, entry & 0xFFFFFFFF
    (True, 7)
    """
    packed = np.frombuffer(b"".join(packs), _ENTRY)
    keys = np.repeat(numbers << shift, [len(part) // _ENTRY.itemsize for part in packs])
    keys |= packed["key"]
    keys <<= HALF
    keys |= packed["text"]
    return keys


def merged(parts: Sequence[Places]) -> Places:
    """Several parts as one that is sorted."""
    entries = np.concatenate([np.empty(0, np.int64), *parts])
    entries.sort()
    return entries


def distinct(keys: Places) -> Places:
    """The distinct ones of some keys, ascending.

    >>> distinct(np.array([7, 3, 7])).tolist()
    [3, 7]
    """
    keys = np.sort(keys)
    fresh = np.ones(len(keys), bool)
    np.not_equal(keys[1:], keys[:-1], out=fresh[1:])
    return keys[fresh]


def of_keys(part: Places, keys: Places) -> Places:
    """The entries of some keys, ascending, in a sorted part.

    >>> (of_keys(np.array([3 << 32 | 7, 3 << 32 | 9, 4 << 32 | 7]), np.array([2, 3, 5])) & NUMBER).tolist()
    [7, 9]
    """
    low = keys << HALF
    begin = part.searchsorted(low)
    found = (part.take(begin, mode="clip") >> HALF == keys).nonzero()[0] if len(part) else begin[:0]
    if not len(found):
        return part[:0]
    begin, high = begin[found], low[found] | NUMBER
    return part[ranges(begin, part.searchsorted(high, "right") - begin)]


def places_of(part: Places, entries: Places) -> Places:
    """Where some of the entries stand in a sorted part, which may be far larger; each stands there once.

    >>> places_of(np.array([3, 5, 9]), np.array([5, 6])).tolist()
    [1]
    """
    if not len(part):
        return np.empty(0, np.int64)
    place = part.searchsorted(entries)
    found: Places = place[part.take(place, mode="clip") == entries]
    return found


def stand_in(part: Places, entries: Places) -> Places:
    """Which of some entries stand in a sorted part, by their places.

    >>> stand_in(np.array([3, 5, 9]), np.array([6, 5])).tolist()
    [1]
    """
    if not len(part):
        return np.empty(0, np.int64)
    found: Places = (part.take(part.searchsorted(entries), mode="clip") == entries).nonzero()[0]
    return found


def sieve(entries: Places, bits: int, low: int = 0, keys: int = 1 << KEY_BITS) -> Bytes:
    """One bit for each of ``2**bits`` ranges of all keys: whether that of an entry lies in there. Those of the ranges
    from the key ``low`` on, of so many ``keys``.

    >>> sift(sieve(np.array([5 << 52, 9 << 52]), 16), np.array([4, 5, 6, 9]) << 20) >> 20
    array([5, 9])
    """
    there = np.zeros(keys >> (KEY_BITS - bits), bool)
    there[((entries >> HALF) - low) >> (KEY_BITS - bits)] = True
    return np.packbits(there, bitorder="little")


def sift(bits: Bytes, keys: Places) -> Places:
    """Those of some keys that lie in ranges of a whole sieve in which there are any."""
    place = keys >> (KEY_BITS + 1 - (8 * len(bits)).bit_length())
    found: Places = keys[bits[place >> 3] >> (place & 7).astype(np.uint8) & 1 != 0]
    return found


def sieve_bits(entries: int) -> int:
    """The size of a sieve for so many entries that stops at least five of six keys that are not there; but with more
    than 44 million, up to 32 MB take fewer."""
    return min(_MOST_BITS, max(_LEAST_BITS, (_SIEVE * entries).bit_length()))
