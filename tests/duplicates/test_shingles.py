"""Shingles, sets, digests and sketches against plain references."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipclean.duplicates import sketches
from clipclean.duplicates.bitmaps import common_bits, count_bits, expected_bits, set_bits
from clipclean.duplicates.buckets import CROWD, decode
from clipclean.duplicates.shingles import as_set, shingle
from clipclean.duplicates.sketches import LEAST, Sketches, comparable, find_pairs, sketch
from clipclean.text import digest, mix

MASK = (1 << 64) - 1
BASE = 0x9E3779B97F4A7C15
TEXTS = st.lists(st.lists(st.integers(0, MASK), max_size=9), max_size=6)


def columns(texts: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    words = np.array([word for text in texts for word in text], dtype=np.uint64)
    return words, np.cumsum([0] + [len(text) for text in texts])


def candidates(found: Sketches) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    pairs = find_pairs(found)
    none = np.empty(0, np.uint64), np.empty(0, np.int64)
    codes, shared = zip(none, *map(pairs.count, pairs.blocks()), strict=True)
    return np.concatenate(codes), np.concatenate(shared), pairs.crowds


def reference(text: list[int], size: int) -> list[int]:
    runs = [text[start : start + size] for start in range(max(len(text) - size + 1, 1))] if text else []
    rolled = []
    for run in runs:
        value = 0
        for word in run:
            value = (value * BASE + word) & MASK
        rolled.append(value)
    return mix(np.array(rolled, dtype=np.uint64)).tolist()


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.integers(1, 7))
def test_each_text_has_its_own_runs(texts: list[list[int]], size: int) -> None:
    values, offsets = shingle(*columns(texts), size)
    found = [values[start:end].tolist() for start, end in pairwise(offsets)]
    assert found == [reference(text, size) for text in texts]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 50)))
def test_a_set_is_sorted_and_distinct(values: list[int]) -> None:
    assert as_set(np.array(values, dtype=np.uint64)).tolist() == sorted(set(values))


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_a_digest_is_that_of_the_text_alone(texts: list[list[int]]) -> None:
    block = digest(*columns(texts)).tolist()
    assert block == [digest(*columns([text]))[0] for text in texts]
    for one, first in zip(texts, block, strict=True):
        for other, second in zip(texts, block, strict=True):
            assert (first == second) == (one == other)


def test_a_digest_sees_order_and_repeats() -> None:
    texts = [[1, 2, 3], [3, 2, 1], [1, 2, 3, 3], [1, 2], [1, 2, 3, 1, 2, 3], [0], [0, 0]]
    assert len(set(digest(*columns(texts)).tolist())) == len(texts)


def test_a_sketch_keeps_enough_of_long_texts() -> None:
    chance = np.random.default_rng(5)
    sizes = (0, 3, LEAST, 100, 5000)
    texts = [chance.integers(0, 1 << 64, size, dtype=np.uint64) for size in sizes]
    texts += [np.full(5000, 1 << 63, dtype=np.uint64), texts[-1] | np.uint64(1 << 63)]  # nothing is low there
    found = sketch(np.concatenate(texts), np.cumsum([0, *map(len, texts)]))
    for text, start, end, upto in zip(texts, found.bounds, found.bounds[1:], found.upto.tolist(), strict=False):
        whole = as_set(text)
        low = whole[whole < (1 << 64) // 16]
        expected = low if len(low) > LEAST else whole[:LEAST]
        assert found.hashes[start:end].tolist() == expected.tolist()
        assert expected.tolist() == whole[whole <= upto].tolist()


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.integers(0, 60).map(lambda value: value << 58), max_size=40), min_size=2, max_size=5))
def test_sketches_are_compared_where_both_are_whole(texts: list[list[int]]) -> None:
    """What two sketches share, of what both could hold, is what the texts share up to the same hash."""
    found = sketch(
        np.array([value for text in texts for value in text], dtype=np.uint64), np.cumsum([0, *map(len, texts)])
    )
    codes, shared, _ = candidates(found)
    left, right = decode(codes)
    one, other = comparable(found, left, right)
    for place, (first, second) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        upto = min(found.upto[first], found.upto[second])
        sides = [{value for value in texts[text] if value <= upto} for text in (first, second)]
        assert (one[place], other[place], shared[place]) == (len(sides[0]), len(sides[1]), len(sides[0] & sides[1]))


def test_hashes_of_many_texts_are_paired_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(9)
    texts = [chance.integers(0, 500, 20).astype(np.uint64) << np.uint64(54) for _ in range(1000)]
    texts += [np.array([number, 1 << 60], dtype=np.uint64) for number in range(CROWD + 6)]
    found = sketch(np.concatenate(texts), np.cumsum([0, *map(len, texts)]))
    codes, shared, crowds = candidates(found)
    monkeypatch.setattr(sketches, "_AT_ONCE", 64 * 5)
    monkeypatch.setattr(sketches, "_PAIRS", 100)
    again = candidates(found)
    assert codes.tolist() == sorted(set(codes.tolist()))
    assert (codes.tolist(), shared.tolist()) == (again[0].tolist(), again[1].tolist())
    assert [crowd.tolist() for crowd in crowds] == [crowd.tolist() for crowd in again[2]] != []


def test_bits_tell_pairs_that_share_from_pairs_that_do_not() -> None:
    """Of a thousand pairs that share so much none is ruled out, of a thousand that share a tenth nearly all are."""
    chance = np.random.default_rng(7)
    passed = {30: 0, 150: 0}
    for shared in passed:
        for _ in range(100):
            values = chance.integers(0, 1 << 64, 1000, dtype=np.uint64)
            both = np.concatenate((values[:500], values[500 - shared : 1000 - shared]))
            rows = set_bits(both, np.array([0, 500, 1000]))
            common, bits = common_bits(rows, np.array([0]), np.array([1])), count_bits(rows)
            passed[shared] += bool(common >= expected_bits(bits[:1], bits[1:], np.array([150.0]), 4))
    assert passed[150] == 100
    assert passed[30] == 0
