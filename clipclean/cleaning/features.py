"""Lines of many clippings become columns of numbers: shape of the line, block around it, place in the clipping.

Everything is computed for a whole batch at once. A column has one value for each line of the batch, and no value of
a clipping depends on the other clippings of its batch. What carries a decision most is the block: how many lines
around this one read like sentences, and how far the nearest of them is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clipclean.cleaning import signs

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

SENTENCE_WORDS = 8
"""A line reads like a sentence from this many words on, if it also ends like one (F1 .88 alone, on news dumps)."""

FAR = 60.0
"""Distances in lines are capped here: farther is just far."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """Which lines of a batch belong together: ``first`` and ``end`` hold, for each line, the bounds of its clipping."""

    page: Ints
    first: Ints
    end: Ints
    starts: Ints

    @classmethod
    def of(cls, counts: Sequence[int]) -> Blocks:
        """Bounds from the number of lines of each clipping; clippings without lines take no part."""
        sizes = np.asarray([count for count in counts if count], np.int64)
        ends = np.cumsum(sizes)
        starts = ends - sizes
        page = np.repeat(np.arange(len(sizes)), sizes)
        return cls(page, starts[page], ends[page], starts)

    def window(self, values: npt.NDArray[np.generic], reach: int) -> Floats:
        """Sum of the values of the lines up to ``reach`` lines away, the line itself included, within its clipping."""
        total = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
        here = np.arange(len(values))
        return np.asarray(
            total[np.minimum(here + reach + 1, self.end)] - total[np.maximum(here - reach, self.first)], np.float64
        )

    def before(self, values: npt.NDArray[np.generic]) -> Floats:
        """Sum of the values of the lines above in the same clipping."""
        total = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
        return np.asarray(total[:-1] - total[self.first], np.float64)

    def total(self, values: npt.NDArray[np.generic]) -> Floats:
        """Sum over the clipping, for each of its lines."""
        return np.asarray(np.add.reduceat(np.asarray(values, np.float64), self.starts)[self.page], np.float64)

    def since(self, mask: Bools) -> Floats:
        """Lines up to the nearest line above (or this one) where ``mask`` holds; FAR where there is none."""
        here = np.arange(len(mask))
        last = np.maximum.accumulate(np.where(mask, here, -1))
        return np.asarray(np.where(last >= self.first, np.minimum(here - last, FAR), FAR), np.float64)

    def until(self, mask: Bools) -> Floats:
        """Lines down to the nearest line below (or this one) where ``mask`` holds; FAR where there is none."""
        here = np.arange(len(mask))
        following = np.minimum.accumulate(np.where(mask, here, len(mask))[::-1])[::-1]
        return np.asarray(np.where(following < self.end, np.minimum(following - here, FAR), FAR), np.float64)

    def run(self, mask: Bools) -> Floats:
        """Length of the unbroken run of lines with the same value of ``mask`` that this line stands in."""
        turn = np.ones(len(mask), np.bool_)
        turn[1:] = (mask[1:] != mask[:-1]) | (self.page[1:] != self.page[:-1])
        number = np.cumsum(turn) - 1
        return np.asarray(np.bincount(number)[number], np.float64)

    def shift(self, values: npt.NDArray[np.generic], by: int) -> Floats:
        """The value of the line ``by`` lines below (above where negative); 0 outside the clipping."""
        here = np.arange(len(values)) + by
        inside = (here >= self.first) & (here < self.end)
        return np.where(inside, np.asarray(values, np.float64)[np.clip(here, 0, len(values) - 1)], 0.0)

    def heaviest(self, weights: Floats) -> tuple[Ints, Ints]:
        """First and last line of the stretch with the largest sum of weights, in each clipping, for each line."""
        step = float(np.abs(weights).sum()) + 1.0
        total = np.cumsum(weights) - self.page * step  # a page's sums all lie below those of the page before
        above = total - weights
        lowest = np.minimum.accumulate(above)
        here = np.arange(len(weights))
        opening = np.maximum.accumulate(np.where(above <= lowest, here, 0))
        gain = total - lowest
        best = np.maximum.reduceat(gain, self.starts)[self.page]
        last = np.minimum.reduceat(np.where(gain >= best, here, len(here)), self.starts)[self.page]
        return np.maximum(opening[last], self.first), last


def _count(flags: npt.NDArray[np.uint16], bit: int, starts: Ints) -> Floats:
    return np.add.reduceat((flags & bit) > 0, starts, dtype=np.int64).astype(np.float64)


def shape(texts: Sequence[str]) -> dict[str, Floats]:
    """What each line looks like on its own: sizes, casing, digits, marks, how it starts and ends.

    >>> columns = shape(["Rain fell on Halden all night.", "Share"])
    >>> columns["words"].tolist(), columns["stops"].tolist()
    ([6.0, 1.0], [1.0, 0.0])
    """
    if not texts:
        return {}
    sizes = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
    starts = np.cumsum(sizes) - sizes
    flags = signs.classify("\n".join(texts) + "\n")
    letters = _count(flags, signs.LETTER, starts)
    upper = _count(flags, signs.UPPER, starts)
    digits = _count(flags, signs.DIGIT, starts)
    unspaced = _count(flags, signs.UNSPACED, starts)
    wordlike = (flags & (signs.LETTER | signs.DIGIT)) > 0
    opens = wordlike.copy()
    opens[1:] &= ~wordlike[:-1]
    spaced = (flags & signs.UNSPACED) == 0
    words = np.add.reduceat(opens & spaced, starts, dtype=np.int64) + unspaced / 2
    capital = np.add.reduceat(opens & ((flags & signs.UPPER) > 0), starts, dtype=np.int64).astype(np.float64)
    stop = (flags & signs.STOP) > 0
    closes = stop.copy()
    after = (flags[1:] & (signs.SPACE | signs.QUOTE | signs.CLOSING)) > 0
    wide = (flags[:-1] & signs.PUNCTUATION > 0) & ((flags[1:] & signs.UNSPACED) > 0)
    closes[:-1] &= after | wide
    sentences = np.add.reduceat(closes, starts, dtype=np.int64).astype(np.float64)

    solid = (flags & signs.SPACE) == 0
    here = np.arange(len(flags))
    last = np.maximum.reduceat(np.where(solid, here, -1), starts)
    first = np.minimum.reduceat(np.where(solid, here, len(flags)), starts)
    empty = (last < starts) | (first >= starts + sizes)
    core = solid & ((flags & (signs.QUOTE | signs.CLOSING)) == 0)
    inner = np.maximum.reduceat(np.where(core, here, -1), starts)
    ending = np.where(empty, 0, flags[np.maximum(last, 0)])
    inner_end = np.where(inner < starts, 0, flags[np.maximum(inner, 0)])
    opening = np.where(empty, 0, flags[np.minimum(first, len(flags) - 1)])
    points = np.fromiter((ord(text.rstrip()[-1:] or " ") for text in texts), np.int64, len(texts))
    length = np.maximum(sizes - 1, 1).astype(np.float64)
    word_floor = np.maximum(words, 1.0)

    def flag(values: npt.NDArray[np.uint16], bit: int) -> Floats:
        return ((values & bit) > 0).astype(np.float64)

    trail = np.fromiter((text.rstrip().endswith(("…", "...", "[…]", "[...]")) for text in texts), np.bool_, len(texts))
    return {
        "chars": length,
        "words": words,
        "sentences": sentences,
        "stops": flag(inner_end, signs.STOP) * (1 - trail),
        "trails": trail.astype(np.float64),
        "ends_colon": np.isin(points, [ord(":"), ord("：")]).astype(np.float64),
        "ends_question": np.isin(points, [ord("?"), ord("？"), ord("؟")]).astype(np.float64),
        "ends_quote": flag(ending, signs.QUOTE),
        "ends_bracket": flag(ending, signs.CLOSING),
        "ends_digit": flag(ending, signs.DIGIT),
        "ends_letter": flag(ending, signs.LETTER),
        "starts_upper": flag(opening, signs.UPPER),
        "starts_lower": flag(opening, signs.LOWER),
        "starts_digit": flag(opening, signs.DIGIT),
        "starts_quote": flag(opening, signs.QUOTE),
        "starts_bullet": flag(opening, signs.BULLET),
        "starts_bracket": flag(opening, signs.OPENING),
        "starts_symbol": flag(opening, signs.SYMBOL),
        "upper_share": upper / np.maximum(letters, 1.0),
        "capital_share": capital / word_floor,
        "digit_share": digits / length,
        "letter_share": letters / length,
        "unspaced": unspaced / np.maximum(letters, 1.0),
        "quotes": _count(flags, signs.QUOTE, starts),
        "brackets": _count(flags, signs.OPENING, starts),
        "bars": _count(flags, signs.BAR, starts),
        "commas": _count(flags, signs.COMMA, starts),
        "symbols": _count(flags, signs.SYMBOL, starts),
        "word_length": letters / word_floor,
        "words_a_sentence": words / np.maximum(sentences, 1.0),
    }


def reads_like_sentence(own: dict[str, Floats]) -> Bools:
    """Lines of SENTENCE_WORDS words or more that end like a sentence.

    >>> reads_like_sentence(shape(["The council met on Monday to vote on the bridge.", "Read more"])).tolist()
    [True, False]
    """
    return np.asarray((own["words"] >= SENTENCE_WORDS) & (own["stops"] > 0), np.bool_)


def surroundings(own: dict[str, Floats], blocks: Blocks) -> dict[str, Floats]:
    """What stands around each line: shares of sentence lines in windows, runs, distances, the heaviest stretch."""
    sentence = reads_like_sentence(own)
    words = own["words"]
    mass = np.where(sentence, words, 0.0)
    columns: dict[str, Floats] = {"sentence": sentence.astype(np.float64)}
    ones = np.ones(len(words))
    for reach in (1, 2, 5, 10):
        columns[f"sentences_{reach}"] = blocks.window(sentence, reach) / blocks.window(ones, reach)
    for reach in (2, 5):
        columns[f"mass_{reach}"] = np.log1p(blocks.window(mass, reach))
    columns["run_sentence"] = np.where(sentence, np.minimum(blocks.run(sentence), FAR), 0.0)
    columns["run_other"] = np.where(sentence, 0.0, np.minimum(blocks.run(sentence), FAR))
    columns["since_sentence"] = blocks.since(sentence)
    columns["until_sentence"] = blocks.until(sentence)
    first, last = blocks.heaviest(np.where(sentence, words, -SENTENCE_WORDS))
    here = np.arange(len(words))
    columns["inside"] = ((here >= first) & (here <= last)).astype(np.float64)
    columns["past_start"] = np.clip(here - first, -FAR, FAR).astype(np.float64)
    columns["to_end"] = np.clip(last - here, -FAR, FAR).astype(np.float64)
    whole = blocks.total(mass)
    total = np.maximum(whole, 1.0)
    columns["mass_before"] = blocks.before(mass) / total
    columns["mass_after"] = (whole - blocks.before(mass) - mass) / total
    columns["page_mass"] = np.log1p(total)
    count = (blocks.end - blocks.first).astype(np.float64)
    columns["page_lines"] = np.log1p(count)
    columns["page_sentences"] = blocks.total(sentence) / count
    columns["place"] = (here - blocks.first) / count
    columns["from_top"] = np.minimum(here - blocks.first, FAR).astype(np.float64)
    columns["from_bottom"] = np.minimum(blocks.end - 1 - here, FAR).astype(np.float64)
    for by in (-2, -1, 1, 2):
        side = "above" if by < 0 else "below"
        columns[f"words_{side}_{abs(by)}"] = np.minimum(blocks.shift(words, by), 200.0)
        columns[f"stops_{side}_{abs(by)}"] = blocks.shift(own["stops"], by)
    return columns


def repeats(texts: Sequence[str], counts: Sequence[int]) -> Floats:
    """How often each line stands in its clipping, letter for letter; 1 for most."""
    found: list[int] = []
    start = 0
    for count in counts:
        lines = texts[start : start + count]
        times = Counter(lines)
        found.extend([1] * count if len(times) == count else [times[line] for line in lines])
        start += count
    return np.asarray(found, np.float64)
