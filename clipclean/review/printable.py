"""Text of strangers made safe to show: a terminal must not obey it."""

from __future__ import annotations

import re

UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # controls, escape among them
    "\u200e\u200f\u202a-\u202e\u2066-\u2069"  # they turn the direction of what follows
    "\u2028\u2029\ud800-\udfff]"  # line breaks that look like none, halves of surrogate pairs
)


def printable(text: str) -> str:
    """``text`` with every character that a terminal would obey written as Python would write it.

    >>> printable("\\x1b[31mRain\\tfell.")
    '\\\\x1b[31mRain\\\\tfell.'
    """
    return UNSAFE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
