"""A file of plain text is one clipping."""

from __future__ import annotations

from collections.abc import Iterator
from io import BufferedReader

from clipclean.model import Clipping
from clipclean.readers.compression import document
from clipclean.readers.records import Records


def read_plain(stream: BufferedReader, records: Records) -> Iterator[Clipping]:
    """The one clipping of a text file; raises RecordError ``empty-text``, ``not-text`` or ``too-large``.

    >>> import io
    >>> from clipclean.config import ReadSettings
    >>> from clipclean.readers.source import Source
    >>> next(read_plain(io.BytesIO(b"Rain fell."), Records(ReadSettings(), Source("dump/a.txt", "dump")))).id
    'dump/a.txt'
    """
    text, notes = records.decoder.decode(document(stream, records.settings.limits))
    yield records.build({"text": text}, records.source.origin(), notes=notes)
