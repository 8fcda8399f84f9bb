"""The index at work: documents come in the order in which they are to be compared, and each gets its verdict.

The answers are those of adding one document after the other; a block is taken at once for speed alone. What depends on
what came before (which passages are routine, which cluster is joined, what has grown too old) is settled document by
document, what does not in columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from clipclean.config import DedupSettings
from clipclean.dedup_settings import window_hours
from clipclean.index.arrival import BLOCK, DAY, Arrival, first_block, moment_of, now, source_of
from clipclean.index.block import Prints, fingerprint
from clipclean.index.newcomers import Newcomers, Origins, signed
from clipclean.index.passages import UNKNOWN, forget
from clipclean.index.placing import Placer, State
from clipclean.index.relate import Relative, dated_pairs, is_late, relate_texts
from clipclean.index.removal import remove
from clipclean.index.rows import NOWHERE, ClippingRow, TextRow
from clipclean.index.store import Changes, Store
from clipclean.index.verdict import Verdict
from clipclean.model import Document

_FIRST_DAY = 719_163  # 1970-01-01 as date.toordinal has it
_NEXT, _NEXT_SOURCE, _ARRIVED = "next text", "next source", "arrived"
_NEWEST, _DROPPED = "newest date", "dropped before"
_NEVER = -(1 << 62)
_COUNTERS = {_NEXT: 1, _NEXT_SOURCE: 1, _ARRIVED: 0, _NEWEST: _NEVER, _DROPPED: _NEVER}


@dataclass(frozen=True, slots=True)
class _Placed:
    """Verdicts on some documents, their new texts, the rows as they are then, the new texts as given, new sources.

    Of documents that came apart, ``teachers`` are the places of those that have to be placed alone.
    """

    verdicts: list[Verdict]
    texts: Newcomers
    state: State
    stored: list[str]
    sources: dict[str, int]
    teachers: list[int]


@dataclass(slots=True)
class Engine:
    """Adds documents to a store and says what they are; every call is inside a transaction of the store's.

    With ``settings.window`` clippings are dropped that are older than that, in whole days before the newest date. A
    date more than a day ahead of the clock counts as unknown.
    """

    store: Store
    settings: DedupSettings
    store_text: bool = False
    _counters: dict[str, int] = field(default_factory=dict)
    _stale: bool = False

    def add(self, documents: Sequence[Document], prints: Prints | None = None) -> list[Verdict]:
        """Add documents; those that are there with the same words stay as they are, those with others are replaced.

        ``prints`` are those of the documents, where these hold no text: up to ``BLOCK`` with different ids.
        """
        self._load()
        verdicts: list[Verdict] = []
        while documents:
            block = first_block(documents) if prints is None else documents
            verdicts += self._add_block(block, prints or fingerprint([document.text for document in block], self._size))
            documents = documents[len(block) :]
        self.store.put({name: str(value) for name, value in self._counters.items()})
        return verdicts

    def check(self, documents: Sequence[Document]) -> list[Verdict]:
        """What each document would be if it alone were added; nothing is written."""
        verdicts: list[Verdict] = []
        while documents:
            block = first_block(documents, apart=True)
            verdicts += self._check_block(block)
            documents = documents[len(block) :]
        return verdicts

    def _check_block(self, documents: Sequence[Document]) -> list[Verdict]:
        self._load()
        prints = fingerprint([document.text for document in documents], self._size)
        there = self.store.by_id([document.id for document in documents])
        digests = self._digests(there)
        alone = [place for place in range(len(documents)) if _differs(documents[place], prints, place, digests)]
        rest = [place for place in range(len(documents)) if place not in alone]
        verdicts: dict[int, Verdict] = {}
        if rest:
            placed = self._place([documents[place] for place in rest], prints.take(np.array(rest)), there, apart=True)
            verdicts.update(zip(rest, placed.verdicts, strict=True))
            alone += [rest[place] for place in placed.teachers]
        for place in alone:
            document = documents[place]
            instead = there[document.id].text if document.id in there else None
            self._load()
            placed = self._place([document], prints.take(np.array([place])), {}, instead=instead)
            verdicts[place] = placed.verdicts[0]
        return [verdicts[place] for place in range(len(documents))]

    def find(self, rows: Sequence[ClippingRow]) -> list[Verdict]:
        """What clippings are that were added."""
        state = State(self.store)
        state.fetch([row.text for row in rows])
        placer = self._placer(state)
        return [placer.known(row) for row in rows]

    def why_kept(self, row: ClippingRow) -> str:
        """Why a clipping is kept, in words."""
        return self._placer(State(self.store)).why(row)

    def remove(self, rows: Sequence[ClippingRow]) -> None:
        """Take clippings out; a cluster keeps its name as long as another clipping is in it."""
        remove(self.store, self._placer(State(self.store)), rows, self._size)

    def expire(self, before: int) -> int:
        """Take out what was seen before a moment in seconds since 1970; how many clippings that were."""
        rows = list(self.store.before(before))
        for start in range(0, len(rows), BLOCK):
            self.remove(rows[start : start + BLOCK])
        if rows:
            oldest = next((row.text for row in self.store.walk()), 1 << 62)
            held = {source: self.store.passages(source) for source in self.store.walk_passages()}
            self.store.write(Changes(passages=forget(held, oldest)))
        return len(rows)

    def drop_stale(self) -> None:
        """Take out again what was too old when it came, once what came with it has been compared with it."""
        if self._stale:
            self._stale = False
            self.expire(self._limit_now())

    def _add_block(self, documents: Sequence[Document], prints: Prints) -> list[Verdict]:
        """Add documents with different ids; cut where one makes others too old, or replaces what its id had before."""
        verdicts: list[Verdict] = []
        start = 0
        while start < len(documents):
            self._drop_aged(documents[start])
            there = self.store.by_id([document.id for document in documents[start:]])
            digests = self._digests(there)
            stop, name = start + 1, None
            if _differs(documents[start], prints, start, digests):
                name = self._make_room(there.pop(documents[start].id))
            else:
                while stop < len(documents) and not (
                    self._ages(documents[stop]) or _differs(documents[stop], prints, stop, digests)
                ):
                    stop += 1
            verdicts += self._add_part(documents[start:stop], prints.take(np.arange(start, stop)), there, name)
            start = stop
        return verdicts

    def _make_room(self, row: ClippingRow) -> str | None:
        """Take out what an id had before; a name for the cluster that its new text may found, where its id is taken."""
        number = self.store.texts([row.text])[row.text].cluster
        self.remove([row])
        cluster = self.store.clusters([number]).get(number)
        return f"{row.id}~{self._counters[_NEXT]}" if cluster and cluster.name == row.id else None

    def _add_part(
        self, documents: Sequence[Document], prints: Prints, there: dict[str, ClippingRow], name: str | None
    ) -> list[Verdict]:
        placed = self._place(documents, prints, there, name)
        self.store.write(self._changes(placed))
        return placed.verdicts

    def _place(
        self,
        documents: Sequence[Document],
        prints: Prints,
        there: dict[str, ClippingRow],
        name: str | None = None,
        instead: int | None = None,
        *,
        apart: bool = False,
    ) -> _Placed:
        """What documents are, and what adding those comes to that are not there; ``apart`` they know nothing of one
        another. The first new text is not compared with ``instead``."""
        known = [there[document.id].text for document in documents if document.id in there]
        fresh = [place for place, document in enumerate(documents) if document.id not in there]
        coming, prints = documents, prints.take(np.array(fresh, int))
        documents = [documents[place] for place in fresh]
        known_sources = self._counters[_NEXT_SOURCE]
        sources = self._sources(documents)
        arrivals = self._arrive_all(documents, sources, apart)
        first = self._counters[_NEXT]
        numbers, new = self._number(prints, arrivals, first, apart)
        self._counters[_NEXT] += len(new)
        first_of = [arrivals[place] for place in new]
        dated = [UNKNOWN if arrival.published is None else arrival.day for arrival in first_of]
        columns = [arrival.source for arrival in first_of], dated, [arrival.day for arrival in first_of]
        origins = Origins(*(np.array(column, np.int64) for column in columns))
        texts = Newcomers(self.store, prints.take(np.array(new, int)), origins, first, self._size, apart)
        pairs = texts.find(instead)
        state = State(self.store)
        state.fetch({*known, *(number for number in (*numbers, *(other for _, other in pairs)) if number < first)})
        state.fetch_copies({number for number in numbers if number < first})
        rows = {number: state.text(number) for pair in pairs for number in pair if number < first}
        come = list(zip(arrivals, numbers, strict=True))
        relatives = relate_texts(dated_pairs(texts, rows, pairs, come, self._window), texts)

        def measure(text: TextRow, other: TextRow) -> Relative | None:
            texts.rows.setdefault(other.number, other)
            found = relate_texts([(text, other, is_late(text, other))], texts)
            return found[text.number][0] if found else None

        names = {number: source for source, number in sources.items()}
        placer = Placer(state, self.settings, measure, names, self._window)
        verdicts = []
        placed: set[int] = set()
        teachers = []
        arriving = iter(come)
        for place, document in enumerate(coming):
            if apart and place:
                placer = replace(placer, state=state.apart())
            if document.id in there:  # at its turn, as a later one may be kept instead of what is kept now
                verdicts.append(placer.known(there[document.id]))
                continue
            arrival, number = next(arriving)
            if number < first or number in placed:
                verdicts.append(placer.place_copy(arrival, number))
            else:
                verdicts.append(placer.place_new(arrival, texts.row(number), relatives.get(number, []), name))
                placed.add(number)
            if number in texts.teachers:
                teachers.append(place)
        new_sources = {source: number for source, number in sources.items() if number >= known_sources}
        stored = [documents[place].text for place in new]
        return _Placed(verdicts, texts, state, stored, new_sources, teachers)

    def _changes(self, placed: _Placed) -> Changes:
        """What adding documents changes."""
        changes, rows = placed.texts.changes, placed.state.changes()
        changes.texts, changes.clusters, changes.clippings = rows.texts, rows.clusters, rows.clippings
        stored = placed.stored if self.store_text else None
        changes.bodies = placed.texts.prints.words.rows(placed.texts.first, stored)
        changes.sources = placed.sources
        return changes

    def _number(
        self, prints: Prints, arrivals: Sequence[Arrival], first: int, apart: bool
    ) -> tuple[list[int], list[int]]:
        """The text of each document, and which documents have one that is new."""
        digests = [signed(digest) for digest in prints.digests.tolist()]
        held: dict[int, list[int]] = {}
        for digest, number in self.store.by_digest([digest for digest in digests if digest]):
            held.setdefault(digest, []).append(number)
        rows = self.store.texts([number for numbers in held.values() for number in numbers])
        days = {number: (row.low, row.high) for number, row in rows.items()}
        numbers: list[int] = []
        new: list[int] = []
        for place, (digest, arrival) in enumerate(zip(digests, arrivals, strict=True)):
            same = held.setdefault(digest, []) if digest else []  # empty texts are no copies of one another
            found = [number for number in same if self._near(days[number], arrival.day)]
            number = found[-1] if found else first + len(new)
            numbers.append(number)
            if not found:
                new.append(place)
            if apart:
                continue
            if not found:
                same.append(number)
            low, high = days.get(number, (arrival.day, arrival.day))
            days[number] = min(low, arrival.day), max(high, arrival.day)
        return numbers, new

    def _near(self, days: tuple[int, int], day: int) -> bool:
        return self._window is None or max(days[0] - day, day - days[1]) <= self._window

    def _sources(self, documents: Sequence[Document]) -> dict[str, int]:
        """The numbers of sources by name, whatever the case; 0 for an unknown one."""
        names = [name for name in dict.fromkeys(map(source_of, documents)) if name]
        numbers = {"": NOWHERE} | self.store.sources(names)
        for name in names:
            if name not in numbers:
                numbers[name] = self._counters[_NEXT_SOURCE]
                self._counters[_NEXT_SOURCE] += 1
        return numbers

    def _arrive_all(self, documents: Sequence[Document], sources: dict[str, int], apart: bool) -> list[Arrival]:
        arrivals = []
        before = dict(self._counters)
        for document in documents:
            if apart:
                self._counters.update(before)
            arrivals.append(self._arrive(document, sources))
        return arrivals

    def _arrive(self, document: Document, sources: dict[str, int]) -> Arrival:
        moment = moment_of(document.published)
        if moment is not None:
            self._counters[_NEWEST] = max(self._counters[_NEWEST], moment)
            self._stale |= self.settings.window is not None and moment < self._limit_now()
            seen = moment
        else:
            seen = self._counters[_NEWEST] if self._counters[_NEWEST] != _NEVER else now()
        self._counters[_ARRIVED] += 1
        day = seen // DAY + _FIRST_DAY
        return Arrival(document.id, sources[source_of(document)], moment, seen, day, self._counters[_ARRIVED])

    def _drop_aged(self, document: Document) -> None:
        moment = moment_of(document.published)
        if moment is not None and self._ages(document):
            self._counters[_DROPPED] = self._limit(moment)
            self.expire(self._counters[_DROPPED])

    def _ages(self, document: Document) -> bool:
        """Whether a document is of a new day, from which on others are too old."""
        moment = None if self.settings.window is None else moment_of(document.published)
        return moment is not None and self._limit(moment) > self._limit_now()

    def _limit_now(self) -> int:
        return max(self._counters[_DROPPED], self._limit(self._counters[_NEWEST]))

    def _limit(self, moment: int) -> int:
        return moment // DAY * DAY - DAY * (self._window or 0)

    @property
    def _window(self) -> int | None:
        """The window in days, a day that is begun as a whole one."""
        return None if self.settings.window is None else -(-window_hours(self.settings.window) // 24)

    @property
    def _size(self) -> int:
        return self.settings.ngram

    def _load(self) -> None:
        facts = self.store.get()
        self._counters = {name: int(facts.get(name, value)) for name, value in _COUNTERS.items()}

    def _digests(self, there: dict[str, ClippingRow]) -> dict[str, int]:
        """The digests of the texts of clippings."""
        texts = self.store.texts({row.text for row in there.values()})
        return {name: texts[row.text].digest for name, row in there.items()}

    def _placer(self, state: State) -> Placer:
        return Placer(state, self.settings, lambda text, other: None, {}, self._window)


def _differs(document: Document, prints: Prints, place: int, digests: dict[str, int]) -> bool:
    """Whether the id of a document is there with other words; ``digests`` are those of the ids that are there."""
    return document.id in digests and digests[document.id] != signed(int(prints.digests[place]))
