"""Tables of text, .csv and .tsv: a header of names, then one record a row, streamed.

The delimiter is the one that gives the header the most names. Quotes are read strictly: where a row breaks them it is
one failure and reading goes on with the line after the row's first, so that one stray quote costs one row and does not
swallow the rows behind it. Bytes that are not UTF-8 travel through the parser as they are and are decoded cell by cell.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator
from io import BufferedReader

from clipclean.errors import RecordError
from clipclean.limits import ReadLimits
from clipclean.model import Clipping, Failure
from clipclean.readers.compression import BUFFER, too_large
from clipclean.readers.encoding import byte_order_mark, mend
from clipclean.readers.names import distinct
from clipclean.readers.records import Records

READ_AGAIN = 1 << 29
"""Characters that are read a second time because of broken quotes before the file is given up: some seconds."""

DELIMITERS = ",;\t|"


class Lines:
    """Lines of a text, each of which can be given back; as many for a row as one document may have characters."""

    def __init__(self, text: io.TextIOBase, limits: ReadLimits) -> None:
        self._text = text
        self._limits = limits
        self._waiting: deque[str] = deque()
        self._size = 0
        self.taken: list[str] = []
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else self._text.readline(self._limits.document + 1)
        if not line:
            raise StopIteration
        if len(line) > self._limits.document and not line.endswith("\n"):
            while (rest := self._text.readline(BUFFER)) and not rest.endswith("\n"):
                pass
            line += "\n"  # so that it is whole when it is read again
        self._size = len(line) + (self._size if self.taken else 0)
        self.taken.append(line)
        self.number += 1
        if self._size > self._limits.document:
            raise too_large(self._limits)
        return line

    def back(self) -> int:
        """Give back all lines taken since the last row but the first; how many characters these are."""
        again = self.taken[1:]
        self._waiting.extendleft(reversed(again))
        self.number -= len(again)
        return sum(map(len, again))


def read_table(stream: BufferedReader, records: Records) -> Iterator[Clipping | Failure]:
    """The records of a table, numbered by row, the first below the header being 1.

    A row that is too short lacks its last cells, which is noted; one that is too long, or breaks the quotes, is one
    failure ``broken-row``, one that is larger than a document may be ``too-large``. Raises RecordError ``no-text``
    where no column is known to hold the text.

    >>> from clipclean.config import ReadSettings
    >>> from clipclean.readers.source import Source
    >>> data = io.BufferedReader(io.BytesIO(b'id;body\\na;"Rain fell; the river rose."\\n'))
    >>> [item.text for item in read_table(data, Records(ReadSettings(), Source("a.csv")))]
    ['Rain fell; the river rose.']
    """
    csv.field_size_limit(max(csv.field_size_limit(), records.settings.limits.document))  # one for the whole process
    encoding = records.settings.encoding or byte_order_mark(stream.peek(4)) or "utf-8"
    errors = "surrogateescape" if encoding == "utf-8" else "replace"
    with io.TextIOWrapper(stream, encoding, errors=errors, newline="") as text:
        lines = Lines(text, records.settings.limits)
        names, delimiter = _header(lines)
        header = tuple(mend(name, records.decoder)[0] for name in names)
        if header and not records.holds_text(header):
            raise records.without_text(header)
        yield from _rows(lines, header, delimiter, records)


def _header(lines: Lines) -> tuple[tuple[str, ...], str]:
    for line in lines:
        line = line.removeprefix("\ufeff")
        if line.lower().startswith("sep=") and len(line.strip()) == 5:  # a line that Excel puts in front
            return _cells(next(lines, ""), line[4]), line[4]
        if line.strip():
            found = {delimiter: _cells(line, delimiter) for delimiter in DELIMITERS}
            best = max(DELIMITERS, key=lambda delimiter: len(found[delimiter]))
            return found[best], best
    return (), ","


def _cells(line: str, delimiter: str) -> tuple[str, ...]:
    return distinct(name.strip() for name in next(csv.reader([line], delimiter=delimiter), []))


def _rows(lines: Lines, header: tuple[str, ...], delimiter: str, records: Records) -> Iterator[Clipping | Failure]:
    number = again = 0
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.taken.clear()
        first = lines.number + 1
        try:
            cells = next(reader, None)
        except (csv.Error, RecordError) as error:
            broken = _broken_row(first, f"{error}; double the quotes inside a cell")
            if isinstance(error, RecordError):
                if error.kind != "too-large":
                    raise
                broken = error
            number += 1
            quotes = delimiter == "\t" and broken.kind == "broken-row"
            unquoted = lines.taken[0].rstrip("\r\n").split("\t") if quotes else []
            again += lines.back()
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            if len(unquoted) == len(header):
                yield _record(unquoted, header, number, records, ("row: read without quotes",))
                continue
            yield records.source.failure(broken, number)
            if again > READ_AGAIN:
                stopped = f"too many quotes are broken, nothing from line {first + 1} on is read; write the file again"
                raise RecordError("broken-row", stopped) from None
            continue
        if cells is None:
            return
        if not cells:
            continue
        number += 1
        if len(cells) > len(header):
            counts = (
                f"it has {len(cells)} cells and the header {len(header)}; quote the cells that hold a {delimiter!r}"
            )
            yield records.source.failure(_broken_row(first, counts), number)
            continue
        short = (f"row: {len(cells)} of {len(header)} cells",) if len(cells) < len(header) else ()
        yield _record(cells, header, number, records, short)


def _record(
    cells: list[str], header: tuple[str, ...], number: int, records: Records, notes: tuple[str, ...]
) -> Clipping | Failure:
    return records.read(dict(zip(header, cells, strict=False)), number, notes=notes)


def _broken_row(line: int, what: str) -> RecordError:
    return RecordError("broken-row", f"the row that begins in line {line} is broken: {what}")
