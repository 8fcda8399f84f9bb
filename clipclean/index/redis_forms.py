"""How rows and entries lie on a Redis server: as bytes that run nothing when they are read."""

from __future__ import annotations

import struct
from itertools import accumulate, pairwise

import orjson

from clipclean.index.entries import HALF, KEY_BITS
from clipclean.index.rows import COPIES, BodyRow, ClippingRow, ClusterRow, TextRow
from clipclean.text import Places

SHIFT = 15
"""Bits of a key that are told within its string."""
STRINGS = 1 << (KEY_BITS - SHIFT)
"""Strings of entries: a million texts put some 500 entries in each."""

_LENGTHS = struct.Struct("<IIII?")  # of words, sentences, numbers and names of a body, and whether there is a text


def string_of(entries: Places) -> Places:
    """The string in which each entry lies: that of a pack."""
    strings: Places = entries >> (HALF + SHIFT)
    return strings


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

    >>> row = BodyRow(7, b"abc", b"", b"d", b"e", "Rain fell.")
    >>> body_row(7, body_bytes(row)) == row
    True
    """
    parts = (row.words, row.sentences, row.numbers, row.names)
    lengths = _LENGTHS.pack(*map(len, parts), row.text is not None)
    return b"".join((lengths, *parts, (row.text or "").encode("utf-8", "surrogatepass")))


def body_row(number: int, packed: bytes) -> BodyRow:
    """The words of a text."""
    *lengths, has_text = _LENGTHS.unpack_from(packed)
    ends = list(accumulate(lengths, initial=_LENGTHS.size))
    parts = [packed[start:end] for start, end in pairwise(ends)]
    text = packed[ends[-1] :].decode("utf-8", "surrogatepass") if has_text else None
    return BodyRow(number, parts[0], parts[1], parts[2], parts[3], text)
