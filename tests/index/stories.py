"""Invented stories for the tests of the index: different ones in any number, and copies of them."""

from __future__ import annotations

import random
from datetime import date, timedelta

_WORDS = (
    "ferry harbour council bridge winter valley school teacher river storm engine baker orchard tunnel mayor library "
    "railway market lantern quarry archive senate vessel glacier meadow pilot summit festival census turbine granary"
).split()
_NAMES = "Holm Aker Berg Lind Strand Falk Moen Vik Dahl Ruud Sand Lie Haug Eide Foss Krog".split()


def story(number: int, sentences: int = 9) -> str:
    """The story of a number: the same every time, and like no other."""
    draw = random.Random(number)
    lines = []
    for _ in range(sentences):
        words = [*draw.choices(_WORDS, k=9), draw.choice(_NAMES), str(draw.randint(2, 9_999)), draw.choice(_WORDS)]
        draw.shuffle(words)
        lines.append(" ".join(words).capitalize() + ".")
    return "\n".join(lines)


def longer(text: str, number: int) -> str:
    """A copy with more at the end."""
    return f"{text}\n{story(100_000 + number, 3)}"


def shorter(text: str) -> str:
    """A copy that is cut."""
    lines = text.splitlines()
    return "\n".join(lines[: max(3, len(lines) * 2 // 3)])


def stream(count: int, seed: int = 1, daily: int = 40) -> list[dict[str, str]]:
    """Clippings in the order of time, of which four in ten are copies of earlier ones: whole, cut, or with more."""
    draw = random.Random(seed)
    records: list[dict[str, str]] = []
    for at in range(count):
        if records and draw.random() < 0.4:
            text = draw.choice(records[-200:])["text"]
            kind = draw.randrange(3)
            text = text if kind == 0 else shorter(text) if kind == 1 else longer(text, at)
        else:
            text = story(seed * 1_000_000 + at)
        record = {"id": f"clip-{at}", "text": text, "source": f"paper-{draw.randrange(7)}.example"}
        if draw.random() < 0.9:
            record["published"] = (date(2024, 1, 1) + timedelta(days=at // daily)).isoformat()
        records.append(record)
    return records
