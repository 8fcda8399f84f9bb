"""The index as a library: records in, one at a time or many, and verdicts out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from clipclean.choosing import a, optional
from clipclean.cleaners import BatchCleaner, batch_cleaner
from clipclean.comparing import compared_text
from clipclean.config import CleanSettings, DedupSettings, ReadSettings
from clipclean.dates import parse_date
from clipclean.errors import RecordError, SettingsError
from clipclean.given import RECORD, fact, is_nameless, sound_clipping, sound_result
from clipclean.index.documents import DocumentIndex, IndexStats
from clipclean.index.settings import cleaning_digest
from clipclean.index.verdict import Verdict
from clipclean.model import CleanClipping, Clipping, Document, Origin, new_document
from clipclean.readers.records import Records
from clipclean.readers.source import Source
from clipclean.streams import many_records

Record = CleanClipping | Clipping | Mapping[str, Any] | str
"""What is added: the result of cleaning, a clipping, a dict as in JSON Lines, or a text."""


class Index:
    """Yesterday's clippings: knows of each page whether its story was there before. For crawlers and daily runs.

    Open it with ``Index.open``. ``check`` says what a text would be, ``add`` says it and keeps the text in mind. The
    answers depend on what was added before and in which order, not on how it was split into calls, runs or processes.
    Each call is one transaction; ``transaction`` makes several calls one. Many processes may read while one writes;
    another writer waits. One object is not for many threads at once.

    All methods raise StoreError where the index cannot be read or written, and leave it as it was.

    >>> import tempfile
    >>> story = "The ferry to Vell will run again from Monday, the harbour office said after a week of storms."
    >>> with Index.open(tempfile.mkdtemp() + "/clippings.idx", window="42d") as index:
    ...     _ = index.add({"id": "a", "text": story, "source": "halden.example", "published": "2024-03-04"})
    ...     verdict = index.check(story.upper(), id="b", source="orr.example", published="2024-03-05")
    >>> verdict.copy, verdict.relation.value, verdict.of, verdict.cluster
    (True, 'exact', 'a', 'a')
    """

    def __init__(self, documents: DocumentIndex, clean: CleanSettings | None) -> None:
        self._documents = documents
        self._clean = clean
        self._cleaners: dict[bool, BatchCleaner] = {}
        self._records = Records(ReadSettings(), Source(RECORD.path))

    @classmethod
    def open(
        cls,
        where: str | os.PathLike[str],
        *,
        window: str | None = None,
        settings: DedupSettings | None = None,
        clean: CleanSettings | bool | None = None,
        store_text: bool = False,
        create: bool = True,
        wait: float = 30.0,
    ) -> Index:
        """Open the index in a file, or at ``redis://host:port/database``; make it where there is none.

        ``window``, as in 42d, drops what was published longer ago than that before the newest clipping, in whole days;
        ``none`` undoes one that was stated before.
        ``settings`` say how copies fold and which is kept; without, those of the index hold. Texts are compared as they
        are given; with ``clean`` (settings, or True for the usual ones) records are cleaned first, and the index must
        have been made with that cleaning. ``store_text`` keeps the texts too. A writer waits ``wait`` seconds for
        another one.

        Raises StoreError where there is no index and ``create`` is False, where it is none, of a newer version, or was
        made with settings that shape fingerprints otherwise; SettingsError for settings that an index cannot use.
        """
        cleaning = CleanSettings() if clean is True else optional(a(CleanSettings))(clean or None, "clean")
        documents = DocumentIndex(
            os.fspath(where),
            settings=optional(a(DedupSettings))(settings, "settings"),
            window=window,
            cleaning=None if cleaning is None else cleaning_digest(cleaning),
            store_text=store_text,
            create=create,
            wait=wait,
        )
        return cls(documents, cleaning)

    def check(
        self,
        record: Record,
        *,
        id: str | None = None,
        source: str | None = None,
        published: str | date | None = None,
    ) -> Verdict:
        """What a text or record would be if it were added; nothing is written.

        ``id``, ``source`` and ``published`` (a ``datetime``, a ``date``, or any text that a news record has for one)
        hold where the record has none. Without an id the text is compared with all others. Raises RecordError for a
        record that cannot be used, and TypeError for one of these of another type.
        """
        return self._documents.check(self._document(record, id, source, published, needs_id=False))

    def check_many(self, records: Iterable[Record]) -> Iterator[Verdict]:
        """What each of many records would be if it alone were added, in order; nothing is written.

        The answers are those of ``check``, several times quicker: records know nothing of one another. Some hundred
        are compared with one state of the index, when they are asked for: it is a generator. Raises RecordError for a
        record that cannot be used, with its place and its id, and TypeError for one record alone and for a DataFrame.
        """
        return self._documents.check_many(self._each_document(many_records(records), needs_id=False))

    def add(
        self,
        record: Record,
        *,
        id: str | None = None,
        source: str | None = None,
        published: str | date | None = None,
    ) -> Verdict:
        """Say what a text or record is, and keep it in mind.

        What is there under the same id with the same words stays as it is, and is called ``known``; with other words
        it is replaced. ``id``, ``source`` and ``published`` are as for ``check``. Raises RecordError for a record that
        cannot be used, or has no id, and TypeError for one of these of another type.
        """
        return self._documents.add([self._document(record, id, source, published)])[0]

    def add_many(self, records: Iterable[Record]) -> Iterator[Verdict]:
        """The verdicts on many records, in order; some thousands are one transaction, which is several times quicker.

        Nothing is added until it is asked for: it is a generator. Raises RecordError for a record that cannot be used,
        with its place (``record#3`` is the third) and its id; those of the transactions before are in the index then.
        Raises TypeError for one record alone and for a DataFrame.
        """
        return self._documents.add_many(self._each_document(many_records(records)))

    def find(self, id: str) -> Verdict | None:
        """What the clipping with this id is, None where it is not in the index."""
        return next(iter(self._documents.find([_storable(id)])), None)

    def remove(self, id: str) -> bool:
        """Take a clipping out; whether it was there. Its cluster keeps its id as long as another one is in it."""
        return self._documents.remove([_storable(id)]) == 1

    def expire(self, before: str | date | datetime) -> int:
        """Take out what was published before a date; how many clippings that were.

        Raises SettingsError for a date that cannot be read.
        """
        return self._documents.expire(moment_of(before))

    def stats(self) -> IndexStats:
        """How many clippings, texts and stories there are, from when to when, in how many bytes, by which settings."""
        return self._documents.stats()

    def verify(self) -> list[str]:
        """What is wrong with the index, in words; empty where all is well. Reads all of it."""
        return self._documents.verify()

    def export(self, path: str | os.PathLike[str]) -> int:
        """Write all of the index to a Parquet file, with MinHash signatures and sketches; how many clippings.

        For moving an index, merging two, and loading signatures into datasketch's ``MinHashLSH`` (docs/index.md).
        Raises OutputError where the file cannot be written.
        """
        from clipclean.index.parquet import export_index

        return export_index(self._documents, Path(path))

    def load(self, path: str | os.PathLike[str]) -> int:
        """Add what ``export`` wrote, in the order in which it came, as one transaction; how many clippings.

        Raises InputError where the file is none, broken, or of a newer version, and StoreError where it was made with
        settings that shape fingerprints otherwise.
        """
        from clipclean.index.parquet import import_index

        return import_index(self._documents, Path(path))

    def transaction(self) -> AbstractContextManager[None]:
        """Make several calls one: all of it is there at the end, or where an exception is raised none."""
        return self._documents.transaction()

    def close(self) -> None:
        """Let the index go."""
        self._documents.close()

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self._documents)

    def __len__(self) -> int:
        return self._documents.stats().clippings

    def __contains__(self, id: object) -> bool:
        return isinstance(id, str) and self.find(id) is not None

    def _each_document(self, records: Iterable[Record], *, needs_id: bool = True) -> Iterator[Document]:
        for number, record in enumerate(records, start=1):
            try:
                yield self._document(record, needs_id=needs_id)
            except RecordError as error:
                known = self._records.known_id(record) if isinstance(record, Mapping) else getattr(record, "id", None)
                place = f"{Origin(RECORD.path, number)}" + (f" (id {known!r})" if known else "")
                raise RecordError(error.kind, f"{place}: {error}") from None

    def _document(
        self,
        record: Record,
        id: str | None = None,
        source: str | None = None,
        published: str | date | None = None,
        *,
        needs_id: bool = True,
    ) -> Document:
        id, source, published = fact("id", id), fact("source", source), fact("published", published)  # noqa: A001
        result = sound_result(record) if isinstance(record, CleanClipping) else self._cleaned(record, source)
        if result.error is not None:
            raise RecordError(result.error.kind, result.error.message.removeprefix(f"{result.error.origin}: "))
        clipping = result.clipping
        name = id or ("" if is_nameless(clipping) else clipping.id)
        if needs_id and not name:
            raise RecordError("no-id", "a record without an id cannot be added; an index knows clippings by their ids")
        return new_document(
            _storable(name), compared_text(result), clipping.source or source, clipping.published or published
        )

    def _cleaned(self, record: Clipping | Mapping[str, Any] | str, source: str | None) -> CleanClipping:
        given: Any = {"text": record, "source": source} if isinstance(record, str) else record
        known = sound_clipping(given) if isinstance(given, Clipping) else self._records.clipping(given, RECORD)
        pages_only = self._clean is None
        if pages_only not in self._cleaners:
            self._cleaners[pages_only] = batch_cleaner(self._clean or CleanSettings(), pages_only=pages_only)
        return self._cleaners[pages_only]([known])[0]


def moment_of(when: str | date | datetime) -> int:
    """A date in seconds since 1970; raises SettingsError where it cannot be read.

    >>> moment_of("2024-03-04"), moment_of(date(2024, 3, 4))
    (1709510400, 1709510400)
    """
    if isinstance(when, str):
        found = parse_date(when)
        if found is None:
            raise SettingsError(f"before: {when!r} cannot be read as a date; write it as in 2024-03-04")
        return int(found.timestamp())
    if isinstance(when, datetime):
        return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())
    return int(datetime(when.year, when.month, when.day, tzinfo=UTC).timestamp())


def _storable(name: str) -> str:
    """An id that any store can hold: half a character of UTF-16 is written out."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")
