"""What each character is to a line: one table from code point to bit flags, looked up for whole columns at once.

Unicode's general category decides; a few sets of marks (sentence ends, quotation marks, bullets) are listed here
because no category tells them apart.
"""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np
import numpy.typing as npt

LETTER = 1 << 0
UPPER = 1 << 1
LOWER = 1 << 2
DIGIT = 1 << 3
SPACE = 1 << 4
PUNCTUATION = 1 << 5
QUOTE = 1 << 6
OPENING = 1 << 7
CLOSING = 1 << 8
STOP = 1 << 9
UNSPACED = 1 << 10
SYMBOL = 1 << 11
BULLET = 1 << 12
COMMA = 1 << 13
BAR = 1 << 14
ELLIPSIS = 1 << 15

STOPS = ".!?…。！？؟۔।॥։።｡"
QUOTES = "\"'“”„‟‘’‚‛«»‹›「」『』〝〞＂"
BULLETS = "•·‣▪▫●○■□►▶▸◆◇★☆✓✔–—-*»›→"
BARS = "|/\\¦｜"
COMMAS = ",;،、，；"

UNSPACED_RANGES = (  # scripts written without spaces between words
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3400, 0x4DBF),  # Han, extension A
    (0x4E00, 0x9FFF),  # Han
    (0xF900, 0xFAFF),  # Han, compatibility
)

_CATEGORY = {
    "Lu": LETTER | UPPER, "Lt": LETTER | UPPER, "Ll": LETTER | LOWER, "Lm": LETTER, "Lo": LETTER,
    "Mn": LETTER, "Mc": LETTER, "Me": LETTER, "Nd": DIGIT, "Nl": DIGIT, "No": DIGIT,
    "Zs": SPACE, "Zl": SPACE, "Zp": SPACE, "Cc": SPACE,
    "Ps": PUNCTUATION | OPENING, "Pe": PUNCTUATION | CLOSING, "Pi": PUNCTUATION, "Pf": PUNCTUATION,
    "Pd": PUNCTUATION, "Pc": PUNCTUATION, "Po": PUNCTUATION,
    "Sc": SYMBOL, "Sk": SYMBOL, "Sm": SYMBOL, "So": SYMBOL,
}  # fmt: skip


@cache
def table() -> npt.NDArray[np.uint16]:
    """Bit flags for each code point of the basic plane (index 0 to 0xFFFF); astral letters count as Han.

    >>> bool(table()[ord("Ä")] & UPPER), bool(table()[ord("。")] & STOP)
    (True, True)
    """
    category = unicodedata.category
    flags = np.fromiter((_CATEGORY.get(category(chr(point)), 0) for point in range(0x10000)), np.uint16, 0x10000)
    for marks, bit in ((STOPS, STOP), (QUOTES, QUOTE), (BULLETS, BULLET), (COMMAS, COMMA), (BARS, BAR)):
        for mark in marks:
            flags[ord(mark)] |= bit
    flags[ord("…")] |= ELLIPSIS
    for first, last in UNSPACED_RANGES:
        block = flags[first : last + 1]
        block[(block & LETTER) > 0] |= UNSPACED
    flags.setflags(write=False)
    return flags


def points_of(text: str) -> npt.NDArray[np.uint32]:
    """The code points of a text, lone surrogates among them.

    >>> points_of("a…").tolist()
    [97, 8230]
    """
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def classify(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint16]:
    """The flags of each code point, in order.

    >>> [bool(flag & DIGIT) for flag in classify(points_of("a1"))]
    [False, True]
    """
    if not len(points) or points.max() <= 0xFFFF:
        return table().take(points)
    flags = table().take(np.minimum(points, 0xFFFF))
    flags[points > 0xFFFF] = SYMBOL
    flags[(points >= 0x20000) & (points <= 0x3FFFF)] = LETTER | UNSPACED
    return flags
