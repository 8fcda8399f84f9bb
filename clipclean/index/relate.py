"""Measures new texts against the earlier ones that they may be related to, with the measure of the duplicate stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clipclean.duplicates.buckets import encode
from clipclean.duplicates.families import batches
from clipclean.duplicates.relating import relate_pairs
from clipclean.duplicates.relations import LATE_DAYS, Finding
from clipclean.index.arrival import Arrival, touched
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


def dated_pairs(
    texts: Newcomers,
    rows: dict[int, TextRow],
    pairs: Sequence[tuple[int, int]],
    come: Sequence[tuple[Arrival, int]],
    window: int | None,
) -> list[tuple[TextRow, TextRow, bool]]:
    """The texts of each pair as they are when the later one comes, and whether that is late at the source of both.

    Pairs that lie more than ``window`` days apart are left out. ``rows`` are the stored texts of the pairs, ``come``
    the arrivals, each with its text.
    """
    if not pairs:
        return []
    rows = dict(rows)
    met = {number for pair in pairs for number in pair}
    others: dict[int, list[int]] = {}
    for text, other in pairs:
        others.setdefault(text, []).append(other)
    dated = []
    for arrival, number in come:
        if number in rows and not texts.apart:
            rows[number] = touched(rows[number], arrival)
        elif number >= texts.first and number in met:
            rows[number] = texts.row(number)
            near = [rows[other] for other in others.get(number, ())]
            if window is not None:
                near = [other for other in near if other.days_from(arrival.day) <= window]
            dated += [(rows[number], other, is_late(rows[number], other)) for other in near]
    return dated
