"""HTML text becomes an lxml tree: by lxml, or flat, by leaving out the tags, where lxml gives up on a page.

lxml stops at 2,048 levels of elements and leaves out what is deeper, and finds nothing in some broken pages. There
only the texts are taken, each as a paragraph: their order is right, what they stood in is lost.

Before anything is parsed, the tags are counted: what parsers take for a page of a million elements is more than square.
"""

from __future__ import annotations

import re
from contextlib import suppress
from html import unescape
from typing import Any

from clipclean.errors import RecordError
from clipclean.limits import PageLimits, over

NO_TEXT = re.compile(  # each part goes on to the page's end, so that none is looked through twice
    r"<!--.*?(?:-->|\Z)|<(script|style|template)\b.*?(?:</\1|\Z)|<[a-z/!?][^>]*(?:>|\Z)", re.DOTALL | re.IGNORECASE
)
TAG = re.compile(r"<(/?)([a-zA-Z][^\s/<>]*)[^<>]*")
ATTRIBUTES = 5_000
"""Attributes of one element; the time that libxml2 takes for them grows with their square."""

LONG_TAG = re.compile(rf"<[a-zA-Z][^<>]{{{2 * ATTRIBUTES},}}")
NEVER_DEEP = frozenset(
    "area base br col embed hr img input link meta param source track wbr p li dt dd tr td th option".split()
)
"""Elements that end where they begin, or where the next of their kind begins."""


def parse(html: str, limits: PageLimits | None = None) -> Any:
    """The tree of a page.

    Raises RecordError of kind ``broken-html`` where no parser finds any text in it, ``too-many-nodes`` and
    ``html-too-deep`` where it goes beyond the limits.

    >>> "".join(parse("<p>Rain fell.").itertext())
    'Rain fell.'
    """
    from lxml import etree

    _see_that_it_is_borne(html, limits or PageLimits())
    data = html.replace("\x00", "").encode("utf-8", "replace")
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        tree = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return _flat(html)
    if tree is None:
        return _flat(html)
    cut = any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log)
    return _flat(html) if cut else tree


def _flat(html: str) -> Any:
    from lxml import etree

    body = etree.Element("body")
    for text in NO_TEXT.sub("\n", html).split("\n"):
        with suppress(ValueError):  # a number with thousands of digits, which is no character
            text = unescape(text)
        if text := "".join(sign if sign.isprintable() else " " for sign in text).strip():
            etree.SubElement(body, "p").text = text
    if not len(body):
        raise RecordError("broken-html", "no parser finds any text in this page; look whether it really is HTML")
    return body


def _see_that_it_is_borne(html: str, limits: PageLimits) -> None:
    """Raise where the page has too many nodes, attributes of one element, or elements open at once."""
    nodes = html.count("<")
    if nodes > limits.nodes:
        raise over("nodes", limits.nodes, "too-many-nodes", f"the page has more than {limits.nodes:,} elements")
    if any(len(found[0].split()) > ATTRIBUTES for found in LONG_TAG.finditer(html)):
        raise RecordError("too-many-nodes", f"an element has more than {ATTRIBUTES:,} attributes; leave the page out")
    if nodes <= limits.depth:
        return
    deepest = depth = 0
    for closing, name in TAG.findall(html):
        if name.lower() not in NEVER_DEEP:
            depth = max(0, depth - 1) if closing else depth + 1
            deepest = max(deepest, depth)
    if deepest > limits.depth:
        raise over("depth", limits.depth, "html-too-deep", f"more than {limits.depth:,} elements are open at once")
