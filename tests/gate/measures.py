"""How good a cleaned text is: the measure of the public article-extraction benchmarks, and what users mind most.

Shingles of four words, each page weighing the same. *Gutted* is a page that loses over a tenth of its story. The *lead*
is the first three sentences of the story, as far as the input holds them.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

WORD = re.compile(r"\w+")
SENTENCE_END = re.compile(r"(?<=[.!?…。！？])[\"”’»)]*\s+|\n")
GUTTED = 0.10
HELD = 0.8
"""A sentence stands in a text when this share of its word triples does."""


@dataclass(frozen=True)
class Score:
    """The figures of a set of pages."""

    pages: int
    precision: float
    recall: float
    f1: float
    gutted: int


def shingles(text: str, size: int = 4) -> Counter[tuple[str, ...]]:
    """The shingles of a text with their number; a text shorter than one shingle is one."""
    words = WORD.findall(text)
    return Counter(tuple(words[at : at + size]) for at in range(max(1, len(words) - size + 1)) if words[at : at + size])


def _shares(story: str, text: str) -> tuple[float, float, float]:
    want, have = shingles(story), shingles(text)
    right = sum((want & have).values())
    wrong, lost = sum(have.values()) - right, sum(want.values()) - right
    total = right + wrong + lost
    return (right / total, wrong / total, lost / total) if total else (0.0, 0.0, 0.0)


def page_shares(page: Mapping[str, Any], text: str) -> tuple[float, float, float]:
    """Right, kept in excess and lost, as shares; paragraphs that the gold calls optional may be kept or not."""
    story = spare = page["gold_text"]
    for paragraph in page.get("gold_optional") or ():
        spare = spare.replace(paragraph, "")
    return max((_shares(choice, text) for choice in {story, spare}), key=lambda shares: shares[0])


def score(pages: Iterable[Mapping[str, Any]], texts: Mapping[str, str]) -> Score:
    """The score of the ``texts`` by id; a page without one counts as empty."""
    rows = [page_shares(page, texts.get(page["id"], "")) for page in pages]
    precision = _mean([right / (right + wrong) for right, wrong, _ in rows if right + wrong])
    recall = _mean([right / (right + lost) for right, _, lost in rows if right + lost])
    gutted = sum(lost / (right + lost) > GUTTED for right, _, lost in rows if right + lost)
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Score(len(rows), precision, recall, f1, gutted)


def _mean(values: list[float]) -> float:
    return statistics.fmean(values) if values else 0.0


def lead_stays(story: str, before: str, after: str) -> bool | None:
    """Whether the lead is whole after cleaning; None where the input did not hold it."""
    sentences = [part for part in SENTENCE_END.split(story) if len(WORD.findall(part)) >= 4][:3]
    was, now = _triples(before), _triples(after)
    held = [sentence for sentence in sentences if _stands(sentence, was)]
    return all(_stands(sentence, now) for sentence in held) if held else None


def _triples(text: str) -> set[tuple[str, str, str]]:
    words = WORD.findall(text)
    return set(zip(words, words[1:], words[2:], strict=False))


def _stands(sentence: str, triples: set[tuple[str, str, str]]) -> bool:
    own = _triples(sentence)
    return sum(triple in triples for triple in own) >= HELD * len(own)
