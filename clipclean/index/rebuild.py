"""Makes an index anew, with other settings or by another version, beside the old one, whose place it then takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from clipclean.config import DedupSettings
from clipclean.errors import StoreError
from clipclean.index.arrival import BLOCK
from clipclean.index.documents import DocumentIndex, open_store
from clipclean.index.settings import stores_text
from clipclean.index.store import Store
from clipclean.model import Document

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rebuild(
    path: Path,
    settings: DedupSettings,
    *,
    cleaning: str,
    documents: Callable[[Iterator[Document]], Iterable[Document]],
    store_text: bool,
) -> int:
    """Make the index in a file anew; how many documents it holds then.

    ``documents`` is called with those that the old index holds, if it stores texts, and gives those that the new one is
    to hold, in the order in which they are compared. The old one is left as it is until the new one is whole.

    Raises StoreError where texts are needed and there are none, or where another process has the index open.
    """
    new = path.with_name(f"{path.name}.new")
    _remove(new)
    try:
        old = open_store(str(path), create=False, wait=0.0)
        try:
            old.begin(write=True)  # nobody adds to it meanwhile
            with DocumentIndex(str(new), settings=settings, cleaning=cleaning, store_text=store_text) as index:
                count = sum(1 for _ in index.add_many(documents(_texts(old, path))))
        finally:
            old.close()
        if path.with_name(f"{path.name}-wal").exists():
            raise StoreError(f"{path}: another process has this index open; end it and rebuild again")
        new.replace(path)
    finally:
        _remove(new)
    return count


def _texts(store: Store, path: Path) -> Iterator[Document]:
    """The documents that an index stores, as they came."""
    if not stores_text(store.get()):
        raise StoreError(
            f"{path}: this index stores no texts to build it from; name the files that were added to it with --from, "
            "and use --store-text to have texts next time"
        )
    rows = store.arrivals()
    while some := list(islice(rows, BLOCK)):
        names = store.names(sorted({row.source for row in some}))
        bodies = store.bodies({row.text for row in some})
        for row in some:
            moment = None if row.published is None else (_EPOCH + timedelta(seconds=row.published)).isoformat()
            text = bodies[row.text].text or ""
            yield Document(row.id, text, names.get(row.source), moment)


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
