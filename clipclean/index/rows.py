"""What an index holds, as rows: clippings, the distinct texts that they have, and clusters of these.

A text is held once however many clippings have it. Its number is never given again; that of a clipping is the number
of its text times ``COPIES``, plus its place among the copies, so that the clippings of a text lie side by side. The
number of a cluster is that of the text that founded it. A text whose only clipping stands alone has no row of a
cluster: its cluster has its number and goes by the id of that clipping.
"""

from __future__ import annotations

from typing import NamedTuple

COPIES = 1 << 24
"""Clippings that one text can have."""
NOWHERE = 0
"""The number of an unknown source."""


class ClippingRow(NamedTuple):
    """One clipping that was added.

    ``published`` is in seconds since 1970, None where unknown; ``seen`` is the same, or where unknown the newest date
    that the index knew when the clipping came, and where it knew none the time of that. ``relation`` is the place of
    the relation to what it was a copy of in ``Relation``, None for one that came first and is kept, with the measures
    of that; ``supersedes`` the id of the copy that was kept until then. ``arrived`` counts the clippings as they come.
    """

    number: int
    id: str
    source: int
    published: int | None
    seen: int
    relation: int | None = None
    jaccard: float | None = None
    containment: float | None = None
    supersedes: str | None = None
    arrived: int = 0

    @property
    def text(self) -> int:
        """The number of its text."""
        return self.number // COPIES


class TextRow(NamedTuple):
    """The facts of one distinct text.

    ``digest`` is a hash of all its words, ``words`` how many they are, ``own`` how many of its shingles are not
    routine. ``source`` and ``day`` (``date.toordinal``, None where unknown) are those of the first clipping that had
    it. ``low`` and ``high`` are the first and last day on which a clipping of it was seen, ``alone`` says that all of
    them stand at that source and have a date.
    ``best`` is the number of its clipping that ranks first.
    """

    number: int
    digest: int
    words: int
    own: int
    source: int
    day: int | None
    alone: bool
    low: int
    high: int
    cluster: int
    best: int

    def days_from(self, day: int) -> int:
        """How many days lie between a day and those on which it was seen."""
        return max(self.low - day, day - self.high, 0)


class BodyRow(NamedTuple):
    """The words of one text in the form of ``compact``, the places of those that begin a sentence or with a digit, and
    in a text that may be a form, of ``names``: those within a sentence that begin with a capital. ``text`` where the
    index stores it."""

    number: int
    words: bytes
    sentences: bytes
    numbers: bytes
    names: bytes
    text: str | None = None


class ClusterRow(NamedTuple):
    """A cluster of two or more clippings, or of what is left of it: its name, the kept clipping, and its texts."""

    number: int
    name: str
    kept: int
    texts: int
