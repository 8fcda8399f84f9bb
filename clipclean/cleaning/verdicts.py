"""Each row of a sheet gets its label: the line model's chance, then the rules in order, then its neighbours.

Neighbours settle what a row alone cannot say: the line above a credit is its caption, cut-off lines in a row are
teasers. Then two guards: the story's lead is not given up on a doubt, and a clipping that would lose most of what reads
like a story keeps its doubtful lines and is flagged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from clipclean.cleaning.facts import BELOW_CREDIT
from clipclean.cleaning.features import Bools, Floats
from clipclean.cleaning.glued import GLUED
from clipclean.cleaning.rules import ALWAYS, READS_LIKE_FURNITURE, READS_LIKE_STORY, RULES, Rule
from clipclean.cleaning.sheet import Sheet
from clipclean.model import Label

LEAD_ROWS = 3
LEAD_CHANCE = 0.2
"""The first sentence rows of the story's main stretch are kept from this chance on, unless a rule is sure."""

STANDFIRST_CHANCE, STANDFIRST_ON_PAGES = 0.4, 0.2
STANDFIRST_REACH = 10
STANDFIRST_SENTENCE, STANDFIRST_WORDS = 5, 10
"""So is what may be its standfirst, from these chances on, on text and on pages: a row at most so many above the first
paragraph, of so many words if it ends like a sentence, of so many if not. With .3 and .1, .6 and 1.2 more leads of
a hundred are whole, for .001 F1 each."""

BETWEEN_CHANCE = 0.3
"""A row between two of story is kept from this chance on, if it ends like a sentence."""

BELOW_CHANCE, BELOW_PROMPT = 0.25, 0.35
BELOW_ROWS = 4
"""So are up to so many rows below a row of story, if all end like sentences; from the second chance on past one row of
furniture. Of news as text one page less is gutted for it, of general pages 6 of 113, for .0004 F1 of news."""

SUSPECT_SHARE = 0.5
"""A clipping that would keep less than this share of the words in its sentence rows is suspect ..."""

LONG_ROW = 12
"""Words from which a row may be story without ending like a sentence."""

SUSPECT_CHANCE = 0.2
"""... and keeps its sentence rows from this chance on; all of them, where nothing else would be kept."""

CAPTION_CHANCE = 0.97
"""A row above a credit is its caption up to this chance, if it holds words of captions."""

DATED = 0.1
"""Share of digits from which a row below a credit is a time of publication."""

HEADLINE_WORDS, HEADLINE_TELLING, HEADLINE_LEAST = (2, 30), 6, 1.0
"""The words of a headline, up to how many of them say more, and the least of them that the story must say again. Where
a dump shows the page's title, 166 of 186 rows so found are it in news, 393 of 490 on other pages."""

CODES = tuple(Label)
_CODE = {label: code for code, label in enumerate(CODES)}


@dataclass
class Verdicts:
    """One label, score and rule name for each row, and which clippings (by page number of the sheet) are suspect."""

    label: npt.NDArray[np.int8]
    score: Floats
    rule: list[str]
    suspect: frozenset[int]

    def body(self) -> Bools:
        """Rows that are story."""
        return np.asarray(self.label == _CODE[Label.BODY], np.bool_)


class _Table:
    """The verdicts while they are being reached."""

    def __init__(self, sheet: Sheet, chance: Floats, threshold: float) -> None:
        self.sheet, self.chance, self.threshold = sheet, chance, threshold
        story = chance >= threshold
        self.label = np.where(story, _CODE[Label.BODY], _CODE[Label.OTHER]).astype(np.int8)
        self.score = chance.copy()
        self.rule = np.asarray((READS_LIKE_FURNITURE, READS_LIKE_STORY), object)[story.astype(np.intp)]
        self.ruled = np.zeros(len(sheet), np.bool_)  # a named rule took the row
        self.sure = np.zeros(len(sheet), np.bool_)  # ... and would have, had the model called it story
        self.held = np.zeros(len(sheet), np.bool_)  # a rule keeps the row whatever else holds
        self.doubly = np.zeros(len(sheet), np.bool_)  # what recurs, of what the model had dropped without it

    def take(self, rows: Bools, label: Label, name: str, *, sure: Bools | None = None) -> None:
        if not rows.any():
            return
        self.label[rows] = _CODE[label]
        self.rule[rows] = name
        self.ruled |= rows
        if label is Label.BODY:
            self.score[rows] = np.maximum(self.score[rows], self.threshold)
        else:
            over = rows & (self.score >= self.threshold)
            self.score[over] = np.round((1 - self.score[over]) * self.threshold, 4)
            self.sure |= rows if sure is None else rows & sure

    def has(self, label: Label) -> Bools:
        return np.asarray(self.label == _CODE[label], np.bool_)

    def nameless(self) -> Bools:
        """Rows that go because the model dropped them, and for no other reason."""
        return ~(self.ruled | self.sure | self.has(Label.BODY))


def judge(
    sheet: Sheet,
    chance: Floats,
    threshold: float,
    rules_off: frozenset[str] = frozenset(),
    rules: Sequence[Rule] = RULES,
) -> Verdicts:
    """The verdicts on all rows of a sheet; ``chance`` is the line model's, one a row, ``rules`` are asked in order."""
    if not len(sheet):
        return Verdicts(np.zeros(0, np.int8), np.zeros(0), [], frozenset())
    table = _Table(sheet, chance, threshold)
    _ask_rules(table, rules_off, rules)
    neighbours = [neighbour for neighbour in NEIGHBOURS if neighbour.name not in rules_off]
    for neighbour in neighbours:
        if not neighbour.last:
            neighbour.settle(table, neighbour.name)
    if "lead" not in rules_off:
        _protect_lead(table)
    for neighbour in neighbours:
        if neighbour.last:
            neighbour.settle(table, neighbour.name)
    suspect = _find_suspects(table) if "suspect" not in rules_off else frozenset()
    return Verdicts(table.label, table.score, table.rule.tolist(), suspect)


def _ask_rules(table: _Table, rules_off: frozenset[str], rules: Sequence[Rule]) -> None:
    cued = np.full(len(table.sheet), _CODE[Label.OTHER], np.int8)
    for rule in rules:
        marked = table.sheet.nothing if rule.name in rules_off else rule.find(table.sheet)
        if marked is table.sheet.nothing or not marked.any():
            continue
        found = marked & ~table.ruled
        if rule.label is Label.BODY:
            table.take(found & (table.chance > rule.limit), Label.BODY, rule.name)
            if rule.limit <= ALWAYS:
                table.held |= found
        else:
            sure = found if rule.limit > table.threshold else table.sheet.nothing
            rows = found & (table.chance < max(rule.limit, table.threshold))
            table.take(rows, rule.label, rule.name, sure=sure)
            if rule.by_cue:
                table.label[rows] = cued[rows]
                table.doubly |= rows & (table.chance < table.threshold)
                table.ruled &= ~(table.doubly & table.has(Label.OTHER))  # open to a name from its neighbours
            cued[marked & (cued == _CODE[Label.OTHER])] = _CODE[rule.label]


def _caption_above_credit(table: _Table, name: str) -> None:
    """The row above a credit, where it reads like a caption."""
    sheet = table.sheet
    credit = table.has(Label.CREDIT)
    if not credit.any():
        return
    above = sheet.blocks.shift(credit & ~sheet.cue("credit.whole", "source_line"), 1) > 0
    above &= ~sheet.hint("heading", "form", "nav", "aside")
    cue = sheet.cue("caption.anywhere", "caption.start", "left_or_right", "ends_date_year")
    limit = np.where(cue, CAPTION_CHANCE, table.threshold)
    table.take(above & ~table.ruled & (table.chance < limit) & (sheet["words"] >= 3), Label.CAPTION, name)


def _caption_below_credit(table: _Table, name: str) -> None:
    """Some sites put the credit above its caption: a row that the model dropped, below a credit without a caption."""
    sheet = table.sheet
    alone = table.has(Label.CREDIT) & (sheet.blocks.shift(table.has(Label.CAPTION), -1) == 0)
    if not alone.any():
        return
    below = sheet.blocks.shift(alone & ~sheet.cue("source_line"), -1) > 0
    below &= ~sheet.hint("heading", "form", "nav", "aside") & ~sheet.titled & ~sheet.cue("byline.start", "with_agency")
    below &= sheet["digit_share"] < DATED
    below &= ((sheet["stops"] > 0) & (sheet["words"] >= 4)) | (sheet["words"] >= LONG_ROW)
    story = table.has(Label.BODY)
    above = sheet.blocks.total(story) - sheet.blocks.before(story) - story > 0
    table.take(below & above & table.nameless(), Label.CAPTION, name, sure=sheet.nothing)


def _credit_continued(table: _Table, name: str) -> None:
    """The end of a credit that was cut in two: a short row below a caption that closes a bracket it did not open."""
    sheet = table.sheet
    caption = table.has(Label.CAPTION)
    if not caption.any():
        return
    below = sheet.blocks.shift(caption, -1) > 0
    cut = (sheet["ends_bracket"] > 0) & (sheet["brackets"] == 0) & (sheet["words"] <= 8)
    table.take(below & cut & ~table.ruled, Label.CREDIT, name)


def _teaser_run(table: _Table, name: str) -> None:
    """Two or more cut-off rows in a row with no uncut sentence below them: other stories."""
    sheet = table.sheet
    cut = (sheet["trails"] > 0) & (sheet["words"] >= 4)
    if not cut.any():
        return
    whole = sheet.sentence & (table.chance >= table.threshold) & ~table.sure
    followed = sheet.blocks.total(whole) - sheet.blocks.before(whole) - whole > 0
    run = cut & (sheet.blocks.run(np.asarray(cut, np.bool_)) >= 2) & ~followed
    table.take(np.asarray(run & ~table.sure & ~table.held, np.bool_), Label.TEASER, name)


def _between_story(table: _Table, name: str) -> None:
    """A doubtful row that ends like a sentence, between two rows of story that do: 60 of 100 such were story."""
    sheet = table.sheet
    doubtful = table.nameless() & (table.chance >= BETWEEN_CHANCE) & (sheet["stops"] > 0)
    if not doubtful.any():
        return
    whole = table.has(Label.BODY) & (sheet["stops"] > 0)
    inside = (sheet.blocks.shift(whole, -1) > 0) & (sheet.blocks.shift(whole, 1) > 0)
    table.take(inside & doubtful, Label.BODY, name)


def _below_story(table: _Table, name: str) -> None:
    """Doubtful rows of a text that end like a sentence, below a row of story that does, one after the other."""
    sheet = table.sheet
    if not sheet.is_text:  # what an element says of a row is surer than where it stands
        return
    ends = (sheet["stops"] > 0) & (sheet["trails"] == 0) & (sheet["words"] >= 2)
    doubtful = table.nameless() & ends & (table.chance >= BELOW_CHANCE)
    if not doubtful.any():
        return
    past = (sheet.blocks.shift(table.ruled & ~table.has(Label.BODY), -1) > 0) & (table.chance >= BELOW_PROMPT)
    for _ in range(BELOW_ROWS):
        whole = table.has(Label.BODY) & (sheet["stops"] > 0)
        near = (sheet.blocks.shift(whole, -1) > 0) | (past & (sheet.blocks.shift(whole, -2) > 0))
        below = doubtful & near & ~table.has(Label.BODY)
        if not below.any():
            return
        table.take(below, Label.BODY, name)


def _beside(table: _Table, name: str, label: Label, reach: int) -> None:
    """Nameless rows that the model dropped take the name of the furniture above them."""
    named = table.has(label)
    if not named.any():
        return
    nameless = ~table.ruled & ~table.has(Label.BODY)
    head = table.sheet.blocks.nearest_above(~nameless)
    near = (head >= 0) & (np.arange(len(head)) - head <= reach)
    table.take(nameless & near & named[head], label, name, sure=table.sheet.nothing)


BESIDE = ("related-list", "promo-block", "social-block")
"""The rules that name what stands beside named furniture."""


def _related_list(table: _Table, name: str) -> None:
    _beside(table, name, Label.RELATED, 12)


def _promo_block(table: _Table, name: str) -> None:
    _beside(table, name, Label.PROMO, 4)


def _social_block(table: _Table, name: str) -> None:
    _beside(table, name, Label.SOCIAL, 3)


def _headline_on_top(table: _Table, name: str) -> None:
    """Above a story without a title, the dropped row that says most in the story's own words, the last of several."""
    sheet = table.sheet
    body = table.has(Label.BODY)
    story = body & sheet.sentence
    words, (least, most) = sheet["words"], HEADLINE_WORDS
    dropped = table.nameless() | np.isin(table.rule, BESIDE)
    found = sheet.untitled & (dropped | body) & (sheet.blocks.before(story) == 0) & (sheet.blocks.total(story) > 0)
    found &= (words >= least) & (words <= most) & (sheet["trails"] == 0) & (sheet["bars"] == 0)
    found &= ((sheet["stops"] == 0) | (sheet["ends_question"] > 0)) & ~story
    if not found.any():
        return
    telling = sheet.shared["shared"] * np.minimum(words, HEADLINE_TELLING)
    rows = (found & (telling >= HEADLINE_LEAST)).nonzero()[0]
    rows = rows[np.lexsort((rows, telling[rows], sheet.blocks.page[rows]))]
    last = np.append(np.diff(sheet.blocks.page[rows]) != 0, True)[: len(rows)]
    headline = sheet.nothing.copy()
    headline[rows[last]] = True
    headline &= dropped  # one that was kept stays
    table.take(headline, Label.HEADLINE, name, sure=sheet.nothing)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A rule that looks at neighbours. ``says`` is the reason given to people; the ``last`` are asked when it is known
    what is kept as the lead."""

    name: str
    label: Label
    says: str
    settle: Callable[[_Table, str], None]
    last: bool = False


NEIGHBOURS: tuple[Neighbour, ...] = (
    Neighbour("between-story", Label.BODY, "was in doubt, ends like a sentence, and stands between two lines of story",
              _between_story),
    Neighbour("below-story", Label.BODY, "was in doubt, ends like a sentence, and stands right below the story",
              _below_story),
    Neighbour("caption-above-credit", Label.CAPTION, "stands right above a credit and reads like a caption",
              _caption_above_credit),
    Neighbour(BELOW_CREDIT, Label.CAPTION, "was dropped, and stands right below a credit without a caption",
              _caption_below_credit),
    Neighbour("credit-continued", Label.CREDIT, "ends the credit that was cut in two above it", _credit_continued),
    Neighbour("teaser-run", Label.TEASER, "is cut off with an ellipsis, as its neighbours are, with no story below",
              _teaser_run),
    Neighbour("related-list", Label.RELATED, "was dropped, and stands below a link to another story", _related_list),
    Neighbour("promo-block", Label.PROMO, "was dropped, and stands below a prompt to subscribe", _promo_block),
    Neighbour("social-block", Label.SOCIAL, "was dropped, and stands below a button to share", _social_block),
    Neighbour("headline-on-top", Label.HEADLINE, "was dropped, and says most of the story of all above it",
              _headline_on_top, last=True),
)  # fmt: skip
"""In the order in which they are asked, after the rules."""

GUARDS = {
    "lead": "stands at the head of the story, and was dropped on a doubt only",
    "suspect": "reads like a sentence, in a clipping that would lose most of them",
    GLUED: "holds a sentence that reads like story, in a clipping of few lines that would lose all",
}
"""What is kept after all, and why."""


def _protect_lead(table: _Table) -> None:
    """Keep the first sentence rows of the story's main stretch, and what may be its standfirst, doubtful or not."""
    nameless = table.nameless()
    opening = nameless & table.sheet.sentence & (table.chance >= LEAD_CHANCE)
    found = _opens(table, opening) if opening.any() else opening
    chance = STANDFIRST_CHANCE if table.sheet.is_text else STANDFIRST_ON_PAGES
    above = nameless & (table.chance >= chance) & (table.sheet["trails"] == 0)
    if above.any():
        found = found | _may_be_standfirst(table, above)
    table.take(found, Label.BODY, "lead")


def _opens(table: _Table, rows: Bools) -> Bools:
    """Which of the rows are among the first sentences of the story's main stretch."""
    sheet = table.sheet
    first, last = sheet.blocks.heaviest(np.where(sheet.sentence & ~table.sure, table.chance * sheet["words"], -2.0))
    here = np.arange(len(sheet))
    opening = sheet.sentence & (here >= first) & (here <= last)
    return np.asarray(rows & opening & (sheet.blocks.before(opening) < LEAD_ROWS), np.bool_)


def _may_be_standfirst(table: _Table, rows: Bools) -> Bools:
    """Which of the rows stand right above the first paragraph, read like more than a heading and share a rare word."""
    sheet = table.sheet
    story = table.has(Label.BODY) & (sheet.sentence | (sheet["words"] >= LONG_ROW))
    above = (sheet.blocks.before(story) == 0) & (sheet.blocks.until(story) <= STANDFIRST_REACH)
    told = ((sheet["stops"] > 0) & (sheet["words"] >= STANDFIRST_SENTENCE)) | (sheet["words"] >= STANDFIRST_WORDS)
    found = np.asarray(rows & above & told, np.bool_)
    return found & (sheet.shared["shared_rare"] > 0) if found.any() else found


def _find_suspects(table: _Table) -> frozenset[int]:
    """Flag clippings that would lose most of their sentences without a sure rule, and keep their doubtful rows."""
    sheet = table.sheet
    telling = sheet.sentence | (sheet["words"] >= LONG_ROW)
    claim = np.where(telling & (~table.sure | table.doubly), sheet["words"], 0.0)
    kept = np.where(table.has(Label.BODY), claim, 0.0)
    kept_words, claimed_words, body = sheet.blocks.total(np.array((kept, claim, table.has(Label.BODY))))
    suspect = kept_words < SUSPECT_SHARE * claimed_words
    nothing = body == 0
    short = nothing & (sheet["stops"] > 0) & (sheet["words"] >= 3) & ~table.ruled
    spared = (telling & ~table.sure & ((table.chance >= SUSPECT_CHANCE) | nothing)) | short
    suspect = suspect | (sheet.blocks.total(short) > 0)
    doubtful = suspect & spared & ~table.has(Label.BODY)
    table.take(np.asarray(doubtful, np.bool_), Label.BODY, "suspect")
    return frozenset(np.unique(sheet.blocks.page[suspect]).tolist())
