"""The new texts of a block: what is routine in them, which earlier texts they may be related to, and what they are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from clipclean.columns import spans
from clipclean.duplicates.families import running
from clipclean.duplicates.relating import ROUTINE
from clipclean.duplicates.shingles import shingle
from clipclean.index.block import Prints, Words12
from clipclean.index.entries import distinct
from clipclean.index.hits import choose, find_hits
from clipclean.index.passages import UNKNOWN, Facts, Learner, flagged_entries
from clipclean.index.rows import COPIES, TextRow
from clipclean.index.store import Changes, Store
from clipclean.text import Places, Tokens


@dataclass(frozen=True, slots=True)
class Origins:
    """Source and day (-1 where unknown) of the first clipping of each new text, and the day when it was seen."""

    source: Places
    day: Places
    seen: Places


View = tuple[int, int]
"""A text, and the text for which it is looked at: what is routine in it depends on what had come until then."""


@dataclass(slots=True)
class Newcomers:
    """New texts, numbered from ``first`` on, before they are in the store. ``size`` is the length of shingles.

    Those that come ``apart`` know nothing of one another; ``teachers`` are those of them that would teach what is
    routine, of which nothing else is found. ``rows`` are the stored texts that they meet.
    """

    store: Store
    prints: Prints
    origins: Origins
    first: int
    size: int
    apart: bool = False
    own: Places = field(default_factory=lambda: np.empty(0, np.int64))
    changes: Changes = field(default_factory=Changes)
    rows: dict[int, TextRow] = field(default_factory=dict)
    teachers: set[int] = field(default_factory=set)
    _learner: Learner = field(init=False)

    def __post_init__(self) -> None:
        self._learner = Learner({}, self.read, self.size)

    def find(self, instead: int | None = None) -> list[tuple[int, int]]:
        """Each new text with the earlier ones it may be related to; ``instead`` is one that it may not."""
        count = len(self.prints.digests)
        if not count:
            return []
        keys, numbers = self.store.by_key(self.prints.keys if count == 1 else distinct(self.prints.keys))
        if instead is not None:
            keys, numbers = keys[numbers != instead], numbers[numbers != instead]
        mine = np.arange(self.first, self.first + count).repeat(spans(self.prints.bounds))
        self.changes.posted.append((self.prints.keys, mine))
        for source in set(self.origins.source.tolist()):
            self._learner.passages[source] = self.store.passages(source)
        if not len(keys) and (count == 1 or self.apart):
            self.own = self._count_own(self._learner.flag(self.prints, self.first, self.origins.source))
            return []
        hits = find_hits(
            np.concatenate((keys, self.prints.keys)), np.concatenate((numbers, mine)), self.first, apart=self.apart
        )
        if len(hits.surplus[0]):
            self.changes.unposted.append(hits.surplus)
        if not len(hits.entry):
            self.own = self._count_own(self._learner.flag(self.prints, self.first, self.origins.source))
            return []
        self.rows = self.store.texts(np.unique(hits.other[hits.other < self.first]).tolist())
        facts, owns = self._facts()
        flags = self._learner.flag(self.prints, self.first, self.origins.source)
        lessons = self._learner.lessons(self.prints, self.first, hits, facts, flags)
        if len(lessons) and self.apart:
            self.teachers.update(hits.text_of[lessons].tolist())
        elif len(lessons):
            self._learner.learn(lessons, hits, facts)
            flags = self._learner.flag(self.prints, self.first, self.origins.source)
        learnt = sorted(self._learner.learnt)
        self.changes.passages.update({source: self._learner.passages[source] for source in learnt})
        self.own = self._count_own(flags)
        others = facts.numbers, np.concatenate((owns, self.own))
        text, other = choose(hits, flagged_entries(self.prints, self.first, flags, hits), self.own, self.first, others)
        pairs = zip(text.tolist(), other.tolist(), strict=True)
        return [pair for pair in pairs if pair[0] not in self.teachers] if self.teachers else list(pairs)

    def _count_own(self, routine: NDArray[np.bool_]) -> Places:
        """How many shingles of each text are not routine."""
        counts = spans(self.prints.offsets)
        return counts - np.diff(running(routine)[self.prints.offsets]) if routine.any() else counts

    def row(self, number: int) -> TextRow:
        """The facts of a new text, in a cluster of its own."""
        place = number - self.first
        day = int(self.origins.day[place])
        known = day != UNKNOWN
        offsets = self.prints.words.tokens.offsets
        return TextRow(
            number=number,
            digest=signed(int(self.prints.digests[place])),
            words=int(offsets[place + 1] - offsets[place]),
            own=int(self.own[place]),
            source=int(self.origins.source[place]),
            day=day if known else None,
            alone=known,
            low=int(self.origins.seen[place]),
            high=int(self.origins.seen[place]),
            cluster=number,
            best=number * COPIES,
        )

    def read(self, numbers: list[int]) -> Words12:
        """The words of some texts, new and stored, in the order asked for."""
        stored = sorted({number for number in numbers if number < self.first})
        if len(stored) == 0 and numbers == list(range(self.first, self.first + len(self.prints.digests))):
            return self.prints.words
        rows = self.store.bodies(stored)
        place = {number: at for at, number in enumerate(stored)}
        old, new = Words12.read([rows[number] for number in stored]), self.prints.words
        parts = []
        for number in numbers:
            block, at = (old, place[number]) if number < self.first else (new, number - self.first)
            parts.append((block, slice(block.tokens.offsets[at], block.tokens.offsets[at + 1])))
        offsets = np.zeros(len(parts) + 1, np.int64)
        np.cumsum([part.stop - part.start for _, part in parts], out=offsets[1:])
        short = np.concatenate([block.short[part] for block, part in parts])
        hashes = np.concatenate([block.tokens.hashes[part] for block, part in parts])
        flags = np.concatenate([block.tokens.flags[part] for block, part in parts])
        return Words12(short, Tokens(hashes, offsets, flags))

    def view(self, number: int, viewer: int) -> View:
        """A text as a new one sees it. Only where its source has taught something just now does it matter which."""
        return number, viewer if self._source(number) in self._learner.learnt else self.first + len(self.own)

    def look(self, views: list[View]) -> Tokens:
        """The words of texts, flagged where shingles begin that are routine at their sources for who looks at them."""
        tokens = self.read([number for number, _ in views]).tokens
        sources = [self._source(number) for number, _ in views]
        for source in set(sources) - self._learner.passages.keys():
            self._learner.passages[source] = self.store.passages(source)
        if any(len(self._learner.passages[source][0]) for source in sources):
            flags = tokens.flags.copy()
            values, offsets = shingle(tokens.hashes, tokens.offsets, self.size)
            for place, ((_, viewer), source) in enumerate(zip(views, sources, strict=True)):
                own = values[offsets[place] : offsets[place + 1]]
                routine = self._learner.routine(source, own, viewer)
                flags[tokens.offsets[place] + routine.nonzero()[0]] |= ROUTINE
            tokens = replace(tokens, flags=flags)
        return tokens

    def _source(self, number: int) -> int:
        return self.rows[number].source if number < self.first else int(self.origins.source[number - self.first])

    def _facts(self) -> tuple[Facts, Places]:
        """Source and day of the texts that are met, and how many own shingles the stored ones have."""
        numbers = sorted(self.rows)
        known = [self.rows[number] for number in numbers]
        days = [UNKNOWN if row.day is None else row.day for row in known]
        new = np.arange(self.first, self.first + len(self.prints.digests))
        facts = Facts(
            np.concatenate((np.array(numbers, np.int64), new)),
            np.concatenate((np.array([row.source for row in known], np.int64), self.origins.source)),
            np.concatenate((np.array(days, np.int64), self.origins.day)),
        )
        return facts, np.array([row.own for row in known], np.int64)


def signed(digest: int) -> int:
    """A digest as the signed number that stores hold.

    >>> signed((1 << 64) - 1)
    -1
    """
    return digest - (1 << 64) if digest >= 1 << 63 else digest
