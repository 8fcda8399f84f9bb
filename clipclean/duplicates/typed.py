"""The typed mode: a match says how two texts relate, measured on what is their own rather than routine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from clipclean.config import DedupSettings
from clipclean.duplicates.buckets import Codes, decode, hub_pairs
from clipclean.duplicates.clusters import NO_CROWD, connect
from clipclean.duplicates.matching import NONE, RELATIONS, Texts, Verdicts
from clipclean.duplicates.plain import shingle_sets
from clipclean.duplicates.relations import LATE_DAYS, LEAST_SHARED, SHORTEST, Figures, Finding, differ, relate
from clipclean.duplicates.routine import UNKNOWN, Columns, learn
from clipclean.duplicates.sentences import Story, compare, read_story
from clipclean.duplicates.shingles import as_set, shingle
from clipclean.duplicates.sketches import find_candidates, sketch
from clipclean.duplicates.verify import measure, walk
from clipclean.text import Places, Words

_BLOCK = 1 << 15  # words


@dataclass(frozen=True, slots=True)
class _Part:
    """A text's shingles in order, and which of them are routine wherever the text stands."""

    values: Words
    routine: NDArray[np.bool_]


class TypedMatcher:
    """Judges pairs of texts by what is their own. Learns what is routine when it is made, and changes no more."""

    def __init__(self, texts: Texts, settings: DedupSettings) -> None:
        self._texts = texts
        self._size = settings.ngram
        columns = Columns(texts.source, texts.day)
        self._routine = learn(texts.store, columns, settings.ngram)
        # Where each text stands: one entry for each of its sources, counted if none of its copies there has a day.
        text = np.repeat(np.arange(len(texts.words)), np.diff(texts.bounds))
        order = np.lexsort((columns.counted[texts.documents], texts.source[texts.documents], text))
        text, documents = text[order], texts.documents[order]
        fresh = np.ones(len(text), bool)
        fresh[1:] = (text[1:] != text[:-1]) | (texts.source[documents[1:]] != texts.source[documents[:-1]])
        self._sources = texts.source[documents[fresh]]
        self._counted = columns.counted[documents[fresh]]
        self._stands = np.searchsorted(text[fresh], np.arange(len(texts.words) + 1))

    def match(self) -> tuple[Verdicts, Places]:
        """Measure all candidate pairs of texts. Second, for each text the crowd in which it has matches, or -1."""
        sketches, members = [np.empty(0, np.uint64)], [np.empty(0, np.int64)]
        for start, end in _blocks(self._texts.words):
            texts = np.arange(start, end)
            for text, own in zip(texts.tolist(), self._own_sets(texts), strict=True):
                if len(own) >= SHORTEST:
                    sketches.append(sketch(own))
                    members.append(np.full(len(sketches[-1]), text))
        codes, crowds = find_candidates(np.concatenate(sketches), np.concatenate(members))
        verdicts = self.judge(codes)
        return verdicts, _crowded(verdicts, crowds, len(self._texts.words))

    def judge(self, codes: Codes) -> Verdicts:
        """Measure pairs of texts: own shingles first, sentences where these leave a chance."""
        own = measure(codes, self._texts.words, self._own_sets)
        fewer, more = np.minimum(own.left, own.right), np.maximum(own.left, own.right)
        likely = np.flatnonzero((own.of_smaller >= LEAST_SHARED) & (fewer >= SHORTEST))
        findings: list[Finding | None] = [None] * len(codes)
        left, right = decode(codes[likely])
        late = self._late(left, right)
        for place, one, other in walk(codes[likely], self._texts.words, self._stories):
            pair = int(likely[place])
            findings[pair] = relate(
                Figures(
                    shared=int(own.shared[pair]),
                    fewer=int(fewer[pair]),
                    more=int(more[pair]),
                    shares=compare(one, other),
                    words=min(one.words, other.words),
                    numbers=differ(one.all_numbers, other.all_numbers),
                    late=bool(late[place]),
                )
            )
        found = np.array([place for place, finding in enumerate(findings) if finding], np.int64)
        whole = measure(codes[found], self._texts.words, lambda some: shingle_sets(self._texts, some, self._size))
        jaccard, containment, strength = np.zeros((3, len(codes)))
        jaccard[found], containment[found] = whole.jaccard, whole.of_smaller
        strength[found] = [finding.strength for finding in findings if finding]
        relation = [RELATIONS.index(finding.relation) if finding else NONE for finding in findings]
        reasons = [finding.reason if finding else "" for finding in findings]
        return Verdicts(codes, np.array(relation, np.int8), jaccard, containment, strength, reasons)

    def _parts(self, some: Places) -> list[_Part]:
        words = self._texts.read(some)
        values, offsets = shingle(words.hashes, words.offsets, self._size)
        first = self._stands[some]
        routine = self._routine.mask(values, offsets, self._sources[first], self._counted[first])
        parts = []
        for text, start, end in zip(some.tolist(), offsets[:-1].tolist(), offsets[1:].tolist(), strict=True):
            part = _Part(values[start:end], routine[start:end])
            for stand in range(int(self._stands[text]) + 1, int(self._stands[text + 1])):
                bounds, here = np.array([0, end - start]), slice(stand, stand + 1)
                part.routine[:] &= self._routine.mask(part.values, bounds, self._sources[here], self._counted[here])
            parts.append(part)
        return parts

    def _own_sets(self, some: Places) -> list[Words]:
        return [as_set(part.values[~part.routine]) for part in self._parts(some)]

    def _stories(self, some: Places) -> list[Story]:
        words = self._texts.read(some)
        bounds = zip(words.offsets[:-1].tolist(), words.offsets[1:].tolist(), strict=True)
        return [
            read_story(words.hashes[start:end], words.flags[start:end], part.routine, self._size)
            for part, (start, end) in zip(self._parts(some), bounds, strict=True)
        ]

    def _late(self, left: Places, right: Places) -> NDArray[np.bool_]:
        """Whether all copies of the two texts stand at one known source, and two or more days apart."""
        alone = np.where(np.diff(self._stands) == 1, self._sources[self._stands[:-1]], UNKNOWN)
        late: NDArray[np.bool_] = (alone[left] == alone[right]) & (alone[left] != UNKNOWN)
        for pair in np.flatnonzero(late).tolist():
            late[pair] = _days_apart(*(self._texts.day[self._texts.copies(int(side[pair]))] for side in (left, right)))
        return late


def _days_apart(one: Places, other: Places) -> bool:
    """Whether each day of the one is known and ``LATE_DAYS`` or more from every day of the other."""
    if UNKNOWN in one or UNKNOWN in other:
        return False
    days = np.unique(other)
    after = np.searchsorted(days, one)
    return all(bool((np.abs(days.take(after + step, mode="clip") - one) >= LATE_DAYS).all()) for step in (-1, 0))


def _blocks(words: Places) -> Iterator[tuple[int, int]]:
    """Ranges of texts that come to about a block of words each."""
    number = np.cumsum(words) // _BLOCK
    bounds = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), len(words)]
    yield from ((start, end) for start, end in pairwise(bounds) if start < end)


def _crowded(verdicts: Verdicts, crowds: list[Places], count: int) -> Places:
    crowded = np.full(count, NO_CROWD)
    if crowds:
        place = verdicts.find(np.unique(np.concatenate([hub_pairs(crowd) for crowd in crowds])))
        left, right = decode(verdicts.codes[place[verdicts.matches[place]]])
        inside = np.union1d(left, right)
        crowded[inside] = connect(count, left, right)[inside]
    return crowded
