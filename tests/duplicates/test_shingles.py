"""Shingles, sets, digests and sketches against plain references."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from clipclean.duplicates.shingles import as_set, shingle
from clipclean.duplicates.sketches import LEAST, sketch
from clipclean.text import digest, mix

MASK = (1 << 64) - 1
BASE = 0x9E3779B97F4A7C15
TEXTS = st.lists(st.lists(st.integers(0, MASK), max_size=9), max_size=6)


def columns(texts: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    words = np.array([word for text in texts for word in text], dtype=np.uint64)
    return words, np.cumsum([0] + [len(text) for text in texts])


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
    for size in (0, 3, LEAST, 100, 5000):
        whole = as_set(chance.integers(0, 1 << 64, size, dtype=np.uint64))
        low = [value for value in whole.tolist() if value < (1 << 64) // 16]
        assert sketch(whole).tolist() == (low if len(low) > LEAST else whole[:LEAST].tolist())
