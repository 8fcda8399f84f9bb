"""WARC and WET files: HTML responses and extracted texts, one clipping each, streamed.

A WARC holds much that is no page: requests, descriptions, pictures, redirects, error pages. These are no records of
the dump and no faults, so they are not listed one by one; how many there were and of what kind is noted on the file's
last clipping.

fastwarc finds the records. The HTTP message inside is read here, because a payload that does not unpack must cost one
record and not the rest of the file, and a length that lies must not be believed.
"""

from __future__ import annotations

import io
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from email.parser import BytesHeaderParser
from io import BufferedReader
from typing import Any, BinaryIO, cast

from clipclean.errors import RecordError
from clipclean.limits import ReadLimits
from clipclean.model import Clipping, Failure
from clipclean.readers.compression import BUFFER, Pieces, packed_with, too_large, unpacked
from clipclean.readers.encoding import declared_in_page
from clipclean.readers.records import Records

PAGES = ("text/html", "application/xhtml+xml")


def read_warc(stream: BufferedReader, records: Records) -> Iterator[Clipping | Failure]:
    """The pages of a WARC file or the texts of a WET file, numbered by their place among all records of the file.

    The id is the record's own, the url its target. The date of the crawl is in ``meta`` as ``warc_date``; a text, which
    cannot say when it was published, takes it for ``published``. Raises RecordError ``broken-warc`` where the file is
    damaged, since what follows cannot be found, and ``truncated`` where it ends inside a record.
    """
    others: Counter[str] = Counter()
    waiting: Clipping | None = None
    try:
        for number, record in enumerate(_records(stream), start=1):
            try:
                item = _item(record, number, records)
            except RecordError as error:
                if error.kind == "truncated":
                    raise
                item = records.source.failure(error, number, record_id=_id(record))
            if isinstance(item, str):
                others[item] += 1
            elif isinstance(item, Failure):
                yield item
            else:
                if waiting is not None:
                    yield waiting
                waiting = item
    except RecordError:
        if waiting is not None:
            yield _noted(waiting, others)
        raise
    if waiting is not None:
        yield _noted(waiting, others)
    elif others:
        raise RecordError("no-records", f"it holds no pages, only {_listed(others)}; leave it out")


def _records(stream: BufferedReader) -> Iterator[Any]:
    from fastwarc.warc import ArchiveIterator

    number = 0
    try:
        for record in ArchiveIterator(cast("BinaryIO", Pieces(stream)), parse_http=False):
            number += 1
            yield record
    except RecordError:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise  # only fastwarc's own failure is no Exception and yet nothing but a broken file
        raise RecordError(
            "broken-warc", f"after record {number} it is no WARC ({error}); nothing more is read, fetch the file again"
        ) from error


def _item(record: Any, number: int, records: Records) -> Clipping | Failure | str:
    """The clipping of a record, its failure, or the kind of thing it is instead of a page."""
    kind = (record.headers.get("WARC-Type") or "record without a type").lower()
    limits = records.settings.limits
    told = kind in ("conversion", "response", "resource")
    data = record.reader.read(limits.document + 1 if told else 0)
    size = len(data)
    while rest := record.reader.read(BUFFER):
        size += len(rest)
    if size < record.content_length:
        raise RecordError("truncated", "the file ends inside this record; fetch it again")
    if kind == "conversion":
        if size > limits.document:
            raise too_large(limits)
        text, notes = records.decoder.decode(data)
        return _clipping({"text": text}, record, number, records, notes)
    if not told:
        return kind
    headers = Message()
    headers["Content-Type"] = record.headers.get("Content-Type") or ""
    if headers.get_content_type() == "application/http":
        status, headers, data = _http(data)
        if status != 200:
            return f"response {status}"
    media = str(headers.get("Content-Type", "")).partition(";")[0].strip().lower()
    if media not in PAGES and (media or data[:512].lstrip()[:1] != b"<"):
        return f"{kind} {media or 'of no type'}"
    if size > limits.document:
        raise too_large(limits)
    data = _body(data, headers, limits)
    charset = headers.get_content_charset()
    html, notes = records.decoder.decode(data, charset or declared_in_page(data))
    return _clipping({"html": html}, record, number, records, notes)


def _clipping(
    fields: dict[str, str], record: Any, number: int, records: Records, notes: tuple[str, ...]
) -> Clipping | Failure:
    """A clipping with what the WARC headers say."""
    said = {
        "id": _id(record),
        "url": (record.headers.get("WARC-Target-URI") or "").strip("<> ") or None,
        "lang": (record.headers.get("WARC-Identified-Content-Language") or "").partition(",")[0].strip() or None,
        "published": record.headers.get("WARC-Date") if "text" in fields else None,
    }
    if said["published"]:
        notes += ("published: date of the crawl",)
    if cut := record.headers.get("WARC-Truncated"):
        notes += (f"warc: cut by the crawler ({cut})",)
    meta = {"warc_date": date} if (date := record.headers.get("WARC-Date")) else {}
    fields |= {name: value for name, value in said.items() if value}
    try:
        return records.build(fields, records.source.origin(number), meta=meta, notes=notes)
    except RecordError as error:
        return records.source.failure(error, number, record_id=said["id"])


def _id(record: Any) -> str | None:
    return (record.headers.get("WARC-Record-ID") or "").strip("<> ") or None


def _http(data: bytes) -> tuple[int, Message, bytes]:
    """Status, headers and body of an HTTP response as it was sent; raises RecordError where it is none."""
    end = min((place for mark in (b"\r\n\r\n", b"\n\n") if (place := data.find(mark)) >= 0), default=-1)
    head, body = (data[:end], data[end:].lstrip(b"\r\n")) if end >= 0 else (data, b"")
    first, _, lines = head.partition(b"\n")
    status = first.split(maxsplit=2)
    if not first.startswith(b"HTTP/") or len(status) < 2 or not status[1].isdigit():
        raise RecordError("broken-http", "this response does not begin with an HTTP status; leave the record out")
    return int(status[1][:3]), BytesHeaderParser().parsebytes(lines), body


def _body(body: bytes, headers: Message, limits: ReadLimits) -> bytes:
    """A body without what it was sent in; raises RecordError ``too-large`` where it is larger than allowed."""
    if "chunked" in str(headers.get("Transfer-Encoding", "")).lower():
        body = _dechunked(body)
    body = _unpacked(body, str(headers.get("Content-Encoding", "")).strip().lower(), limits)
    if len(body) > limits.document:
        raise too_large(limits)
    return body


def _dechunked(body: bytes) -> bytes:
    """A body without its chunk lines; the body itself where crawlers have taken them off and kept the header."""
    source = io.BytesIO(body)
    chunks: list[bytes] = []
    while line := source.readline(64):
        try:
            size = int(line.partition(b";")[0], 16)
        except ValueError:
            return b"".join(chunks) or body
        if size <= 0:
            break
        chunks.append(source.read(min(size, len(body))))
        source.readline(4)
    return b"".join(chunks)


def _unpacked(body: bytes, coding: str, limits: ReadLimits) -> bytes:
    """A body without its content coding; the body itself where crawlers have taken it off and kept the header.

    Where it is larger than a document may be, there is at least one byte more than that.
    """
    most = limits.document + 1
    try:
        if coding in ("gzip", "x-gzip", "zstd") and (packing := packed_with(body[:10])):
            return unpacked(io.BytesIO(body), packing, limits, alone=True).read(most)
        if coding == "deflate" and body[:1] != b"<":
            return zlib.decompressobj(wbits=15 if body[:1] == b"\x78" else -15).decompress(body, most)
        if coding == "br" and body[:1] != b"<":
            from fastwarc.stream_io import BrotliReader

            return bytes(BrotliReader(io.BytesIO(body)).read(most))
    except Exception as error:
        if isinstance(error, RecordError) and error.kind in ("too-large", "unpacks-too-far"):
            raise
        raise RecordError("broken-http", f"the page does not unpack as {coding} ({error}); leave it out") from error
    return body


def _noted(clipping: Clipping, others: Counter[str]) -> Clipping:
    if not others:
        return clipping
    return replace(clipping, notes=(*clipping.notes, f"warc: no pages and left out in this file: {_listed(others)}"))


def _listed(others: Counter[str]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(others.items()))
