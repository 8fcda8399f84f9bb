"""What each character counts for when a text is cut into words, and what its canonical form is.

The data comes from ``unicodedata``; what is decided here are the few cases that its categories leave open: scripts
without spaces, characters nobody sees, letters that serve as apostrophes, signs that end a sentence. The tables are
built when first asked for (some 35 ms) and never change.
"""

from __future__ import annotations

import functools
import unicodedata

import numpy as np
from numpy.typing import NDArray

OTHER, SPACE, LINE, ENDER, STOP, MARK, DROP, WORD, DIGIT, SINGLE = 0, 1, 2, 3, 4, 5, 6, 48, 49, 50
"""Classes of characters. From WORD on they belong to words: the bytes of letters and digits in UTF-8 are all above 47,
so bytes and classes can stand in one array. An ENDER ends a sentence where white space follows, a STOP in any case."""

HARD = np.uint32(0xFFFFFFFF)
"""In ``rewrites``: this character needs the way over canonical strings."""

_CATEGORIES = dict.fromkeys(("Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "No"), WORD) | dict.fromkeys(("Mn", "Mc"), MARK)
_CATEGORIES |= {"Nd": DIGIT, "Me": DROP, "Cf": DROP, "Zs": SPACE, "Zl": LINE, "Zp": LINE}
_CATEGORIES |= dict.fromkeys(("Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So"), OTHER)
_CATEGORIES |= dict.fromkeys(("Cc", "Cs", "Co", "Cn"), OTHER)

_SEPARATORS = dict.fromkeys(".!?", ENDER) | dict.fromkeys("。؟۔।॥။។።", STOP) | {"\n": LINE}
_SEPARATORS |= dict.fromkeys(" \t\v\f\r\x1c\x1d\x1e\x1f\x85", SPACE)

# Scripts written without spaces: Thai, Lao, Myanmar, Khmer, radicals' iteration marks and zero, Kana, Han, and the
# later blocks of each. Letters in them are words of their own; digits are not.
_UNSPACED = (
    (0x0E00, 0x0F00), (0x1000, 0x10A0), (0x1780, 0x1800), (0x3005, 0x3008), (0x3021, 0x3100), (0x31F0, 0x3200),
    (0x3400, 0x4DC0), (0x4E00, 0xA000), (0xA9E0, 0xAA00), (0xAA60, 0xAA80), (0xF900, 0xFB00), (0x1AFF0, 0x1B170),
    (0x20000, 0x40000),
)  # fmt: skip
_HANGUL = (0xAC00, 0xD7A4)
_JAMO = ((0x1100, 0x1200), (0xA960, 0xA980), (0xD7B0, 0xD800))


def canonical(text: str) -> str:
    """NFKC, case folded, NFKC again, without the characters of class DROP.

    Runs of more than 30 marks are cut to 30, as in Unicode's Stream-Safe Text Format (UAX 15, section 13): putting
    marks in order takes time with the square of their number.

    >>> canonical("STRASSE") == canonical("Stra\u00adße")
    True
    """
    form = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", _seen(text)).casefold())
    return _seen(form)  # compatibility forms may hold a tatweel or a filler


def cased(text: str) -> str:
    """The canonical form of a text but for its case: as long, with capitals where the text has them.

    Letters are folded all the same where that makes them longer, as İ and ẞ.

    >>> canonical("Ｉn Straße"), cased("Ｉn Straße")
    ('in strasse', 'In Strasse')
    """
    return _seen(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", _seen(text)).translate(_longer())))


@functools.cache
def _longer() -> dict[int, str]:
    return {point: form for point in range(0x10000) if len(form := chr(point).casefold()) > 1}


@functools.cache
def capitals() -> NDArray[np.bool_]:
    """Which of the code points below U+20000 are capital letters; there are none above.

    >>> [bool(capitals()[ord(character)]) for character in "aAéÉж東"]
    [False, True, False, True, False, False]
    """
    table = np.zeros(0x20000, bool)
    table[[point for point in range(0x20000) if unicodedata.category(chr(point)) in ("Lu", "Lt")]] = True
    table.setflags(write=False)
    return table


def _seen(text: str) -> str:
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.dtype("<u4"))
    kinds = classes()[points]
    keep = kinds != DROP
    marks = kinds == MARK
    if marks.any():
        place = np.arange(len(points))
        keep &= place - np.maximum.accumulate(np.where(marks | ~keep, -1, place)) <= 30
    return text if keep.all() else points[keep].tobytes().decode("utf-32-le", "surrogatepass")


@functools.cache
def ascii_table() -> bytes:
    """For each byte: a letter in lower case, a digit, a byte of a longer character, or the class of a separator.

    >>> b"It's 5!".translate(ascii_table())
    b'it\\x00s\\x015\\x03'
    """
    table = bytearray(range(256))
    for byte in range(128):
        character = chr(byte)
        table[byte] = ord(character.lower()) if character.isalnum() else _SEPARATORS.get(character, OTHER)
    return bytes(table)


@functools.cache
def classes() -> NDArray[np.uint8]:
    """The class of every code point. Python spells out two planes; the others hold ideographs, tags or nothing.

    >>> [int(classes()[ord(character)]) for character in "a7東。"] == [WORD, DIGIT, SINGLE, STOP]
    True
    """
    table = np.zeros(0x110000, np.uint8)
    table[: _HANGUL[0]] = _categories(0, _HANGUL[0])
    table[_HANGUL[0] : _HANGUL[1]] = WORD
    table[_HANGUL[1] : 0xD800] = _categories(_HANGUL[1], 0xD800)
    table[0xF900:0x20000] = _categories(0xF900, 0x20000)
    table[0x20000:0x40000] = WORD
    for start, end in _UNSPACED:
        part = table[start:end]
        part[part == WORD] = SINGLE
    table[0xE0000:0xE1000] = DROP
    # Not seen: grapheme joiner, Hangul fillers, Khmer inherent vowels, variation selectors. Tatweel stretches a word.
    for character in "\u034f\u115f\u1160\u3164\uffa0\u17b4\u17b5\u180b\u180c\u180d\u180f\u0640":
        table[ord(character)] = DROP
    table[0xFE00:0xFE10] = DROP
    table[0x2BB:0x2BE] = OTHER  # letters by category, apostrophes in use
    for character, kind in _SEPARATORS.items():
        table[ord(character)] = kind
    table.setflags(write=False)
    return table


def _categories(start: int, end: int) -> NDArray[np.uint8]:
    return np.frombuffer(
        bytes(map(_CATEGORIES.__getitem__, map(unicodedata.category, map(chr, range(start, end))))), np.uint8
    )


@functools.cache
def rewrites() -> NDArray[np.uint32]:
    """For code points below U+1FC00: UTF-8 of the canonical form where it is as long, a class, or ``HARD``.

    The first byte is the lowest. A class stands for a character that separates words.

    >>> int(rewrites()[ord("É")]).to_bytes(4, "little")
    b'\\xc3\\xa9\\x00\\x00'
    """
    kinds = classes()
    table = np.full(0x1FC01, HARD, np.uint32)  # the last entry stands for everything above
    words = np.flatnonzero(kinds[:0xD800] == WORD)
    table[words] = _utf8(words.astype(np.uint32))
    for start, end in ((0, 0xD800), (0xD800, 0xF900), (0x1F000, 0x1FC00)):
        apart = start + np.flatnonzero(kinds[start:end] <= STOP)
        table[apart] = kinds[apart]
    for start, end in _JAMO:
        table[start:end] = HARD
    # Line feeds keep neighbours from composing, and no character's canonical form holds one.
    spans = ((0x80, _HANGUL[0]), (0xF900, 0xFFFE), (0x1F000, 0x1FC00))
    points = [point for start, end in spans for point in range(start, end) if table[point] != HARD]
    characters = list(map(chr, points))
    forms = canonical("\n".join(characters)).split("\n")
    for point, character, form in zip(points, characters, forms, strict=True):
        if form != character:
            table[point] = _rewritten(character, form, [kinds[ord(part)] for part in form])
    table.setflags(write=False)
    return table


def _rewritten(character: str, form: str, kinds: list[np.uint8]) -> int:
    data = form.encode()
    if all(kind == WORD or (kind == DIGIT and part < "\x80") for kind, part in zip(kinds, form, strict=True)):
        return int.from_bytes(data, "little") if len(data) == len(character.encode()) else int(HARD)
    return int(HARD) if any(kind >= WORD for kind in kinds) else int(kinds[0])


def _utf8(points: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The UTF-8 bytes of code points from U+0080 to U+FFFF, the first byte lowest."""
    tail = 0x80 | points & 63
    two = 0xC0 | points >> 6 | tail << 8
    three = 0xE0 | points >> 12 | (0x80 | points >> 6 & 63) << 8 | tail << 16
    return np.where(points < 0x800, two, three)
