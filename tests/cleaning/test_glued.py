"""Clippings in one line: what holds story stays whole, what holds none goes."""

from __future__ import annotations

import pytest

import clipclean
from clipclean.cleaning.glued import FEW_LINES, MOST, sentences
from clipclean.model import PageLine

STORY = "A ferryman was pulled from the harbour of Vellsund on Monday after his boat hit the quay, the coastguard said."


@pytest.mark.parametrize(
    "text",
    [
        f"{STORY} (Reuters)",
        f"{STORY} Sign up for our newsletter.",
        f"Share this article. {STORY}",
        f"© 2031 Vellsund Post. All rights reserved. {STORY}",
        f"{STORY} Photo: Mara Lind/Reuters",
        f"Ferryman saved\n{STORY} Sign up for our newsletter.",
    ],
)
def test_a_story_in_the_line_of_its_furniture_stays(text: str) -> None:
    result = clipclean.clean(text)
    assert STORY in result.text
    if "Sign" in text or "©" in text:
        assert result.flags == ("suspect",)
    assert clipclean.clean(result.text).text == result.text


@pytest.mark.parametrize(
    "text",
    [
        "Sign up for our newsletter to get the best of our coverage delivered to your inbox every morning.",
        "© 2031 Vellsund Post. All rights reserved. This material may not be published, broadcast or redistributed.",
        "Subscribe now to continue reading this article. Already a subscriber? Log in here to your account.",
        "We use cookies to improve your experience on our site, and to show you ads. Accept all cookies.",
    ],
)
def test_furniture_alone_in_a_line_goes(text: str) -> None:
    assert clipclean.clean(text).flags == ("no-story",)


def test_lines_tell_enough_where_there_are_some() -> None:
    text = "\n".join(["Share this article. Follow us on X."] * FEW_LINES + [f"Sign up for our newsletter. {STORY}"])
    assert not clipclean.clean(text).text


def test_the_guard_can_be_switched_off() -> None:
    settings = clipclean.CleanSettings(rules_off=frozenset({"glued"}))
    assert not clipclean.clean(f"{STORY} Sign up for our newsletter.", settings=settings).text


def test_no_line_makes_more_work_than_many_lines() -> None:
    assert sentences([PageLine("A. " * MOST)])
    assert sentences([PageLine("A. " * (MOST + 1))]) is None
