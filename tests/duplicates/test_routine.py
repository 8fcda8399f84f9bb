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
from clipclean.duplicates.routine import DAYS, STANDS_OUT, TEXTS, UNKNOWN, Columns, learn
from clipclean.duplicates.shingles import shingle
from clipclean.duplicates.store import WordStore, write_words
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


@settings(max_examples=150, deadline=None)
@given(RECORDS, st.integers(1, 3), st.sampled_from([0, 1, 5, 40]), st.integers(1, 40))
def test_routine_is_what_counting_by_hand_says(
    records: list[tuple[str, int, int]], size: int, most: int, together: int
) -> None:
    """By source and day, or by texts that stand out where either is unknown; however large a source may be, and
    whichever are sorted together."""
    columns = Columns(*(np.array([record[place] for record in records], np.int64) for place in (1, 2)))
    with WordStore() as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(routine_module, "_MOST", most or 1 << 20)
        patch.setattr(routine_module, "_SPARE_BITS", 18)  # no two of these few shingles in one slot
        patch.setattr(routine_module, "_TOGETHER", together)
        patch.setattr(routine_module, "_READ", together)
        block = tokenise([text for text, _, _ in records])
        store.add(write_words(store.folder, block))
        _, offsets = shingle(block.hashes, block.offsets, size)
        routine = learn(store, columns, size)
    begins = ranges(block.offsets[:-1], np.diff(offsets))
    found = routine.at(begins)
    assert [found[start:end].tolist() for start, end in pairwise(offsets)] == by_hand(records, size)
    assert routine.words.tolist() == begins[found].tolist()


def test_a_shingle_said_a_thousand_times_in_one_text_is_no_routine() -> None:
    block = tokenise(["ha " * 1000, "rain", "snow"])
    with WordStore() as store:
        store.add(write_words(store.folder, block))
        routine = learn(store, Columns(np.zeros(3, np.int64), np.arange(3)), 5)
    assert not routine.at(np.arange(len(block.hashes))).any()


def test_other_sources_have_no_say() -> None:
    """What is routine at a source is the same in whatever dump its texts stand, and however many others there are."""
    texts = [f"{' '.join(f'w{number}x{word}' for word in range(30))} our usual notice to all" for number in range(6)]
    others = [" ".join(f"v{number}y{word}" for word in range(400)) for number in range(40)]
    found = []
    for company in ([], others):
        block = tokenise([*texts, *company])
        source = np.array([0] * len(texts) + [1] * len(company))
        with WordStore() as store:
            store.add(write_words(store.folder, block))
            found.append(learn(store, Columns(source, np.full(len(source), UNKNOWN)), 5).words.tolist())
    assert found[0] == found[1] == [35 * number + 30 for number in range(len(texts))]
