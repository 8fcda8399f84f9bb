"""An HTML file is one clipping; its encoding may be declared in it."""

from __future__ import annotations

from collections.abc import Iterator
from io import BufferedReader

from clipclean.model import Clipping
from clipclean.readers.compression import document
from clipclean.readers.encoding import declared_in_page
from clipclean.readers.records import Records


def read_page(stream: BufferedReader, records: Records) -> Iterator[Clipping]:
    """The one clipping of an HTML file; raises RecordError ``empty-text``, ``not-text`` or ``too-large``.

    >>> import io
    >>> from clipclean.config import ReadSettings
    >>> from clipclean.readers.source import Source
    >>> next(read_page(io.BytesIO(b"<p>Rain fell."), Records(ReadSettings(), Source("dump/a.html", "dump")))).html
    '<p>Rain fell.'
    """
    data = document(stream, records.settings.limits)
    html, notes = records.decoder.decode(data, declared_in_page(data))
    yield records.build({"html": html}, records.source.origin(), notes=notes)
