"""What trafilatura takes for story on a page, marked on the page's own lines.

trafilatura is asked for recall: the line rules are there to take furniture away, and cannot bring back what was never
handed to them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from clipclean.model import PageLine

WORD = re.compile(r"\w+")
COVERED = 0.8
"""A line counts as extracted when this share of its word triples stands in the extracted text."""


def extracted_text(html: str) -> str:
    """trafilatura's reading of a page as plain text; empty where it finds no article or fails on the page."""
    import logging

    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    try:
        found = trafilatura.extract(html, favor_recall=True, include_comments=False, include_tables=True)
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
    words = WORD.findall(extracted_text(html).lower())
    triples = set(zip(words, words[1:], words[2:], strict=False))
    known = set(words)
    marked = []
    for line in lines:
        own = WORD.findall(line.text.lower())
        runs = list(zip(own, own[1:], own[2:], strict=False))
        if runs:
            taken = sum(run in triples for run in runs) >= COVERED * len(runs)
        else:
            taken = bool(own) and own[0] in known and (len(own) == 1 or _stand_together(own, words))
        marked.append(replace(line, extracted=taken))
    return tuple(marked)


def _stand_together(pair: Sequence[str], words: Sequence[str]) -> bool:
    return any(words[at] == pair[0] and words[at + 1] == pair[1] for at in range(len(words) - 1))
