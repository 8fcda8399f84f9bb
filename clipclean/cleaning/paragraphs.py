"""Which lines of a text are one paragraph: each line its own, save in texts that were wrapped to a fixed width.

Old wire dumps, e-mails and terminal copies break a sentence over many lines. Judged alone, the last words of a
paragraph look like furniture; so such texts are judged paragraph by paragraph, and every line gets the verdict of its
paragraph.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from clipclean.model import Clipping, Page

WIDEST = 100
"""Characters: no text with a longer line counts as wrapped (usual widths are 65 to 80)."""

FEWEST = 4
"""Lines with text that a clipping needs before its wrapping can be told."""

CARRIED = 0.3
"""Share of lines that must run on in the next one (no sentence end, then a small letter) in a wrapped text."""

NEARLY_FULL = 0.7
"""A line shorter than this share of the widest, ending like a sentence, ends its paragraph."""

ENDS = (".", "!", "?", "…", '."', ".”", '!"', "!”", '?"', "?”", ":", "。")


def _runs_on(line: str, following: str) -> bool:
    start = following.lstrip()[:1]
    return bool(line) and start.islower() and not line.endswith(ENDS)


def is_wrapped(lines: Sequence[str]) -> bool:
    """Whether the text was wrapped to a fixed width.

    >>> is_wrapped(["The council met on", "Monday to vote on the", "bridge over the river", "after a long debate."])
    True
    >>> is_wrapped(["The council met on Monday.", "It voted on the bridge.", "Rain fell.", "Share"])
    False
    """
    if any(len(line.rstrip()) > WIDEST for line in lines if len(line) > WIDEST):
        return False
    filled = [line.rstrip() for line in lines if line.strip()]
    if len(filled) < FEWEST:
        return False
    carried = sum(_runs_on(line, following) for line, following in pairwise(filled))
    return carried >= CARRIED * (len(filled) - 1)


def group(lines: Sequence[str]) -> list[range]:
    """The lines of each paragraph as ranges of indexes, in order; blank lines stand alone.

    >>> group(["One.", "", "Two."])
    [range(0, 1), range(1, 2), range(2, 3)]
    """
    if not is_wrapped(lines):
        return [range(at, at + 1) for at in range(len(lines))]
    full = NEARLY_FULL * max(len(line.rstrip()) for line in lines)
    found: list[range] = []
    start = 0
    for at, line in enumerate(lines):
        here, following = line.rstrip(), lines[at + 1] if at + 1 < len(lines) else ""
        blank = not here.strip()
        indented = following[:2].isspace() and not line[:2].isspace()
        ends = here.endswith(ENDS) and (len(here) < full or indented)
        if blank or not following.strip() or ends or indented or at + 1 == len(lines):
            found.append(range(start, at + 1))
            start = at + 1
    return found


Paragraphs = tuple[Clipping, list[str]]
"""A clipping, and the texts of its paragraphs: what learning needs of a page."""


def paragraphs(page: Page) -> Paragraphs:
    """The paragraphs of a page that hold text.

    >>> from clipclean.model import PageLine
    >>> paragraphs(Page(Clipping(id="a"), (PageLine("Rain fell. "), PageLine(" "))))[1]
    ['Rain fell.']
    """
    return page.clipping, [text for _, text in filled([line.text for line in page.lines])]


def filled(lines: Sequence[str]) -> list[tuple[range, str]]:
    """The paragraphs that hold text, each with its lines joined by spaces: what is judged as one.

    >>> filled(["One.", " ", "Two. "])
    [(range(0, 1), 'One.'), (range(2, 3), 'Two.')]
    """
    spans = group(lines)
    texts = [line.strip() for line in lines]
    if len(spans) < len(lines):
        texts = [
            " ".join(texts[span.start : span.stop]) if any(texts[span.start : span.stop]) else "" for span in spans
        ]
    return [(span, text) for span, text in zip(spans, texts, strict=True) if text]
