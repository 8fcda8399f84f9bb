"""Measuring and storing: the same numbers as Python sets, whatever the batches."""

from __future__ import annotations

import os
import random
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipclean.duplicates import families
from clipclean.duplicates.buckets import encode
from clipclean.duplicates.families import GROUP, batches
from clipclean.duplicates.holding import hold, tally
from clipclean.duplicates.store import WordStore, write_words
from clipclean.duplicates.verify import measure
from clipclean.errors import OutputError
from clipclean.text import Tokens, tokenise

SETS = st.lists(st.sets(st.integers(0, 12)), min_size=2, max_size=8)


@settings(max_examples=150, deadline=None)
@given(SETS, st.integers(1, 20), st.integers(1, 4), st.randoms(use_true_random=False))
def test_pairs_are_measured_as_sets(sets: list[set[int]], batch: int, tile: int, chance: object) -> None:
    """Every text is loaded in the batch that needs it, whatever the order of the pairs."""
    pairs = [(one, other) for other in range(len(sets)) for one in range(other)]
    chance.shuffle(pairs)  # type: ignore[attr-defined]
    codes = encode(*(np.array(side) for side in zip(*pairs, strict=True)))
    arrays = [np.array(sorted(members) + sorted(members)[:2], dtype=np.uint64) for members in sets]  # with repeats

    words = np.concatenate(arrays)
    block = Tokens(words, np.cumsum([0, *map(len, arrays)]), np.zeros(len(words), np.uint8))
    with WordStore() as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(families, "_WORDS", batch)
        patch.setattr(families, "_TILE", tile)
        patch.setattr(families, "GROUP", 2 * tile)
        store.add(write_words(store.folder, block))
        found = measure(codes, np.array([len(members) for members in sets]), store.locate, 1)
    for place, (one, other) in enumerate(pairs):
        shared, every = sets[one] & sets[other], sets[one] | sets[other]
        assert found.shared[place] == len(shared)
        assert found.jaccard[place] == len(shared) / max(len(every), 1)
        assert found.of_smaller[place] == len(shared) / max(min(len(sets[one]), len(sets[other])), 1)


def test_a_family_is_read_once() -> None:
    pairs = [(0, 5), (1, 2), (5, 9), (0, 9), (2, 3)]
    codes = encode(*(np.array(side) for side in zip(*pairs, strict=True)))
    (batch,) = batches(codes, np.ones(10, np.int64))
    assert batch.texts.tolist() == [0, 1, 2, 3, 5, 9]
    named = zip(batch.texts[batch.left].tolist(), batch.texts[batch.right].tolist(), strict=True)
    assert [pairs[place] for place in batch.pairs] == list(named)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 150), st.sets(st.tuples(st.integers(0, 149), st.integers(0, 149)), min_size=1), st.randoms())
def test_every_pair_is_in_one_group_of_at_most_64(
    count: int, drawn: set[tuple[int, int]], chance: random.Random
) -> None:
    pairs = sorted({(one % count, other % count) for one, other in drawn if one % count < other % count} or {(0, 1)})
    codes = encode(*(np.array(side) for side in zip(*pairs, strict=True)))
    near = np.array([chance.random() < 0.5 for _ in pairs])
    seen = []
    for batch in batches(codes, np.ones(count, np.int64), near):
        assert (np.diff(batch.group) >= 0).all()
        assert np.bincount(batch.group).max() <= GROUP
        assert (batch.group[batch.left] == batch.group[batch.right]).all()
        assert (np.diff(batch.left) >= 0).all()
        named = zip(batch.texts[batch.left].tolist(), batch.texts[batch.right].tolist(), strict=True)
        assert [pairs[place] for place in batch.pairs] == list(named)
        seen += batch.pairs.tolist()
    assert sorted(seen) == list(range(len(pairs)))


TEXTS = st.lists(st.lists(st.integers(0, 9), max_size=12), min_size=1, max_size=6)


@settings(max_examples=100, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_columns_are_what_several_texts_of_a_group_hold(groups: list[list[list[int]]]) -> None:
    """What each text shares with each other of its group, and where it stands first there; nothing across groups."""
    texts = [text for group in groups for text in group]
    group = np.repeat(np.arange(len(groups)), [len(members) for members in groups])
    offsets = np.cumsum([0, *map(len, texts)])
    held = hold(np.array([value for text in texts for value in text], dtype=np.uint64), offsets, group)
    assert held.sizes.tolist() == [len(set(text)) for text in texts]
    pairs = [(one, other) for one in range(len(texts)) for other in range(len(texts)) if group[one] == group[other]]
    for one, other in (pair for pair in pairs if pair[0] != pair[1]):
        common = set(texts[one]) & set(texts[other])
        assert held.overlap(np.array([one]), np.array([other])).tolist() == [len(common)]
        columns = held.columns[offsets[one] : offsets[one + 1]]
        inside = [value in common for value in texts[one]]
        assert (held.masks[columns] >> np.uint64(held.bit(np.array(other))) & np.uint64(1)).tolist() == inside
        place = held.find(columns[inside], np.full(sum(inside), other)) - offsets[other]
        assert place.tolist() == [texts[other].index(value) for value in texts[one] if value in common]
        (count,) = tally(held.masks[columns], np.zeros(1, int), np.array([len(columns)]), held.bit(np.array([other])))
        assert count == sum(inside)


def test_values_that_differ_in_their_low_bits_alone_are_told_apart() -> None:
    held = hold(np.array([4, 5, 6, 5, 4], dtype=np.uint64), np.array([0, 3, 5]), np.zeros(2, np.int64))
    assert held.columns.tolist() == [0, 1, 2, 1, 0]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.text(alphabet="ab1 .", max_size=20), max_size=4), max_size=4))
def test_words_are_read_back(parts: list[list[str]]) -> None:
    texts = [text for part in parts for text in part]
    with WordStore() as store:
        for part in parts:
            store.add(write_words(store.folder, tokenise(part)))
        whole = tokenise(texts)
        assert store.offsets.tolist() == whole.offsets.tolist()
        backwards = store.locate(np.arange(len(texts))[::-1]).read()
        expected = tokenise(texts[::-1])
        assert backwards.hashes.tolist() == expected.hashes.tolist()
        assert backwards.flags.tolist() == expected.flags.tolist()


def test_a_temporary_folder_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(OutputError, match=r"gone.*TMPDIR"):
        WordStore()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
def test_a_full_disk_is_named() -> None:
    with WordStore() as store:
        for ending in ("", ".flags"):
            Path(store.folder, f"{os.getpid()}-{threading.get_ident()}{ending}").symlink_to("/dev/full")
        with pytest.raises(OutputError, match=r"No space left on device.*TMPDIR"):
            write_words(store.folder, tokenise(["rain"]))


def test_what_an_attempt_that_failed_has_left_is_passed_over() -> None:
    """A disk that is full takes some of the words and none of the flags, say."""
    with WordStore() as store:
        store.add(write_words(store.folder, tokenise(["Rain fell."])))
        (words,) = (path for path in Path(store.folder).iterdir() if not path.suffix)
        with words.open("ab") as file:
            file.write(b"torn")
        store.add(write_words(store.folder, tokenise(["3 towns"])))
        found = store.locate(np.array([0, 1])).read()
    expected = tokenise(["Rain fell.", "3 towns"])
    assert found.hashes.tolist() == expected.hashes.tolist()
    assert found.flags.tolist() == expected.flags.tolist()


def test_words_that_were_cut_short_or_taken_away_are_named() -> None:
    with WordStore() as store:
        store.add(write_words(store.folder, tokenise(["Rain fell."])))
        located = store.locate(np.array([0]))
        (words,) = (path for path in Path(store.folder).iterdir() if not path.suffix)
        words.write_bytes(b"1234")
        with pytest.raises(OutputError, match="cut short"):
            located.read()
        words.unlink()
        with pytest.raises(OutputError, match="cannot be read"):
            located.read()


def test_nothing_stays_behind(tmp_path: Path) -> None:
    with WordStore(tmp_path) as store:
        store.add(write_words(store.folder, tokenise(["rain"])))
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())
