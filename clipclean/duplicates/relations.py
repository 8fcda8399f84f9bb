"""Says what two measured texts are to each other, with the reason in words.

The recipe and its numbers come from 177 pairs of real stories judged by reading, and from some 260 that an earlier
state of it had accepted, or nearly so; each threshold is stable when it is fitted on five of six corpora. ``related``
is the mean of three shares that fail on different pairs, less a quarter of the news in their openings; ``same`` says
whether two texts are one version. A text that runs at the same source two or more days later is rather another story
of the same kind, hence ``late``.
"""

from __future__ import annotations

from dataclasses import dataclass

from clipclean.duplicates.guards import News
from clipclean.duplicates.sentences import Shares
from clipclean.model import Relation

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was measured of a pair: ``shared`` own shingles, the ``fewer`` and ``more`` that the two have, the shares
    of their sentences, what is ``news`` in their openings, ``words`` of the shorter text, whether ``numbers`` differ on
    both sides, and ``late``."""

    shared: int
    fewer: int
    more: int
    shares: Shares
    news: News
    words: int
    numbers: bool
    late: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """A relation, how strong it is (0 to 1, for the order in which clusters grow) and why."""

    relation: Relation
    strength: float
    reason: str


def relate(pair: Figures) -> Finding | None:
    """The relation of two texts whose words differ, or None where they are not related.

    >>> whole, same = Shares(best=1.0, least=0.4, conflict=0.0), News(most=0.0, least=0.0)
    >>> pair = Figures(shared=95, fewer=100, more=300, shares=whole, news=same, words=104, numbers=False, late=False)
    >>> relate(pair).relation, relate(pair).reason
    (<Relation.ABRIDGEMENT: 'abridgement'>, 'shared: 95 of 100 own shingles of the shorter; the longer has 300')
    """
    of_fewer, of_more = pair.shared / max(pair.fewer, 1), pair.shared / max(pair.more, 1)
    # The same long text on another day is no text of the same kind; a short one may be a routine notice.
    late = pair.late and not (pair.shared == pair.more and pair.words >= _SHORT)
    shares = _shares(pair, of_fewer, of_more, late=late)
    related = max(0.0, (of_fewer + shares.best + shares.least) / 3 - _NEWS * pair.news.most)
    if of_fewer < LEAST_SHARED or related < RELATED or _refused(pair, of_fewer, late=late):
        return None
    same = (of_more + shares.least) / 2 - _CONFLICT * shares.conflict - (_LATE if late else 0)
    if same >= DUPLICATE:
        reason = f"shared: {pair.shared} of {pair.more} own shingles, {shares.least:.0%} of the sentences"
        return Finding(Relation.DUPLICATE, related, reason)
    if of_fewer >= ABRIDGED and of_more < ABRIDGED and shares.conflict < 0.5:
        reason = f"shared: {pair.shared} of {pair.fewer} own shingles of the shorter; the longer has {pair.more}"
        return Finding(Relation.ABRIDGEMENT, related, reason)
    reason = f"shared: {of_fewer:.0%} of the own shingles, {shares.best:.0%} of the sentences of one of the two"
    if shares.conflict:
        reason += f", {shares.conflict:.0%} of these with other numbers"
    if late:
        reason += f"; {LATE_DAYS} or more days apart at one source"
    return Finding(Relation.UPDATE, related, reason)


def _shares(pair: Figures, of_fewer: float, of_more: float, *, late: bool) -> Shares:
    """The shares of sentences, or what stands in for them where none can be compared, as in a table of results, whose
    words are mostly routine: the shares of shingles, unless it may be one of another day or company."""
    if pair.shares.best or pair.numbers or late:
        return pair.shares
    return Shares(of_fewer, of_more, pair.shares.conflict)


def _refused(pair: Figures, of_fewer: float, *, late: bool) -> bool:
    """Whether a guard keeps two texts apart that share enough to be related."""
    if pair.fewer < _BRIEF and not _stands_whole(pair, of_fewer, late=late):
        return True
    if (pair.shares.conflict >= 0.5 or late) and of_fewer < _SURE:
        return True
    return pair.numbers and pair.words < _SHORT and of_fewer < ABRIDGED


def _stands_whole(pair: Figures, of_fewer: float, *, late: bool) -> bool:
    """Whether all words of a brief text stand in the other, in their order but for a few: one other word may be the
    name of another company."""
    differ = pair.news.least or pair.shares.conflict or pair.numbers or late
    return pair.fewer >= SHORTEST and pair.words < _BRIEF + 4 and of_fewer >= ABRIDGED and not differ


def differ(one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether each of two sets of numbers has at least half as many of its own as the smaller set has members.

    >>> differ(frozenset({1, 2}), frozenset({1, 3})), differ(frozenset({1, 2}), frozenset({1, 2, 3}))
    (True, False)
    """
    least = max(1.0, 0.5 * min(len(one), len(other)))
    return len(one - other) >= least and len(other - one) >= least
