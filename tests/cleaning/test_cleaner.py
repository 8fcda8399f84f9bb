"""What cleaning promises: whole clippings, facts, switches, guards, and that nothing is lost."""

from __future__ import annotations

import pytest

from clipclean.cleaning import Cleaner
from clipclean.config import FURNITURE, CleanSettings
from clipclean.errors import SettingsError
from clipclean.extraction import extract
from clipclean.model import Caption, CleanClipping, Clipping, Label, Teaser

STORY = (
    "The council of Halden voted on Monday night to build a second bridge over the river Orr, after years of debate.",
    "Seven of the eleven members were for the plan, which costs 41 million crowns and is to be done in four years.",
    "“We have waited long enough,” said Mayor Ida Holm after the vote.",
    "The old bridge, which was built in 1931, carries 14,000 cars a day and has been mended six times since the flood.",
    "Shopkeepers on the east bank fear that the new road will lead drivers past their doors and out of the town.",
    "“Nobody asked us,” said Per Strand, who has sold boots on Quay Street for thirty years.",
    "The council said that it would hear the shopkeepers in the spring, before the last drawings are made.",
    "A first plan for a tunnel was given up in 2019, when the rock under the river turned out to be too soft.",
    "Work is to begin in August with the piers on the west bank, and the ferry will run until the bridge is open.",
    "The state pays half of the cost, and the rest comes from a toll that drivers will pay for fifteen years.",
)
CLIPPING = (
    "Mayor Ida Holm, left, shows a model of the bridge to pupils in Halden, Norway, Monday, March 4, 2024.",
    "Mara Lindqvist | Reuters",
    *STORY[:6],
    "The old bridge over the river Orr, seen from the west bank, in Halden, Norway, October 15, 2023.",
    "Nils Aker | Nordbild via Reuters",
    *STORY[6:],
    "The ferry across the fjord will stop running in May, when the new tunnel takes the first cars and…",
    "Six schools in the valley are to get new roofs before the winter, the county said, after a storm had…",
    "A baker from Tillby has won the national prize for rye bread for the third time with a loaf that…",
    "The price of firewood rose again in February, and dealers say that the cold spring will keep it…",
)


def clean(text: str, settings: CleanSettings | None = None, **known: str) -> CleanClipping:
    return Cleaner(settings).clean([extract(Clipping(id="a", text=text, **known))])[0]  # type: ignore[arg-type]


def test_a_clipping_comes_out_with_only_its_story() -> None:
    result = clean("\n".join(CLIPPING))
    assert result.text == "\n".join(STORY)
    assert [line.label.value for line in result.removed] == ["caption", "credit"] * 2 + ["teaser"] * 4


def test_captions_stand_with_their_credits_and_teasers_apart() -> None:
    result = clean("\n".join(CLIPPING))
    assert result.captions == (
        Caption(CLIPPING[0], "Mara Lindqvist | Reuters"),
        Caption(CLIPPING[8], "Nils Aker | Nordbild via Reuters"),
    )
    assert result.teasers == tuple(Teaser(line) for line in CLIPPING[-4:])


def test_a_clean_text_stays_whole() -> None:
    assert clean("\n".join(STORY)).text == "\n".join(STORY)


@pytest.mark.parametrize(
    "story",
    [
        "The Getty Images archive in Halden has bought the plates of the photographer Mara Lindqvist, who died young.",
        "The newsletter of the parish of Tillby, which has been printed since 1904, will be sent by e-mail from May.",
        "Reuters and AP both said on Friday that they would close their offices in the valley at the year's end.",
        "Advertisements for betting are to vanish from the stadium, the club said, though it will lose millions.",
        "Subscribers of the Halden Post can cancel with one click, a court ruled after a complaint by readers.",
    ],
)
def test_stories_about_newsletters_agencies_pictures_and_ads_stay_whole(story: str) -> None:
    text = "\n".join([story, *STORY[3:]])
    assert clean(text).text == text


HEAD = (
    "News",
    "Halden",
    "Second bridge: council votes yes after long night",
    "By Ida Strand",
    "4 March 2024, 23:51",
    "Share",
)


@pytest.mark.parametrize(
    "standfirst",
    [
        "Council ends years of debate over a second bridge; shopkeepers on the east bank fear for their trade",
        "Mayor Ida Holm got seven of eleven votes for a bridge that costs 41 million crowns.",
    ],
)
def test_a_standfirst_between_headline_and_story_stays(standfirst: str) -> None:
    kept = clean("\n".join([*HEAD[:3], standfirst, *HEAD[3:], *STORY])).text
    assert kept.split("\n")[-len(STORY) :] == list(STORY)
    assert standfirst in kept


@pytest.mark.parametrize("teaser", ["Ferry to Tillby stops in May for want of pilots", "Rye: baker wins a third prize"])
def test_a_headline_of_another_story_above_the_story_goes(teaser: str) -> None:
    assert teaser not in clean("\n".join([*HEAD[:2], teaser, *HEAD[2:], *STORY])).text


def test_dateline_and_agency_are_read_from_the_story_that_keeps_them() -> None:
    result = clean("\n".join(["HALDEN, March 4 (Reuters) - " + STORY[0], *STORY[1:]]))
    assert (result.dateline, result.agency) == ("HALDEN, March 4", "Reuters")
    assert result.text.startswith("HALDEN, March 4 (Reuters) - ")


@pytest.mark.parametrize(
    "lines",
    [
        ["Reuters and AP both said on Friday that they would close their offices in the valley.", *STORY],
        [*STORY, "The agency AFP, which had reported the vote first, took its report back on Sunday."],
        ["Mara Lindqvist | Reuters", *STORY],
        ["By Ida Strand", *STORY],
    ],
)
def test_an_agency_in_the_story_or_under_a_picture_is_not_its_agency(lines: list[str]) -> None:
    assert clean("\n".join(lines)).agency is None


def test_an_agency_is_read_from_a_byline() -> None:
    assert clean("\n".join(["By Ida Strand, Reuters", *STORY])).agency == "Reuters"


def test_byline_is_given_without_its_word() -> None:
    result = clean("\n".join(["By Ida Strand", *STORY]))
    assert result.byline == "Ida Strand"
    assert result.text == "\n".join(STORY)


def test_the_title_said_again_is_the_headline() -> None:
    result = clean("\n".join(["Council Votes for Second Bridge", *STORY]), title="Council votes for second bridge")
    assert result.lines[0].label is Label.HEADLINE
    assert result.lines[0].rule == "title-repeated"


def test_a_label_can_be_kept() -> None:
    result = clean("\n".join(CLIPPING), CleanSettings(drop=FURNITURE - {Label.CREDIT}))
    assert "Mara Lindqvist | Reuters" in result.text.split("\n")
    assert result.lines[1].label is Label.CREDIT


def test_a_rule_can_be_switched_off_by_its_name() -> None:
    text = "\n".join([*STORY, "Subscribe now"])
    assert clean(text).lines[-1].rule == "promo-button"
    assert clean(text, CleanSettings(rules_off=frozenset({"promo-button"}))).lines[-1].rule != "promo-button"


def test_an_unknown_rule_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(SettingsError, match=r"no rule 'promo-buton'; did you mean promo-button"):
        Cleaner(CleanSettings(rules_off=frozenset({"promo-buton"})))


def test_a_paragraph_break_survives_the_furniture_in_it() -> None:
    text = "\n\n".join([*STORY[:5], "Advertisement", *STORY[5:]])
    assert clean(text).text == "\n\n".join(STORY)


def test_text_wrapped_to_a_width_is_judged_by_its_paragraphs() -> None:
    words, lines, line = " ".join(STORY[:4]).split(), [], ""
    for word in words:
        if len(line) + len(word) > 58:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    text = "\n".join([*lines, line])
    assert clean(text).text == text


def test_furniture_alone_is_no_story_and_says_so() -> None:
    result = clean("Subscribe now\nShare on Facebook\nRead more")
    assert result.text == ""
    assert "no-story" in result.flags


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\ud800", "\x00\x00", "a" * 100_000, "…\n…\n…", "\u202eabc\u202c"])
def test_odd_texts_have_every_line_once(text: str) -> None:
    result = clean(text)
    assert [line.text for line in result.lines] == text.split("\n")
    assert [line.number for line in result.lines] == list(range(1, len(result.lines) + 1))


@pytest.mark.parametrize(
    "sentence", ["The whole operation lasted 35 minutes.", "It took 12 minutes.", "He left 3 hours."]
)
def test_how_long_something_took_is_no_reading_time(sentence: str) -> None:
    text = "\n".join([*STORY[:4], sentence, *STORY[4:]])
    assert clean(text).text == text


@pytest.mark.parametrize("line", ["4 min read", "Lesezeit: 4 Minuten", "3 hours ago", "vor 5 Stunden"])
def test_reading_time_and_age_are_furniture(line: str) -> None:
    assert clean("\n".join([line, *STORY])).text == "\n".join(STORY)


def test_a_page_of_one_unfinished_block_is_kept_and_flagged() -> None:
    text = " ".join(STORY).rstrip(".") + " (AP)"
    page = extract(Clipping(id="a", html=f"<html><body><p>{text}</p></body></html>"))
    result = Cleaner().clean([page])[0]
    assert result.text == text


def test_one_short_sentence_is_still_a_story() -> None:
    assert clean("Rain fell on Halden.").text == "Rain fell on Halden."


def test_the_title_of_a_page_may_end_with_the_site() -> None:
    result = clean("\n".join(["Bridge reopens in Halden", *STORY]), title="Bridge reopens in Halden - Halden Post")
    assert result.lines[0].rule == "title-repeated"


def test_a_caption_with_its_credit_in_brackets_is_taken_apart() -> None:
    line = "Mayor Ida Holm, left, cuts the ribbon on Tuesday. (Mara Lindqvist | Reuters)"
    result = clean("\n".join([line, *STORY]))
    assert result.captions == (
        Caption("Mayor Ida Holm, left, cuts the ribbon on Tuesday.", "Mara Lindqvist | Reuters"),
    )


def test_questions_and_answers_of_an_interview_stay() -> None:
    talk = ("Q: How long did you work on it?", "A: Eleven nights.", "Q: And then?", "A: Sleep.")
    text = "\n".join([*STORY[:4], *talk])
    assert clean(f"{text}\nSubscribe now\nRead more").text == text
