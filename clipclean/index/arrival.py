"""Clippings as they come: where and when from, and how many of them are taken at once."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from clipclean.dates import parse_date
from clipclean.index.rows import TextRow
from clipclean.model import Document

BLOCK = 512
"""Documents that are compared at once."""
DAY = 86_400
"""Seconds of a day."""

_CHARACTERS = 1 << 21  # of one block


@dataclass(frozen=True, slots=True)
class Arrival:
    """A clipping that comes: its id, the number of its source, moments as in ``ClippingRow``, the day of ``seen``, and
    how many came before it."""

    id: str
    source: int
    published: int | None
    seen: int
    day: int
    arrived: int


def touched(text: TextRow, arrival: Arrival) -> TextRow:
    """A text of which one more clipping has come."""
    alone = text.alone and arrival.source == text.source and arrival.published is not None
    return text._replace(alone=alone, low=min(text.low, arrival.day), high=max(text.high, arrival.day))


def first_block(documents: Sequence[Document], *, apart: bool = False) -> Sequence[Document]:
    """As many of the first documents as may be taken at once: not too long, and with different ids unless they come
    ``apart``.

    >>> documents = [Document("a", "Rain fell."), Document("b", ""), Document("a", "Snow fell.")]
    >>> len(first_block(documents)), len(first_block(documents, apart=True))
    (2, 3)
    """
    ids: set[str] = set()
    characters = 0
    for place, document in enumerate(documents[:BLOCK]):
        characters += len(document.text)
        if place and (document.id in ids or characters > _CHARACTERS):
            return documents[:place]
        if not apart:
            ids.add(document.id)
    return documents[:BLOCK]


def source_of(document: Document) -> str:
    """The name of a document's source, whatever the case; empty where it is unknown."""
    return (document.source or "").strip().casefold()


def moment_of(published: str | None) -> int | None:
    """When a document was published, in seconds since 1970; None where that is unknown or lies in the future."""
    moment = parse_date(published)
    if moment is None:
        return None
    seconds = moment.timestamp()
    return None if seconds > now() + DAY else int(seconds // 1)


def now() -> int:
    """The time in seconds since 1970."""
    return int(time.time())
