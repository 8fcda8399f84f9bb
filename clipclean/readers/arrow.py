"""Parquet and Arrow files (IPC file, IPC stream, Feather 2): one record a row, read batch by batch."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from io import BufferedReader
from typing import Any, BinaryIO

from clipclean.errors import RecordError
from clipclean.model import Clipping, Failure
from clipclean.readers.compression import UNMEASURED, seekable, too_far
from clipclean.readers.names import distinct
from clipclean.readers.records import Records

ROWS = 16
"""Rows that are turned into Python values at once. A dictionary may hold a large cell once for all rows of a file, and
each of them takes memory of its own here; of ordinary rows, 256 at once are no faster."""


def read_parquet(stream: BufferedReader, records: Records) -> Iterator[Clipping | Failure]:
    """The records of a Parquet file, numbered by row from 1; memory is that of a row group's pages.

    Raises RecordError ``broken-file`` where it is damaged, after the rows that could be read, and ``no-text`` where no
    column is known to hold the text. Cells are held against the ratio too: a dictionary packs as well as gzip does.
    """
    import pyarrow.parquet

    if not stream.peek(1):
        return
    with seekable(stream) as source:
        try:
            file = pyarrow.parquet.ParquetFile(source, pre_buffer=False)
            batches = file.iter_batches(batch_size=ROWS, use_threads=False)
            names = file.schema_arrow.names
        except Exception as error:  # pyarrow raises errors of many kinds for files that it cannot make sense of
            raise _broken("Parquet", error) from error
        size = source.seek(0, io.SEEK_END)
        yield from _records(batches, names, records, "Parquet", lambda: size)


def read_arrow(stream: BufferedReader, records: Records) -> Iterator[Clipping | Failure]:
    """The records of an Arrow IPC file or stream or a Feather file of version 2, numbered by row from 1.

    Raises RecordError as ``read_parquet`` does; Feather of version 1 is ``unsupported``.
    """
    import pyarrow

    head = stream.peek(8)[:8]
    if head.startswith(b"FEA1"):
        raise RecordError(
            "unsupported", "this is Feather version 1; write it again as Feather 2, Parquet or JSON Lines"
        )
    if not head:
        return
    if not head.startswith(b"ARROW1"):
        yield from _opened(pyarrow.ipc.open_stream, stream, records, stream.tell)
        return
    with seekable(stream) as source:
        size = source.seek(0, io.SEEK_END)
        yield from _opened(pyarrow.ipc.open_file, source, records, lambda: size)


def _opened(
    opened: Callable[[BinaryIO], Any], source: BinaryIO, records: Records, size: Callable[[], int]
) -> Iterator[Clipping | Failure]:
    try:
        file = opened(source)
        batches = iter(file) if hasattr(file, "__iter__") else map(file.get_batch, range(file.num_record_batches))
        names = file.schema.names
    except Exception as error:
        raise _broken("Arrow", error) from error
    yield from _records(batches, names, records, "Arrow", size)


def _records(
    batches: Iterator[Any], names: list[str], records: Records, kind: str, size: Callable[[], int]
) -> Iterator[Clipping | Failure]:
    """The records of all batches; ``size`` is the bytes that they take in the file, as far as it has been read."""
    limits, signs = records.settings.limits, 0
    unique = distinct(names)
    if not records.holds_text(unique):
        raise records.without_text(unique)
    number = 0
    while True:
        try:
            batch = next(batches, None)
            rows = [] if batch is None else _rows(batch, unique)
        except RecordError:
            raise
        except Exception as error:
            raise _broken(kind, error) from error
        if batch is None:
            return
        for row in rows:
            number += 1
            signs += sum(len(cell) for cell in row.values() if isinstance(cell, str))
            yield records.read(row, number)
        if signs > max(UNMEASURED, limits.ratio * size()):
            raise too_far(limits)


def _rows(batch: Any, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """The rows of a batch, in slices, since a file may hold all its rows in one."""
    rows = []
    for start in range(0, batch.num_rows, ROWS):
        columns = [_values(column) for column in batch.slice(start, ROWS).columns]
        rows += [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]
    return rows


def _values(column: Any) -> list[Any]:
    import pyarrow

    kind = column.type
    try:
        column.validate(full=True)  # else lengths that lie would end the process
    except pyarrow.ArrowInvalid:
        if not pyarrow.types.is_string(kind) and not pyarrow.types.is_large_string(kind):
            raise
        column = column.view(pyarrow.binary() if pyarrow.types.is_string(kind) else pyarrow.large_binary())
        column.validate(full=True)  # text in another encoding, which is decoded cell by cell
    if pyarrow.types.is_binary(kind) or pyarrow.types.is_large_binary(kind):
        with suppress(pyarrow.ArrowInvalid):  # many programs write text as bytes and leave it at that
            column = column.cast(pyarrow.large_string())
    if pyarrow.types.is_timestamp(kind) and kind.unit == "ns":  # Python has no nanoseconds, and no date needs them
        column = column.cast(pyarrow.timestamp("us", kind.tz), safe=False)
    try:
        values: list[Any] = column.to_pylist()
    except Exception:  # a year past 9999, a time zone nobody knows: cell by cell, as text where need be
        values = [_value(cell) for cell in column]
    return values


def _value(cell: Any) -> Any:
    for told in (cell.as_py, cell.__str__, lambda: str(cell.value)):
        with suppress(Exception):
            return told()
    return None


def _broken(kind: str, error: Exception) -> RecordError:
    if isinstance(error, RecordError):
        return error
    reason = (str(error) or type(error).__name__).splitlines()[0]
    return RecordError("broken-file", f"it cannot be read as {kind} ({reason}); write or fetch the file again")
