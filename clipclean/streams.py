"""Clippings on their way to the work: counted as they pass, and cut into batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar

from clipclean.model import Clipping, Failure

if TYPE_CHECKING:
    from clipclean.readers import Unread

BATCH = 256
"""Clippings that are worked on together: enough for columns to pay, few enough to hold some for each worker.

Cleaning takes 7 (texts of 400 words) to 18 (60 words) hundredths less CPU than with 64, and no less with 512 or 1,024.
"""

BATCH_CHARACTERS = 4_000_000
"""A batch ends early at this size (pages are long), so that memory does not depend on what is in the input."""

R = TypeVar("R")
T = TypeVar("T", bound="Clipping | Failure | Unread")

ROWS = {"to_dicts": "to_dicts()", "to_dict": 'to_dict("records")', "to_pylist": "to_pylist()"}
"""How the tables of polars, pandas and pyarrow give their rows."""

Progress = Callable[[str, int, str], None]
"""Called with the stage (``learn``, ``read``, ``compare``, ``write``), how many are done, and what is being read."""


def many_records(records: Iterable[R]) -> Iterable[R]:
    """Records as they are, for those who take many; raises TypeError where these are one record, or a table.

    A table gives its columns or their names where its rows are meant, which nobody would notice.

    >>> many_records(["Rain fell."])
    ['Rain fell.']
    """
    kind = type(records).__name__
    if hasattr(records, "columns"):
        rows = next((f" with .{call}" for name, call in ROWS.items() if hasattr(records, name)), " as a list of dicts")
        raise TypeError(f"records: this is a {kind}, which gives its columns; pass a list of its rows{rows}")
    if isinstance(records, str | bytes | Mapping | Clipping) or not isinstance(records, Iterable):
        raise TypeError(f"records: this is one {kind}, and many are taken; pass a list of dicts, texts or clippings")
    return records


def batches(items: Iterable[T]) -> Iterator[list[T]]:
    """Cut a stream into batches by number and by size.

    >>> [len(batch) for batch in batches([Clipping(id="a", text="Rain fell.")] * 257)]
    [256, 1]
    """
    batch: list[T] = []
    size = 0
    for item in items:
        batch.append(item)
        if isinstance(item, Clipping):
            size += len(item.html or "") + len(item.text or "")
        elif not isinstance(item, Failure):
            size += item.size
        if len(batch) == BATCH or size >= BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class Counted(Generic[T]):
    """Items on their way, counted as they pass and told to whoever watches, as those of ``stage``.

    >>> items = Counted([Clipping(id="a", text="Rain fell.")])
    >>> len(list(items)), items.count
    (1, 1)
    """

    def __init__(self, items: Iterable[T], progress: Progress | None = None, stage: str = "read") -> None:
        self.count = 0
        self._items = items
        self._progress = progress
        self._stage = stage

    def __iter__(self) -> Iterator[T]:
        for item in self._items:
            self.count += 1
            if self._progress:
                self._progress(self._stage, self.count, item.origin.path)
            yield item
