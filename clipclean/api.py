"""The functions of the library: each takes values and gives values; only ``run`` writes files.

They do what the commands do, by the same code. What a command lists as a failure, ``clean_many`` gives as
``result.error`` and ``dedup`` in ``.failures``; ``clean`` and ``clean_html``, which take one text, raise RecordError.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from clipclean import pipeline
from clipclean.choosing import a
from clipclean.cleaners import BatchCleaner, batch_cleaner, clean_others, clean_stream
from clipclean.comparing import Known, compare
from clipclean.config import (
    CleanSettings,
    Copies,
    DedupSettings,
    Format,
    OutputSettings,
    ReadSettings,
    WorkSettings,
    choices,
)
from clipclean.engines.local import Crew
from clipclean.errors import RecordError
from clipclean.given import HTML, TEXT, Record, clippings, each, fact, one_text
from clipclean.learning import Lesson, learn_stream, load_profile, save_profile
from clipclean.model import CleanClipping, Clipping, Deduplication, Failure, Origin
from clipclean.review.report import Report
from clipclean.verifying import verify as faults
from clipclean.writers import restore, to_record

__all__ = [
    "clean",
    "clean_html",
    "clean_many",
    "dedup",
    "learn",
    "load_profile",
    "read",
    "restore",
    "run",
    "save_profile",
    "to_record",
    "verify",
]

if TYPE_CHECKING:
    from clipclean.cleaning.profile import SourceProfile

T = TypeVar("T")
R = TypeVar("R")

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
"""What the functions on files take: files, folders and globs, or one of them alone."""


def clean(
    text: str,
    *,
    source: str | None = None,
    title: str | None = None,
    published: str | date | None = None,
    url: str | None = None,
    lang: str | None = None,
    profile: SourceProfile | None = None,
    settings: CleanSettings | None = None,
) -> CleanClipping:
    """Tell the story from the furniture in one scraped text.

    ``result.text`` is the story, ``result.lines`` has every line with its verdict. What is known of the text helps:
    ``title`` finds the headline among the lines, and ``source`` what recurs there, if a ``profile`` knows it (see
    ``learn``). What is given, and ``published`` (a ``datetime``, a ``date``, or text as news records have it), stands
    on ``result.clipping``. For many texts use ``clean_many``: batches are faster. A text that is HTML goes to
    ``clean_html``, which sees more.

    Raises RecordError where the text is empty, and TypeError where there is none, for a record, and for a fact of a
    type that cannot serve.

    >>> from datetime import date
    >>> result = clean("Rain fell on Halden for a third day on Monday.", title="Flood", published=date(2024, 3, 4))
    >>> result.removed, result.clipping.title, result.clipping.published
    ((), 'Flood', '2024-03-04')
    """
    one_text(text, "clean", "text")
    facts = {"source": source, "title": title, "published": published, "url": url, "lang": lang}
    return _clean_one({"text": text}, facts, TEXT, settings, profile)


def clean_html(
    html: str,
    *,
    url: str | None = None,
    source: str | None = None,
    title: str | None = None,
    published: str | date | None = None,
    lang: str | None = None,
    profile: SourceProfile | None = None,
    settings: CleanSettings | None = None,
) -> CleanClipping:
    """Tell the story from the furniture on one HTML page; ``result.lines`` are the page's visible lines.

    ``source`` falls back to the host of ``url``; title, date and language are read from the page where it states them
    and you do not; they stand on ``result.clipping``. Give the page as text: the bytes of a download are best decoded
    by whoever saw its HTTP headers.

    Raises RecordError where the page holds no text or cannot be parsed, and TypeError as ``clean`` does.

    >>> story = "Rain fell on Halden for a third day on Monday, and the river Orr rose by a metre."
    >>> clean_html(f"<article><p>{story}</p></article>").text == story
    True
    """
    one_text(html, "clean_html", "page")
    facts = {"source": source, "title": title, "published": published, "url": url, "lang": lang}
    return _clean_one({"html": html}, facts, HTML, settings, profile)


def clean_many(
    records: Iterable[Record],
    *,
    workers: int = 1,
    work: WorkSettings | None = None,
    profile: SourceProfile | None = None,
    settings: CleanSettings | None = None,
    read: ReadSettings | None = None,
) -> Iterator[CleanClipping]:
    """Clean records one after another, in order: a generator that holds a few batches at most.

    Takes dicts with the keys that the commands know (``read`` names others), texts, and what ``read`` gives; of a
    result that was cleaned before, its clipping is cleaned anew. What cannot be used comes out at its place with
    ``error`` set. Results are the same for every number of ``workers``; more than one starts processes (a script then
    needs ``if __name__ == "__main__":``), and closing the generator ends them. Ids are taken as they come and may
    repeat. ``profile`` says what recurs at each source, as ``learn`` found it, ``work`` what the work on one record may
    take before it comes out with an ``error``.

    Raises SettingsError for settings that cannot be used, and TypeError for one record alone and for a DataFrame (give
    its rows, ``df.to_dict("records")``), before the first result.

    >>> [result.error is None for result in clean_many(["Rain fell on Halden for a third day on Monday.", {}])]
    [True, False]
    """
    with ExitStack() as stack:
        crew = stack.enter_context(Crew(workers, _given(work, WorkSettings, "work")))
        results = clean_stream(
            clippings(records, _given(read, ReadSettings, "read")),
            settings=_given(settings, CleanSettings, "settings"),
            lesson=_lesson(profile),
            crew=crew,
        )
        return _while(stack.pop_all(), results)


def learn(records: Iterable[Record], *, workers: int = 1, read: ReadSettings | None = None) -> SourceProfile:
    """Learn what recurs at each source: lines that stand in many of its clippings, with other stories, are furniture.

    Takes what ``clean_many`` takes. It needs ``source`` (or ``url``) in the records, and some dozens of clippings of a
    source; ``published`` helps. Records that cannot be used are passed over. The profile does not depend on the order
    of the records. It is passed on as ``profile=``, saved with ``save_profile``; ``a | b`` adds up those of two days.

    >>> notes = [{"source": "halden.example", "text": "Rain fell."}] * 3
    >>> learn(notes).lines
    0
    """
    known = clippings(records, _given(read, ReadSettings, "read"))
    with Crew(workers) as crew:
        return learn_stream(known, crew=crew, teasers=False).profile


def dedup(
    records: Iterable[Record],
    *,
    threshold: float | None = None,
    clean: bool = False,
    settings: DedupSettings | None = None,
    clean_settings: CleanSettings | None = None,
    read: ReadSettings | None = None,
    workers: int = 1,
    against: Iterable[Record] | None = None,
) -> Deduplication:
    """Find the copies among records: ``.clusters``, ``.matches``, and in ``.folds`` what became of each record.

    With ``clean`` the cleaned texts are compared, else the texts as they are; of HTML pages and of results of cleaning
    (``dedup(clean_many(records))``) always the cleaned text. ``threshold`` is the plain mode: a pair matches if and
    only if the measured Jaccard of its word 5-grams is at least that, from 0 to 1. ``against`` are records that were
    there before: copies of these are folded into them, and copies among ``records`` are not folded into each other;
    their ids may be the same.

    A record that cannot be used does not end the call, nor does an id that stands twice, of which the first counts:
    it is in ``.failures``, with its place (``failure.origin`` is ``record#3`` for the third), ``id``, ``kind`` and
    ``message``. Every record has either a fold or a failure, each in the order of the records. Those of ``against``
    that cannot be used are in ``.known_failures``. Raises TypeError for one record alone and for a DataFrame.

    >>> story = "Rain fell on Halden for a third day on Monday, and the river Orr rose by a metre."
    >>> [cluster.members for cluster in dedup([{"id": "a", "text": story}, {"id": "b", "text": story}]).clusters]
    [('a', 'b')]
    >>> longer = {"id": "c", "text": f"{story}\\nShare this"}
    >>> found = dedup(clean_many([{"id": "a", "text": story}, {"id": "b"}, longer]))
    >>> [cluster.members for cluster in found.clusters], [failure.id for failure in found.failures]
    ([('a', 'c')], ['b'])
    >>> dedup([{"id": "b", "text": story}], against=[{"id": "a", "text": story}]).folds[0].duplicate_of
    'a'
    """
    settings = _given(settings, DedupSettings, "settings")
    if threshold is not None:
        settings = replace(settings, threshold=threshold)

    failures: list[Failure] = []
    unknown: list[Failure] = []
    seen: dict[str, Origin] = {}

    def cleaned(some: Iterable[Record], crew: Crew) -> Iterator[CleanClipping]:
        items = each(some, _given(read, ReadSettings, "read"))
        cleaning = _given(clean_settings, CleanSettings, "clean_settings")
        return clean_others(items, settings=cleaning, crew=crew, pages_only=not clean)

    def keep(result: CleanClipping) -> None:
        origin = result.clipping.origin
        if (first := seen.get(result.id)) is not None:
            raise RecordError("repeated-id", f"{origin}: the id {result.id!r} is that of {first} too; change one")
        seen[result.id] = origin

    with Crew(workers) as crew:
        results = cleaned(records, crew)
        known = None if against is None else Known(cleaned(against, crew), fail=unknown.append)
        found = compare(results, settings=settings, keep=keep, fail=failures.append, known=known, crew=crew)
    return replace(found, failures=tuple(failures), known_failures=tuple(unknown))


def run(
    inputs: Paths,
    out: str | os.PathLike[str],
    *,
    read: ReadSettings | None = None,
    clean: CleanSettings | None = None,
    dedup: DedupSettings | None = None,
    format: str = "jsonl",  # noqa: A002 - the name of the option
    duplicates: str = "remove",
    annotate: bool = False,
    profile: SourceProfile | None = None,
    learn: bool = True,
    work: WorkSettings | None = None,
    workers: int = 1,
    force: bool = False,
    resume: bool = False,
    against: Paths | None = None,
    index: str | os.PathLike[str] | None = None,
    store_text: bool = False,
) -> Report:
    """Clean ``inputs`` (files, folders, globs), fold the copies, and write the files of a run into the folder ``out``.

    ``format`` is one of jsonl, csv, parquet, txt; ``duplicates`` one of remove, annotate, group. The files are those
    of ``clipclean run``; what could not be used is in its ``errors.jsonl`` and counted in ``report.failed``. The inputs
    are read twice: first to learn what recurs at each source, and which lines tease which story. With a ``profile``, or
    with ``learn=False``, they are read once. An earlier run in ``out`` is replaced; other files of the same names only
    with ``force``. ``against`` are files with what was there before: copies of that are folded, and nothing else is.
    ``index`` names an index (see ``Index``): clippings are folded against what it holds, in the order of their dates,
    and added to it, with their texts if ``store_text``; where the run fails it stays as it was.
    ``resume`` goes on from what a run that did not come to its end has cleaned into ``out``; ``work`` says what the
    work on one clipping may take before it is listed as failed.

    Raises InputError (also where there is no input), OutputError, SettingsError, StoreError, and AccountingError where
    the counts do not add up.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "rain.txt").write_text("Rain fell on Halden for a third day on Monday.")
    >>> run([folder / "rain.txt"], folder / "out").written
    1
    """
    (form,) = choices([format], Format, "format")
    (copies,) = choices([duplicates], Copies, "duplicates")
    return pipeline.run(
        inputs,
        out,
        read=_given(read, ReadSettings, "read"),
        clean=_given(clean, CleanSettings, "clean"),
        dedup=_given(dedup, DedupSettings, "dedup"),
        output=OutputSettings(format=form, copies=copies, annotate=annotate),
        profile=profile,
        learn=learn,
        work=_given(work, WorkSettings, "work"),
        workers=workers,
        force=force,
        resume=resume,
        against=against,
        index=index,
        store_text=store_text,
    )


def verify(out: str | os.PathLike[str]) -> tuple[str, ...]:
    """What is wrong with the output of a run in the folder ``out``, each with file and figure: () where nothing is.

    Every file is read: rows, bytes and digests are compared with the manifest, and the rows with the counts of the
    report. Raises InputError where no run has ended there.

    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "rain.txt").write_text("Rain fell on Halden for a third day on Monday.")
    >>> _ = run([folder / "rain.txt"], folder / "out")
    >>> verify(folder / "out")
    ()
    """
    return tuple(faults(Path(out)))


def read(inputs: Paths, settings: ReadSettings | None = None) -> Iterator[Clipping | Failure]:
    """The clippings in files, folders and globs, in order; what cannot be used comes as a Failure at its place.

    Raises InputError where an input does not exist.

    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "rain.txt"
    >>> _ = path.write_text("Rain fell.")
    >>> [clipping.text for clipping in read([path])]
    ['Rain fell.']
    """
    from clipclean import readers

    return readers.read(pipeline.input_names(inputs), _given(settings, ReadSettings, "settings"))


def _while(held: ExitStack, results: Iterator[R]) -> Iterator[R]:
    """Give the results and let go of what is held when these come to their end, or are closed."""
    with held:
        yield from results


def _given(settings: T | None, kind: type[T], name: str) -> T:
    """Settings as they were given, or as they are usually; raises SettingsError for what is none of their kind."""
    return kind() if settings is None else a(kind)(settings, name)


@lru_cache(maxsize=4)  # what it builds is dear and never changes: remembering it cannot change a result
def _cleaner(settings: CleanSettings, profile: SourceProfile | None) -> BatchCleaner:
    return batch_cleaner(settings, lesson=_lesson(profile))


def _lesson(profile: SourceProfile | None) -> Lesson | None:
    return None if profile is None else Lesson(profile)


def _clean_one(
    text: Mapping[str, Any],
    facts: Mapping[str, Any],
    origin: Origin,
    settings: CleanSettings | None,
    profile: SourceProfile | None,
) -> CleanClipping:
    """The one result for a text or page; raises RecordError for what is wrong with it."""
    from clipclean.readers import from_record

    known = {name: said for name, value in facts.items() if (said := fact(name, value)) is not None}
    clipping = from_record({**text, **known}, ReadSettings(), origin=origin)
    (result,) = _cleaner(_given(settings, CleanSettings, "settings"), profile)([clipping])
    if result.error is not None:
        raise RecordError(result.error.kind, result.error.message)
    return result
