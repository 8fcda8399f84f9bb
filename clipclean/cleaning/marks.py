"""The marks by which the named rules know lines: functions that tell which rows of a sheet have them.

A mark is what a line holds, where it stands and what the page says of it, never the line model's chance.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from clipclean.cleaning.features import Bools
from clipclean.cleaning.patterns import CREDITED, ENDS_IN_CREDIT, NO_CAPTION
from clipclean.cleaning.profile import FEW_WORDS
from clipclean.cleaning.sheet import TIME_WORDS, Sheet

MOSTLY_DIGITS = 0.15
"""Share of digits from which a line with words of publication is a date and no sentence."""

MANY, LARGE_SHARE = 8, 0.02
"""Clippings of a source, and their share, from which a line that recurs is furniture whatever it reads like. Of the
lines that recur less and read most like story, half were: captions of one gallery in five stories, but also the
background that follow-ups repeat."""

BUTTON = 6
LINE = 30
PARAGRAPH = 70
"""Words: the longest button, the longest prompt, the longest caption or note that a rule may take."""

Find = Callable[[Sheet], Bools]


def needs(*cues: str) -> Callable[[Find], Find]:
    """A rule that takes no line without one of the cues is not asked where no line holds any."""
    return lambda find: lambda sheet: sheet.nothing if sheet.present.isdisjoint(cues) else find(sheet)


def on_pages(find: Find) -> Find:
    """A rule that asks for elements is not asked of plain text, which has none."""
    return lambda sheet: sheet.nothing if sheet.is_text else find(sheet)


def cue(*names: str, words: int = LINE) -> Find:
    """Lines of at most ``words`` words that hold one of the cues, and are nobody's spoken words."""
    return needs(*names)(
        lambda sheet: np.asarray(sheet.cue(*names) & (sheet["words"] <= words) & ~spoken(sheet), np.bool_)
    )


def spoken(sheet: Sheet) -> Bools:
    """Lines that open with a quotation and go on after it: a story may quote any prompt or notice."""
    return np.asarray((sheet["starts_quote"] > 0) & (sheet["quotes"] >= 2) & (sheet["ends_quote"] == 0), np.bool_)


def headline(sheet: Sheet) -> Bools:
    """A flash may be nothing but its headline; then the line is the story."""
    rest = sheet.blocks.total(np.where(sheet.titled, 0.0, sheet["words"]))
    return np.asarray(sheet.titled & (rest >= BUTTON), np.bool_)


@needs("name_bar_agency", "agency_bar_name")
def name_and_agency(sheet: Sheet) -> Bools:
    """A credit alone; where more words stand before it in a bracket or a colon, they are its caption."""
    credit = sheet.cue("name_bar_agency", "agency_bar_name") & (sheet["stops"] == 0)
    longer = sheet.cue("ends_bracket_agency", "ends_bracket_credit", "ends_credit_colon") | sheet.hint("figcaption")
    caption = (longer & (sheet["words"] > 6)) | sheet.cue("sentence_bar_agency")
    return np.asarray(credit & ~caption & (sheet["words"] <= 20), np.bool_)


@needs("copyright_sign")
def copyright_person(sheet: Sheet) -> Bools:
    """A copyright sign before a short line that is no notice."""
    holder = sheet.cue("copyright_sign") & ~sheet.cue("notice.anywhere", "notice.whole")
    return np.asarray(holder & (sheet["words"] <= 10) & (sheet["digit_share"] == 0), np.bool_)


@on_pages
def figure_caption(sheet: Sheet) -> Bools:
    """Captions of figures, as the page's elements say."""
    other = sheet.hint("form") | sheet.cue(*NO_CAPTION)
    return np.asarray(sheet.hint("figcaption") & ~other & (sheet["words"] <= PARAGRAPH), np.bool_)


@on_pages
def caption_element(sheet: Sheet) -> Bools:
    """Some sites name small print after captions too, so that a word for pictures must stand by it."""
    told = (sheet["words"] >= 2) & (sheet["words"] <= PARAGRAPH) & ~sheet.hint("form", "nav", "heading", "header")
    named = sheet.named("caption") & sheet.named("media") & told & ~sheet.linked
    inside = sheet.hint("figcaption") & (sheet["words"] >= 4) & ~sheet.cue(*NO_CAPTION, "byline.start")
    return np.asarray(named | inside, np.bool_)


@needs(*ENDS_IN_CREDIT)
def credit_at_end(sheet: Sheet) -> Bools:
    """Lines that end with what only the credit of a picture ends with."""
    ends = sheet.cue(*ENDS_IN_CREDIT) & ~sheet.cue("related.start")
    ends &= ~sheet.cue("by_person_bracket")
    return np.asarray(ends & (sheet["words"] <= PARAGRAPH) & (sheet["quotes"] <= 4), np.bool_)


@needs(*CREDITED)
def credited(sheet: Sheet) -> Bools:
    """Lines that end as the credit of a picture does, and tell something before it."""
    told = (sheet["words"] >= 5) & (sheet["words"] <= PARAGRAPH) & (sheet["digit_share"] < MOSTLY_DIGITS)
    told &= ~sheet.cue("notice.anywhere", "by_person", "byline.start", "copyright_sign")
    return np.asarray(sheet.cue(*CREDITED) & told & ~sheet.hint("heading", "nav") & ~sheet.linked, np.bool_)


@needs("ends_date_year")
def who_stands_where(sheet: Sheet) -> Bools:
    """Who stands where on a picture that a date ends."""
    told = sheet.cue("left_or_right", "caption.anywhere", "caption.start") & sheet.cue("ends_date_year")
    return np.asarray(told & (sheet["words"] <= PARAGRAPH), np.bool_)


@needs("copyright_sign")
def copyright_line(sheet: Sheet) -> Bools:
    """Lines that open with a copyright sign."""
    return np.asarray(sheet.cue("copyright_sign") & (sheet["words"] <= PARAGRAPH), np.bool_)


@needs("dateline")
def dateline(sheet: Sheet) -> Bools:
    """The first words of a wire story."""
    return np.asarray(sheet.cue("dateline") & (sheet["words"] >= 10) & (sheet["trails"] == 0), np.bool_)


@on_pages
def standfirst(sheet: Sheet) -> Bools:
    """The metadata's summary, above the story.

    Whether it is story is for who marks it to say: on 285 news pages that a parser for each publisher read, 156 of 166
    such lines were; on 36 and 962 pages that people marked, 5 of 18 and 83 of 156. As it is the author's text and no
    other story's, it stays; F1 of the latter moved by .001 or less.
    """
    above = (sheet["mass_before"] < 0.2) & (sheet["words"] >= 6) & (sheet["trails"] == 0)
    return np.asarray(sheet.hint("summary") & above & ~sheet.titled & ~sheet.linked, np.bool_)


@needs("clock_alone")
def live_blog_time(sheet: Sheet) -> Bools:
    """A time alone above a sentence, at least three times in a clipping: the entries of a live blog."""
    heads = sheet.cue("clock_alone") & (sheet["words"] <= 4) & (sheet.blocks.shift(sheet.sentence, 1) > 0)
    return np.asarray(heads & (sheet.blocks.total(heads) >= 3), np.bool_)


@needs("question_answer")
def question_or_answer(sheet: Sheet) -> Bools:
    """Two lines or more of a clipping that open with Q or A: an interview."""
    marked = sheet.cue("question_answer")
    return np.asarray(marked & (sheet.blocks.total(marked) >= 2), np.bool_)


def above_the_story(*names: str) -> Find:
    """Short lines with one of the cues before the story's first sentence."""
    return needs(*names)(
        lambda sheet: np.asarray(
            sheet.cue(*names) & (sheet["mass_before"] == 0) & ~sheet.sentence & (sheet["words"] <= 12), np.bool_
        )
    )


TIMES_ALONE = ("date_alone", "clock_alone", "east_asian_date", "some_ago")


@needs(*TIMES_ALONE, *TIME_WORDS)
def time_line(sheet: Sheet) -> Bools:
    """A time alone, or one beside words of publication."""
    alone = sheet.cue(*TIMES_ALONE) & ~sheet.told_time
    labelled = sheet.cue(*TIME_WORDS) & (sheet["words"] <= 18)
    labelled &= ~sheet.sentence | (sheet["digit_share"] >= MOSTLY_DIGITS)
    return np.asarray((alone & (sheet["words"] <= 14)) | labelled, np.bool_)


WIRES = ("agency_alone", "name_bar_agency", "agency_bar_name", "ends_bracket_agency", "ends_wire_code")


@needs(*WIRES, "source_line", "with_agency")
def wire_signoff(sheet: Sheet) -> Bools:
    """Who the story is from, below its last sentence."""
    signed = ~sheet.cue("credit.start") & sheet.cue(*WIRES)
    below = (sheet["mass_after"] == 0) & (sheet["words_above_1"] >= 4) & (sheet["stops_above_1"] > 0)
    sourced = sheet.cue("source_line", "with_agency") & ~sheet.sentence & (sheet["words"] <= 8)
    return np.asarray(below & ((signed & (sheet["words"] <= 4)) | sourced), np.bool_)


@needs("signoff.whole", "signoff.start")
def signed_by(sheet: Sheet) -> Bools:
    """Names fill a sign-off; a sentence that opens with its words has few."""
    cue = sheet.cue("signoff.whole", "signoff.start") & (sheet["words"] <= 45) & ~sheet.cue("quoted_whole")
    return np.asarray(cue & (~sheet.sentence | (sheet["capital_share"] >= 0.4)), np.bool_)


@needs("caption.whole", "caption.start")
def caption_opening(sheet: Sheet) -> Bools:
    """Lines that open with words of captions."""
    cue = sheet.cue("caption.whole", "caption.start") & (sheet["words"] <= PARAGRAPH)
    return np.asarray(cue & (sheet["words"] >= 4) & ~spoken(sheet), np.bool_)


def cut_off(sheet: Sheet) -> Bools:
    """Lines that end with an ellipsis."""
    return np.asarray((sheet["trails"] > 0) & (sheet["words"] >= 4), np.bool_)


@needs("bio.whole", "bio.start", "bio.anywhere", "person_role")
def author(sheet: Sheet) -> Bools:
    """A name with a role may open any story; below most of it, or as no sentence, it is the author."""
    told = sheet.cue("bio.whole", "bio.start", "bio.anywhere", "person_role")
    below = (sheet["mass_before"] >= 0.5) | ((sheet["mass_after"] == 0) & (sheet["mass_before"] > 0))
    apart = (~sheet.sentence & (sheet["words"] <= 16)) | below
    return np.asarray(told & apart & (sheet["words"] <= PARAGRAPH) & ~spoken(sheet), np.bool_)


@needs("person_role")
def role_on_top(sheet: Sheet) -> Bools:
    """A person and a role in the press, above the story."""
    return np.asarray(
        sheet.cue("person_role") & ~sheet.sentence & (sheet["words"] <= 10) & (sheet["mass_before"] == 0), np.bool_
    )


@needs("listed_words", "breadcrumb")
def list_of_words(sheet: Sheet) -> Bools:
    """Words in a row: tags, sections, a path."""
    return np.asarray(sheet.cue("listed_words", "breadcrumb") & (sheet["words"] <= 25), np.bool_)


def cut_headline(sheet: Sheet) -> Bools:
    """Heading-like lines below the story, where lists of other stories stand."""
    below = (sheet["mass_after"] == 0) & ~sheet.sentence & (sheet["words"] >= 4) & (sheet["words"] <= 25)
    return np.asarray(below & (sheet.near_cues["ending_since"] <= 15), np.bool_)


def teases_clipping(sheet: Sheet) -> Bools:
    """Within the story, a line must be how the other clipping begins indeed, for both may quote the same words."""
    very = np.fromiter((lead is not None and lead.very for lead in sheet.learnt.lead), np.bool_, len(sheet))
    known = np.fromiter((lead is not None for lead in sheet.learnt.lead), np.bool_, len(sheet))
    return np.asarray(very | (known & (sheet["inside"] == 0)), np.bool_)


def recurs(sheet: Sheet) -> Bools:
    """Rows that recur at their source, where the clipping holds a sentence of its own besides: else they are all it
    has."""
    recurs = sheet.learnt.times > 0
    if not recurs.any():
        return sheet.nothing
    return np.asarray(recurs & (sheet.blocks.total(sheet.sentence & ~recurs) > 0), np.bool_)


def recurs_often(sheet: Sheet) -> Bools:
    """Lines that recur in so many clippings of their source that they are furniture."""
    found = recurs(sheet)
    if found is sheet.nothing:
        return found
    often = (sheet.learnt.times >= MANY) & (sheet.learnt.share >= LARGE_SHARE) & (sheet["words"] >= FEW_WORDS)
    return np.asarray(found & often, np.bool_)


def recurs_at_times(sheet: Sheet) -> Bools:
    """Lines that recur, if not that often."""
    found = recurs(sheet)
    return found if found is sheet.nothing else np.asarray(found & ~recurs_often(sheet), np.bool_)
