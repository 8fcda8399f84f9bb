"""The plain mode: a pair matches if and only if the measured Jaccard similarity of its shingles is high enough."""

from __future__ import annotations

import numpy as np

from clipclean.config import DedupSettings
from clipclean.duplicates.bands import choose_rows, find_candidates, split_crowds
from clipclean.duplicates.buckets import Codes, decode
from clipclean.duplicates.clusters import connect
from clipclean.duplicates.matching import NONE, RELATIONS, Texts, Verdicts
from clipclean.duplicates.minhash import Signatures, agreement
from clipclean.duplicates.shingles import as_set, shingle
from clipclean.duplicates.verify import measure
from clipclean.model import Relation
from clipclean.text import Places, Words

_DEVIATIONS = 5
"""How many standard errors an estimate may lie below the threshold: one true pair in three million lies farther."""


def match_plain(texts: Texts, signatures: Signatures, settings: DedupSettings, threshold: float) -> Verdicts:
    """Measure all candidate pairs of texts; those match whose Jaccard similarity is at least ``threshold``.

    Within a crowd only pairs that may join something are measured.
    """
    slack = _DEVIATIONS * 0.5 / settings.permutations**0.5

    def judge_likely(codes: Codes) -> Verdicts:
        likely = agreement(signatures, *decode(codes)) >= threshold - slack
        return judge_plain(codes[likely], texts, settings.ngram, threshold)

    rows = choose_rows(threshold, settings.permutations)
    codes, crowds = find_candidates(signatures, np.flatnonzero(texts.words), rows)
    verdicts = judge_likely(codes)
    if not crowds:
        return verdicts
    joined = connect(len(texts.words), *decode(verdicts.codes[verdicts.matches]))
    more = split_crowds(signatures, crowds, rows, joined)
    return verdicts.join(judge_likely(more[verdicts.find(more) < 0]))


def judge_plain(codes: Codes, texts: Texts, size: int, threshold: float) -> Verdicts:
    """Measure pairs of texts by their shingles of ``size`` words."""
    overlaps = measure(codes, texts.words, lambda some: shingle_sets(texts, some, size))
    jaccard = overlaps.jaccard
    matches = jaccard >= threshold
    wording = {
        share: f"Jaccard {share / 100:.2f} of word {size}-grams is at least {threshold:g}" for share in range(101)
    }
    shares = np.where(matches, np.floor(jaccard * 100), -1).astype(np.int64)
    return Verdicts(
        codes=codes,
        relation=np.where(matches, RELATIONS.index(Relation.DUPLICATE), NONE).astype(np.int8),
        jaccard=jaccard,
        containment=overlaps.of_smaller,
        strength=jaccard,
        reasons=[wording.get(share, "") for share in shares.tolist()],
    )


def shingle_sets(texts: Texts, some: Places, size: int) -> list[Words]:
    """The sorted shingle sets of some texts."""
    words = texts.read(some)
    values, offsets = shingle(words.hashes, words.offsets, size)
    return [as_set(part) for part in np.split(values, offsets[1:-1])] if len(some) else []
