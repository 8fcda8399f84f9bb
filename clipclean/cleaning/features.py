"""What stands around each line of many clippings, as columns of numbers: the block it is in, its place, its repeats.

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

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

SENTENCE_WORDS = 8
"""A line reads like a sentence from this many words on, if it also ends like one (F1 .88 alone, on news dumps)."""

SENTENCE_REACHES = (1, 2, 5, 10)
"""Lines to each side in which the share of sentences is taken."""

EXACT = 2.0**20

FAR = 60.0
"""Distances in lines are capped here: farther is just far."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """Which lines of a batch belong together: ``first`` and ``end`` hold, for each line, the bounds of its clipping.

    Methods take one value a line, or many columns at once, [column, line], which saves calls.
    """

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

    def window(self, values: npt.NDArray[np.generic], reach: int | tuple[int, ...]) -> Floats:
        """Sum of the values of the lines up to ``reach`` lines away, the line itself included, within its clipping.

        Several reaches at once give [..., reach, line].
        """
        sums = _sums(values)
        here, far = np.arange(len(self.page)), np.asarray(reach)[..., None]
        low, high = np.maximum(here - far, self.first), np.minimum(here + (far + 1), self.end)
        return np.asarray(sums.take(high, -1) - sums.take(low, -1), np.float64)

    def before(self, values: npt.NDArray[np.generic]) -> Floats:
        """Sum of the values of the lines above in the same clipping."""
        sums = _sums(values)
        return np.asarray(sums[..., :-1] - sums.take(self.first, -1), np.float64)

    def total(self, values: npt.NDArray[np.generic]) -> Floats:
        """Sum over the clipping, for each of its lines."""
        return np.add.reduceat(values, self.starts, -1, np.float64).take(self.page, -1)

    def nearest_above(self, mask: Bools) -> Ints:
        """The nearest line above (or this one) where ``mask`` holds; -1 where the clipping has none."""
        last = np.maximum.accumulate(np.where(mask, np.arange(len(self.page)), -1), -1)
        return np.where(last >= self.first, last, -1)

    def since(self, mask: Bools) -> Floats:
        """Lines up to the nearest line above (or this one) where ``mask`` holds; FAR where there is none."""
        last = self.nearest_above(mask)
        return np.where(last >= 0, np.minimum(np.arange(len(self.page)) - last, FAR), FAR)

    def until(self, mask: Bools) -> Floats:
        """Lines down to the nearest line below (or this one) where ``mask`` holds; FAR where there is none."""
        here = np.arange(len(self.page))
        following = np.minimum.accumulate(np.where(mask, here, len(here))[..., ::-1], -1)[..., ::-1]
        return np.where(following < self.end, np.minimum(following - here, FAR), FAR)

    def run(self, mask: Bools) -> Floats:
        """Length of the unbroken run of lines with the same value of ``mask`` that this line stands in."""
        turn = np.ones(len(mask), np.bool_)
        turn[1:] = (mask[1:] != mask[:-1]) | (self.page[1:] != self.page[:-1])
        number = np.cumsum(turn) - 1
        return np.asarray(np.bincount(number)[number], np.float64)

    def shift(self, values: npt.NDArray[np.generic], by: int) -> Floats:
        """The value of the line ``by`` lines below (above where negative); 0 outside the clipping."""
        found = np.zeros(values.shape)
        above, below = slice(None, -abs(by)), slice(abs(by), None)
        to, at = (above, below) if by > 0 else (below, above)
        np.copyto(found[..., to], values[..., at], where=self.page[above] == self.page[below])
        return found

    def heaviest(self, weights: Floats) -> tuple[Ints, Ints]:
        """First and last line of the stretch with the largest sum of weights, in each clipping, for each line."""
        weights = np.asarray(_exact(weights), np.float64)
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


def _exact(values: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    """Fractions cut to multiples of 1 / EXACT, whose sums a double holds without rounding up to 2 ** 33."""
    return np.rint(np.asarray(values, np.float64) * EXACT) / EXACT if values.dtype.kind == "f" else values


def _sums(values: npt.NDArray[np.generic]) -> Floats:
    """Sums of the values of the first 0, 1, 2 ... lines; exact, so that no clipping feels what stands before it."""
    sums = np.zeros((*values.shape[:-1], values.shape[-1] + 1))
    np.add.accumulate(_exact(values), -1, np.float64, sums[..., 1:])
    return sums


def reads_like_sentence(own: dict[str, Floats]) -> Bools:
    """Lines of SENTENCE_WORDS words or more that end like a sentence.

    >>> from clipclean.cleaning.shape import shape
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
    counted = np.array((sentence, np.ones(len(words)), mass))
    sentences, lines, near = blocks.window(counted, SENTENCE_REACHES)
    for reach, share in zip(SENTENCE_REACHES, sentences / lines, strict=True):
        columns[f"sentences_{reach}"] = share
    columns["mass_2"], columns["mass_5"] = np.log1p(near[1:3])
    run = np.minimum(blocks.run(sentence), FAR)
    columns["run_sentence"] = np.where(sentence, run, 0.0)
    columns["run_other"] = np.where(sentence, 0.0, run)
    columns["since_sentence"] = blocks.since(sentence)
    columns["until_sentence"] = blocks.until(sentence)
    first, last = blocks.heaviest(np.where(sentence, words, -SENTENCE_WORDS))
    here = np.arange(len(words))
    columns["inside"] = ((here >= first) & (here <= last)).astype(np.float64)
    columns["past_start"] = np.maximum(np.minimum(here - first, FAR), -FAR)
    columns["to_end"] = np.maximum(np.minimum(last - here, FAR), -FAR)
    whole, before = blocks.total(mass), blocks.before(mass)
    total = np.maximum(whole, 1.0)
    columns["mass_before"] = before / total
    columns["mass_after"] = (whole - before - mass) / total
    columns["page_mass"] = np.log1p(total)
    count = (blocks.end - blocks.first).astype(np.float64)
    columns["page_lines"] = np.log1p(count)
    columns["page_sentences"] = blocks.total(sentence) / count
    columns["place"] = (here - blocks.first) / count
    columns["from_top"] = np.minimum(here - blocks.first, FAR).astype(np.float64)
    columns["from_bottom"] = np.minimum(blocks.end - 1 - here, FAR).astype(np.float64)
    shifted = np.array((np.minimum(words, 200.0), own["stops"]))
    for by in (-2, -1, 1, 2):
        side = f"{'above' if by < 0 else 'below'}_{abs(by)}"
        columns[f"words_{side}"], columns[f"stops_{side}"] = blocks.shift(shifted, by)
    return columns


def repeats(texts: Sequence[str], counts: Sequence[int]) -> Floats:
    """How often each line stands in its clipping, letter for letter; 1 for most."""
    found: list[int] = []
    start = 0
    for count in counts:
        lines = texts[start : start + count]
        if len(set(lines)) == count:
            found.extend([1] * count)
        else:
            times = Counter(lines)
            found.extend(times[line] for line in lines)
        start += count
    return np.asarray(found, np.float64)
