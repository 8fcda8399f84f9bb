"""JSON Lines: one record a line, streamed; a broken line is one failure and the next line is read.

orjson parses the bytes of a line. What it refuses gets a second, slower look: Python's parser takes NaN and halves of
surrogate pairs, and a line that is not UTF-8 is decoded first.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from io import BufferedReader
from typing import Any

import orjson

from clipclean.errors import RecordError
from clipclean.model import Clipping, Failure
from clipclean.readers.compression import BUFFER, too_large
from clipclean.readers.encoding import byte_order_mark
from clipclean.readers.records import Records

NO_LINES = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\[\s*(?:[{\]]|$)|\{[ \t]*\r?\n)")
"""How a stream begins whose lines are no records: as an array, or with an object over many lines."""

NULL = b"\\u0000"


def read_jsonl(stream: BufferedReader, records: Records) -> Iterator[Clipping | Failure]:
    """The records of JSON Lines, numbered by line. A stream that begins as a JSON array, or with an object over many
    lines, is read as a ``.json`` file.

    A line may also be a bare text, and may end with a comma. Standard input without a single line that begins like JSON
    is one failure (``not-json-lines``), not one for each of its lines. A line that is longer than a document may be is
    passed over in pieces, as a failure ``too-large``.

    >>> from clipclean.config import ReadSettings
    >>> from clipclean.readers.source import Source
    >>> lines = io.BufferedReader(io.BytesIO(b'{"id": "a", "text": "Rain fell."}\\n{"id": "b", "tex'))
    >>> [type(item).__name__ for item in read_jsonl(lines, Records(ReadSettings(), Source("a.jsonl")))]
    ['Clipping', 'Failure']
    """
    head = stream.peek(1)
    if records.source.stream and _is_no_json(head, records):
        raise RecordError(
            "not-json-lines",
            "it is read as JSON Lines and holds none; give one JSON object a line, or save it to a file whose suffix "
            "says what it is",
        )
    if NO_LINES.match(head):
        from clipclean.readers.json_array import read_json

        yield from read_json(stream, records)
        return
    limits = records.settings.limits
    for number, line in _lines(stream, head, records):
        if len(line) > limits.document:
            yield records.source.failure(too_large(limits), number)
            continue
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError:
            if not line.isspace():
                yield _second_look(line, number, records)
            continue
        yield records.read(record, number, sound=NULL not in line)


def _is_no_json(head: bytes, records: Records) -> bool:
    if not head.strip() or byte_order_mark(head) or records.settings.encoding is not None:
        return False
    return not any(line.lstrip()[:1] in (b"{", b"[", b'"') for line in head.splitlines())


def _lines(stream: BufferedReader, head: bytes, records: Records) -> Iterator[tuple[int, bytes]]:
    """The numbered lines as UTF-8; decoded and encoded again where a mark or the user says that they are another.

    Of a line that is too long there is one byte more than there may be, whatever it is.
    """
    encoding = records.settings.encoding or byte_order_mark(head)
    most = records.settings.limits.document
    number = 0
    if encoding in (None, "utf-8"):
        while line := stream.readline(most + 1):
            number += 1
            if line == b"\n":  # of a bomb there may be a thousand million, so they are passed by the buffer
                ready = stream.peek(1)
                number += len(stream.read(len(ready) - len(ready.lstrip(b"\n"))))
                continue
            yield number, line
            if len(line) > most:
                while line and not line.endswith(b"\n"):
                    line = stream.readline(BUFFER)
        return
    with io.TextIOWrapper(stream, encoding, errors="replace", newline="\n") as text:
        while part := text.readline(most + 1):
            number += 1
            long = len(part) > most
            yield number, bytes(most + 1) if long else part.removeprefix("\ufeff").encode("utf-8", "replace")
            if long:
                while part and not part.endswith("\n"):
                    part = text.readline(BUFFER)


def _second_look(line: bytes, number: int, records: Records) -> Clipping | Failure:
    try:
        text, notes = records.decoder.decode(line) if records.settings.encoding is None else (line.decode(), ())
        return records.read(parse(text.rstrip().removesuffix(","), number), number, notes=notes)
    except RecordError as error:
        return records.source.failure(error, number)


def parse(text: str, line: int) -> Any:
    """The value of a JSON text by Python's own parser; raises RecordError ``broken-json`` with the position.

    >>> parse('{"score": NaN}', 1)
    {'score': nan}
    """
    try:
        return json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        raise broken(error, f"line {line}, column {error.pos + 1}") from None
    except (ValueError, RecursionError) as error:
        raise broken(error, f"line {line}") from None


def broken(error: Exception | str, where: str, remedy: str = "write the record again or mend it") -> RecordError:
    """The error for JSON that does not parse at ``where``.

    >>> str(broken("Expecting value", "line 2, column 9"))
    'the JSON is broken at line 2, column 9 (expecting value); write the record again or mend it'
    """
    what = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
    what = "nested too deep" if isinstance(error, RecursionError) else what.removesuffix(" starting at")
    return RecordError("broken-json", f"the JSON is broken at {where} ({what[:1].lower() + what[1:]}); {remedy}")
