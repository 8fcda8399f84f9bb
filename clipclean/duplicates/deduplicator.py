"""Takes documents in, one by one or by the million, and gives back what is a copy of what.

Texts are fingerprinted as they come and let go: memory holds ids, dates and sketches, temporary files the hashes of
words. Equal texts become one before anything is compared. All later steps see texts in an order given by their content,
so that neither the order of the input nor the way it was split has a say in the answer.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clipclean.config import DedupSettings, Reach
from clipclean.dates import parse_date
from clipclean.dedup_settings import window_hours
from clipclean.duplicates.buckets import decode
from clipclean.duplicates.clusters import connect, grow
from clipclean.duplicates.facts import Facts, rank
from clipclean.duplicates.fingerprints import Print, fingerprinter
from clipclean.duplicates.folding import Limits, Measured
from clipclean.duplicates.matching import RELATIONS, Judge, Texts, Verdicts
from clipclean.duplicates.minhash import permutations
from clipclean.duplicates.plain import PlainMatcher
from clipclean.duplicates.results import report, say_why
from clipclean.duplicates.routine import UNKNOWN
from clipclean.duplicates.rows import Copies, fold_documents
from clipclean.duplicates.sameness import name_number
from clipclean.duplicates.sketches import Sketches
from clipclean.duplicates.spread import HERE, Spread
from clipclean.duplicates.store import WordStore
from clipclean.duplicates.typed import TypedMatcher
from clipclean.errors import RecordError
from clipclean.model import Deduplication, Document
from clipclean.text import Places, Words

_DOCUMENTS = 96
_CHARACTERS = 1 << 19  # of one block: what fits the cache, and all of the texts that is ever held


def deduplicate(documents: Iterable[Document], settings: DedupSettings | None = None) -> Deduplication:
    """Find the copies among documents; see Deduplicator, which this calls.

    >>> story = "The ferry to Vellsund will run again from Monday, the harbour office said after a week of storms."
    >>> found = deduplicate([Document("a", story), Document("b", story.upper()), Document("c", "Something else.")])
    >>> [(fold.id, fold.cluster, fold.relation and fold.relation.value) for fold in found.folds]
    [('a', 'a', None), ('b', 'a', 'exact'), ('c', 'c', None)]
    """
    with Deduplicator(settings) as deduplicator:
        deduplicator.add(documents)
        return deduplicator.finish()


@dataclass(frozen=True, slots=True)
class _Found:
    """What was measured of a run, before anything is folded; ``crowd`` is None in the plain mode."""

    texts: Texts
    verdicts: Verdicts
    judge: Judge
    crowd: Places | None


class Deduplicator:
    """Finds copies among any number of documents; use it where they come in parts, else ``deduplicate``.

    With ``settings.threshold`` a pair matches if and only if the measured Jaccard similarity of its word n-grams is at
    least that, and what hangs together by matches is one cluster. Without, a match says how two texts relate, and a
    cluster is folded as far as ``settings.fold`` says. Documents whose texts have the same words always match; texts
    without words match if they are the same, empty ones never. With ``against``, or where some documents are ``known``,
    the others are folded into these alone, and where there are none, into nothing.

    Memory grows by about a kilobyte a document. The words of all texts, as hashes, take nine bytes each of temporary
    files until ``close``, in a folder below ``folder`` or where Python's ``tempfile`` makes one. The answer depends on
    the documents alone: not on their order (but for ``Keep.FIRST``, and but for the order of the answer itself) and not
    on how they were split over ``add``.

    Raises RecordError for an id that was added before, SettingsError for a seed that cannot be used, and OutputError
    where there is no room for these files.

    >>> with Deduplicator(DedupSettings(threshold=0.7)) as deduplicator:
    ...     deduplicator.add([Document("a", "Rain fell in the north.")])
    ...     deduplicator.add([Document("b", "RAIN fell — in the north")])
    ...     [(cluster.members, cluster.why) for cluster in deduplicator.finish().clusters]
    [(('a', 'b'), 'longest: 5 words')]
    """

    def __init__(
        self,
        settings: DedupSettings | None = None,
        *,
        against: bool = False,
        spread: Spread = HERE,
        folder: Path | None = None,
    ) -> None:
        self._settings = settings or DedupSettings()
        self._against = against
        self._spread = spread
        self._permutations = permutations(self._settings.permutations, self._settings.seed)
        self._store = WordStore(folder)
        self._waiting: list[str] = []
        self._waiting_characters = 0
        self._known: set[str] = set()
        self._facts = Facts(self._settings.prefer)
        self._ids: list[str] = []
        self._positions = array("q")
        self._moments = array("d")
        self._days = array("q")
        self._sources = array("q")
        self._keys: list[Words] = []
        self._prints: list[Print] = []

    def add(self, documents: Iterable[Document]) -> None:
        """Fingerprint some more documents. Those before a document that raises are kept."""
        stopped: list[Exception] = []

        def blocks() -> Iterator[list[str]]:
            try:
                for document in documents:
                    self._take(document)
                    if len(self._waiting) >= _DOCUMENTS or self._waiting_characters >= _CHARACTERS:
                        yield self._block()
            except Exception as error:
                stopped.append(error)  # raised when all that came before has been taken in

        self._fingerprint(blocks())
        for error in stopped:
            raise error

    def finish(self) -> Deduplication:
        """Compare all documents added so far; more may be added after, for another answer on all of them."""
        return self._fold(self._measure(), self._settings.fold)

    def levels(self) -> dict[Reach, Deduplication]:
        """The answer for each way to say how far copies are folded, from the nearest on; the plain mode has but one."""
        found = self._measure()
        if self._settings.threshold is not None:
            return {Reach.UPDATE: self._fold(found, Reach.UPDATE)}
        return {reach: self._fold(found, reach) for reach in Reach if reach is not Reach.NONE}

    def close(self) -> None:
        """Let the temporary files go."""
        self._store.close()

    def __enter__(self) -> Deduplicator:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _take(self, document: Document) -> None:
        """Note all but the text of a document, which waits to be fingerprinted."""
        if document.id in self._known and not document.known:
            raise RecordError("repeated-id", f"the id {document.id!r} came before; give each document its own")
        if not document.known:
            self._known.add(document.id)
        self._facts.add(document)
        moment = parse_date(document.published)
        self._ids.append(document.id)
        self._positions.append(document.position)
        self._moments.append(math.nan if moment is None else moment.timestamp())
        self._days.append(UNKNOWN if moment is None else moment.toordinal())
        self._sources.append(UNKNOWN if not document.source else name_number(document.source))
        self._waiting.append(document.text)
        self._waiting_characters += len(document.text)

    def _block(self) -> list[str]:
        """The texts that wait, as a block."""
        block, self._waiting, self._waiting_characters = self._waiting, [], 0
        return block

    def _fingerprint(self, blocks: Iterable[list[str]]) -> None:
        typed = self._settings.threshold is None
        make = partial(fingerprinter, self._store.folder, self._settings.ngram, typed=typed)
        for parts in self._spread.map(make, blocks):
            for part in parts:
                self._store.add(part.stored)
                self._keys.append(part.keys)
                self._prints.append(part.print)

    def _order(self) -> Places:
        """The place of each document in the input: by position, documents of one position as they came."""
        places = np.empty(len(self._ids), np.int64)
        places[np.argsort(np.array(self._positions, np.int64), kind="stable")] = np.arange(len(places))
        return places

    def _distinct(self) -> Texts:
        """Number the distinct texts by content. Empty texts are not among them."""
        keys = np.concatenate([np.empty(0, np.uint64), *self._keys])
        documents = np.argsort(keys, kind="stable")
        documents = documents[np.searchsorted(keys[documents], 1) :]
        ordered = keys[documents]
        fresh = np.ones(len(ordered), bool)
        fresh[1:] = ordered[1:] != ordered[:-1]
        bounds = np.append(np.flatnonzero(fresh), len(ordered))
        return Texts(
            store=self._store,
            documents=documents,
            bounds=bounds,
            words=np.diff(self._store.offsets)[documents[bounds[:-1]]],
            source=np.array(self._sources, np.int64),
            day=np.array(self._days, np.int64),
        )

    def _measure(self) -> _Found:
        if self._waiting:
            self._fingerprint([self._block()])
        texts = self._distinct()
        threshold = self._settings.threshold
        if threshold is None:
            matcher = TypedMatcher(texts, self._settings, self._prints, self._spread)
            verdicts, crowd = matcher.match()
            return _Found(texts, verdicts, matcher.judge, crowd)
        plain = PlainMatcher(texts, self._settings, threshold, self._permutations, self._spread)
        sketches = Sketches.join([part.sketch for part in self._prints]).take(texts.first)
        return _Found(texts, plain.match(sketches), plain.judge, None)

    def _fold(self, found: _Found, reach: Reach) -> Deduplication:
        labels, folds = self._fold_plain(found) if found.crowd is None else self._fold_typed(found, reach)
        texts, copies = self._rank(found.texts, labels)
        measured = Measured(found.verdicts, found.judge, folds)
        kept = np.arange(len(self._ids))
        if reach is not Reach.NONE and not (self._against and not copies.known.any()):
            window = self._settings.window
            limits = Limits(None if window is None else 3600.0 * window_hours(window), self._settings.scope)
            kept = fold_documents(texts, labels, copies, limits, measured)
        order = np.argsort(self._order())
        return report(self._ids, order, texts, kept, measured.verdicts, copies, self._why)

    def _fold_plain(self, found: _Found) -> tuple[Places, NDArray[np.bool_] | None]:
        """The cluster of each text, and which relations fold: all within a cluster, but into known copies matches."""
        labels = connect(len(found.texts.words), *decode(found.verdicts.codes[found.verdicts.matches]))
        return labels, np.ones(len(RELATIONS), bool) if self._facts.known.any() else None

    def _fold_typed(self, found: _Found, reach: Reach) -> tuple[Places, NDArray[np.bool_]]:
        """The cluster of each text, grown over the relations that fold, and which these are."""
        assert found.crowd is not None
        verdicts = found.verdicts
        folds = np.array([relation in reach.relations for relation in RELATIONS])
        strongest = np.lexsort((verdicts.codes, -verdicts.strength))
        left, right = decode(verdicts.codes[strongest])
        matches = verdicts.matches[strongest]
        joining = matches & folds[verdicts.relation[strongest]]
        return grow(left, right, matches, joining, found.crowd), folds

    def _why(self, kept: Places) -> list[str]:
        """Why some documents are kept, in words."""
        words = np.diff(self._store.offsets)[kept].tolist()
        moments = [self._moments[document] for document in kept.tolist()]
        preferred = map(self._facts.preferred, self._facts.preference[kept].tolist())
        keeps = repeat(self._settings.keep)
        said = list(map(say_why, keeps, words, moments, preferred))
        known = self._facts.known[kept].tolist()
        return [f"known before; {why}" if before else why for why, before in zip(said, known, strict=True)]

    def _rank(self, texts: Texts, labels: Places) -> tuple[Texts, Copies]:
        """Put the copies of each text in the order in which they are kept; the facts that fold them, with ranks."""
        known = self._facts.known
        copies = np.diff(texts.bounds)
        members = np.bincount(labels, weights=copies, minlength=len(labels))
        text = np.repeat(np.arange(len(copies)), copies)
        some = texts.documents if known.any() else texts.documents[members[labels[text]] > 1]
        ranks = np.zeros(len(self._ids), np.int64)
        moments = np.array(self._moments)
        ranks[some] = rank(
            self._settings.keep,
            [self._ids[document] for document in some.tolist()],
            np.diff(self._store.offsets)[some],
            moments[some],
            self._order()[some],
            self._facts.preference[some],
        )
        ranked = replace(texts, documents=texts.documents[np.lexsort((ranks[texts.documents], text))])
        return ranked, Copies(ranks, self._facts.source, moments, known)
