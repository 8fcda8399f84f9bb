"""Says the answer in the words of the model: from texts by number back to documents by id.

Everything is sorted and counted in columns; values are made at the end, one call for each. Known documents are left out
but where new ones fold into them.
"""

from __future__ import annotations

import gc
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise, repeat

import numpy as np
from numpy.typing import NDArray

from clipclean.config import DedupSettings, Keep
from clipclean.duplicates.buckets import decode, encode
from clipclean.duplicates.facts import NOWHERE, preferred_place
from clipclean.duplicates.matching import RELATIONS, Texts, Verdicts
from clipclean.duplicates.rows import Copies
from clipclean.model import Cluster, Deduplication, Fold, Match, Relation, new_clusters, new_folds, new_matches
from clipclean.text import Places

_LISTED = 1024
"""Up to this many pairs of documents are listed for one pair of texts; beyond, each document with the first few."""
_FEW = 4
_SAME_TEXT = -1
_SAME = "the same words in the same order"
_DUPLICATE = RELATIONS.index(Relation.DUPLICATE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def report(
    ids: Sequence[str],
    order: Places,
    texts: Texts,
    kept: Places,
    verdicts: Verdicts,
    copies: Copies,
    why: Callable[[Places], Iterable[str]],
) -> Deduplication:
    """Folds of all documents, clusters of two or more, and the matches, all in the order of the input.

    ``order`` lists the documents as the input has them. ``kept`` is for each the document that it is folded into, its
    own number where it stays. ``texts`` have their copies ranked. The verdicts hold every pair of texts across which
    something is folded. ``why`` says why documents are kept.
    """
    text = np.full(len(ids), -1)
    text[texts.documents] = np.repeat(np.arange(len(texts.words)), np.diff(texts.bounds))
    with _no_collection():
        return Deduplication(
            folds=tuple(_folds(ids, order[~copies.known[order]], text, kept, verdicts, copies)),
            clusters=tuple(_clusters(ids, order, kept, copies, why)),
            matches=tuple(_matches(ids, order, texts, verdicts, copies)),
        )


@contextmanager
def _no_collection() -> Iterator[None]:
    """Leave the garbage collector out: of so many new values none is garbage, and looking takes longer than making."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _folds(
    ids: Sequence[str], shown: Places, text: Places, kept: Places, verdicts: Verdicts, copies: Copies
) -> Iterable[Fold]:
    names = [ids[document] for document in shown.tolist()] if len(shown) else []
    folds = new_folds(names, names)
    at = np.flatnonzero(kept[shown] != shown)
    own, other = text[shown[at]], text[kept[shown[at]]]
    place = np.where(own == other, _SAME_TEXT, verdicts.find(encode(own, other)))
    leads = [ids[document] for document in kept[shown[at]].tolist()]
    known = copies.known[kept[shown[at]]].tolist()
    relation, jaccard, containment, _, _ = _figures(place, verdicts)
    made = new_folds([names[number] for number in at.tolist()], leads, leads, relation, jaccard, containment, known)
    for number, fold in zip(at.tolist(), made, strict=True):
        folds[number] = fold
    return folds


def _clusters(
    ids: Sequence[str], order: Places, kept: Places, copies: Copies, why: Callable[[Places], Iterable[str]]
) -> Iterable[Cluster]:
    """Clusters of two or more by their first members, with how many sources they stand at and within what time."""
    sizes = np.bincount(kept, minlength=len(kept))
    members = order[sizes[kept[order]] > 1]
    if not len(members):
        return ()
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    first = np.full(len(kept), len(order))
    np.minimum.at(first, kept[members], place[members])
    members = members[np.argsort(first[kept[members]], kind="stable")]
    cluster = kept[members]
    starts = np.flatnonzero(np.append(True, cluster[1:] != cluster[:-1]))
    sources = _different(copies.source[members], starts)
    hours = _hours(copies.moment[members], starts)
    names = [ids[member] for member in members.tolist()]
    bounds = [*starts.tolist(), len(members)]
    parts = [tuple(names[start:end]) for start, end in pairwise(bounds)]
    leads = cluster[starts]
    lead_names = [ids[lead] for lead in leads.tolist()]
    return new_clusters(lead_names, parts, why(leads), sources, hours, copies.known[leads].tolist())


def _different(source: Places, starts: Places) -> list[int]:
    """How many different known sources stand in each run."""
    run = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(source))))
    stated = source != NOWHERE
    pairs = np.unique(run[stated] * (int(source.max()) + 2) + source[stated])
    counts: list[int] = np.bincount(pairs // (int(source.max()) + 2), minlength=len(starts)).tolist()
    return counts


def _hours(moment: NDArray[np.float64], starts: Places) -> list[float | None]:
    """The hours between the first and the last known moment of each run; None where fewer than two are known."""
    dated = np.add.reduceat((~np.isnan(moment)).astype(np.int64), starts)
    last = np.fmax.reduceat(moment, starts)
    span = (last - np.fmin.reduceat(moment, starts)) / 3600
    return [round(hours, 2) if count > 1 else None for hours, count in zip(span.tolist(), dated.tolist(), strict=True)]


def say_why(keep: Keep, words: int, moment: float, preferred: str) -> str:
    """Why a copy is kept, in the words of the policy that chose it.

    >>> say_why(Keep.LONGEST, 412, float("nan"), ""), say_why(Keep.EARLIEST, 412, 1488621600.0, "")
    ('longest: 412 words', 'earliest: 2017-03-04T10:00')
    """
    length = f"longest: {words:,} {'word' if words == 1 else 'words'}"
    if keep is Keep.FIRST:
        return "first in the input"
    if keep is Keep.PREFERRED:
        return f"preferred source: {preferred}" if preferred else f"{length}; none is of a preferred source"
    if keep is Keep.LONGEST:
        return length
    if moment != moment:
        return f"{length}; none has a date"
    return f"{keep.value}: {(_EPOCH + timedelta(seconds=moment)).strftime('%Y-%m-%dT%H:%M')}"


def why_one_is_kept(settings: DedupSettings, words: int, moment: float | None, source: str) -> str:
    """Why one copy is kept, given what is known of it; ``moment`` is in seconds since 1970.

    >>> why_one_is_kept(DedupSettings(prefer=("halden.example",)), 412, None, "news.halden.example")
    'preferred source: halden.example'
    """
    place = preferred_place(settings.prefer, source)
    preferred = settings.prefer[place] if place < len(settings.prefer) else ""
    return say_why(settings.keep, words, math.nan if moment is None else moment, preferred)


Figures = tuple[Iterable[Relation], Iterable[float], Iterable[float], Iterable[str], Iterable[float]]


def _figures(place: Places, verdicts: Verdicts) -> Figures:
    """Relation, Jaccard, containment, reason and strength of the verdicts at some places, -1 for equal texts."""
    same = place == _SAME_TEXT
    if same.all():
        many = len(place)
        return [Relation.EXACT] * many, [1.0] * many, [1.0] * many, [_SAME] * many, [1.0] * many
    # A chain of matches may fold a copy into one that it does not match itself; it is called a duplicate all the same.
    relation = np.where(same, 0, np.maximum(verdicts.relation[place], _DUPLICATE))
    measures = (np.where(same, 1.0, side[place]) for side in (verdicts.jaccard, verdicts.containment))
    strength = np.where(same, 1.0, verdicts.strength[place]).tolist()
    reasons = [_SAME if number == _SAME_TEXT else verdicts.reasons[number] for number in place.tolist()]
    jaccard, containment = (side.tolist() for side in measures)
    return [RELATIONS[number] for number in relation.tolist()], jaccard, containment, reasons, strength


def _matches(ids: Sequence[str], order: Places, texts: Texts, verdicts: Verdicts, copies: Copies) -> Iterable[Match]:
    input_place = np.empty(len(order), np.int64)
    input_place[order] = np.arange(len(order))
    rows = np.concatenate(list(_pairs(texts, verdicts)))
    rows = rows[~copies.known[rows[:, 0]] | ~copies.known[rows[:, 1]]]
    swapped = input_place[rows[:, 0]] > input_place[rows[:, 1]]
    rows[swapped, 0], rows[swapped, 1] = rows[swapped, 1], rows[swapped, 0].copy()
    rows = rows[np.lexsort((input_place[rows[:, 1]], input_place[rows[:, 0]]))]
    again = np.zeros(len(rows), bool)  # of long lists, pairs of two of the first few
    again[1:] = (rows[1:, :2] == rows[:-1, :2]).all(axis=1)
    rows = rows[~again]
    one, other = ([ids[document] for document in rows[:, side].tolist()] for side in (0, 1))
    known = copies.known[rows[:, 0]].tolist() if copies.known.any() else repeat(False)
    return new_matches(one, other, *_figures(rows[:, 2], verdicts), known)


def _pairs(texts: Texts, verdicts: Verdicts) -> Iterator[Places]:
    """Pairs of documents that match, each with the place of its verdict."""
    copies = np.diff(texts.bounds)
    place = np.flatnonzero(verdicts.matches)
    left, right = decode(verdicts.codes[place])
    alike = np.flatnonzero(copies > 1)
    one, other = np.concatenate((left, alike)), np.concatenate((right, alike))
    place = np.concatenate((place, np.full(len(alike), _SAME_TEXT)))
    listed = copies[one] * copies[other] <= _LISTED
    yield _across(texts, one[listed], other[listed], place[listed], copies, copies)
    few = np.minimum(copies, _FEW)
    yield _across(texts, one[~listed], other[~listed], place[~listed], few, copies)
    yield _across(texts, one[~listed], other[~listed], place[~listed], copies, few)


def _across(texts: Texts, one: Places, other: Places, place: Places, copies: Places, others: Places) -> Places:
    """The first so many documents of some texts with the first so many of others, and the places of the verdicts."""
    pairs = copies[one] * others[other]
    pair = np.repeat(np.arange(len(pairs)), pairs)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(pairs) - pairs, pairs)
    left, right = np.divmod(within, others[other][pair])
    documents = (texts.documents[texts.bounds[text[pair]] + at] for text, at in ((one, left), (other, right)))
    rows: Places = np.stack((*documents, place[pair]), axis=1)
    once: Places = rows[(one[pair] != other[pair]) | (left < right) | (copies is not others)]
    apart: Places = once[once[:, 0] != once[:, 1]]
    return apart
