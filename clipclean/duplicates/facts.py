"""What folding asks of documents beyond their texts: the source, how much it is preferred, and whether it was known."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clipclean.config import Keep
from clipclean.model import Document
from clipclean.text import Places

NOWHERE = -1
"""The number of a source that is not known."""


class Facts:
    """Collects the facts of documents as they come; sources are one whatever their case.

    >>> facts = Facts(["halden.example"])
    >>> for source in ("News.Halden.example", "orr.example", None, "ORR.example"):
    ...     facts.add(Document("a", "Rain fell.", source))
    >>> facts.source.tolist(), facts.preference.tolist()
    ([0, 1, -1, 1], [0, 1, 1, 1])
    """

    def __init__(self, prefer: Sequence[str] = ()) -> None:
        self._prefer = [source.strip().casefold() for source in prefer]
        self._numbers: dict[str, int] = {}
        self._ranks = array("q")
        self._sources = array("q")
        self._known = array("b")

    def add(self, document: Document) -> None:
        """Take note of one more document."""
        self._known.append(document.known)
        name = (document.source or "").strip().casefold()
        if not name:
            self._sources.append(NOWHERE)
            return
        number = self._numbers.setdefault(name, len(self._numbers))
        if number == len(self._ranks):
            self._ranks.append(preferred_place(self._prefer, name))
        self._sources.append(number)

    @property
    def source(self) -> Places:
        """The number of each document's source."""
        return np.array(self._sources, np.int64)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which documents were there before."""
        return np.array(self._known, bool)

    @property
    def preference(self) -> Places:
        """The place of each document's source among the preferred ones; their number for all other sources."""
        ranks = np.append(np.array(self._ranks, np.int64), len(self._prefer))
        return ranks[self.source]  # the last one is also that of an unknown source, -1

    def preferred(self, place: int) -> str:
        """The preferred source of that place, or nothing for all others."""
        return self._prefer[place] if place < len(self._prefer) else ""


def preferred_place(prefer: Sequence[str], source: str) -> int:
    """The place of a source among the preferred ones, by name or as a part of one; their number for all others.

    A source that was the host of an address has lost its ``www.``, so a preferred one stands for both.

    >>> preferred_place(["halden.example"], "News.Halden.example"), preferred_place(["halden.example"], "orr.example")
    (0, 1)
    >>> preferred_place(["www.halden.example"], "halden.example")
    0
    """
    name = source.strip().casefold()
    own = (preferred.strip().casefold() for preferred in prefer)
    matching = (
        place for place, one in enumerate(own) if name in (one, one.removeprefix("www.")) or name.endswith(f".{one}")
    )
    return next(matching, len(prefer))


def rank(
    keep: Keep,
    ids: Sequence[str],
    words: Places,
    moment: NDArray[np.float64],
    position: Places,
    preference: Places | None = None,
) -> Places:
    """The place of each of some documents in the order in which copies are kept, from 0.

    ``longest``: words, then date, then id. ``preferred``: preference, then as ``longest``. ``earliest`` and ``latest``:
    date, then words, then id; ``moment`` is in seconds, NaN where unknown, and unknown comes last. ``first``: position
    alone. But for the last the order of the input has no say.

    >>> rank(Keep.LONGEST, ["b", "a", "c"], np.array([9, 9, 30]), np.array([1.0, 1.0, np.nan]), np.arange(3)).tolist()
    [2, 1, 0]
    """
    if keep is Keep.FIRST:
        order = np.argsort(position, kind="stable")
    else:
        name = np.empty(len(ids), np.int64)
        name[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
        date = np.where(np.isnan(moment), np.inf, -moment if keep is Keep.LATEST else moment)
        liked = np.zeros(len(ids)) if preference is None or keep is not Keep.PREFERRED else preference
        by_date = keep in (Keep.EARLIEST, Keep.LATEST)
        order = np.lexsort((name, -words, date) if by_date else (name, date, -words, liked))
    places = np.empty(len(order), np.int64)
    places[order] = np.arange(len(order))
    return places
