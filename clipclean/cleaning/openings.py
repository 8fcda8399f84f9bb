"""Which cut-off lines begin as another clipping does: teasers beyond doubt, and of which story.

A line that an ellipsis cuts off after six words or more, and that is how another clipping or its title begins, stands
there to lead to it. A story has several beginnings, because furniture may stand on top of it: its title and the first
long lines that are whole. What is no evidence: a clipping's own beginning and that of a copy of it (a paywall cuts
stories off too), a beginning that different stories share, and a line on many pages of one source, which is furniture.

Two steps, as for profiles: ``note`` keeps numbers of some pages, ``link`` brings those of all together. What comes out
belongs to the dump it was learnt from, so it is no part of a profile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from clipclean.cleaning.evidence import line_hashes
from clipclean.cleaning.paragraphs import filled
from clipclean.model import Page
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

ELLIPSES = ("[...]", "[…]", "...", "…")

Story = tuple[str, str | None]
"""The id and the source of a clipping."""


@dataclass(frozen=True, slots=True, eq=False)
class Teasers:
    """The id of the story that a line teases, by the id of the clipping that holds it and the hash of the line."""

    found: Mapping[str, Mapping[int, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return sum(map(len, self.found.values()))


@dataclass(frozen=True, slots=True, eq=False)
class Beginnings:
    """What is kept of some pages: at most some 100 bytes each and the id, and 21 bytes for each cut-off line.

    ``page`` numbers the page of each beginning; ``near`` and ``far`` are the hashes of its first words, 0 where it has
    fewer. ``cut_page``, ``cut_key``, ``cut_far`` are the same for cut-off lines: of the two, the one that they are long
    enough for; ``cut_line`` is the hash of the whole line.
    """

    stories: tuple[Story, ...]
    page: npt.NDArray[np.int32]
    near: Words
    far: Words
    cut_page: npt.NDArray[np.int32]
    cut_key: Words
    cut_far: npt.NDArray[np.bool_]
    cut_line: Words


def note(pages: Sequence[Page]) -> Beginnings:
    """What to keep of pages for ``link``.

    >>> from clipclean.model import Clipping, PageLine
    >>> story = PageLine("The ferry across the Orr stopped for good on Monday, nine hours after the lock opened.")
    >>> kept = note([Page(Clipping(id="a"), (story, PageLine("Six schools are to get new roofs before…")))])
    >>> len(kept.near), len(kept.cut_key)
    (1, 1)
    """
    whole: list[tuple[int, str]] = []
    cut: list[tuple[int, str]] = []
    for at, page in enumerate(pages):
        if page.clipping.title:
            whole.append((at, page.clipping.title))
        long = 0
        for _, text in filled([line.text for line in page.lines]):
            if text.endswith(ELLIPSES):
                if long or (cut and cut[-1][0] == at):
                    cut.append((at, text))
                elif len(text.split()) >= NEAR:
                    cut.append((at, ""))  # on top of everything: the clipping itself may be cut off here
            elif long < BEGINNINGS and _is_long(text):
                whole.append((at, text))
                long += 1
    whole_page, near, far = _starts([at for at, _ in whole], [text for _, text in whole], least=0)
    cut = [(at, text) for at, text in cut if text]
    cut_page, cut_near, cut_far = _starts([at for at, _ in cut], [_uncut(text) for _, text in cut], least=FAR)
    lines, _ = line_hashes([text for _, text in cut])
    is_far = cut_far != 0
    key = np.where(is_far, cut_far, cut_near)
    kept, held = key != 0, near != 0
    return Beginnings(
        tuple((page.clipping.id, page.clipping.source) for page in pages),
        whole_page[held], near[held], far[held],
        cut_page[kept], key[kept], is_far[kept], lines[kept],
    )  # fmt: skip


def _is_long(text: str) -> bool:
    return len(text.split()) >= LONG_LINE or (not text.isascii() and len(tokenise([text], flags=False).hashes) >= FAR)


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
    begins = _Begins(stories, page, near, far)
    found: dict[str, dict[int, str]] = {}
    for is_far, keys in ((False, near), (True, far)):
        for at in np.flatnonzero((cut_far == is_far) & np.isin(cut_key, keys)).tolist():
            of = begins.story_of(int(cut_page[at]), int(cut_key[at]), far=is_far)
            if of is not None:
                found.setdefault(stories[int(cut_page[at])][0], {})[int(cut_line[at])] = of
    return Teasers(found)


class _Begins:
    """The beginnings of all clippings, by the hash of their first words."""

    def __init__(self, stories: Sequence[Story], page: Places, near: Words, far: Words) -> None:
        self._stories, self._page, self._near, self._far = stories, page, near, far
        self._order = {False: np.argsort(near, kind="stable"), True: np.argsort(far, kind="stable")}
        self._sorted = {is_far: (far if is_far else near)[order] for is_far, order in self._order.items()}
        by_page = np.argsort(page, kind="stable")
        self._by_page, self._pages = by_page, page[by_page]

    def _rows(self, key: int, *, far: bool) -> Places:
        bounds = np.searchsorted(self._sorted[far], np.array([key], np.uint64), "left")[0]
        end = np.searchsorted(self._sorted[far], np.array([key], np.uint64), "right")[0]
        return self._order[far][bounds:end]

    def story_of(self, page: int, key: int, *, far: bool) -> str | None:
        """The id of the one story that begins so, or None where that is not certain."""
        rows = self._rows(key, far=far)
        if self._is_furniture(rows) or len({value for value in self._far[rows].tolist() if value}) > 1:
            return None
        holders: set[int] = set(self._page[rows].tolist())
        if holders & {page, *self._copies(page)}:
            return None
        source = self._stories[page][1]
        named = [self._stories[at] for at in holders]
        near = [story for story in named if story[1] == source]
        return min(name for name, _ in near or named)

    def _is_furniture(self, rows: Places) -> bool:
        if len(rows) <= MOST_COPIES:
            return False
        counts = Counter(self._stories[at][1] for at in set(self._page[rows].tolist()))
        return max(counts.values()) > MOST_COPIES

    def _copies(self, page: int) -> Iterator[int]:
        """Clippings that have a beginning in common with this one."""
        first, last = np.searchsorted(self._pages, [page, page + 1])
        for row in self._by_page[first:last].tolist():
            rows = self._rows(int(self._near[row]), far=False)
            if not self._is_furniture(rows):
                yield from self._page[rows].tolist()
