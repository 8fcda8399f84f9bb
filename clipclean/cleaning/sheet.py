"""A batch of pages as one sheet: a row for each paragraph, a column for each thing that is known of it.

Rules ask the sheet by name (``sheet["words"]``, ``sheet.cue("promo.start")``); the line model takes its columns as a
matrix. No value of a page depends on the other pages of the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property

import numpy as np
import numpy.typing as npt

from clipclean.cleaning import cues
from clipclean.cleaning.company import company
from clipclean.cleaning.dom import NAMES, dom_columns
from clipclean.cleaning.features import Blocks, Bools, Floats, reads_like_sentence, repeats, surroundings
from clipclean.cleaning.learnt import Learnt
from clipclean.cleaning.openings import Teasers
from clipclean.cleaning.paragraphs import filled
from clipclean.cleaning.patterns import UNLEARNT
from clipclean.cleaning.plain import plain_words
from clipclean.cleaning.profile import SourceProfile
from clipclean.cleaning.shape import shape
from clipclean.cleaning.shared import shared
from clipclean.model import Page, PageLine
from clipclean.text import TITLE_MARKS, bare_letters

FURNITURE_CUES = ("promo", "social", "related", "notice", "ad", "comments", "player", "nav")
CREDIT_CUES = (
    "credit.whole", "credit.start", "name_bar_agency", "agency_bar_name", "agency_alone", "name_bar_name",
    "name_slash_name",
    "copyright_sign",
)  # fmt: skip
END_CUES = ("related.whole", "related.start", "comments.whole", "comments.start", "bio.whole")
"""What usually stands below the end of a story: lists of other stories, comments, the author's note."""

TIME_CUES = ("clock_alone", "date_alone", "some_ago", "east_asian_date", "time_word")
TIME_WORDS = ("time.whole", "time.start", "time.anywhere", "time_word")
"""What says that a time is that of publication."""

OF_A_CLOCK = ("a.m", "p.m", "am", "pm", "uhr")
AUTHOR_CUES = ("by_person", "byline.start", "person_role", "bio.whole", "bio.start")


TELLING = 16
"""Characters from which most lines can be told from a headline."""


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
class Looks:
    """Shape, cues and plain words of lines, looked at once where a line stands many times, as most furniture does."""

    numbers: dict[str, int]
    own: dict[str, Floats]
    hits: npt.NDArray[np.bool_]
    plain: list[str]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Looks:
        """What each of the texts looks like."""
        numbers = {text: number for number, text in enumerate(dict.fromkeys(texts))}
        told = list(numbers)
        plain = plain_words(told)
        return cls(numbers, shape(told), cues.find(told, plain), plain)

    def know(self, texts: Sequence[str]) -> bool:
        """Whether all of the texts have been looked at."""
        return all(map(self.numbers.__contains__, texts))

    def rows(self, texts: Sequence[str]) -> tuple[dict[str, Floats], npt.NDArray[np.bool_], list[str]]:
        """The shape of the texts by column, their cues, [text, cue], and their plain words."""
        places = np.fromiter(map(self.numbers.__getitem__, texts), np.intp, len(texts))
        if len(places) == len(self.numbers) and (places == np.arange(len(places))).all():
            return self.own, self.hits, self.plain
        own = {name: column.take(places) for name, column in self.own.items()}
        return own, self.hits.T.take(places, 1).T, [self.plain[place] for place in places.tolist()]


@dataclass(frozen=True)
class Sheet:
    """The rows of a batch: ``spans`` holds, page by page, the range of line indexes of each row.

    ``plain`` is each row as its words alone, as cues and own phrases are looked for.
    """

    pages: Sequence[Page]
    texts: list[str]
    spans: list[list[range]]
    blocks: Blocks
    looks: Looks
    own: dict[str, Floats]
    around: dict[str, Floats]
    hits: npt.NDArray[np.bool_]
    plain: list[str]
    learnt: Learnt

    @classmethod
    def of(
        cls,
        pages: Sequence[Page],
        looks: Looks | None = None,
        *,
        profile: SourceProfile | None = None,
        teasers: Teasers | None = None,
    ) -> Sheet:
        """The sheet of some pages; rows are paragraphs that hold text. ``looks`` of the same rows save work.

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
        if looks is None or not looks.know(texts):
            looks = Looks.of(texts)
        own, hits, plain = looks.rows(texts)
        around = surroundings(own, blocks) if texts else {}
        if texts:
            around["repeats"] = repeats(texts, counts)
        learnt = Learnt.of(pages, texts, counts, profile, teasers)
        return cls(pages, texts, spans, blocks, looks, own, around, hits, plain, learnt)

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, name: str) -> Floats:
        return self.own[name] if name in self.own else self.around[name]

    @cached_property
    def _cue_columns(self) -> dict[str, int]:
        return {name: at for at, name in enumerate(cues.names())}

    @cached_property
    def present(self) -> frozenset[str]:
        """The cues that any row holds."""
        found = np.flatnonzero(self.hits.any(0))
        return frozenset(cues.names()[at] for at in found.tolist())

    @cached_property
    def nothing(self) -> Bools:
        """No row; what a rule gives that finds none."""
        rows = np.zeros(len(self), np.bool_)
        rows.setflags(write=False)
        return rows

    def cue(self, *names: str) -> Bools:
        """Rows that hold any of the named cues; one that no list has (yet) holds nowhere."""
        found = self.nothing
        for name in self.present.intersection(names):
            found = found | self.hits[:, self._cue_columns[name]]
        return found

    @cached_property
    def encoded(self) -> list[bytes]:
        """Each row as RE2 takes it without asking; half a surrogate pair becomes a question mark."""
        return [text.encode("utf-8", "replace") for text in self.texts]

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
            if wanted:
                found.extend(_says(text, wanted) for text in self.texts[start : start + len(rows)])
            else:
                found.extend([False] * len(rows))
        return np.asarray(found, np.bool_)

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [], 0
        for rows in self.spans:
            starts.append(at)
            at += len(rows)
        return starts

    def columns(self, kind: Kind) -> dict[str, Floats | Bools]:
        """Everything the line model of a kind of input may ask: a page adds what its elements say of the line."""
        hits = dict(zip(_cue_columns(), self.hits.T, strict=True))
        for name in UNLEARNT:
            del hits[f"cue:{name}"]
        columns = {**self.own, **self.around, **hits, **self.near_cues, **company(self.kinds, self.own, self.blocks)}
        if kind is Kind.TEXT:
            columns |= self.shared
        else:
            columns |= dom_columns(self.lines, self["words"], self.sentence, self.blocks)
        return columns

    @cached_property
    def shared(self) -> dict[str, Floats]:
        """What words each row shares with the sentences of the heaviest stretch."""
        return shared(self.plain, self.sentence & (self["inside"] > 0), self.blocks)

    @cached_property
    def lines(self) -> list[PageLine]:
        """The first line of each row."""
        return [page.lines[span.start] for page, rows in zip(self.pages, self.spans, strict=True) for span in rows]

    @cached_property
    def is_text(self) -> bool:
        """Whether there is nothing but plain text, whose lines stand in no elements."""
        return not any(line.tag for line in self.lines)

    def hint(self, *names: str) -> Bools:
        """Rows that stand in any of the named page elements; none in plain text."""
        if self.is_text:
            return self.nothing
        wanted = frozenset(names)
        return np.asarray([not wanted.isdisjoint(line.hints) for line in self.lines], np.bool_)

    def named(self, group: str) -> Bools:
        """Rows that stand in an element whose class or id holds a word of a group of ``dom.NAMES``."""
        if self.is_text:
            return self.nothing
        return np.asarray([not NAMES[group].isdisjoint(line.classes) for line in self.lines], np.bool_)

    @cached_property
    def linked(self) -> Bools:
        """Rows that are mostly link; none in plain text."""
        if self.is_text:
            return self.nothing
        return np.asarray([line.link_share >= 0.5 for line in self.lines], np.bool_)

    @cached_property
    def untitled(self) -> Bools:
        """Rows of clippings that have no title."""
        pages = zip(self.pages, self.spans, strict=True)
        return np.asarray([not page.clipping.title for page, rows in pages for _ in rows], np.bool_)

    @cached_property
    def told_time(self) -> Bools:
        """Rows that end with a time of day or a date as a sentence of a story may: with two words in small letters."""
        found = self.cue("clock_alone", "date_alone") & ~self.cue(*TIME_WORDS) & (self["stops"] > 0)
        for row in np.flatnonzero(found).tolist():
            words = (word.rstrip(".!?") for word in self.texts[row].split())
            found[row] = sum(word.islower() and word not in OF_A_CLOCK for word in words) >= 2
        return found

    @cached_property
    def kinds(self) -> dict[str, Bools]:
        """Rows of each kind that gives its neighbours away."""
        own = self.own
        heading = (own["stops"] == 0) & (own["trails"] == 0) & (own["words"] >= 4) & (own["words"] <= 20)
        found = {
            "time": self.cue(*TIME_CUES) & (own["words"] <= 8),
            "author": self.cue(*AUTHOR_CUES) & self.short,
            "comment": self.cue("comments.whole", "comments.start", "comments.anywhere"),
            "heading": heading,
            "bullet": (own["starts_bullet"] > 0) | self.cue("list_number"),
            "button": self.cue("social.whole", "social.start"),
            "cut": own["trails"] > 0,
            "colon": own["ends_colon"] > 0,
            "quote": own["starts_quote"] > 0,
            "prompt": self.cue("promo.whole", "promo.start", "promo.anywhere"),
        }
        return {name: np.asarray(mask, np.bool_) for name, mask in found.items()}

    @cached_property
    def near_cues(self) -> dict[str, Floats]:
        """How near the cues of furniture are to each row, and how far above a story's end was announced."""
        furniture = self.cue(*(f"{kind}.{mode}" for kind in FURNITURE_CUES for mode in cues.MODES))
        credit = self.cue(*CREDIT_CUES)
        ending = self.cue(*END_CUES) & self.short
        columns: dict[str, Floats] = {}
        masks, blocks = np.array((furniture, credit, ending)), self.blocks
        near = (blocks.shift(masks, -1), blocks.shift(masks, 1), blocks.since(masks), blocks.until(masks))
        for at, name in enumerate(("furniture", "credit", "ending")):
            for side, found in zip(("above", "below", "since", "until"), near, strict=True):
                columns[f"{name}_{side}"] = found[at]
        columns["furniture_3"], columns["furniture_8"] = blocks.window(furniture, (3, 8))
        columns["furniture_before"] = np.minimum(self.blocks.before(furniture), 40.0)
        columns["ending_before"] = np.minimum(self.blocks.before(ending), 10.0)
        columns["trails_2"] = self.blocks.window(self["trails"], 2)
        return columns


@cache
def _cue_columns() -> tuple[str, ...]:
    return tuple(f"cue:{name}" for name in cues.names())


def _headlines(title: str) -> frozenset[str]:
    """The title, and the title without the name of the site that many pages put behind it, as bare letters."""
    found = {bare_letters(title)}
    for mark in TITLE_MARKS:
        head, parted, _ = title.rpartition(mark)
        if parted and len(head.split()) >= 3:
            found.add(bare_letters(head))
    return frozenset(found - {""})


def _says(text: str, wanted: frozenset[str]) -> bool:
    """Whether the bare letters of a text are among the wanted; most texts begin otherwise, which is quick to see."""
    head = bare_letters(text[:TELLING])
    return any(letters.startswith(head) for letters in wanted) and bare_letters(text) in wanted
