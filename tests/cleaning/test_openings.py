"""A cut-off line that begins as another clipping does teases it; a story that is cut off itself is no teaser."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from clipclean.cleaning import Cleaner
from clipclean.cleaning.openings import Teasers, link, note
from clipclean.cleaning.paragraphs import paragraphs
from clipclean.model import CleanClipping, Clipping, Page, PageLine, Teaser

FERRY = [
    "The ferry across the Orr stopped for good on Monday, nine hours after the new lock opened to carts and cars.",
    "It carried my grandmother to her wedding, said Per Strand, its last pilot, as he took down the bell at noon.",
    "The town will keep the ferry as a museum, the mayor said, and it is going to open its doors late in May.",
]
BREAD = [
    "A baker from Lindvik has won the national prize for rye bread for the third time, with a loaf of his father's.",
    "The jury praised its crust and the patience that it takes, for the dough has to rest for more than two days.",
]
CUT = "A baker from Lindvik has won the national prize for rye bread for the third…"


def page(name: str, lines: Sequence[str], **known: str) -> Page:
    return Page(Clipping(id=name, **{"source": "halden.example", **known}), tuple(map(PageLine, lines)))  # type: ignore[arg-type]


def teasers_of(*pages: Page) -> dict[str, list[Teaser]]:
    found = link([note(list(map(paragraphs, pages)))])
    return {result.id: list(result.teasers) for result in Cleaner(teasers=found).clean(pages)}


def known(*pages: Page) -> int:
    return len(link([note(list(map(paragraphs, pages)))]))


@pytest.mark.parametrize(
    "line",
    [
        CUT,
        "A baker from Lindvik has won the national prize for r...",
        "A BAKER FROM LINDVIK has won the […]",
        "A baker from Lindvik has won [...]",
    ],
)
def test_a_line_that_begins_as_another_clipping_does_names_it(line: str) -> None:
    found = teasers_of(page("ferry", [*FERRY, line]), page("bread", BREAD))
    assert found == {"ferry": [Teaser(line, "bread")], "bread": []}


def test_it_is_a_teaser_between_lines_of_story_too() -> None:
    mixed = page("ferry", [FERRY[0], CUT, *FERRY[1:]])
    (result,) = Cleaner(teasers=link([note(list(map(paragraphs, [mixed, page("bread", BREAD)])))])).clean([mixed])
    assert [(line.text, line.rule) for line in result.removed] == [(CUT, "teaser-of-clipping")]


def test_furniture_may_stand_on_top_of_the_story_and_a_title_counts() -> None:
    top = ["By Ida Holm", "We use small files that your computer keeps, so that we know you when you come here again."]
    assert known(page("ferry", [*FERRY, CUT]), page("bread", [*top, *BREAD])) == 1
    titled = page(
        "bread", ["Bread was on the table in Lindvik."], title="Baker from Lindvik wins rye bread prize again"
    )
    assert known(page("ferry", [*FERRY, "Baker from Lindvik wins rye bread prize…"]), titled) == 1


@pytest.mark.parametrize(
    "line", ["A baker from Lindvik…", "A baker from Lindvik has lost the national prize for rye bread…"]
)
def test_too_few_words_or_other_words_are_no_evidence(line: str) -> None:
    assert known(page("ferry", [*FERRY, line]), page("bread", BREAD)) == 0


def test_what_two_stories_quote_is_no_beginning_of_either() -> None:
    quote = "My grandmother has baked it for me in a stove of stone, and I have not changed a thing in it since."
    cut = "My grandmother has baked it for me in a stove of stone, and I…"
    mixed = page("ferry", [FERRY[0], cut, *FERRY[1:]])
    assert teasers_of(mixed, page("bread", [BREAD[0], quote, BREAD[1]]))["ferry"] == []
    below = page("ferry", [*FERRY, cut])
    assert teasers_of(below, page("bread", [BREAD[0], quote, BREAD[1]]))["ferry"] == [Teaser(cut, "bread")]


def test_a_beginning_that_is_cut_off_itself_is_none() -> None:
    assert known(page("ferry", [*FERRY, CUT]), page("bread", ["In short", CUT])) == 0


def test_a_clipping_that_a_paywall_cuts_off_teases_nothing() -> None:
    cut = [CUT, "You have read all that is free this month, and may read on when you have paid for the next."]
    assert known(page("cut", cut), page("bread", BREAD)) == 0


def test_a_story_s_own_beginning_said_again_teases_nothing_in_it_nor_in_its_copies() -> None:
    again = [FERRY[0], FERRY[1], "The ferry across the Orr stopped for good on Monday…", FERRY[2]]
    assert known(page("a", again), page("b", FERRY, source="lindvik.example")) == 0
    assert known(page("a", again[1:]), page("b", FERRY, source="lindvik.example")) == 0


def test_a_beginning_that_different_stories_share_names_none_of_them() -> None:
    other = ["A baker from Lindvik has won a seat in the council of the town, as its first baker in eighty years."]
    assert (
        known(page("ferry", [*FERRY, "A baker from Lindvik has won…"]), page("bread", BREAD), page("seat", other)) == 0
    )
    assert known(page("ferry", [*FERRY, CUT]), page("bread", BREAD), page("seat", other)) == 1


def test_a_line_on_top_of_many_pages_of_a_source_is_no_story() -> None:
    box = "You can read the paper in full on every day of the week if you like it as much as we do."
    pages = [page(f"p{at}", [box, f"Note {at}"]) for at in range(5)]
    assert known(page("ferry", [*FERRY, "You can read the paper in full on every day…"]), *pages) == 0


def test_of_copies_the_one_at_the_own_source_is_named_else_the_first_by_name() -> None:
    ferry = page("ferry", [*FERRY, CUT])
    elsewhere = [page(name, BREAD, source=f"{name}.example") for name in ("c", "b")]
    assert teasers_of(ferry, *elsewhere)["ferry"] == [Teaser(CUT, "b")]
    assert teasers_of(ferry, *elsewhere, page("z", BREAD))["ferry"] == [Teaser(CUT, "z")]


def test_scripts_without_spaces_need_more_characters() -> None:
    story = "市議会は月曜日、川に二つ目の橋を架けることを決めた。工事は八月に始まり、二年かかる見通しだと市長は述べた。"
    lines = [*FERRY, "市議会は月曜日、川に二つ目の橋を架ける…"]
    assert known(page("ferry", lines), page("bridge", [story])) == 1
    assert known(page("ferry", [*FERRY, "市議会は月曜日…"]), page("bridge", [story])) == 0


def test_nothing_is_known_without_a_first_pass() -> None:
    def clean(teasers: Teasers | None) -> list[CleanClipping]:
        return Cleaner(teasers=teasers).clean([page("ferry", [*FERRY, CUT])])

    assert clean(None) == clean(Teasers())
    assert all(teaser.of is None for teaser in clean(None)[0].teasers)
