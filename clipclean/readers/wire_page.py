"""The page of an agency's document: what a reader would read of it, in the order of print, as lines of a page.

Whatever has words becomes a line, so that cleaning decides what is story and lists the rest: nothing vanishes here.
Captions stand in figures, with the maker of the picture in brackets behind them where they do not name it.

Source: the DTD of NITF 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from clipclean.readers.xml_tree import local, words

CAPTIONS = ("media-caption", "caption", "figcaption")

AS_PAGE = {
    **dict.fromkeys(("p", "tr", "li", "dt", "dd", "pre", "lede"), "p"),
    **dict.fromkeys(("hl2", "h1", "h2", "h3", "h4"), "h2"),
    **dict.fromkeys(CAPTIONS, "figcaption"),
    "bq": "blockquote",
    "blockquote": "blockquote",
}
"""What an element that is a line of its own becomes."""

PASSED = frozenset({"media-metadata", "media-object", "media-reference", "object", "script", "style", "head"})
"""What holds no words: addresses, and pictures in letters."""

TOLD = frozenset({"dateline", "distributor", "series"})
"""What of the head becomes a fact of the clipping, and so no line."""

GROUPS = frozenset({"hedline", "note", "abstract", "body.content", "block", "media"})
"""What holds lines rather than being one."""

NAMES = {"note": "note", "abstract": "abstract", "byline": "byline", "rights": "copyright", "tagline": "tagline"}
"""What the lines of an element are called in the page, for cleaning to tell them by."""

ASIDE = frozenset({"byline", "note"})
"""What of the head is no part of the story; an abstract and a second headline may be its standfirst."""

SEPARATORS = frozenset(",;|-")

ROLES = frozenset({"byttl", "bytag"})
"""What says of a person in a byline who that is."""


def page_of(stories: Iterable[Any], head: Any = None, end: Any = None) -> str:
    """A page of the bodies of a document, and of its head and end; empty where the bodies hold nothing.

    >>> from lxml import etree
    >>> part = etree.fromstring
    >>> page_of([part("<block><p>Rain fell.</p></block>")], part("<head><byline>Jo</byline></head>"))
    '<article><header><p class="byline">Jo</p></header><p>Rain fell.</p></article>'
    """
    lines = "".join(line for story in stories for line in _lines(story, _holding(story)))
    if not lines:
        return ""
    above, below = _around(head), _around(end)
    top = [f"<header>{line}</header>" if name in ASIDE else line for name, line in above if name != "rights"]
    bottom = "".join([line for _, line in below] + [line for name, line in above if name == "rights"])
    footer = f"<footer>{bottom}</footer>" if bottom else ""
    return f"<article>{''.join(top)}{lines}{footer}</article>"


def byline_of(element: Any) -> str:
    """Who wrote a story: names apart from each other, and from what the person is.

    >>> from lxml import etree
    >>> byline_of(etree.fromstring("<byline>By <person>Jo Lind</person><bytag>Nordwire</bytag></byline>"))
    'By Jo Lind, Nordwire'
    """
    from lxml import etree

    said: list[str] = []
    last, of_a_name = "", False  # the last sign that is no white space
    for event, part in etree.iterwalk(element, events=("start", "end")):
        piece = (part.text if event == "start" else part.tail if part is not element else "") or ""
        if of_a_name and event == "start" and local(part) in ROLES and last not in SEPARATORS:
            said.append(", ")
        elif said and said[-1][-1:].isalnum() and piece[:1].isalnum():
            said.append(" ")
        if piece.strip():
            of_a_name = (part if event == "start" else part.getparent()) is not element
            last = piece.rstrip()[-1:]
        if piece:
            said.append(piece)
    return " ".join("".join(said).split()).replace(" , ", ", ")


def _around(part: Any) -> list[tuple[str, str]]:
    """The lines of a head or end, each with the name of the element that it belongs to."""
    found: list[tuple[str, str]] = []
    for child in () if part is None else part:
        name = local(child)
        if name == "byline":
            lines = _line("p", byline_of(child), name)
        elif name in GROUPS:
            lines = _lines(child, _holding(child), name)
        else:
            lines = _line("p", "" if name in TOLD | PASSED else _text(child), name)
        found += ((name, line) for line in lines)
    return found


def _holding(body: Any) -> set[Any]:
    """The elements in which there are lines of their own; a caption is one line, whatever is in it."""
    holding: set[Any] = set()
    for part in body.iter():
        name = local(part)
        if name in AS_PAGE or name == "media":
            for above in part.iterancestors():
                if above in holding or above is body or local(above) in CAPTIONS:
                    break
                holding.add(above)
            if name == "media":
                holding.add(part)
    return holding


def _lines(element: Any, holding: set[Any], told: str = "") -> Iterator[str]:
    """The lines of a body as elements of a page; text between elements that are lines is a line of its own."""
    loose = element.text or ""
    own = {"media": "media-producer", "hedline": "hl1"}.get(local(element))  # said otherwise
    maker = _maker(element) if own == "media-producer" else ""
    for child in element:
        name = local(child)
        if child in holding or name in AS_PAGE:
            yield from _line("p", loose, told)
            loose = child.tail or ""
            if child in holding:
                yield from _lines(child, holding, told)
                continue
            text = _text(child)
            if maker and name in CAPTIONS:
                text, maker = text if maker in text else f"{text} ({maker})", ""
            yield from _line(AS_PAGE[name], text, told)
        else:
            loose += "" if not name or name in PASSED or name == own else _text(child)
            loose += child.tail or ""
    yield from _line("p", loose, told)
    yield from _line("figcaption", maker, told)


def _maker(media: Any) -> str:
    """Who made the picture, as it is said beside its captions."""
    return ", ".join(filter(None, (words(child) for child in media if local(child) == "media-producer")))


def _text(element: Any) -> str:
    """The words of one line; the cells of a row, and the paragraphs of a caption, do not touch."""
    return (" " if local(element) in ("tr", *CAPTIONS) else "").join(element.itertext())


def _line(name: str, text: str, told: str = "") -> Iterator[str]:
    if text := " ".join(text.split()):
        called = f' class="{NAMES[told]}"' if told in NAMES else ""
        line = f"<{name}{called}>{escape(text)}</{name}>"
        yield f"<figure>{line}</figure>" if name == "figcaption" else line
