"""Which way cleaning leans where it is in doubt: one table of numbers for each preset.

A preset changes two things. ``odds`` multiplies the line model's odds that a row is story, before anything is decided
by it, so that the threshold, the limits of the rules and the guards all move together. Rules whose limit is below
``trust`` lose their say and only name what the model has dropped.

Where the numbers come from: labelled news pages as plain text, 8 of which hold less than nine tenths of their story in
any line. Of odds from 1.6 to 7.4, 3 with trust in CERTAIN rules alone was the least that brought the pages that lost
over a tenth of their story from 13 of 320 down to those 8, and from 88 to 39 of 1,064 pages of other kinds. Of odds
from .2 to .6, .5 is where precision still gained about twice what recall lost: .019 and .010. What the presets do
today, on all kinds of input, stands in ``docs/cleaning.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from clipclean.cleaning.features import Floats
from clipclean.cleaning.rules import CERTAIN, NAMING, Rule
from clipclean.config import Preset
from clipclean.model import Label


@dataclass(frozen=True, slots=True)
class Leaning:
    """The numbers of a preset."""

    odds: float
    trust: float

    def chance(self, chance: Floats) -> Floats:
        """The line model's chances with the odds of this preset; order and range stay.

        >>> Leaning(odds=3.0, trust=0.0).chance(np.asarray([0.0, 0.5, 1.0])).tolist()
        [0.0, 0.75, 1.0]
        """
        if self.odds == 1.0:
            return chance
        return np.asarray(chance * self.odds / (1.0 + chance * (self.odds - 1.0)), np.float64)

    def rules(self, rules: Sequence[Rule]) -> tuple[Rule, ...]:
        """The rules with the say that this preset leaves them; those that keep lines are not touched."""
        return tuple(
            rule if rule.label is Label.BODY or rule.limit >= self.trust else replace(rule, limit=NAMING)
            for rule in rules
        )


LEANINGS = {
    Preset.BALANCED: Leaning(odds=1.0, trust=NAMING),
    Preset.PRECISION: Leaning(odds=0.5, trust=NAMING),
    Preset.RECALL: Leaning(odds=3.0, trust=CERTAIN),
}
