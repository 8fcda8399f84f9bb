"""The second pass: cleaned clippings become documents, documents are compared, and what was known before is read first.

Clippings that are known (``--against``) are cleaned as the new ones are and compared with them; they are neither kept
nor counted among those read, and new ones fold into these alone.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipclean.config import DedupSettings, Reach
from clipclean.engines.local import Crew
from clipclean.errors import RecordError
from clipclean.model import CleanClipping, Deduplication, Document, Failure, new_document
from clipclean.streams import Progress

if TYPE_CHECKING:
    from clipclean.duplicates import Deduplicator

TOLD = 5
"""Failures of clippings that were there before that are told in words; the rest are counted."""

Keeper = Callable[[CleanClipping], object]
Refuser = Callable[[Failure], None]


@dataclass(slots=True)
class Known:
    """Clippings that were there before, on their way to be compared: how many could be, and how many could not.

    ``fail`` hears of each that could not, and what was wrong with the first few stays in ``told``.
    """

    results: Iterable[CleanClipping]
    fail: Refuser | None = None
    read: int = 0
    failed: int = 0
    told: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, Any]:
        """What became of them, for the report."""
        return {"compared": self.read, "failed": self.failed, "failures": self.told}

    def documents(self) -> Iterable[Document]:
        """The known clippings as documents, all in the place before the first new one."""
        for result in self.results:
            if result.error is None:
                yield _document(result, 0, known=True)
                self.read += 1
            else:
                self.failed += 1
                if len(self.told) < TOLD:
                    self.told.append(result.error.message)
                if self.fail:
                    self.fail(result.error)


def compare(
    results: Iterable[CleanClipping],
    *,
    settings: DedupSettings,
    keep: Keeper,
    fail: Refuser,
    known: Known | None = None,
    crew: Crew | None = None,
    progress: Progress | None = None,
) -> Deduplication:
    """Find the copies among the results, and hand each on to whoever keeps its record.

    What is compared is the cleaned text, or the clipping's own where it passed without verdicts. ``fail`` is called
    for each result with an error and where ``keep`` raises RecordError; such a clipping is not compared. With
    ``known``, new clippings are folded into known ones alone.
    """
    documents = _documents(results, keep, fail)
    return compare_documents(documents, settings=settings, known=known, crew=crew, progress=progress)


def compare_documents(
    documents: Iterable[Document],
    *,
    settings: DedupSettings,
    known: Known | None = None,
    folder: Path | None = None,
    crew: Crew | None = None,
    progress: Progress | None = None,
) -> Deduplication:
    """Find the copies among documents, numbered from 0 on; with ``known``, they are folded into known ones alone.

    ``folder`` is where temporary files may lie, where not in the system's place for these.

    >>> found = compare_documents([Document("a", "Rain fell."), Document("b", "Rain fell.")], settings=DedupSettings())
    >>> [fold.duplicate_of for fold in found.folds]
    [None, 'a']
    """
    with _taken(documents, settings, known, crew, progress, folder) as deduplicator:
        return deduplicator.finish()


def compare_levels(
    results: Iterable[CleanClipping],
    *,
    settings: DedupSettings,
    keep: Keeper,
    fail: Refuser,
    known: Known | None = None,
    crew: Crew | None = None,
    progress: Progress | None = None,
) -> dict[Reach, Deduplication]:
    """As ``compare``, once for each way to say how far copies are folded."""
    with _taken(_documents(results, keep, fail), settings, known, crew, progress) as deduplicator:
        return deduplicator.levels()


def compared_text(result: CleanClipping) -> str:
    """The text of a clipping that is compared: the cleaned one, or its own where it passed without verdicts.

    >>> from clipclean.model import Clipping
    >>> compared_text(CleanClipping(Clipping(id="a", text="Rain fell.")))
    'Rain fell.'
    """
    return result.text if result.lines else result.clipping.text or ""


@contextlib.contextmanager
def _taken(
    documents: Iterable[Document],
    settings: DedupSettings,
    known: Known | None,
    crew: Crew | None,
    progress: Progress | None,
    folder: Path | None = None,
) -> Iterator[Deduplicator]:
    from clipclean.duplicates import Deduplicator

    count = 0

    def counted() -> Iterator[Document]:
        nonlocal count
        for document in documents:
            yield document
            count += 1

    with Deduplicator(settings, against=known is not None, spread=crew or Crew(), folder=folder) as deduplicator:
        if known is not None:
            deduplicator.add(known.documents())
        deduplicator.add(counted())
        if progress:
            progress("compare", count, "")
        yield deduplicator


def _documents(results: Iterable[CleanClipping], keep: Keeper, fail: Refuser) -> Iterator[Document]:
    """The results as documents in their order; those that fail, or are not kept, are not among them."""
    position = 0
    for result in results:
        clipping = result.clipping
        if result.error is not None:
            fail(result.error)
            continue
        try:
            keep(result)
        except RecordError as error:
            fail(Failure(clipping.origin, error.kind, str(error), clipping.id))
            continue
        yield _document(result, position)
        position += 1


def _document(result: CleanClipping, position: int, *, known: bool = False) -> Document:
    clipping = result.clipping
    return new_document(clipping.id, compared_text(result), clipping.source, clipping.published, position, known)
