"""Bands and buckets: the same candidates as datasketch's index, no member of a crowd lost."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from datasketch import MinHash, MinHashLSH
from datasketch.lsh import _false_negative_probability
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from clipclean.duplicates.bands import MISSED, choose_rows, find_candidates, miss_rate, split_crowds
from clipclean.duplicates.buckets import CROWD, HUBS, Collector, decode, encode, hub_pairs, pair_up
from clipclean.duplicates.clusters import connect

SIGNATURES = st.integers(1, 16).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 2), min_size=width, max_size=width), min_size=1, max_size=12)
)


def pairs(codes: np.ndarray) -> set[tuple[int, int]]:
    return set(zip(*(side.tolist() for side in decode(codes)), strict=True))


@settings(max_examples=100, deadline=None)
@given(SIGNATURES, st.integers(1, 4))
def test_candidates_are_those_of_datasketch(rows_of: list[list[int]], rows: int) -> None:
    signatures = np.array(rows_of, dtype=np.uint32)
    bands = signatures.shape[1] // rows
    codes, crowds = find_candidates(signatures, np.arange(len(signatures)), rows)
    expected = set()
    if bands:
        index = MinHashLSH(num_perm=signatures.shape[1], params=(bands, rows)) if bands > 1 else None
        for number, row in enumerate(signatures):
            if index is None:  # datasketch wants two bands
                same = [other for other in range(number) if (signatures[other, :rows] == row[:rows]).all()]
            else:
                made = MinHash(hashvalues=row, scheme="affine32")
                same = index.query(made)
                index.insert(number, made)
            expected |= {(other, number) for other in same}
    assert (pairs(codes), crowds) == (expected, [])


@pytest.mark.parametrize("threshold", [0.3, 0.5, 0.7, 0.85, 0.95])
def test_few_pairs_at_the_threshold_are_missed(threshold: float) -> None:
    rows = choose_rows(threshold, 128)
    assert miss_rate(threshold, 128 // rows, rows) <= MISSED < miss_rate(threshold, 64 // rows, 2 * rows)


@pytest.mark.parametrize(("bands", "rows"), [(32, 4), (14, 9), (64, 2)])
def test_the_miss_rate_is_that_of_datasketch(bands: int, rows: int) -> None:
    ours, _ = quad(lambda jaccard: miss_rate(jaccard, bands, rows), 0.6, 1)
    assert ours == pytest.approx(_false_negative_probability(0.6, bands, rows))


def test_more_rows_ask_for_more_at_a_higher_threshold() -> None:
    rows = [choose_rows(threshold / 100, 128) for threshold in range(1, 101)]
    assert rows == sorted(rows)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 32), st.sampled_from([3, 70, 200, 400]))
def test_what_more_rows_find_hangs_together_with_fewer(seed: int, texts: int) -> None:
    """Fewer rows make larger buckets, whose pairs are not all looked at; nothing found with more rows is lost by it."""
    chance = np.random.default_rng(seed)
    base = chance.integers(0, 9, (4, 32), dtype=np.uint32)
    signatures = base[chance.integers(0, 4, texts)]
    changed = chance.random(signatures.shape) < 0.08
    signatures[changed] = chance.integers(0, 9, int(changed.sum()), dtype=np.uint32)

    def joined(rows: int) -> np.ndarray:
        codes, crowds = find_candidates(signatures, np.arange(texts), rows)
        labels = connect(texts, *decode(codes))
        return connect(texts, *decode(np.concatenate((codes, split_crowds(signatures, crowds, rows, labels)))))

    labels = {rows: joined(rows) for rows in (1, 2, 4, 8)}
    for rows in (2, 4, 8):
        fewer = labels[rows // 2]
        for text, together in enumerate(labels[rows].tolist()):
            assert fewer[text] == fewer[together]


def test_a_crowd_is_split_for_those_still_apart() -> None:
    """Two texts of a crowd that agree in twice the rows are paired, unless something joined them before."""
    count = CROWD + 2
    signatures = np.stack((np.full(count, 5), np.minimum(np.arange(count), CROWD)), axis=1).astype(np.uint32)
    codes, crowds = find_candidates(signatures[:, :1], np.arange(count), 1)
    nearest = (CROWD, CROWD + 1)
    assert nearest not in pairs(codes)
    assert pairs(split_crowds(signatures, crowds, 1, np.arange(count))) == {nearest}
    assert pairs(split_crowds(signatures, crowds, 1, np.zeros(count, np.int64))) == set()


def test_crowds_are_paired_with_their_first_few() -> None:
    members = np.arange(1000, 1000 + CROWD + 1)
    codes, crowds = Collector(), []
    for part, larger in pair_up(np.zeros(len(members), np.uint64), members):
        codes.add(part)
        crowds += larger
    hubs = members[:HUBS].tolist()
    assert [crowd.tolist() for crowd in crowds] == [members.tolist()]
    assert pairs(codes.codes()) == {
        tuple(sorted(pair)) for pair in combinations(members.tolist(), 2) if set(pair) & set(hubs)
    }
    assert np.array_equal(codes.codes(), np.unique(hub_pairs(members)))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, (1 << 32) - 1), st.integers(0, (1 << 32) - 1)), min_size=1))
def test_codes_are_read_back(some: list[tuple[int, int]]) -> None:
    left, right = (np.array(side) for side in zip(*some, strict=True))
    assert list(zip(*(side.tolist() for side in decode(encode(left, right))), strict=True)) == [
        (min(pair), max(pair)) for pair in some
    ]
