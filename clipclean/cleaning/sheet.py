"""A batch of pages as one sheet: a row for each paragraph, a column for each thing that is known of it.

Rules ask the sheet by name (``sheet["words"]``, ``sheet.cue("promo.start")``); the line model takes its columns as a
matrix. No value of a page depends on the other pages of the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from clipclean.cleaning import cues
from clipclean.cleaning.dom import dom_columns
from clipclean.cleaning.features import Blocks, Bools, Floats, reads_like_sentence, repeats, shape, surroundings
from clipclean.cleaning.learnt import Learnt
from clipclean.cleaning.openings import Teasers
from clipclean.cleaning.paragraphs import filled
from clipclean.cleaning.profile import SourceProfile
from clipclean.model import Page

FURNITURE_CUES = ("promo", "social", "related", "notice", "ad", "comments", "player", "nav")
CREDIT_CUES = (
    "credit.whole", "credit.start", "name_bar_agency", "agency_bar_name", "agency_alone", "name_bar_name",
    "name_slash_name",
    "copyright_sign",
)  # fmt: skip
END_CUES = ("related.whole", "related.start", "comments.whole", "comments.start", "bio.whole")
"""What usually stands below the end of a story: lists of other stories, comments, the author's note."""

TITLE_MARKS = (" - ", " | ", " – ", " — ", " · ", " » ", " :: ")
"""What stands between a headline and the name of the site in the title of a page."""


class Kind(StrEnum):
    """What a clipping came as, which says what is known of its lines; each kind has a line model of its own."""

    TEXT = "text"
    BLOCKS = "blocks"
    ENSEMBLE = "ensemble"

    @classmethod
    def of(cls, page: Page) -> Kind:
        """The kind of a page: plain text has no elements, and only an ensemble has asked the extractor."""
        line = page.lines[0] if page.lines else None
        if line is None or not (line.tag or line.parents):
            return cls.TEXT
        return cls.BLOCKS if line.extracted is None else cls.ENSEMBLE


@dataclass(frozen=True)
class Sheet:
    """The rows of a batch: ``spans`` holds, page by page, the range of line indexes of each row."""

    pages: Sequence[Page]
    texts: list[str]
    spans: list[list[range]]
    blocks: Blocks
    own: dict[str, Floats]
    around: dict[str, Floats]
    hits: npt.NDArray[np.bool_]
    learnt: Learnt

    @classmethod
    def of(cls, pages: Sequence[Page], profile: SourceProfile | None = None, teasers: Teasers | None = None) -> Sheet:
        """The sheet of some pages; rows are paragraphs that hold text.

        ``profile`` and ``teasers`` are what a first pass learnt; without them nothing recurs and nothing is known to
        tease. They are for rules, no columns of the line model.
        """
        texts: list[str] = []
        spans: list[list[range]] = []
        for page in pages:
            rows = filled([line.text for line in page.lines])
            texts.extend(text for _, text in rows)
            spans.append([span for span, _ in rows])
        counts = [len(rows) for rows in spans]
        blocks = Blocks.of(counts)
        own = shape(texts) if texts else {}
        around = surroundings(own, blocks) if texts else {}
        if texts:
            around["repeats"] = repeats(texts, counts)
        learnt = Learnt.of(pages, texts, counts, profile, teasers)
        return cls(pages, texts, spans, blocks, own, around, cues.find(texts), learnt)

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, name: str) -> Floats:
        return self.own[name] if name in self.own else self.around[name]

    @cached_property
    def _cue_columns(self) -> dict[str, int]:
        return {name: at for at, name in enumerate(cues.names())}

    def cue(self, *names: str) -> Bools:
        """Rows that hold any of the named cues; one that no list has (yet) holds nowhere."""
        found = np.zeros(len(self), np.bool_)
        for name in names:
            at = self._cue_columns.get(name)
            if at is not None:
                found |= self.hits[:, at]
        return found

    @cached_property
    def sentence(self) -> Bools:
        """Rows that read like a sentence of a story."""
        return reads_like_sentence(self.own)

    @cached_property
    def short(self) -> Bools:
        """Rows that could be a button, a label or a heading: at most 12 words, no sentence."""
        return np.asarray((self["words"] <= 12) & ~self.sentence, np.bool_)

    @cached_property
    def titled(self) -> Bools:
        """Rows that say the clipping's title, letter case and marks aside."""
        found: list[bool] = []
        for page, rows, start in zip(self.pages, self.spans, self._starts, strict=True):
            wanted = _headlines(page.clipping.title or "")
            found.extend(bool(wanted) and _letters(text) in wanted for text in self.texts[start : start + len(rows)])
        return np.asarray(found, np.bool_)

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [], 0
        for rows in self.spans:
            starts.append(at)
            at += len(rows)
        return starts

    def columns(self, kind: Kind) -> dict[str, Floats]:
        """Everything the line model of a kind of input may ask: a page adds what its elements say of the line."""
        columns = {**self.own, **self.around, **self.cue_columns}
        if kind is not Kind.TEXT:
            lines = [page.lines[span.start] for page, rows in zip(self.pages, self.spans, strict=True) for span in rows]
            columns |= dom_columns(lines, self["words"], self.sentence, self.blocks)
        return columns

    def hint(self, *names: str) -> Bools:
        """Rows that stand in any of the named page elements; none in plain text."""
        wanted = frozenset(names)
        return np.asarray(
            [
                bool(page.lines[span.start].hints & wanted)
                for page, rows in zip(self.pages, self.spans, strict=True)
                for span in rows
            ],
            np.bool_,
        )

    @cached_property
    def cue_columns(self) -> dict[str, Floats]:
        """Cues as numbers for the line model: on the row, next to it, and how far above a story's end was announced."""
        furniture = self.cue(*(f"{kind}.{mode}" for kind in FURNITURE_CUES for mode in cues.MODES))
        credit = self.cue(*CREDIT_CUES)
        ending = self.cue(*END_CUES) & self.short
        columns = {f"cue:{name}": self.hits[:, at].astype(np.float64) for at, name in enumerate(cues.names())}
        for name, mask in (("furniture", furniture), ("credit", credit), ("ending", ending)):
            columns[f"{name}_above"] = self.blocks.shift(mask, -1)
            columns[f"{name}_below"] = self.blocks.shift(mask, 1)
            columns[f"{name}_since"] = self.blocks.since(mask)
            columns[f"{name}_until"] = self.blocks.until(mask)
        for reach in (3, 8):
            columns[f"furniture_{reach}"] = self.blocks.window(furniture, reach)
        columns["furniture_before"] = np.minimum(self.blocks.before(furniture), 40.0)
        columns["ending_before"] = np.minimum(self.blocks.before(ending), 10.0)
        columns["trails_2"] = self.blocks.window(self["trails"], 2)
        return columns


def _headlines(title: str) -> frozenset[str]:
    """The title, and the title without the name of the site that many pages put behind it, as bare letters."""
    found = {_letters(title)}
    for mark in TITLE_MARKS:
        head, parted, _ = title.rpartition(mark)
        if parted and len(head.split()) >= 3:
            found.add(_letters(head))
    return frozenset(found - {""})


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
