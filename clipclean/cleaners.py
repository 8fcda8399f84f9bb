"""Cleaning over an engine: batches of clippings in, cleaned clippings out, whatever becomes of a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from clipclean import language
from clipclean.config import CleanSettings, WorkSettings
from clipclean.engines.local import ordered_map
from clipclean.errors import RecordError
from clipclean.learning import Lesson
from clipclean.model import CleanClipping, Clipping, Failure, Page, new_clean_clipping
from clipclean.streams import batches

BatchCleaner = Callable[[Sequence[Clipping | Failure]], list[CleanClipping]]


def clean_stream(
    items: Iterable[Clipping | Failure],
    *,
    settings: CleanSettings,
    lesson: Lesson | None = None,
    workers: int = 1,
    work: WorkSettings | None = None,
    pages_only: bool = False,
) -> Iterator[CleanClipping]:
    """Clean clippings as they come, in order; what cannot be cleaned comes out with its ``error`` set.

    Failures of reading come out the same way, each at its place. ``pages_only`` cleans HTML pages and lets clippings
    that have a text pass without a verdict. ``lesson`` is what a first pass learnt. A few batches for each worker are
    held. ``work`` says what the work on one clipping may take. Raises SettingsError at once for settings that cannot be
    used.

    >>> from clipclean.config import CleanSettings
    >>> [result.text for result in clean_stream([Clipping(id="a", text="Rain fell.")], settings=CleanSettings())]
    ['Rain fell.']
    """
    make = partial(batch_cleaner, settings, pages_only, lesson)
    done = ordered_map(make, batches(items), lost=lambda item, why: [lost(item, why)], workers=workers, settings=work)
    return (result for results in done for result in results)


def batch_cleaner(settings: CleanSettings, pages_only: bool, lesson: Lesson | None = None) -> BatchCleaner:
    """Build the function that cleans one batch; what goes wrong with a clipping is its ``error``.

    It raises MemoryError alone, which says nothing of the clipping at which it arises.
    """
    if pages_only:
        return _page_cleaner(settings)
    from clipclean.cleaning import Cleaner
    from clipclean.extraction import extract

    cleaner = Cleaner(settings, profile=lesson.profile, teasers=lesson.teasers) if lesson else Cleaner(settings)
    if settings.detect_lang:
        language.require()

    def clean(batch: Sequence[Clipping | Failure]) -> list[CleanClipping]:
        results: list[CleanClipping | Page] = []
        for item in batch:
            if isinstance(item, Failure):
                results.append(_unread(item))
            else:
                try:
                    results.append(extract(item, settings))
                except MemoryError:
                    raise
                except Exception as error:  # a page can break a parser in ways nobody listed
                    results.append(_failed(item, error))
        pages = [result for result in results if isinstance(result, Page)]
        try:
            cleaned = iter(cleaner.clean(pages))
        except MemoryError:
            raise
        except Exception:  # one of them; which one is found by cleaning each alone
            cleaned = iter([_clean_alone(page) for page in pages])
        done = [next(cleaned) if isinstance(result, Page) else result for result in results]
        return [_with_language(result) for result in done] if settings.detect_lang else done

    def _clean_alone(page: Page) -> CleanClipping:
        try:
            return cleaner.clean([page])[0]
        except MemoryError:
            raise
        except Exception as error:
            return _failed(page.clipping, error)

    return clean


def _page_cleaner(settings: CleanSettings) -> BatchCleaner:
    """Cleans pages and lets texts pass; what cleaning needs is loaded (.5 s) when the first page comes."""
    work: list[BatchCleaner] = []

    def clean(batch: Sequence[Clipping | Failure]) -> list[CleanClipping]:
        pages = [item for item in batch if isinstance(item, Failure) or item.text is None]
        if pages and not work:
            work.append(batch_cleaner(settings, pages_only=False))
        cleaned = iter(work[0](pages) if pages else ())
        return [
            next(cleaned) if isinstance(item, Failure) or item.text is None else new_clean_clipping(item)
            for item in batch
        ]

    return clean


def _with_language(result: CleanClipping) -> CleanClipping:
    """The result with the language of its story where none was stated, and a note that it was detected."""
    clipping = result.clipping
    if clipping.lang or result.error or not (found := language.detect(result.text)):
        return result
    return replace(result, clipping=replace(clipping, lang=found, notes=(*clipping.notes, "lang: detected")))


def lost(item: Clipping | Failure, why: RecordError) -> CleanClipping:
    """The result for a clipping that no worker survives.

    >>> lost(Clipping(id="a"), RecordError("too-slow", "leave it out")).error.kind
    'too-slow'
    """
    return _unread(item) if isinstance(item, Failure) else _failed(item, why)


def _unread(failure: Failure) -> CleanClipping:
    return CleanClipping(Clipping(id=failure.id or str(failure.origin), origin=failure.origin), error=failure)


def _failed(clipping: Clipping, error: Exception) -> CleanClipping:
    if isinstance(error, RecordError):
        kind, message = error.kind, str(error)
    else:
        kind = "cleaning-failed"
        message = f"{type(error).__name__}: {error}; please report it, with this record if you can"
    return CleanClipping(clipping, error=Failure(clipping.origin, kind, f"{clipping.origin}: {message}", clipping.id))
