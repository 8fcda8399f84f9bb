"""The reason in words: what moved the line model adds up to its verdict, and speaks for it."""

from __future__ import annotations

import numpy as np
import pytest

from clipclean.cleaning import Cleaner
from clipclean.cleaning.sheet import Kind
from clipclean.cleaning.trees import load
from clipclean.config import CleanSettings
from clipclean.model import Clipping, Page, PageLine

STORY = "The council of Halden voted on Monday to build a second bridge over the river Orr, after years of debate."


@pytest.mark.parametrize("kind", list(Kind))
def test_what_columns_contribute_adds_up_to_the_models_answer(kind: Kind) -> None:
    model = load(kind)
    rows = np.random.default_rng(1).uniform(-1, 40, (len(model.columns), 60)).astype(np.float32)
    answer = model.probabilities(rows)
    told = model.contributions(rows).sum(0) + model.bias + model.leaves.mean(1).sum()
    assert np.allclose(told, np.log(answer / (1 - answer)), atol=1e-4)


def test_a_line_that_a_rule_took_says_what_the_rule_says_and_others_what_moved_the_model() -> None:
    lines = [STORY, STORY.replace("bridge", "ferry"), "Weather", "Share on Facebook"]
    page = Page(Clipping(id="a"), tuple(map(PageLine, lines)))
    (result,) = Cleaner(CleanSettings(reasons=True)).clean([page])
    told = {line.text: line.why for line in result.lines}
    assert told["Share on Facebook"] == "asks the reader to share or follow"
    by_model = {line.text for line in result.lines if line.rule.startswith("reads-like-")}
    assert by_model
    assert all(told[text] and "reads-like" not in told[text] for text in by_model)
