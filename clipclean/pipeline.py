"""The whole way: read, learn, read again and clean, compare, write, and the run's report.

Three passes. The first learns what recurs at each source (``learning``). The second reads and cleans, batch by batch,
writes each record to a spool on disk and hands its text to the duplicate stage, which keeps fingerprints. The third
writes the spool out with what is known then. So memory holds some batches and numbers, never the texts.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from clipclean import language
from clipclean.comparing import Known, compare
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
from clipclean.errors import InputError, RecordError
from clipclean.indexed import fold_into, opened
from clipclean.learning import Kept, Lesson, first_pass
from clipclean.model import CleanClipping, Clipping, Deduplication, Failure, Page, new_clean_clipping
from clipclean.places import refuse_overlap
from clipclean.review.report import Report, Tally, describe_clusters, versions
from clipclean.streams import Counted, Progress, batches
from clipclean.writers import (
    Columns,
    OutputFolder,
    Spool,
    by_cluster,
    cluster_keys,
    failure_row,
    fold_records,
    measures,
    open_rows,
    removed_rows,
    to_json,
    to_record,
)

if TYPE_CHECKING:
    from clipclean.cleaning.profile import SourceProfile

BatchCleaner = Callable[[Sequence[Clipping | Failure]], list[CleanClipping]]


def clean_stream(
    items: Iterable[Clipping | Failure],
    *,
    settings: CleanSettings,
    lesson: Lesson | None = None,
    workers: int = 1,
    pages_only: bool = False,
) -> Iterator[CleanClipping]:
    """Clean clippings as they come, in order; what cannot be cleaned comes out with its ``error`` set.

    Failures of reading come out the same way, each at its place. ``pages_only`` cleans HTML pages and lets clippings
    that have a text pass without a verdict. ``lesson`` is what a first pass learnt. A few batches for each worker are
    held. Raises SettingsError at once for settings that cannot be used.

    >>> from clipclean.config import CleanSettings
    >>> [result.text for result in clean_stream([Clipping(id="a", text="Rain fell.")], settings=CleanSettings())]
    ['Rain fell.']
    """
    done = ordered_map(partial(batch_cleaner, settings, pages_only, lesson), batches(items), workers=workers)
    return (result for results in done for result in results)


def batch_cleaner(settings: CleanSettings, pages_only: bool, lesson: Lesson | None = None) -> BatchCleaner:
    """Build the function that cleans one batch; it never raises: what goes wrong is each clipping's ``error``."""
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
                results.append(CleanClipping(Clipping(id=item.id or str(item.origin), origin=item.origin), error=item))
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


def _failed(clipping: Clipping, error: Exception) -> CleanClipping:
    if isinstance(error, RecordError):
        kind, message = error.kind, str(error)
    else:
        kind = "cleaning-failed"
        message = f"{type(error).__name__}: {error}; please report it, with this record if you can"
    return CleanClipping(clipping, error=Failure(clipping.origin, kind, f"{clipping.origin}: {message}", clipping.id))


def run(
    inputs: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    out: str | os.PathLike[str],
    *,
    read: ReadSettings | None = None,
    clean: CleanSettings | None = None,
    dedup: DedupSettings | None = None,
    output: OutputSettings | None = None,
    profile: SourceProfile | None = None,
    learn: bool = True,
    workers: int = 1,
    force: bool = False,
    progress: Progress | None = None,
    interrupt: Interrupt | None = None,
    settings_file: str | None = None,
    against: str | os.PathLike[str] | Iterable[str | os.PathLike[str]] | None = None,
    index: str | os.PathLike[str] | None = None,
    store_text: bool = False,
) -> Report:
    """Read ``inputs``, clean them, fold the copies and write the files of a run into the folder ``out``.

    The files are those of ``docs/output.md``. They do not depend on ``workers``. With ``profile``, or without
    ``learn``, there is no first pass. An earlier run in ``out`` is replaced when this one is complete; other files of
    the same names only with ``force``. Where ``interrupt`` is asked to stop, what has been read until then is written,
    in the first pass too. ``settings_file`` is only named in the report. With ``against`` (what was there before, files
    as ``inputs`` are), clippings are folded into those alone, which are not written. With ``index`` (a file, or the
    address of a Redis server) they are folded against what that holds, and then added to it, with their texts if
    ``store_text``; where the run fails the index stays as it was.

    Raises InputError, OutputError, SettingsError, StoreError, and AccountingError where the counts do not add up; then
    nothing is written.
    """
    from clipclean import readers

    read, clean = read or ReadSettings(), clean or CleanSettings()
    dedup, output = dedup or DedupSettings(), output or OutputSettings()
    out, interrupt = Path(out), interrupt or Interrupt()
    names = input_names(inputs)
    before = None if against is None else known_names(against)
    refuse_overlap([*names, *(before or ())], folder=out)
    tally = Tally()
    with (
        opened(index, dedup, clean, against=before is not None, store_text=store_text) as store,
        OutputFolder(out, force=force) as folder,
        Spool(folder.staging) as spool,
        Kept(folder.staging) as kept,
    ):
        lesson: Lesson | None
        if profile is None and learn:
            lesson, given = first_pass(names, read, kept, workers=workers, progress=progress, interrupt=interrupt)
        else:
            lesson = None if profile is None else Lesson(profile)
            given = interrupt.until(readers.read(names, read))
        used = "none" if lesson is None else "learnt" if profile is None else profile.digest()
        reading = Counted(given, progress)
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

            results = clean_stream(reading, settings=clean, lesson=lesson, workers=workers)
            known = None
            if before is not None:
                old = read_known(before, read)
                known = Known(clean_stream(old, settings=clean, lesson=lesson, workers=workers))
            if store is None:
                found = compare(results, settings=dedup, keep=keep, fail=fail, known=known, progress=progress)
            else:
                staging = folder.staging
                found = fold_into(store, results, folder=staging, keep=keep, fail=fail, progress=progress)
        written, folded = _write(spool, found, folder.staging, output, tally, progress)
        parts = {"read": read, "clean": clean, "dedup": dedup, "output": output}
        report = Report(
            read=reading.count,
            written=written,
            folded=folded,
            failed=errors.count,
            interrupted=interrupt.cut,
            clusters=describe_clusters(found),
            against={} if known is None else {"inputs": before, "compared": known.read, "failed": known.failed},
            index={} if store is None else {"where": store.where, "settings": plain(store.settings)},
            inputs=tuple(names),
            settings={**{name: plain(part) for name, part in parts.items()}, "profile": used},
            settings_file=settings_file,
            digest=settings_digest(*parts.values(), used),
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


def known_names(against: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> list[str]:
    """The inputs that hold what was there before, as names; raises InputError for standard input.

    >>> known_names("yesterday.jsonl")
    ['yesterday.jsonl']
    """
    names = input_names(against)
    if "-" in names:
        raise InputError("--against -: standard input is for the new clippings; name a file, folder or glob")
    return names


def read_known(names: Iterable[str], settings: ReadSettings) -> Iterator[Clipping | Failure]:
    """What was there before, each input on its own: a clipping may stand in the dumps of two days.

    >>> list(read_known([], ReadSettings()))
    []
    """
    from clipclean import readers

    return (item for name in names for item in readers.read([name], settings))


def _write(
    spool: Spool,
    found: Deduplication,
    staging: Path,
    output: OutputSettings,
    tally: Tally,
    progress: Progress | None,
) -> tuple[int, int]:
    """The third pass: write the kept clippings and the table of copies; how many of each were written."""
    records = partial(fold_records, spool, found, output.copies, keys=output.copies is Copies.ANNOTATE)
    clusters = by_cluster(found)
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
                row = {"id": fold.id, "duplicate_of": fold.duplicate_of, "cluster": fold.cluster, **measures(fold)}
                duplicates.write(row | cluster_keys(clusters[fold.cluster, fold.known]))
            tally.written(source, folded=fold.duplicate_of is not None)
            if progress:
                progress("write", done, "")
    annotated = duplicates.count if output.copies is Copies.ANNOTATE else 0
    return clippings.count - annotated, duplicates.count
