"""Lines as their words alone, the form in which phrases are looked for: small letters, no marks, single spaces."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from clipclean.cleaning import signs

LOOK_AT = 2_000
"""Characters of a line that are looked at from its start: furniture is short, and lines are made to break us."""

KEPT = "\n:"
"""What stays besides letters and digits: the end of a line, and the colon."""


def plain_words(texts: Sequence[str]) -> list[str]:
    """Each line as its words alone: small letters, one space between words and at both ends, no marks but the colon.

    The colon counts as a word, since "Photo:" opens a credit and "Photo" a story on one.

    >>> plain_words(["Sign up — it’s FREE!", "Photo: Ida", "..."])
    [' sign up it s free ', ' photo : ida ', ' ']
    """
    if not texts:
        return []
    joined = " \n ".join(text[:LOOK_AT].replace("\n", " ") for text in texts)
    joined = unicodedata.normalize("NFC", joined).replace("İ", "i")
    if "Σ" in joined:
        joined = joined.lower()  # a capital sigma becomes one of two letters, as it stands in its word
    joined = joined.replace(":", " : ").replace("：", " : ")
    points = signs.points_of(f" {joined} ")
    if points.max() <= 0xFFFF:
        bare = _letters().take(points)
    else:
        bare = np.where((points >= 0x20000) & (points <= 0x3FFFF), points, _letters().take(np.minimum(points, 0xFFFF)))
    letter = bare != ord(" ")
    kept = letter.copy()
    kept[1:] |= letter[:-1]  # of a run of spaces the first stays
    kept[0] = True
    words: str = bare[kept].tobytes().decode("utf-32-le")
    return words.split("\n")


@cache
def _letters() -> npt.NDArray[np.uint32]:
    """What each character of the basic plane is in plain words: its small letter, itself, or a space."""
    lower = np.asarray([ord(chr(point).lower()[0]) for point in range(0x10000)], "<u4")
    lower[(signs.classify(lower) & (signs.LETTER | signs.DIGIT)) == 0] = ord(" ")
    lower[[ord(mark) for mark in KEPT]] = [ord(mark) for mark in KEPT]
    lower.setflags(write=False)
    return lower
