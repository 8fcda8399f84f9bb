"""What feeds do to their texts: titles that are escaped once more, and a footer that is the feed's and not the story's.

Source of the types: RFC 4287 (Atom), 3.1.1. RSS says nothing of how a title is escaped, so feeds do it once or twice.
"""

from __future__ import annotations

import re
from html import unescape
from html.entities import html5
from typing import Any

from clipclean.readers.xml_tree import words

FOOTERS = {
    "The post": "appeared first on",
    "Der Beitrag": "erschien zuerst auf",
    "L’article": "est apparu en premier sur",
    "La entrada": "se publicó primero en",
    "O post": "apareceu primeiro em",
    "L’articolo": "proviene da",
    "Het bericht": "verscheen eerst op",
}
"""How the last paragraph of an entry begins, and goes on, that WordPress adds in its feeds alone."""

LONGEST_FOOTER = 2_000
"""Characters of a footer with its two links."""

_REFERENCE = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_TAG = re.compile(r"<(/?)([a-zA-Z]++)[^<>]*+>")
_BREAKS = frozenset({"br", "p", "div", "li"})


def title_of(element: Any, *, is_atom: bool) -> str:
    """The title in an element as a reader sees it.

    Atom says by ``type`` whether a title is text or markup. In RSS it is text, but one that many feeds escape twice.

    >>> from lxml import etree
    >>> title_of(etree.fromstring('<title type="html">Br&amp;uuml;cke &lt;b&gt;zu&lt;/b&gt;</title>'), is_atom=True)
    'Brücke zu'
    """
    title = words(element)
    kind = element.get("type")
    if kind in ("html", "text/html"):
        title = unescaped(_TAG.sub(_space, title))
    elif not is_atom:
        title = unescaped(title)
    return " ".join(title.split())


def unescaped(text: str) -> str:
    """A text with the characters that its references name; what is no reference of HTML stays.

    >>> unescaped("Br&uuml;cke &#8211; R&B &a; &amp;lt;")
    'Brücke – R&B &a; &lt;'
    """
    return _REFERENCE.sub(_character, text) if "&" in text else text


def marked_footer(html: str) -> str:
    """A page whose last paragraph is told to be a footer, where it is the one that WordPress adds to its feeds.

    The paragraph itself stays: cleaning takes it as it takes other footers, and lists it.

    >>> marked_footer("<p>It rained.</p><p>The post <a>Rain</a> appeared first on <a>Vell</a>.</p>")
    '<p>It rained.</p><footer><p>The post <a>Rain</a> appeared first on <a>Vell</a>.</p></footer>'
    """
    begin = html.rfind("<p", max(0, len(html) - LONGEST_FOOTER))
    last, end, after = html[begin:].partition("</p>") if begin >= 0 else ("", "", "")
    if "<a" not in last or _TAG.sub("", after).strip():
        return html
    text = " ".join(unescaped(_TAG.sub("", last)).replace("'", "’").split())
    if any(text.startswith(f"{opening} ") and f" {middle} " in text for opening, middle in FOOTERS.items()):
        return f"{html[:begin]}<footer>{last}{end}</footer>{after}"
    return html


def _space(found: re.Match[str]) -> str:
    return " " if (found[2] or "").lower() in _BREAKS else ""


def _character(found: re.Match[str]) -> str:
    return unescape(found[0]) if found[1][0] == "#" or f"{found[1]};" in html5 else found[0]
