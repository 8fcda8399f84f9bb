"""What the readers of single formats share: where a file's records come from, and how a fault in it is listed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from clipclean.errors import RecordError
from clipclean.model import Failure, Origin, new_origin

LONGEST_MESSAGE = 2000
"""Characters of a message: ids, keys and names in it may have millions."""

UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Source:
    """One file, member of an archive, or stream, and what its records fall back to.

    ``path`` is how origins name it, ``folder`` the name of the folder it stands in: the source of records that have
    neither a source nor a url. ``stream`` says that it is standard input or another stream without a name.

    >>> Source("dump/a.jsonl", "dump").origin(3)
    Origin(path='dump/a.jsonl', record=3)
    """

    path: str
    folder: str | None = None
    stream: bool = False

    @property
    def name(self) -> str:
        """What messages call it."""
        return "standard input" if self.path == "-" else self.path

    def origin(self, record: int = 0) -> Origin:
        """Where record number ``record`` of it comes from."""
        return new_origin(self.path, record)

    def failure(self, error: RecordError, record: int = 0, *, record_id: str | None = None) -> Failure:
        """The line of errors.jsonl for a fault in it; the message begins with file and record."""
        origin = self.origin(record)
        where = f"{self.name}, record {record}" if record else self.name
        message = label(f"{where}: {error}")
        if len(message) > LONGEST_MESSAGE:  # what it is about stands at its beginning, what to do at its end
            message = f"{message[: LONGEST_MESSAGE // 2]} ... {message[-LONGEST_MESSAGE // 2 :]}"
        return Failure(origin, error.kind, message, record_id)


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that holds one document, named but not opened, and its size in bytes; see ``reading.read_lone``."""

    path: str
    origin: Origin
    size: int


def label(path: str) -> str:
    """A path or message fit to be told: nothing is in it that a terminal or JSON would choke on.

    Control characters and undecodable bytes, which file names and archives may hold, are written as escapes, so that
    different names stay different.

    >>> label("dump/a\\x1bb.txt")
    'dump/a\\\\x1bb.txt'
    """
    return UNSAFE.sub(lambda sign: sign[0].encode("unicode_escape").decode("ascii"), path)
