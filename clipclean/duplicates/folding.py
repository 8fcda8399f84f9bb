"""Chooses the copies that stay and folds the others into them: one mechanism for texts and for documents.

Of a cluster the copy that ranks first is kept. Into it goes every copy that may (the window of time, the scope of
sources) and whose text was measured to be near enough to its own. Of what is left the first is kept again, and so on.
What folds is a row: a text with all its copies where nothing depends on the single document, a text at one source where
the scope counts, a document where its date counts (``rows``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipclean.config import Scope
from clipclean.duplicates.buckets import encode
from clipclean.duplicates.facts import NOWHERE
from clipclean.duplicates.matching import Judge, Verdicts
from clipclean.text import Places

_ROUNDS = 32
"""So many copies are kept of all clusters at once; where more are, the window is narrow and clusters go one by one."""

Truth = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rows:
    """What folds. ``label`` is the cluster, ``rank`` the order in which rows are kept, ``document`` the best of a row.

    ``source`` is -1 and ``moment`` (seconds) NaN where unknown. ``known`` rows were there before, and are never
    folded.
    """

    document: Places
    text: Places
    label: Places
    rank: Places
    source: Places
    moment: NDArray[np.float64]
    known: Truth

    def of(self, some: Places, label: Places) -> Rows:
        """Some of the rows, under other labels."""
        return Rows(
            self.document[some],
            self.text[some],
            label,
            self.rank[some],
            self.source[some],
            self.moment[some],
            self.known[some],
        )


@dataclass(frozen=True, slots=True)
class Limits:
    """What folds at most: ``window`` in seconds (None: any time), and the ``scope`` of sources."""

    window: float | None = None
    scope: Scope = Scope.ALL


class Measured:
    """Verdicts on pairs of texts, which grow by the pairs that are asked for and were never measured.

    ``folds`` says for each relation whether it folds; None folds whatever is in one cluster, as the plain mode does.
    """

    def __init__(self, verdicts: Verdicts, judge: Judge, folds: Truth | None) -> None:
        self.verdicts = verdicts
        self._judge = judge
        self._folds = folds

    def near(self, one: Places, other: Places) -> Truth:
        """Whether texts are near enough to fold; equal ones always are."""
        near = np.ones(len(one), bool)
        apart = np.flatnonzero(one != other)
        codes = encode(one[apart], other[apart])
        unknown = np.unique(codes[self.verdicts.find(codes) < 0])
        if len(unknown):
            self.verdicts = self.verdicts.join(self._judge(unknown))
        if self._folds is not None:
            relation = self.verdicts.relation[self.verdicts.find(codes)]
            near[apart] = (relation >= 0) & self._folds[relation]
        return near


def fold(rows: Rows, limits: Limits, measured: Measured, *, against: bool = False) -> Places:
    """For each row the row into which it folds, its own number where it stays; ``against`` folds into known ones alone.

    >>> from clipclean.duplicates.matching import NO_VERDICTS
    >>> zero, two = np.zeros(2, np.int64), np.arange(2)
    >>> same = Rows(two, zero, zero, two, zero, np.array([0.0, 7200.0]), zero > 0)
    >>> measured = Measured(NO_VERDICTS, lambda codes: NO_VERDICTS, None)
    >>> [fold(same, Limits(window), measured).tolist() for window in (None, 3600.0)]
    [[0, 0], [0, 1]]
    """
    kept = np.arange(len(rows.text))
    active = np.flatnonzero(rows.source != NOWHERE) if limits.scope is not Scope.ALL else kept.copy()
    active, label = _parted(active, rows, limits)
    turn = 0
    while len(active := active[_hopeful(active, label, rows, limits, against)]):
        if limits.window is not None and turn == _ROUNDS:
            for part in np.split(active, np.flatnonzero(np.diff(label[active])) + 1):
                _fold_in_turn(part, rows, limits, measured, kept, against=against)
            break
        turn += 1
        fresh = _fresh(label[active])
        centre = np.repeat(active[fresh], np.diff(np.append(np.flatnonzero(fresh), len(active))))
        active, centre = active[~fresh], centre[~fresh]
        folds = _admissible(centre, active, rows, limits, measured)
        kept[active[folds]] = centre[folds]
        active = active[~folds]
        if limits.window is not None and turn == 1:  # those without a date, which part nothing, have mostly gone
            active, label = _parted(active, rows, limits)
    return kept


def _parted(some: Places, rows: Rows, limits: Limits) -> tuple[Places, Places]:
    """Some rows in the order of clusters and ranks; and for each of them its cluster or part of one.

    Clusters are parted where nothing on the one side can fold into the other: by source, and by gaps in time.
    """
    label = rows.label.copy()
    if limits.scope is Scope.SAME_SOURCE:
        order = some[np.lexsort((rows.source[some], label[some]))]
        label[order] = np.cumsum(_fresh(label[order]) | _fresh(rows.source[order]))
    if limits.window is not None and len(some):
        order = some[np.lexsort((rows.moment[some], label[some]))]
        fresh, moment = _fresh(label[order]), rows.moment[order]
        part = np.cumsum(fresh) - 1
        dated = ~np.isnan(moment[np.append(np.flatnonzero(fresh)[1:], len(order)) - 1])  # the unknown come last
        gap = np.zeros(len(order), bool)
        gap[1:] = np.diff(moment) > limits.window
        label[order] = np.cumsum(fresh | (gap & dated[part]))
    return some[np.lexsort((rows.rank[some], ~rows.known[some], label[some]))], label


def _hopeful(active: Places, label: Places, rows: Rows, limits: Limits, against: bool) -> Truth:
    """Which of the rows, in the order of clusters and ranks, stand in a cluster where anything can still fold."""
    if not len(active):
        return np.zeros(0, bool)
    fresh = _fresh(label[active])
    starts = np.flatnonzero(fresh)
    sizes = np.diff(np.append(starts, len(active)))
    hope = sizes > 1
    if against:
        known = rows.known[active]
        hope &= known[starts] & ~np.logical_and.reduceat(known, starts)
    if limits.scope is Scope.CROSS_SOURCE:
        source = rows.source[active]
        hope &= np.minimum.reduceat(source, starts) != np.maximum.reduceat(source, starts)
    return np.repeat(hope, sizes)


def _fold_in_turn(part: Places, rows: Rows, limits: Limits, measured: Measured, kept: Places, *, against: bool) -> None:
    """Fold one cluster, whose rows come in the order of ranks, looking from each kept one only at its time."""
    order = np.argsort(rows.moment[part])
    timely, moment = part[order], rows.moment[part][order]
    place = np.empty(len(part), np.int64)
    place[order] = np.arange(len(part))
    dated = int(np.searchsorted(moment, np.inf, "right"))
    source = rows.source[timely]
    changes = np.append(0, np.cumsum(source[1:] != source[:-1]))
    across = limits.scope is Scope.CROSS_SOURCE
    waiting = np.ones(len(part), bool)
    foldable = waiting & ~rows.known[timely]
    undated = np.flatnonzero(foldable[dated:]) + dated
    simple = dated == len(part) and not np.any(rows.text[part] != rows.text[part[0]])  # nothing but dates and sources
    assert limits.window is not None
    for own, row in zip(place.tolist(), part.tolist(), strict=True):
        if not waiting[own]:
            continue
        waiting[own] = foldable[own] = False
        if against and not rows.known[row]:
            break
        low, high = 0, dated
        if own < dated:
            low = int(np.searchsorted(moment[:dated], moment[own] - limits.window))
            high = int(np.searchsorted(moment[:dated], moment[own] + limits.window, "right"))
        near = np.zeros(0, np.int64)
        if not across:
            near = np.flatnonzero(foldable[low:high]) + low
        elif high > low and (
            own >= dated or changes[high - 1] != changes[low]
        ):  # not all of its time are of its source
            near = np.flatnonzero(foldable[low:high] & (source[low:high] != source[own])) + low
        if len(undated):
            near = np.append(near, undated[foldable[undated]])
        if len(near):
            others = timely[near]
            if not simple:
                folds = _admissible(np.full(len(others), row), others, rows, limits, measured)
                near, others = near[folds], others[folds]
            kept[others] = row
            waiting[near] = foldable[near] = False
            undated = undated[foldable[undated]]


def _admissible(centre: Places, other: Places, rows: Rows, limits: Limits, measured: Measured) -> Truth:
    """Which of some rows may fold into their centres.

    A row without a date is outside no window. A centre without one takes the date of the first, by rank, of the dated
    rows that fold into it, so that it joins nothing that is years apart.
    """
    may = ~rows.known[other]
    if limits.scope is Scope.CROSS_SOURCE:
        may &= rows.source[centre] != rows.source[other]
    if limits.window is not None:
        may &= ~(np.abs(rows.moment[centre] - rows.moment[other]) > limits.window)
    asked = np.flatnonzero(may)
    may[asked] = measured.near(rows.text[centre[asked]], rows.text[other[asked]])
    if limits.window is not None:
        open_ = np.flatnonzero(may & np.isnan(rows.moment[centre]) & ~np.isnan(rows.moment[other]))
        first = first_of_each(centre[open_], rows.rank[other[open_]])
        moment = rows.moment[other[open_]]
        may[open_] = np.abs(moment - moment[first]) <= limits.window
    return may


def first_of_each(labels: Places, ranks: Places) -> Places:
    """For each row the row of the same label that ranks first.

    >>> first_of_each(np.array([0, 0, 2]), np.array([5, 3, 4])).tolist()
    [1, 1, 2]
    """
    order = np.lexsort((ranks, labels))
    fresh = _fresh(labels[order])
    firsts = np.empty(len(order), np.int64)
    firsts[order] = np.repeat(order[fresh], np.diff(np.append(np.flatnonzero(fresh), len(order))))
    return firsts


def _fresh(values: Places) -> Truth:
    """Where a value differs from the one before."""
    fresh = np.ones(len(values), bool)
    fresh[1:] = values[1:] != values[:-1]
    return fresh
