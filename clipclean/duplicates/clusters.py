"""Joins matching texts into clusters and chooses the copy of each that stays.

In the plain mode a cluster is whatever hangs together by matches, as users of other tools expect. In the typed mode
clusters grow from the strongest match on, and two of them become one only if at least half of the pairs across match:
a chain of updates, each near the next, would otherwise join stories that share nothing.

Nothing here depends on the order of the input: texts are numbered by their content.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from clipclean.text import Places

NO_CROWD = -1


def connect(count: int, left: Places, right: Places) -> Places:
    """For each of ``count`` texts the least number among those it hangs together with, by way of the given pairs.

    >>> connect(5, np.array([4, 1]), np.array([1, 3])).tolist()
    [0, 1, 2, 1, 1]
    """
    labels = np.arange(count)
    while len(left):
        one, other = labels[left], labels[right]
        low = np.minimum(one, other)
        np.minimum.at(labels, one, low)
        np.minimum.at(labels, other, low)
        while not np.array_equal(roots := labels[labels], labels):
            labels = roots
        apart = labels[left] != labels[right]
        left, right = left[apart], right[apart]
    return labels


def grow(left: Places, right: Places, matches: NDArray[np.bool_], joining: NDArray[np.bool_], crowd: Places) -> Places:
    """Grow clusters over measured pairs, given the strongest first; for each text the least number in its cluster.

    ``matches`` says which pairs match, ``joining`` which of those may join clusters. A pair that was not measured
    counts as no match, unless both texts are in one ``crowd`` (a bucket too large to measure all its pairs): of those
    only measured pairs count.

    >>> left, right = np.array([0, 1, 2]), np.array([1, 2, 3])
    >>> grow(left, right, np.ones(3, bool), np.ones(3, bool), np.full(4, NO_CROWD)).tolist()
    [0, 0, 0, 3]
    """
    clusters: dict[int, _Cluster] = {}
    for one, other, match in zip(left.tolist(), right.tolist(), matches.tolist(), strict=True):
        crowded = crowd[one] == crowd[other] != NO_CROWD
        for text, neighbour in ((one, other), (other, one)):
            if text not in clusters:
                clusters[text] = _Cluster.of(text, int(crowd[text]))
            if match or crowded:
                clusters[text].count(neighbour, int(match), int(crowded))
    home = np.arange(len(crowd))
    for one, other in zip(left[joining].tolist(), right[joining].tolist(), strict=True):
        pair = int(home[one]), int(home[other])
        if pair[0] == pair[1] or not _half(clusters[pair[0]], clusters[pair[1]], pair[1]):
            continue
        kept, gone = sorted(
            pair, key=lambda name: len(clusters[name].across) + len(clusters[name].members), reverse=True
        )
        absorbed = clusters.pop(gone)
        for neighbour, (matching, measured) in absorbed.across.items():
            if neighbour != kept:
                clusters[kept].count(neighbour, matching, measured)
                clusters[neighbour].count(kept, matching, measured)
            del clusters[neighbour].across[gone]
        clusters[kept].members += absorbed.members
        for number, size in absorbed.crowds.items():
            clusters[kept].crowds[number] = clusters[kept].crowds.get(number, 0) + size
        home[absorbed.members] = kept
    least = np.arange(len(home))
    np.minimum.at(least, home, np.arange(len(home)))
    return least[home]


@dataclass(slots=True)
class _Cluster:
    """A cluster that grows. ``across`` counts the pairs with each neighbour: how many match, and how many of those
    within one crowd were measured; ``crowds`` counts the members in each crowd."""

    members: list[int]
    crowds: dict[int, int]
    across: dict[int, tuple[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, text: int, crowd: int) -> _Cluster:
        return cls([text], {crowd: 1} if crowd != NO_CROWD else {})

    def count(self, neighbour: int, matching: int, measured: int) -> None:
        before = self.across.get(neighbour, (0, 0))
        self.across[neighbour] = before[0] + matching, before[1] + measured


def _half(one: _Cluster, other: _Cluster, name: int) -> bool:
    """Whether at least half of the pairs across match, leaving out pairs of one crowd that were not measured."""
    matching, measured = one.across.get(name, (0, 0))
    crowded = sum(count * other.crowds.get(crowd, 0) for crowd, count in one.crowds.items())
    return 2 * matching >= len(one.members) * len(other.members) - (crowded - measured)
