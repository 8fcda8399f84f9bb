"""Compares texts sentence by sentence: how much of each stands in the other, and whether their numbers agree.

A sentence is matched when at least half of its words lie in runs of three words that the other text holds too. Shingles
alone miss rewrites with many small substitutions, which leave whole sentences recognisable; sentences alone miss what
was cut in the middle. Sentences of under six words and those that are mostly routine are left out.

The figures (half, three, six, ten words a side) were measured on judged pairs of real stories and are flat: .4 to .6,
three to five words, four to eight words change the score by .02 at most.

All in columns: the sentences of a batch of texts stand in one array, and each is compared with all texts of its group
at once, a bit for each (``holding``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clipclean.columns import spans
from clipclean.duplicates.families import GROUP, ranges, running
from clipclean.duplicates.holding import Held, hold, spread, tally
from clipclean.duplicates.shingles import shingle
from clipclean.text import NUMBER, SENTENCE, Places, Tokens, Words

_RUN = 3
_MATCHED = 0.5
_SHORTEST = 6
_LEAST_WORDS = 10
_ROUTINE = 0.5
LEAD = 2
"""Sentences of a text that hold its news: a headline, where the text has it, and the first sentence."""


@dataclass(frozen=True, slots=True)
class Shares:
    """What the two texts of some pairs have in common by sentences, one entry a pair.

    ``best`` and ``least`` are the larger and the smaller share of words in matched sentences of the two sides, both 0
    where a side has fewer than ten words to compare. ``conflict`` is the share of matched sentences whose numbers
    disagree with those of their counterpart: each has one that the other lacks. ``lead`` says whether one of the first
    ``LEAD`` sentences of a text does, where the news stands.
    """

    best: NDArray[np.float64]
    least: NDArray[np.float64]
    conflict: NDArray[np.float64]
    lead: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Stories:
    """A batch of texts made ready to be compared.

    The words of text ``i`` are those from ``offsets[i]`` to ``offsets[i + 1]``, its sentences those from ``bounds[i]``
    to ``bounds[i + 1]``; a sentence begins at the word ``starts`` and has so many words (``lengths``); ``counted`` says
    whether it takes part. ``sentence`` is that of each word. ``runs`` are the runs of three words, ``run`` is the
    column of the one that begins at each word, and ``begin`` the word at which each begins. ``numbers`` are the
    distinct numbers in each sentence, from ``numbered[sentence]`` on.
    """

    offsets: Places
    bounds: Places
    starts: Places
    lengths: Places
    counted: NDArray[np.bool_]
    sentence: Places
    runs: Held
    run: Places
    begin: Places
    numbers: Words
    numbered: Places


def read_stories(words: Tokens, routine: NDArray[np.bool_], size: int, group: Places) -> Stories:
    """Prepare a batch of texts of at least ``size`` words each.

    ``routine`` says of each word whether a routine shingle of ``size`` words begins there, ``group`` is the number of
    each text's group.

    >>> from clipclean.text import tokenise
    >>> text = tokenise(["Rain fell on 3 towns in the north. Nobody was hurt."])
    >>> stories = read_stories(text, np.zeros(11, bool), 5, np.zeros(1, int))
    >>> stories.lengths.tolist(), stories.counted.tolist(), len(stories.numbers)
    ([8, 3], [True, False], 1)
    """
    starts = (words.flags & SENTENCE).nonzero()[0]
    lengths = spans(np.concatenate((starts, [len(words.hashes)])))
    counted = lengths >= _SHORTEST
    if routine.any() and len(starts):
        counted &= np.add.reduceat(_spread(routine, size), starts, dtype=np.int64) <= _ROUTINE * lengths
    sentence = np.arange(len(starts)).repeat(lengths)
    named = (words.flags & NUMBER).nonzero()[0]
    if len(named) > 1:
        named = named[np.lexsort((words.hashes[named], sentence[named]))]
    value, at = words.hashes[named], sentence[named]
    fresh = np.ones(len(named), bool)
    fresh[1:] = (value[1:] != value[:-1]) | (at[1:] != at[:-1])
    values, offsets = shingle(words.hashes, words.offsets, _RUN)
    runs, begin = hold(values, offsets, group), ranges(words.offsets[:-1], spans(offsets))
    run = np.full(len(words.hashes), len(runs.starts) - 1)
    run[begin] = runs.columns
    run[begin[(spans(words.offsets) < _RUN).repeat(spans(offsets))]] = len(runs.starts) - 1  # no run of three
    return Stories(
        offsets=words.offsets,
        bounds=starts.searchsorted(words.offsets),
        starts=starts,
        lengths=lengths,
        counted=counted,
        sentence=sentence,
        runs=runs,
        run=run,
        begin=begin,
        numbers=value[fresh],
        numbered=at[fresh].searchsorted(np.arange(len(starts) + 1)),
    )


def compare(stories: Stories, left: Places, right: Places) -> Shares:
    """What the texts of each pair share; both are in one group, and the order of the two does not matter.

    >>> from clipclean.text import tokenise
    >>> block = tokenise([f"The river rose by {rise} metres on Monday night in Vell." for rise in (3, 4)])
    >>> stories = read_stories(block, np.zeros(22, bool), 5, np.zeros(2, int))
    >>> compare(stories, np.array([0]), np.array([1]))
    Shares(best=array([1.]), least=array([1.]), conflict=array([1.]), lead=array([ True]))
    """
    text, other = np.concatenate((left, right)), np.concatenate((right, left))  # both sides of each pair
    bits = stories.runs.bit(other)
    whole, part = _matched(stories, _partners(stories, text, bits))
    total = spans(running(np.where(stories.counted, stories.lengths, 0))[stories.bounds])[text]
    asked = whole | part, stories.bounds[text], spans(stories.bounds)[text], bits
    share = np.where(total >= _LEAST_WORDS, tally(*asked, stories.lengths) / np.maximum(total, 1), -1.0)
    one, two = share.reshape(2, -1)
    least = np.minimum(one, two)
    best = np.where(least >= 0, np.maximum(one, two), 0.0)
    conflict, lead = np.zeros(len(left)), np.zeros(len(left), bool)
    if part.any():
        matched = tally(*asked).reshape(2, -1).sum(axis=0)
        conflicting, leading = (counts[text, bits].reshape(2, -1).sum(axis=0) for counts in _conflicts(stories, part))
        conflict, lead = conflicting / np.maximum(matched, 1), leading > 0
    return Shares(best, np.maximum(least, 0.0), conflict, lead)


def _partners(stories: Stories, text: Places, bits: Places) -> Words:
    """The texts with which each one is compared, a bit for each."""
    partners = np.zeros(len(stories.offsets) - 1, np.uint64)
    np.bitwise_or.at(partners, text, np.uint64(1) << bits.astype(np.uint64))
    return partners


def _matched(stories: Stories, partners: Words) -> tuple[Words, Words]:
    """In which of the ``partners`` of its text each sentence stands word for word, and in which it is matched else."""
    whole: Words = np.zeros(len(stories.starts), np.uint64)
    part = whole.copy()
    if not len(stories.starts):
        return whole, part
    covered = _spread(stories.runs.masks[stories.run], _RUN)
    wanted = partners.repeat(spans(stories.bounds))
    wanted[~stories.counted] = 0
    whole = np.bitwise_and.reduceat(covered, stories.starts) & wanted
    some = np.bitwise_or.reduceat(covered, stories.starts) & wanted & ~whole
    if not some.any():
        return whole, part
    place, bit = np.nonzero(spread(some))
    lengths = stories.lengths[place]
    half = tally(covered, stories.starts[place], lengths, bit) >= _MATCHED * lengths
    np.bitwise_or.at(part, place[half], np.uint64(1) << bit[half].astype(np.uint64))
    return whole, part


def _conflicts(stories: Stories, part: Words) -> tuple[Places, Places]:
    """For each text and each other of its group, how many of the sentences that are matched in ``part`` disagree in
    numbers with their counterparts: one that stands in the other word for word has its numbers in the same company.
    Second, how many of the first ``LEAD`` sentences of the text do."""
    doubtful = np.flatnonzero((part != 0) & (spans(stories.numbered) > 0))
    place, bit = np.nonzero(spread(part[doubtful]))
    sentence = doubtful[place]
    text = np.searchsorted(stories.bounds, sentence, "right") - 1
    conflict = _disagree(stories, sentence, _counterparts(stories, sentence, stories.runs.first[text] + bit))
    pair, leads = GROUP * text + bit, conflict & (sentence < stories.bounds[text] + LEAD)
    every, lead = (np.bincount(pair[some], minlength=GROUP * (len(stories.bounds) - 1)) for some in (conflict, leads))
    return every.reshape(-1, GROUP), lead.reshape(-1, GROUP)


def _counterparts(stories: Stories, sentences: Places, others: Places) -> Places:
    """For each of some sentences the one of another text that shares most of its runs, the first of several."""
    lengths = stories.lengths[sentences]
    number = np.repeat(np.arange(len(sentences)), lengths)
    run, other = stories.run[ranges(stories.starts[sentences], lengths)], others[number]
    found = stories.runs.masks[run] >> stories.runs.bit(other).astype(np.uint64) & np.uint64(1) != 0
    number, other = number[found], other[found]
    sentence = stories.sentence[stories.begin[stories.runs.find(run[found], other)]]
    pair, count = np.unique(number.astype(np.uint64) << np.uint64(32) | sentence.astype(np.uint64), return_counts=True)
    number, sentence = (pair >> np.uint64(32)).astype(np.int64), (pair & np.uint64(0xFFFFFFFF)).astype(np.int64)
    order = np.lexsort((sentence, -count, number))
    first = np.searchsorted(number, np.arange(len(sentences)))
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


def _spread(begun: NDArray[Any], size: int) -> NDArray[Any]:
    """What holds of the words in runs of ``size`` words, given at the words where these begin."""
    covered = begun.copy()
    for step in range(1, size):
        covered[step:] |= begun[:-step]
    return covered
