"""Dumps without line breaks: a whole clipping in one line, furniture and all, which a verdict on the line would empty.

Such a line is story if one of its sentences is, each judged as a line of its own. It is kept whole: lines are what goes
or stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from clipclean.cleaning.rules import READS_LIKE_STORY
from clipclean.columns import spans
from clipclean.model import Line, PageLine
from clipclean.text import tokenise

GLUED = "glued"
"""The guard that keeps such a line."""

FEW_LINES = 3
"""Lines of a clipping up to which all of it may stand in one of them."""

STORY_WORDS = 8
"""Words from which a sentence that reads like story makes its line story."""

MOST = 100
"""Sentences of a clipping that are judged: all of 5,000 characters of news, and of a hostile batch no more than fit."""

_LONGEST = 5_000  # characters of a line
_BETWEEN = re.compile(r"(?<=[.!?])[\"”»)]?\s+|(?<=[。！？])")


def sentences(lines: Sequence[PageLine]) -> list[list[PageLine]] | None:
    """The sentences of each line as lines; None where the clipping has many lines or
    sentences, or each line is one sentence.

    >>> found = sentences([PageLine("Rain fell. Share this article."), PageLine("")])
    >>> [[part.text for part in parts] for parts in found]
    [['Rain fell.', 'Share this article.'], []]
    """
    full = sum(bool(line.text.strip()) for line in lines)
    if full > FEW_LINES or any(len(line.text) > _LONGEST for line in lines):
        return None
    found = [[PageLine(part) for part in _BETWEEN.split(line.text) if part.strip()] for line in lines]
    return found if full < sum(map(len, found)) <= MOST else None


def story_score(parts: Iterable[Line]) -> float:
    """The highest score among the sentences of a line, each with its verdict, that are story without doubt and long
    enough to say so; 0 where none is."""
    story = [part for part in parts if part.keep and part.rule == READS_LIKE_STORY]
    words = spans(tokenise([part.text for part in story], flags=False).offsets)
    return max((part.score for part, long in zip(story, words >= STORY_WORDS, strict=True) if long), default=0.0)
