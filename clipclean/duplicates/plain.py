"""The plain mode: a pair matches if and only if the measured Jaccard similarity of its shingles is high enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clipclean.columns import spans
from clipclean.config import Candidates, DedupSettings
from clipclean.duplicates import bands, sketches
from clipclean.duplicates.buckets import Codes, decode
from clipclean.duplicates.clusters import connect
from clipclean.duplicates.families import chunks
from clipclean.duplicates.matching import NONE, RELATIONS, Texts, Verdicts
from clipclean.duplicates.minhash import Signatures, agreement, sign
from clipclean.duplicates.shingles import shingle
from clipclean.duplicates.sketches import Sketches
from clipclean.duplicates.spread import Spread
from clipclean.duplicates.verify import measure
from clipclean.model import Relation
from clipclean.text import Places, Words

_DEVIATIONS = 4
"""How many standard errors an estimate may lie below the threshold: one true pair in 30,000 lies farther."""


@dataclass(frozen=True, slots=True)
class PlainMatcher:
    """Judges pairs of texts by the Jaccard similarity of their shingles, which must reach ``threshold``."""

    texts: Texts
    settings: DedupSettings
    threshold: float
    permutations: tuple[Signatures, Signatures]
    spread: Spread

    def match(self, found: Sketches) -> Verdicts:
        """Measure all candidate pairs of texts, given their sketches.

        Of a crowd, texts that share a hash with too many others to pair them all, only pairs that may join something
        are measured.
        """
        if self.settings.candidates is Candidates.BANDS:
            return self._match_bands(np.flatnonzero(self.texts.words))
        pairs = sketches.find_pairs(found, self.spread)
        crowded = sketches.in_crowds(pairs.crowds, len(self.texts.words))

        def likely(block: slice) -> Codes:
            """Those pairs of a block that may match."""
            codes, shared = pairs.count(block)
            left, right = decode(codes)
            shared = shared + np.minimum(crowded[left], crowded[right])
            one, other = sketches.comparable(found, left, right)
            least = sketches.expected(self.threshold, np.maximum(one + other - shared, 0), _DEVIATIONS)
            return codes[shared >= least]

        some = self.spread.threads(likely, pairs.blocks())
        verdicts = self.judge(np.concatenate([np.empty(0, np.uint64), *some]))
        # Where what a text shares with its copies may lie in crowds alone, sketches do not tell them from the others.
        least = np.maximum(1, sketches.expected(self.threshold, spans(found.bounds), _DEVIATIONS))
        hidden = np.flatnonzero(crowded >= least)
        return self._match_bands(hidden, verdicts) if len(hidden) else verdicts

    def judge(self, codes: Codes) -> Verdicts:
        """Measure pairs of texts, given ascending."""
        size = self.settings.ngram
        overlaps = measure(codes, self.texts.words, self.texts.locate, size, self.spread)
        jaccard = overlaps.jaccard
        matches = jaccard >= self.threshold
        wording = {
            share: f"Jaccard {share / 100:.2f} of word {size}-grams is at least {self.threshold:g}"
            for share in range(101)
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

    def _match_bands(self, members: Places, known: Verdicts | None = None) -> Verdicts:
        """Measure those of the pairs among ``members`` that the bands of their signatures bring together."""
        signatures = np.zeros((len(self.texts.words), self.settings.permutations), np.uint32)
        for part in chunks(self.texts.words[members]):
            signatures[members[part]] = sign(*self._shingles(members[part]), *self.permutations)
        slack = _DEVIATIONS * 0.5 / self.settings.permutations**0.5

        def judge_likely(codes: Codes, known: Verdicts | None) -> Verdicts:
            likely = agreement(signatures, *decode(codes)) >= self.threshold - slack
            if known is None:
                return self.judge(codes[likely])
            return known.join(self.judge(codes[likely & (known.find(codes) < 0)]))

        rows = bands.choose_rows(self.threshold, self.settings.permutations)
        codes, crowds = bands.find_candidates(signatures, members, rows)
        verdicts = judge_likely(codes, known)
        if not crowds:
            return verdicts
        joined = connect(len(self.texts.words), *decode(verdicts.codes[verdicts.matches]))
        return judge_likely(bands.split_crowds(signatures, crowds, rows, joined), verdicts)

    def _shingles(self, some: Places) -> tuple[Words, Places]:
        words = self.texts.locate(some).read(flags=False)
        return shingle(words.hashes, words.offsets, self.settings.ngram)
