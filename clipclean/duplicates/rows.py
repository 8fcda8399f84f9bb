"""From documents to the rows that fold, and back: as few rows as the window and the scope allow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipclean.config import Scope
from clipclean.duplicates.buckets import decode
from clipclean.duplicates.facts import NOWHERE
from clipclean.duplicates.folding import Limits, Measured, Rows, Truth, fold
from clipclean.duplicates.matching import Texts, Verdicts
from clipclean.text import Places

_BEST_KNOWN = 4
"""With how many known texts of its cluster a new text is compared beside those that it was measured against."""


@dataclass(frozen=True, slots=True)
class Copies:
    """Documents as folding sees them, one entry for each: their rank, source number, moment, and which were known."""

    rank: Places
    source: Places
    moment: NDArray[np.float64]
    known: Truth


def fold_documents(texts: Texts, labels: Places, copies: Copies, limits: Limits, measured: Measured) -> Places:
    """For each document the one it is folded into, its own number where it stays. ``texts`` are ranked.

    ``labels`` names the cluster of each text. Where some documents are known, the others are folded into these and not
    into one another.
    """
    text = np.repeat(np.arange(len(texts.words)), np.diff(texts.bounds))
    rows, row = _rows(texts.documents, text, labels, copies, limits)
    kept = np.arange(len(copies.rank))
    if copies.known.any():
        some, label = _beside_known(rows, labels, measured.verdicts, len(texts.words))
        own = np.full(len(rows.text), -1)
        own[some] = np.arange(len(some))  # a new row is there once
        centre = some[fold(rows.of(some, label), limits, measured, against=True)]
        target = np.where(own >= 0, centre[own] if len(some) else 0, np.arange(len(own)))
        target = np.where(rows.known, np.arange(len(own)), target)
    else:
        target = fold(rows, limits, measured)
    moved = target[row]
    # Copies of one row are copies of one another, but for those of one source where only other sources count.
    alone = (moved == row) & (limits.scope is Scope.CROSS_SOURCE or bool(copies.known.any()))
    if limits.scope is not Scope.ALL:
        alone |= copies.source[texts.documents] == NOWHERE
    kept[texts.documents[~alone]] = rows.document[moved[~alone]]
    return kept


def _rows(documents: Places, text: Places, labels: Places, copies: Copies, limits: Limits) -> tuple[Rows, Places]:
    """The rows, and for each of the documents (grouped by text, best first) the row it is in."""
    known, source = copies.known[documents], copies.source[documents]
    if limits.window is not None:
        row = first = np.arange(len(documents))
    elif limits.scope is Scope.ALL and not known.any():
        row, first = text, np.searchsorted(text, np.arange(len(labels)))
    else:
        kind = known.astype(np.int64)
        if limits.scope is not Scope.ALL:
            kind += 2 * (source + 1)
        order = np.lexsort((copies.rank[documents], kind, text))
        fresh = np.ones(len(order), bool)
        fresh[1:] = (text[order[1:]] != text[order[:-1]]) | (kind[order[1:]] != kind[order[:-1]])
        row = np.empty(len(order), np.int64)
        row[order] = np.cumsum(fresh) - 1
        first = order[fresh]
    best = documents[first]
    rows = Rows(
        best, text[first], labels[text[first]], copies.rank[best], source[first], copies.moment[best], known[first]
    )
    return rows, row


def _beside_known(rows: Rows, labels: Places, verdicts: Verdicts, count: int) -> tuple[Places, Places]:
    """Which rows to look at, known ones several times, and under which labels: one for each text with new copies.

    Under it stand its new copies, and the known ones of its own text, of the texts it matches, and of the first few of
    its cluster, with which it may never have been measured.
    """
    new, known = np.flatnonzero(~rows.known), np.flatnonzero(rows.known)
    fresh = np.unique(rows.text[new])
    left, right = decode(verdicts.codes[verdicts.matches])
    best = known[np.lexsort((rows.rank[known], rows.label[known]))]
    start = np.searchsorted(rows.label[best], rows.label[best])
    best = best[np.arange(len(best)) - start < _BEST_KNOWN]
    at, which = _joined(labels[fresh], rows.label[best])
    ones = np.concatenate((fresh, left, right, fresh[at]))
    others = np.concatenate((fresh, right, left, rows.text[best][which]))
    inside = np.isin(ones, fresh) & np.isin(others, rows.text[known])
    pairs = np.unique(ones[inside] * count + others[inside])
    by_text = known[np.argsort(rows.text[known], kind="stable")]
    at, which = _joined(pairs % max(count, 1), rows.text[by_text])
    return np.concatenate((new, by_text[which])), np.concatenate((rows.text[new], (pairs // max(count, 1))[at]))


def _joined(keys: Places, ordered: Places) -> tuple[Places, Places]:
    """Every pair of places at which ``keys`` and ``ordered``, which ascends, have the same value.

    >>> [side.tolist() for side in _joined(np.array([7, 5]), np.array([5, 5, 6]))]
    [[1, 1], [0, 1]]
    """
    low, high = np.searchsorted(ordered, keys), np.searchsorted(ordered, keys, "right")
    at = np.repeat(np.arange(len(keys)), high - low)
    return at, np.arange(len(at)) - np.repeat(np.cumsum(high - low) - (high - low), high - low) + low[at]
