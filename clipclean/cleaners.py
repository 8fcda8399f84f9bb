"""Cleaning over an engine: batches of clippings in, cleaned clippings out, whatever becomes of a worker."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, groupby

from clipclean import language
from clipclean.config import CleanSettings
from clipclean.engines.local import Crew
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
    crew: Crew | None = None,
    pages_only: bool = False,
) -> Iterator[CleanClipping]:
    """Clean clippings as they come, in order; what cannot be cleaned comes out with its ``error`` set.

    Failures of reading come out the same way, each at its place. ``pages_only`` cleans HTML pages and lets clippings
    that have a text pass without a verdict. ``lesson`` is what a first pass learnt. A few batches for each worker of
    ``crew`` are held. Raises SettingsError at once for settings that cannot be used.

    >>> from clipclean.config import CleanSettings
    >>> [result.text for result in clean_stream([Clipping(id="a", text="Rain fell.")], settings=CleanSettings())]
    ['Rain fell.']
    """
    crew = crew or Crew()
    if pages_only:
        return _pages_cleaned(items, settings, crew)
    done = crew.map(partial(batch_cleaner, settings, lesson=lesson), batches(items), lost=_listed)
    return chain.from_iterable(done)


def clean_others(
    items: Iterable[Clipping | Failure | CleanClipping], *, settings: CleanSettings, crew: Crew, pages_only: bool
) -> Iterator[CleanClipping]:
    """As ``clean_stream``, but what was cleaned before passes at its place as it is.

    Each run of clippings is a stream of its own: a change from one kind to the other ends a batch.

    >>> before = CleanClipping(Clipping(id="a", text="Share"))
    >>> list(clean_others([before], settings=CleanSettings(), crew=Crew(), pages_only=False)) == [before]
    True
    """
    for _, run in groupby(items, key=lambda item: isinstance(item, CleanClipping)):
        first = next(run)
        if isinstance(first, CleanClipping):
            yield first
            yield from (item for item in run if isinstance(item, CleanClipping))
        else:
            others = (item for item in run if not isinstance(item, CleanClipping))
            yield from clean_stream(chain((first,), others), settings=settings, crew=crew, pages_only=pages_only)


def batch_cleaner(settings: CleanSettings, *, pages_only: bool = False, lesson: Lesson | None = None) -> BatchCleaner:
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


def _pages_cleaned(items: Iterable[Clipping | Failure], settings: CleanSettings, crew: Crew) -> Iterator[CleanClipping]:
    """Clean pages alone: what has a text passes by the crew."""
    passing: deque[list[Clipping | Failure]] = deque()

    def pages() -> Iterator[list[Clipping | Failure]]:
        for batch in batches(items):
            passing.append(batch)
            yield _pages(batch)

    for cleaned in crew.map(partial(_late_cleaner, settings), pages(), lost=_listed):
        yield from _among(passing.popleft(), cleaned)


def _page_cleaner(settings: CleanSettings) -> BatchCleaner:
    clean = _late_cleaner(settings)
    return lambda batch: list(_among(batch, clean(_pages(batch))))


def _pages(batch: Sequence[Clipping | Failure]) -> list[Clipping | Failure]:
    return [item for item in batch if isinstance(item, Failure) or item.text is None]


def _among(batch: Iterable[Clipping | Failure], cleaned: Iterable[CleanClipping]) -> Iterator[CleanClipping]:
    """The results for a batch, given those for its pages."""
    results = iter(cleaned)
    for item in batch:
        yield next(results) if isinstance(item, Failure) or item.text is None else new_clean_clipping(item)


def _late_cleaner(settings: CleanSettings) -> BatchCleaner:
    """Loads what cleaning needs (.5 s) when the first page comes, if one does."""
    work: list[BatchCleaner] = []

    def clean(pages: Sequence[Clipping | Failure]) -> list[CleanClipping]:
        if pages and not work:
            work.append(batch_cleaner(settings))
        return work[0](pages) if pages else []

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


def _listed(item: Clipping | Failure, why: RecordError) -> list[CleanClipping]:
    return [lost(item, why)]


def _unread(failure: Failure) -> CleanClipping:
    return CleanClipping(Clipping(id=failure.id or str(failure.origin), origin=failure.origin), error=failure)


def _failed(clipping: Clipping, error: Exception) -> CleanClipping:
    if isinstance(error, RecordError):
        kind, message = error.kind, str(error)
    else:
        kind = "cleaning-failed"
        message = f"{type(error).__name__}: {error}; please report it, with this record if you can"
    return CleanClipping(clipping, error=Failure(clipping.origin, kind, f"{clipping.origin}: {message}", clipping.id))
