"""Text of strangers made safe to show: a terminal must not obey it."""

from __future__ import annotations

import re

UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # controls, escape among them
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # they turn the direction of what follows
    "\u2028\u2029\ud800-\udfff]"  # line breaks that look like none, halves of surrogate pairs
)

IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")  # the rest JSON escapes itself


def printable(text: str) -> str:
    """``text`` with every character that a terminal would obey written as Python would write it.

    >>> printable("\\x1b[31mRain\\tfell.")
    '\\\\x1b[31mRain\\\\tfell.'
    """
    return UNSAFE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def printable_json(line: bytes) -> bytes:
    """A line of JSON in UTF-8 that says the same and holds nothing that a terminal would obey, but for line feeds.

    >>> printable_json('["\\x9b2J"]'.encode())
    b'["\\\\u009b2J"]'
    """
    text = line.decode("utf-8", "surrogateescape")
    return IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode("utf-8", "surrogateescape")
