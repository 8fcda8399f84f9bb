"""Sentences and relations: cases as data, with what each guard is for."""

from __future__ import annotations

import numpy as np
import pytest

from clipclean.duplicates.relations import SHORTEST, Figures, differ, relate
from clipclean.duplicates.sentences import Shares, Story, compare, read_story
from clipclean.model import Relation
from clipclean.text import tokenise

NUMBERS = "The council of Orrin voted on Monday to raise the ferry fare to {} crowns from May."
OTHER = "Fishermen in the bay said they would rather swim than pay for such a boat."
LAST = "The mayor answered that swimming was free and would remain so for the time being."


def story(text: str, routine: list[int] | None = None) -> Story:
    block = tokenise([text])
    mask = np.zeros(max(len(block.hashes) - 4, 1 if len(block.hashes) else 0), bool)
    mask[routine or []] = True
    return read_story(block.hashes, block.flags, mask, 5)


def shares(one: str, other: str) -> Shares:
    found = compare(story(one), story(other))
    assert found == compare(story(other), story(one))
    return found


def test_equal_texts_share_everything() -> None:
    text = " ".join((NUMBERS.format(12), OTHER, LAST))
    assert shares(text, text) == Shares(1.0, 1.0, 0.0)


def test_a_cut_text_stands_whole_in_the_longer() -> None:
    found = shares(OTHER, f"{NUMBERS.format(12)} {OTHER} {LAST}")
    assert found.best == 1.0
    assert found.least == pytest.approx(15 / 47)


def test_a_sentence_with_small_substitutions_is_matched() -> None:
    found = shares(OTHER, OTHER.replace("Fishermen", "Anglers").replace("such a boat", "that old boat"))
    assert (found.best, found.least) == (1.0, 1.0)


def test_sentences_that_disagree_in_numbers_conflict() -> None:
    assert shares(f"{NUMBERS.format(12)} {OTHER}", f"{NUMBERS.format(15)} {OTHER}").conflict == 0.5
    assert shares(f"{NUMBERS.format(12)} {OTHER}", f"{NUMBERS.format('12 or 15')} {OTHER}").conflict == 0.0


def test_texts_without_sentences_to_compare_share_nothing() -> None:
    assert shares("Rain fell in the north today.", "Rain fell in the north today.") == Shares(0.0, 0.0, 0.0)
    assert shares("", OTHER) == Shares(0.0, 0.0, 0.0)


def test_routine_sentences_are_left_out() -> None:
    text = f"{OTHER} {LAST}"
    routine = list(range(15))
    assert story(text, routine).counted.tolist() == [False, True]
    assert compare(story(text, routine), story(OTHER)).least == 0.0


def figures(best: float = 1.0, least: float = 0.9, conflict: float = 0.0, **given: int) -> Figures:
    usual = {"shared": 90, "fewer": 100, "more": 100, "words": 150, "numbers": False, "late": False}
    return Figures(**{**usual, **given}, shares=Shares(best, least, conflict))


SHORT = {"shared": SHORTEST - 1, "fewer": SHORTEST - 1, "more": SHORTEST - 1}


@pytest.mark.parametrize(
    ("given", "expected", "case"),
    [
        ({}, Relation.DUPLICATE, "nearly all of both is shared"),
        ({"more": 300, "least": 0.3}, Relation.ABRIDGEMENT, "the shorter stands in the longer"),
        ({"shared": 55, "least": 0.6}, Relation.UPDATE, "half of the own text is shared"),
        ({"shared": 29}, None, "too little is shared, whatever the sentences say"),
        ({"shared": 40, "best": 0.5, "least": 0.3}, None, "three shares that fall short together"),
        (SHORT, None, "too short for anything but an exact copy"),
        ({"shared": 60, "conflict": 0.5}, None, "a template with other numbers"),
        ({"shared": 75, "conflict": 0.5}, Relation.UPDATE, "a story with corrected numbers"),
        ({"shared": 75, "words": 60, "numbers": True}, None, "a short flash on another company"),
        ({"shared": 75, "numbers": True}, Relation.DUPLICATE, "a longer text may differ so"),
        ({"late": True, "shared": 80, "least": 0.8}, Relation.UPDATE, "a like text of the source, days later"),
        ({"late": True, "shared": 40, "best": 0.8, "least": 0.4}, None, "less is shared, days later"),
        ({"late": True, "shared": 100, "least": 1.0}, Relation.DUPLICATE, "the same long text, days later"),
        ({"late": True, "shared": 100, "least": 1.0, "words": 60}, Relation.UPDATE, "a short one is a notice"),
    ],
)
def test_figures_say_the_relation(given: dict[str, int], expected: Relation | None, case: str) -> None:
    found = relate(figures(**given))
    assert (found and found.relation) == expected, case
    assert found is None or found.reason.startswith("shared: ")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [([], [], False), ([1], [], False), ([1], [2], True), ([1, 2, 3], [1, 2, 4], False), ([1, 2], [3, 1], True)],
)
def test_numbers_differ_where_both_have_many_of_their_own(one: list[int], other: list[int], expected: bool) -> None:
    assert differ(frozenset(one), frozenset(other)) is expected
    assert differ(frozenset(other), frozenset(one)) is expected
