"""The typed mode: a match says how two texts relate, measured on what is their own rather than routine."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from clipclean.columns import spans
from clipclean.config import Candidates, DedupSettings
from clipclean.duplicates import bands, sketches
from clipclean.duplicates.bitmaps import BITS, Bitmaps, common_bits, count_bits, expected_bits
from clipclean.duplicates.buckets import Codes, decode, hub_pairs
from clipclean.duplicates.clusters import NO_CROWD, connect
from clipclean.duplicates.families import batches, chunks, ranges, running
from clipclean.duplicates.fingerprints import Print, typed_print
from clipclean.duplicates.matching import NONE, Texts, Verdicts
from clipclean.duplicates.minhash import permutations, sign
from clipclean.duplicates.relating import ROUTINE, Related, own_shingles, relate_pairs, routine_shingles
from clipclean.duplicates.relations import LATE_DAYS, LEAST_SHARED, SHORTEST
from clipclean.duplicates.routine import UNKNOWN, Columns, learn
from clipclean.duplicates.shingles import shingle
from clipclean.duplicates.sketches import Sketches
from clipclean.duplicates.spread import Spread
from clipclean.duplicates.store import Extracts
from clipclean.text import Bytes, Places, Tokens, Words

_DEVIATIONS = 3
"""How many standard errors less than needed a sketch may share: three of 2,000 pairs at the threshold share less."""
_UNLUCKY = 1
"""The same for the bits of all own shingles: what is right at the least that may be related seldom is."""
_NEAR = 0.6  # of the fewer shingles are shared by texts that are read together
_ROWS = 2  # of the bands, where these are asked for: they find 91 of 100 cut-down copies, more rows far fewer


@dataclass(frozen=True, slots=True)
class _Flagged:
    """Where the words of some texts lie, and with one bit for each word at which of them routine shingles begin."""

    extracts: Extracts
    routine: Bytes | None

    def read(self) -> Tokens:
        """The words, flagged so."""
        words = self.extracts.read()
        if self.routine is not None:
            words.flags[np.unpackbits(self.routine, count=len(words.flags)).view(bool)] |= ROUTINE
        return words


@dataclass(frozen=True, slots=True)
class _Task:
    """Pairs of a batch of texts, with all that measuring them takes; see ``relate_pairs``."""

    words: _Flagged
    group: Places
    left: Places
    right: Places
    late: NDArray[np.bool_]


def relater(size: int) -> Callable[[Sequence[_Task]], list[Related]]:
    """Build the function that measures pairs by shingles of ``size`` words.

    >>> relater(5)([])
    []
    """
    return lambda tasks: [
        relate_pairs(task.words.read(), task.group, task.left, task.right, task.late, size) for task in tasks
    ]


def own_printer(size: int) -> Callable[[Sequence[_Flagged]], list[Print]]:
    """Build the function that takes the prints of blocks of texts without what is routine.

    >>> own_printer(5)([])
    []
    """
    return lambda blocks: [typed_print(*_own(block.read(), size)) for block in blocks]


def _own(words: Tokens, size: int) -> tuple[Words, Places]:
    values, offsets = shingle(words.hashes, words.offsets, size)
    return own_shingles(values, offsets, routine_shingles(words, offsets))


class TypedMatcher:
    """Judges pairs of texts by what is their own. Learns what is routine when it is made, and changes no more.

    ``prints`` are those of all shingles of each document, block by block.
    """

    def __init__(self, texts: Texts, settings: DedupSettings, prints: Sequence[Print], spread: Spread) -> None:
        self._texts = texts
        self._settings = settings
        self._prints = prints
        self._spread = spread
        columns = Columns(texts.source, texts.day)
        # Where each text stands: one entry for each of its sources, counted if none of its copies there has a day.
        text = np.repeat(np.arange(len(texts.words)), spans(texts.bounds))
        order = np.lexsort((columns.counted[texts.documents], texts.source[texts.documents], text))
        text, documents = text[order], texts.documents[order]
        fresh = np.ones(len(text), bool)
        fresh[1:] = (text[1:] != text[:-1]) | (texts.source[documents[1:]] != texts.source[documents[:-1]])
        self._stands_at = documents[fresh]
        self._stands = np.searchsorted(text[fresh], np.arange(len(texts.words) + 1))
        at_one = spans(self._stands) == 1
        self._alone_at = np.where(at_one, texts.source[self._stands_at[self._stands[:-1]]], UNKNOWN)
        self._routine = learn(texts.store, columns, settings.ngram, spread)

    def match(self) -> tuple[Verdicts, Places]:
        """Measure all candidate pairs of texts. Second, for each text the crowd in which it has matches, or -1."""
        count = len(self._texts.words)
        if self._settings.candidates is Candidates.BANDS:
            codes, crowds = self._bands()
            verdicts = self.judge(codes)
            return verdicts, _crowded(verdicts, [crowd.members for crowd in crowds], count)
        found, bits, own = self._summarise()
        pairs = sketches.find_pairs(found, self._spread)
        crowded, set_ = sketches.in_crowds(pairs.crowds, count), count_bits(bits)

        def likely(block: slice) -> tuple[Codes, NDArray[np.bool_]]:
            """Those pairs of a block that may be related, and which of them share much."""
            codes, shared = pairs.count(block)
            left, right = decode(codes)
            fewer = np.minimum(*sketches.comparable(found, left, right))
            enough = shared + np.minimum(crowded[left], crowded[right])
            some = enough >= sketches.expected(LEAST_SHARED, fewer, _DEVIATIONS)
            codes, left, right = codes[some], left[some], right[some]
            common, fewer = common_bits(bits, left, right), np.minimum(own[left], own[right])
            some = common >= expected_bits(set_[left], set_[right], LEAST_SHARED * fewer, _UNLUCKY)
            near = common >= expected_bits(set_[left], set_[right], _NEAR * fewer, 0)
            return codes[some], near[some]

        none = np.empty(0, np.uint64), np.empty(0, bool)
        codes, near = map(np.concatenate, zip(none, *self._spread.threads(likely, pairs.blocks()), strict=True))
        verdicts = self.judge(codes, near)
        return verdicts, _crowded(verdicts, pairs.crowds, count)

    def judge(self, codes: Codes, near: NDArray[np.bool_] | None = None) -> Verdicts:
        """Measure pairs of texts, given ascending; ``near`` are those to be measured together, for speed alone."""
        relation, reasons = np.full(len(codes), NONE, np.int8), [""] * len(codes)
        strength, jaccard, containment = np.zeros((3, len(codes)))
        asked: deque[Places] = deque()

        def tasks() -> Iterator[list[_Task]]:
            for batch in batches(codes, self._texts.words, near):
                asked.append(batch.pairs)
                late = self._late(batch.texts[batch.left], batch.texts[batch.right])
                yield [_Task(self._locate(batch.texts), batch.group, batch.left, batch.right, late)]

        for (found,) in self._spread.map(partial(relater, self._settings.ngram), tasks()):
            pairs = asked.popleft()
            jaccard[pairs], containment[pairs] = found.jaccard, found.containment
            relation[pairs], strength[pairs] = found.findings.relation, found.findings.strength
            for pair, reason in zip(pairs.tolist(), found.findings.reasons, strict=True):
                reasons[pair] = reason
        return Verdicts(codes, relation, jaccard, containment, strength, reasons)

    def _summarise(self) -> tuple[Sketches, Bitmaps, Places]:
        """Sketches and bitmaps of the own shingles of every text that has enough of them, and how many it has."""
        found, bits, own = _take(self._prints, self._texts.first)
        some = self._with_routine()
        if len(some):
            some = some[np.argsort(self._texts.first[some])]  # in the order of the store, where that reads as one
            blocks = ([self._locate(some[part])] for part in chunks(self._texts.words[some]))
            printed = self._spread.map(partial(own_printer, self._settings.ngram), blocks)
            again = [one for found in printed for one in found]
            place = np.arange(len(own))
            other, bits[some], own[some] = _take(again, np.arange(len(some)))
            place[some] = len(own) + np.arange(len(some))
            found = Sketches.join([found, other]).take(place)
        return found, bits, own

    def _with_routine(self) -> Places:
        """The texts in which something is routine, at one of their sources at least."""
        documents = np.searchsorted(self._texts.store.offsets, self._routine.words, "right") - 1
        routine = np.zeros(len(self._texts.source), bool)
        routine[documents] = True
        bounds = self._texts.bounds
        return np.flatnonzero(np.diff(running(routine[self._texts.documents])[bounds]))

    def _locate(self, some: Places) -> _Flagged:
        """The words of some texts, flagged where a shingle begins that is routine at all sources of the text."""
        extracts = self._texts.locate(some)
        if not len(self._routine.bits):
            return _Flagged(extracts, None)
        begins, bounds = self._texts.store.offsets, extracts.offsets
        alone = self._stands[some + 1] - self._stands[some] == 1
        routine = self._routine.at(ranges(begins[self._stands_at[self._stands[some]]], spans(bounds)))
        for text in np.flatnonzero(~alone).tolist():
            for document in self._stands_at[self._stands[some[text]] + 1 : self._stands[some[text] + 1]].tolist():
                also = self._routine.at(np.arange(begins[document], begins[document + 1]))
                routine[bounds[text] : bounds[text + 1]] &= also
        return _Flagged(extracts, np.packbits(routine) if routine.any() else None)

    def _bands(self) -> tuple[Codes, list[bands.Crowd]]:
        """Candidates by the bands of signatures of own shingles."""
        count = len(self._texts.words)
        signatures = np.zeros((count, self._settings.permutations), np.uint32)
        permuted = permutations(self._settings.permutations, self._settings.seed)
        enough = np.zeros(count, bool)
        for part, values, offsets in self._own_shingles(np.arange(count)):
            signatures[part] = sign(values, offsets, *permuted)
            enough[part] = spans(offsets) >= SHORTEST
        return bands.find_candidates(signatures, np.flatnonzero(enough), _ROWS)

    def _own_shingles(self, texts: Places) -> Iterator[tuple[Places, Words, Places]]:
        """The own shingles of some texts, block by block, and which texts these are."""
        for part in chunks(self._texts.words[texts]):
            yield texts[part], *_own(self._locate(texts[part]).read(), self._settings.ngram)

    def _late(self, left: Places, right: Places) -> NDArray[np.bool_]:
        """Whether all copies of the two texts stand at one known source, and two or more days apart."""
        late: NDArray[np.bool_] = (self._alone_at[left] == self._alone_at[right]) & (self._alone_at[left] != UNKNOWN)
        bounds = self._texts.bounds
        one, other = (self._texts.day[self._texts.documents[bounds[side]]] for side in (left, right))
        single = (bounds[left + 1] - bounds[left] == 1) & (bounds[right + 1] - bounds[right] == 1)
        late &= ~single | ((one != UNKNOWN) & (other != UNKNOWN) & (abs(one - other) >= LATE_DAYS))
        for pair in np.flatnonzero(late & ~single).tolist():
            late[pair] = _days_apart(*(self._texts.day[self._texts.copies(int(side[pair]))] for side in (left, right)))
        return late


def _take(parts: Sequence[Print], texts: Places) -> tuple[Sketches, Bitmaps, Places]:
    """What stands for some of the texts of several blocks, in any order."""
    sizes = [len(part.sketch.upto) for part in parts]
    place = np.full(sum(sizes), -1)
    place[texts] = np.arange(len(texts))
    bits, own = np.empty((len(texts), BITS // 64), np.uint64), np.empty(len(texts), np.int64)
    first = 0
    for part, size in zip(parts, sizes, strict=True):
        assert part.bits is not None
        assert part.own is not None
        asked = place[first : first + size]
        bits[asked[asked >= 0]], own[asked[asked >= 0]] = part.bits[asked >= 0], part.own[asked >= 0]
        first += size
    return Sketches.join([part.sketch for part in parts]).take(texts), bits, own


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
