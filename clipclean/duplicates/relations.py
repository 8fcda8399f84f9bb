"""Says what two measured texts are to each other, with the reason in words.

The recipe and its numbers come from 177 pairs of real stories judged by reading; each threshold is stable when it is
fitted on five of six corpora. ``M`` says whether two texts are related, the mean of three shares that fail on different
pairs; ``D`` says whether they are the same version. A text that runs at the same source two or more days later is
rather another story of the same kind, hence ``late``.
"""

from __future__ import annotations

from dataclasses import dataclass

from clipclean.duplicates.sentences import Shares
from clipclean.model import Relation

LEAST_SHARED = 0.3
"""Below this share of the smaller set of own shingles nothing is related: where nine of ten candidates end."""
RELATED = 0.5
DUPLICATE = 0.78
ABRIDGED = 0.8
LATE_DAYS = 2
SHORTEST = 16
"""Own shingles that a text needs to be anything but an exact copy: 20 words in a row, or two sentences."""

_LATE = (0.1, 0.25)
_CONFLICT = 0.25
_SURE = 0.7  # with this much shared, disagreeing numbers are corrections of one story
SHORT = 100
"""Words; below, a template with other numbers looks like a copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was measured of a pair: ``shared`` own shingles, the ``fewer`` and ``more`` that the two have, the shares
    of their sentences, ``words`` of the shorter text, whether ``numbers`` differ on both sides, and ``late``."""

    shared: int
    fewer: int
    more: int
    shares: Shares
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

    >>> whole = Shares(best=1.0, least=0.4, conflict=0.0)
    >>> found = relate(Figures(shared=95, fewer=100, more=300, shares=whole, words=104, numbers=False, late=False))
    >>> found.relation, found.reason
    (<Relation.ABRIDGEMENT: 'abridgement'>, 'shared: 95 of 100 own shingles of the shorter; the longer has 300')
    """
    if pair.fewer < SHORTEST:
        return None
    of_fewer, of_more = pair.shared / pair.fewer, pair.shared / pair.more
    shares = pair.shares
    # The same long text on another day is no text of the same kind; a short one may be a routine notice.
    late = pair.late and not (pair.shared == pair.more and pair.words >= SHORT)
    related = (of_fewer + shares.best + shares.least) / 3 - (_LATE[0] if late else 0)
    if of_fewer < LEAST_SHARED or related < RELATED:
        return None
    if shares.conflict >= 0.5 and of_fewer < _SURE:
        return None
    if pair.numbers and pair.words < SHORT and of_fewer < ABRIDGED:
        return None
    same = (of_more + shares.least) / 2 - _CONFLICT * shares.conflict - (_LATE[1] if late else 0)
    if same >= DUPLICATE:
        reason = f"shared: {pair.shared} of {pair.more} own shingles, {shares.least:.0%} of the sentences"
        return Finding(Relation.DUPLICATE, related, reason)
    if of_fewer >= ABRIDGED and of_more < ABRIDGED:
        reason = f"shared: {pair.shared} of {pair.fewer} own shingles of the shorter; the longer has {pair.more}"
        return Finding(Relation.ABRIDGEMENT, related, reason)
    reason = f"shared: {of_fewer:.0%} of the own shingles, {shares.best:.0%} of the sentences of one of the two"
    if shares.conflict:
        reason += f", {shares.conflict:.0%} of these with other numbers"
    if late:
        reason += f"; {LATE_DAYS} or more days apart at one source"
    return Finding(Relation.UPDATE, related, reason)


def differ(one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether each of two sets of numbers has at least half as many of its own as the smaller set has members.

    >>> differ(frozenset({1, 2}), frozenset({1, 3})), differ(frozenset({1, 2}), frozenset({1, 2, 3}))
    (True, False)
    """
    least = max(1.0, 0.5 * min(len(one), len(other)))
    return len(one - other) >= least and len(other - one) >= least
