"""How rows and entries lie on a Redis server: as bytes that run nothing when they are read."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import orjson

from clipclean.index.rows import COPIES, BodyRow, ClippingRow, ClusterRow, TextRow
from clipclean.text import Places

HALF = np.int64(32)
"""An entry is one number: a key, and below it in as many bits the text that holds it."""
NUMBER = np.int64(0xFFFFFFFF)
"""The bits of the text."""
STRINGS = 1 << 19
"""Strings of entries. Most keys are low, in a sixteenth of these: a million texts put some 600 entries in each."""

_SHIFT = np.int64(12)  # bits of a key within its string
_ENTRY = np.dtype([("key", "<u2"), ("text", "<u4")])
_LENGTHS = struct.Struct("<III?")  # of words, sentences and numbers of a body, and whether there is a text


def string_of(entries: Places) -> Places:
    """The string in which each entry lies."""
    strings: Places = entries >> (HALF + _SHIFT)
    return strings


def pack(entries: Places) -> Iterator[tuple[int, bytes]]:
    """The strings of entries, each with the bytes of those.

    >>> [(string, packed.hex()) for string, packed in pack(np.array([(3 << 12 | 5) << 32 | 7]))]
    [(3, '050007000000')]
    """
    entries = np.sort(entries)
    packed = np.empty(len(entries), _ENTRY)
    packed["key"] = (entries >> HALF) & ((1 << _SHIFT) - 1)
    packed["text"] = entries & NUMBER
    strings, starts = np.unique(string_of(entries), return_index=True)
    ends = np.append(starts, len(entries))[1:]
    for string, start, end in zip(strings.tolist(), starts.tolist(), ends.tolist(), strict=True):
        yield string, packed[start:end].tobytes()


def unpack(strings: Places, values: Sequence[bytes | None]) -> Places:
    """The entries that lie in some strings.

    >>> (entry,) = unpack(np.array([3]), [bytes.fromhex("050007000000")]).tolist()
    >>> entry >> 32 == 3 << 12 | 5, entry & 0xFFFFFFFF
    (True, 7)
    """
    sizes = [len(value or b"") // _ENTRY.itemsize for value in values]
    packed = np.frombuffer(b"".join(value or b"" for value in values), _ENTRY)
    keys = np.repeat(strings << _SHIFT, sizes) | packed["key"].astype(np.int64)
    entries: Places = keys << HALF | packed["text"].astype(np.int64)
    return entries


def field(number: int) -> bytes:
    """A number as bytes, which sort as numbers do that are not negative.

    >>> number_of(field(-5))
    -5
    """
    return number.to_bytes(8, "big", signed=True)


def number_of(packed: bytes) -> int:
    """The number that bytes stand for."""
    return int.from_bytes(packed, "big", signed=True)


def text_of(clipping: int) -> int:
    """The number of the text of a clipping."""
    return clipping // COPIES


def row_bytes(row: ClippingRow | TextRow | ClusterRow) -> bytes:
    """A row without its number, which is the name of its field."""
    return orjson.dumps(row[1:])


def clipping_row(number: int, packed: bytes) -> ClippingRow:
    """The row of a clipping."""
    return ClippingRow(number, *orjson.loads(packed))


def text_row(number: int, packed: bytes) -> TextRow:
    """The row of a text."""
    return TextRow(number, *orjson.loads(packed))


def cluster_row(number: int, packed: bytes) -> ClusterRow:
    """The row of a cluster."""
    return ClusterRow(number, *orjson.loads(packed))


def body_bytes(row: BodyRow) -> bytes:
    """The words of a text without its number.

    >>> row = BodyRow(7, b"abc", b"", b"d", "Rain fell.")
    >>> body_row(7, body_bytes(row)) == row
    True
    """
    parts = (row.words, row.sentences, row.numbers)
    lengths = _LENGTHS.pack(*map(len, parts), row.text is not None)
    return b"".join((lengths, *parts, (row.text or "").encode("utf-8", "surrogatepass")))


def body_row(number: int, packed: bytes) -> BodyRow:
    """The words of a text."""
    words, sentences, numbers, has_text = _LENGTHS.unpack_from(packed)
    ends = np.cumsum([_LENGTHS.size, words, sentences, numbers]).tolist()
    parts = [packed[start:end] for start, end in pairwise(ends)]
    text = packed[ends[-1] :].decode("utf-8", "surrogatepass") if has_text else None
    return BodyRow(number, parts[0], parts[1], parts[2], text)
