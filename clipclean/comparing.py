"""The second pass: cleaned clippings become documents, documents are compared, and what was known before is read first.

Clippings that are known (``--against``) are cleaned as the new ones are and compared with them; they are neither kept
nor counted among those read, and new ones fold into these alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from clipclean.config import DedupSettings, Reach
from clipclean.errors import RecordError
from clipclean.model import CleanClipping, Deduplication, Document, Failure, new_document
from clipclean.streams import Progress

if TYPE_CHECKING:
    from clipclean.duplicates import Deduplicator

COMPARE = 256
"""Documents that are fingerprinted together; blocks of 64 to 256 were the fastest."""

Keeper = Callable[[CleanClipping], object]
Refuser = Callable[[Failure], None]


@dataclass(slots=True)
class Known:
    """Clippings that were there before, on their way to be compared: how many could be, and how many could not.

    ``fail`` hears of each that could not.
    """

    results: Iterable[CleanClipping]
    fail: Refuser | None = None
    read: int = 0
    failed: int = 0

    def documents(self) -> Iterable[Document]:
        """The known clippings as documents."""
        for result in self.results:
            if result.error is None:
                yield _document(result, self.read, known=True)
                self.read += 1
            else:
                self.failed += 1
                if self.fail:
                    self.fail(result.error)


def compare(
    results: Iterable[CleanClipping],
    *,
    settings: DedupSettings,
    keep: Keeper,
    fail: Refuser,
    known: Known | None = None,
    progress: Progress | None = None,
) -> Deduplication:
    """Find the copies among the results, and hand each on to whoever keeps its record.

    What is compared is the cleaned text, or the clipping's own where it passed without verdicts. ``fail`` is called
    for each result with an error and where ``keep`` raises RecordError; such a clipping is not compared. With
    ``known``, new clippings are folded into known ones alone.
    """
    from clipclean.duplicates import Deduplicator

    with Deduplicator(settings, against=known is not None) as deduplicator:
        _take(deduplicator, results, keep, fail, known, progress)
        return deduplicator.finish()


def compare_levels(
    results: Iterable[CleanClipping],
    *,
    settings: DedupSettings,
    keep: Keeper,
    fail: Refuser,
    known: Known | None = None,
    progress: Progress | None = None,
) -> dict[Reach, Deduplication]:
    """As ``compare``, once for each way to say how far copies are folded."""
    from clipclean.duplicates import Deduplicator

    with Deduplicator(settings, against=known is not None) as deduplicator:
        _take(deduplicator, results, keep, fail, known, progress)
        return deduplicator.levels()


def compared_text(result: CleanClipping) -> str:
    """The text of a clipping that is compared: the cleaned one, or its own where it passed without verdicts.

    >>> from clipclean.model import Clipping
    >>> compared_text(CleanClipping(Clipping(id="a", text="Rain fell.")))
    'Rain fell.'
    """
    return result.text if result.lines else result.clipping.text or ""


def new_documents(results: Iterable[CleanClipping], keep: Keeper, fail: Refuser, first: int = 0) -> Iterator[Document]:
    """The results as documents, numbered from ``first`` on; those that cannot be compared are left out and told.

    >>> from clipclean.model import Clipping
    >>> result = CleanClipping(Clipping(id="a", text="Rain fell."))
    >>> [document.text for document in new_documents([result], keep=id, fail=id)]
    ['Rain fell.']
    """
    position = first
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


def _take(
    deduplicator: Deduplicator,
    results: Iterable[CleanClipping],
    keep: Keeper,
    fail: Refuser,
    known: Known | None,
    progress: Progress | None,
) -> None:
    before = 0
    if known is not None:
        deduplicator.add(known.documents())
        before = known.read
    documents = new_documents(results, keep, fail, before)
    count = before
    while waiting := list(islice(documents, COMPARE)):
        deduplicator.add(waiting)
        count += len(waiting)
    if progress:
        progress("compare", count, "")


def _document(result: CleanClipping, position: int, *, known: bool = False) -> Document:
    clipping = result.clipping
    return new_document(clipping.id, compared_text(result), clipping.source, clipping.published, position, known)
