"""An index of documents, open: every call is one transaction, or part of one that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from clipclean.config import DedupSettings
from clipclean.errors import ClipcleanError, StoreError
from clipclean.index import settings as agreements
from clipclean.index.arrival import BLOCK
from clipclean.index.block import Prints
from clipclean.index.engine import Engine
from clipclean.index.rows import BodyRow, ClippingRow
from clipclean.index.settings import AS_GIVEN
from clipclean.index.store import ChangedError, Store, is_address, without_password
from clipclean.index.verdict import Verdict
from clipclean.index.verify import faults
from clipclean.model import Document

TOGETHER = 8 * BLOCK
"""Documents that ``add_many`` commits together."""

_CONTRADICTIONS = (LookupError, ValueError, TypeError, ArithmeticError, AssertionError, AttributeError, MemoryError)
"""What work on an index raises whose rows are not what this package wrote."""

_TRIES = 8  # to read one state while others write, before they are made to wait
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexStats:
    """What an index holds: ``clippings``, distinct ``texts``, and ``stories``: clusters, those of one clipping too.

    ``oldest`` and ``newest`` are in seconds since 1970, None for an empty index, ``bytes`` on disk or in memory.
    """

    clippings: int
    texts: int
    stories: int
    oldest: int | None
    newest: int | None
    bytes: int
    settings: DedupSettings
    cleaning: str
    store_text: bool


class Arrivals(NamedTuple):
    """Some clippings as they came, with their words, verdicts, names of their sources and digests of their texts."""

    rows: list[ClippingRow]
    bodies: dict[int, BodyRow]
    verdicts: list[Verdict]
    names: dict[int, str]
    digests: dict[int, int]


def open_store(where: str, *, create: bool, wait: float) -> Store:
    """The store at a path or an address: a file, or ``redis://host:port/database``.

    ``wait`` are the seconds that a writer waits for another. Raises StoreError where it cannot be opened.
    """
    if is_address(where):
        try:
            from clipclean.index.redis import RedisStore
        except ModuleNotFoundError as error:
            raise StoreError(
                f"{without_password(where)}: an index on Redis needs another package: pip install 'clipclean[redis]'"
            ) from error
        return RedisStore(where, create=create, wait=wait)
    from clipclean.index.sqlite import SqliteStore

    return SqliteStore(where, create=create, wait=wait)


def is_there(where: str) -> bool:
    """Whether there is an index at a path or an address."""
    return (is_address(where) or Path(where).exists()) and agreements.is_made(_facts(where, create=True))


def facts_of(where: str) -> dict[str, str]:
    """What an index says of itself, whatever it was made with; raises StoreError where there is none."""
    facts = _facts(where, create=False)
    if not agreements.is_made(facts):
        raise StoreError(f"{without_password(where)}: there is no index yet; clipclean index add makes one")
    return facts


def _facts(where: str, *, create: bool) -> dict[str, str]:
    with closing(open_store(where, create=create, wait=30.0)) as store:
        store.begin(write=False)
        return store.get()


class DocumentIndex:
    """An index of documents, whose texts are compared as they are.

    ``cleaning`` is the digest of the settings by which texts were cleaned, None where that does not matter. Not for
    many threads at once.
    """

    def __init__(
        self,
        where: str,
        *,
        settings: DedupSettings | None = None,
        stated: frozenset[str] | None = None,
        window: str | None = None,
        cleaning: str | None = None,
        store_text: bool = False,
        create: bool = True,
        wait: float = 30.0,
    ) -> None:
        if settings is not None:
            agreements.check_fit(settings)
        self.where, self._said = where, without_password(where)
        self._inside = self._failed = False
        self.store = open_store(where, create=create, wait=wait)
        try:
            facts = self._facts()
            if not agreements.is_made(facts) or ((settings or cleaning) and self._is_empty()):
                made = settings or DedupSettings()
                made = made if window is None else agreements.with_window(made, window)
                facts = self._make(agreements.written(made, cleaning or AS_GIVEN, store_text=store_text))
            with self._sound():
                self.settings = agreements.agreed(self._said, facts, settings, window, cleaning, stated)
                self.cleaning = agreements.cleaning_of(facts)
                self.store_text = agreements.stores_text(facts)
            if store_text and not self.store_text:
                raise StoreError(
                    f"{self._said}: this index was made without texts; leave store_text (--store-text) out, "
                    "or make another one with it"
                )
        except BaseException:
            self.store.close()
            raise
        self._engine = self._new_engine()

    def check(self, document: Document) -> Verdict:
        """What a document would be if it were added; raises TypeError for one whose facts are not text."""
        _see_types([document])
        return self._read(lambda: self._check([document]))[0]

    def check_many(self, documents: Iterable[Document]) -> Iterator[Verdict]:
        """What each document would be if it alone were added, some hundred at a time against one state."""
        documents = iter(documents)
        while some := list(islice(documents, BLOCK)):
            _see_types(some)
            yield from self._read(partial(self._check, some))

    def add(self, documents: Sequence[Document], prints: Prints | None = None) -> list[Verdict]:
        """Add documents together, in the order in which they are compared; raises TypeError as ``check`` does."""
        _see_types(documents)
        with self.transaction(), self._sound():
            return self._engine.add(documents, prints)

    def add_many(self, documents: Iterable[Document]) -> Iterator[Verdict]:
        """Add documents as they come, some thousands in one transaction."""
        documents = iter(documents)
        while some := list(islice(documents, TOGETHER)):
            yield from self.add(some)

    def find(self, ids: Sequence[str]) -> list[Verdict]:
        """What the documents with these ids are; those that are not there are left out."""
        return self._read(lambda: self._find(ids))

    def why_kept(self, name: str) -> str:
        """Why the document with this id is kept, in words."""
        with self._reading():
            row = self.store.by_id([name]).get(name)
            return self._engine.why_kept(row) if row else "older than the window"

    def remove(self, ids: Sequence[str]) -> int:
        """Take documents out; how many were there."""
        with self.transaction(), self._sound():
            rows = list(self.store.by_id(list(dict.fromkeys(ids))).values())
            self._engine.remove(rows)
            return len(rows)

    def expire(self, before: int) -> int:
        """Take out what was published before a moment, in seconds since 1970; how many documents that were."""
        with self.transaction(), self._sound():
            return self._engine.expire(before)

    def __iter__(self) -> Iterator[Verdict]:
        with self._reading():
            for rows in _by_block(self.store.walk()):
                yield from self._engine.find(rows)

    def arrivals(self) -> Iterator[Arrivals]:
        """All that is held of the clippings, in the order in which they came, by the hundred."""
        with self._reading():
            for rows in _by_block(self.store.arrivals()):
                texts = {row.text for row in rows}
                digests = {number: text.digest for number, text in self.store.texts(texts).items()}
                names = self.store.names(sorted({row.source for row in rows}))
                yield Arrivals(rows, self.store.bodies(texts), self._engine.find(rows), names, digests)

    def stats(self) -> IndexStats:
        """What the index holds."""
        (clippings, texts, stories, oldest, newest), size = self._read(lambda: (self.store.count(), self.store.size()))
        return IndexStats(
            clippings=clippings,
            texts=texts,
            stories=stories,
            oldest=oldest,
            newest=newest,
            bytes=size,
            settings=self.settings,
            cleaning=self.cleaning,
            store_text=self.store_text,
        )

    def verify(self) -> list[str]:
        """What is wrong with the index, in words; empty where all is well. Reads everything."""
        with self._reading():
            return faults(self.store, self.settings.ngram)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Do several things as one: all of it is there at the end, or where an exception leaves it none."""
        if self._inside:
            try:
                yield
            except BaseException:
                self._failed = True  # whoever goes on after that must not commit a part of it
                raise
            return
        self.store.begin(write=True)
        self._inside, self._failed = True, False
        self._engine = self._new_engine()
        try:
            self.store.put(agreements.policy_facts(self.settings, store_text=self.store_text))
            yield
            if self._failed:
                raise StoreError(f"{self._said}: a part of this transaction failed; nothing of it was written")
            self._engine.drop_stale()
            self.store.commit()
        except BaseException:
            self.store.rollback()
            raise
        finally:
            self._inside = False

    def _new_engine(self) -> Engine:
        """An engine knows of what was added through it alone: one for each transaction, and for each question."""
        return Engine(self.store, self.settings, self.store_text)

    def _check(self, documents: Sequence[Document]) -> list[Verdict]:
        return self._new_engine().check(documents)

    def _find(self, ids: Sequence[str]) -> list[Verdict]:
        rows = self.store.by_id(ids)
        return self._engine.find([rows[name] for name in ids if name in rows])

    def _read(self, ask: Callable[[], Answer]) -> Answer:
        """Ask for something that is of one state, again where another process wrote meanwhile."""
        for _ in range(_TRIES):
            with suppress(ChangedError), self._reading():
                return ask()
        with self._reading(alone=True):
            return ask()

    @contextmanager
    def _reading(self, *, alone: bool = False) -> Iterator[None]:
        """Read one state; ``alone`` keeps others from writing meanwhile."""
        with self._sound():
            if self._inside:
                yield
                return
            self.store.begin(write=alone)
            try:
                yield
            finally:
                self.store.rollback()

    @contextmanager
    def _sound(self) -> Iterator[None]:
        """Tell an index that contradicts itself as such: whoever wrote it, no error of Python's own comes out.

        What is asked of it has been looked at before (``_see_types``). A fault of this package would still look like
        one of the index, so the message leaves it to ``verify`` to say which it is.
        """
        try:
            yield
        except ClipcleanError:
            raise
        except _CONTRADICTIONS as error:
            raise StoreError(
                f"{self._said}: what lies in this index seems to contradict itself ({type(error).__name__}: {error}); "
                "see what clipclean index verify says: if it finds faults, restore the index from a copy or build it "
                "again, and if it finds none, this is a fault of clipclean, please report it"
            ) from error

    def _facts(self) -> dict[str, str]:
        return self._read(self.store.get)

    def _is_empty(self) -> bool:
        with self._reading():
            return next(self.store.walk(), None) is None

    def _make(self, facts: dict[str, str]) -> dict[str, str]:
        self.store.begin(write=True)
        try:
            there = self.store.get()
            if not agreements.is_made(there) or next(self.store.walk(), None) is None:  # no other process was first
                self.store.put(facts)
                there = facts
            self.store.commit()
        except BaseException:
            self.store.rollback()
            raise
        return there

    def close(self) -> None:
        """Let the index go."""
        self.store.close()

    def __enter__(self) -> DocumentIndex:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _see_types(documents: Iterable[Document]) -> None:
    """Raise TypeError for a document that no index could take, lest it be told as a fault of this one."""
    for document in documents:
        values = document.id, document.text, document.source, document.published
        if not all(isinstance(value, str) or (value is None and place > 1) for place, value in enumerate(values)):
            kinds = ", ".join(type(value).__name__ for value in values)
            raise TypeError(f"id and text of a document are str, source and published str or None; these are {kinds}")


def _by_block(rows: Iterator[ClippingRow]) -> Iterator[list[ClippingRow]]:
    while some := list(islice(rows, BLOCK)):
        yield some
