"""Measuring and storing: the same numbers as Python sets, whatever the batches."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipclean.duplicates import families
from clipclean.duplicates import store as store_module
from clipclean.duplicates.buckets import encode
from clipclean.duplicates.families import batches, number, places, shared
from clipclean.duplicates.store import WordStore
from clipclean.duplicates.verify import measure
from clipclean.errors import OutputError
from clipclean.text import tokenise

SETS = st.lists(st.sets(st.integers(0, 12)), min_size=2, max_size=8)


@settings(max_examples=150, deadline=None)
@given(SETS, st.integers(1, 20), st.randoms(use_true_random=False))
def test_pairs_are_measured_as_sets(sets: list[set[int]], batch: int, chance: object) -> None:
    """Every text is loaded in the batch that needs it, whatever the order of the pairs."""
    pairs = [(one, other) for other in range(len(sets)) for one in range(other)]
    chance.shuffle(pairs)  # type: ignore[attr-defined]
    codes = encode(*(np.array(side) for side in zip(*pairs, strict=True)))
    arrays = [np.array(sorted(members) + sorted(members)[:2], dtype=np.uint64) for members in sets]  # with repeats

    def load(some: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        parts = [arrays[text] for text in some]
        return np.concatenate(parts), np.cumsum([0, *map(len, parts)])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(families, "_WORDS", batch)
        patch.setattr(families, "_ELEMENTS", batch)
        found = measure(codes, np.array([len(members) for members in sets]), load)
    for place, (one, other) in enumerate(pairs):
        shared, every = sets[one] & sets[other], sets[one] | sets[other]
        assert found.shared[place] == len(shared)
        assert found.jaccard[place] == len(shared) / max(len(every), 1)
        assert found.of_smaller[place] == len(shared) / max(min(len(sets[one]), len(sets[other])), 1)


def test_a_family_is_read_once() -> None:
    pairs = [(0, 5), (1, 2), (5, 9), (0, 9), (2, 3)]
    codes = encode(*(np.array(side) for side in zip(*pairs, strict=True)))
    (batch,) = batches(codes, np.ones(10, np.int64))
    assert batch.texts.tolist() == [0, 5, 9, 1, 2, 3]
    named = zip(batch.texts[batch.left].tolist(), batch.texts[batch.right].tolist(), strict=True)
    assert [pairs[place] for place in batch.pairs] == list(named)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), max_size=12), min_size=3, max_size=6), st.integers(1, 40), st.randoms())
def test_values_are_found_where_they_stand_first(texts: list[list[int]], at_once: int, chance: random.Random) -> None:
    values = number(
        np.array([value for text in texts for value in text], dtype=np.uint64), np.cumsum([0, *map(len, texts)])
    )
    chosen = chance.sample(
        [(one, other) for one in range(len(texts)) for other in range(len(texts)) if one != other], 5
    )
    left, right = np.array(sorted(chosen, key=lambda pair: pair[0])).T
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(families, "_ELEMENTS", at_once)
        forth, back = places(values, left, right)
        both = shared(values, left, right).tolist()
    pairs = list(zip(left.tolist(), right.tolist(), strict=True))
    for found, sides in ((forth, pairs), (back, [(other, one) for one, other in pairs])):
        expected = [
            texts[other].index(value) if value in texts[other] else -1 for one, other in sides for value in texts[one]
        ]
        assert found.tolist() == expected
    assert both == [len(set(texts[one]) & set(texts[other])) for one, other in pairs]


def test_values_that_differ_in_their_low_bits_alone_are_told_apart() -> None:
    values = number(np.array([4, 5, 6, 5, 4], dtype=np.uint64), np.array([0, 3, 5]))
    assert values.ids.tolist() == [0, 1, 2, 1, 0]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.text(alphabet="ab1 .", max_size=20), max_size=4), max_size=4), st.integers(1, 12))
def test_words_are_read_back(parts: list[list[str]], block: int) -> None:
    texts = [text for part in parts for text in part]
    with WordStore() as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(store_module, "_BLOCK", block)
        for part in parts:
            store.append(tokenise(part))
        whole = tokenise(texts)
        assert store.offsets.tolist() == whole.offsets.tolist()
        backwards = store.read(np.arange(len(texts))[::-1])
        expected = tokenise(texts[::-1])
        assert backwards.hashes.tolist() == expected.hashes.tolist()
        assert backwards.flags.tolist() == expected.flags.tolist()
        blocks = list(store.blocks())
        assert [first for first, _ in blocks] == [0, *np.cumsum([len(t.offsets) - 1 for _, t in blocks]).tolist()][:-1]
        assert [word for _, tokens in blocks for word in tokens.hashes.tolist()] == whole.hashes.tolist()


def test_a_temporary_folder_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(OutputError, match=r"gone.*TMPDIR"):
        WordStore()


def test_a_full_disk_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def write(self, data: object) -> int:
            raise OSError(28, "No space left on device")

        def close(self) -> None:
            pass

    monkeypatch.setattr(tempfile, "TemporaryFile", lambda prefix: Full())
    with WordStore() as store, pytest.raises(OutputError, match=r"No space left on device.*TMPDIR"):
        store.append(tokenise(["rain"]))
