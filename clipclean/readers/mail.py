"""Mail: a message (``.eml``) is one clipping, a mailbox (``.mbox``) one a message; newsletters come so.

The parts of a message are found here and not by the parser of the standard library, whose cost grows with what stands
around a line: here every byte is looked at once for each level, and levels, parts and headers are bounded. Who got a
message is not read. What is no text (pictures, documents, other messages) is no part of the story, and noted.

Source: RFC 2045 to 2047, 3676 (text in which lines flow), 4155 (mailboxes).
"""

from __future__ import annotations

import binascii
import re
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterator
from html import escape
from io import BufferedReader
from typing import NamedTuple

from clipclean.errors import RecordError
from clipclean.limits import over
from clipclean.model import Clipping, Failure, Origin
from clipclean.readers.compression import BUFFER, document, too_large
from clipclean.readers.encoding import declared_codec, declared_in_page
from clipclean.readers.records import Records
from clipclean.readers.values import host
from clipclean.readers.xml_tree import given

MOST_PARTS = 1_000
"""Parts of one message; those with the most pictures have some hundred."""

LONGEST_HEAD = 1 << 18
"""Bytes of the headers of one part; signatures of those who passed it on take some ten thousand."""

LONGEST_VALUE = 4_000
"""Characters of a header that is read; a longer one says nothing that a reader would read."""

WANTED = frozenset(
    "subject from date message-id content-type content-transfer-encoding content-disposition content-language".split()
)
LONGEST_TYPE = 120
"""Characters of a media type."""

BOUNDARY = re.compile(r';\s*boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)
CHARSET = re.compile(r';\s*charset\s*=\s*"?([^\s;"]{1,60})', re.IGNORECASE)
FLOWED = re.compile(r';\s*format\s*=\s*"?flowed', re.IGNORECASE)
ENCODED = re.compile(r"=\?([^?\s]{1,60})\?([bq])\?([^?\s]*)\?=", re.IGNORECASE)
BETWEEN = re.compile(r"(?<=\?=)\s+(?==\?)")
"""White space between encoded words, which is only there to part them."""

LONGEST_ENVELOPE = 400
"""Bytes of the line above each message of a mailbox: an address and a date."""


class Part(NamedTuple):
    """A message or a part of one: its headers, and where its body begins and ends among the bytes of the message."""

    headers: dict[str, str]
    begin: int
    end: int

    @property
    def kind(self) -> str:
        """The media type, that of plain text where none is stated or what is stated is none."""
        stated = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        sound = stated.count("/") == 1 and len(stated) <= LONGEST_TYPE and stated.isascii() and stated.isprintable()
        return stated if sound else "text/plain"


def read_mail(stream: BufferedReader, records: Records) -> Iterator[Clipping]:
    """The one clipping of a message.

    Raises RecordError ``broken-mail`` where it is none, ``empty-text``, ``not-text``, ``nested-too-deep``,
    ``too-many-members`` (parts), and ``too-large``.

    >>> import io
    >>> from clipclean.config import ReadSettings
    >>> from clipclean.readers.source import Source
    >>> mail = io.BytesIO(b"From: Orr Post <news@orr.example>\\nSubject: Rain\\n\\nRain fell.")
    >>> clipping = next(read_mail(mail, Records(ReadSettings(), Source("a.eml"))))
    >>> clipping.source, clipping.title, clipping.text
    ('orr.example', 'Rain', 'Rain fell.')
    """
    yield _clipping(document(stream, records.settings.limits), records.source.origin(), records)


def read_mailbox(stream: BufferedReader, records: Records) -> Iterator[Clipping | Failure]:
    """The messages of a mailbox, numbered; raises RecordError ``broken-mail`` where it does not begin with one.

    >>> import io
    >>> from clipclean.config import ReadSettings
    >>> from clipclean.readers.source import Source
    >>> box = io.BytesIO(b"From a Mon Mar  4 06:00:00 2024\\nSubject: Rain\\n\\nRain fell.\\n")
    >>> [(item.id, item.text) for item in read_mailbox(box, Records(ReadSettings(), Source("a.mbox")))]
    [('a.mbox#1', 'Rain fell.\\n')]
    """
    for number, data in enumerate(_messages(stream, records.settings.limits.document), start=1):
        try:
            if data is None:
                raise too_large(records.settings.limits)
            yield _clipping(data, records.source.origin(number), records)
        except RecordError as error:
            yield records.source.failure(error, number)


def _messages(stream: BufferedReader, most: int) -> Iterator[bytes | None]:
    """The messages of a mailbox, None for one that is longer than a document may be."""
    message: bytearray | None = None
    fits = after_blank = True
    while line := stream.readline(BUFFER):
        if after_blank and _is_envelope(line):
            if message is not None:
                yield bytes(message) if fits else None
            message, fits = bytearray(), True
        elif message is not None and fits:
            message += line[1:] if line[:1] == b">" and line.lstrip(b">").startswith(b"From ") else line
            if len(message) > most:
                message, fits = bytearray(), False
        elif message is None and line.strip():
            raise _broken("it does not begin with the line of a mailbox (From ...); name a message .eml")
        after_blank = line in (b"\n", b"\r\n")
    if message is not None:
        yield bytes(message) if fits else None


def _is_envelope(line: bytes) -> bool:
    """Whether a line parts messages: a story may well begin a paragraph with From, but not with a time and a year."""
    if not line.startswith(b"From ") or len(line) > LONGEST_ENVELOPE:
        return False
    pieces = line.split()
    timed = any(piece[:2].isdigit() and piece[2:3] == b":" for piece in pieces)
    return timed and any(len(piece) == 4 and piece.isdigit() for piece in pieces)


def _clipping(data: bytes, origin: Origin, records: Records) -> Clipping:
    """The clipping of a message."""
    data = data.removeprefix(BOM_UTF8).replace(b"\r\n", b"\n").lstrip(b"\n")
    if _is_envelope(first := data[: data.find(b"\n") + 1]):
        data = data[len(first) :]
    message = _part(data, 0, len(data))
    if not message.headers:
        raise _broken("it has none of the headers that a message has; rename it to what it is")
    body = _Body(data, records)
    shown = body.shown(message)
    said = message.headers
    name, site = _writer(said.get("from", ""))
    fields = given(
        title=_words(said.get("subject", "")),
        published=said.get("date"),
        source=site,
        lang=said.get("content-language", "").partition(",")[0],
    )
    if any(kind == "html" for kind, _ in shown):
        fields["html"] = "\n".join(text if kind == "html" else _as_page(text) for kind, text in shown)
    else:
        fields["text"] = "\n".join(text for _, text in shown)
    meta = given(message_id=said.get("message-id", "").strip("<> "), author=_words(name))
    return records.build(fields, origin, meta=meta, notes=body.notes())


class _Body:
    """The texts of one message, as they are found."""

    def __init__(self, data: bytes, records: Records) -> None:
        self._data = data
        self._records = records
        self._parts = 0
        self._others: Counter[str] = Counter()
        self._read: tuple[str, ...] = ()

    def notes(self) -> tuple[str, ...]:
        """What reading took, and what was left out."""
        if not self._others:
            return self._read
        named = ", ".join(f"{count} {kind}" for kind, count in sorted(self._others.items())[:12])
        return (*self._read, f"mail: no text and left out of this message: {named}")

    def shown(self, part: Part, depth: int = 0) -> list[tuple[str, str]]:
        """What a reader is shown of a part: ``html`` or ``text``, and which."""
        limits = self._records.settings.limits
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise RecordError("too-many-members", f"the message has more than {MOST_PARTS:,} parts; leave it out")
        kind = part.kind
        if kind.startswith("multipart/"):
            if depth >= limits.nesting:
                what = f"more than {limits.nesting} parts of the message are inside each other"
                raise over("nesting", limits.nesting, "nested-too-deep", what)
            inside = [self.shown(inner, depth + 1) for inner in self._inside(part)]
            if kind == "multipart/alternative":
                pages = [shown for shown in inside if any(name == "html" for name, _ in shown)]
                return next(iter(pages or filter(None, inside)), [])
            return [text for shown in inside for text in shown]
        attached = part.headers.get("content-disposition", "").lstrip().lower().startswith("attachment")
        if kind not in ("text/html", "text/plain") or attached:
            self._others[kind] += 1
            return []
        text = self._text(part, kind)
        return [(kind[5:].replace("plain", "text"), text)] if text.strip() else []

    def _inside(self, part: Part) -> Iterator[Part]:
        """The parts of a part: what stands between lines with its boundary."""
        found = BOUNDARY.search(part.headers["content-type"])
        if found is None:
            raise _broken("a part of it has parts, and does not say what parts them; fetch it again")
        data, mark = self._data, f"--{found[1] or found[2]}".encode()
        begin, place = -1, data.find(mark, part.begin, part.end)
        while place >= 0:
            end = data.find(b"\n", place, part.end)
            end = part.end if end < 0 else end
            rest = data[place + len(mark) : end].rstrip()
            if rest in (b"", b"--") and (place == part.begin or data[place - 1 : place] == b"\n"):
                if begin >= 0:
                    yield _part(data, begin, max(begin, place - 1))
                if rest:
                    return
                begin = min(end + 1, part.end)
            place = data.find(mark, end, part.end)
        if begin >= 0:
            yield _part(data, begin, part.end)

    def _text(self, part: Part, kind: str) -> str:
        stated = part.headers.get("content-type", "")
        data = self._data[part.begin : part.end]
        coding = part.headers.get("content-transfer-encoding", "").strip().lower()
        if coding == "base64":
            data = _from_base64(data)
        elif coding == "quoted-printable":
            data = binascii.a2b_qp(data)
        charset = found[1] if (found := CHARSET.search(stated)) else None
        text, notes = self._records.decoder.decode(
            data, charset or (declared_in_page(data) if kind == "text/html" else None)
        )
        self._read += notes
        return _unfolded(text) if kind == "text/plain" and FLOWED.search(stated) else text


def _part(data: bytes, begin: int, end: int) -> Part:
    """The part that stands between two places, with those of its headers that are wanted."""
    stop = begin if data[begin : begin + 1] == b"\n" else data.find(b"\n\n", begin, end)
    stop = end if stop < 0 else stop
    if stop - begin > LONGEST_HEAD:
        raise RecordError("too-large", f"headers of the message have more than {LONGEST_HEAD:,} bytes; leave it out")
    found: dict[str, bytearray] = {}
    name = ""
    for line in data[begin:stop].split(b"\n"):
        if line.startswith((b" ", b"\t")):
            if name:
                found[name] += b" " + line.strip()
            continue
        key, _, value = line.partition(b":")
        name = key.strip().lower().decode("ascii", "replace")
        name = name if name in WANTED and name not in found else ""
        if name:
            found[name] = bytearray(value.strip())
    headers = {name: _decoded(bytes(value)) if len(value) <= LONGEST_VALUE else "" for name, value in found.items()}
    after = stop + (1 if data[begin : begin + 1] == b"\n" else 2)
    return Part(headers, min(after, end), end)


def _decoded(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace")


def _writer(value: str) -> tuple[str, str | None]:
    """Name and host of who sent a message: ``"Orr Post" <news@orr.example>``, or the address alone."""
    before, _, behind = value.rpartition("@")
    if not before:
        return value, None
    name, bracket, _ = before.rpartition("<")
    site = (behind.replace(">", " ").split() or [""])[0]
    return name.strip(' "') if bracket else "", host(f"//{site}")


def _words(value: str) -> str:
    """A header with its encoded words as what they stand for."""
    return " ".join(ENCODED.sub(_word, BETWEEN.sub("", value)).split())


def _word(found: re.Match[str]) -> str:
    codec = declared_codec(found[1].partition("*")[0]) or "utf-8"
    try:
        data = found[3].encode()
        data = binascii.a2b_base64(data) if found[2] in "bB" else binascii.a2b_qp(data, header=True)
        return data.decode(codec, "replace")
    except (ValueError, LookupError):
        return found[0]


def _from_base64(data: bytes) -> bytes:
    for end in (data, data + b"=", data + b"=="):
        try:
            return binascii.a2b_base64(end)
        except binascii.Error:
            continue
    raise _broken("a part of it is no base64, as it says; fetch it again")


def _unfolded(text: str) -> str:
    """A text whose lines go on in the next one where they end in a space."""
    lines: list[list[str]] = [[]]
    for line in text.split("\n"):
        lines[-1].append(line.removeprefix(" "))
        if not line.endswith(" ") or line == "-- ":
            lines.append([])
    return "\n".join(map("".join, lines if lines[-1] else lines[:-1]))


def _as_page(text: str) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in text.split("\n") if line.strip())


def _broken(what: str) -> RecordError:
    return RecordError("broken-mail", what)
