"""Records into one of the output formats; each writer counts the rows it wrote."""

from __future__ import annotations

import contextlib
import csv
import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Protocol

from clipclean.config import Format
from clipclean.errors import OutputError
from clipclean.writers.jsonlines import to_json
from clipclean.writers.names import safe_name
from clipclean.writers.tables import Columns
from clipclean.writers.whole import BUFFER, told

GROUP = 1000
"""Rows of a Parquet row group: some 3 MB of news text, so that memory stays small and readers can skip."""


class Rows(Protocol):
    """Where records go. ``count`` is the number of rows that were written."""

    count: int

    def write(self, record: Mapping[str, Any]) -> None:
        """Write one record."""


@contextlib.contextmanager
def open_rows(folder: Path, name: str, format: Format = Format.JSONL, columns: Columns | None = None) -> Iterator[Rows]:  # noqa: A002 - the name of the option
    """Open ``name`` in ``folder`` for records, with the suffix of the format.

    ``columns`` must have seen every record for the two tables (csv, parquet); the other formats do not need it.
    ``txt`` makes a folder ``name`` with one file for each record, and ``files.jsonl`` beside it, which says which id
    went into which file. Raises OutputError where nothing can be written.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> with open_rows(folder, "errors") as rows:
    ...     rows.write({"kind": "empty-text"})
    >>> rows.count, (folder / "errors.jsonl").read_text()
    (1, '{"kind":"empty-text"}\\n')
    """
    path = folder / (name if format is Format.TXT else f"{name}.{format.value}")
    with told(path):
        match format:
            case Format.JSONL:
                with path.open("xb", BUFFER) as file:
                    yield JsonLines(file)
            case Format.TXT:
                path.mkdir()
                with (folder / "files.jsonl").open("xb", BUFFER) as file:
                    yield TextFiles(path, JsonLines(file))
            case Format.CSV:
                with path.open("x", BUFFER, encoding="utf-8", newline="") as table:
                    yield CommaLines(table, columns or Columns())
            case Format.PARQUET:
                with ParquetTable(path, columns or Columns()) as parquet:
                    yield parquet


class JsonLines:
    """One JSON object a line, into a stream of bytes.

    >>> import io
    >>> JsonLines(io.BytesIO()).count
    0
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.count = 0
        self._file = file

    def write(self, record: Mapping[str, Any]) -> None:
        """Write one record as one line, whole or (where it cannot be written) not at all."""
        self.write_line(to_json(record))

    def write_line(self, line: bytes) -> None:
        """Write one record that is JSON already."""
        self._file.write(line + b"\n")
        self.count += 1


class TextFiles:
    """One file for each record: its text and a final line feed."""

    def __init__(self, folder: Path, index: JsonLines) -> None:
        self.count = 0
        self._folder = folder
        self._index = index

    def write(self, record: Mapping[str, Any]) -> None:
        """Write the text of one record under a name made from its id."""
        path = self._folder / f"{safe_name(record['id'])}.txt"
        data = f"{record['text']}\n".encode()
        try:
            with path.open("xb") as file:
                file.write(data)
        except FileExistsError:
            raise OutputError(f"two clippings would be written as {path.name}; give one of them another id") from None
        digest = hashlib.sha256(data).hexdigest()
        self._index.write({"id": record["id"], "file": f"{self._folder.name}/{path.name}", "sha256": digest})
        self.count += 1


class CommaLines:
    """A CSV table with a header, UTF-8, lines ended by line feeds; lists and objects are JSON text."""

    def __init__(self, file: IO[str], columns: Columns) -> None:
        self.count = 0
        self._names = list(columns.kinds())
        self._table = csv.writer(file, lineterminator="\n")
        if self._names:
            self._table.writerow(self._names)

    def write(self, record: Mapping[str, Any]) -> None:
        """Write one record; what it does not hold is an empty cell."""
        self._table.writerow([_cell(record.get(name)) for name in self._names])
        self.count += 1


class ParquetTable:
    """A Parquet table with nested columns for what is nested, written in row groups."""

    def __init__(self, path: Path, columns: Columns) -> None:
        self.count = 0
        self._path = path
        self._kinds = columns.kinds()
        self._waiting: list[dict[str, Any]] = []

    def __enter__(self) -> ParquetTable:
        import pyarrow
        import pyarrow.parquet

        self._arrow = pyarrow
        fields = [(name, _arrow_type(kind)) for name, kind in (self._kinds or {"id": str}).items()]
        self._schema = pyarrow.schema(fields)
        self._file = pyarrow.parquet.ParquetWriter(self._path, self._schema, compression="zstd")
        return self

    def __exit__(self, *error: object) -> None:
        try:
            if error[0] is None:
                self._flush()
        finally:
            self._file.close()

    def write(self, record: Mapping[str, Any]) -> None:
        """Write one record; what it does not hold is null."""
        row = {name: record.get(name) for name in self._kinds}
        for name, value in row.items():
            if self._kinds[name] is None and value is not None:
                row[name] = to_json(value).decode()
        self._waiting.append(row)
        self.count += 1
        if len(self._waiting) == GROUP:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            self._file.write_table(self._arrow.Table.from_pylist(self._waiting, schema=self._schema))
            self._waiting = []


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else to_json(value).decode()


def _arrow_type(kind: Any) -> Any:
    import pyarrow

    if isinstance(kind, list):
        return pyarrow.list_(_arrow_type(kind[0]))
    if isinstance(kind, dict):
        return pyarrow.struct([(name, _arrow_type(member)) for name, member in kind.items()])
    return {bool: pyarrow.bool_(), int: pyarrow.int64(), float: pyarrow.float64()}.get(kind, pyarrow.string())
