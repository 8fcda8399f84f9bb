"""A parsed page becomes its visible lines, in the order of the page, each with what it stands in.

A line ends where a block element opens or closes and at ``br``. Nothing that a reader would see is left out: what is
story is not for this file to say. The walk keeps its own stack, so that depth of nesting costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

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


class _Kind(NamedTuple):
    """What an element is by its tag; ``tag`` is None for what is no element, such as a comment."""

    tag: str | None
    seen: bool
    inline: bool
    hint: str | None


class _Told(NamedTuple):
    """What an open element, and those around it, tell of its lines."""

    tag: str
    hints: frozenset[str]
    names: tuple[frozenset[str], ...]
    parents: tuple[int, ...]


@dataclass(slots=True)
class _Frame:
    """One open element of the walk; what it tells is found when the first line ends in it, which most never see."""

    element: Any
    kind: _Kind
    children: Iterator[Any]
    number: int
    in_link: bool
    told: _Told | None = None


def _kind(tag: Any) -> _Kind:
    if not isinstance(tag, str):
        return _Kind(None, seen=False, inline=True, hint=None)
    tag = tag.lower()
    return _Kind(tag, tag not in UNSEEN, tag in INLINE, STANDS_IN.get(tag))


def lines_of(root: Any) -> Iterator[PageLine]:
    """The visible lines under an lxml element, in page order; empty ones are left out.

    >>> from lxml import html
    >>> page = html.fromstring("<div><p>Rain <b>fell</b>.</p><ul><li><a href=x>More</a></li></ul></div>")
    >>> [(line.text, line.tag, line.link_share) for line in lines_of(page)]
    [('Rain fell.', 'p', 0.0), ('More', 'li', 1.0)]
    """
    return _Walk().lines(root)


class _Walk:
    """One walk through a page: the open elements, the line that is being gathered, and names that were read before."""

    def __init__(self) -> None:
        self._open: list[_Frame] = []
        self._pieces: list[str] = []
        self._linked = 0
        self._kinds: dict[Any, _Kind] = {}
        self._named: dict[str, frozenset[str]] = {}
        self._joined: dict[tuple[frozenset[str], ...], frozenset[str]] = {(): frozenset()}

    def lines(self, root: Any) -> Iterator[PageLine]:
        """Walk depth first. An element's number counts the openings and closings before its own."""
        number, open_, kinds = 0, self._open, self._kinds
        children = iter((root,))
        in_link = False
        while True:
            element = next(children, None)
            number += 1
            if element is not None:
                kind = kinds.get(element.tag)
                if kind is None:
                    kind = kinds[element.tag] = _kind(element.tag)
                if not kind.inline and self._pieces and (line := self._line()):
                    yield line
                if kind.seen:
                    within, text = element[:], element.text
                    linked = in_link or kind.tag == "a"
                    if text:
                        self._add(text, linked)
                    if within or (text and not kind.inline):
                        children, in_link = iter(within), linked
                        open_.append(_Frame(element, kind, children, number - 1, in_link))
                        continue
                number += 1  # it closes at once: no line can end in it
                if element is not root and (text := element.tail):
                    self._add(text, in_link)
                continue
            if not open_:
                break
            frame = open_[-1]
            if not frame.kind.inline and self._pieces and (line := self._line()):
                yield line
            open_.pop()
            if not open_:
                break
            children, in_link = open_[-1].children, open_[-1].in_link
            if text := frame.element.tail:
                self._add(text, in_link)
        if self._pieces and (line := self._line()):
            yield line

    def _add(self, text: str, in_link: bool) -> None:
        """Add to the line; white space only where something stands before it."""
        if self._pieces or not text.isspace():
            self._pieces.append(text)
            if in_link:
                self._linked += len(" ".join(text.split()))

    def _line(self) -> PageLine | None:
        """End the line."""
        text = " ".join("".join(self._pieces).split())
        share = min(1.0, self._linked / len(text)) if text else 0.0
        self._pieces, self._linked = [], 0
        if not text:
            return None
        told = self._tell()
        classes = self._joined.get(told.names)
        if classes is None:
            classes = self._joined[told.names] = frozenset().union(*told.names)
        return PageLine(text, told.tag, told.hints, classes, round(share, 3), told.parents)

    def _tell(self) -> _Told:
        """What the innermost open element tells, found from the nearest one around it that has told."""
        waiting = len(self._open)
        while waiting and self._open[waiting - 1].told is None:
            waiting -= 1
        told = self._open[waiting - 1].told if waiting else None
        told = told or _Told("", frozenset(), (), ())
        for frame in self._open[waiting:]:
            told = frame.told = self._told(frame, told)
        return told

    def _told(self, frame: _Frame, above: _Told) -> _Told:
        element, kind = frame.element, frame.kind
        hints, names = above.hints, above.names
        if kind.hint and kind.hint not in hints:
            hints = hints | {kind.hint}
        attributes = element.keys()
        if attributes:
            if "hidden" not in hints and (
                "hidden" in attributes
                or ("aria-hidden" in attributes and element.get("aria-hidden") == "true")
                or ("style" in attributes and HIDDEN_STYLE.search(element.get("style")))
            ):
                hints = hints | {"hidden"}
            stated = f"{element.get('class') or ''} {element.get('id') or ''}"
            named = self._named.get(stated)
            if named is None:
                named = self._named[stated] = _names(stated)
            if named:
                names = (*names[-(NAMED_LEVELS - 1) :], named)
        if kind.inline:
            return _Told(above.tag, hints, names, above.parents)
        return _Told(kind.tag or "", hints, names, (frame.number, *above.parents[: PARENTS - 1]))


def _names(stated: str) -> frozenset[str]:
    return frozenset(word.lower() for word in WORDS.findall(CAMEL.sub(" ", stated[:400])))
