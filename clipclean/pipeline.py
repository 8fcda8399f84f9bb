"""The whole way: read, learn, read again and clean, compare, write, and the run's report.

Three passes. The first learns what recurs at each source (``learning``). The second reads and cleans, batch by batch,
writes each record to shards on disk (``spooling``) and hands its text to the duplicate stage, which keeps fingerprints.
The third writes the records out with what is known then, and the counts are checked against the files. So memory holds
some batches and numbers, never the texts; and a run that was killed can go on from its shards.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from clipclean.cleaners import clean_stream
from clipclean.comparing import Known, compare_documents
from clipclean.config import (
    CleanSettings,
    Copies,
    DedupSettings,
    Format,
    OutputSettings,
    ReadSettings,
    WorkSettings,
    plain,
    settings_digest,
)
from clipclean.engines.interrupt import Interrupt
from clipclean.engines.local import Crew
from clipclean.errors import AccountingError, InputError
from clipclean.index.store import is_address, without_password
from clipclean.indexed import fold_into, opened
from clipclean.learning import Kept, Lesson, first_pass
from clipclean.model import Clipping, Deduplication, Document, Failure, new_document
from clipclean.places import refuse_overlap
from clipclean.review.machine import describe_machine
from clipclean.review.report import Report, Tally, describe_clusters, versions
from clipclean.spooling import cleaned_into
from clipclean.streams import Counted, Progress
from clipclean.verifying import mismatches
from clipclean.watching import Watch
from clipclean.writers import (
    MACHINE,
    MANIFEST,
    REPORT,
    Accounts,
    Columns,
    OutputFolder,
    Rows,
    Shards,
    by_cluster,
    cluster_keys,
    describe_folder,
    fold_records,
    kept_clippings,
    measures,
    open_rows,
    removed_rows,
    to_json,
    told,
)

if TYPE_CHECKING:
    from clipclean.cleaning.profile import SourceProfile


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
    work: WorkSettings | None = None,
    workers: int = 1,
    force: bool = False,
    resume: bool = False,
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

    A run that does not come to its end leaves what it has cleaned in ``out``, hidden. With ``resume`` this one goes on
    from there, and gives the same bytes as if nothing had happened; without, it begins anew. ``work`` says what the
    work on one clipping may take.

    Raises InputError, OutputError (also where there is another run's beginning to go on from), StoreError (of the
    index), SettingsError, and AccountingError where the counts do not add up with what lies on the disk; then nothing
    is written.
    """
    from clipclean import readers

    began = datetime.now(UTC)
    read, clean = read or ReadSettings(), clean or CleanSettings()
    dedup, output, work = dedup or DedupSettings(), output or OutputSettings(), work or WorkSettings()
    out, interrupt = Path(out), interrupt or Interrupt()
    names = input_names(inputs)
    before = None if against is None else known_names(against)
    files = [] if index is None or is_address(os.fspath(index)) else [index]
    refuse_overlap([*names, *(before or ())], files=files, folder=out)
    tally = Tally()
    with (
        opened(index, dedup, clean, against=before is not None, store_text=store_text) as store,
        OutputFolder(out, force=force, resume=resume) as folder,
        Kept(folder.staging) as kept,
        Crew(workers, work) as crew,
    ):
        lesson: Lesson | None
        watch = Watch(names)
        if profile is None and learn:
            lesson, given = first_pass(names, read, kept, crew=crew, progress=progress, interrupt=interrupt)
        else:
            lesson = None if profile is None else Lesson(profile)
            given = interrupt.until(readers.read(names, read))
        if resume and interrupt.asked:  # what lies there already is more than would be written now
            raise KeyboardInterrupt
        used = "none" if lesson is None else "learnt" if profile is None else profile.digest()
        parts = {"read": read, "clean": clean, "dedup": dedup, "output": output, "work": work}
        key = settings_digest(*parts.values(), names, versions(), "" if lesson is None else lesson.digest())
        cleaning: dict[str, Any] = {"settings": clean, "lesson": lesson, "crew": crew}
        reading = Counted(watch.over(given, interrupt), progress)
        with Shards(folder.shards, key) as shards:
            with open_rows(folder.staging, "errors") as errors, open_rows(folder.staging, "removed") as removed:
                lines = cleaned_into(shards, reading, annotate=output.annotate, interrupt=interrupt, **cleaning)
                known = None if before is None else Known(clean_stream(read_known(before, read), **cleaning))
                documents = _told(lines, errors, removed, tally)
                place: dict[str, Any] = {"folder": folder.staging, "progress": progress}
                if store is None:
                    found = compare_documents(documents, settings=dedup, known=known, crew=crew, **place)
                else:
                    found = fold_into(store, documents, **place)
            written, folded = _write(shards, found, folder.staging, output, tally, progress)
        report = Report(
            read=reading.count,
            written=written,
            folded=folded,
            failed=errors.count,
            interrupted=interrupt.cut,
            clusters=describe_clusters(found),
            against={} if known is None else {"inputs": before, **known.counts()},
            index={} if store is None else {"where": without_password(store.where), "settings": plain(store.settings)},
            inputs=tuple(names),
            settings={**{name: plain(part) for name, part in parts.items()}, "profile": used},
            settings_file=settings_file,
            digest=settings_digest(*parts.values(), used),
            versions=versions(),
            **tally.counts(),
        )
        report.check()
        machine = describe_machine(began, workers=workers, taken_over=shards.taken_over)
        _sign(folder.staging, report.record(), machine)
        folder.publish()
    return report


def _told(lines: Iterable[tuple[bytes, bytes]], errors: Rows, removed: Rows, tally: Tally) -> Iterator[Document]:
    """The cleaned clippings as documents; what failed and what was removed is written and counted as it passes."""
    position = 0
    for line, record_line in lines:
        facts = orjson.loads(line)
        if "kind" in facts:
            del facts["mark"]
            errors.write(facts)
            tally.fail(facts["kind"])
            continue
        record = orjson.loads(record_line)
        gone = removed_rows(facts["id"], record)
        for row in gone:
            removed.write(row)
        tally.clean(facts["source"], lines=facts["lines"], removed=gone, flags=record["flags"])
        yield new_document(facts["id"], record["text"], facts["source"], facts["published"], position)
        position += 1


def input_names(inputs: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> list[str]:
    """The inputs as names; one path alone is one input.

    >>> input_names("dump"), input_names([Path("a"), "-"])
    (['dump'], ['a', '-'])
    """
    names: list[Any] = [inputs]
    if isinstance(inputs, Iterable) and not isinstance(inputs, str | os.PathLike | Mapping):
        names = list(inputs)
    for name in names:
        if not isinstance(name, str | os.PathLike):
            raise TypeError(
                f"inputs: this is a {type(name).__name__}, and files, folders and globs are taken; for records that a "
                "program holds there are clean_many and dedup"
            )
    return [os.fspath(name) for name in names]


def known_names(against: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> list[str]:
    """The inputs that hold what was there before, as names; raises InputError for standard input.

    The folder of a run stands for its kept clippings: what it removed and listed is nothing to compare with.

    >>> known_names("yesterday.jsonl")
    ['yesterday.jsonl']
    """
    names = input_names(against)
    if "-" in names:
        raise InputError("--against -: standard input is for the new clippings; name a file, folder or glob")
    return [str(kept_clippings(Path(name)) or name) for name in names]


def read_known(names: Iterable[str], settings: ReadSettings) -> Iterator[Clipping | Failure]:
    """What was there before, each input on its own: a clipping may stand in the dumps of two days.

    >>> list(read_known([], ReadSettings()))
    []
    """
    from clipclean import readers

    return (item for name in names for item in readers.read([name], settings))


def _write(
    shards: Shards,
    found: Deduplication,
    staging: Path,
    output: OutputSettings,
    tally: Tally,
    progress: Progress | None,
) -> tuple[int, int]:
    """The third pass: write the kept clippings and the tables of copies and inputs; how many were kept and folded."""
    records = partial(fold_records, shards, found, output.copies, keys=output.copies is Copies.ANNOTATE)
    clusters = by_cluster(found)
    columns = Columns()
    if output.format in (Format.CSV, Format.PARQUET):
        for _, _, record in records():
            if record is not None:
                columns.see(record)
    with (
        open_rows(staging, "clippings", output.format, columns) as clippings,
        open_rows(staging, "duplicates") as duplicates,
        open_rows(staging, "inputs") as inputs,
        Accounts(inputs) as accounts,
    ):
        for done, (facts, fold, record) in enumerate(records(), start=1):
            if fold is None:
                accounts.add(facts["file"], "failed")
                continue
            if record is not None:
                clippings.write(record)
            if fold.duplicate_of is not None:
                place = {"file": facts["file"], "record": facts["record"]}
                of = {"duplicate_of": fold.duplicate_of, "cluster": fold.cluster, **measures(fold)}
                row = {"id": fold.id, **place, **of}
                duplicates.write(row | cluster_keys(clusters[fold.cluster, fold.known]))
            accounts.add(facts["file"], "written" if fold.duplicate_of is None else "folded")
            tally.written(facts["source"], folded=fold.duplicate_of is not None)
            if progress:
                progress("write", done, "")
    annotated = duplicates.count if output.copies is Copies.ANNOTATE else 0
    return clippings.count - annotated, duplicates.count


def _sign(staging: Path, report: Mapping[str, Any], machine: Mapping[str, Any]) -> None:
    """Write the report and the manifest of all files, once these have been found to say the same as the report."""
    for name, content in ((MACHINE, machine), (REPORT, report)):
        _write_object(staging / name, content)
    files = describe_folder(staging)
    if fault := next(mismatches(staging, files, report), None):
        raise AccountingError(f"{fault}; do not trust this output, and please report how it came about")
    _write_object(staging / MANIFEST, {"files": files})


def _write_object(path: Path, content: Mapping[str, Any]) -> None:
    with told(path):
        path.write_bytes(to_json(content, indent=True) + b"\n")
