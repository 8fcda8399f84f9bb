"""What is news in the opening of a text: against plain Python, and on made follow-ups."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipclean.duplicates.guards import OPENING, Known, compare_openings, named_otherwise
from clipclean.text import tokenise

REPORT = "The ferry Alva ran aground off Selmouth at dawn. All 41 passengers were taken off by lifeboat within an hour."
REWRITTEN = "All 41 passengers of the ferry Alva were taken off within an hour by lifeboat; she ran aground at dawn."
LATER = "Captain Jorun Hald told a court on Tuesday that she had followed the chart. Her lawyer blamed its printers. "


def news(one: str, other: str) -> tuple[float, float]:
    """The larger and the smaller share of news in the two openings."""
    (found,) = measured([one, other], [(0, 1)])
    assert [found] == measured([one, other], [(1, 0)])
    return found


def measured(texts: list[str], pairs: list[tuple[int, int]]) -> list[tuple[float, float]]:
    block = tokenise(texts)
    found = compare_openings(Known.of(block, np.zeros(len(texts), np.int64)), *np.array(pairs).T)
    return list(zip(found.most.tolist(), found.least.tolist(), strict=True))


def test_a_rewritten_report_opens_with_words_that_the_other_holds() -> None:
    assert news(REPORT, REWRITTEN)[0] < 0.15


def test_a_follow_up_opens_with_news_and_repeats_the_report_further_down() -> None:
    most, least = news(REPORT, LATER + REPORT)
    assert most > 0.35
    assert least == 0.0


def test_only_the_opening_counts() -> None:
    words = [f"word{number}" for number in range(2 * OPENING)]
    assert news(" ".join(words), " ".join(words[:OPENING])) == (0.0, 0.0)


@pytest.mark.parametrize(("one", "other"), [("", ""), ("", REPORT), ("...", REPORT)])
def test_a_text_without_words_has_no_news(one: str, other: str) -> None:
    assert news(one, other)[1] == 0.0


WORDS = st.lists(st.sampled_from("abcdefgh"), max_size=60)


@given(st.lists(WORDS, min_size=2, max_size=5), st.data())
def test_news_is_what_plain_python_counts(texts: list[list[str]], data: st.DataObject) -> None:
    place = st.integers(0, len(texts) - 1)
    pair = st.tuples(place, place).filter(lambda pair: pair[0] != pair[1])
    pairs = data.draw(st.lists(pair, min_size=1, max_size=6))
    for (one, other), found in zip(pairs, measured([" ".join(words) for words in texts], pairs), strict=True):
        shares = [
            sum(word not in against for word in words[:OPENING]) / max(len(words[:OPENING]), 1)
            for words, against in ((texts[one], set(texts[other])), (texts[other], set(texts[one])))
        ]
        assert found == (pytest.approx(max(shares)), pytest.approx(min(shares)))


FIRE = """Firefighters were called to a {home} in {street} in {town} shortly after midnight on Sunday. Two engines from
{town} and one from {other} came. The fire was under control within an hour and nobody was injured."""
TORRIN = FIRE.format(home="house", street="Maple Street", town="Torrin", other="Keld")
EASTWICK = FIRE.format(home="flat", street="Harbour Road", town="Eastwick", other="Marlow")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (TORRIN, EASTWICK, True),
        (TORRIN, TORRIN.upper(), False),
        (TORRIN, EASTWICK.lower(), False),
        (TORRIN, TORRIN.replace("Keld", "Marlow and Eastwick"), False),
        (TORRIN, TORRIN.replace("Maple Street", "a street"), False),
        (TORRIN, TORRIN + " " + EASTWICK, False),
        ("雨が東京で降った。", "雨が京都で降った。", False),
    ],
    ids=["another town", "capitals", "no capitals", "a correction", "a name less", "both towns", "no case"],
)
def test_forms_are_told_by_their_names(one: str, other: str, expected: bool) -> None:
    known = Known.of(tokenise([one, other]), np.zeros(2, np.int64))
    for sides in ([0, 1], [1, 0]):
        assert named_otherwise(known, *np.array(sides).reshape(2, 1)).tolist() == [expected]
