"""What is news in the opening of a text: against plain Python, and on made follow-ups."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipclean.duplicates.guards import OPENING, News, compare_openings
from clipclean.text import tokenise

REPORT = "The ferry Alva ran aground off Selmouth at dawn. All 41 passengers were taken off by lifeboat within an hour."
REWRITTEN = "All 41 passengers of the ferry Alva were taken off within an hour by lifeboat; she ran aground at dawn."
LATER = "Captain Jorun Hald told a court on Tuesday that she had followed the chart. Her lawyer blamed its printers. "


def news(one: str, other: str) -> News:
    block = tokenise([one, other])
    (found,) = compare_openings(block.hashes, block.offsets, np.array([0]), np.array([1]))
    assert [found] == compare_openings(block.hashes, block.offsets, np.array([1]), np.array([0]))
    return found


def test_a_rewritten_report_opens_with_words_that_the_other_holds() -> None:
    assert news(REPORT, REWRITTEN).most < 0.15


def test_a_follow_up_opens_with_news_and_repeats_the_report_further_down() -> None:
    found = news(REPORT, LATER + REPORT)
    assert found.most > 0.35
    assert found.least == 0.0


def test_only_the_opening_counts() -> None:
    words = [f"word{number}" for number in range(2 * OPENING)]
    assert news(" ".join(words), " ".join(words[:OPENING])) == News(0.0, 0.0)


@pytest.mark.parametrize(("one", "other"), [("", ""), ("", REPORT), ("...", REPORT)])
def test_a_text_without_words_has_no_news(one: str, other: str) -> None:
    assert news(one, other).least == 0.0


WORDS = st.lists(st.sampled_from("abcdefgh"), max_size=60)


@given(st.lists(WORDS, min_size=1, max_size=5), st.data())
def test_news_is_what_plain_python_counts(texts: list[list[str]], data: st.DataObject) -> None:
    place = st.integers(0, len(texts) - 1)
    pairs = data.draw(st.lists(st.tuples(place, place), min_size=1, max_size=6))
    block = tokenise([" ".join(words) for words in texts])
    left, right = np.array(pairs).T
    for (one, other), found in zip(pairs, compare_openings(block.hashes, block.offsets, left, right), strict=True):
        shares = [
            sum(word not in against for word in words[:OPENING]) / max(len(words[:OPENING]), 1)
            for words, against in ((texts[one], set(texts[other])), (texts[other], set(texts[one])))
        ]
        assert (found.most, found.least) == (pytest.approx(max(shares)), pytest.approx(min(shares)))
