"""Says the answer in the words of the model: from texts by number back to documents by id."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from clipclean.duplicates.buckets import decode, encode
from clipclean.duplicates.matching import RELATIONS, Texts, Verdicts
from clipclean.model import Cluster, Deduplication, Match, Relation, new_fold, new_match
from clipclean.text import Places

_LISTED = 1024
"""Up to this many pairs of documents are listed for one pair of texts; beyond, each document with the first few."""
_FEW = 4
_SAME_TEXT = -1
_EXACT = Relation.EXACT, 1.0, 1.0, "the same words in the same order"


def report(ids: Sequence[str], order: Places, texts: Texts, kept: Places, verdicts: Verdicts) -> Deduplication:
    """Folds of all documents, clusters of two or more, and the matches, all in the order of the input.

    ``order`` lists the documents as the input has them. ``kept`` is for each the document that it is folded into, its
    own number where it stays. ``texts`` have their copies ranked. The verdicts hold every pair of texts across which
    something is folded.
    """
    text = np.full(len(ids), -1)
    text[texts.documents] = np.repeat(np.arange(len(texts.words)), np.diff(texts.bounds))
    folded = np.flatnonzero(kept != np.arange(len(kept)))
    own, other = text[folded], text[kept[folded]]
    place = np.where(own == other, _SAME_TEXT, verdicts.find(encode(own, other)))
    verdict = dict(zip(folded.tolist(), place.tolist(), strict=True))
    leading = set(kept[folded].tolist())
    folds = []
    members: dict[int, list[str]] = {}
    for document, stays in zip(order.tolist(), kept[order].tolist(), strict=True):
        if stays in leading:
            members.setdefault(stays, []).append(ids[document])
        if document in verdict:
            relation, jaccard, containment, _ = _figures(verdict[document], verdicts)
            folds.append(new_fold(ids[document], ids[stays], ids[stays], relation, jaccard, containment))
        else:
            folds.append(new_fold(ids[document], ids[document]))
    return Deduplication(
        folds=tuple(folds),
        clusters=tuple(Cluster(ids[stays], tuple(names)) for stays, names in members.items()),
        matches=tuple(_matches(ids, order, texts, verdicts)),
    )


def _figures(place: int, verdicts: Verdicts) -> tuple[Relation, float, float, str]:
    if place == _SAME_TEXT:
        return _EXACT
    # A chain of matches may fold a copy into one that it does not match itself; it is called a duplicate all the same.
    relation = max(int(verdicts.relation[place]), RELATIONS.index(Relation.DUPLICATE))
    return (
        RELATIONS[relation],
        float(verdicts.jaccard[place]),
        float(verdicts.containment[place]),
        verdicts.reasons[place],
    )


def _matches(ids: Sequence[str], order: Places, texts: Texts, verdicts: Verdicts) -> Iterator[Match]:
    input_place = np.empty(len(order), np.int64)
    input_place[order] = np.arange(len(order))
    rows = np.concatenate([np.array(part, np.int64).reshape(-1, 3) for part in _pairs(texts, verdicts)])
    swapped = input_place[rows[:, 0]] > input_place[rows[:, 1]]
    rows[swapped, 0], rows[swapped, 1] = rows[swapped, 1], rows[swapped, 0].copy()
    sorting = np.lexsort((input_place[rows[:, 1]], input_place[rows[:, 0]]))
    relation, jaccard, containment = (
        column.tolist() for column in (verdicts.relation, verdicts.jaccard, verdicts.containment)
    )
    for one, other, place in rows[sorting].tolist():
        if place == _SAME_TEXT:
            yield new_match(ids[one], ids[other], *_EXACT)
        else:
            figures = RELATIONS[relation[place]], jaccard[place], containment[place], verdicts.reasons[place]
            yield new_match(ids[one], ids[other], *figures)


def _pairs(texts: Texts, verdicts: Verdicts) -> Iterator[object]:
    """Pairs of documents that match, each with the place of its verdict."""
    left, right = decode(verdicts.codes)
    copies = np.diff(texts.bounds)
    single = verdicts.matches & (copies[left] == 1) & (copies[right] == 1)
    first = texts.first
    yield np.stack((first[left[single]], first[right[single]], np.flatnonzero(single)), axis=1)
    ranked = {number: texts.copies(number).tolist() for number in np.flatnonzero(copies > 1).tolist()}
    for documents in ranked.values():
        few = documents[:_FEW] if len(documents) ** 2 > _LISTED else documents
        pairs = {tuple(sorted((one, other))) for one, other in product(few, documents) if one != other}
        yield [(one, other, _SAME_TEXT) for one, other in sorted(pairs)]
    for place in np.flatnonzero(verdicts.matches & ~single).tolist():
        sides = [ranked.get(number) or [int(first[number])] for number in (int(left[place]), int(right[place]))]
        if len(sides[0]) * len(sides[1]) <= _LISTED:
            yield [(one, other, place) for one, other in product(*sides)]
        else:
            few = [side[:_FEW] for side in sides]
            yield [(one, other, place) for one, other in {*product(few[0], sides[1]), *product(sides[0], few[1])}]
