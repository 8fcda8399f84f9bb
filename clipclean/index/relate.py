"""Measures new texts against the earlier ones that they may be related to, with the measure of the duplicate stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clipclean.duplicates.buckets import encode
from clipclean.duplicates.families import batches
from clipclean.duplicates.relating import relate_pairs
from clipclean.duplicates.relations import LATE_DAYS, Finding
from clipclean.index.newcomers import Newcomers
from clipclean.index.rows import NOWHERE, TextRow


@dataclass(frozen=True, slots=True)
class Relative:
    """An earlier text that a new one is related to: its number, how, and the overlap of all their shingles."""

    text: int
    finding: Finding
    jaccard: float
    containment: float


def relate_texts(pairs: Sequence[tuple[TextRow, TextRow, bool]], texts: Newcomers) -> dict[int, list[Relative]]:
    """For each new text its relatives, the strongest first. ``pairs`` are a new text, an earlier one, and ``is_late``.

    Texts are read in batches, each about once.
    """
    found: dict[int, list[Relative]] = {}
    if not pairs:
        return found
    sides = [(texts.view(other.number, text.number), texts.view(text.number, text.number)) for text, other, _ in pairs]
    lengths = {
        view: row.words
        for (text, other, _), both in zip(pairs, sides, strict=True)
        for view, row in zip(both, (other, text), strict=True)
    }
    views = sorted(lengths)
    place = {view: at for at, view in enumerate(views)}
    codes = encode(*(np.array([place[both[side]] for both in sides]) for side in (0, 1)))
    order = np.argsort(codes)
    late = np.array([late for _, _, late in pairs])[order]
    for batch in batches(codes[order], np.array([lengths[view] for view in views])):
        words = texts.look([views[text] for text in batch.texts.tolist()])
        related = relate_pairs(words, batch.group, batch.left, batch.right, late[batch.pairs], texts.size)
        measures = zip(related.jaccard.tolist(), related.containment.tolist(), strict=True)
        findings = related.findings.each()
        for pair, finding, (jaccard, containment) in zip(batch.pairs.tolist(), findings, measures, strict=True):
            if finding is not None:
                text, other, _ = pairs[order[pair]]
                relative = Relative(other.number, finding, round(jaccard, 3), round(containment, 3))
                found.setdefault(text.number, []).append(relative)
    for relatives in found.values():
        relatives.sort(key=lambda relative: (-relative.finding.strength, relative.text))
    return found


def is_late(one: TextRow, other: TextRow) -> bool:
    """Whether all clippings of two texts stand at one known source, and two or more days apart."""
    if not (one.alone and other.alone and one.source == other.source != NOWHERE):
        return False
    return max(one.low, other.low) - min(one.high, other.high) >= LATE_DAYS
