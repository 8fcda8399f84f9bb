"""Sentences and relations: cases as data, with what each guard is for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipclean.duplicates.guards import News
from clipclean.duplicates.relations import SHORTEST, Figures, differ, filled_in, relate
from clipclean.duplicates.sentences import LEAD, Shares, Stories, compare, read_stories
from clipclean.model import Relation
from clipclean.text import NUMBER, SENTENCE, tokenise

NUMBERS = "The council of Orrin voted on Monday to raise the ferry fare to {} crowns from May."
OTHER = "Fishermen in the bay said they would rather swim than pay for such a boat."
LAST = "The mayor answered that swimming was free and would remain so for the time being."


def read(*texts: str, routine: Sequence[int] = ()) -> Stories:
    block = tokenise(texts)
    mask = np.zeros(len(block.hashes), bool)
    mask[list(routine)] = True
    return read_stories(block, mask, 5, np.zeros(len(texts), np.int64))


def shares(one: str, other: str) -> tuple[float, float, float]:
    """The larger and the smaller share of matched sentences, and the share of these that disagree in numbers."""
    stories = read(one, other)
    (found,) = each(compare(stories, np.array([0]), np.array([1])))
    assert [found] == each(compare(stories, np.array([1]), np.array([0])))
    return found


def each(found: Shares) -> list[tuple[float, float, float]]:
    return list(zip(found.best.tolist(), found.least.tolist(), found.conflict.tolist(), strict=True))


def with_leads(found: Shares) -> list[tuple[float, float, float, bool]]:
    return [(*row, lead) for row, lead in zip(each(found), found.lead.tolist(), strict=True)]


def test_equal_texts_share_everything() -> None:
    text = " ".join((NUMBERS.format(12), OTHER, LAST))
    assert shares(text, text) == (1.0, 1.0, 0.0)


def test_a_cut_text_stands_whole_in_the_longer() -> None:
    assert shares(OTHER, f"{NUMBERS.format(12)} {OTHER} {LAST}") == (1.0, pytest.approx(15 / 47), 0.0)


def test_a_sentence_with_small_substitutions_is_matched() -> None:
    found = shares(OTHER, OTHER.replace("Fishermen", "Anglers").replace("such a boat", "that old boat"))
    assert found[:2] == (1.0, 1.0)


def test_sentences_that_disagree_in_numbers_conflict() -> None:
    assert shares(f"{NUMBERS.format(12)} {OTHER}", f"{NUMBERS.format(15)} {OTHER}")[2] == 0.5
    assert shares(f"{NUMBERS.format(12)} {OTHER}", f"{NUMBERS.format('12 or 15')} {OTHER}")[2] == 0.0


def test_texts_without_sentences_to_compare_share_nothing() -> None:
    assert shares("Rain fell in the north today.", "Rain fell in the north today.") == (0.0, 0.0, 0.0)
    assert shares("", OTHER) == (0.0, 0.0, 0.0)


def test_routine_sentences_are_left_out() -> None:
    text = f"{OTHER} {LAST}"
    stories = read(text, OTHER, routine=range(15))
    assert stories.counted.tolist() == [False, True, True]
    assert compare(stories, np.array([0]), np.array([1])).least.tolist() == [0.0]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.sampled_from("ab1 2. "), max_size=60).map("".join), min_size=2, max_size=5))
def test_pairs_share_alone_what_they_share_among_others(texts: list[str]) -> None:
    """Pairs that are compared at once, in any company, share what a plain reading of the definition says."""
    stories = read(*texts)
    left, right = np.triu_indices(len(texts), 1)
    for one, other, found in zip(left.tolist(), right.tolist(), with_leads(compare(stories, left, right)), strict=True):
        assert found == plainly(texts[one], texts[other])


def plainly(one: str, other: str) -> tuple[float, float, float, bool]:
    """The definition, said again without columns."""
    sides = [sentences_of(one), sentences_of(other)]
    words = [[word for sentence in side for word, _ in sentence] for side in sides]
    runs = [[tuple(side[at : at + 3]) for at in range(len(side) - 2)] or [tuple(side)] for side in words]
    shares, matched, conflicts, lead = [], 0, 0, False
    for mine, theirs in ((0, 1), (1, 0)):
        covered = [False] * len(words[mine])
        for at, run in enumerate(runs[mine] if words[mine] else []):
            if run in runs[theirs]:
                covered[at : at + 3] = [True] * len(run)
        begin = total = good = 0
        for number, sentence in enumerate(sides[mine]):
            part = covered[begin : begin + len(sentence)]
            if len(sentence) >= 6:
                total += len(sentence)
                if 2 * sum(part) >= len(sentence):
                    good += len(sentence)
                    matched += 1
                    if not all(part):
                        disagree = conflicting(runs, sides, mine, theirs, begin, sentence)
                        conflicts += disagree
                        lead |= disagree and number < LEAD
            begin += len(sentence)
        shares.append(good / total if total >= 10 else -1.0)
    if min(shares) < 0:
        return 0.0, 0.0, conflicts / max(matched, 1), lead
    return max(shares), min(shares), conflicts / max(matched, 1), lead


def conflicting(
    runs: list[list[tuple[int, ...]]],
    sides: list[list[list[tuple[int, bool]]]],
    mine: int,
    theirs: int,
    begin: int,
    sentence: list[tuple[int, bool]],
) -> bool:
    homes = [number for number, part in enumerate(sides[theirs]) for _ in part]
    votes: dict[int, int] = {}
    for run in runs[mine][begin : begin + len(sentence)]:
        if run in runs[theirs]:
            home = homes[runs[theirs].index(run)]
            votes[home] = votes.get(home, 0) + 1
    counterpart = sides[theirs][min(votes, key=lambda home: (-votes[home], home))]
    ours, others = ({word for word, number in part if number} for part in (sentence, counterpart))
    return bool(ours - others) and bool(others - ours)


def sentences_of(text: str) -> list[list[tuple[int, bool]]]:
    block = tokenise([text])
    found: list[list[tuple[int, bool]]] = []
    for word, flags in zip(block.hashes.tolist(), block.flags.tolist(), strict=True):
        if flags & SENTENCE:
            found.append([])
        found[-1].append((word, bool(flags & NUMBER)))
    return found


def figures(
    best: float = 1.0,
    least: float = 0.9,
    conflict: float = 0.0,
    lead: bool = False,
    news: tuple[float, float] = (0.0, 0.0),
    **given: int,
) -> Figures:
    usual = {"shared": 90, "fewer": 100, "more": 100, "words": 150}
    usual |= dict.fromkeys(("numbers", "filled", "named", "late"), False)
    columns = {name: np.array([value]) for name, value in {**usual, **given}.items()}
    shares = Shares(*np.array([[best], [least], [conflict]]), np.array([lead]))
    return Figures(**columns, shares=shares, news=News(*np.array([news]).T))


BRIEF = {"shared": 10, "fewer": 11, "more": 30, "words": 15}
TABLE = {"shared": 60, "fewer": 80, "more": 90, "words": 84, "best": 0.0, "least": 0.0}


@pytest.mark.parametrize(
    ("given", "expected", "case"),
    [
        ({}, Relation.DUPLICATE, "nearly all of both is shared"),
        ({"more": 300, "least": 0.3}, Relation.ABRIDGEMENT, "the shorter stands in the longer"),
        ({"shared": 55, "least": 0.6}, Relation.UPDATE, "half of the own text is shared"),
        ({"shared": 29}, None, "too little is shared, whatever the sentences say"),
        ({"shared": 40, "best": 0.5, "least": 0.3}, None, "three shares that fall short together"),
        ({"shared": 60, "best": 0.7, "least": 0.4}, Relation.UPDATE, "a version that opens with the same words"),
        ({"shared": 60, "best": 0.7, "least": 0.4, "news": (0.7, 0.1)}, None, "a follow-up opens with what is new"),
        ({"more": 300, "least": 0.3, "news": (0.7, 0.0)}, Relation.ABRIDGEMENT, "cut from the middle of a report"),
        ({**BRIEF, "fewer": SHORTEST - 1, "shared": SHORTEST - 1}, None, "too short for anything but an exact copy"),
        ({**BRIEF, "least": 0.4}, Relation.ABRIDGEMENT, "a headline that stands in the story"),
        ({**BRIEF, "news": (0.2, 0.1)}, None, "a headline on another company"),
        ({**BRIEF, "shared": 8}, None, "a headline that stands there in part"),
        ({**BRIEF, "words": 90}, None, "little is left of a long text but routine"),
        ({**BRIEF, "late": True}, None, "a headline of another day"),
        (TABLE, Relation.UPDATE, "results sent again have no sentences"),
        ({**TABLE, "numbers": True}, None, "results of another company"),
        ({**TABLE, "late": True}, None, "results of another day"),
        ({"shared": 60, "conflict": 0.5}, None, "a template with other numbers"),
        ({"shared": 75, "conflict": 0.5}, Relation.UPDATE, "a story with corrected numbers"),
        ({"more": 300, "conflict": 0.5}, Relation.UPDATE, "a shorter story with corrected numbers"),
        ({"conflict": 0.1}, Relation.DUPLICATE, "a number further down, as two desks write it"),
        ({"conflict": 0.1, "lead": True}, Relation.UPDATE, "a new toll in the lead"),
        (
            {"more": 300, "least": 0.3, "conflict": 0.1, "lead": True},
            Relation.UPDATE,
            "a short one, old toll",
        ),
        ({"shared": 75, "words": 60, "numbers": True}, None, "a short flash on another company"),
        ({"shared": 75, "numbers": True}, Relation.DUPLICATE, "a longer text may differ so"),
        ({"words": 60, "numbers": True, "filled": True}, None, "a form filled in again, all of whose words are shared"),
        ({"words": 60, "numbers": True}, Relation.DUPLICATE, "a flash with corrected numbers"),
        ({"named": True}, None, "a form filled in with other names"),
        ({"late": True, "shared": 80, "least": 0.8}, Relation.UPDATE, "a like text of the source, days later"),
        ({"late": True, "shared": 69}, None, "less is shared, days later"),
        ({"late": True, "shared": 100, "least": 1.0}, Relation.DUPLICATE, "the same long text, days later"),
        ({"late": True, "shared": 100, "least": 1.0, "words": 60}, Relation.UPDATE, "a short one is a notice"),
    ],
)
def test_figures_say_the_relation(given: dict[str, Any], expected: Relation | None, case: str) -> None:
    (found,) = relate(figures(**given)).each()
    assert (found and found.relation) == expected, case
    assert found is None or found.reason.startswith("shared: ")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [([], [], False), ([1], [], False), ([1], [2], True), ([1, 2, 3], [1, 2, 4], False), ([1, 2], [3, 1], True)],
)
def test_numbers_differ_where_both_have_many_of_their_own(one: list[int], other: list[int], expected: bool) -> None:
    shared, sizes = np.array([len(set(one) & set(other))]), (np.array([len(one)]), np.array([len(other)]))
    assert differ(shared, *sizes) == differ(shared, *sizes[::-1]) == expected


@pytest.mark.parametrize(
    ("shared", "one", "other", "expected"),
    [(0, 3, 3, True), (1, 4, 9, True), (1, 3, 9, False), (0, 2, 9, False), (5, 6, 6, False), (0, 0, 0, False)],
)
def test_a_form_is_filled_in_again_where_hardly_a_number_is_the_same(
    shared: int, one: int, other: int, expected: bool
) -> None:
    sizes = np.array([one]), np.array([other])
    assert filled_in(np.array([shared]), *sizes) == filled_in(np.array([shared]), *sizes[::-1]) == expected
