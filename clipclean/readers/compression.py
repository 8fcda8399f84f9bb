"""Compressed bytes become plain bytes: streaming, in bounded memory, all frames of a file, faults told as they are.

What a stream is packed with is told by its first bytes, not by its name: a ``.jsonl`` that is gzip data is unpacked,
and a ``.gz`` that is none is a fault. Whatever a broken or cut-off stream held before the fault is handed on first.

Every byte that is read from a compressed file passes through ``Bounded``, which holds it against the limits.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import shutil
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, cast

from clipclean.errors import RecordError
from clipclean.limits import ReadLimits, over

BUFFER = 1 << 20
"""Bytes that are read at once; a megabyte makes the calls cheap, and many files can be open."""

PIECE = 1 << 16
"""Bytes of a document that are asked for first: to make room for all that it may have takes 16 µs, for each file."""

ZSTD_INPUT = 1 << 11
"""Compressed bytes given to zstd at once: it has no limit for its output, and 2 KB cannot become more than 64 MB."""

XZ_MEMORY = 1 << 28
"""Memory that an xz stream may ask for, which holds the largest dictionary of ``xz -9`` (65 MB) with ease."""

SPOOL = 1 << 26
"""Bytes of a stream without random access that are kept in memory before they go to a temporary file."""

UNMEASURED = 1 << 24
"""Bytes that any stream may unpack to, whatever their ratio: a small file of one repeated record is no bomb."""

MAGIC = {
    "gzip": re.compile(rb"\x1f\x8b\x08"),
    "bzip2": re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"),
    "xz": re.compile(rb"\xfd7zXZ\x00"),
    "zstd": re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"),
}
SUFFIXES = {
    ".gz": "gzip",
    ".gzip": "gzip",
    ".bz2": "bzip2",
    ".xz": "xz",
    ".zst": "zstd",
    ".zstd": "zstd",
}


class Stream(io.RawIOBase):
    """Bytes from a source that may be broken: every foreign exception becomes a RecordError.

    ``fault`` is the error, once there was one, so that whoever opened the stream knows that no more will come.
    """

    def __init__(self, source: Any) -> None:
        self.fault: RecordError | None = None
        self._read: Callable[[int], bytes] = getattr(source, "read1", source.read)
        self._position = 0

    def readable(self) -> bool:
        """Always true."""
        return True

    def tell(self) -> int:
        """How many bytes have been read."""
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fill ``buffer`` as far as one read of the source does; raises RecordError where that fails."""
        if self.fault is not None:
            raise self.fault
        try:
            data = self._read(len(buffer))
        except RecordError as error:
            self.fault = error
            raise
        except Exception as error:
            self.fault = translated(error)
            raise self.fault from error
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


class Pieces:
    """A stream that gives what it has: a fault costs nothing of what came before it, as filling a buffer would."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self._position = 0

    def read(self, size: int = BUFFER) -> bytes:
        """At most ``size`` bytes, none at the end."""
        data = self._stream.read1(size)
        self._position += len(data)
        return data

    def tell(self) -> int:
        """How many bytes have been read."""
        return self._position


def translated(error: Exception) -> RecordError:
    """The RecordError for what went wrong in unpacking.

    >>> translated(EOFError()).kind
    'truncated'
    """
    if isinstance(error, EOFError) or "unexpected end of data" in str(error):
        return RecordError("truncated", "the data ends too early; what was whole has been read, fetch the file again")
    if isinstance(error, zipfile.BadZipFile | tarfile.TarError):
        return RecordError("broken-archive", f"the archive is damaged ({error}); fetch or pack it again")
    if isinstance(error, RuntimeError) and "password" in str(error):
        return RecordError("encrypted", "the member is encrypted; unpack the archive with its password first")
    if isinstance(error, NotImplementedError):
        return RecordError(
            "unsupported", f"the way it is packed is not supported ({error}); pack it again as .gz or .zip"
        )
    packing = (zlib.error, gzip.BadGzipFile, lzma.LZMAError, ValueError)
    if isinstance(error, packing) or type(error).__name__ == "ZstdError" or str(error) == "Invalid data stream":
        return RecordError("broken-compression", f"the compressed data is damaged ({error}); fetch the file again")
    return RecordError("unreadable", f"reading fails ({error}); look at the disk or the connection, or fetch it again")


def buffered(source: Any) -> io.BufferedReader:
    """A source whose faults are translated, with ``peek``."""
    return io.BufferedReader(Stream(source), BUFFER)


def packed_with(head: bytes) -> str | None:
    """What a stream that begins with ``head`` (10 bytes or more) is packed with.

    >>> packed_with(gzip.compress(b"Rain fell."))
    'gzip'
    """
    return next((name for name, magic in MAGIC.items() if magic.match(head)), None)


def unpacked(
    stream: BinaryIO, packing: str, limits: ReadLimits | None = None, *, alone: bool = False
) -> io.BufferedReader:
    """The plain bytes of a stream that is packed with ``packing``, of all its frames one after the other.

    Reading from it raises RecordError: ``truncated`` where the data ends inside a frame, ``broken-compression`` where
    it is damaged, ``unpacks-too-far`` where it goes beyond the ratio that ``limits`` allow, and, where it is one
    document ``alone``, ``too-large`` where it is larger packed than they allow.

    >>> unpacked(io.BytesIO(gzip.compress(b"Rain ") + gzip.compress(b"fell.")), "gzip").read()
    b'Rain fell.'
    """
    limits = limits or ReadLimits()
    packed = Packed(stream, limits.packed if alone else None)
    return buffered(Bounded(_plain(cast("BinaryIO", packed), packing), lambda: packed.count, limits))


def _plain(stream: BinaryIO, packing: str) -> Any:
    if packing == "gzip":
        return gzip.GzipFile(fileobj=stream)
    if packing == "bzip2":
        return bz2.BZ2File(stream)
    if packing == "xz":
        return Frames(stream, lambda: lzma.LZMADecompressor(memlimit=XZ_MEMORY), BUFFER)
    from zstandard import ZstdDecompressor

    return Frames(stream, lambda: ZstdDecompressor().decompressobj(), ZSTD_INPUT)


class Packed:
    """The bytes of a packed stream, counted; ``most`` is how many there may be."""

    def __init__(self, stream: BinaryIO, most: int | None) -> None:
        self.count = 0
        self._stream = stream
        self._most = most

    def read(self, size: int = BUFFER) -> bytes:
        """At most ``size`` bytes; raises RecordError ``too-large`` where there are too many of them."""
        data = self._stream.read(size)
        self.count += len(data)
        if self._most is not None and self.count > self._most:
            raise over("packed", self._most, "too-large", f"it has more than {self._most:,} bytes packed")
        return data


class Bounded:
    """Plain bytes, at most so many times as many as were ``packed``, and ``UNMEASURED`` anyway."""

    def __init__(self, plain: Any, packed: Callable[[], int], limits: ReadLimits) -> None:
        self._read: Callable[[int], bytes] = getattr(plain, "read1", plain.read)
        self._packed = packed
        self._limits = limits
        self._count = 0

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes; raises RecordError ``unpacks-too-far``."""
        data = self._read(size)
        self._count += len(data)
        if self._count > max(UNMEASURED, self._limits.ratio * self._packed()):
            raise too_far(self._limits)
        return data


def document(stream: BinaryIO, limits: ReadLimits) -> bytes:
    """All bytes of a stream that holds one document; raises RecordError ``too-large`` where these are too many."""
    data = stream.read(min(PIECE, limits.document + 1))
    if len(data) == PIECE:
        data += stream.read(limits.document + 1 - PIECE)
    if len(data) > limits.document:
        raise too_large(limits)
    return data


def too_far(limits: ReadLimits) -> RecordError:
    """The error for what unpacks to too many times its size."""
    what = f"it unpacks to more than {limits.ratio:,} times its size, as bombs do"
    return over("ratio", limits.ratio, "unpacks-too-far", what)


def too_large(limits: ReadLimits) -> RecordError:
    """The error for a document that is larger than allowed."""
    return over("document", limits.document, "too-large", f"it is larger than {limits.document:,} bytes")


class Frames:
    """The frames of a stream, one after the other, each unpacked by a decompressor of its own.

    For packings that Python has no fitting file object for: xz with a limit of memory, and zstd. ``start`` makes a
    decompressor with ``decompress``, ``eof`` and ``unused_data``; ``chunk`` is how many bytes it is given at once.
    """

    def __init__(self, source: BinaryIO, start: Callable[[], Any], chunk: int) -> None:
        self._source = source
        self._start = start
        self._chunk = chunk
        self._frame = start()
        self._ready = memoryview(b"")

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes, none at the end; raises EOFError where the source ends inside a frame."""
        while not self._ready:
            data = b""
            if self._frame.eof:
                data = self._frame.unused_data.lstrip(b"\x00") or self._source.read(self._chunk).lstrip(b"\x00")
                if not data:
                    return b""
                self._frame = self._start()
            elif getattr(self._frame, "needs_input", True):
                data = self._source.read(self._chunk)
                if not data:
                    raise EOFError
            limit = (size,) if hasattr(self._frame, "needs_input") else ()
            self._ready = memoryview(self._frame.decompress(data, *limit))
        out, self._ready = bytes(self._ready[:size]), self._ready[size:]
        return out


@contextmanager
def seekable(stream: BinaryIO) -> Iterator[BinaryIO]:
    """The stream, or a copy of what is left of it in memory or a nameless temporary file, with random access."""
    if stream.seekable():
        yield stream
        return
    with tempfile.SpooledTemporaryFile(max_size=SPOOL) as spool:
        shutil.copyfileobj(stream, spool, BUFFER)
        spool.seek(0)
        yield cast("BinaryIO", spool)
