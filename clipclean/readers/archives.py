"""The members of zip and tar archives, one after the other, as streams; nothing is written under a member's name.

A member's path is used as a name alone, so an absolute path, ``..``, links and devices cannot reach anything. Links,
devices and sparse files hold no text of their own and are listed as failures; folders hold nothing and are passed over.
How many entries there are, folders among them, has a limit: each costs time and memory, whatever it holds.
"""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, cast

from clipclean.errors import RecordError
from clipclean.limits import ReadLimits, over
from clipclean.readers.compression import BUFFER, Bounded, Pieces, Stream, seekable, translated

LAST_RECORDS = 76 + 22 + (1 << 16)
"""Bytes at the end of a zip archive in which its last records begin: two of zip64, one of 22 bytes and a comment."""

LONGEST_HEADER = 1 << 20
"""Bytes of a header of a tar archive that holds a long name or attributes; tarfile would read as many as it says."""

ATTRIBUTES = (
    *(tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK),
    *(tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE),
)


class Member(NamedTuple):
    """A member of an archive: its path with ``/`` between the parts, and its bytes or why there are none."""

    path: str
    content: Stream | RecordError


def zip_members(stream: io.BufferedReader, limits: ReadLimits) -> Iterator[Member]:
    """The members of a zip archive in the order of its directory.

    One broken member does not stop the others. Raises RecordError where the archive's directory cannot be read, and
    ``too-many-members`` before any is read, since the whole directory is kept.
    """
    with seekable(stream) as file:
        if _entries(file) > limits.members:
            raise _too_many(limits)
        try:
            archive = zipfile.ZipFile(file)
        except Exception as error:  # zipfile raises what its parts raise: struct.error, ValueError, OverflowError ...
            raise _broken(error) from error
        with archive:
            for entry in archive.infolist():
                if not entry.filename.endswith("/"):  # which a folder does
                    yield from _zip_member(archive, entry, limits)


def _zip_member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: ReadLimits) -> Iterator[Member]:
    path = _relative(entry.filename)
    try:
        content = archive.open(entry)
    except Exception as error:
        yield Member(path, _broken(error))
        return
    with content:
        yield Member(path, Stream(Bounded(content, lambda: entry.compress_size, limits)))


def _entries(file: BinaryIO) -> int:
    """How many entries the directory of a zip archive holds, whatever it says; 0 where no directory is found."""
    start = max(0, file.seek(0, io.SEEK_END) - LAST_RECORDS)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    waiting = struct.unpack_from("<L", tail, at + 12)[0] if 0 <= at <= len(tail) - 22 else 0
    if at >= 76 and tail.startswith(b"PK\x06\x07", at - 20):  # zip64, whose own last record stands before
        at -= 76
        waiting = struct.unpack_from("<Q", tail, at + 40)[0]
    file.seek(max(0, start + at - waiting))
    found = 0
    while waiting > 0 and (data := file.read(min(waiting, BUFFER))):
        found += data.count(b"PK\x01\x02")
        waiting -= len(data)
    file.seek(0)
    return found


def _too_many(limits: ReadLimits) -> RecordError:
    return over("members", limits.members, "too-many-members", f"the archive has more than {limits.members:,} members")


def tar_members(stream: io.BufferedReader, limits: ReadLimits) -> Iterator[Member]:
    """The members of a tar archive in its order, in one pass.

    What comes after a fault in the archive cannot be found: raises RecordError there, unless the member that was being
    read has told of it; and ``too-many-members`` after as many as there may be.
    """
    try:
        archive = tarfile.open(fileobj=cast("BinaryIO", Pieces(stream)), mode="r|", tarinfo=_Header)  # noqa: SIM115 - closed below
    except RecordError:
        raise
    except Exception as error:
        raise _broken(error) from error
    with archive:
        count = 0
        while (header := _next(archive)) is not None:
            archive.members = []  # type: ignore[attr-defined] # it would remember every header it has seen
            count += 1
            if count > limits.members:
                raise _too_many(limits)
            path = _relative(header.name)
            if header.isdir():
                continue
            if not header.isreg() or header.issparse():
                kind = "a link" if header.issym() or header.islnk() else "no ordinary file"
                yield Member(path, RecordError("not-a-file", f"this member is {kind}; pack the file itself"))
                continue
            content = Stream(archive.extractfile(header))
            yield Member(path, content)
            if content.fault is not None:
                return


class _Header(tarfile.TarInfo):
    """A header that tells of a fault: tarfile takes a broken one in mid-archive for the archive's end."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Header:
        try:
            header = super().frombuf(buf, encoding, errors)
            if header.type in ATTRIBUTES and header.size > LONGEST_HEADER:
                raise _broken(tarfile.HeaderError(f"a header of {header.size:,} bytes"))
            return header
        except (tarfile.InvalidHeaderError, tarfile.TruncatedHeaderError) as error:  # type: ignore[attr-defined]
            if isinstance(error, tarfile.TruncatedHeaderError):  # type: ignore[attr-defined]
                raise translated(EOFError()) from error
            raise _broken(error) from error


def _next(archive: tarfile.TarFile) -> tarfile.TarInfo | None:
    try:
        return archive.next()
    except RecordError:
        raise
    except Exception as error:
        raise _broken(error) from error


def _broken(error: Exception) -> RecordError:
    known = translated(error)
    if known.kind in ("truncated", "encrypted", "unsupported"):
        return known
    return RecordError("broken-archive", f"the archive is damaged or none ({error}); fetch or pack it again")


def _relative(path: str) -> str:
    return path.replace("\\", "/").lstrip("/") or "unnamed"
