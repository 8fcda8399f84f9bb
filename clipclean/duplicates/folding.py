"""Chooses the copy of each story that stays and says for every other one what it is measured to be to that copy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipclean.config import Keep
from clipclean.duplicates.buckets import encode
from clipclean.duplicates.matching import Judge, Verdicts
from clipclean.text import Places


@dataclass(frozen=True, slots=True)
class Stars:
    """For each text the text it is folded into (itself where it is kept), and verdicts that hold all these pairs."""

    centre: Places
    verdicts: Verdicts


def rank(keep: Keep, ids: Sequence[str], words: Places, moment: NDArray[np.float64], position: Places) -> Places:
    """The place of each of some documents in the order in which copies are kept, from 0.

    ``longest``: words, then date, then id. ``earliest`` and ``latest``: date, then words, then id; ``moment`` is in
    seconds, NaN where unknown, and unknown comes last. ``first``: position alone. But for the last the order of the
    input has no say.

    >>> rank(Keep.LONGEST, ["b", "a", "c"], np.array([9, 9, 30]), np.array([1.0, 1.0, np.nan]), np.arange(3)).tolist()
    [2, 1, 0]
    """
    if keep is Keep.FIRST:
        order = np.argsort(position, kind="stable")
    else:
        name = np.empty(len(ids), np.int64)
        name[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
        date = np.where(np.isnan(moment), np.inf, -moment if keep is Keep.LATEST else moment)
        order = np.lexsort((name, date, -words) if keep is Keep.LONGEST else (name, -words, date))
    places = np.empty(len(order), np.int64)
    places[order] = np.arange(len(order))
    return places


def first_of_each(labels: Places, ranks: Places) -> Places:
    """For each text the text of the same label that ranks first.

    >>> first_of_each(np.array([0, 0, 2]), np.array([5, 3, 4])).tolist()
    [1, 1, 2]
    """
    order = np.lexsort((ranks, labels))
    fresh = np.ones(len(order), bool)
    fresh[1:] = labels[order[1:]] != labels[order[:-1]]
    firsts = np.empty(len(order), np.int64)
    firsts[order] = np.repeat(order[fresh], np.diff(np.append(np.flatnonzero(fresh), len(order))))
    return firsts


def fold_all(labels: Places, ranks: Places, verdicts: Verdicts, judge: Judge) -> Stars:
    """Fold every text of a cluster into the one that ranks first; pairs that were never measured are measured now.

    >>> from clipclean.duplicates.matching import NO_VERDICTS
    >>> fold_all(np.array([0, 1]), np.array([0, 1]), NO_VERDICTS, lambda codes: NO_VERDICTS).centre.tolist()
    [0, 1]
    """
    centre = first_of_each(labels, ranks)
    moved = np.flatnonzero(centre != np.arange(len(centre)))
    return Stars(centre, _with(encode(centre[moved], moved), verdicts, judge))


def fold_related(labels: Places, ranks: Places, verdicts: Verdicts, judge: Judge, folds: NDArray[np.bool_]) -> Stars:
    """Fold a text of a cluster into the one that ranks first if ``folds`` is true for their relation.

    Of the texts left over the first is kept again, and so on: nothing is folded but into a copy that it was measured
    against. Pairs that were never measured are measured now.

    >>> from clipclean.duplicates.matching import NO_VERDICTS
    >>> alone, every = np.arange(2), np.ones(4, bool)
    >>> fold_related(alone, alone, NO_VERDICTS, lambda codes: NO_VERDICTS, every).centre.tolist()
    [0, 1]
    """
    centre = first_of_each(labels, ranks)
    moved = np.flatnonzero(centre != np.arange(len(centre)))
    while len(moved):
        codes = encode(centre[moved], moved)
        verdicts = _with(codes, verdicts, judge)
        relation = verdicts.relation[verdicts.find(codes)]
        apart = moved[(relation < 0) | ~folds[relation]]
        centre[apart] = apart[first_of_each(labels[apart], ranks[apart])]
        moved = apart[centre[apart] != apart]
    return Stars(centre, verdicts)


def _with(codes: NDArray[np.uint64], verdicts: Verdicts, judge: Judge) -> Verdicts:
    unknown = np.unique(codes[verdicts.find(codes) < 0])
    return verdicts.join(judge(unknown)) if len(unknown) else verdicts
