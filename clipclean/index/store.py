"""What an index asks of the place where it lies: rows by their numbers, and which texts hold which keys.

A store knows nothing of texts and relations. What is read between ``begin`` and ``commit`` is one state; what is
written there is there as a whole after ``commit``, and not at all without.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

import numpy as np

from clipclean.errors import StoreError
from clipclean.index.rows import BodyRow, ClippingRow, ClusterRow, TextRow
from clipclean.text import Places, Words

Passages = tuple[Words, Places]
"""Shingles that are routine at a source, ascending, and for each the number of the text from which it is."""


@dataclass(slots=True)
class Changes:
    """What is written together: rows to set, numbers of rows to drop, and keys with the texts that hold them.

    A dropped text goes with its body. ``passages`` and ``sources`` (name to number) are set.
    """

    clippings: list[ClippingRow] = field(default_factory=list)
    texts: list[TextRow] = field(default_factory=list)
    bodies: list[BodyRow] = field(default_factory=list)
    clusters: list[ClusterRow] = field(default_factory=list)
    dropped_clippings: list[ClippingRow] = field(default_factory=list)
    dropped_texts: list[TextRow] = field(default_factory=list)
    dropped_clusters: list[int] = field(default_factory=list)
    posted: list[tuple[Places, Places]] = field(default_factory=list)
    unposted: list[tuple[Places, Places]] = field(default_factory=list)
    passages: dict[int, Passages] = field(default_factory=dict)
    sources: dict[str, int] = field(default_factory=dict)


class ChangedError(StoreError):
    """What is read is no longer one state, because another process wrote meanwhile: begin again.

    Only of stores that cannot hold a state for a reader.
    """


class Store(Protocol):
    """Where an index lies. Numbers that are not there are left out of what is read."""

    def begin(self, *, write: bool) -> None:
        """Begin to read one state, or to write as the only one who does."""

    def commit(self) -> None:
        """Make what was written last, all of it at once."""

    def rollback(self) -> None:
        """Leave everything as it was at ``begin``."""

    def close(self) -> None:
        """Let the store go."""

    def get(self) -> dict[str, str]:
        """The settings and counters of the index."""

    def put(self, values: Mapping[str, str]) -> None:
        """Set some of these."""

    def by_id(self, ids: Sequence[str]) -> dict[str, ClippingRow]:
        """Clippings by id."""

    def by_digest(self, digests: Sequence[int]) -> list[tuple[int, int]]:
        """Digests, each with the number of a text that has it, by number."""

    def by_key(self, keys: Places) -> tuple[Places, Places]:
        """The keys, ascending and without repeats, that texts hold, each with a text that holds it."""

    def clippings(self, numbers: Iterable[int]) -> dict[int, ClippingRow]:
        """Clippings by number."""

    def copies(self, text: int) -> list[ClippingRow]:
        """The clippings of a text."""

    def last_copies(self, texts: Iterable[int]) -> dict[int, int]:
        """The highest number of a clipping of each text."""

    def texts(self, numbers: Iterable[int]) -> dict[int, TextRow]:
        """Texts by number."""

    def bodies(self, numbers: Iterable[int]) -> dict[int, BodyRow]:
        """Words of texts by number."""

    def clusters(self, numbers: Iterable[int]) -> dict[int, ClusterRow]:
        """Clusters by number."""

    def members(self, cluster: int) -> list[TextRow]:
        """The texts of a cluster."""

    def passages(self, source: int) -> Passages:
        """What is routine at a source."""

    def sources(self, names: Sequence[str]) -> dict[str, int]:
        """Numbers of sources by name."""

    def names(self, numbers: Sequence[int]) -> dict[int, str]:
        """Names of sources by number."""

    def before(self, seen: int) -> Iterator[ClippingRow]:
        """The clippings that were seen before a moment (seconds since 1970)."""

    def walk(self) -> Iterator[ClippingRow]:
        """All clippings by number."""

    def arrivals(self) -> Iterator[ClippingRow]:
        """All clippings as they came."""

    def walk_passages(self) -> Iterator[int]:
        """The sources that have routine passages."""

    def write(self, changes: Changes) -> None:
        """Write these, within ``begin`` and ``commit``."""

    def count(self) -> tuple[int, int, int, int | None, int | None]:
        """How many clippings, texts and clusters there are, and the first and last moment that was seen."""

    def size(self) -> int:
        """Bytes on disk, or in the memory of a server."""

    def check(self) -> list[str]:
        """What is wrong with the store itself, in words."""


NO_PASSAGES: Passages = np.empty(0, np.uint64), np.empty(0, np.int64)


def is_address(where: str) -> bool:
    """Whether a name is the address of a server, and not a path.

    >>> is_address("redis://news.example/0"), is_address("clippings.idx")
    (True, False)
    """
    return where.startswith(("redis://", "rediss://", "unix://"))


def without_password(where: str) -> str:
    """The address of a store as messages may show it.

    >>> without_password("redis://crawler:secret@news.example:6379/0")
    'redis://crawler:***@news.example:6379/0'
    """
    parts = urlsplit(where) if is_address(where) else None
    if parts is None or not parts.password:
        return where
    user, _, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user.partition(':')[0]}:***@{host}").geturl()
