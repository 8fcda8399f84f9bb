"""Says what two measured texts are to each other, with the reason in words.

The recipe and its numbers come from 177 pairs of real stories judged by reading, and from some 260 that an earlier
state of it had accepted, or nearly so; each threshold is stable when it is fitted on five of six corpora. ``related``
is the mean of three shares that fail on different pairs, less a quarter of the news in their openings; ``same`` says
whether two texts are one version. A text that runs at the same source two or more days later is rather another story
of the same kind, hence ``late``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipclean.duplicates.guards import News
from clipclean.duplicates.matching import NONE, RELATIONS
from clipclean.duplicates.sentences import Shares
from clipclean.model import Relation
from clipclean.text import Places

Truth = NDArray[np.bool_]
Floats = NDArray[np.float64]

LEAST_SHARED = 0.3
"""Below this share of the smaller set of own shingles nothing is related: where nine of ten candidates end."""
RELATED = 0.42
DUPLICATE = 0.78
ABRIDGED = 0.8
LATE_DAYS = 2
SHORTEST = 8
"""Own shingles that a text needs to be anything but an exact copy: twelve words in a row, or a long headline."""

_BRIEF = 16  # own shingles; with fewer, 12 to 19 words, a text must stand in the other almost whole
_NEWS = 0.25
_LATE = 0.25
_CONFLICT = 0.25
_SURE = 0.7  # with this much shared, disagreeing numbers are corrections of one story, and a late text is the same one
_SHORT = 100  # words; below, a template with other numbers looks like a copy
FORM = 300
"""Words that both of two forms stay below. A longer one has more of its own than names and numbers, and an index need
not hold the capitals of long texts; without a limit the same pairs of real stories match."""
_FILLED = 3  # numbers that each of two forms has of its own, if they share no more than a quarter


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was measured of some pairs, one entry a pair: ``shared`` own shingles, the ``fewer`` and ``more`` that the
    two have, the shares of their sentences, what is ``news`` in their openings, ``words`` of the shorter text, whether
    ``numbers`` differ on both sides and whether both are one form ``filled`` in with others (where ``numbers_matter``),
    or ``named`` otherwise, and ``late``."""

    shared: Places
    fewer: Places
    more: Places
    shares: Shares
    news: News
    words: Places
    numbers: Truth
    filled: Truth
    named: Truth
    late: Truth


@dataclass(frozen=True, slots=True)
class Finding:
    """A relation, how strong it is (0 to 1, for the order in which clusters grow) and why."""

    relation: Relation
    strength: float
    reason: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What some pairs are to each other, one entry a pair: the ``relation`` as its place in ``RELATIONS``, or ``NONE``,
    and where there is one, its strength and why."""

    relation: NDArray[np.int8]
    strength: Floats
    reasons: list[str]

    def each(self) -> list[Finding | None]:
        """The findings one by one; None where two texts are not related."""
        rows = zip(self.relation.tolist(), self.strength.tolist(), self.reasons, strict=True)
        return [None if number == NONE else Finding(RELATIONS[number], *row) for number, *row in rows]


def relate(pair: Figures) -> Findings:
    """The relations of texts whose words differ.

    >>> whole, same = Shares(*np.array([[1.0], [0.4], [0.0]]), np.zeros(1, bool)), News(*np.zeros((2, 1)))
    >>> counts = {name: np.array([count]) for name, count in (("shared", 95), ("fewer", 100), ("more", 300))}
    >>> no = np.zeros(1, bool)
    >>> rest = {"words": np.array([104]), "numbers": no, "filled": no, "named": no, "late": no}
    >>> [found] = relate(Figures(**counts, **rest, shares=whole, news=same)).each()
    >>> found.relation, found.reason
    (<Relation.ABRIDGEMENT: 'abridgement'>, 'shared: 95 of 100 own shingles of the shorter; the longer has 300')
    """
    of_fewer, of_more = pair.shared / np.maximum(pair.fewer, 1), pair.shared / np.maximum(pair.more, 1)
    # The same long text on another day is no text of the same kind; a short one may be a routine notice.
    late = pair.late & ~((pair.shared == pair.more) & (pair.words >= _SHORT))
    shares = _shares(pair, of_fewer, of_more, late)
    related = np.maximum(0.0, (of_fewer + shares.best + shares.least) / 3 - _NEWS * pair.news.most)
    matches = (of_fewer >= LEAST_SHARED) & (related >= RELATED) & ~_refused(pair, of_fewer, late)
    same = (of_more + shares.least) / 2 - _CONFLICT * shares.conflict - np.where(late, _LATE, 0.0)
    cut = (of_fewer >= ABRIDGED) & (of_more < ABRIDGED) & (shares.conflict < 0.5) & ~shares.lead
    # Other numbers in the lead are the news of a later version: the toll of an accident.
    kind = np.where((same >= DUPLICATE) & ~shares.lead, _DUPLICATE, np.where(cut, _ABRIDGEMENT, _UPDATE))
    relation = np.where(matches, kind, NONE).astype(np.int8)
    columns = (relation, pair.shared, pair.fewer, pair.more, of_fewer, shares.best, shares.least, shares.conflict, late)
    reasons = [_reason(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]
    return Findings(relation, np.where(matches, related, 0.0), reasons)


_DUPLICATE, _ABRIDGEMENT, _UPDATE = map(RELATIONS.index, (Relation.DUPLICATE, Relation.ABRIDGEMENT, Relation.UPDATE))


def _reason(
    relation: int,
    shared: int,
    fewer: int,
    more: int,
    of_fewer: float,
    best: float,
    least: float,
    conflict: float,
    late: bool,
) -> str:
    """Why a relation holds, in words; nothing where there is none."""
    if relation == NONE:
        return ""
    if relation == _DUPLICATE:
        return f"shared: {shared} of {more} own shingles, {least:.0%} of the sentences"
    if relation == _ABRIDGEMENT:
        return f"shared: {shared} of {fewer} own shingles of the shorter; the longer has {more}"
    reason = f"shared: {of_fewer:.0%} of the own shingles, {best:.0%} of the sentences of one of the two"
    if conflict:
        reason += f", {conflict:.0%} of these with other numbers"
    if late:
        reason += f"; {LATE_DAYS} or more days apart at one source"
    return reason


def _shares(pair: Figures, of_fewer: Floats, of_more: Floats, late: Truth) -> Shares:
    """The shares of sentences, or what stands in for them where none can be compared, as in a table of results, whose
    words are mostly routine: the shares of shingles, unless it may be one of another day or company."""
    measured = (pair.shares.best > 0) | pair.numbers | late
    best, least = pair.shares.best, pair.shares.least
    return Shares(
        np.where(measured, best, of_fewer), np.where(measured, least, of_more), pair.shares.conflict, pair.shares.lead
    )


def _refused(pair: Figures, of_fewer: Floats, late: Truth) -> Truth:
    """Whether a guard keeps two texts apart that share enough to be related."""
    brief = (pair.fewer < _BRIEF) & ~_stands_whole(pair, of_fewer, late)
    doubtful = ((pair.shares.conflict >= 0.5) | late) & (of_fewer < _SURE)
    form = pair.named | ((pair.words < _SHORT) & (pair.filled | (pair.numbers & (of_fewer < ABRIDGED))))
    return brief | doubtful | form


def _stands_whole(pair: Figures, of_fewer: Floats, late: Truth) -> Truth:
    """Whether all words of a brief text stand in the other, in their order but for a few: one other word may be the
    name of another company."""
    differ = (pair.news.least > 0) | (pair.shares.conflict > 0) | pair.numbers | late
    whole: Truth = (pair.fewer >= SHORTEST) & (pair.words < _BRIEF + 4) & (of_fewer >= ABRIDGED) & ~differ
    return whole


def numbers_matter(shares: Shares, fewer: Places, words: Places) -> Truth:
    """For which pairs ``relate`` looks at the numbers of whole texts.

    >>> shares = Shares(*np.array([[0.9, 0.9], [0.5, 0.5], [0.0, 0.0]]), np.zeros(2, bool))
    >>> numbers_matter(shares, np.array([90, 90]), np.array([60, 130]))
    array([ True, False])
    """
    return (shares.best <= 0) | (words < _SHORT) | (fewer < _BRIEF)


def differ(shared: Places, one: Places, other: Places) -> Truth:
    """Whether each of two sets has at least half as many members of its own as the smaller one has in all; given how
    many the two share and how many each has, for some pairs.

    >>> differ(np.array([1, 2]), np.array([2, 2]), np.array([2, 3])).tolist()
    [True, False]
    """
    least = np.maximum(1.0, 0.5 * np.minimum(one, other))
    return (one - shared >= least) & (other - shared >= least)


def filled_in(shared: Places, one: Places, other: Places) -> Truth:
    """Whether each of two sets has at least ``_FILLED`` members of its own, and they share at most a quarter of the
    smaller one: the numbers of a form that was filled in twice, where a correction changes one or two.

    >>> filled_in(np.array([0, 4]), np.array([3, 7]), np.array([3, 7])).tolist()
    [True, False]
    """
    fewer = np.minimum(one, other)
    return (fewer - shared >= _FILLED) & (4 * shared <= fewer)
