"""Learns what is routine at a source while texts come in: passages that stand there again and again are no evidence.

The rule is that of the duplicate stage (``duplicates.routine``): a shingle that stands on three days at one source is
routine, or where source or days are unknown in five texts, if most of the text does not. Only keys are counted. When
one of them has come so often, the texts that hold it are read once, and all shingles that they have in common become
routine at that source, from that text on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from clipclean.duplicates.routine import DAYS, STANDS_OUT
from clipclean.duplicates.shingles import as_set, shingle
from clipclean.index.block import Prints, Words12, key_of
from clipclean.index.hits import MOST, Hits
from clipclean.index.rows import NOWHERE
from clipclean.index.store import NO_PASSAGES, Passages
from clipclean.text import Places, Words

UNKNOWN = -1
"""The day of a text without one."""

TEXTS = 5
"""In how many texts, where days are unknown. With six, as in the duplicate stage, F1 of related pairs is .910 instead
of .915: one of 177 judged pairs."""

_CROWD = MOST // 2  # texts at one source that hold a key: routine there whatever the days, of which a crowd hides some
_LEARNT = 4  # keys of one text from which passages are learnt; a text of a hundred quotes costs no more

Reader = Callable[[list[int]], Words12]


@dataclass(frozen=True, slots=True)
class Facts:
    """Source and day of texts, new and stored: those of the first clipping of each."""

    numbers: Places
    source: Places
    day: Places

    def of(self, numbers: Places) -> tuple[Places, Places]:
        """Source and day of some texts."""
        place = self.numbers.searchsorted(numbers)
        return self.source[place], self.day[place]


@dataclass(slots=True)
class Learner:
    """The routine passages of the sources of a block, and what is learnt from it; ``learnt`` are those that grew."""

    passages: dict[int, Passages]
    read: Reader
    size: int
    learnt: set[int] = field(default_factory=set)

    def lessons(self, prints: Prints, first: int, hits: Hits, facts: Facts, flags: NDArray[np.bool_]) -> Places:
        """The entries of the hits, text by text, from which there is something to learn; ``flags`` are what ``flag``
        says of the block."""
        entries = _come_often(hits, facts)
        if len(entries):
            known = _flagged(prints, first, flags)
            entries = entries[~np.isin(_codes(hits.text_of[entries], hits.key_of[entries]), known)]
        return entries[np.lexsort((hits.key_of[entries], hits.text_of[entries]))] if len(entries) > 1 else entries

    def learn(self, entries: Places, hits: Hits, facts: Facts) -> None:
        """Learn what is routine from the texts of some entries of the hits."""
        seen = (0, 0)  # a text, and how many of its keys were looked at
        order = np.argsort(hits.entry, kind="stable")
        bounds = hits.entry[order].searchsorted(np.arange(len(hits.text_of) + 1))
        for entry in entries.tolist():
            text, key = int(hits.text_of[entry]), int(hits.key_of[entry])
            source = int(facts.of(np.array([text]))[0][0])
            if key in key_of(self.passages.get(source, NO_PASSAGES)[0]):
                continue
            seen = (text, seen[1] + 1) if seen[0] == text else (text, 1)
            if seen[1] > _LEARNT:
                continue
            others = hits.other[order[bounds[entry] : bounds[entry + 1]]]
            words = self.read([text, *_witnesses(text, others, facts)]).tokens
            values, offsets = shingle(words.hashes, words.offsets, self.size)
            common = as_set(values[: offsets[1]])
            for start, end in zip(offsets[1:-1].tolist(), offsets[2:].tolist(), strict=True):
                common = common[np.isin(common, values[start:end])]
            self._add(source, common, text)

    def _add(self, source: int, values: NDArray[np.uint64], since: int) -> None:
        hashes, born = self.passages.get(source, NO_PASSAGES)
        fresh = values[~np.isin(values, hashes)]
        if len(fresh):
            hashes = np.concatenate((hashes, fresh))
            order = np.argsort(hashes)
            born = np.concatenate((born, np.full(len(fresh), since)))[order]
            self.passages[source] = hashes[order], born
            self.learnt.add(source)

    def routine(self, source: int, values: Words, viewer: int) -> NDArray[np.bool_]:
        """Which shingles are routine at a source for the text ``viewer``: what was learnt from later ones is not."""
        hashes, born = self.passages.get(source, NO_PASSAGES)
        if not len(hashes):
            return np.zeros(len(values), bool)
        place = hashes.searchsorted(values)
        found: NDArray[np.bool_] = hashes.take(place, mode="clip") == values
        return found & (born.take(place, mode="clip") <= viewer)

    def flag(self, prints: Prints, first: int, sources: Places) -> NDArray[np.bool_]:
        """Which shingles of a block are routine at the sources of its texts, by what was known when each came."""
        flags = np.zeros(len(prints.values), bool)
        for text, source in enumerate(sources.tolist()):
            if len(self.passages.get(source, NO_PASSAGES)[0]):
                part = slice(prints.offsets[text], prints.offsets[text + 1])
                flags[part] = self.routine(source, prints.values[part], first + text)
        return flags


def flagged_entries(prints: Prints, first: int, flags: NDArray[np.bool_], hits: Hits) -> NDArray[np.bool_]:
    """Which entries of the hits are keys of routine shingles."""
    if not flags.any():
        return np.zeros(len(hits.text_of), bool)
    found: NDArray[np.bool_] = np.isin(_codes(hits.text_of, hits.key_of), _flagged(prints, first, flags))
    return found


def forget(passages: Mapping[int, Passages], oldest: int) -> dict[int, Passages]:
    """What is left of the passages that grow old: those that were learnt before any text that is still there go.

    >>> kept = forget({1: (np.array([5, 6], dtype=np.uint64), np.array([3, 9]))}, 4)
    >>> [column.tolist() for column in kept[1]]
    [[6], [9]]
    """
    left = {}
    for source, (hashes, born) in passages.items():
        young = born >= oldest
        if not young.all():
            left[source] = hashes[young], born[young]
    return left


def _come_often(hits: Hits, facts: Facts) -> Places:
    """The entries whose key has come often enough at the source of their text."""
    source, day = facts.of(hits.text)
    others, days = facts.of(hits.other)
    same = source == others
    if np.count_nonzero(same) < DAYS - 1:
        return np.empty(0, np.int64)
    entry = hits.entry[same]
    count = len(hits.text_of)
    texts = 1 + np.bincount(entry, minlength=count)
    apart = same & (days != UNKNOWN) & (days != day)
    dates = np.unique(_codes(hits.entry[apart], days[apart]))
    number = 1 + np.bincount(dates >> np.int64(32), minlength=count)
    source, day = facts.of(hits.text_of)
    counted = (source == NOWHERE) | (day == UNKNOWN)
    often = np.where(counted, False, number >= DAYS) | (texts >= _CROWD)
    doubtful = np.flatnonzero(counted & (texts >= TEXTS))
    for place in doubtful.tolist():
        usual = int(np.median(texts[hits.text_of == hits.text_of[place]]))
        often[place] = texts[place] >= max(TEXTS, STANDS_OUT * usual)
    return often.nonzero()[0]


def _witnesses(text: int, others: Places, facts: Facts) -> list[int]:
    """The texts at the source of ``text`` that show what is routine there: the newest of two other days, else four."""
    (source,), (day,) = facts.of(np.array([text]))
    same = np.sort(others[facts.of(others)[0] == source])[::-1]
    if source != NOWHERE and day != UNKNOWN:
        newest: dict[int, int] = {}
        for other, when in zip(same.tolist(), facts.of(same)[1].tolist(), strict=True):
            if when not in (UNKNOWN, day):
                newest.setdefault(when, other)
        if len(newest) >= DAYS - 1:
            return list(newest.values())[: DAYS - 1]
    return [int(other) for other in same[: TEXTS - 1].tolist()]


def _flagged(prints: Prints, first: int, flags: NDArray[np.bool_]) -> Places:
    """Codes of the texts and keys of routine shingles."""
    place = flags.nonzero()[0]
    text = first + prints.offsets.searchsorted(place, "right") - 1
    return np.unique(_codes(text, key_of(prints.values[place])))


def _codes(high: Places, low: Places) -> Places:
    """Two numbers as one; the second is below 2^32."""
    return high << np.int64(32) | low
