"""A file of plain text or of Markdown is one clipping; what its heading says are facts of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from io import BufferedReader

from clipclean.model import Clipping
from clipclean.readers.compression import document
from clipclean.readers.heading import cut_heading
from clipclean.readers.markdown import as_page, is_markdown
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
    facts, text = cut_heading(text)
    if facts or is_markdown(text):
        yield _of_file(records, {**facts, "text": text}, notes)
    else:
        yield records.build({"text": text}, records.source.origin(), notes=notes)


def read_markdown(stream: BufferedReader, records: Records) -> Iterator[Clipping]:
    """The one clipping of a Markdown file, with what its heading says; raises RecordError as ``read_plain`` does.

    >>> import io
    >>> from clipclean.config import ReadSettings
    >>> from clipclean.readers.source import Source
    >>> file = io.BytesIO(b"---\\ntitle: Rain\\n---\\nRain *fell*.")
    >>> story = next(read_markdown(file, Records(ReadSettings(), Source("dump/a.md", "dump"))))
    >>> story.title, story.html
    ('Rain', '<p>Rain <em>fell</em>.</p>')
    """
    text, notes = records.decoder.decode(document(stream, records.settings.limits))
    facts, text = cut_heading(text)
    page = as_page(text) if text.strip() else ""
    yield _of_file(records, {**facts, "html": page}, notes)


def _of_file(records: Records, said: dict[str, str], notes: tuple[str, ...]) -> Clipping:
    """The clipping of a file; where its text is, is no question, whatever key it has in the records of other files."""
    fields = {field: key for field, key in records.settings.fields.items() if field not in ("text", "html")}
    own = Records(replace(records.settings, fields=fields), records.source)
    return own.clipping(said, own.source.origin(), notes=notes)
