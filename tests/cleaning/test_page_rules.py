"""Rules that need a page: what its metadata and its elements say of a line, on pages of our own."""

from __future__ import annotations

import pytest

import clipclean
from clipclean.config import CleanSettings, Extractor
from clipclean.model import CleanClipping, Line

STANDFIRST = "A second bridge over the Orr has been voted for in Halden, after years of debate"
STORY = (
    "The council of Halden voted on Monday to build a second bridge over the river Orr, after years of debate.",
    "“We have waited long enough,” said Mayor Ida Holm after the vote, which took until midnight.",
    "Work is to begin in August with the piers on the west bank of the river, and to last three years.",
    "The bridge will cost 41 million crowns, of which the county pays a third, the council said.",
)
BLOCKS = CleanSettings(extractor=Extractor.BLOCKS)


def cleaned(body: str, head: str = "") -> CleanClipping:
    story = "".join(f"<p>{line}</p>" for line in STORY)
    return clipclean.clean_html(f"<head>{head}</head><body><main>{body}{story}</main></body>", settings=BLOCKS)


def line_of(result: CleanClipping, text: str) -> Line:
    return next(line for line in result.lines if line.text == text)


@pytest.mark.parametrize("stated", [STANDFIRST, STANDFIRST[:70] + "...", STANDFIRST.upper() + "."])
def test_what_a_page_sums_its_story_up_with_is_its_standfirst(stated: str) -> None:
    result = cleaned(f"<h2>{STANDFIRST}</h2>", f'<meta property="og:description" content="{stated}">')
    assert line_of(result, STANDFIRST).keep
    assert line_of(result, STANDFIRST).rule == "standfirst"


def test_a_summary_below_the_story_or_of_another_one_is_no_standfirst() -> None:
    head = f'<meta name="description" content="{STANDFIRST}">'
    result = clipclean.clean_html(
        f"<head>{head}</head>" + "".join(f"<p>{line}</p>" for line in STORY) + f"<p>{STANDFIRST}</p>", settings=BLOCKS
    )
    assert line_of(result, STANDFIRST).rule != "standfirst"
    other = cleaned("<h2>Six schools in the valley are to get new roofs before the winter</h2>", head)
    assert all(line.rule != "standfirst" for line in other.lines)


def test_a_caption_with_its_credit_in_one_figcaption_is_a_caption() -> None:
    caption = "Mayor Ida Holm at the old bridge on Monday. | Mara Lindqvist / Reuters"
    result = cleaned(f"<figure><img src=x><figcaption>{caption}</figcaption></figure>")
    assert line_of(result, caption).label.value == "caption"


def test_buttons_dates_and_bylines_in_a_figcaption_are_no_captions() -> None:
    for inside, text in (
        ("<button>Enlarge it</button>", "Enlarge it"),
        ("<p>3 March 2024, 9:14</p>", "3 March 2024, 9:14"),
    ):
        result = cleaned(f"<figure><figcaption>{inside}</figcaption></figure>")
        assert line_of(result, text).label.value != "caption"


def test_a_dropped_line_in_an_element_named_after_captions_and_pictures_is_a_caption() -> None:
    caption = "The old bridge at Halden in 1952"
    result = cleaned(f'<div class="image-caption">{caption}</div>')
    found = line_of(result, caption)
    assert found.keep or found.label.value == "caption"
    small_print = cleaned('<div class="text-caption">Prices include shipping</div>')
    assert line_of(small_print, "Prices include shipping").label.value != "caption"
