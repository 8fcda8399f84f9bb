"""What the furniture of a clipping gives away: captions with their credits, teasers, who wrote it, for whom, and where.

Facts are read from lines that already have their labels, so that a name in the story itself is never taken for one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

from clipclean.cleaning.cues import agencies, names_pattern
from clipclean.cleaning.patterns import PERSON
from clipclean.model import Caption, Label, Line, Teaser

BELOW_CREDIT = "caption-below-credit"
"""The rule that names the caption of a credit above it."""

LEAD_LINES = 3
"""A dateline stands in one of the first story lines."""

PLACE_LONGEST = 120
"""A dateline ends within this many characters of its line."""

BYLINE_LONGEST = 120
"""Characters of the longest line that is still taken for a byline."""


CREDIT_WORD = (
    r"(?i:photo|image|picture|pic|credit|foto|ljósmynd|skjáskot|bild|fotograf|illustration|grafik|imagen|crédit|fotografía|фото|写真)"
    r"s?(?:\s+(?i:by|credit))??\s*"
)


@cache
def _expressions() -> dict[str, Any]:
    import re2

    options = re2.Options()
    options.log_errors = False
    every = names_pattern(agencies()["wire"] + agencies()["photo"])
    patterns = {
        "bracket_at_end": r"^(.*?)\s*[(\[]([^()\[\]]+)[)\]]\.?\s*$",
        "credit_after_colon": rf"^(.*?[.!?)\"”]?)\s+{CREDIT_WORD}:\s*([^:]+)$",
        "maker_in_bracket": (rf"^(.*?[.!?。”\"»])\s*[(\[]({PERSON}(?:\s?/\s?\p{{Lu}}[\pL.\s-]*)?)[)\]]\.?\s*$"),
        "korean_in_bracket": r"^(.*?)\s*[\[(<〈]\s*사진\s*(?:출처|제공)?\s*[=:/]\s*([^\[\]()<>〈〉]+)[\])>〉]\.?\s*$",
        "word_at_end": rf"^(.*?[.!?)”\"])\s*({CREDIT_WORD}[:/]\s*[^:!?]+)$",
        "agency_and_maker": rf"^(.*?[.!?”\"])\s+({every}\s?/\s?[^!?]+)$",
        "person_behind_slash": rf"^([^/]*[\pL\pN.)])\s/\s?({PERSON})$",
        "sign_at_end": r"^(.*?\S)[\s|,]*(?:[—–-]\s*)?(©\s*[^.!?©]+)$",
        "phrase_at_end": rf"^(.*?[.!?)\]”\"])[\s—–|-]*({CREDIT_WORD}(?i:by|de|di|von)\s+\p{{Lu}}[^.!?]*)$",
        "agency_at_end": (
            rf"^(.*?[.!?”\"])[\s|]*((?:[^.!?]*[|/]\s*)?{every}(?:\s+(?i:photos?|images?))?[^.!?\pL]*(?:/[^.!?]*)?)$"
        ),
        "credit_word": rf"^\s*[(\[]?\s*(?:{CREDIT_WORD}(?:[:/]|(?i:by|de|di|von)\s)|©|(?i:via\s))\s*",
        "by": (
            r"(?i)^[^\pL]*(?:(?:written|text|story|words) by|by|von|par|por|di|door|av|af|od|przez|автор:?|текст:?)\s+"
        ),
        "bracket_and_dash": r"^\s*([^()（）]*?)[\s,]*[(（]\s*([^()（）]+)[)）]\s*[—–-]",
        "place": r"^\s*(\p{Lu}[\p{Lu}.'’-]+(?:[\s,]+\p{Lu}[\pL.'’-]*)*)(?:,?\s+[\pL.]+\s+\d+)?\s*[—–]+\s",
        "wire": names_pattern(agencies()["wire"]),
        "agency": every,
    }
    return {name: re2.compile(pattern, options) for name, pattern in patterns.items()}


def captions(lines: Sequence[Line]) -> tuple[Caption, ...]:
    """Captions with the credit that stands in, or right below, each; a credit alone has no text.

    Where a rule found the caption below its credit, they are one too.

    >>> captions([Line(1, "The bridge (Photo: M. Lind)", Label.CAPTION, False, "r", 0.0)])
    (Caption(text='The bridge', credit='M. Lind'),)
    """
    found: list[Caption] = []
    open_caption = False
    for line in lines:
        if line.label is Label.CAPTION:
            caption = _split_caption(line.text)
            if line.rule == BELOW_CREDIT and found and not found[-1].text and not caption.credit:
                caption = Caption(caption.text, found.pop().credit)
            found.append(caption)
            open_caption = not found[-1].credit
        elif line.label is Label.CREDIT:
            credit = _credit_only(line.text)
            if open_caption:
                found[-1] = Caption(found[-1].text, credit)
            else:
                found.append(Caption("", credit))
            open_caption = False
        elif line.label is not Label.BLANK:
            open_caption = False
    return tuple(found)


def _split_caption(text: str) -> Caption:
    match = _search("maker_in_bracket", text) or _search("korean_in_bracket", text)
    if match:
        return Caption(match.group(1).strip(), match.group(2).strip())
    match = _search("bracket_at_end", text)
    if match and (_search("credit_word", match.group(2)) or _search("agency", match.group(2))):
        return Caption(match.group(1).strip(), _credit_only(match.group(2)))
    match = _search("credit_after_colon", text)
    if match and match.group(1).strip():
        return Caption(match.group(1).strip(), _credit_only(match.group(2)))
    for name in AT_END:
        match = _search(name, text)
        if match:
            return Caption(match.group(1).strip(), _credit_only(match.group(2)))
    return Caption(text.strip())


AT_END = ("word_at_end", "sign_at_end", "phrase_at_end", "agency_at_end", "agency_and_maker", "person_behind_slash")
"""Expressions of a caption and the credit behind it, in the order in which they are asked."""


def _credit_only(text: str) -> str:
    match = _search("credit_word", text)
    rest = text[match.end() :] if match else text
    return rest.strip().rstrip(")]").strip()


NEEDED = {
    "bracket_at_end": ")]",
    "maker_in_bracket": ")]",
    "korean_in_bracket": "사",
    "word_at_end": ":/",
    "agency_and_maker": "/",
    "person_behind_slash": "/",
    "credit_after_colon": ":",
    "bracket_and_dash": "(（",
    "place": "—–",
}
"""Signs of which a text holds one where the expression matches: quicker to see than to search."""


def _search(name: str, text: str) -> Any:
    needed = NEEDED.get(name)
    if needed and not any(sign in text for sign in needed):
        return None
    try:
        return _expressions()[name].search(text)
    except UnicodeEncodeError:  # a lone surrogate
        return None


def headline(lines: Sequence[Line], title: str | None) -> str | None:
    """The headline, where a clipping that has no title shows one.

    >>> headline([Line(1, "Ferry stops", Label.HEADLINE, False, "headline-on-top", 0.3)], None)
    'Ferry stops'
    """
    return None if title else next((line.text.strip() for line in lines if line.label is Label.HEADLINE), None)


def byline(lines: Sequence[Line]) -> str | None:
    """Who wrote it, without the word for by; None where no line says so.

    >>> byline([Line(1, "By Ida Holm", Label.BYLINE, False, "byline-person", 0.0)])
    'Ida Holm'
    """
    for line in lines:
        if line.label is Label.BYLINE and len(line.text) <= BYLINE_LONGEST:
            match = _search("by", line.text)
            name = (line.text[match.end() :] if match else line.text).strip(" \t,|–—-:")
            if name:
                return name
    return None


def dateline(lines: Sequence[Line]) -> tuple[str | None, str | None]:
    """Place and agency of the dateline that opens the story, each None where it is not given.

    >>> dateline([Line(1, "HALDEN, March 3 (Reuters) - It rained.", Label.BODY, True, "dateline", 1.0)])
    ('HALDEN, March 3', 'Reuters')
    """
    opening = [
        line.text[:PLACE_LONGEST] for line in islice((line for line in lines if line.label is Label.BODY), LEAD_LINES)
    ]
    for text in opening:
        match = _search("bracket_and_dash", text)
        wire = match and _search("wire", match.group(2))
        if match and wire:
            return match.group(1).strip(" ,") or None, wire.group(0)
    for text in opening[:1]:
        match = _search("place", text)
        if match:
            return match.group(1).strip(" ,"), None
    return None, None


def agency(lines: Sequence[Line]) -> str | None:
    """The news agency that a byline or sign-off names; a name in the story or under a picture is no evidence.

    >>> agency([Line(1, "By Ida Holm, Reuters", Label.BYLINE, False, "byline-person", 0.0)])
    'Reuters'
    """
    for line in lines:
        if line.label in (Label.BYLINE, Label.SIGNOFF):
            match = _search("wire", line.text)
            if match:
                return str(match.group(0))
    return None


def teasers(lines: Sequence[Line], stories: Mapping[int, str] | None = None) -> tuple[Teaser, ...]:
    """The lines that tease other stories; ``stories`` says, by the number of the line, which of them is known.

    >>> teasers([Line(1, "Six schools are to get new roofs…", Label.TEASER, False, "cut-off", 0.1)], {1: "b7"})
    (Teaser(text='Six schools are to get new roofs…', of='b7'),)
    """
    known = stories or {}
    return tuple(Teaser(line.text, known.get(line.number)) for line in lines if line.label is Label.TEASER)
