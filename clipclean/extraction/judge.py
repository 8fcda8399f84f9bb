"""What others take for story on a page, marked on its own lines: trafilatura, and the page's own metadata.

trafilatura is asked for recall: the line rules are there to take furniture away, and cannot bring back what was never
handed to them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from clipclean.model import PageLine, new_page_line
from clipclean.text import bare_letters

WORD = re.compile(r"\w+")
SUMMARY_SHORTEST = 18
"""Letters of the shortest line that is looked at for a summary."""

GOES_ON = 1.3
"""How much longer than the summary a line may be that goes on from it."""

COVERED = 0.8
"""A line stands in a text when this share of its word triples does."""


def extracted_text(html: str) -> str:
    """trafilatura's reading of a page as plain text; empty where it finds no article or fails on the page."""
    import logging

    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        found = trafilatura.extract(html, favor_recall=True, include_comments=False, include_tables=True)
    except MemoryError:
        raise
    except Exception:  # a parser fault on one page; the line rules then decide alone
        return ""
    return found or ""


def mark_extracted(html: str, lines: Sequence[PageLine]) -> tuple[PageLine, ...]:
    """The lines with ``extracted`` set: whether trafilatura took each for story.

    >>> body = "The council of Halden voted on Monday to build a second bridge over the river Orr. " * 3
    >>> line = PageLine(body.strip())
    >>> mark_extracted(f"<html><body><article><p>{body}</p></article></body></html>", [line])[0].extracted
    True
    """
    found = stand_in(extracted_text(html), [line.text for line in lines])
    return tuple(_marked(line, taken, line.stated) for line, taken in zip(lines, found, strict=True))


def mark_stated(body: str, lines: Sequence[PageLine]) -> tuple[PageLine, ...]:
    """The lines with ``stated`` set: whether the story text that the page's metadata gives holds each.

    >>> mark_stated("Rain fell on Halden all night.", [PageLine("Rain fell on Halden"), PageLine("Share")])[1].stated
    False
    """
    found = stand_in(body, [line.text for line in lines])
    return tuple(_marked(line, line.extracted, taken) for line, taken in zip(lines, found, strict=True))


def mark_summary(summaries: str, lines: Sequence[PageLine]) -> tuple[PageLine, ...]:
    """The lines with the hint ``summary`` where they say what the page's metadata says of it: most are its standfirst.

    A summary that was cut off for the metadata counts where a line goes on from it.

    >>> mark_summary("Rain fell all night on...", [PageLine("Rain fell all night on us.")])[0].hints
    frozenset({'summary'})
    """
    wanted = [bare for summary in summaries.split("\n") if len(bare := bare_letters(summary)) >= SUMMARY_SHORTEST]
    heads = {bare[:SUMMARY_SHORTEST] for bare in wanted}

    def told(text: str) -> bool:
        head = bare_letters(text[: 2 * SUMMARY_SHORTEST])[:SUMMARY_SHORTEST]
        own = bare_letters(text) if len(text) >= SUMMARY_SHORTEST and head in heads else ""
        return any(own == bare or (own.startswith(bare) and len(own) < GOES_ON * len(bare)) for bare in wanted)

    return tuple(replace(line, hints=line.hints | {"summary"}) if told(line.text) else line for line in lines)


def _marked(line: PageLine, extracted: bool | None, stated: bool | None) -> PageLine:
    return new_page_line(
        line.text, line.tag, line.hints, line.classes, line.link_share, line.parents, extracted, stated
    )


def stand_in(text: str, lines: Sequence[str]) -> list[bool]:
    """Which lines stand in a text: COVERED of their word triples do, or, of one or two words, all in their order.

    >>> stand_in("The council met on Monday.", ["Council met on Monday", "Monday", "met Monday"])
    [True, True, False]
    """
    words = WORD.findall(text.lower())
    triples = set(zip(words, words[1:], words[2:], strict=False))
    pairs = set(pairwise(words))
    known = set(words)
    found = []
    for line in lines:
        own = WORD.findall(line.lower())
        if len(own) > 2:
            runs = list(zip(own, own[1:], own[2:], strict=False))
            found.append(sum(run in triples for run in runs) >= COVERED * len(runs))
        else:
            found.append(tuple(own) in pairs if len(own) == 2 else bool(own) and own[0] in known)
    return found
