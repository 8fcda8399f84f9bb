"""A parsed page becomes its visible lines, in the order of the page, each with what it stands in.

A line ends where a block element opens or closes and at ``br``. Nothing that a reader would see is left out: what is
story is not for this file to say. The walk keeps its own stack, so that depth of nesting costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from clipclean.model import PageLine

UNSEEN = frozenset(
    "script style noscript template svg math iframe object embed head canvas audio video select option datalist "
    "textarea input title meta link param source track map".split()
)
INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rp rt ruby s samp small "
    "span strike strong sub sup time tt u var wbr img picture".split()
)
STANDS_IN = {
    "figure": "figure", "figcaption": "figcaption", "aside": "aside", "nav": "nav", "header": "header",
    "footer": "footer", "form": "form", "button": "form", "ul": "list", "ol": "list", "dl": "list",
    "blockquote": "quote", "table": "table", "h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading",
    "h5": "heading", "h6": "heading", "article": "article", "main": "article",
}  # fmt: skip
HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
WORDS = re.compile(r"[A-Za-z]{2,}")
NAMED_LEVELS = 5
"""Class and id words are gathered from this many elements up: farther ones name the whole page."""


PARENTS = 4
"""Block elements around a line that are numbered: the line's own, its container, and two around that."""


@dataclass(slots=True)
class _Frame:
    """One open element of the walk."""

    tag: str
    hints: frozenset[str]
    names: tuple[frozenset[str], ...]
    parents: tuple[int, ...]
    in_link: bool


@dataclass(slots=True)
class _Pending:
    """The line that is being gathered."""

    pieces: list[str] = field(default_factory=list)
    linked: int = 0


def _names(element: Any) -> frozenset[str]:
    stated = f"{element.get('class') or ''} {element.get('id') or ''}"
    if stated == " ":
        return frozenset()
    return frozenset(word.lower() for word in WORDS.findall(CAMEL.sub(" ", stated[:400])))


def _open(element: Any, above: _Frame, number: int) -> _Frame:
    tag = element.tag.lower() if isinstance(element.tag, str) else ""
    hints = above.hints
    hint = STANDS_IN.get(tag)
    if hint and hint not in hints:
        hints = hints | {hint}
    attributes = element.attrib
    names = above.names
    if attributes:
        if "hidden" not in hints and (
            "hidden" in attributes
            or attributes.get("aria-hidden") == "true"
            or HIDDEN_STYLE.search(attributes.get("style") or "")
        ):
            hints = hints | {"hidden"}
        named = _names(element)
        if named:
            names = (*names[-(NAMED_LEVELS - 1) :], named)
    inline = tag in INLINE
    parents = above.parents if inline else (number, *above.parents[: PARENTS - 1])
    return _Frame(above.tag if inline else tag, hints, names, parents, above.in_link or tag == "a")


def _line(pending: _Pending, frame: _Frame) -> PageLine | None:
    text = " ".join("".join(pending.pieces).split())
    if not text:
        return None
    named = frozenset().union(*frame.names) if frame.names else frozenset()
    share = min(1.0, pending.linked / len(text))
    return PageLine(text, frame.tag, frame.hints, named, round(share, 3), frame.parents)


def lines_of(root: Any) -> Iterator[PageLine]:
    """The visible lines under an lxml element, in page order; empty ones are left out.

    >>> from lxml import html
    >>> page = html.fromstring("<div><p>Rain <b>fell</b>.</p><ul><li><a href=x>More</a></li></ul></div>")
    >>> [(line.text, line.tag, line.link_share) for line in lines_of(page)]
    [('Rain fell.', 'p', 0.0), ('More', 'li', 1.0)]
    """
    pending = _Pending()
    stack: list[_Frame] = [_Frame("", frozenset(), (), (), False)]
    kept: list[bool] = []  # for each open element, whether it has a frame of its own

    def flush() -> PageLine | None:
        nonlocal pending
        if not pending.pieces:
            return None
        line = _line(pending, stack[-1])
        pending = _Pending()
        return line

    def add(text: str | None) -> None:
        if text:
            pending.pieces.append(text)
            if stack[-1].in_link:
                pending.linked += len(" ".join(text.split()))

    for number, (opens, element) in enumerate(_walk(root)):
        tag = element.tag.lower() if isinstance(element.tag, str) else None
        block = tag is not None and tag not in INLINE
        if opens:
            if block and (line := flush()):
                yield line
            seen = tag is not None and tag not in UNSEEN
            kept.append(seen)
            if seen:
                stack.append(_open(element, stack[-1], number))
                add(element.text)
        else:
            if block and (line := flush()):
                yield line
            if kept.pop():
                stack.pop()
            if element is not root:
                add(element.tail)
    if line := flush():
        yield line


def _walk(root: Any) -> Iterator[tuple[bool, Any]]:
    """Each element when it opens (True) and when it closes (False); unseen elements are not entered."""
    todo: list[tuple[bool, Any]] = [(True, root)]
    while todo:
        opens, element = todo.pop()
        yield opens, element
        if opens:
            todo.append((False, element))
            if isinstance(element.tag, str) and element.tag.lower() not in UNSEEN:
                todo.extend((True, child) for child in reversed(element))
