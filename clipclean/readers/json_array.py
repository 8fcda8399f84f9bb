"""A .json file: an array of records, an object that holds one, or records one after the other; streamed.

The text is decoded piece by piece and Python's parser is asked for one value at a time from where the last one ended.
Where it stops because the piece ended, the piece is doubled and it is asked again, so the memory is that of the largest
record. An object that does not end within ``WRAPPER`` characters is taken for a wrapper round an array and entered.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from io import BufferedReader
from typing import Any

import orjson

from clipclean.config import ReadSettings
from clipclean.errors import RecordError
from clipclean.model import Clipping, Failure
from clipclean.readers.compression import BUFFER, too_large
from clipclean.readers.encoding import byte_order_mark
from clipclean.readers.jsonl import broken, read_jsonl
from clipclean.readers.records import Records
from clipclean.readers.values import host

WRAPPER = 1 << 25
"""Characters of an object from which on it is no record but holds records: the longest articles have a million.
Where a document may have fewer, it is as many."""

SPACE = re.compile(r"[ \t\r\n\ufeff]*")
LITERAL = 32
"""An error so near to the end of a piece may be a number, a name or an escape that the piece cuts in two."""


def read_json(stream: BufferedReader, records: Records) -> Iterator[Clipping | Failure]:
    """The records of a .json file, numbered from 1 in their order.

    JSON Lines under this suffix are read as such. Where the JSON breaks, the rest of an array cannot be told apart: one
    failure ``broken-json`` says where, and the records before it are there. So it is where a value is ``too-large``.

    >>> import io
    >>> from clipclean.config import ReadSettings
    >>> from clipclean.readers.source import Source
    >>> data = io.BufferedReader(io.BytesIO(b'{"articles": [{"text": "Rain fell."}, {"text": "Snow fell."}]}'))
    >>> [item.id for item in read_json(data, Records(ReadSettings(), Source("a.json")))]
    ['a.json#1', 'a.json#2']
    """
    if _is_lines(stream.peek(1)):
        yield from read_jsonl(stream, records)
        return
    number = 0
    try:
        for record in _values(_Text(stream, records.settings), records):
            number += 1
            yield records.read(record, number)
    except RecordError as error:
        if error.kind not in ("broken-json", "too-large"):
            raise
        yield records.source.failure(error, number + 1)


def _is_lines(head: bytes) -> bool:
    """Whether a piece begins with a line that is a whole object, and another object follows."""
    first, _, rest = head.lstrip().partition(b"\n")
    if first[:1] != b"{" or rest.lstrip()[:1] != b"{":
        return False
    try:
        orjson.loads(first)
    except orjson.JSONDecodeError:
        return False
    return True


class _Text:
    """The decoded text of a stream as far as it is needed, and a place in it."""

    def __init__(self, stream: BufferedReader, settings: ReadSettings) -> None:
        encoding = settings.encoding or byte_order_mark(stream.peek(4)) or "utf-8"
        errors = "surrogateescape" if encoding == "utf-8" else "replace"
        self._decoder = codecs.getincrementaldecoder(encoding)(errors)
        self._parser = json.JSONDecoder(strict=False)
        self._stream = stream
        self._limits = settings.limits
        self._gone = 0
        self._text = ""
        self._at = 0
        self._end = False

    def peek(self) -> str:
        """The next character that is no space, which is now the place; empty at the end."""
        while True:
            self._at = SPACE.match(self._text, self._at).end()  # type: ignore[union-attr] # it matches the empty text
            if self._at < len(self._text):
                return self._text[self._at]
            if self._end:
                return ""
            self._more()

    def skip(self, signs: str) -> str:
        """Pass the next character, which must be one of ``signs``."""
        sign = self.peek()
        if not sign or sign not in signs:
            found = f"found {sign}" if sign else "the data ends"
            raise self.broken(f"{' or '.join(signs)} expected, {found}", self._at)
        self._at += 1
        return sign

    def value(self, limit: int | None = None) -> Any:
        """The value that begins here; None (the place stays) where it does not end within ``limit`` characters."""
        self.peek()
        while True:
            try:
                value, end = self._parser.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                open_string = error.msg.startswith("Unterminated string")
                if self._end or not (open_string or error.pos >= len(self._text) - LITERAL):
                    raise self.broken(error, error.pos) from None
                if limit is not None and len(self._text) - self._at > limit:
                    return None
            except (ValueError, RecursionError) as error:
                raise self.broken(error, self._at) from None
            else:
                if self._end or end < len(self._text) or self._text[end - 1] in '}]"':
                    self._at = end
                    return value
            self._more()

    def broken(self, error: Exception | str, place: int) -> RecordError:
        """The error for JSON that breaks at ``place``."""
        where = f"character {self._gone + place + 1}"
        return broken(error, where, "nothing after it is read, so write the file again or mend it")

    def _more(self) -> None:
        rest = self._text[self._at :]
        if len(rest) > self._limits.document:
            raise too_large(self._limits)
        data = self._stream.read1(max(BUFFER, len(rest)))  # not read, which would lose what comes before a fault
        self._end = not data
        self._gone += self._at
        self._text = rest + self._decoder.decode(data, final=self._end)
        self._at = 0


def _values(text: _Text, records: Records) -> Iterator[Any]:
    """The records of the top-level values, which may stand one after the other."""
    while sign := text.peek():
        if sign == "[":
            yield from _elements(text)
        elif sign != "{":
            yield text.value()
        elif (value := text.value(min(WRAPPER, records.settings.limits.document))) is not None:
            yield from _held(value, records)
        else:
            yield from _members(text)


def _elements(text: _Text) -> Iterator[Any]:
    text.skip("[")
    if text.peek() == "]":
        text.skip("]")
        return
    while True:
        yield text.value()
        if text.skip(",]") == "]":
            return


def _members(text: _Text) -> Iterator[Any]:
    """The elements of the arrays in an object that is too large to be a record."""
    text.skip("{")
    while True:
        text.value()
        text.skip(":")
        if text.peek() == "[":
            yield from _elements(text)
        else:
            text.value()
        if text.skip(",}") == "}":
            return


def _held(value: dict[str, Any], records: Records) -> list[Any]:
    """The records in an object: the one list of objects that it holds, the objects that are all it has, or it itself.

    Objects that stand under names of their own are told apart by these, an address or an id.
    """
    if records.holds_text(tuple(value)):
        return [value]
    objects = [member for member in value.values() if isinstance(member, dict) and records.holds_text(tuple(member))]
    if len(objects) == len(value) > 1:
        return [{"url" if host(name) else "id": name, **member} for name, member in value.items()]
    inner = [inside for member in value.values() if isinstance(member, Mapping) for inside in member.values()]
    lists = [member for member in [*value.values(), *inner] if isinstance(member, list) and member]
    lists = [member for member in lists if all(isinstance(element, Mapping) for element in member)]
    return lists[0] if len(lists) == 1 else [value]
