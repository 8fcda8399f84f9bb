"""Stage 1: paths, streams and records become clippings.

``read`` is for files, folders, globs and streams, ``from_record`` for a record that a program holds. The parts, in the
order in which a file meets them: ``inputs`` finds it, ``compression`` and ``archives`` unpack it, ``registry`` says who
reads it (one module for each format), ``encoding`` makes text of bytes, ``records`` and ``names`` make a clipping of a
record, ``reading`` holds them together.

What cannot be read is a Failure of one of these kinds, with a message that says what to do:

    of a file      unreadable, unknown-suffix, hidden-file, not-a-file, repeated-folder, no-records, not-text,
                   not-json-lines, truncated, broken-compression, broken-archive, broken-file, broken-warc, broken-xml,
                   unknown-xml, broken-mail, encrypted, unsupported, nested-too-deep, too-large, unexpected
    of a record    broken-json, broken-row, broken-http, empty-text, no-text, wrong-type, repeated-id
"""

from __future__ import annotations

from clipclean.readers.reading import name_lone, read, read_lone
from clipclean.readers.records import from_record
from clipclean.readers.source import Unread

__all__ = ["Unread", "from_record", "name_lone", "read", "read_lone"]
