"""What recurs at a source: the lines that stand in many clippings of one source are its furniture.

A profile holds hashes of lines and how many clippings hold each, never a text. It is an explicit value: learnt by
``evidence``, passed to the cleaner, saved and loaded as a file by those who do such things; nothing is remembered
otherwise. Which lines are in it is decided when it is learnt, how much one counts when it is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

from clipclean.errors import InputError
from clipclean.text import Places, Words

FORMAT, VERSION = "clipclean source profile", 1

LEAST_SHARE = 0.01
"""Of a source's clippings that must hold a line. In 21,577 stories of a 1987 wire, what recurs less is table heads and
set phrases of the stories; on the web it is blurbs of a section, but also background that follow-ups repeat."""

FEW_WORDS, SHARE_OF_FEW = 5, 0.05
"""A line of fewer words needs this share: "Background" and "six mths" recur in stories as well."""

Times = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class SourceLines:
    """The recurring lines of one source: sorted ``hashes``, in how many of its ``clippings`` each stands."""

    clippings: int
    hashes: Words
    times: Times

    def merged(self, other: SourceLines) -> SourceLines:
        """The lines of both, counts added."""
        hashes, place = np.unique(np.concatenate([self.hashes, other.hashes]), return_inverse=True)
        times = np.zeros(len(hashes), np.int64)
        np.add.at(times, place, np.concatenate([self.times, other.times]))
        return SourceLines(self.clippings + other.clippings, hashes, times)


@dataclass(frozen=True, slots=True, eq=False)
class SourceProfile:
    """The recurring lines of all sources that were looked at, by the name of the source as records give it.

    ``a | b`` is the profile of two dumps of different days (or of different sources): counts add up, in any order and
    grouping. Two dumps that share clippings count these twice. Its size is 16 bytes a line in memory and about 22 in a
    file (half of that with ``.gz``).

    >>> SourceProfile().sources
    {}
    """

    sources: Mapping[str, SourceLines] = field(default_factory=dict)

    @property
    def lines(self) -> int:
        """How many recurring lines it knows, over all sources."""
        return sum(len(found.hashes) for found in self.sources.values())

    def __or__(self, other: SourceProfile) -> SourceProfile:
        merged = dict(self.sources)
        for name, found in other.sources.items():
            merged[name] = merged[name].merged(found) if name in merged else found
        return SourceProfile(merged)

    def digest(self) -> str:
        """16 hexadecimal digits that differ where profiles do."""
        found = blake2b(digest_size=8)
        for name, lines in sorted(self.sources.items()):
            found.update(f"{len(name)} {name} {lines.clippings} {len(lines.hashes)} ".encode("utf-8", "surrogatepass"))
            found.update(lines.hashes.astype("<u8").tobytes() + lines.times.astype("<i8").tobytes())
        return found.hexdigest()

    def recurring(self, source: str | None, hashes: Words, words: Places) -> tuple[Times, npt.NDArray[np.float64]]:
        """For each line of a clipping, how many clippings of its source hold it, and which share; 0 where it is no
        furniture. ``words`` are the lines' numbers of words.
        """
        times, share = np.zeros(len(hashes), np.int64), np.zeros(len(hashes))
        found = self.sources.get(source) if source is not None else None
        if found is None or not len(found.hashes):
            return times, share
        place = found.hashes.searchsorted(hashes)
        known = found.hashes.take(place, mode="clip") == hashes
        if not known.any():
            return times, share
        times[known] = found.times[place[known]]
        share = times / max(found.clippings, 1)
        enough = share >= np.where(words < FEW_WORDS, SHARE_OF_FEW, LEAST_SHARE)
        return np.where(enough, times, 0), np.where(enough, share, 0.0)

    def rows(self) -> Iterator[dict[str, Any]]:
        """The profile as plain values, one for each line of its file: what it is, then each source, by name."""
        yield {"format": FORMAT, "version": VERSION, "sources": len(self.sources)}
        for name, found in sorted(self.sources.items()):
            lines = {
                f"{key:016x}": count for key, count in zip(found.hashes.tolist(), found.times.tolist(), strict=True)
            }
            yield {"source": name, "clippings": found.clippings, "lines": lines}

    @classmethod
    def of_rows(cls, rows: Iterable[Any], name: str = "profile") -> SourceProfile:
        """The profile that ``rows`` gave.

        Raises InputError, which names ``name``, where they are no profile, one of a later version, or cut short.

        >>> SourceProfile.of_rows(SourceProfile().rows()).lines
        0
        """
        found: dict[str, SourceLines] = {}
        wanted = None
        try:
            for row in rows:
                if wanted is None:
                    wanted = _sources_in(row, name)
                    continue
                keys = dict(sorted((int(key, 16), int(times)) for key, times in row["lines"].items()))
                hashes = np.fromiter(keys, np.uint64, len(keys))
                times = np.fromiter(keys.values(), np.int64, len(keys))
                found[str(row["source"])] = SourceLines(int(row["clippings"]), hashes, times)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            raise InputError(f"{name} is no profile of sources, or a damaged one; learn it again") from None
        if wanted is None:
            raise InputError(f"{name}: it is empty; write a profile with `clipclean learn`")
        if len(found) != wanted:
            raise InputError(
                f"{name}: it holds {len(found):,} of {wanted:,} sources, so it was cut short; learn it again"
            )
        return cls(found)


def _sources_in(head: Any, name: str) -> int:
    if not isinstance(head, Mapping) or head.get("format") != FORMAT:
        raise InputError(f"{name} is no profile of sources; write one with `clipclean learn`")
    if head.get("version") != VERSION:
        raise InputError(f"{name} was written by another version of clipclean; learn it again with this one")
    return int(head["sources"])
