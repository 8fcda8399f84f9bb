"""What recurs at a source is its furniture; what stands in copies of one story is the story."""

from __future__ import annotations

from typing import Any

import pytest

import clipclean
from clipclean.cleaning import Cleaner
from clipclean.cleaning.profile import SourceProfile
from clipclean.model import CleanClipping, Clipping, Label, Page, PageLine

PLACES = "Halden Tillby Orrmouth Lindvik Sandnes Brekke Elvestad Nordby Fossen Granli Haugen Myrdal".split()
BLURB = "The Halden Post brings you the stories of both banks of the river, every morning but Sunday, for nothing."
SHORT = "In other places"


def story(number: int) -> str:
    place, other = PLACES[number % 12], PLACES[(number * 5 + number // 12 + 1) % 12]
    return (
        f"The council of {place} voted {number + 3} to {number % 7} on Monday to pave the road to {other} in May.\n"
        f"Farmers in {other} have asked for it since {1900 + number}, when a cart with {number + 11} barrels sank.\n"
        f"The work will cost {number + 2} million crowns, which {place} will borrow from its harbour fund, she said."
    )


def records(texts: list[str], *, source: str | None = "halden.example", days: int = 5, **more: Any) -> list[Any]:
    found = []
    for at, text in enumerate(texts):
        record = {"id": f"r{at}", "text": text, **more}
        if source:
            record["source"] = source
        if days:
            record["published"] = f"2024-03-{1 + at % days:02}"
        found.append(record)
    return found


def with_blurb(count: int, every: int = 1) -> list[str]:
    return [story(at) + (f"\n{BLURB}" if at % every == 0 else "") for at in range(count)]


def removed_lines(profile: SourceProfile, text: str, source: str = "halden.example") -> dict[str, str]:
    return {line.text: line.rule for line in clipclean.clean(text, source=source, profile=profile).removed}


def test_a_line_of_many_stories_of_a_source_goes_whatever_it_reads_like() -> None:
    text = f"{story(99)}\n{BLURB}"
    assert clipclean.clean(text).text == text
    profile = clipclean.learn(records(with_blurb(12)))
    result = clipclean.clean(text, source="halden.example", profile=profile)
    assert result.text == story(99)
    assert [(line.rule, line.label) for line in result.removed] == [("recurs-at-source", Label.OTHER)]


def test_letter_case_marks_and_spaces_do_not_hide_a_line() -> None:
    profile = clipclean.learn(records(with_blurb(12)))
    shouted = BLURB.upper().replace(" ", "  ").replace(",", " -")
    assert removed_lines(profile, f"{story(99)}\n{shouted}") == {shouted: "recurs-at-source"}


def test_another_source_is_another_matter() -> None:
    profile = clipclean.learn(records(with_blurb(12)))
    assert removed_lines(profile, f"{story(99)}\n{BLURB}", "tillby.example") == {}


def test_a_line_with_a_cue_gets_the_label_of_the_cue() -> None:
    """The rule of the cue alone is not sure enough: the line reads like story."""
    caption = (
        "The old ferry (left) carried its last cart across the river on Monday, as people on both banks looked on."
    )
    text = "\n".join([*story(99).split("\n"), caption])
    assert clipclean.clean(text).text == text
    profile = clipclean.learn(records([f"{story(at)}\n{caption}" for at in range(12)]))
    (gone,) = clipclean.clean(text, source="halden.example", profile=profile).removed
    assert (gone.rule, gone.label) == ("recurs-at-source", Label.CAPTION)


@pytest.mark.parametrize("days", [0, 1, 5])
@pytest.mark.parametrize("copies", [4, 12, 40])
def test_a_story_in_many_copies_keeps_its_text(copies: int, days: int) -> None:
    """Copies of one day, of many, and of none; each with a line of its own, as counters and times are."""
    texts = [f"{story(7)}\nRead by {at} people so far" for at in range(copies)] + [story(at) for at in range(20, 40)]
    profile = clipclean.learn(records(texts, days=days))
    assert profile.lines == 0
    assert clipclean.clean(story(7), source="halden.example", profile=profile).text == story(7)


def test_snapshots_of_a_growing_story_keep_their_text() -> None:
    parts = story(3).split("\n") + story(4).split("\n") + story(5).split("\n") + story(6).split("\n")
    texts = ["\n".join(parts[:end]) for end in range(3, len(parts) + 1)]
    assert clipclean.learn(records(texts)).lines == 0


def test_background_that_three_follow_ups_repeat_is_story() -> None:
    background = (
        "The ferry across the Orr has carried people and carts since 1871, when the first bridge was lost to ice."
    )
    texts = [f"{story(at)}\n{background}" for at in range(3)] + [story(at) for at in range(20, 40)]
    assert clipclean.learn(records(texts)).lines == 0


def test_in_a_large_source_what_hardly_recurs_is_story() -> None:
    background = (
        "The ferry across the Orr has carried people and carts since 1871, when the first bridge was lost to ice."
    )
    texts = [story(at) + (f"\n{background}" if at % 150 == 0 else "") for at in range(900)]
    profile = clipclean.learn(records(texts))
    assert removed_lines(profile, f"{story(950)}\n{background}") == {}


def test_short_lines_need_more_than_others() -> None:
    texts = [story(at).replace("\n", f"\n{SHORT}\n", 1) if at % 40 == 0 else story(at) for at in range(200)]
    profile = clipclean.learn(records(texts, days=3))
    assert profile.lines == 1
    assert removed_lines(profile, story(250).replace("\n", f"\n{SHORT}\n", 1)) == {}


def test_one_day_teaches_when_a_line_is_in_much_of_what_was_published() -> None:
    assert clipclean.learn(records(with_blurb(12, every=2), days=1)).lines == 1
    assert clipclean.learn(records(with_blurb(12, every=2), days=0)).lines == 1
    assert clipclean.learn(records(with_blurb(90, every=16), days=1)).lines == 0
    assert clipclean.learn(records(with_blurb(120, every=24), days=2)).lines == 0  # 5 of the 60 of one day
    assert clipclean.learn(records(with_blurb(60, every=10), days=7)).lines == 1


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_tiny_source_teaches_nothing(count: int) -> None:
    assert clipclean.learn(records(with_blurb(count))).lines == 0


def test_clippings_without_a_source_are_no_evidence_and_an_address_names_one() -> None:
    assert clipclean.learn(records(with_blurb(12), source=None)).sources == {}
    named = clipclean.learn(records(with_blurb(12), source=None, url="https://www.halden.example/story"))
    assert [found.clippings for found in named.sources.values()] == [12]


def test_records_that_cannot_be_used_are_passed_over() -> None:
    profile = clipclean.learn([*records(with_blurb(12)), {}, {"text": ""}])
    assert profile.digest() == clipclean.learn(records(with_blurb(12))).digest()


def test_a_clipping_of_nothing_but_what_recurs_keeps_its_lines() -> None:
    profile = clipclean.learn(records([f"{story(at)}\n{BLURB}" for at in range(12)]))
    assert clipclean.clean(BLURB, source="halden.example", profile=profile).text == BLURB


def test_a_profile_that_is_wrong_about_a_whole_story_takes_nothing_of_it() -> None:
    lines = story(1).split("\n")
    profile = clipclean.learn(records(["\n".join([story(at), *lines]) for at in range(10, 30)]))
    assert profile.lines == len(lines)
    assert clipclean.clean(story(1), source="halden.example", profile=profile).text == story(1)


def test_without_evidence_every_verdict_is_as_without_a_profile() -> None:
    pages = [Page(Clipping(id=str(at), source="x"), tuple(map(PageLine, story(at).split("\n")))) for at in range(3)]

    def clean(profile: SourceProfile | None) -> list[CleanClipping]:
        return Cleaner(profile=profile).clean(pages)

    assert clean(None) == clean(SourceProfile()) == clean(clipclean.learn(records(with_blurb(12))))


def test_both_rules_can_be_switched_off() -> None:
    profile = clipclean.learn(records(with_blurb(12)))
    text = f"{story(99)}\n{BLURB}"
    settings = clipclean.CleanSettings(rules_off=frozenset({"recurs-at-source", "recurs-at-times"}))
    assert clipclean.clean(text, source="halden.example", profile=profile, settings=settings).text == text


def test_a_page_and_a_batch_know_the_profile_too() -> None:
    profile = clipclean.learn(records(with_blurb(12)))
    paragraphs = "".join(f"<p>{line}</p>" for line in [*story(99).split("\n"), BLURB])
    page = clipclean.clean_html(f"<article>{paragraphs}</article>", source="halden.example", profile=profile)
    (record,) = clipclean.clean_many(records([f"{story(99)}\n{BLURB}"]), profile=profile)
    assert page.text == record.text == story(99)
