"""The second pass of a run: clippings are cleaned into lines on disk, from which the output is written.

A line holds all that later steps need, and a mark of the clipping that it was made of. So a run that goes on after a
killed one reads its inputs again, takes the lines whose marks are those of what it reads, and cleans the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from hashlib import blake2b

from clipclean.cleaners import batch_cleaner, lost
from clipclean.config import CleanSettings
from clipclean.engines.interrupt import Interrupt
from clipclean.engines.local import Crew
from clipclean.errors import AccountingError, InputError, RecordError
from clipclean.learning import Lesson
from clipclean.model import CleanClipping, Clipping, Failure
from clipclean.streams import batches
from clipclean.writers import Shards, spool_line, to_record

Items = Iterable[Clipping | Failure]


def cleaned_into(
    shards: Shards,
    items: Items,
    *,
    settings: CleanSettings,
    lesson: Lesson | None = None,
    annotate: bool = False,
    interrupt: Interrupt,
    crew: Crew | None = None,
) -> Iterator[tuple[bytes, bytes]]:
    """Clean what is not yet in the shards; gives for each item what is known of it and its record, both as JSON.

    Raises InputError where an item is not the one that stands in its place in the shards, and KeyboardInterrupt where
    ``interrupt`` is asked to stop before all of these have come: then nothing is new.
    """
    given = iter(items)
    for facts, record in shards.lines():
        item = next(given, None)
        if item is None and interrupt.asked:
            raise KeyboardInterrupt
        if item is None or not facts.startswith(b'{"mark":"%b"' % mark(item).encode()):
            place = "the input ends" if item is None else f"{item.origin} has changed"
            raise InputError(f"{place} since the run that is to go on; leave out --resume to begin anew")
        yield facts, record
    lines = cleaned_lines(given, settings=settings, lesson=lesson, annotate=annotate, crew=crew)
    for batch in lines:
        shards.add(batch)
        for line in batch:
            facts, _, record = line.partition(b"\t")
            yield facts, record
    shards.finish()


def cleaned_lines(
    items: Items,
    *,
    settings: CleanSettings,
    lesson: Lesson | None = None,
    annotate: bool = False,
    crew: Crew | None = None,
) -> Iterator[list[bytes]]:
    """Clean items into lines, batch by batch and in order.

    The lines are made where the cleaning is done: handing results from process to process as they are would take a
    third of the time that cleaning takes.

    >>> [lines] = cleaned_lines([Clipping(id="a", text="Rain fell.")], settings=CleanSettings())
    >>> lines[0].partition(b"\\t")[2][:30]
    b'{"id":"a","text":"Rain fell.",'
    """
    make = partial(line_cleaner, settings, lesson, annotate)
    return (crew or Crew()).map(make, batches(items), lost=partial(_lost, annotate))


def line_cleaner(
    settings: CleanSettings, lesson: Lesson | None, annotate: bool
) -> Callable[[list[Clipping | Failure]], list[bytes]]:
    """Build the function that cleans a batch into lines, one for each item."""
    clean = batch_cleaner(settings, lesson=lesson)

    def lines(batch: list[Clipping | Failure]) -> list[bytes]:
        results = clean(batch)
        if len(results) != len(batch):
            raise AccountingError(
                f"{batch[0].origin} and after: {len(batch)} read, but {len(results)} came back from cleaning; "
                "do not trust this output, and please report how it came about"
            )
        return [_line(item, result, annotate) for item, result in zip(batch, results, strict=True)]

    return lines


def mark(item: Clipping | Failure) -> str:
    """16 hexadecimal digits that differ where items do.

    >>> mark(Clipping(id="a", text="Rain fell.")) == mark(Clipping(id="a", text="Rain fell!"))
    False
    """
    found = blake2b(digest_size=8)
    if isinstance(item, Clipping):  # long texts as they are, since repr would take most of the time
        for text in (item.text or "", item.html or ""):
            data = text.encode("utf-8", "surrogatepass")
            found.update(b"%d " % len(data) + data)
        facts: object = (item.id, item.url, item.source, item.title, item.published, item.lang, item.meta, item.origin)
        facts = (facts, item.notes, item.keys, item.text is None)
    else:
        facts = item
    found.update(repr(facts).encode("utf-8", "backslashreplace"))
    return found.hexdigest()


def _lost(annotate: bool, item: Clipping | Failure, why: RecordError) -> list[bytes]:
    return [_line(item, lost(item, why), annotate)]


def _line(item: Clipping | Failure, result: CleanClipping, annotate: bool) -> bytes:
    if result.error is None:
        try:
            return spool_line(mark(item), result, to_record(result, annotate=annotate))
        except RecordError as error:
            result = lost(item, error)
    return spool_line(mark(item), result, None)
