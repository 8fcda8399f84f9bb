"""What a first pass knows of the rows of a sheet: how often each stands at its source, and which story it teases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clipclean.cleaning.evidence import line_hashes
from clipclean.cleaning.openings import Lead, Teasers
from clipclean.cleaning.profile import SourceProfile, Times
from clipclean.model import Page


@dataclass(frozen=True, slots=True)
class Learnt:
    """For each row, how many clippings of its source hold it (``times``) and which ``share`` of them: 0 where it is no
    furniture, or nothing was learnt. ``lead`` says which clipping begins so, or None.
    """

    times: Times
    share: npt.NDArray[np.float64]
    lead: Sequence[Lead | None]

    @classmethod
    def of(
        cls,
        pages: Sequence[Page],
        texts: Sequence[str],
        counts: Sequence[int],
        profile: SourceProfile | None,
        teasers: Teasers | None,
    ) -> Learnt:
        """The columns for the rows of some pages, ``counts[i]`` of them on page ``i``."""
        times, share = np.zeros(len(texts), np.int64), np.zeros(len(texts))
        lead: list[Lead | None] = [None] * len(texts)
        profile, teased = profile or SourceProfile(), teasers.found if teasers else {}
        if not (profile.sources or teased) or not texts:
            return cls(times, share, lead)
        hashes, words = line_hashes(texts)
        start = 0
        for page, count in zip(pages, counts, strict=True):
            here = slice(start, start + count)
            times[here], share[here] = profile.recurring(page.clipping.source, hashes[here], words[here])
            if known := teased.get(page.clipping.id):
                lead[here] = [known.get(line) for line in hashes[here].tolist()]
            start += count
        return cls(times, share, lead)
