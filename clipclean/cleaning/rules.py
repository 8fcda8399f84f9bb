"""The named rules, in the order in which they are asked; the first that takes a line gives it its label.

A rule takes a line of furniture when the line has the rule's mark and the line model gives it less than ``limit``
chance to be story. So CERTAIN takes it whatever the model says, and NAMING only names what the model has dropped.
Rules with the label ``body`` work the other way round: they keep a line that has more than ``limit``
chance. One name serves everywhere: here, in the switches, in ``removed.jsonl`` and in the cases.
"""

from __future__ import annotations

from dataclasses import dataclass

from clipclean.cleaning import marks
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
    find: marks.Find
    by_cue: bool = False


RULES: tuple[Rule, ...] = (
    Rule("dateline", Label.BODY, 0.05, "opens with a place and a news agency, as wire stories do",
         "HALDEN (Reuters) - The council voted on Monday to build a second bridge.", marks.dateline),
    Rule("standfirst", Label.BODY, 0.1, "stands above the story, and the page's metadata sums it up in its words",
         "The council of Halden has voted for a second bridge, after years of debate", marks.standfirst),
    Rule("live-blog-time", Label.BODY, 0.0, "the time of a live blog's entry",
         "17:40", marks.live_blog_time),
    Rule("question-or-answer", Label.BODY, 0.05, "opens with Q or A, as others of the clipping do",
         "Q: How long did you shoot?", marks.question_or_answer),
    Rule("title-repeated", Label.HEADLINE, CERTAIN, "says the clipping's title again",
         "Council votes for second bridge", marks.headline),
    Rule("teaser-of-clipping", Label.TEASER, CERTAIN, "cut off with an ellipsis, and begins as another clipping does",
         "Six schools in the valley are to get new roofs before the winter…", marks.teases_clipping),
    Rule("caption-cue", Label.CAPTION, LIKELY, "says what only captions say",
         "FILE PHOTO: The old bridge at Halden, June 2, 2024.", marks.caption_opening),
    Rule("wire-signoff", Label.SIGNOFF, LIKELY, "an agency or its code, right below the story's last sentence",
         "(dpa)", marks.wire_signoff),
    Rule("name-and-agency", Label.CREDIT, CERTAIN, "a name and an agency, parted by a bar or slash",
         "Mara Lindqvist | Reuters", marks.name_and_agency),
    Rule("agency-alone", Label.CREDIT, LIKELY, "the line is the name of an agency",
         "Getty Images", marks.cue("agency_alone", words=10)),
    Rule("credit-label", Label.CREDIT, LIKELY, "opens with a word for a picture's credit",
         "Photo: Mara Lindqvist", marks.cue("credit.whole", "credit.start", "ends_photo_east_asian", words=18)),
    Rule("copyright-person", Label.CREDIT, LIKELY, "a copyright sign and a name",
         "© Mara Lindqvist", marks.copyright_person),
    Rule("figure-caption", Label.CAPTION, LIKELY, "stands in the page as the caption of a figure",
         "<figcaption>The old bridge at Halden</figcaption>", marks.figure_caption),
    Rule("caption-element", Label.CAPTION, NAMING, "stands in an element that the page names after captions",
         '<p class="image-caption">The old bridge at Halden</p>', marks.caption_element),
    Rule("caption-who-where-when", Label.CAPTION, CERTAIN, "says who stands left or right and ends with a date",
         "Mayor Ida Holm, left, opens the bridge in Halden, Norway, March 3, 2024.", marks.who_stands_where),
    Rule("caption-with-credit", Label.CAPTION, LIKELY, "ends with a picture's credit",
         "The old bridge at Halden (Photo: Mara Lindqvist)", marks.credit_at_end),
    Rule("caption-and-credit", Label.CAPTION, NAMING, "says more than a credit, and ends as one",
         "The old bridge at Halden. © Mara Lindqvist", marks.credited),
    Rule("caption-words", Label.CAPTION, NAMING, "holds words that captions use",
         "Mayor Ida Holm (left) at the old bridge",
         marks.cue("caption.anywhere", "left_or_right", words=marks.PARAGRAPH)),
    Rule("ad-marker", Label.AD, CERTAIN, "marks an advertisement",
         "Advertisement", marks.cue("ad.whole", "ad.start", "ad.anywhere")),
    Rule("promo-button", Label.PROMO, CERTAIN, "the line is a prompt to subscribe, register or install",
         "Subscribe now", marks.cue("promo.whole", words=12)),
    Rule("promo-prompt", Label.PROMO, CERTAIN, "opens with a prompt to subscribe, register or install",
         "Sign up for our morning newsletter", marks.cue("promo.start", "download_app", "follow_coverage")),
    Rule("promo-words", Label.PROMO, CERTAIN, "speaks to the reader about a newsletter, app or subscription",
         "The day's stories, delivered to your inbox", marks.cue("promo.anywhere", words=marks.PARAGRAPH)),
    Rule("share-button", Label.SOCIAL, CERTAIN, "the line is a button to share, follow or print",
         "Share this", marks.cue("social.whole", "count_button", words=12)),
    Rule("share-prompt", Label.SOCIAL, CERTAIN, "asks the reader to share or follow",
         "Follow us on Twitter", marks.cue("social.start", "social.anywhere")),
    Rule("handle-or-hashtag", Label.SOCIAL, LIKELY, "nothing but handles or hashtags",
         "@haldenpost", marks.cue("handle_alone", "hashtags", "follow_handle", words=12)),
    Rule("comments", Label.SOCIAL, CERTAIN, "belongs to a comment section",
         "Leave a comment", marks.cue("comments.whole", "comments.start", "comments.anywhere")),
    Rule("related-heading", Label.RELATED, CERTAIN, "heads a list of other stories",
         "Read more", marks.cue("related.whole", words=12)),
    Rule("related-link", Label.RELATED, LIKELY, "points to another story",
         "READ MORE: Ferry to stop in May", marks.cue("related.start", "related.anywhere", "related_mark")),
    Rule("link-alone", Label.RELATED, LIKELY, "nothing but an address",
         "https://halden.example/bridge", marks.cue("link_alone", "address_alone")),
    Rule("desk-note", Label.SIGNOFF, CERTAIN, "a note or a sign from one news desk to the next",
         "Eds: UPDATES with a quote from the union", marks.cue("desk_note", words=marks.PARAGRAPH)),
    Rule("signoff-credit", Label.SIGNOFF, CERTAIN, "says who reported, wrote or edited the story",
         "Reporting by Ida Holm; Editing by Per Strand", marks.signed_by),
    Rule("signoff-words", Label.SIGNOFF, LIKELY, "says who contributed to the story",
         "Ida Holm in Halden contributed to this report.", marks.cue("signoff.anywhere", words=45)),
    Rule("notice-line", Label.NOTICE, CERTAIN, "the line is a legal or technical notice",
         "Privacy Policy", marks.cue("notice.whole", words=12)),
    Rule("notice-start", Label.NOTICE, CERTAIN, "opens like a legal or technical notice",
         "Our Standards: The Halden Post code of conduct", marks.cue("notice.start", words=marks.PARAGRAPH)),
    Rule("notice-words", Label.NOTICE, LIKELY, "holds words of a legal or technical notice",
         "© 2024 Halden Post. All rights reserved.", marks.cue("notice.anywhere", words=marks.PARAGRAPH)),
    Rule("copyright-line", Label.NOTICE, LIKELY, "opens with a copyright sign",
         "© 2024 Halden Post", marks.copyright_line),
    Rule("byline-role", Label.BYLINE, LIKELY, "a name and a reporter's role, above the story",
         "Ida Holm, City Reporter", marks.role_on_top),
    Rule("byline-on-top", Label.BYLINE, CERTAIN, "a word for by, and a name, above the story",
         "By Ida Holm", marks.above_the_story("by_person", "by_person_bracket", "byline.start")),
    Rule("byline-person", Label.BYLINE, LIKELY, "a word for by, and a name",
         "By Ida Holm", marks.cue("by_person", "by_person_bracket", words=16)),
    Rule("byline-words", Label.BYLINE, LIKELY, "says who wrote the story",
         "Staff writer", marks.cue("byline.whole", "byline.start", "korean_reporter", words=16)),
    Rule("bio-words", Label.BIO, LIKELY, "speaks of the author, not of the story",
         "Ida Holm is a reporter who covers councils.",
         marks.author),
    Rule("reading-time", Label.OTHER, LIKELY, "how long reading takes",
         "4 min read", marks.cue("reading_time", "reading_time_first", words=8)),
    Rule("date-on-top", Label.TIME, CERTAIN, "a date alone above the story",
         "3 March 2024, 9:14", marks.above_the_story("date_alone", "east_asian_date", "time_word")),
    Rule("time-line", Label.TIME, LIKELY, "a date or time of publication",
         "Published 3 March 2024, 9:14 a.m.", marks.time_line),
    Rule("player-control", Label.OTHER, CERTAIN, "belongs to a media player or gallery",
         "To view this video please enable JavaScript", marks.cue("player.whole", "player.start", "player.anywhere")),
    Rule("navigation", Label.OTHER, LIKELY, "belongs to the site's navigation",
         "Skip to content", marks.cue("nav.whole", "nav.start", "nav.anywhere")),
    Rule("name-bar-name", Label.CREDIT, RATHER, "a person and whom the picture was taken for, parted by a bar",
         "Mara Lindqvist | Halden Post", marks.cue("name_bar_name", words=10)),
    Rule("name-slash-name", Label.CREDIT, PERHAPS, "a person and an agency, parted by a slash",
         "Mara Lindqvist/Nordbild", marks.cue("name_slash_name", words=8)),
    Rule("cut-off", Label.TEASER, NAMING, "cut off with an ellipsis",
         "The ferry across the Orr will stop running in May, when the new…", marks.cut_off),
    Rule("below-the-story", Label.RELATED, NAMING, "a heading below the story, where other stories are listed",
         "Ferry to stop in May", marks.cut_headline),
    Rule("list-of-words", Label.OTHER, NAMING, "words in a row: tags, sections or a path through the site",
         "News | Sport | Weather", marks.list_of_words),
    Rule("recurs-at-source", Label.OTHER, CERTAIN, "stands in many clippings of its source, with other stories",
         "The Halden Post is your one stop for news from both banks of the river.", marks.recurs_often, by_cue=True),
    Rule("recurs-at-times", Label.OTHER, OFTEN, "stands in some clippings of its source, with other stories",
         "Tell us what you think of the new bridge.", marks.recurs_at_times, by_cue=True),
)  # fmt: skip

READS_LIKE_STORY = "reads-like-story"
READS_LIKE_FURNITURE = "reads-like-furniture"

NAMES = frozenset(rule.name for rule in RULES)
"""The names of all rules that a switch can turn off."""
