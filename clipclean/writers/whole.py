"""Files that are there whole or not at all.

A file is written under a temporary name in the folder of its target and renamed when it is complete, so that nobody
ever reads half of one, and a run that fails leaves the old one as it was.
"""

from __future__ import annotations

import contextlib
import gzip
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from clipclean.errors import OutputError

BUFFER = 1 << 20
"""Bytes that wait to be written together: records one by one would be half a million calls of the system."""


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Translate what the operating system says about ``path`` into an OutputError that says what to do.

    A closed pipe passes as it is: it is no fault.

    >>> with told(Path("out")):
    ...     pass
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"{path}: {reason}; choose another place to write to, or make room there") from error


@contextlib.contextmanager
def made_folder(folder: Path) -> Iterator[None]:
    """Make a folder and those above it; which of them were made and hold nothing at the end go again.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp()) / "results"
    >>> with made_folder(folder):
    ...     folder.is_dir()
    True
    >>> folder.exists()
    False
    """
    made = [place for place in (folder, *folder.parents) if not place.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    finally:
        for place in made:
            try:
                place.rmdir()
            except OSError:
                break


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open ``path`` for writing bytes; it appears when the block ends well, and not at all when it does not.

    A path that ends in ``.gz``, ``.bz2``, ``.xz`` or ``.zst`` is compressed, the same bytes each time. A device or a
    named pipe is written to as it is. Folders that are not there are made. Raises OutputError where the path cannot be
    written.

    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "a.jsonl"
    >>> with whole_file(target) as file:
    ...     _ = file.write(b"{}")
    >>> target.read_bytes()
    b'{}'
    """
    with told(path):
        target = path.resolve()  # what a link points to is replaced, not the link
        if target.is_dir():
            raise OutputError(f"{path} is a folder; name a file in it")
        if target.exists() and not target.is_file():
            with target.open("wb") as file:
                yield file
            return
        temporary = target.with_name(f".{target.name[:100]}.{uuid.uuid4().hex[:8]}.tmp")
        with made_folder(target.parent):
            try:
                with temporary.open("xb", BUFFER) as raw, compressed(raw, target.suffix) as file:
                    yield file
                temporary.replace(target)
            finally:
                temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def compressed(raw: IO[bytes], suffix: str) -> Iterator[IO[bytes]]:
    """A stream that compresses into ``raw`` as the suffix of a file name says; ``raw`` itself for every other suffix.

    >>> import io
    >>> with compressed(io.BytesIO(), ".jsonl") as file:
    ...     _ = file.write(b"{}")
    """
    match suffix.lower():
        case ".gz":  # no time and no name in the header: the same input is the same bytes
            with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed:
                yield cast("IO[bytes]", packed)
        case ".bz2":
            import bz2

            with bz2.BZ2File(raw, "wb") as squeezed:
                yield cast("IO[bytes]", squeezed)
        case ".xz":
            import lzma

            with lzma.LZMAFile(raw, "wb") as small:
                yield cast("IO[bytes]", small)
        case ".zst":
            import zstandard

            with zstandard.ZstdCompressor().stream_writer(raw, closefd=False) as fast:
                yield cast("IO[bytes]", fast)
        case _:
            yield raw
