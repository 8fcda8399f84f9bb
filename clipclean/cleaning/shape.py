"""What each line looks like on its own, as columns of numbers: sizes, casing, digits, marks, how it starts and ends.

All lines stand in one row of characters; a line's numbers come from the flags of its characters (``signs``) and from
the places where words, sentences and marks begin and end.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from clipclean.cleaning import signs
from clipclean.cleaning.features import Bools, Floats

Flags = npt.NDArray[np.uint16]

LINES_AT_A_TIME = 1_000
"""Lines whose characters are looked at in one go: few enough to stay in the cache (500 to 2,000 do equally well)."""

COUNTED = {
    "letters": signs.LETTER, "upper": signs.UPPER, "digits": signs.DIGIT, "unspaced": signs.UNSPACED,
    "quotes": signs.QUOTE, "brackets": signs.OPENING, "bars": signs.BAR, "commas": signs.COMMA, "symbols": signs.SYMBOL,
}  # fmt: skip
STARTS = {
    "starts_upper": signs.UPPER, "starts_lower": signs.LOWER, "starts_digit": signs.DIGIT, "starts_quote": signs.QUOTE,
    "starts_bullet": signs.BULLET, "starts_bracket": signs.OPENING, "starts_symbol": signs.SYMBOL,
}  # fmt: skip
ENDS = {
    "ends_quote": signs.QUOTE, "ends_bracket": signs.CLOSING, "ends_digit": signs.DIGIT, "ends_letter": signs.LETTER,
}  # fmt: skip
"""Columns that count characters with a flag, or say whether the first or last visible character has it."""

COLUMNS = (
    "chars", "words", "sentences", "stops", "trails", "ends_colon", "ends_question", *ENDS, *STARTS, "upper_share",
    "capital_share", "digit_share", "letter_share", "unspaced", "quotes", "brackets", "bars", "commas", "symbols",
    "word_length", "words_a_sentence",
)  # fmt: skip
"""What ``shape`` gives, in order: line models are learnt from columns in this order."""

TRAILS = ("…", "...", "[…]", "[...]")
"""How a line ends that was cut off."""


def shape(texts: Sequence[str]) -> dict[str, Floats]:
    """The columns of some lines, one value a line.

    >>> columns = shape(["Rain fell on Halden all night.", "Share"])
    >>> columns["words"].tolist(), columns["stops"].tolist()
    ([6.0, 1.0], [1.0, 0.0])
    """
    parts = [_shape(texts[at : at + LINES_AT_A_TIME]) for at in range(0, len(texts), LINES_AT_A_TIME)]
    if len(parts) < 2:
        return parts[0] if parts else {}
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _shape(texts: Sequence[str]) -> dict[str, Floats]:
    characters = _Characters(texts)
    columns = dict(zip((*COUNTED, "words", "capital", "sentences"), characters.counts(), strict=True))
    columns["words"] = words = columns["words"] + columns["unspaced"] / 2
    letters, sentences = columns.pop("letters"), columns["sentences"]
    letter_floor, word_floor = np.maximum(letters, 1.0), np.maximum(words, 1.0)
    columns["chars"] = length = np.maximum(characters.ends - characters.starts, 1).astype(np.float64)
    columns["upper_share"] = columns.pop("upper") / letter_floor
    columns["capital_share"] = columns.pop("capital") / word_floor
    columns["digit_share"] = columns.pop("digits") / length
    columns["letter_share"] = letters / length
    columns["unspaced"] = columns["unspaced"] / letter_floor
    columns["word_length"] = letters / word_floor
    columns["words_a_sentence"] = words / np.maximum(sentences, 1.0)

    solid = (characters.flags & signs.SPACE) == 0
    inner = (characters.flags & (signs.SPACE | signs.QUOTE | signs.CLOSING)) == 0
    columns.update(zip(STARTS, _flagged(characters.first(solid), STARTS), strict=True))
    columns.update(zip(ENDS, _flagged(characters.last(solid), ENDS), strict=True))
    mark, trail = _last_marks(texts, characters)
    columns["trails"] = trail
    columns["stops"] = ((characters.last(inner) & signs.STOP) > 0) * (1 - trail)
    columns["ends_colon"] = ((mark == ord(":")) | (mark == ord("："))).astype(np.float64)
    columns["ends_question"] = ((mark == ord("?")) | (mark == ord("？")) | (mark == ord("؟"))).astype(np.float64)
    return {name: columns[name] for name in COLUMNS}


def _flagged(flags: Flags, wanted: dict[str, int]) -> Floats:
    """Whether the flags of each line hold each of the wanted bits, [bit, line]."""
    return ((flags & np.asarray(list(wanted.values()), np.uint16)[:, None]) > 0).astype(np.float64)


class _Characters:
    """The characters of all lines in a row, line feeds between them and two more at both ends.

    ``starts`` and ``ends`` say for each line where it begins and where its line feed stands.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        sizes = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
        self.ends = np.cumsum(sizes) + 1
        self.starts = self.ends - sizes + 1
        self.points = signs.points_of("\n".join(("", "", *texts, "", "")))
        self.flags = signs.classify(self.points)
        self._counter = np.uint16 if sizes.max() < 1 << 16 else np.uint32

    def counts(self) -> Floats:
        """For each line how many characters have each flag in COUNTED, how many words (of scripts that part them)
        and how many capitalised ones begin, how many sentences end; [count, line]."""
        bits = [bit.bit_length() - 1 for bit in COUNTED.values()]
        marks = np.empty((len(bits) + 3, len(self.flags)), self._counter)
        np.right_shift(self.flags, np.asarray(bits, np.uint16)[:, None], out=marks[: len(bits)])
        marks[: len(bits)] &= self._counter(1)
        letter, upper, digit, unspaced = marks[:4]
        wordlike = letter | digit
        opens = wordlike[1:] > wordlike[:-1]
        words, capital, sentences = marks[len(bits) :]
        marks[len(bits) :, 0] = 0
        np.greater(opens, unspaced[1:], out=words[1:])
        np.logical_and(opens, upper[1:], out=capital[1:])
        closes = (self.flags[1:] & (signs.SPACE | signs.QUOTE | signs.CLOSING)) > 0
        closes |= (unspaced[1:] > 0) & ((self.flags[:-1] & signs.PUNCTUATION) > 0)
        closes &= (self.flags[:-1] & signs.STOP) > 0
        sentences[:-1] = closes
        sentences[-1] = 0
        return np.add.reduceat(marks, self.starts, axis=1, dtype=self._counter).astype(np.float64)

    def first(self, mask: Bools) -> Flags:
        """The flags of each line's first marked character; 0 where none is marked. Line feeds must not be."""
        mask[-1] = True  # a place behind all lines, found where no other is
        opens = np.flatnonzero(mask[1:] > mask[:-1]) + 1
        at = opens[opens.searchsorted(self.starts)]
        return np.where(at < self.ends, self.flags[at], np.uint16(0))

    def last(self, mask: Bools) -> Flags:
        """The flags of each line's last marked character; 0 where none is marked. Line feeds must not be."""
        mask[0] = True  # a place before all lines, found where no other is
        closes = np.flatnonzero(mask[:-1] > mask[1:])
        at = closes[closes.searchsorted(self.ends) - 1]
        return np.where(at >= self.starts, self.flags[at], np.uint16(0))


def _last_marks(texts: Sequence[str], characters: _Characters) -> tuple[npt.NDArray[np.uint32], Floats]:
    """Each line's last character (white space where it has no other), and whether it trails off."""
    points, last = characters.points, characters.ends - 1
    for at in np.flatnonzero(characters.flags[last] & signs.SPACE).tolist():
        last[at] = characters.starts[at] + len(texts[at].rstrip()) - 1
    mark = points[last]
    trail = np.zeros(len(texts), np.float64)
    dotted = (mark == ord(".")) & (points[last - 1] == ord("."))
    for at in np.flatnonzero(dotted | (mark == ord("…")) | (mark == ord("]"))).tolist():
        trail[at] = texts[at].rstrip().endswith(TRAILS)
    return mark, trail
