"""Settings of the duplicate stage: what is a copy, how far copies are folded, and which of them stays."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from clipclean.choosing import a, many, number, one_of, optional, take, whole
from clipclean.errors import SettingsError
from clipclean.model import Relation


class Keep(StrEnum):
    """Which copy of a story stays. Ties go to the longer, then the earlier, then the id that sorts first.

    ``preferred`` goes by a list of sources, in its order; all other copies come after, as for ``longest``. Only
    ``first`` looks at the order of the input.

    >>> Keep("longest") is Keep.LONGEST
    True
    """

    LONGEST = "longest"
    EARLIEST = "earliest"
    LATEST = "latest"
    FIRST = "first"
    PREFERRED = "preferred"


class Candidates(StrEnum):
    """How pairs are found that may be copies: by a shared low hash (``sketch``) or a shared band of a signature.

    >>> Candidates("bands") is Candidates.BANDS
    True
    """

    SKETCH = "sketch"
    BANDS = "bands"


class Reach(StrEnum):
    """How far copies are folded: each includes those before it. ``none`` folds nothing and still finds matches.

    >>> sorted(Reach.DUPLICATE.relations)
    [<Relation.DUPLICATE: 'duplicate'>, <Relation.EXACT: 'exact'>]
    """

    NONE = "none"
    EXACT = "exact"
    DUPLICATE = "duplicate"
    ABRIDGEMENT = "abridgement"
    UPDATE = "update"

    @property
    def relations(self) -> frozenset[Relation]:
        """The relations to the kept copy that are folded."""
        return frozenset(tuple(Relation)[: tuple(Reach).index(self)])


class Level(StrEnum):
    """How near copies must be, in the words of news archives; each is a name for how far copies are folded.

    >>> Level.HIGH.reach, Level.MODERATE.reach
    (<Reach.DUPLICATE: 'duplicate'>, <Reach.UPDATE: 'update'>)
    """

    HIGH = "high"
    MODERATE = "moderate"

    @property
    def reach(self) -> Reach:
        """How far this level folds."""
        return Reach.DUPLICATE if self is Level.HIGH else Reach.UPDATE


class Scope(StrEnum):
    """Between which sources copies are folded: ``all``, only within one, or only across two.

    A source that is not known is neither the same as another nor a different one.

    >>> Scope("cross-source") is Scope.CROSS_SOURCE
    True
    """

    ALL = "all"
    SAME_SOURCE = "same-source"
    CROSS_SOURCE = "cross-source"


_HOURS = {"h": 1, "d": 24, "w": 7 * 24}


def window_hours(window: str) -> int:
    """How many hours a window is; raises SettingsError where it cannot be read.

    >>> window_hours("36h"), window_hours("7d"), window_hours("2w")
    (36, 168, 336)
    """
    found = re.fullmatch(r"\s*(\d{1,6})\s*([hdw])\s*", window, re.IGNORECASE | re.ASCII)
    if not found:
        raise SettingsError(f"window: {window!r}; write a number and h, d or w, as in 36h, 7d or 2w")
    if not int(found[1]):
        raise SettingsError(f"window: {window!r} folds nothing; give 1h or more, or leave it out")
    return int(found[1]) * _HOURS[found[2].lower()]


@dataclass(frozen=True, slots=True, kw_only=True)
class DedupSettings:
    """How copies are found, how far they are folded, and which of them stays.

    ``threshold`` None compares versions of stories (typed relations); a number from 0 to 1 is the plain mode: a pair
    matches if and only if the measured Jaccard of its word ``ngram``-grams is at least that, and every match folds.
    ``candidates`` says how pairs are found; ``permutations`` and ``seed`` shape MinHash signatures as in datasketch.

    ``fold`` says how far copies are folded, ``level`` says the same in the words of news archives; give one of them,
    and neither in the plain mode. ``window`` (as in 36h, 7d, 2w) folds only what was published within that time of the
    kept copy, ``scope`` only copies of one source, or of two. ``prefer`` names sources from the most to the least
    preferred, for ``keep`` preferred, which it implies. Choices can be given as their names, and
    ``prefer`` as any list.

    >>> settings = DedupSettings(prefer=["reuters.com"], level="high", window="7d")
    >>> settings.keep.value, settings.fold.value
    ('preferred', 'duplicate')
    """

    threshold: float | None = None
    ngram: int = 5
    candidates: Candidates = Candidates.SKETCH
    permutations: int = 128
    seed: int = 1
    keep: Keep = Keep.LONGEST
    prefer: tuple[str, ...] = ()
    fold: Reach = Reach.ABRIDGEMENT
    level: Level | None = None
    window: str | None = None
    scope: Scope = Scope.ALL

    def __post_init__(self) -> None:
        take(self, threshold=optional(number), ngram=whole, permutations=whole, seed=whole)
        take(self, candidates=one_of(Candidates), keep=one_of(Keep), prefer=many(str), fold=one_of(Reach))
        take(self, level=optional(one_of(Level)), window=optional(a(str)), scope=one_of(Scope))
        if self.threshold is not None and not 0 < self.threshold <= 1:
            raise SettingsError(f"threshold: {self.threshold} is not above 0 and at most 1; .7 is usual")
        if not 1 <= self.ngram <= 32:
            raise SettingsError(f"ngram: {self.ngram} is not between 1 and 32; 5 is usual")
        if not 2 <= self.permutations <= 4096:
            raise SettingsError(f"permutations: {self.permutations} is not between 2 and 4096; 128 is usual")
        check_reach(
            fold=None if self.fold in (Reach.ABRIDGEMENT, self.level and self.level.reach) else self.fold,
            level=self.level,
            threshold=self.threshold,
        )
        if self.level:
            object.__setattr__(self, "fold", self.level.reach)
        if self.prefer and self.keep is Keep.LONGEST:
            object.__setattr__(self, "keep", Keep.PREFERRED)
        check_preference(self.keep, self.prefer)
        if self.window is not None:
            window_hours(self.window)


def check_reach(*, fold: Reach | None, level: Level | None, threshold: float | None, dashes: str = "") -> None:
    """Raise SettingsError where more than one place says how far copies are folded.

    >>> check_reach(fold=Reach.EXACT, level=None, threshold=None)
    """
    if fold is not None and level is not None:
        raise SettingsError(f"{dashes}fold and {dashes}level both say how far copies are folded; leave one of them out")
    if threshold is not None and (fold is not None or level is not None):
        name = "fold" if fold is not None else "level"
        raise SettingsError(
            f"{dashes}{name} has no meaning with {dashes}threshold, which folds every match; leave one of them out"
        )


def check_preference(keep: Keep | None, prefer: tuple[str, ...] | None, dashes: str = "") -> None:
    """Raise SettingsError where a list of sources has no use, or names none.

    >>> check_preference(Keep.PREFERRED, ("reuters.com",))
    """
    if prefer and keep not in (None, Keep.PREFERRED):
        raise SettingsError(
            f"{dashes}prefer has no meaning with {dashes}keep {keep.value}; leave {dashes}keep out, or say preferred"
        )
    if prefer is not None and any(not source.strip() for source in prefer):
        raise SettingsError(f"{dashes}prefer: a source without a name; write them as in reuters.com,apnews.com")
    if keep is Keep.PREFERRED and not prefer:
        raise SettingsError(
            f"{dashes}keep preferred needs the sources in order of preference: {dashes}prefer reuters.com,apnews.com"
        )
