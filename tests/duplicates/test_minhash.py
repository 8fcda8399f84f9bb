"""Signatures against datasketch, which is the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from datasketch import MinHash, MinHashLSH
from hypothesis import given, settings
from hypothesis import strategies as st

from clipclean.duplicates.minhash import agreement, permutations, sign
from clipclean.errors import SettingsError

HASHES = st.integers(0, (1 << 64) - 1)
SETS = st.lists(st.lists(HASHES, max_size=30), min_size=1, max_size=5)
SHAPES = st.tuples(st.integers(1, 140), st.integers(0, (1 << 32) - 1))


def signatures(sets: list[list[int]], count: int, seed: int) -> np.ndarray:
    values = np.array([value for members in sets for value in members], dtype=np.uint64)
    offsets = np.cumsum([0] + [len(members) for members in sets])
    return sign(values, offsets, *permutations(count, seed))


def oracle(members: list[int], count: int, seed: int) -> MinHash:
    made = MinHash(num_perm=count, seed=seed, scheme="affine32", hashfunc=lambda value: value >> 32)
    made.update_batch(members)
    return made


@settings(max_examples=60, deadline=None)
@given(SHAPES)
def test_permutations_are_those_of_datasketch(shape: tuple[int, int]) -> None:
    count, seed = shape
    factors, addends = permutations(count, seed)
    theirs = MinHash(num_perm=count, seed=seed, scheme="affine32").permutations
    assert np.array_equal(np.array([factors, addends]), theirs)


@settings(max_examples=80, deadline=None)
@given(SETS, SHAPES)
def test_signatures_are_those_of_datasketch(sets: list[list[int]], shape: tuple[int, int]) -> None:
    ours = signatures(sets, *shape)
    assert ours.dtype == np.uint32
    for row, members in zip(ours, sets, strict=True):
        assert np.array_equal(row, oracle(members, *shape).hashvalues)


@settings(max_examples=40, deadline=None)
@given(st.sets(HASHES, min_size=1, max_size=40), st.sets(HASHES, max_size=20), st.sets(HASHES, max_size=20))
def test_estimates_are_those_of_datasketch(shared: set[int], one: set[int], other: set[int]) -> None:
    sets = [sorted(shared | one), sorted(shared | other)]
    ours = agreement(signatures(sets, 128, 1), np.array([0]), np.array([1]))
    assert ours[0] == oracle(sets[0], 128, 1).jaccard(oracle(sets[1], 128, 1))


def test_signatures_serve_in_datasketch_and_its_index() -> None:
    chance = np.random.default_rng(3)
    base = chance.integers(0, 1 << 63, 300).tolist()
    far = chance.integers(0, 1 << 63, 300).tolist()
    rows = signatures([base, base[:290] + far[:10], far], 128, 1)
    upper = {"seed": 1, "scheme": "affine32", "hashfunc": lambda value: value >> 32}
    loaded = [MinHash(hashvalues=row, **upper) for row in rows]
    index = MinHashLSH(threshold=0.8, num_perm=128)
    for name, made in enumerate(loaded):
        index.insert(str(name), made)
    assert sorted(index.query(oracle(base, 128, 1))) == ["0", "1"]
    assert loaded[0].jaccard(oracle(base, 128, 1)) == 1.0
    loaded[1].update(base[-1])
    assert np.array_equal(loaded[1].hashvalues, oracle([*base[:290], *far[:10], base[-1]], 128, 1).hashvalues)


@pytest.mark.parametrize("seed", [-1, 1 << 32])
def test_a_seed_out_of_range_is_named(seed: int) -> None:
    with pytest.raises(SettingsError, match=f"seed: {seed}"):
        permutations(16, seed)
