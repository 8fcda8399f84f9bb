"""Measures pairs of a batch of texts for the typed mode: own shingles first, sentences where these leave a chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipclean.columns import spans
from clipclean.duplicates.families import number, ranges, running
from clipclean.duplicates.guards import compare_openings
from clipclean.duplicates.relations import LEAST_SHARED, SHORTEST, Figures, Finding, differ, relate
from clipclean.duplicates.sentences import compare, read_stories
from clipclean.duplicates.shingles import shingle
from clipclean.duplicates.verify import overlap
from clipclean.text import Places, Tokens, Words

ROUTINE = np.uint8(4)
"""Flag of a word at which a routine shingle begins, next to those of the tokeniser."""


@dataclass(frozen=True, slots=True)
class Related:
    """What the pairs of a batch are to each other, None where nothing, with the overlap of all their shingles."""

    findings: list[Finding | None]
    jaccard: NDArray[np.float64]
    containment: NDArray[np.float64]


def relate_pairs(words: Tokens, left: Places, right: Places, late: NDArray[np.bool_], size: int) -> Related:
    """Measure pairs of a batch of texts; those with the same left text stand side by side.

    ``words`` are flagged where routine shingles of ``size`` words begin. ``late`` says of each pair whether the two
    stand at one source alone, days apart.

    >>> from clipclean.text import tokenise
    >>> story = "The ferry to Vell will run again from Monday, the harbour office said after a week of storms."
    >>> block = tokenise([story, story + " The town has no other way to the coast than this ferry."])
    >>> found = relate_pairs(block, np.array([0]), np.array([1]), np.zeros(1, bool), 5)
    >>> found.findings[0].relation.value, round(float(found.containment[0]), 2)
    ('abridgement', 1.0)
    """
    count = len(left)
    findings: list[Finding | None] = [None] * count
    jaccard, containment = np.zeros((2, count))
    values, offsets = shingle(words.hashes, words.offsets, size)
    routine = routine_shingles(words, offsets)
    own = overlap(number(*own_shingles(values, offsets, routine)), left, right)
    fewer, more = np.minimum(own[1], own[2]), np.maximum(own[1], own[2])
    likely = np.flatnonzero((own[0] >= LEAST_SHARED * fewer) & (fewer >= SHORTEST))
    if not len(likely):
        return Related(findings, jaccard, containment)
    texts = np.unique(np.concatenate((left[likely], right[likely])))
    one, other = texts.searchsorted(left[likely]), texts.searchsorted(right[likely])
    words = words.take(texts)
    length = spans(words.offsets)
    stories = read_stories(words, words.flags & ROUTINE != 0, size)
    columns = (likely, one, other, own[0][likely], fewer[likely], more[likely], late[likely])
    alike = compare(stories, one, other)
    news = compare_openings(words.hashes, words.offsets, one, other)
    rows = zip(*(column.tolist() for column in columns), alike, news, strict=True)
    for pair, first, second, shared, least, most, is_late, shares, opening in rows:
        findings[pair] = relate(
            Figures(
                shared=shared,
                fewer=least,
                more=most,
                shares=shares,
                news=opening,
                words=int(min(length[first], length[second])),
                numbers=differ(stories.numbers_of(first), stories.numbers_of(second)),
                late=is_late,
            )
        )
    found = np.flatnonzero([finding is not None for finding in findings])
    if routine.any():
        together, ones, others = overlap(number(values, offsets), left[found], right[found])
    else:
        together, ones, others = (column[found] for column in own)
    jaccard[found] = together / np.maximum(ones + others - together, 1)
    containment[found] = together / np.maximum(np.minimum(ones, others), 1)
    return Related(findings, jaccard, containment)


def routine_shingles(words: Tokens, offsets: Places) -> NDArray[np.bool_]:
    """Which shingles are routine, given their offsets."""
    routine: NDArray[np.bool_] = words.flags[ranges(words.offsets[:-1], spans(offsets))] & ROUTINE != 0
    return routine


def own_shingles(values: Words, offsets: Places, routine: NDArray[np.bool_]) -> tuple[Words, Places]:
    """The shingles that are left without the routine ones, and their offsets."""
    if not routine.any():
        return values, offsets
    return values[~routine], running(~routine)[offsets]
