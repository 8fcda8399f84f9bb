"""The typed mode: a match says how two texts relate, measured on what is their own rather than routine."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from clipclean.config import Candidates, DedupSettings
from clipclean.duplicates import bands, sketches
from clipclean.duplicates.bitmaps import BITS, Bitmaps, common_bits, count_bits, expected_bits, most_values, set_bits
from clipclean.duplicates.buckets import Codes, decode, hub_pairs
from clipclean.duplicates.clusters import NO_CROWD, connect
from clipclean.duplicates.families import batches, chunks, ranges
from clipclean.duplicates.matching import NONE, RELATIONS, Texts, Verdicts
from clipclean.duplicates.minhash import permutations, sign
from clipclean.duplicates.relating import ROUTINE, own_shingles, relate_pairs, routine_shingles
from clipclean.duplicates.relations import LATE_DAYS, LEAST_SHARED, SHORTEST, Finding
from clipclean.duplicates.routine import UNKNOWN, Columns, Counter
from clipclean.duplicates.shingles import shingle
from clipclean.duplicates.sketches import Sketches
from clipclean.text import Places, Tokens, Words

_DEVIATIONS = 3
"""How many standard errors less than needed a sketch may share: three of 2,000 pairs at the threshold share less."""
_UNLUCKY = 1
"""The same for the bits of all own shingles: what is right at the least that may be related seldom is."""
_NEAR = 0.6  # of the fewer shingles are shared by texts that are read together
_ROWS = 2  # of the bands, where these are asked for: they find 91 of 100 cut-down copies, more rows far fewer


class TypedMatcher:
    """Judges pairs of texts by what is their own. Learns what is routine when it is made, and changes no more."""

    def __init__(self, texts: Texts, settings: DedupSettings, counter: Counter) -> None:
        self._texts = texts
        self._settings = settings
        columns = Columns(texts.source, texts.day)
        # Where each text stands: one entry for each of its sources, counted if none of its copies there has a day.
        text = np.repeat(np.arange(len(texts.words)), np.diff(texts.bounds))
        order = np.lexsort((columns.counted[texts.documents], texts.source[texts.documents], text))
        text, documents = text[order], texts.documents[order]
        fresh = np.ones(len(text), bool)
        fresh[1:] = (text[1:] != text[:-1]) | (texts.source[documents[1:]] != texts.source[documents[:-1]])
        self._stands_at = documents[fresh]
        self._stands = np.searchsorted(text[fresh], np.arange(len(texts.words) + 1))
        self._routine = counter.learn(texts.store, columns, settings.ngram)

    def match(self) -> tuple[Verdicts, Places]:
        """Measure all candidate pairs of texts. Second, for each text the crowd in which it has matches, or -1."""
        count = len(self._texts.words)
        if self._settings.candidates is Candidates.BANDS:
            codes, crowds = self._bands()
            verdicts = self.judge(codes)
            return verdicts, _crowded(verdicts, [crowd.members for crowd in crowds], count)
        found, bits, own = self._summarise()
        blocks, crowds_of = sketches.find_candidates(found)
        crowded, set_ = sketches.in_crowds(crowds_of, count), count_bits(bits)
        some, closer = [np.empty(0, np.uint64)], [np.empty(0, bool)]
        for codes, shared in blocks:
            left, right = decode(codes)
            fewer = np.minimum(*sketches.comparable(found, left, right))
            enough = shared + np.minimum(crowded[left], crowded[right])
            likely = enough >= sketches.expected(LEAST_SHARED, fewer, _DEVIATIONS)
            codes, left, right = codes[likely], left[likely], right[likely]
            common, fewer = common_bits(bits, left, right), np.minimum(own[left], own[right])
            likely = common >= expected_bits(set_[left], set_[right], LEAST_SHARED * fewer, _UNLUCKY)
            near = common >= expected_bits(set_[left], set_[right], _NEAR * fewer, 0)
            some.append(codes[likely])
            closer.append(near[likely])
        verdicts = self.judge(np.concatenate(some), np.concatenate(closer))
        return verdicts, _crowded(verdicts, crowds_of, count)

    def judge(self, codes: Codes, near: NDArray[np.bool_] | None = None) -> Verdicts:
        """Measure pairs of texts, given ascending; ``near`` are those to be measured together, for speed alone."""
        findings: list[Finding | None] = [None] * len(codes)
        jaccard, containment = np.zeros((2, len(codes)))
        for batch in batches(codes, self._texts.words, near):
            late = self._late(batch.texts[batch.left], batch.texts[batch.right])
            found = relate_pairs(self._read(batch.texts), batch.left, batch.right, late, self._settings.ngram)
            jaccard[batch.pairs], containment[batch.pairs] = found.jaccard, found.containment
            for pair, finding in zip(batch.pairs.tolist(), found.findings, strict=True):
                findings[pair] = finding
        return Verdicts(
            codes,
            np.array([RELATIONS.index(finding.relation) if finding else NONE for finding in findings], np.int8),
            jaccard,
            containment,
            np.array([finding.strength if finding else 0.0 for finding in findings]),
            [finding.reason if finding else "" for finding in findings],
        )

    def _summarise(self) -> tuple[Sketches, Bitmaps, Places]:
        """Sketches and bitmaps of the own shingles of every text that has enough of them, and how many it has."""
        parts, count = [], len(self._texts.words)
        bits, own = np.empty((count, BITS // 64), np.uint64), np.empty(count, np.int64)
        for part, values, offsets in self._own_shingles():
            values, offsets = own_shingles(values, offsets, np.repeat(np.diff(offsets) < SHORTEST, np.diff(offsets)))
            bits[part] = set_bits(values, offsets)
            own[part] = np.minimum(np.diff(offsets), np.ceil(most_values(bits[part])))  # repeats count once
            parts.append(sketches.sketch(values, offsets))
        return Sketches.join(parts), bits, own

    def _read(self, some: Places) -> Tokens:
        """The words of some texts, flagged where a shingle begins that is routine at all sources of the text."""
        words = self._texts.read(some)
        if not len(self._routine.bits):
            return words
        begins, lengths = self._texts.store.offsets, np.diff(words.offsets)
        alone = np.diff(self._stands)[some] == 1
        stand = self._stands_at[self._stands[some]]
        words.flags[self._routine.at(ranges(begins[stand], lengths))] |= ROUTINE
        for text in np.flatnonzero(~alone).tolist():
            flags = words.flags[words.offsets[text] : words.offsets[text + 1]]
            for document in self._stands_at[self._stands[some[text]] + 1 : self._stands[some[text] + 1]].tolist():
                also = self._routine.at(np.arange(begins[document], begins[document + 1]))
                flags[~also] &= ~ROUTINE
        return words

    def _bands(self) -> tuple[Codes, list[bands.Crowd]]:
        """Candidates by the bands of signatures of own shingles."""
        count = len(self._texts.words)
        signatures = np.zeros((count, self._settings.permutations), np.uint32)
        permuted = permutations(self._settings.permutations, self._settings.seed)
        enough = np.zeros(count, bool)
        for part, values, offsets in self._own_shingles():
            signatures[part] = sign(values, offsets, *permuted)
            enough[part] = np.diff(offsets) >= SHORTEST
        return bands.find_candidates(signatures, np.flatnonzero(enough), _ROWS)

    def _own_shingles(self) -> Iterator[tuple[slice, Words, Places]]:
        """The own shingles of all texts, block by block, and which texts these are."""
        for part in chunks(self._texts.words):
            words = self._read(np.arange(len(self._texts.words))[part])
            values, offsets = shingle(words.hashes, words.offsets, self._settings.ngram)
            yield part, *own_shingles(values, offsets, routine_shingles(words, offsets))

    def _late(self, left: Places, right: Places) -> NDArray[np.bool_]:
        """Whether all copies of the two texts stand at one known source, and two or more days apart."""
        alone = np.where(np.diff(self._stands) == 1, self._texts.source[self._stands_at[self._stands[:-1]]], UNKNOWN)
        late: NDArray[np.bool_] = (alone[left] == alone[right]) & (alone[left] != UNKNOWN)
        day, copies = self._texts.day[self._texts.first], np.diff(self._texts.bounds)
        known = (day[left] != UNKNOWN) & (day[right] != UNKNOWN)
        late &= np.where(
            (copies[left] == 1) & (copies[right] == 1), known & (abs(day[left] - day[right]) >= LATE_DAYS), True
        )
        for pair in np.flatnonzero(late & ((copies[left] > 1) | (copies[right] > 1))).tolist():
            late[pair] = _days_apart(*(self._texts.day[self._texts.copies(int(side[pair]))] for side in (left, right)))
        return late


def _days_apart(one: Places, other: Places) -> bool:
    """Whether each day of the one is known and ``LATE_DAYS`` or more from every day of the other."""
    if UNKNOWN in one or UNKNOWN in other:
        return False
    days = np.unique(other)
    after = np.searchsorted(days, one)
    return all(bool((np.abs(days.take(after + step, mode="clip") - one) >= LATE_DAYS).all()) for step in (-1, 0))


def _crowded(verdicts: Verdicts, crowds: list[Places], count: int) -> Places:
    crowded = np.full(count, NO_CROWD)
    if crowds:
        place = verdicts.find(np.unique(np.concatenate([hub_pairs(crowd) for crowd in crowds])))
        place = place[place >= 0]
        left, right = decode(verdicts.codes[place[verdicts.matches[place]]])
        inside = np.union1d(left, right)
        crowded[inside] = connect(count, left, right)[inside]
    return crowded
