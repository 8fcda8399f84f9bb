"""Compares texts sentence by sentence: how much of each stands in the other, and whether their numbers agree.

A sentence is matched when at least half of its words lie in runs of three words that the other text holds too. Shingles
alone miss rewrites with many small substitutions, which leave whole sentences recognisable; sentences alone miss what
was cut in the middle. Sentences of under six words and those that are mostly routine are left out.

The figures (half, three, six, ten words a side) were measured on judged pairs of real stories and are flat: .4 to .6,
three to five words, four to eight words change the score by .02 at most.

All in columns: the sentences of a batch of texts stand in one array, and many pairs are compared at once, each twice,
from either side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipclean.columns import spans
from clipclean.duplicates.families import NOWHERE, Values, chunks, number, places, ranges, running
from clipclean.duplicates.shingles import shingle
from clipclean.text import NUMBER, SENTENCE, Places, Tokens, Words

_RUN = 3
_MATCHED = 0.5
_SHORTEST = 6
_LEAST_WORDS = 10
_ROUTINE = 0.5


@dataclass(frozen=True, slots=True)
class Shares:
    """What two texts have in common, by sentences.

    ``best`` and ``least`` are the larger and the smaller share of words in matched sentences of the two sides, both 0
    where a side has fewer than ten words to compare. ``conflict`` is the share of matched sentences whose numbers
    disagree with those of their counterpart: each has one that the other lacks.
    """

    best: float
    least: float
    conflict: float


@dataclass(frozen=True, slots=True)
class Stories:
    """A batch of texts made ready to be compared.

    The words of text ``i`` are those from ``offsets[i]`` to ``offsets[i + 1]``, its sentences those from ``bounds[i]``
    to ``bounds[i + 1]``; a sentence begins at the word ``starts`` and has so many words (``lengths``); ``counted`` says
    whether it takes part. ``sentence`` is that of each word. ``runs`` are the runs of three words. ``numbers`` are the
    distinct numbers in each sentence, from ``numbered[sentence]`` on.
    """

    offsets: Places
    bounds: Places
    starts: Places
    lengths: Places
    counted: NDArray[np.bool_]
    sentence: Places
    runs: Values
    numbers: Words
    numbered: Places

    def numbers_of(self, text: int) -> frozenset[int]:
        """The numbers that a text names."""
        first, last = self.numbered[self.bounds[text]], self.numbered[self.bounds[text + 1]]
        return frozenset(self.numbers[first:last].tolist())


def read_stories(words: Tokens, routine: NDArray[np.bool_], size: int) -> Stories:
    """Prepare a batch of texts of at least ``size`` words each.

    ``routine`` says of each word whether a routine shingle of ``size`` words begins there.

    >>> from clipclean.text import tokenise
    >>> text = tokenise(["Rain fell on 3 towns in the north. Nobody was hurt."])
    >>> stories = read_stories(text, np.zeros(11, bool), 5)
    >>> stories.lengths.tolist(), stories.counted.tolist(), len(stories.numbers)
    ([8, 3], [True, False], 1)
    """
    starts = np.flatnonzero(words.flags & SENTENCE)
    lengths = np.diff(np.append(starts, len(words.hashes)))
    dull = np.add.reduceat(_spread(routine, size), starts, dtype=np.int64) if len(starts) else lengths
    sentence = np.repeat(np.arange(len(starts)), lengths)
    named = np.flatnonzero(words.flags & NUMBER)
    named = named[np.lexsort((words.hashes[named], sentence[named]))]
    value, at = words.hashes[named], sentence[named]
    fresh = np.ones(len(named), bool)
    fresh[1:] = (value[1:] != value[:-1]) | (at[1:] != at[:-1])
    return Stories(
        offsets=words.offsets,
        bounds=starts.searchsorted(words.offsets),
        starts=starts,
        lengths=lengths,
        counted=(lengths >= _SHORTEST) & (dull <= _ROUTINE * lengths),
        sentence=sentence,
        runs=number(*shingle(words.hashes, words.offsets, _RUN)),
        numbers=value[fresh],
        numbered=at[fresh].searchsorted(np.arange(len(starts) + 1)),
    )


def compare(stories: Stories, left: Places, right: Places) -> list[Shares]:
    """What the texts of each pair share; the order of the two does not matter.

    >>> from clipclean.text import tokenise
    >>> block = tokenise([f"The river rose by {rise} metres on Monday night in Vell." for rise in (3, 4)])
    >>> stories = read_stories(block, np.zeros(22, bool), 5)
    >>> compare(stories, np.array([0]), np.array([1]))
    [Shares(best=1.0, least=1.0, conflict=1.0)]
    """
    sides = np.empty((2, len(left)))
    matched, conflicts = np.zeros(len(left), np.int64), np.zeros(len(left), np.int64)
    words = spans(stories.offsets)
    for part in chunks(words[left] + words[right]):
        one, other = left[part], right[part]
        for side, found, story, against in zip(
            (0, 1), places(stories.runs, one, other), (one, other), (other, one), strict=True
        ):
            sides[side, part], hits, disagreeing = _side(stories, found, story, against)
            matched[part] += hits
            conflicts[part] += disagreeing
    enough = sides.min(axis=0) >= 0
    best, least = (np.where(enough, end(axis=0), 0.0) for end in (sides.max, sides.min))
    shares = zip(best.tolist(), least.tolist(), (conflicts / np.maximum(matched, 1)).tolist(), strict=True)
    return [Shares(*share) for share in shares]


def _side(
    stories: Stories, found: NDArray[np.int32], story: Places, other: Places
) -> tuple[NDArray[np.float64], Places, Places]:
    """For each text of ``story`` and the one of ``other``: the share of its words in matched sentences (-1 where it has
    too few to compare), how many sentences are matched, and how many of these disagree in numbers.

    ``found`` says where the runs of each stand in the other.
    """
    words = spans(stories.offsets)[story]
    ends = words.cumsum()
    place = np.full(int(ends[-1]), NOWHERE)  # for each word where the run stands that begins with it
    place[ranges(ends - words, spans(stories.runs.offsets)[story])] = found
    shared = place != NOWHERE
    sentences = spans(stories.bounds)[story]
    last = sentences.cumsum()
    which = ranges(stories.bounds[story], sentences)
    begin = stories.starts[which] + np.repeat(ends - words - stories.offsets[story], sentences)
    lengths = stories.lengths[which]
    covered = np.add.reduceat(_spread(shared, _RUN), begin, dtype=np.int64)
    hits = stories.counted[which] & (covered >= _MATCHED * lengths)
    total = _sums(np.where(stories.counted[which], lengths, 0), last, sentences)
    share = np.where(
        total >= _LEAST_WORDS, _sums(np.where(hits, lengths, 0), last, sentences) / np.maximum(total, 1), -1
    )
    # A sentence that stands in the other text word for word has its numbers in the same company.
    doubtful = np.flatnonzero(hits & (covered < lengths) & (stories.numbered[which + 1] > stories.numbered[which]))
    side = last.searchsorted(doubtful, "right")
    counterpart = _counterparts(stories, place, begin[doubtful], lengths[doubtful], other[side])
    conflict = _disagree(stories, which[doubtful], counterpart)
    return share, _sums(hits, last, sentences), np.bincount(side[conflict], minlength=len(story))


def _counterparts(stories: Stories, place: NDArray[np.int32], begin: Places, lengths: Places, other: Places) -> Places:
    """For each of some sentences the one of the other text that shares most of its runs, the first of several."""
    number = np.repeat(np.arange(len(begin)), lengths)
    runs = place[ranges(begin, lengths)]
    number, runs = number[runs != NOWHERE], runs[runs != NOWHERE]
    sentence = stories.sentence[stories.offsets[other[number]] + runs]
    pair, count = np.unique(number.astype(np.uint64) << np.uint64(32) | sentence.astype(np.uint64), return_counts=True)
    number, sentence = (pair >> np.uint64(32)).astype(np.int64), (pair & np.uint64(0xFFFFFFFF)).astype(np.int64)
    order = np.lexsort((sentence, -count, number))
    first = number.searchsorted(np.arange(len(begin)))
    return sentence[order][first]


def _disagree(stories: Stories, one: Places, other: Places) -> NDArray[np.bool_]:
    """Whether each of the two sentences of a pair names a number that the other does not."""
    sides = [(stories.numbered[side], stories.numbered[side + 1] - stories.numbered[side]) for side in (one, other)]
    pair = np.concatenate([np.repeat(np.arange(len(one)), count) for _, count in sides])
    value = np.concatenate([stories.numbers[ranges(start, count)] for start, count in sides])
    order = np.lexsort((value, pair))
    pair, value = pair[order], value[order]
    both = np.bincount(pair[1:][(pair[1:] == pair[:-1]) & (value[1:] == value[:-1])], minlength=len(one))
    disagree: NDArray[np.bool_] = (both < sides[0][1]) & (both < sides[1][1])
    return disagree


def _spread(begun: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    """Which words lie in runs of ``size`` words, given at which words these begin."""
    covered = begun.copy()
    for step in range(1, size):
        covered[step:] |= begun[:-step]
    return covered


def _sums(values: NDArray[np.generic], ends: Places, counts: Places) -> Places:
    """The sum of each of several ranges that lie end to end."""
    sums = running(values)
    found: Places = sums[ends] - sums[ends - counts]
    return found
