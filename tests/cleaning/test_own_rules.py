"""Rules of the user's own take the lines that they say, whatever is in the lines."""

from __future__ import annotations

import time

import pytest

from clipclean.cleaning import Cleaner
from clipclean.cleaning.presets import LEANINGS
from clipclean.cleaning.rules import RULES
from clipclean.config import CleanSettings, LineMatch, Mode, OwnRule, Preset, SourceSettings, Sure
from clipclean.errors import SettingsError
from clipclean.model import Clipping, Label, Line, Page, PageLine

STORY = "The council of Halden voted on Monday to build a second bridge over the river Orr, after years of debate."
CASES = [  # phrases, mode, line, taken
    ("Tide at Halden", Mode.WHOLE, "TIDE at Halden!", True),
    ("tide at halden", Mode.WHOLE, "14:30 Tide at Halden 7", True),
    ("tide at halden", Mode.WHOLE, "Tide at Halden today", False),
    ("tide at", Mode.START, "Tide at Halden today", True),
    ("tide at", Mode.START, "12 Tide at Halden today", True),
    ("tide at", Mode.START, "Tide atlas", False),
    ("tide at", Mode.START, "The tide at Halden", False),
    ("7 days", Mode.START, "7 days in pictures", True),
    ("365", Mode.WHOLE, "365", True),
    ("tide at", Mode.ANYWHERE, "The tide, at Halden", True),
    ("tide at", Mode.ANYWHERE, "The ebbtide at Halden", False),
    ("photo:", Mode.START, "Photo: Ida Holm", True),
    ("photo:", Mode.START, "Photo Ida Holm", False),
    ("天気予報", Mode.ANYWHERE, "今日の天気予報です", True),
    ("天気", Mode.START, "天気予報です", True),
]


def verdict(line: str, rule: OwnRule, **more: object) -> Line:
    page = Page(Clipping(id="a"), (PageLine(STORY), PageLine(line), PageLine(STORY)))
    return Cleaner(CleanSettings(rules=(rule,), **more)).clean([page])[0].lines[1]  # type: ignore[arg-type]


@pytest.mark.parametrize(("phrase", "mode", "line", "taken"), CASES)
def test_a_phrase_is_compared_by_its_words_where_the_mode_says(phrase: str, mode: Mode, line: str, taken: bool) -> None:
    rule = OwnRule(name="own", label=Label.OTHER, match=LineMatch(phrases=("never", phrase), mode=mode))
    assert (verdict(line, rule).rule == "own") is taken


def test_a_pattern_is_searched_for_in_the_line_as_it_stands() -> None:
    rule = OwnRule(name="own", label=Label.AD, match=LineMatch(pattern=r"\*{3}$"))
    assert verdict("Only today ***", rule).rule == "own"
    assert verdict("*** Only today", rule).rule != "own"


def test_a_longer_line_than_max_words_is_not_meant() -> None:
    rule = OwnRule(name="own", label=Label.OTHER, match=LineMatch(pattern="council", max_words=8))
    assert verdict("The council at work", rule).rule == "own"
    assert verdict(STORY, rule).rule != "own"


@pytest.mark.parametrize("sure", Sure)
def test_how_sure_a_rule_is_says_whether_it_takes_what_reads_like_story(sure: Sure) -> None:
    rule = OwnRule(name="own", label=Label.OTHER, match=LineMatch(pattern="council"), sure=sure)
    line = verdict(STORY, rule)
    assert (line.rule == "own") is (sure is Sure.CERTAIN)
    assert line.keep is (sure is not Sure.CERTAIN)


def test_the_label_body_keeps_lines_whatever_else_holds() -> None:
    rule = OwnRule(name="own", label=Label.BODY, match=LineMatch(pattern="."))
    lines = ["Subscribe now", "The ferry will stop in May, when the new…", "A baker from Halden has won the prize for…"]
    page = Page(Clipping(id="a"), tuple(map(PageLine, [STORY, *lines])))
    (result,) = Cleaner(CleanSettings(rules=(rule,))).clean([page])
    assert [(line.keep, line.rule) for line in result.lines] == [(True, "own")] * 4


def test_own_rules_are_asked_before_the_built_in_ones_and_what_a_source_keeps_before_both() -> None:
    rule = OwnRule(name="own", label=Label.AD, match=LineMatch(phrases=("subscribe now",)))
    assert (verdict("Subscribe now", rule).rule, verdict("Subscribe now", rule).label) == ("own", Label.AD)
    keep = SourceSettings(source="a.example", keep=(rule.match,))
    page = Page(Clipping(id="a", source="A.example"), (PageLine(STORY), PageLine("Subscribe now")))
    (result,) = Cleaner(CleanSettings(rules=(rule,), sources=(keep,))).clean([page])
    assert [line.rule for line in result.lines][1] == "kept-for-source"


def test_an_own_rule_is_switched_off_by_its_name() -> None:
    rule = OwnRule(name="own", label=Label.AD, match=LineMatch(phrases=("subscribe now",)))
    assert verdict("Subscribe now", rule, rules_off=frozenset({"own"})).rule == "promo-button"
    with pytest.raises(SettingsError, match=r"no rule 'owm'; did you mean own\?"):
        verdict("Subscribe now", rule, rules_off=frozenset({"owm"}))


def test_a_pattern_of_half_a_pair_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"own: pattern: .*half a surrogate pair"):
        verdict("Rain", OwnRule(name="own", label=Label.OTHER, match=LineMatch(pattern="\ud800")))


@pytest.mark.parametrize("match", [LineMatch(pattern="(a|aa)+$"), LineMatch(phrases=("a b",), mode=Mode.ANYWHERE)])
def test_hostile_lines_neither_break_a_rule_nor_slow_it_down(match: LineMatch) -> None:
    rule = OwnRule(name="own", label=Label.OTHER, match=match)
    verdict("warm up", rule)
    began = time.process_time()
    for line in ("a" * 200_000 + "b", "\ud800 a \udfff", "\x00", "a\u202eb " * 20_000):
        verdict(line, rule)
    assert time.process_time() - began < 5


def test_presets_lean_in_the_order_of_their_names() -> None:
    odds = {preset: LEANINGS[preset].odds for preset in Preset}
    assert odds[Preset.PRECISION] < odds[Preset.BALANCED] == 1.0 < odds[Preset.RECALL]
    assert LEANINGS[Preset.BALANCED].rules(RULES) == RULES
    taking = [rule for rule in LEANINGS[Preset.RECALL].rules(RULES) if rule.label is not Label.BODY]
    assert {rule.name for rule in taking if rule.limit > 0} == {rule.name for rule in RULES if rule.limit > 1}
