"""The members of zip and tar archives, one after the other, as streams; nothing is written under a member's name.

A member's path is used as a name alone, so an absolute path, ``..``, links and devices cannot reach anything. Links,
devices and sparse files hold no text of their own and are listed as failures; folders hold nothing and are passed over.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, cast

from clipclean.errors import RecordError
from clipclean.readers.compression import Pieces, Stream, seekable, translated


class Member(NamedTuple):
    """A member of an archive: its path with ``/`` between the parts, and its bytes or why there are none."""

    path: str
    content: Stream | RecordError


def zip_members(stream: io.BufferedReader) -> Iterator[Member]:
    """The members of a zip archive in the order of its directory.

    One broken member does not stop the others. Raises RecordError where the archive's directory cannot be read.
    """
    with seekable(stream) as file:
        try:
            archive = zipfile.ZipFile(file)
        except Exception as error:  # zipfile raises what its parts raise: struct.error, ValueError, OverflowError ...
            raise _broken(error) from error
        with archive:
            for entry in archive.infolist():
                if not entry.filename.endswith("/"):  # which a folder does
                    yield from _zip_member(archive, entry)


def _zip_member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[Member]:
    path = _relative(entry.filename)
    try:
        content = archive.open(entry)
    except Exception as error:
        yield Member(path, _broken(error))
        return
    with content:
        yield Member(path, Stream(content))


def tar_members(stream: io.BufferedReader) -> Iterator[Member]:
    """The members of a tar archive in its order, in one pass.

    What comes after a fault in the archive cannot be found: raises RecordError there, unless the member that was being
    read has told of it.
    """
    try:
        archive = tarfile.open(fileobj=cast("BinaryIO", Pieces(stream)), mode="r|", tarinfo=_Header)  # noqa: SIM115 - closed below
    except RecordError:
        raise
    except Exception as error:
        raise _broken(error) from error
    with archive:
        while (header := _next(archive)) is not None:
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
            archive.members = []  # type: ignore[attr-defined] # it would remember every header it has seen


class _Header(tarfile.TarInfo):
    """A header that tells of a fault: tarfile takes a broken one in mid-archive for the archive's end."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Header:
        try:
            return super().frombuf(buf, encoding, errors)
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
