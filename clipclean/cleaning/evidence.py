"""Learns a profile of sources from clippings: which lines stand out as the source's, not the story's.

A clipping speaks for a line when it also holds a story of its own: at least ``OWN_WORDS`` words in lines that at most a
``STANDS_OUT``-th as many clippings hold. So the lines of a story that stands there in forty copies have nobody to speak
for them, while those of a newsletter box have every clipping that carries it. A line is the source's when at least
``LEAST`` clippings, and half of those that hold it, speak for it, and when they are of ``DAYS`` days, or are
``SHARE_OF_DAYS`` of what the source published on the days on which the line stands. All clippings without a date count
as those of one day; clippings without a source are no evidence.

Numbers in a line count as they stand. Masked, a seventh more lines are found, "HALDEN, February 7" above every story
among them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clipclean.cleaning.paragraphs import Paragraphs
from clipclean.cleaning.profile import SourceLines, SourceProfile
from clipclean.dates import parse_date
from clipclean.text import Places, Words, digest, tokenise

LEAST = 4
"""Clippings that must speak for a line: with 3, sentences that two follow-ups of a story repeat come in."""
STANDS_OUT = 4
"""How many times as many clippings hold the line as hold the clipping's own lines. With 3, little more is found that 4
clippings speak for."""
OWN_WORDS = 20
"""Words that make a story of its own; 40 give the same."""
DAYS = 3
"""Days on which a line stands; as for the shingles that are routine in the duplicate stage."""
SHARE_OF_DAYS = 0.1
"""Where it stands on fewer. Among 3,788 stories without their dates, .2 finds a third of the words, .05 a quarter more,
all of them furniture; but follow-ups of one day may repeat some background, and .1 is far above that."""

UNDATED = -1
_MOST_WORDS = 65_535


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What learning keeps of some pages: 10 bytes a line, 16 and the name of the source a page. No texts.

    Lines stand once for each page, with their ``hashes`` and numbers of ``words``; page ``i`` has the next
    ``counts[i]`` of them. ``days`` are proleptic day numbers, or ``UNDATED``.
    """

    sources: tuple[str, ...]
    days: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int32]
    hashes: Words
    words: npt.NDArray[np.uint16]


def line_hashes(texts: Sequence[str]) -> tuple[Words, Places]:
    """One hash of the words of each line, and how many words it has; letter case, marks and spaces do not matter.

    >>> hashes, words = line_hashes(["Sign up now!", "sign  up: NOW", "* * *"])
    >>> bool(hashes[0] == hashes[1]), words.tolist()
    (True, [3, 3, 0])
    """
    tokens = tokenise(texts, flags=False)
    return digest(tokens.hashes, tokens.offsets), np.diff(tokens.offsets)


def look(pages: Sequence[Paragraphs]) -> Seen:
    """What learning keeps of pages; those without a source or without words are passed over.

    >>> from clipclean.model import Clipping
    >>> sorted(look([(Clipping(id="a", source="halden.example"), ["Rain fell.", "Share", "Share"])]).words.tolist())
    [1, 2]
    """
    told = [(clipping, texts) for clipping, texts in pages if clipping.source is not None]
    hashes, words = line_hashes([text for _, texts in told for text in texts])
    page = np.repeat(np.arange(len(told)), [len(texts) for _, texts in told])[words > 0]
    hashes, words = hashes[words > 0], words[words > 0]
    order = np.lexsort((hashes, page))
    order = order[_first(page[order], hashes[order])]
    hashes, words, page = hashes[order], words[order], page[order]
    counts = np.bincount(page, minlength=len(told)).astype(np.int32)
    some = [at for at, count in enumerate(counts.tolist()) if count]
    return Seen(
        tuple(sys.intern(told[at][0].source or "") for at in some),
        np.array([_day(told[at][0].published) for at in some], np.int32),
        counts[some],
        hashes,
        np.minimum(words, _MOST_WORDS).astype(np.uint16),
    )


def _day(published: str | None) -> int:
    moment = parse_date(published)
    return moment.toordinal() if moment else UNDATED


def learn(parts: Sequence[Seen]) -> SourceProfile:
    """The profile of everything that was seen, whatever the order and the parts in which it came.

    Memory: what ``parts`` hold, twice, and some 100 bytes for each line of the source with the most.

    >>> learn([]).lines
    0
    """
    names = sorted({name for part in parts for name in part.sources})
    number = {name: at for at, name in enumerate(names)}
    source = np.array([number[name] for part in parts for name in part.sources], np.int64)
    days, counts, hashes, words = (
        np.concatenate([np.zeros(0, kind), *(getattr(part, column) for part in parts)])
        for column, kind in (("days", np.int32), ("counts", np.int32), ("hashes", np.uint64), ("words", np.uint16))
    )
    ends = np.cumsum(counts, dtype=np.int64)
    found = {}
    pages = np.argsort(source, kind="stable")
    bounds = np.searchsorted(source[pages], np.arange(len(names) + 1)).tolist()
    for at, name in enumerate(names):
        own = pages[bounds[at] : bounds[at + 1]]
        sizes = counts[own].astype(np.int64)
        page = np.repeat(np.arange(len(own)), sizes)
        rows = np.arange(len(page)) + np.repeat(ends[own] - np.cumsum(sizes), sizes)
        found[name] = _recurring(page, days[own], hashes[rows], words[rows])
    return SourceProfile(found)


def _recurring(page: Places, days: npt.NDArray[np.int32], hashes: Words, words: npt.NDArray[np.uint16]) -> SourceLines:
    """The lines of one source that are its own; each stands once for a page."""
    keys, line, times = np.unique(hashes, return_inverse=True, return_counts=True)
    likely = times >= LEAST
    if likely.any():
        speaks = np.bincount(line[_own_words(page, times[line], words) >= OWN_WORDS], minlength=len(keys))
        likely &= (speaks >= LEAST) & (2 * speaks >= times)
        some = likely[line]
        line, day = line[some], days[page[some]]
        order = np.lexsort((day, line))
        order = order[_first(line[order], day[order])]
        dates, published = np.unique(days, return_counts=True)
        on = np.bincount(line[order], published[np.searchsorted(dates, day[order])], len(keys))
        dated = np.bincount(line[order], day[order] != UNDATED, len(keys))
        likely &= (dated >= DAYS) | (speaks >= SHARE_OF_DAYS * on)
    return SourceLines(len(days), keys[likely], times[likely].astype(np.int64))


def _own_words(page: Places, times: Places, words: npt.NDArray[np.uint16]) -> Places:
    """For each line, how many words of its page stand in lines that a ``STANDS_OUT``-th as many pages hold."""
    most = int(times.max()) + 1
    order = np.lexsort((times, page))
    place = (page * most + times)[order]
    total = np.concatenate([np.zeros(1, np.int64), np.cumsum(words[order], dtype=np.int64)])
    rarest = np.searchsorted(place, page * most)
    return np.asarray(
        total[np.searchsorted(place, page * most + times // STANDS_OUT, "right")] - total[rarest], np.int64
    )


def _first(*columns: npt.NDArray[np.generic]) -> npt.NDArray[np.bool_]:
    """Which rows of sorted columns differ from the row before."""
    fresh = np.ones(len(columns[0]), np.bool_)
    fresh[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return fresh
