"""Measures pairs of a batch of texts for the typed mode: own shingles first, sentences where these leave a chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipclean.columns import spans
from clipclean.duplicates.families import ranges, running
from clipclean.duplicates.guards import Known, compare_openings, named_otherwise
from clipclean.duplicates.holding import hold
from clipclean.duplicates.matching import NONE
from clipclean.duplicates.relations import (
    FORM,
    LEAST_SHARED,
    SHORTEST,
    Figures,
    Findings,
    differ,
    filled_in,
    numbers_matter,
    relate,
)
from clipclean.duplicates.sentences import compare, read_stories
from clipclean.duplicates.shingles import shingle
from clipclean.text import NUMBER, Places, Tokens, Words

ROUTINE = np.uint8(4)
"""Flag of a word at which a routine shingle begins, next to those of the tokeniser."""


@dataclass(frozen=True, slots=True)
class Related:
    """What the pairs of a batch are to each other, with the overlap of all their shingles where they are anything."""

    findings: Findings
    jaccard: NDArray[np.float64]
    containment: NDArray[np.float64]


def relate_pairs(
    words: Tokens, group: Places, left: Places, right: Places, late: NDArray[np.bool_], size: int
) -> Related:
    """Measure pairs of a batch of texts; ``group`` is the number of each text's group, and both of a pair are in one.

    ``words`` are flagged where routine shingles of ``size`` words begin. ``late`` says of each pair whether the two
    stand at one source alone, days apart.

    >>> from clipclean.text import tokenise
    >>> story = "The ferry to Vell will run again from Monday, the harbour office said after a week of storms."
    >>> block = tokenise([story, story + " The town has no other way to the coast than this ferry."])
    >>> found = relate_pairs(block, np.zeros(2, int), np.array([0]), np.array([1]), np.zeros(1, bool), 5)
    >>> found.findings.each()[0].relation.value, round(float(found.containment[0]), 2)
    ('abridgement', 1.0)
    """
    count = len(left)
    relation, reasons = np.full(count, NONE, np.int8), [""] * count
    strength, jaccard, containment = np.zeros((3, count))
    values, offsets = shingle(words.hashes, words.offsets, size)
    routine = routine_shingles(words, offsets)
    own = hold(*own_shingles(values, offsets, routine), group)
    shared = own.overlap(left, right)
    fewer, more = (end(own.sizes[left], own.sizes[right]) for end in (np.minimum, np.maximum))
    likely = np.flatnonzero((shared >= LEAST_SHARED * fewer) & (fewer >= SHORTEST))
    if len(likely):
        texts = np.unique(np.concatenate((left[likely], right[likely])))
        one, other = texts.searchsorted(left[likely]), texts.searchsorted(right[likely])
        some, home = words.take(texts), group[texts]
        shares = compare(read_stories(some, some.flags & ROUTINE != 0, size, home), one, other)
        length = spans(some.offsets)
        shorter = np.minimum(length[one], length[other])
        known = Known.of(some, home)
        numbers, filled, named = np.zeros((3, len(likely)), bool)
        asked = np.flatnonzero(numbers_matter(shares, fewer[likely], shorter))
        if len(asked):
            numbers[asked], filled[asked] = _compare_numbers(some, home, one[asked], other[asked])
        asked = np.flatnonzero(np.maximum(length[one], length[other]) < FORM)
        if len(asked):
            named[asked] = named_otherwise(known, one[asked], other[asked])
        found = relate(
            Figures(
                shared=shared[likely],
                fewer=fewer[likely],
                more=more[likely],
                shares=shares,
                news=compare_openings(known, one, other),
                words=shorter,
                numbers=numbers,
                filled=filled,
                named=named,
                late=late[likely],
            )
        )
        relation[likely], strength[likely] = found.relation, found.strength
        for pair, reason in zip(likely.tolist(), found.reasons, strict=True):
            reasons[pair] = reason
        matches = (relation != NONE).nonzero()[0]
        one, other = left[matches], right[matches]
        if routine.any():
            every = hold(values, offsets, group)
            shared = every.overlap(one, other)
        else:
            every, shared = own, shared[matches]
        jaccard[matches] = shared / np.maximum(every.sizes[one] + every.sizes[other] - shared, 1)
        containment[matches] = shared / np.maximum(np.minimum(every.sizes[one], every.sizes[other]), 1)
    return Related(Findings(relation, strength, reasons), jaccard, containment)


def _compare_numbers(
    words: Tokens, group: Places, left: Places, right: Places
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether the two texts of each pair differ in numbers on both sides, and whether they are one form filled in."""
    numbers = words.flags & NUMBER != 0
    held = hold(words.hashes[numbers], running(numbers)[words.offsets], group)
    counts = held.overlap(left, right), held.sizes[left], held.sizes[right]
    return differ(*counts), filled_in(*counts)


def routine_shingles(words: Tokens, offsets: Places) -> NDArray[np.bool_]:
    """Which shingles are routine, given their offsets."""
    routine: NDArray[np.bool_] = words.flags[ranges(words.offsets[:-1], spans(offsets))] & ROUTINE != 0
    return routine


def own_shingles(values: Words, offsets: Places, routine: NDArray[np.bool_]) -> tuple[Words, Places]:
    """The shingles that are left without the routine ones, and their offsets."""
    if not routine.any():
        return values, offsets
    return values[~routine], running(~routine)[offsets]
