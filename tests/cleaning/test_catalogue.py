"""The list of rules is what its page says, and each rule takes the line that it gives as its example."""

from __future__ import annotations

from pathlib import Path

import pytest

from clipclean.cleaning import Cleaner
from clipclean.cleaning.catalogue import as_markdown, reasons
from clipclean.cleaning.rules import RULES, Rule
from clipclean.cleaning.sheet import Sheet
from clipclean.config import CleanSettings
from clipclean.model import Clipping, Page, PageLine

DOCS = Path(__file__).parents[2] / "docs"
STORY = "The council of Halden voted on Monday to build a second bridge over the river Orr, after years of debate."
OF_A_DUMP = ("teaser-of-clipping", "recurs-at-source", "recurs-at-times")
ON_THEIR_OWN = [
    rule
    for rule in RULES
    if rule.name
    not in ("live-blog-time", "title-repeated", "figure-caption", "caption-element", "question-or-answer", "standfirst")
    and rule.name not in OF_A_DUMP
]


def test_the_page_of_rules_is_written_from_the_rules() -> None:
    assert (DOCS / "rules.md").read_text("utf-8") == as_markdown(), "run: clipclean rules --markdown > docs/rules.md"


def test_every_name_stands_once() -> None:
    names = [reason.name for reason in reasons()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("rule", ON_THEIR_OWN, ids=lambda rule: rule.name)
def test_a_rule_sees_its_example(rule: Rule) -> None:
    above = {
        "byline-on-top": ["At the river"],
        "byline-role": ["At the river"],
        "date-on-top": ["At the river"],
        "wire-signoff": [STORY],
    }
    lines = [*above.get(rule.name, [STORY, "Read more"]), rule.example]
    sheet = Sheet.of([Page(Clipping(id="a"), tuple(map(PageLine, lines)))])
    assert rule.find(sheet)[-1]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_that_is_off_decides_nothing(rule: Rule) -> None:
    page = Page(Clipping(id="a", title="Council votes"), tuple(map(PageLine, [STORY, rule.example, STORY])))
    result = Cleaner(CleanSettings(rules_off=frozenset({rule.name}))).clean([page])[0]
    assert all(line.rule != rule.name for line in result.lines)
