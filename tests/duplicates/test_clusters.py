"""Joining texts: connected components, and clusters that resist chains."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clipclean.config import Keep
from clipclean.duplicates.clusters import NO_CROWD, connect, grow
from clipclean.duplicates.facts import rank
from clipclean.duplicates.folding import first_of_each

EDGES = st.integers(1, 12).flatmap(
    lambda count: st.tuples(
        st.just(count),
        st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=20),
    )
)


def sides(edges: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([edge[0] for edge in edges], np.int64), np.array([edge[1] for edge in edges], np.int64)


@settings(max_examples=150, deadline=None)
@given(EDGES)
def test_texts_that_hang_together_share_the_least_number(graph: tuple[int, list[tuple[int, int]]]) -> None:
    count, edges = graph
    expected = list(range(count))
    for _ in range(count):
        for one, other in edges:
            expected[one] = expected[other] = min(expected[one], expected[other])
    assert connect(count, *sides(edges)).tolist() == expected


def grown(count: int, edges: list[tuple[int, int]], crowd: list[int] | None = None) -> list[int]:
    every = np.ones(len(edges), bool)
    return grow(*sides(edges), every, every, np.array(crowd or [NO_CROWD] * count)).tolist()


def test_a_chain_of_matches_is_no_cluster() -> None:
    """Each text matches the next and no other: no cluster of more than three, of whose pairs two in three match."""
    chain = [(place, place + 1) for place in range(29)]
    for seed in range(5):
        random.Random(seed).shuffle(chain)
        _, sizes = np.unique(grown(30, chain), return_counts=True)
        assert sizes.max() <= 4


def test_two_families_that_one_text_bridges_stay_apart() -> None:
    families = [(one, other) for start in (0, 5) for one in range(start, start + 5) for other in range(start, one)]
    bridge = [(4, 10), (5, 10), (4, 5)]
    assert grown(11, families + bridge) == [0] * 5 + [5] * 5 + [10]


def test_a_family_with_most_of_its_pairs_is_one_cluster() -> None:
    edges = [(one, other) for other in range(8) for one in range(other) if (one + other) % 4]
    assert grown(8, edges) == [0] * 8


def test_pairs_of_a_crowd_that_were_not_measured_do_not_count() -> None:
    spokes = [(0, other) for other in range(1, 10)]
    assert grown(10, spokes, [3] * 10) == [0] * 10
    assert len(set(grown(10, spokes))) > 1


@settings(max_examples=100, deadline=None)
@given(EDGES, st.randoms(use_true_random=False))
def test_clusters_are_those_of_the_matches_whatever_the_numbers(
    graph: tuple[int, list[tuple[int, int]]], chance: random.Random
) -> None:
    """Numbering the texts anew moves no text to another cluster, given the same order of matches."""
    count, edges = graph
    edges = list(dict.fromkeys((min(edge), max(edge)) for edge in edges if edge[0] != edge[1]))
    names = list(range(count))
    chance.shuffle(names)
    labels = grown(count, edges)
    renamed = grown(count, [(names[one], names[other]) for one, other in edges])
    for one in range(count):
        for other in range(count):
            assert (labels[one] == labels[other]) == (renamed[names[one]] == renamed[names[other]])


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 99)), min_size=1, max_size=10, unique_by=lambda row: row[1])
)
def test_the_first_of_each_label_is_found(rows: list[tuple[int, int]]) -> None:
    labels, ranks = (np.array(side) for side in zip(*rows, strict=True))
    expected = [
        min((rank, place) for place, (other, rank) in enumerate(rows) if other == label)[1] for label, _ in rows
    ]
    assert first_of_each(labels, ranks).tolist() == expected


def test_copies_rank_by_policy_and_then_by_what_is_theirs() -> None:
    ids, position = ["c", "a", "b", "d"], np.array([3, 2, 1, 0])
    words, moment = np.array([50, 50, 70, 20]), np.array([20.0, 20.0, np.nan, 10.0])
    liked = np.array([1, 2, 2, 0])
    orders = {
        keep: [ids[place] for place in np.argsort(rank(keep, ids, words, moment, position, liked))] for keep in Keep
    }
    assert orders == {
        Keep.LONGEST: ["b", "a", "c", "d"],
        Keep.EARLIEST: ["d", "a", "c", "b"],
        Keep.LATEST: ["a", "c", "d", "b"],
        Keep.FIRST: ["d", "b", "a", "c"],
        Keep.PREFERRED: ["d", "c", "b", "a"],
    }
