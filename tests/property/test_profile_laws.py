"""The laws of profiles: order, batches and processes change nothing, nothing is lost, and copies are no evidence."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import clipclean
from clipclean.cleaning import Cleaner
from clipclean.cleaning.evidence import learn, look
from clipclean.cleaning.openings import link, note
from clipclean.cleaning.paragraphs import Paragraphs, paragraphs
from clipclean.cleaning.profile import SourceProfile
from clipclean.extraction import extract
from clipclean.model import Clipping, Page

WORDS = "council river bridge ferry harbour winter farmer barrel school mayor".split()
LINES = st.one_of(
    st.sampled_from(
        (
            "The Halden Post brings you the stories of both banks of the river, every morning but Sunday.",
            "Tell us what you think",
            "The ferry across the Orr stopped for good on Monday, nine hours after the new lock opened to cars.",
            "The ferry across the Orr stopped for good on Monday…",
            "In other places",
            "",
        )
    ),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=14).map(" ".join),
    st.text(max_size=20),
)
CLIPPINGS = st.builds(
    dict,
    text=st.lists(LINES, min_size=1, max_size=8).map("\n".join),
    source=st.sampled_from(("halden.example", "lindvik.example", None)),
    published=st.sampled_from(("2024-03-01", "2024-03-02", "2024-03-03", "2024-03-04", None, "soon")),
)
DUMPS = st.lists(CLIPPINGS, max_size=24)


def pages(dump: list[dict[str, Any]]) -> list[Page]:
    return [extract(Clipping(id=f"c{at}", **record)) for at, record in enumerate(dump)]


def told(dump: list[dict[str, Any]]) -> list[Paragraphs]:
    return [paragraphs(page) for page in pages(dump)]


def rows(profile: SourceProfile) -> list[dict[str, Any]]:
    return list(profile.rows())


@given(DUMPS, st.randoms(use_true_random=False), st.lists(st.integers(0, 24), max_size=5))
@settings(max_examples=80, deadline=None)
def test_order_and_batches_do_not_change_what_is_learnt(dump: list[Any], chance: Any, cuts: list[int]) -> None:
    whole = told(dump)
    shuffled = list(whole)
    chance.shuffle(shuffled)
    parts = [shuffled[start:end] for start, end in pairwise([0, *sorted(cuts), len(shuffled)])]
    assert rows(learn([look(part) for part in parts])) == rows(learn([look(whole)]))
    assert link([note(part) for part in parts]).found == link([note(whole)]).found


@given(DUMPS)
@settings(max_examples=60, deadline=None)
def test_what_was_learnt_loses_no_line_and_is_the_same_alone_and_in_a_batch(dump: list[Any]) -> None:
    many = [record | {"source": record["source"] and "halden.example"} for record in dump * 2]
    whole = pages(many)
    cleaner = Cleaner(profile=learn([look(told(many))]), teasers=link([note(told(many))]))
    results = cleaner.clean(whole)
    assert results == [cleaner.clean([page])[0] for page in whole]
    for record, result in zip(many, results, strict=True):
        assert clipclean.restore(result) == record["text"].replace("\r\n", "\n").replace("\r", "\n")


@given(CLIPPINGS, st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_copies_of_one_clipping_are_no_evidence_against_it(record: dict[str, Any], copies: int) -> None:
    dump = [record | {"source": "halden.example", "published": f"2024-03-{1 + at % 28}"} for at in range(copies)]
    assert learn([look(told(dump))]).lines == 0


@given(DUMPS)
@settings(max_examples=60, deadline=None)
def test_a_profile_comes_back_from_its_rows(dump: list[Any]) -> None:
    profile = learn([look(told(dump * 3))])
    again = SourceProfile.of_rows(rows(profile))
    assert rows(again) == rows(profile)
    assert again.digest() == profile.digest()


@given(DUMPS, DUMPS, DUMPS)
@settings(max_examples=60, deadline=None)
def test_profiles_add_up_in_any_order_and_grouping(one: list[Any], two: list[Any], three: list[Any]) -> None:
    a, b, c = (learn([look(told(dump))]) for dump in (one, two, three))
    assert rows(a | b) == rows(b | a)
    assert rows((a | b) | c) == rows(a | (b | c))
    assert rows(a | SourceProfile()) == rows(SourceProfile() | a) == rows(a)
