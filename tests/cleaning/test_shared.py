"""What words a line shares with its story, in any script, and in any company of other clippings."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipclean.cleaning.features import Blocks
from clipclean.cleaning.plain import plain_words
from clipclean.cleaning.shared import LINES_AT_A_TIME, shared

PAGES = st.lists(st.lists(st.text(max_size=40), min_size=1, max_size=5), min_size=1, max_size=4)


@pytest.mark.parametrize(
    "lines",
    [
        [
            "Halden gets a second bridge",
            "Ferry stops for good",
            "A second bridge is to be built at Halden.",
            "It rains.",
        ],
        ["В Хальдене построят второй мост", "Паром больше не ходит", "Второй мост в Хальдене построят.", "Идёт дождь."],
        ["東京に新しい橋ができる", "大阪の船は終わり", "新しい橋が東京に建設される。", "雨が降る。"],
        ["สะพานใหม่ในเมือง", "เรือหยุดวิ่ง", "สะพานใหม่จะสร้างในเมือง", "ฝนตก"],
    ],
)
def test_a_line_with_the_storys_words_shares_more_than_one_without(lines: list[str]) -> None:
    story = np.array([False, False, True, True])
    of_story, of_another, *_ = shared(plain_words(lines), story, Blocks.of([4]))["shared"]
    assert of_story > 0.5 > of_another


def test_a_line_of_the_story_shares_nothing_with_itself() -> None:
    columns = shared(plain_words(["Rain fell on Halden.", "Share"]), np.array([True, False]), Blocks.of([2]))
    assert columns["shared"].tolist() == [0.0, 0.0]


@given(PAGES, st.randoms())
def test_no_clipping_feels_the_others_of_its_batch(pages: list[list[str]], draw: st.DataObject) -> None:
    chosen = [[draw.random() < 0.5 for _ in page] for page in pages]  # type: ignore[attr-defined]
    whole = shared(
        plain_words([line for page in pages for line in page]),
        np.array([told for page in chosen for told in page]),
        Blocks.of([len(page) for page in pages]),
    )
    start = 0
    for page, told in zip(pages, chosen, strict=True):
        alone = shared(plain_words(page), np.array(told), Blocks.of([len(page)]))
        for name, column in alone.items():
            assert column.tolist() == whole[name][start : start + len(page)].tolist()
        start += len(page)


def test_long_batches_are_looked_at_in_parts_with_the_same_result() -> None:
    page = plain_words(["Rain fell on Halden.", "Rain in Halden", "Share"])
    times = LINES_AT_A_TIME // 2
    columns = shared(page * times, np.tile([True, False, False], times), Blocks.of([3] * times))
    alone = shared(page, np.array([True, False, False]), Blocks.of([3]))
    assert all(column.tolist() == alone[name].tolist() * times for name, column in columns.items())
