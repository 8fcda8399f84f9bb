"""The named rules, in the order in which they are asked; the first that takes a line gives it its label.

A rule takes a line of furniture when the line has the rule's mark and the line model gives it less than ``limit``
chance to be story. So CERTAIN takes it whatever the model says, and NAMING only names what the model has dropped.
Rules with the label ``body`` work the other way round: they keep a line that has more than ``limit``
chance. One name serves everywhere: here, in the switches, in ``removed.jsonl`` and in the cases.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from clipclean.cleaning.features import Bools
from clipclean.cleaning.patterns import CREDITED, ENDS_IN_CREDIT, NO_CAPTION
from clipclean.cleaning.profile import FEW_WORDS
from clipclean.cleaning.sheet import TIME_WORDS, Sheet
from clipclean.model import Label

CERTAIN = 1.01
LIKELY = 0.97
OFTEN = 0.9
RATHER = 0.8
PERHAPS = 0.6
NAMING = 0.0
"""How sure a rule is, from the share of its lines that were story on labelled dumps of 196 news publishers: CERTAIN
none of a hundred, LIKELY under a tenth, RATHER and PERHAPS more; NAMING only names what the line model has dropped.
OFTEN is for lines that recur, from 1,647 labelled pages of other sites and 3,788 stories of nine: below it a thirtieth
of such words was story, above it half."""

ALWAYS = -0.01
"""The limit of a rule with the label ``body`` that keeps its lines whatever the line model says."""

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


@dataclass(frozen=True, slots=True)
class Rule:
    """One named rule. ``says`` is the reason given to people, ``example`` a line that it takes.

    ``by_cue``: its lines get the label of the first furniture rule above whose mark they have, whatever the limit of
    that rule; its own label where there is none.
    """

    name: str
    label: Label
    limit: float
    says: str
    example: str
    find: Find
    by_cue: bool = False


Find = Callable[[Sheet], Bools]


def _needs(*cues: str) -> Callable[[Find], Find]:
    """A rule that takes no line without one of the cues is not asked where no line holds any."""
    return lambda find: lambda sheet: sheet.nothing if sheet.present.isdisjoint(cues) else find(sheet)


def _on_pages(find: Find) -> Find:
    """A rule that asks for elements is not asked of plain text, which has none."""
    return lambda sheet: sheet.nothing if sheet.is_text else find(sheet)


def _cue(*names: str, words: int = LINE) -> Find:
    """Lines of at most ``words`` words that hold one of the cues, and are nobody's spoken words."""
    return _needs(*names)(
        lambda sheet: np.asarray(sheet.cue(*names) & (sheet["words"] <= words) & ~_spoken(sheet), np.bool_)
    )


def _spoken(sheet: Sheet) -> Bools:
    """Lines that open with a quotation and go on after it: a story may quote any prompt or notice."""
    return np.asarray((sheet["starts_quote"] > 0) & (sheet["quotes"] >= 2) & (sheet["ends_quote"] == 0), np.bool_)


def _headline(sheet: Sheet) -> Bools:
    """A flash may be nothing but its headline; then the line is the story."""
    rest = sheet.blocks.total(np.where(sheet.titled, 0.0, sheet["words"]))
    return np.asarray(sheet.titled & (rest >= BUTTON), np.bool_)


@_needs("name_bar_agency", "agency_bar_name")
def _name_and_agency(sheet: Sheet) -> Bools:
    """A credit alone; where more words stand before it in a bracket or a colon, they are its caption."""
    credit = sheet.cue("name_bar_agency", "agency_bar_name") & (sheet["stops"] == 0)
    longer = sheet.cue("ends_bracket_agency", "ends_bracket_credit", "ends_credit_colon") | sheet.hint("figcaption")
    caption = (longer & (sheet["words"] > 6)) | sheet.cue("sentence_bar_agency")
    return np.asarray(credit & ~caption & (sheet["words"] <= 20), np.bool_)


@_needs("copyright_sign")
def _copyright_person(sheet: Sheet) -> Bools:
    holder = sheet.cue("copyright_sign") & ~sheet.cue("notice.anywhere", "notice.whole")
    return np.asarray(holder & (sheet["words"] <= 10) & (sheet["digit_share"] == 0), np.bool_)


@_on_pages
def _figure_caption(sheet: Sheet) -> Bools:
    other = sheet.hint("form") | sheet.cue(*NO_CAPTION)
    return np.asarray(sheet.hint("figcaption") & ~other & (sheet["words"] <= PARAGRAPH), np.bool_)


@_on_pages
def _caption_element(sheet: Sheet) -> Bools:
    """Some sites name small print after captions too, so that a word for pictures must stand by it."""
    told = (sheet["words"] >= 2) & (sheet["words"] <= PARAGRAPH) & ~sheet.hint("form", "nav", "heading", "header")
    named = sheet.named("caption") & sheet.named("media") & told & ~sheet.linked
    inside = sheet.hint("figcaption") & (sheet["words"] >= 4) & ~sheet.cue(*NO_CAPTION, "byline.start")
    return np.asarray(named | inside, np.bool_)


@_needs(*ENDS_IN_CREDIT)
def _credit_at_end(sheet: Sheet) -> Bools:
    ends = sheet.cue(*ENDS_IN_CREDIT) & ~sheet.cue("related.start")
    ends &= ~sheet.cue("by_person_bracket")
    return np.asarray(ends & (sheet["words"] <= PARAGRAPH) & (sheet["quotes"] <= 4), np.bool_)


@_needs(*CREDITED)
def _credited(sheet: Sheet) -> Bools:
    told = (sheet["words"] >= 5) & (sheet["words"] <= PARAGRAPH) & (sheet["digit_share"] < MOSTLY_DIGITS)
    told &= ~sheet.cue("notice.anywhere", "by_person", "byline.start", "copyright_sign")
    return np.asarray(sheet.cue(*CREDITED) & told & ~sheet.hint("heading", "nav") & ~sheet.linked, np.bool_)


@_needs("ends_date_year")
def _who_stands_where(sheet: Sheet) -> Bools:
    told = sheet.cue("left_or_right", "caption.anywhere", "caption.start") & sheet.cue("ends_date_year")
    return np.asarray(told & (sheet["words"] <= PARAGRAPH), np.bool_)


@_needs("copyright_sign")
def _copyright_line(sheet: Sheet) -> Bools:
    return np.asarray(sheet.cue("copyright_sign") & (sheet["words"] <= PARAGRAPH), np.bool_)


@_needs("dateline")
def _dateline(sheet: Sheet) -> Bools:
    return np.asarray(sheet.cue("dateline") & (sheet["words"] >= 10) & (sheet["trails"] == 0), np.bool_)


@_on_pages
def _standfirst(sheet: Sheet) -> Bools:
    """The metadata's summary, above the story.

    Whether it is story is for who marks it to say: on 285 news pages that a parser for each publisher read, 156 of 166
    such lines were; on 36 and 962 pages that people marked, 5 of 18 and 83 of 156. As it is the author's text and no
    other story's, it stays; F1 of the latter moved by .001 or less.
    """
    above = (sheet["mass_before"] < 0.2) & (sheet["words"] >= 6) & (sheet["trails"] == 0)
    return np.asarray(sheet.hint("summary") & above & ~sheet.titled & ~sheet.linked, np.bool_)


@_needs("clock_alone")
def _live_blog_time(sheet: Sheet) -> Bools:
    """A time alone above a sentence, at least three times in a clipping: the entries of a live blog."""
    heads = sheet.cue("clock_alone") & (sheet["words"] <= 4) & (sheet.blocks.shift(sheet.sentence, 1) > 0)
    return np.asarray(heads & (sheet.blocks.total(heads) >= 3), np.bool_)


@_needs("question_answer")
def _question_or_answer(sheet: Sheet) -> Bools:
    """Two lines or more of a clipping that open with Q or A: an interview."""
    marked = sheet.cue("question_answer")
    return np.asarray(marked & (sheet.blocks.total(marked) >= 2), np.bool_)


def _above_the_story(*names: str) -> Find:
    """Short lines with one of the cues before the story's first sentence."""
    return _needs(*names)(
        lambda sheet: np.asarray(
            sheet.cue(*names) & (sheet["mass_before"] == 0) & ~sheet.sentence & (sheet["words"] <= 12), np.bool_
        )
    )


TIMES_ALONE = ("date_alone", "clock_alone", "east_asian_date", "some_ago")


@_needs(*TIMES_ALONE, *TIME_WORDS)
def _time_line(sheet: Sheet) -> Bools:
    alone = sheet.cue(*TIMES_ALONE) & ~sheet.told_time
    labelled = sheet.cue(*TIME_WORDS) & (sheet["words"] <= 18)
    labelled &= ~sheet.sentence | (sheet["digit_share"] >= MOSTLY_DIGITS)
    return np.asarray((alone & (sheet["words"] <= 14)) | labelled, np.bool_)


WIRES = ("agency_alone", "name_bar_agency", "agency_bar_name", "ends_bracket_agency", "ends_wire_code")


@_needs(*WIRES, "source_line", "with_agency")
def _wire_signoff(sheet: Sheet) -> Bools:
    signed = ~sheet.cue("credit.start") & sheet.cue(*WIRES)
    below = (sheet["mass_after"] == 0) & (sheet["words_above_1"] >= 4) & (sheet["stops_above_1"] > 0)
    sourced = sheet.cue("source_line", "with_agency") & ~sheet.sentence & (sheet["words"] <= 8)
    return np.asarray(below & ((signed & (sheet["words"] <= 4)) | sourced), np.bool_)


@_needs("signoff.whole", "signoff.start")
def _signed_by(sheet: Sheet) -> Bools:
    """Names fill a sign-off; a sentence that opens with its words has few."""
    cue = sheet.cue("signoff.whole", "signoff.start") & (sheet["words"] <= 45) & ~sheet.cue("quoted_whole")
    return np.asarray(cue & (~sheet.sentence | (sheet["capital_share"] >= 0.4)), np.bool_)


@_needs("caption.whole", "caption.start")
def _caption_opening(sheet: Sheet) -> Bools:
    cue = sheet.cue("caption.whole", "caption.start") & (sheet["words"] <= PARAGRAPH)
    return np.asarray(cue & (sheet["words"] >= 4) & ~_spoken(sheet), np.bool_)


def _cut_off(sheet: Sheet) -> Bools:
    return np.asarray((sheet["trails"] > 0) & (sheet["words"] >= 4), np.bool_)


@_needs("bio.whole", "bio.start", "bio.anywhere", "person_role")
def _author(sheet: Sheet) -> Bools:
    """A name with a role may open any story; below most of it, or as no sentence, it is the author."""
    told = sheet.cue("bio.whole", "bio.start", "bio.anywhere", "person_role")
    below = (sheet["mass_before"] >= 0.5) | ((sheet["mass_after"] == 0) & (sheet["mass_before"] > 0))
    apart = (~sheet.sentence & (sheet["words"] <= 16)) | below
    return np.asarray(told & apart & (sheet["words"] <= PARAGRAPH) & ~_spoken(sheet), np.bool_)


@_needs("person_role")
def _role_on_top(sheet: Sheet) -> Bools:
    return np.asarray(
        sheet.cue("person_role") & ~sheet.sentence & (sheet["words"] <= 10) & (sheet["mass_before"] == 0), np.bool_
    )


@_needs("listed_words", "breadcrumb")
def _list_of_words(sheet: Sheet) -> Bools:
    return np.asarray(sheet.cue("listed_words", "breadcrumb") & (sheet["words"] <= 25), np.bool_)


def _cut_headline(sheet: Sheet) -> Bools:
    """Heading-like lines below the story, where lists of other stories stand."""
    below = (sheet["mass_after"] == 0) & ~sheet.sentence & (sheet["words"] >= 4) & (sheet["words"] <= 25)
    return np.asarray(below & (sheet.near_cues["ending_since"] <= 15), np.bool_)


def _teases_clipping(sheet: Sheet) -> Bools:
    """Within the story, a line must be how the other clipping begins indeed, for both may quote the same words."""
    very = np.fromiter((lead is not None and lead.very for lead in sheet.learnt.lead), np.bool_, len(sheet))
    known = np.fromiter((lead is not None for lead in sheet.learnt.lead), np.bool_, len(sheet))
    return np.asarray(very | (known & (sheet["inside"] == 0)), np.bool_)


def _recurs(sheet: Sheet) -> Bools:
    """Rows that recur at their source, where the clipping holds a sentence of its own besides: else they are all it
    has."""
    recurs = sheet.learnt.times > 0
    if not recurs.any():
        return sheet.nothing
    return np.asarray(recurs & (sheet.blocks.total(sheet.sentence & ~recurs) > 0), np.bool_)


def _recurs_often(sheet: Sheet) -> Bools:
    recurs = _recurs(sheet)
    if recurs is sheet.nothing:
        return recurs
    often = (sheet.learnt.times >= MANY) & (sheet.learnt.share >= LARGE_SHARE) & (sheet["words"] >= FEW_WORDS)
    return np.asarray(recurs & often, np.bool_)


def _recurs_at_times(sheet: Sheet) -> Bools:
    recurs = _recurs(sheet)
    return recurs if recurs is sheet.nothing else np.asarray(recurs & ~_recurs_often(sheet), np.bool_)


RULES: tuple[Rule, ...] = (
    Rule("dateline", Label.BODY, 0.05, "opens with a place and a news agency, as wire stories do",
         "HALDEN (Reuters) - The council voted on Monday to build a second bridge.", _dateline),
    Rule("standfirst", Label.BODY, 0.1, "stands above the story, and the page's metadata sums it up in its words",
         "The council of Halden has voted for a second bridge, after years of debate", _standfirst),
    Rule("live-blog-time", Label.BODY, 0.0, "the time of a live blog's entry",
         "17:40", _live_blog_time),
    Rule("question-or-answer", Label.BODY, 0.05, "opens with Q or A, as others of the clipping do",
         "Q: How long did you shoot?", _question_or_answer),
    Rule("title-repeated", Label.HEADLINE, CERTAIN, "says the clipping's title again",
         "Council votes for second bridge", _headline),
    Rule("teaser-of-clipping", Label.TEASER, CERTAIN, "cut off with an ellipsis, and begins as another clipping does",
         "Six schools in the valley are to get new roofs before the winter…", _teases_clipping),
    Rule("caption-cue", Label.CAPTION, LIKELY, "says what only captions say",
         "FILE PHOTO: The old bridge at Halden, June 2, 2024.", _caption_opening),
    Rule("wire-signoff", Label.SIGNOFF, LIKELY, "an agency or its code, right below the story's last sentence",
         "(dpa)", _wire_signoff),
    Rule("name-and-agency", Label.CREDIT, CERTAIN, "a name and an agency, parted by a bar or slash",
         "Mara Lindqvist | Reuters", _name_and_agency),
    Rule("agency-alone", Label.CREDIT, LIKELY, "the line is the name of an agency",
         "Getty Images", _cue("agency_alone", words=10)),
    Rule("credit-label", Label.CREDIT, LIKELY, "opens with a word for a picture's credit",
         "Photo: Mara Lindqvist", _cue("credit.whole", "credit.start", "ends_photo_east_asian", words=18)),
    Rule("copyright-person", Label.CREDIT, LIKELY, "a copyright sign and a name",
         "© Mara Lindqvist", _copyright_person),
    Rule("figure-caption", Label.CAPTION, LIKELY, "stands in the page as the caption of a figure",
         "<figcaption>The old bridge at Halden</figcaption>", _figure_caption),
    Rule("caption-element", Label.CAPTION, NAMING, "stands in an element that the page names after captions",
         '<p class="image-caption">The old bridge at Halden</p>', _caption_element),
    Rule("caption-who-where-when", Label.CAPTION, CERTAIN, "says who stands left or right and ends with a date",
         "Mayor Ida Holm, left, opens the bridge in Halden, Norway, March 3, 2024.", _who_stands_where),
    Rule("caption-with-credit", Label.CAPTION, LIKELY, "ends with a picture's credit",
         "The old bridge at Halden (Photo: Mara Lindqvist)", _credit_at_end),
    Rule("caption-and-credit", Label.CAPTION, NAMING, "says more than a credit, and ends as one",
         "The old bridge at Halden. © Mara Lindqvist", _credited),
    Rule("caption-words", Label.CAPTION, NAMING, "holds words that captions use",
         "Mayor Ida Holm (left) at the old bridge", _cue("caption.anywhere", "left_or_right", words=PARAGRAPH)),
    Rule("ad-marker", Label.AD, CERTAIN, "marks an advertisement",
         "Advertisement", _cue("ad.whole", "ad.start", "ad.anywhere")),
    Rule("promo-button", Label.PROMO, CERTAIN, "the line is a prompt to subscribe, register or install",
         "Subscribe now", _cue("promo.whole", words=12)),
    Rule("promo-prompt", Label.PROMO, CERTAIN, "opens with a prompt to subscribe, register or install",
         "Sign up for our morning newsletter", _cue("promo.start", "download_app")),
    Rule("promo-words", Label.PROMO, CERTAIN, "speaks to the reader about a newsletter, app or subscription",
         "The day's stories, delivered to your inbox", _cue("promo.anywhere", words=PARAGRAPH)),
    Rule("share-button", Label.SOCIAL, CERTAIN, "the line is a button to share, follow or print",
         "Share this", _cue("social.whole", "count_button", words=12)),
    Rule("share-prompt", Label.SOCIAL, CERTAIN, "asks the reader to share or follow",
         "Follow us on Twitter", _cue("social.start", "social.anywhere")),
    Rule("handle-or-hashtag", Label.SOCIAL, LIKELY, "nothing but handles or hashtags",
         "@haldenpost", _cue("handle_alone", "hashtags", "follow_handle", words=12)),
    Rule("comments", Label.SOCIAL, CERTAIN, "belongs to a comment section",
         "Leave a comment", _cue("comments.whole", "comments.start", "comments.anywhere")),
    Rule("related-heading", Label.RELATED, CERTAIN, "heads a list of other stories",
         "Read more", _cue("related.whole", words=12)),
    Rule("related-link", Label.RELATED, LIKELY, "points to another story",
         "READ MORE: Ferry to stop in May", _cue("related.start", "related.anywhere", "related_mark")),
    Rule("link-alone", Label.RELATED, LIKELY, "nothing but an address",
         "https://halden.example/bridge", _cue("link_alone", "address_alone")),
    Rule("signoff-credit", Label.SIGNOFF, CERTAIN, "says who reported, wrote or edited the story",
         "Reporting by Ida Holm; Editing by Per Strand", _signed_by),
    Rule("signoff-words", Label.SIGNOFF, LIKELY, "says who contributed to the story",
         "Ida Holm in Halden contributed to this report.", _cue("signoff.anywhere", words=45)),
    Rule("notice-line", Label.NOTICE, CERTAIN, "the line is a legal or technical notice",
         "Privacy Policy", _cue("notice.whole", words=12)),
    Rule("notice-start", Label.NOTICE, CERTAIN, "opens like a legal or technical notice",
         "Our Standards: The Halden Post code of conduct", _cue("notice.start", words=PARAGRAPH)),
    Rule("notice-words", Label.NOTICE, LIKELY, "holds words of a legal or technical notice",
         "© 2024 Halden Post. All rights reserved.", _cue("notice.anywhere", words=PARAGRAPH)),
    Rule("copyright-line", Label.NOTICE, LIKELY, "opens with a copyright sign",
         "© 2024 Halden Post", _copyright_line),
    Rule("byline-role", Label.BYLINE, LIKELY, "a name and a reporter's role, above the story",
         "Ida Holm, City Reporter", _role_on_top),
    Rule("byline-on-top", Label.BYLINE, CERTAIN, "a word for by, and a name, above the story",
         "By Ida Holm", _above_the_story("by_person", "by_person_bracket", "byline.start")),
    Rule("byline-person", Label.BYLINE, LIKELY, "a word for by, and a name",
         "By Ida Holm", _cue("by_person", "by_person_bracket", words=16)),
    Rule("byline-words", Label.BYLINE, LIKELY, "says who wrote the story",
         "Staff writer", _cue("byline.whole", "byline.start", "korean_reporter", words=16)),
    Rule("bio-words", Label.BIO, LIKELY, "speaks of the author, not of the story",
         "Ida Holm is a reporter who covers councils.",
         _author),
    Rule("reading-time", Label.OTHER, LIKELY, "how long reading takes",
         "4 min read", _cue("reading_time", "reading_time_first", words=8)),
    Rule("date-on-top", Label.TIME, CERTAIN, "a date alone above the story",
         "3 March 2024, 9:14", _above_the_story("date_alone", "east_asian_date", "time_word")),
    Rule("time-line", Label.TIME, LIKELY, "a date or time of publication",
         "Published 3 March 2024, 9:14 a.m.", _time_line),
    Rule("player-control", Label.OTHER, CERTAIN, "belongs to a media player or gallery",
         "To view this video please enable JavaScript", _cue("player.whole", "player.start", "player.anywhere")),
    Rule("navigation", Label.OTHER, LIKELY, "belongs to the site's navigation",
         "Skip to content", _cue("nav.whole", "nav.start", "nav.anywhere")),
    Rule("name-bar-name", Label.CREDIT, RATHER, "a person and whom the picture was taken for, parted by a bar",
         "Mara Lindqvist | Halden Post", _cue("name_bar_name", words=10)),
    Rule("name-slash-name", Label.CREDIT, PERHAPS, "a person and an agency, parted by a slash",
         "Mara Lindqvist/Nordbild", _cue("name_slash_name", words=8)),
    Rule("cut-off", Label.TEASER, NAMING, "cut off with an ellipsis",
         "The ferry across the Orr will stop running in May, when the new…", _cut_off),
    Rule("below-the-story", Label.RELATED, NAMING, "a heading below the story, where other stories are listed",
         "Ferry to stop in May", _cut_headline),
    Rule("list-of-words", Label.OTHER, NAMING, "words in a row: tags, sections or a path through the site",
         "News | Sport | Weather", _list_of_words),
    Rule("recurs-at-source", Label.OTHER, CERTAIN, "stands in many clippings of its source, with other stories",
         "The Halden Post is your one stop for news from both banks of the river.", _recurs_often, by_cue=True),
    Rule("recurs-at-times", Label.OTHER, OFTEN, "stands in some clippings of its source, with other stories",
         "Tell us what you think of the new bridge.", _recurs_at_times, by_cue=True),
)  # fmt: skip

READS_LIKE_STORY = "reads-like-story"
READS_LIKE_FURNITURE = "reads-like-furniture"

NAMES = frozenset(rule.name for rule in RULES)
"""The names of all rules that a switch can turn off."""
