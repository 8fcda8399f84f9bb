"""What both modes share: the distinct texts of a run, and verdicts on measured pairs of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipclean.duplicates.buckets import Codes
from clipclean.duplicates.store import Extracts, WordStore
from clipclean.model import Relation
from clipclean.text import Places

RELATIONS = tuple(Relation)
NONE = -1
"""In ``Verdicts.relation``: the pair does not match."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The distinct texts of a run, numbered in an order that does not depend on that of the input.

    Text ``i`` is that of ``documents[bounds[i]:bounds[i + 1]]``, the best copy first once they are ranked, and has
    ``words[i]`` words. ``source`` and ``day`` have one entry for each document, -1 where unknown.
    """

    store: WordStore
    documents: Places
    bounds: Places
    words: Places
    source: Places
    day: Places

    @property
    def first(self) -> Places:
        """The first copy of each text."""
        return self.documents[self.bounds[:-1]]

    def locate(self, texts: Places) -> Extracts:
        """Where the words of some texts lie."""
        return self.store.locate(self.first[texts])

    def copies(self, text: int) -> Places:
        """The documents that have this text."""
        return self.documents[self.bounds[text] : self.bounds[text + 1]]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Measured pairs, ascending by code: the ``relation`` of each as its place in ``RELATIONS``, or ``NONE``.

    ``strength`` orders matches, ``reasons`` are empty where there is none.
    """

    codes: Codes
    relation: NDArray[np.int8]
    jaccard: NDArray[np.float64]
    containment: NDArray[np.float64]
    strength: NDArray[np.float64]
    reasons: Sequence[str]

    @property
    def matches(self) -> NDArray[np.bool_]:
        """Which of the pairs match."""
        return self.relation >= 0

    def join(self, other: Verdicts) -> Verdicts:
        """These verdicts and others on pairs that are not among them."""
        codes = np.concatenate((self.codes, other.codes))
        order = np.argsort(codes)
        reasons = [*self.reasons, *other.reasons]
        return Verdicts(
            codes[order],
            np.concatenate((self.relation, other.relation))[order],
            np.concatenate((self.jaccard, other.jaccard))[order],
            np.concatenate((self.containment, other.containment))[order],
            np.concatenate((self.strength, other.strength))[order],
            [reasons[place] for place in order.tolist()],
        )

    def find(self, codes: Codes) -> Places:
        """Where each of some pairs stands among these, or -1."""
        if not len(self.codes):
            return np.full(len(codes), -1)
        place = np.searchsorted(self.codes, codes)
        return np.where(self.codes.take(place, mode="clip") == codes, place, -1)


_NONE = np.empty(0)
NO_VERDICTS = Verdicts(np.empty(0, np.uint64), np.empty(0, np.int8), _NONE, _NONE, _NONE, ())

Judge = Callable[[Codes], Verdicts]
"""Measures pairs of texts, given ascending, and says of each whether and how it matches."""
