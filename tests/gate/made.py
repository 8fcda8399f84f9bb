"""Makes news-like documents with copies of which the source is known: invented words, the same for a seed everywhere.

A document is a function of the seed, its story and the number of its copy, so that a corpus of any size is made one
document after another. Words are drawn as rare and as frequent as in a language. Three in ten documents are copies:
whole, cut, edited, with paragraphs put in, or all of these, some on the site of another publisher with its lines of
furniture. Some stories open with passages of another one: they tempt a finder of copies to join two stories.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path

COPIES = 0.3
PUBLISHERS = 200
VOCABULARY = 20_000
SISTERS, SHARED = 0.1, 0.4
"""Share of stories that open with the passages of another one, and the share of the other that they may take."""

BRIEF = 120
"""A story of fewer words has neither furniture nor passages of another: two stories stay far below a Jaccard of .7."""

_ONSETS = "b br d dr f g gr h j k kl l m n p pr r s st t tr v w z".split()
_VOWELS = "a e i o u ai ea ou é ö".split()
_CODAS = ["", "", "", "n", "r", "s", "l", "nd", "rt"]


@dataclass(frozen=True)
class Made:
    """A made document and the story that it tells, or copies."""

    id: str
    text: str
    story: int


@cache
def _words() -> tuple[list[str], list[float]]:
    """The vocabulary, and its frequencies added up: a word's frequency falls with its rank."""
    draw = random.Random("words")
    found: dict[str, None] = {}
    while len(found) < VOCABULARY:
        parts = range(1 + (len(found) > 300) + (draw.random() < 0.4))
        found["".join(draw.choice(_ONSETS) + draw.choice(_VOWELS) + draw.choice(_CODAS) for _ in parts)] = None
    return list(found), list(accumulate(1 / (rank + 10) for rank in range(VOCABULARY)))


def _draw(draw: random.Random, count: int) -> list[str]:
    words, frequencies = _words()
    return draw.choices(words, cum_weights=frequencies, k=count)


@cache
def _furniture(publisher: int) -> tuple[tuple[str, ...], ...]:
    """The lines that a publisher puts below each story."""
    draw = random.Random(f"publisher {publisher}")
    return tuple(tuple(_draw(draw, draw.randint(5, 12))) for _ in range(draw.randint(0, 3)))


class Maker:
    """Makes the documents of a corpus."""

    def __init__(self, count: int, seed: int = 1) -> None:
        self.seed = seed
        draw = random.Random(f"{seed} plan")
        copies = int(COPIES * count)
        self.stories = count - copies
        plan = [(story, 0) for story in range(self.stories)]
        hosts = draw.sample(range(self.stories), min(copies, self.stories))
        while len(plan) < count:
            size = 1
            if draw.random() < 0.03:
                size = draw.randint(5, 59)
            else:
                while draw.random() < 0.45:
                    size += 1
            host = hosts.pop()
            plan += [(host, copy) for copy in range(1, min(size, count - len(plan)) + 1)]
        draw.shuffle(plan)
        self.plan = plan

    def __iter__(self) -> Iterator[Made]:
        for at, (story, copy) in enumerate(self.plan):
            yield Made(f"doc-{at:08d}", self._copy(story, copy), story)

    def _own(self, story: int) -> list[list[str]]:
        """The sentences that are this story's alone."""
        draw = random.Random(f"{self.seed} story {story}")
        left = int(min(max(draw.lognormvariate(5.6, 0.75), 30), 4_000))
        sentences = []
        while left > 0:
            size = min(left, draw.randint(8, 30))
            sentences.append(_draw(draw, size))
            left -= size
        return sentences

    def _story(self, story: int) -> list[list[str]]:
        sentences = self._own(story)
        draw = random.Random(f"{self.seed} sister {story}")
        if story and draw.random() < SISTERS and _size(sentences) >= BRIEF:
            most, passages = SHARED * _size(sentences), []
            for sentence in self._own(draw.randrange(story)):
                most -= len(sentence)
                if most < 0:
                    break
                passages.append(sentence)
            sentences = _cut(passages + sentences, _size(sentences))
        return sentences

    def _copy(self, story: int, copy: int) -> str:
        sentences = self._story(story)
        draw = random.Random(f"{self.seed} copy {story} {copy}")
        long = _size(sentences) >= BRIEF
        publisher = story % PUBLISHERS
        kind = draw.choices(("whole", "cut", "edited", "filled", "all"), (8, 27, 25, 20, 20))[0] if copy else "whole"
        if kind in ("cut", "all"):
            sentences = _cut(sentences, int(_size(sentences) * (1 - 0.4 * draw.random() ** 1.5)))
        if kind in ("edited", "all"):
            share = 10 ** draw.uniform(-3.2, -1.3)
            sentences = [[_draw(draw, 1)[0] if draw.random() < share else word for word in row] for row in sentences]
        if kind in ("filled", "all"):
            for _ in range(draw.randint(1, 4)):
                sentences.insert(draw.randint(0, len(sentences)), _draw(draw, draw.randint(5, 25)))
            publisher = draw.randrange(PUBLISHERS)
        return _set(sentences, _furniture(publisher) if long else ())


def _size(sentences: list[list[str]]) -> int:
    return sum(map(len, sentences))


def _cut(sentences: list[list[str]], size: int) -> list[list[str]]:
    """The first words of a story, to the end of a sentence."""
    kept: list[list[str]] = []
    for sentence in sentences:
        if kept and _size(kept) + len(sentence) > size:
            break
        kept.append(sentence)
    return kept


def _set(sentences: list[list[str]], furniture: tuple[tuple[str, ...], ...]) -> str:
    """The text of a page: four sentences to a paragraph, a comma here and there, furniture below."""
    told = [", ".join((" ".join(row[:7]), " ".join(row[7:]))) if len(row) > 16 else " ".join(row) for row in sentences]
    told = [f"{row[0].upper()}{row[1:]}." for row in told]
    paragraphs = [" ".join(told[at : at + 4]) for at in range(0, len(told), 4)]
    return "\n\n".join([*paragraphs, *(" ".join(row).capitalize() for row in furniture)])


def write(target: Path, maker: Maker) -> list[int]:
    """Write a corpus as JSON Lines; the story of each document."""
    stories = []
    with target.open("w", encoding="utf-8") as out:
        for made in maker:
            out.write(json.dumps({"id": made.id, "text": made.text}, ensure_ascii=False) + "\n")
            stories.append(made.story)
    return stories
