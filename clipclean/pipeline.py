"""The whole way: read, clean, compare, write, and the run's report.

Two passes. The first reads and cleans, batch by batch, writes each record to a spool on disk and hands its text to the
duplicate stage, which keeps fingerprints. The second writes the spool out with what is known then. So memory holds
some batches and the fingerprints, never the texts.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from clipclean import language
from clipclean.config import (
    CleanSettings,
    Copies,
    DedupSettings,
    Format,
    OutputSettings,
    ReadSettings,
    plain,
    settings_digest,
)
from clipclean.engines.interrupt import Interrupt
from clipclean.engines.local import ordered_map
from clipclean.errors import RecordError
from clipclean.model import CleanClipping, Clipping, Deduplication, Document, Failure, Page
from clipclean.places import refuse_overlap
from clipclean.review.report import Report, Tally, describe_clusters, versions
from clipclean.writers import (
    Columns,
    OutputFolder,
    Spool,
    failure_row,
    fold_records,
    measures,
    open_rows,
    removed_rows,
    to_json,
    to_record,
)

BATCH = 64
"""Clippings that are cleaned together: enough for columns to pay, few enough to hold two for each worker."""

BATCH_CHARACTERS = 4_000_000
"""A batch ends early at this size (pages are long), so that memory does not depend on what is in the input."""

COMPARE = 256
"""Documents that are fingerprinted together; blocks of 64 to 256 were the fastest."""

BatchCleaner = Callable[[Sequence[Clipping | Failure]], list[CleanClipping]]

Progress = Callable[[str, int, str], None]
"""Called with the stage (``read``, ``compare``, ``write``), how many are done, and what is being read."""


def clean_stream(
    items: Iterable[Clipping | Failure], *, settings: CleanSettings, workers: int = 1, pages_only: bool = False
) -> Iterator[CleanClipping]:
    """Clean clippings as they come, in order; what cannot be cleaned comes out with its ``error`` set.

    Failures of reading come out the same way, each at its place. ``pages_only`` cleans HTML pages and lets clippings
    that have a text pass without a verdict. A few batches for each worker are held. Raises SettingsError at once for
    settings that cannot be used.

    >>> from clipclean.config import CleanSettings
    >>> [result.text for result in clean_stream([Clipping(id="a", text="Rain fell.")], settings=CleanSettings())]
    ['Rain fell.']
    """
    done = ordered_map(partial(batch_cleaner, settings, pages_only), batches(items), workers=workers)
    return (result for results in done for result in results)


def batches(items: Iterable[Clipping | Failure]) -> Iterator[list[Clipping | Failure]]:
    """Cut a stream into batches by number and by size.

    >>> [len(batch) for batch in batches([Clipping(id="a", text="Rain fell.")] * 65)]
    [64, 1]
    """
    batch: list[Clipping | Failure] = []
    size = 0
    for item in items:
        batch.append(item)
        if isinstance(item, Clipping):
            size += len(item.html or "") + len(item.text or "")
        if len(batch) == BATCH or size >= BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def batch_cleaner(settings: CleanSettings, pages_only: bool) -> BatchCleaner:
    """Build the function that cleans one batch; it never raises: what goes wrong is each clipping's ``error``."""
    from clipclean.cleaning import Cleaner
    from clipclean.extraction import extract

    cleaner = Cleaner(settings)
    if settings.detect_lang:
        language.require()

    def clean(batch: Sequence[Clipping | Failure]) -> list[CleanClipping]:
        results: list[CleanClipping | Page] = []
        for item in batch:
            if isinstance(item, Failure):
                results.append(CleanClipping(Clipping(id=item.id or str(item.origin), origin=item.origin), error=item))
            elif pages_only and item.text is not None:
                results.append(CleanClipping(item))
            else:
                try:
                    results.append(extract(item, settings))
                except Exception as error:  # a page can break a parser in ways nobody listed
                    results.append(_failed(item, error))
        pages = [result for result in results if isinstance(result, Page)]
        try:
            cleaned = iter(cleaner.clean(pages))
        except Exception:  # one of them; which one is found by cleaning each alone
            cleaned = iter([_clean_alone(page) for page in pages])
        done = [next(cleaned) if isinstance(result, Page) else result for result in results]
        return [_with_language(result) for result in done] if settings.detect_lang else done

    def _clean_alone(page: Page) -> CleanClipping:
        try:
            return cleaner.clean([page])[0]
        except Exception as error:
            return _failed(page.clipping, error)

    return clean


def _with_language(result: CleanClipping) -> CleanClipping:
    """The result with the language of its story where none was stated, and a note that it was detected."""
    clipping = result.clipping
    if clipping.lang or result.error or not (found := language.detect(result.text)):
        return result
    return replace(result, clipping=replace(clipping, lang=found, notes=(*clipping.notes, "lang: detected")))


def _failed(clipping: Clipping, error: Exception) -> CleanClipping:
    if isinstance(error, RecordError):
        kind, message = error.kind, str(error)
    else:
        kind = "cleaning-failed"
        message = f"{type(error).__name__}: {error}; please report it, with this record if you can"
    return CleanClipping(clipping, error=Failure(clipping.origin, kind, f"{clipping.origin}: {message}", clipping.id))


def compare(
    results: Iterable[CleanClipping],
    *,
    settings: DedupSettings,
    keep: Callable[[CleanClipping], None],
    fail: Callable[[Failure], None],
    progress: Progress | None = None,
) -> Deduplication:
    """The first pass: find the copies among the results, and hand each on to whoever keeps its record.

    What is compared is the cleaned text, or the clipping's own where it passed without verdicts. ``fail`` is called
    for each result with an error and where ``keep`` raises RecordError; such a clipping is not compared.
    """
    from clipclean.duplicates import Deduplicator

    position = 0
    waiting: list[Document] = []
    with Deduplicator(settings) as deduplicator:
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
            text = result.text if result.lines else clipping.text or ""
            waiting.append(Document(clipping.id, text, clipping.source, clipping.published, position))
            position += 1
            if len(waiting) == COMPARE:
                deduplicator.add(waiting)
                waiting = []
        deduplicator.add(waiting)
        if progress:
            progress("compare", position, "")
        return deduplicator.finish()


def run(
    inputs: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    *,
    read: ReadSettings | None = None,
    clean: CleanSettings | None = None,
    dedup: DedupSettings | None = None,
    output: OutputSettings | None = None,
    workers: int = 1,
    force: bool = False,
    progress: Progress | None = None,
    interrupt: Interrupt | None = None,
    settings_file: str | None = None,
) -> Report:
    """Read ``inputs``, clean them, fold the copies and write the files of a run into the folder ``out``.

    The files are those of ``docs/output.md``. They do not depend on ``workers``. An earlier run in ``out`` is
    replaced when this one is complete; other files of the same names only with ``force``. Where ``interrupt`` is
    asked to stop, what has been read until then is written. ``settings_file`` is only named in the report.

    Raises InputError, OutputError, SettingsError, and AccountingError where the counts do not add up; then nothing is
    written.
    """
    from clipclean import readers

    read, clean = read or ReadSettings(), clean or CleanSettings()
    dedup, output = dedup or DedupSettings(), output or OutputSettings()
    out, interrupt = Path(out), interrupt or Interrupt()
    names = input_names(inputs)
    refuse_overlap(names, folder=out)
    tally = Tally()
    sources: list[str | None] = []
    with OutputFolder(out, force=force) as folder, Spool(folder.staging) as spool:
        reading = Counted(interrupt.until(readers.read(names, read)), progress)
        with open_rows(folder.staging, "errors") as errors, open_rows(folder.staging, "removed") as removed:

            def fail(failure: Failure) -> None:
                errors.write(failure_row(failure))
                tally.fail(failure)

            def keep(result: CleanClipping) -> None:
                clipping = result.clipping
                spool.add(clipping, to_record(result, annotate=output.annotate))
                for row in removed_rows(result):
                    removed.write(row)
                tally.clean(result)
                sources.append(clipping.source and sys.intern(clipping.source))

            results = clean_stream(reading, settings=clean, workers=workers)
            found = compare(results, settings=dedup, keep=keep, fail=fail, progress=progress)
        written, folded = _write(spool, found, folder.staging, output, tally, progress)
        report = Report(
            read=reading.count,
            written=written,
            folded=folded,
            failed=errors.count,
            interrupted=interrupt.cut,
            clusters=describe_clusters(found, sources),
            inputs=tuple(names),
            settings={"read": plain(read), "clean": plain(clean), "dedup": plain(dedup), "output": plain(output)},
            settings_file=settings_file,
            digest=settings_digest(read, clean, dedup, output),
            versions=versions(),
            **tally.counts(),
        )
        report.check()
        (folder.staging / "report.json").write_bytes(to_json(report.record(), indent=True) + b"\n")
        folder.publish()
    return report


def input_names(inputs: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> list[str]:
    """The inputs as names; one path alone is one input.

    >>> input_names("dump"), input_names([Path("a"), "-"])
    (['dump'], ['a', '-'])
    """
    return [os.fspath(name) for name in ([inputs] if isinstance(inputs, str | os.PathLike) else inputs)]


class Counted:
    """Items on their way, counted as they pass and told to whoever watches.

    >>> items = Counted([Clipping(id="a", text="Rain fell.")])
    >>> len(list(items)), items.count
    (1, 1)
    """

    def __init__(self, items: Iterable[Clipping | Failure], progress: Progress | None = None) -> None:
        self.count = 0
        self._items = items
        self._progress = progress

    def __iter__(self) -> Iterator[Clipping | Failure]:
        for item in self._items:
            self.count += 1
            if self._progress:
                self._progress("read", self.count, item.origin.path)
            yield item


def _write(
    spool: Spool,
    found: Deduplication,
    staging: Path,
    output: OutputSettings,
    tally: Tally,
    progress: Progress | None,
) -> tuple[int, int]:
    """The second pass: write the kept clippings and the table of copies; how many of each were written."""
    records = partial(fold_records, spool, found, output.copies, keys=output.copies is Copies.ANNOTATE)
    columns = Columns()
    if output.format in (Format.CSV, Format.PARQUET):
        for _, _, record in records():
            if record is not None:
                columns.see(record)
    with (
        open_rows(staging, "clippings", output.format, columns) as clippings,
        open_rows(staging, "duplicates") as duplicates,
    ):
        for done, (fold, source, record) in enumerate(records(), start=1):
            if record is not None:
                clippings.write(record)
            if fold.duplicate_of is not None:
                duplicates.write({"id": fold.id, "duplicate_of": fold.duplicate_of, **measures(fold)})
            tally.written(source, folded=fold.duplicate_of is not None)
            if progress:
                progress("write", done, "")
    annotated = duplicates.count if output.copies is Copies.ANNOTATE else 0
    return clippings.count - annotated, duplicates.count
