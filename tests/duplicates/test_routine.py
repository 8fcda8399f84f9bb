"""What is routine at a source, against counting by hand."""

from __future__ import annotations

import statistics
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipclean.duplicates import routine as routine_module
from clipclean.duplicates.families import ranges
from clipclean.duplicates.routine import DAYS, STANDS_OUT, TEXTS, UNKNOWN, Columns, Counter
from clipclean.duplicates.shingles import shingle
from clipclean.duplicates.store import WordStore
from clipclean.text import tokenise

RECORDS = st.lists(
    st.tuples(
        st.lists(st.sampled_from("abcdef"), max_size=8).map(" ".join),
        st.sampled_from([UNKNOWN, 0, 1]),
        st.sampled_from([UNKNOWN, 730000, 730001, 730002, 730003]),
    ),
    max_size=12,
)


def by_hand(records: list[tuple[str, int, int]], size: int) -> list[list[bool]]:
    block = tokenise([text for text, _, _ in records])
    values, offsets = shingle(block.hashes, block.offsets, size)
    runs = [values[start:end].tolist() for start, end in pairwise(offsets)]
    texts: dict[tuple[int, int], int] = {}
    often: dict[tuple[int, int], int] = {}
    days: dict[tuple[int, int], set[int]] = {}
    for (_, source, day), found in zip(records, runs, strict=True):
        for value in found:
            often[source, value] = often.get((source, value), 0) + 1
        for value in set(found):
            texts[source, value] = texts.get((source, value), 0) + 1
            days.setdefault((source, value), set()).update({day} - {UNKNOWN})
    verdicts = []
    for (_, source, day), found in zip(records, runs, strict=True):
        counts = [texts[source, value] for value in found]
        if UNKNOWN in (source, day):
            usual = statistics.median_high([often[source, value] for value in found]) if found else 0
            least = max(TEXTS, STANDS_OUT * usual)
            verdicts.append([count >= least for count in counts])
        else:
            verdicts.append([len(days[source, value]) >= DAYS for value in found])
    return verdicts


@settings(max_examples=80, deadline=None)
@given(RECORDS, st.integers(1, 3), st.sampled_from([7, 1 << 22]))
def test_routine_is_what_counting_by_hand_says(records: list[tuple[str, int, int]], size: int, at_once: int) -> None:
    """By source and day, or by texts that stand out where either is unknown; however many rounds it takes."""
    columns = Columns(*(np.array([record[place] for record in records], np.int64) for place in (1, 2)))
    with WordStore() as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(routine_module, "_ROUND", at_once)
        patch.setattr(routine_module, "_LEAST_BITS", 22)  # no two of these few shingles in one slot
        block = tokenise([text for text, _, _ in records])
        store.append(block)
        values, offsets = shingle(block.hashes, block.offsets, size)
        counter = Counter()
        for text in range(len(records)):  # one by one, so that the table has to grow
            part = slice(offsets[text], offsets[text + 1])
            counter.add(values[part], np.array([0, part.stop - part.start]), columns.source[text : text + 1])
        routine = counter.learn(store, columns, size)
    begins = ranges(block.offsets[:-1], np.diff(offsets))
    found = routine.at(begins)
    assert [found[start:end].tolist() for start, end in pairwise(offsets)] == by_hand(records, size)


def test_a_shingle_said_a_thousand_times_in_one_text_is_no_routine() -> None:
    block, source = tokenise(["ha " * 1000, "rain"]), np.zeros(2, np.int64)
    counter = Counter()
    counter.add(*shingle(block.hashes, block.offsets, 5), source)
    with WordStore() as store:
        store.append(block)
        routine = counter.learn(store, Columns(source, np.array([730000, 730001])), 5)
    assert not routine.at(np.arange(len(block.hashes))).any()


def test_what_was_counted_in_a_small_table_is_counted_again_in_a_large_one() -> None:
    """The table grows with the texts; how it grew has no say."""
    texts = [f"{' '.join(f'w{number}x{word}' for word in range(300))} our usual notice to all" for number in range(12)]
    block = tokenise(texts)
    values, offsets = shingle(block.hashes, block.offsets, 5)
    source, day = np.zeros(len(texts), np.int64), np.arange(len(texts))
    found = []
    for least in (4, 22):
        with WordStore() as store, pytest.MonkeyPatch.context() as patch:
            patch.setattr(routine_module, "_LEAST_BITS", least)
            counter = Counter()
            for text in range(len(texts)):
                part = slice(offsets[text], offsets[text + 1])
                counter.add(values[part], np.array([0, part.stop - part.start]), source[:1])
            store.append(block)
            routine = counter.learn(store, Columns(source, day), 5)
            found.append(np.flatnonzero(routine.at(np.arange(len(block.hashes)))).tolist())
    assert found[0] == found[1] == [int(end) - 5 for end in block.offsets[1:]]
