"""The second pass with an index: clippings are folded against what it holds, and added to it, in the order of time.

Texts wait in an unnamed file until all are there, so that the order of the input has no say. What is said of a clipping
is what it is at the end of the run: a copy that a better one superseded later in the same run folds into that.
"""

from __future__ import annotations

import math
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from clipclean.config import CleanSettings, DedupSettings
from clipclean.dates import parse_date
from clipclean.duplicates.results import why_one_is_kept
from clipclean.errors import SettingsError
from clipclean.index.documents import TOGETHER, DocumentIndex
from clipclean.index.settings import cleaning_digest, stated_in
from clipclean.index.verdict import Verdict
from clipclean.model import Cluster, Deduplication, Document, Fold
from clipclean.streams import Progress
from clipclean.writers.whole import told


@dataclass(slots=True)
class _Waiting:
    """Documents whose texts wait on disk."""

    folder: Path
    documents: list[Document] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)

    def sorted(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents by date, the undated last, and by id."""
        with told(self.folder), tempfile.TemporaryFile(dir=self.folder) as file:
            end = 0
            for document in documents:
                raw = document.text.encode("utf-8", "surrogatepass")
                file.write(raw)
                self.documents.append(replace(document, text=""))
                self.places.append((end, len(raw)))
                end += len(raw)
            for place in sorted(range(len(self.documents)), key=self._rank):
                begin, length = self.places[place]
                file.seek(begin)
                yield replace(self.documents[place], text=file.read(length).decode("utf-8", "surrogatepass"))

    def _rank(self, place: int) -> tuple[float, str]:
        moment = parse_date(self.documents[place].published)
        return math.inf if moment is None else moment.timestamp(), self.documents[place].id


def fold_into(
    index: DocumentIndex, documents: Iterable[Document], *, folder: Path, progress: Progress | None = None
) -> Deduplication:
    """Add documents to an index, inside a transaction of it, and say which of them fold; texts wait in ``folder``.

    What is in the index already with the same words changes nothing, and is told as it was the first time.
    """
    waiting = _Waiting(folder)
    ordered = waiting.sorted(documents)
    found = _Found(index)
    while some := list(islice(ordered, TOGETHER)):
        found.take(some, index.add(some))
        if progress:
            progress("compare", len(found.verdicts), "")
    return found.told(waiting.documents)


@dataclass(slots=True)
class _Found:
    """Says what an index found in the words of the duplicate stage, of the clippings of this run alone.

    What counts is what was said when each came, and which copy of its cluster was kept last.
    """

    index: DocumentIndex
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    _kept: dict[str, str] = field(default_factory=dict)
    _before: dict[str, str] = field(default_factory=dict)

    def take(self, documents: list[Document], verdicts: list[Verdict]) -> None:
        """Take the verdicts on the next documents."""
        for document, verdict in zip(documents, verdicts, strict=True):
            self.verdicts[document.id] = verdict
            self._kept[verdict.cluster] = verdict.kept
            superseded = self.verdicts.get(verdict.supersedes or "")
            if superseded and superseded.relation is None:  # it is to this one what this one is to it
                self.verdicts[superseded.id] = replace(
                    superseded,
                    relation=verdict.relation,
                    jaccard=verdict.jaccard,
                    containment=verdict.containment,
                )
        for kept in {verdict.kept for verdict in verdicts} - self.verdicts.keys() - self._before.keys():
            self._before[kept] = self.index.why_kept(kept)

    def told(self, documents: list[Document]) -> Deduplication:
        """What became of the documents, in their order."""
        members: dict[str, list[Document]] = defaultdict(list)
        for document in documents:
            members[self.verdicts[document.id].cluster].append(document)
        clusters = [
            self._cluster(name, some)
            for name, some in members.items()
            if len(some) > 1 or self._kept[name] != some[0].id
        ]
        folds = (self._fold(self.verdicts[document.id]) for document in documents)
        return Deduplication(tuple(folds), tuple(clusters), ())

    def _fold(self, verdict: Verdict) -> Fold:
        kept = self._kept[verdict.cluster]
        if kept == verdict.id:
            superseded = None if verdict.supersedes in self.verdicts else verdict.supersedes
            return Fold(verdict.id, verdict.cluster, supersedes=superseded)
        known = kept not in self.verdicts
        measures = verdict.relation, verdict.jaccard, verdict.containment
        return Fold(verdict.id, verdict.cluster, kept, *measures, known)

    def _cluster(self, name: str, documents: list[Document]) -> Cluster:
        kept = self._kept[name]
        known = kept not in self.verdicts
        sources = {document.source.strip().casefold() for document in documents if document.source}
        moments = [moment.timestamp() for document in documents if (moment := parse_date(document.published))]
        hours = round((max(moments) - min(moments)) / 3600, 2) if len(moments) > 1 else None
        ids = tuple(document.id for document in documents)
        return Cluster(kept, ids, self._why(kept, documents), len(sources), hours, known, name)

    def _why(self, kept: str, documents: list[Document]) -> str:
        document = next((document for document in documents if document.id == kept), None)
        if document is None:
            return f"known before; {self._before[kept]}"
        moment = parse_date(document.published)
        seconds = None if moment is None else moment.timestamp()
        return why_one_is_kept(self.index.settings, self.verdicts[kept].words, seconds, document.source or "")


@contextmanager
def opened(
    where: str | os.PathLike[str] | None,
    dedup: DedupSettings,
    clean: CleanSettings,
    *,
    against: bool,
    store_text: bool,
) -> Iterator[DocumentIndex | None]:
    """The index of a run, in a transaction that ends well where the block does; None where there is no index.

    Raises SettingsError for what an index cannot do, and StoreError where it cannot be opened or written.
    """
    if where is None:
        if store_text:
            raise SettingsError("store_text: texts are stored in an index; say where that is with index")
        yield None
        return
    if against:
        raise SettingsError("against and index both say what was there before; leave one of them out")
    cleaning, stated = cleaning_digest(clean), stated_in(dedup)
    with (
        DocumentIndex(
            os.fspath(where), settings=dedup, stated=stated, cleaning=cleaning, store_text=store_text
        ) as index,
        index.transaction(),
    ):
        yield index
