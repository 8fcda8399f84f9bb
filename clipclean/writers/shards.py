"""The cleaned records of a run between its passes: files that a killed run leaves behind, for one that goes on.

A shard is written under another name, ends with a line that counts and digests the others, is pushed to the disk and
then renamed. So one that has its name is whole, and whoever opens it makes sure of that.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import orjson

from clipclean.errors import OutputError
from clipclean.writers.jsonlines import to_json
from clipclean.writers.whole import BUFFER, told

SHARD = 1024
"""Lines of a shard: what a killed run loses is a second of work, and a million clippings are a thousand files."""

UNFINISHED = "unfinished"


class Shards:
    """The shards in ``folder``; those that are there and whole are taken over, all others go.

    Each line holds what is known of a clipping and its record, parted by a tab, which JSON escapes. ``key`` says what
    the lines depend on, ``taken_over`` how many were there. Raises OutputError where the folder cannot be used, or
    holds shards of another key.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp()) / "shards"
    >>> with Shards(folder, "key") as shards:
    ...     shards.add([b'{"id":"a"}\\t{"text":"Rain fell."}'])
    ...     shards.finish()
    >>> with Shards(folder, "key") as shards:
    ...     list(shards.lines()), shards.taken_over
    ([(b'{"id":"a"}', b'{"text":"Rain fell."}')], 1)
    """

    def __init__(self, folder: Path, key: str) -> None:
        self.taken_over = 0
        self._folder = folder
        self._key = key
        self._whole: list[Path] = []
        self._file: IO[bytes] | None = None
        with told(folder):
            folder.mkdir(exist_ok=True)
            while (end := _end(path := self._path(len(self._whole)))) is not None:
                if end["key"] != key:
                    raise OutputError(
                        f"{folder.parent.parent} holds the beginning of a run with other settings, inputs or versions; "
                        "give the same as then, or leave out --resume to begin anew"
                    )
                self._whole.append(path)
                self.taken_over += end["lines"]
            for path in set(folder.iterdir()) - set(self._whole):
                path.unlink()

    def __enter__(self) -> Shards:
        return self

    def __exit__(self, *error: object) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):  # what could not be written any more is not needed any more either
                self._file.close()
            with contextlib.suppress(OSError):
                (self._folder / UNFINISHED).unlink()
            self._file = None

    def add(self, lines: Iterable[bytes]) -> None:
        """Add the lines of a batch, which always come into one shard."""
        with told(self._folder):
            if self._file is None:
                self._file = (self._folder / UNFINISHED).open("wb", BUFFER)
                self._digest, self._lines = hashlib.sha256(), 0
            given = list(lines)
            data = b"".join(line + b"\n" for line in given)
            self._file.write(data)
            self._digest.update(data)
            self._lines += len(given)
        if self._lines >= SHARD:
            self.finish()

    def finish(self) -> None:
        """End the shard that is being written, as nothing or not enough for another may come."""
        if self._file is None:
            return
        with told(self._folder):
            end = {"key": self._key, "lines": self._lines, "sha256": self._digest.hexdigest()}
            self._file.write(to_json(end) + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = None
            path = self._path(len(self._whole))
            (self._folder / UNFINISHED).replace(path)
        self._whole.append(path)

    def lines(self) -> Iterator[tuple[bytes, bytes]]:
        """What is known of each clipping and its record, as JSON, from the first shard to the last that is finished."""
        for path in self._whole:
            with told(path), path.open("rb", BUFFER) as file:
                before = file.readline()
                for line in file:  # one behind, as the last line is no record
                    facts, _, record = before[:-1].partition(b"\t")
                    yield facts, record
                    before = line

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:06d}.jsonl"


def _end(path: Path) -> dict[str, Any] | None:
    """The last line of a shard; None where there is none, or where it is not whole."""
    digest, lines, last = hashlib.sha256(), 0, b""
    try:
        with path.open("rb") as file:
            for line in file:
                if last:
                    digest.update(last)
                    lines += 1
                last = line
        end = orjson.loads(last)
        whole = last.endswith(b"\n") and (end["lines"], end["sha256"]) == (lines, digest.hexdigest())
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return end if whole and isinstance(end.get("key"), str) else None
