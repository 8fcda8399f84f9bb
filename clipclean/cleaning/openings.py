"""Which cut-off lines begin as another clipping does: teasers beyond doubt, and of which story.

A line that an ellipsis cuts off after six words or more, and that is how another clipping or its title begins, stands
there to lead to it. A story has several beginnings, because furniture may stand on top of it: its title, its first long
line that is whole, and some more of these, which prove less (a story may quote what another quotes). No evidence are a
clipping's own beginning and that of a copy of it (a paywall cuts stories off too), a beginning that different stories
share, and a line on many pages of one source, which is furniture.

Two steps, as for profiles: ``note`` keeps numbers of some pages, ``link`` brings those of all together. What comes out
belongs to the dump it was learnt from, so it is no part of a profile.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from clipclean.cleaning.evidence import line_hashes
from clipclean.cleaning.paragraphs import Paragraphs
from clipclean.text import Places, Words, digest, tokenise

NEAR, FAR = 6, 12
"""Words that are compared: as many as a teaser has of the two. Six are enough where no two stories share them."""

LONG_LINE = 10
"""Words from which a line may be a story's beginning."""

BEGINNINGS = 4
"""Long lines of a clipping that may be it, beside the title."""

MOST_COPIES = 3
"""Clippings of one source that may begin alike; a line on top of more is furniture."""

SPACED = 2.5
"""Characters a word, above which a text has spaces between words; six characters of another script say too little."""

UNSPACED = 12
"""Characters a word, from which a line of two such words or more has no spaces between its words, and is long too."""

ELLIPSES = ("[...]", "[…]", "...", "…")

Story = tuple[str, str | None]
"""The id and the source of a clipping."""


@dataclass(frozen=True, slots=True)
class Lead:
    """The story ``of`` which a line is the beginning, and whether it is the ``very`` first of it or its title."""

    of: str
    very: bool


@dataclass(frozen=True, slots=True, eq=False)
class Teasers:
    """Where lines lead, by the id of the clipping that holds a line and the hash of the line."""

    found: Mapping[str, Mapping[int, Lead]] = field(default_factory=dict)

    def __len__(self) -> int:
        return sum(map(len, self.found.values()))


@dataclass(frozen=True, slots=True, eq=False)
class Beginnings:
    """What is kept of some pages: at most 105 bytes each and the id; of those with cut-off lines 21 bytes for each of
    these, and 21 for each of their long lines.

    ``page`` numbers the page of each long line; ``near`` and ``far`` are the hashes of its first words, 0 where it has
    fewer; ``rank`` is 1 for the title and the first, 2 for others that may be the story's beginning, 0 for the rest.
    ``cut_page``, ``cut_key``, ``cut_far`` are the
    same for cut-off lines: of the two hashes, the one that they are long enough for; ``cut_line`` is the hash of the
    whole line.
    """

    stories: tuple[Story, ...]
    page: npt.NDArray[np.int32]
    near: Words
    far: Words
    rank: npt.NDArray[np.int8]
    cut_page: npt.NDArray[np.int32]
    cut_key: Words
    cut_far: npt.NDArray[np.bool_]
    cut_line: Words


def note(pages: Sequence[Paragraphs]) -> Beginnings:
    """What to keep of pages for ``link``.

    >>> from clipclean.model import Clipping
    >>> story = "The ferry across the Orr stopped for good on Monday, nine hours after the lock opened."
    >>> kept = note([(Clipping(id="a"), [story, "Six schools are to get new roofs before…"])])
    >>> len(kept.near), len(kept.cut_key)
    (1, 1)
    """
    whole: list[tuple[int, str]] = []
    cut: list[tuple[int, str]] = []
    rank: list[int] = []
    for at, (clipping, texts) in enumerate(pages):
        long, short = _told_apart(texts)
        kept = long if short else long[:BEGINNINGS]
        title = [clipping.title] if clipping.title else []
        whole += [(at, text) for text in title + kept]
        rank += [1] * len(title) + [1 + (place > 0) if place < BEGINNINGS else 0 for place in range(len(kept))]
        cut += [(at, text) for text in short]
    whole_page, near, far = _starts([at for at, _ in whole], [text for _, text in whole], least=0)
    cut_page, cut_near, cut_far = _starts([at for at, _ in cut], [_uncut(text) for _, text in cut], least=FAR)
    lines, _ = line_hashes([text for _, text in cut])
    is_far = cut_far != 0
    key = np.where(is_far, cut_far, cut_near)
    told, held = key != 0, near != 0
    return Beginnings(
        tuple((clipping.id, clipping.source and sys.intern(clipping.source)) for clipping, _ in pages),
        whole_page[held], near[held], far[held], np.array(rank, np.int8)[held],
        cut_page[told], key[told], is_far[told], lines[told],
    )  # fmt: skip


def _told_apart(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """The long lines that are whole, and the cut-off ones.

    Not one on top of all, where the story itself may be cut off, nor one with another ellipsis in it: such a line
    strings items together.
    """
    whole: list[str] = []
    cut: list[str] = []
    topmost = True
    for text in texts:
        if text.endswith(ELLIPSES):
            if not topmost and not any(mark in _uncut(text) for mark in ELLIPSES):
                cut.append(text)
            topmost = topmost and len(text.split()) < NEAR
        elif _is_long(text):
            whole.append(text)
            topmost = False
    return whole, cut


def _is_long(text: str) -> bool:
    words = len(text.split())
    return words >= LONG_LINE or len(text) >= UNSPACED * max(words, 2)


def _uncut(text: str) -> str:
    """The text before the ellipsis, without a last word that may be cut in two."""
    for mark in ELLIPSES:
        if text.endswith(mark):
            text = text[: -len(mark)]
            break
    head, _, _ = text.rpartition(" ")
    return head if text[-1:].isalnum() and head else text


def _starts(pages: list[int], texts: list[str], *, least: int) -> tuple[npt.NDArray[np.int32], Words, Words]:
    """Hashes of the first words of texts; a text without spaces between words needs ``least`` of them."""
    tokens = tokenise(texts, flags=False)
    sizes = np.diff(tokens.offsets)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    enough = (lengths >= SPACED * sizes) | (sizes >= least)
    near, far = (_first_words(tokens.hashes, tokens.offsets, size, enough) for size in (NEAR, FAR))
    return np.array(pages, np.int32), near, far


def _first_words(words: Words, offsets: Places, size: int, wanted: npt.NDArray[np.bool_]) -> Words:
    found = np.zeros(len(offsets) - 1, np.uint64)
    rows = np.flatnonzero((np.diff(offsets) >= size) & wanted)
    if len(rows):
        some = words[offsets[rows][:, None] + np.arange(size)]
        found[rows] = digest(some.ravel(), np.arange(len(rows) + 1) * size)
    return found


def link(parts: Sequence[Beginnings]) -> Teasers:
    """The teasers among all that was noted, whatever the order and the parts in which it came.

    Of several copies of the story that is teased, one of the teaser's own source is named, else the one whose id sorts
    first. Memory: twice what ``parts`` hold.

    >>> len(link([]))
    0
    """
    stories = [story for part in parts for story in part.stories]
    shift = np.cumsum([0, *(len(part.stories) for part in parts)])
    page, cut_page = (
        np.concatenate(
            [np.zeros(0, np.int64), *(getattr(part, name) + by for part, by in zip(parts, shift, strict=False))]
        )
        for name in ("page", "cut_page")
    )
    near, far, cut_key, cut_line = (
        np.concatenate([np.zeros(0, np.uint64), *(getattr(part, name) for part in parts)])
        for name in ("near", "far", "cut_key", "cut_line")
    )
    cut_far = np.concatenate([np.zeros(0, np.bool_), *(part.cut_far for part in parts)])
    rank = np.concatenate([np.zeros(0, np.int8), *(part.rank for part in parts)])
    begins = _Begins(stories, page, near, far, rank)
    found: dict[str, dict[int, Lead]] = {}
    for is_far, keys in ((False, near[rank > 0]), (True, far[rank > 0])):
        for at in np.flatnonzero((cut_far == is_far) & np.isin(cut_key, keys)).tolist():
            lead = begins.lead(int(cut_page[at]), int(cut_key[at]), far=is_far)
            if lead is not None:
                found.setdefault(stories[int(cut_page[at])][0], {})[int(cut_line[at])] = lead
    return Teasers(found)


class _Begins:
    """The beginnings of all clippings by the hash of their first words, and the long lines of each clipping."""

    def __init__(
        self, stories: Sequence[Story], page: Places, near: Words, far: Words, rank: npt.NDArray[np.int8]
    ) -> None:
        self._stories = stories
        by_page = np.argsort(page, kind="stable")
        self._line_page, self._lines = page[by_page], near[by_page]
        self._page, self._far, self._rank = page[rank > 0], far[rank > 0], rank[rank > 0]
        keys = {False: near[rank > 0], True: self._far}
        self._order = {is_far: np.argsort(column, kind="stable") for is_far, column in keys.items()}
        self._keys = {is_far: column[self._order[is_far]] for is_far, column in keys.items()}

    def _rows(self, key: int, *, far: bool = False) -> Places:
        first, last = (np.searchsorted(self._keys[far], np.uint64(key), side) for side in ("left", "right"))
        return self._order[far][first:last]

    def lead(self, page: int, key: int, *, far: bool) -> Lead | None:
        """The one story that begins so, or None where that is not certain."""
        rows = self._rows(key, far=far)
        if self._is_furniture(rows) or len({value for value in self._far[rows].tolist() if value}) > 1:
            return None
        holders: set[int] = set(self._page[rows].tolist())
        if not holders.isdisjoint([page, *self._copies(page)]):
            return None
        source = self._stories[page][1]
        named = [self._stories[at] for at in holders]
        near = [story for story in named if story[1] == source]
        return Lead(min(name for name, _ in near or named), very=bool((self._rank[rows] == 1).any()))

    def _is_furniture(self, rows: Places) -> bool:
        if len(rows) <= MOST_COPIES:
            return False
        counts = Counter(self._stories[at][1] for at in set(self._page[rows].tolist()))
        return max(counts.values()) > MOST_COPIES

    def _copies(self, page: int) -> Iterator[int]:
        """Clippings of which a beginning stands anywhere in this one."""
        first, last = np.searchsorted(self._line_page, [page, page + 1])
        for key in self._lines[first:last].tolist():
            rows = self._rows(key)
            if not self._is_furniture(rows):
                yield from self._page[rows].tolist()
