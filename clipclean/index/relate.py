"""Measures new texts against the earlier ones that they may be related to, with the measure of the duplicate stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from clipclean.duplicates.buckets import encode
from clipclean.duplicates.families import batches
from clipclean.duplicates.relating import relate_pairs
from clipclean.duplicates.relations import LATE_DAYS, Finding
from clipclean.index.block import Words12
from clipclean.index.passages import Reader
from clipclean.index.rows import NOWHERE, TextRow


@dataclass(frozen=True, slots=True)
class Relative:
    """An earlier text that a new one is related to: its number, how, and the overlap of all their shingles."""

    text: int
    finding: Finding
    jaccard: float
    containment: float


def relate_texts(
    pairs: list[tuple[int, int, bool]], words: Mapping[int, int], read: Reader, size: int
) -> dict[int, list[Relative]]:
    """For each new text its relatives, the strongest first. ``pairs`` are a new text, an earlier one, and ``is_late``.

    ``words`` is the length of every text that is named, which bounds what is read at once.
    """
    found: dict[int, list[Relative]] = {}
    if not pairs:
        return found
    numbers = sorted({number for text, other, _ in pairs for number in (text, other)})
    place = {number: at for at, number in enumerate(numbers)}
    left = np.array([place[other] for _, other, _ in pairs])
    right = np.array([place[text] for text, _, _ in pairs])
    codes = encode(left, right)
    order = np.argsort(codes)
    lates = np.array([late for _, _, late in pairs])[order]
    lengths = np.array([words[number] for number in numbers])
    for batch in batches(codes[order], lengths):
        block: Words12 = read([numbers[text] for text in batch.texts.tolist()])
        related = relate_pairs(block.tokens, batch.left, batch.right, lates[batch.pairs], size)
        measures = zip(related.jaccard.tolist(), related.containment.tolist(), strict=True)
        for pair, finding, (jaccard, containment) in zip(batch.pairs.tolist(), related.findings, measures, strict=True):
            if finding is not None:
                text, other, _ = pairs[order[pair]]
                relative = Relative(other, finding, round(jaccard, 3), round(containment, 3))
                found.setdefault(text, []).append(relative)
    for relatives in found.values():
        relatives.sort(key=lambda relative: (-relative.finding.strength, relative.text))
    return found


def is_late(one: TextRow, other: TextRow) -> bool:
    """Whether all clippings of two texts stand at one known source, and two or more days apart."""
    if not (one.alone and other.alone and one.source == other.source != NOWHERE):
        return False
    return max(one.low, other.low) - min(one.high, other.high) >= LATE_DAYS
