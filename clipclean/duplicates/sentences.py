"""Compares two texts sentence by sentence: how much of each stands in the other, and whether their numbers agree.

A sentence is matched when at least half of its words lie in runs of three words that the other text holds too. Shingles
alone miss rewrites with many small substitutions, which leave whole sentences recognisable; sentences alone miss what
was cut in the middle. Sentences of under six words and those that are mostly routine are left out.

The figures (half, three, six, ten words a side) were measured on judged pairs of real stories and are flat: .4 to .6,
three to five words, four to eight words change the score by .02 at most.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipclean.duplicates.shingles import shingle
from clipclean.text import NUMBER, SENTENCE, Bytes, Places, Words

_RUN = 3
_MATCHED = 0.5
_SHORTEST = 6
_LEAST_WORDS = 10
_ROUTINE = 0.5


@dataclass(frozen=True, slots=True)
class Story:
    """A text made ready to be compared with others.

    ``runs`` are its three-word runs, sorted; ``order`` says for each at which word it begins, ``found_in`` in which
    sentence.
    ``counted`` says which sentences take part; ``numbers`` holds the numbers of each sentence that has any,
    ``all_numbers`` those of the whole text.
    """

    words: int
    starts: Places
    lengths: Places
    counted: NDArray[np.bool_]
    runs: Words
    order: Places
    found_in: Places
    numbers: dict[int, frozenset[int]]
    all_numbers: frozenset[int]


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


def read_story(words: Words, flags: Bytes, routine: NDArray[np.bool_], size: int) -> Story:
    """Prepare a text: its word hashes and flags, and which of its shingles of ``size`` words are routine.

    >>> from clipclean.text import tokenise
    >>> text = tokenise(["Rain fell on 3 towns in the north. Nobody was hurt."])
    >>> story = read_story(text.hashes, text.flags, np.zeros(7, bool), 5)
    >>> story.lengths.tolist(), story.counted.tolist(), len(story.numbers)
    ([8, 3], [True, False], 1)
    """
    starts = np.flatnonzero(flags & SENTENCE)
    lengths = np.diff(np.append(starts, len(words)))
    covered = np.zeros(len(words), bool)
    for place in range(min(size, len(words))):
        covered[place : place + len(routine)] |= routine
    dull = np.add.reduceat(covered, starts, dtype=np.int64) if len(starts) else lengths
    runs, _ = shingle(words, np.array([0, len(words)]), _RUN)
    order = np.argsort(runs, kind="stable")
    sentence = np.searchsorted(starts, np.arange(len(words)), "right") - 1
    numbers: dict[int, set[int]] = {}
    for place in np.flatnonzero(flags & NUMBER).tolist():
        numbers.setdefault(int(sentence[place]), set()).add(int(words[place]))
    return Story(
        words=len(words),
        starts=starts,
        lengths=lengths,
        counted=(lengths >= _SHORTEST) & (dull <= _ROUTINE * lengths),
        runs=runs[order],
        order=order,
        found_in=sentence[order],
        numbers={number: frozenset(found) for number, found in numbers.items()},
        all_numbers=frozenset().union(*numbers.values()),
    )


def compare(one: Story, other: Story) -> Shares:
    """Share by share of two texts; the order of the two does not matter.

    >>> from clipclean.text import tokenise
    >>> blocks = [tokenise([f"The river rose by {rise} metres on Monday night in Vell."]) for rise in (3, 4)]
    >>> compare(*(read_story(block.hashes, block.flags, np.zeros(7, bool), 5) for block in blocks))
    Shares(best=1.0, least=1.0, conflict=1.0)
    """
    shares, matched, conflicts = [], 0, 0
    for story, against in ((one, other), (other, one)):
        hits, place, whole = _matched(story, against)
        total = int(story.lengths[story.counted].sum())
        shares.append(float(story.lengths[hits].sum()) / total if total >= _LEAST_WORDS else -1.0)
        matched += int(hits.sum())
        conflicts += _conflicts(story, against, hits & ~whole, place)
    if min(shares) < 0:
        return Shares(0.0, 0.0, conflicts / max(matched, 1))
    return Shares(max(shares), min(shares), conflicts / max(matched, 1))


def _matched(story: Story, other: Story) -> tuple[NDArray[np.bool_], Places, NDArray[np.bool_]]:
    """Which sentences of ``story`` stand in ``other``, for each run its place in ``other.runs`` or -1, and which
    sentences stand there word for word, their numbers in the same company."""
    found = np.searchsorted(other.runs, story.runs)
    if len(other.runs):
        found[other.runs.take(found, mode="clip") != story.runs] = -1
    else:
        found[:] = -1
    place = np.empty_like(found)
    place[story.order] = found
    shared = place >= 0
    covered = np.zeros(story.words, bool)
    for step in range(min(_RUN, story.words)):
        covered[step : step + len(shared)] |= shared
    share = np.add.reduceat(covered, story.starts, dtype=np.int64) if story.words else story.lengths
    return story.counted & (share >= _MATCHED * story.lengths), place, share == story.lengths


def _conflicts(story: Story, other: Story, hits: NDArray[np.bool_], place: Places) -> int:
    """How many of the sentences in ``hits`` disagree in numbers with the one of ``other`` that shares most runs."""
    count = 0
    for sentence, numbers in story.numbers.items():
        if not hits[sentence]:
            continue
        start = int(story.starts[sentence])
        runs = place[start : start + int(story.lengths[sentence])]
        counterpart = int(np.bincount(other.found_in[runs[runs >= 0]]).argmax())
        theirs = other.numbers.get(counterpart, frozenset())
        count += bool(numbers - theirs) and bool(theirs - numbers)
    return count
