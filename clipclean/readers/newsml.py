"""Documents of agencies and corpora: NITF, NewsML (1 and G2) with NITF or XHTML in it, and newsitem (RCV1).

Headline, byline and body become a page, in which captions stand in figures, so that cleaning can tell them; the facts
beside them become those of the clipping.

Source: the specifications of the IPTC for NITF 3 and NewsML-G2.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from clipclean.readers.xml_tree import XML_LANG, Entry, given, local, words

BODIES = ("body.content", "inlinexml", "datacontent", "contentset", "text", "body")
"""The elements that may hold the story, that which says most of it first."""

AS_PAGE = {
    **dict.fromkeys(("p", "tr", "li", "dt", "dd", "pre", "lede"), "p"),
    **dict.fromkeys(("hl2", "h1", "h2", "h3", "h4"), "h2"),
    **dict.fromkeys(("media-caption", "caption", "figcaption"), "figcaption"),
    "bq": "blockquote",
    "blockquote": "blockquote",
}
"""What an element that is a line of its own becomes."""

PASSED = frozenset({"media-metadata", "media-object", "media-reference", "object", "script", "style", "head"})
_DATES = ("date.issue", "date.release", "contentcreated", "versioncreated", "firstcreated", "datelinedate")


def documents(root: Any) -> Iterator[Entry]:
    """The one document of a file, or those of a message with several.

    >>> from lxml import etree
    >>> root = etree.fromstring("<newsitem itemid='7' date='2024-03-01'><text><p>Rain fell.</p></text></newsitem>")
    >>> [(dict(entry.fields), entry.meta) for entry in documents(root)]
    [({'published': '2024-03-01', 'html': '<article><p>Rain fell.</p></article>'}, {'document_id': '7'})]
    """
    several = [element for element in root.iter() if local(element) == "newsitem" and element is not root]
    for element in several or [root]:
        yield _document(element)


def _document(element: Any) -> Entry:
    first: dict[str, Any] = {}
    for part in element.iter():
        if name := local(part):
            first.setdefault(name, part)
    headline = next((first[name] for name in ("hl1", "headline", "title") if name in first), None)
    body = next((first[name] for name in BODIES if name in first), None)
    byline = words(first["byline"]) if "byline" in first else ""
    lines = "" if body is None else "".join(_lines(body, _holding(body)))
    head = f'<p class="byline">{escape(byline)}</p>' if byline else ""
    dates = [first[name].get("norm") or words(first[name]) for name in _DATES if name in first]
    named = first["doc-id"].get("id-string") if "doc-id" in first else None
    nitf = first.get("nitf")
    language = [part.get(XML_LANG) for part in (element, nitf, body) if part is not None]
    fields = given(
        title=None if headline is None else words(headline),
        published=element.get("date") or next(filter(None, dates), None),
        lang=next(filter(None, language), None),
        html=f"<article>{head}{lines}</article>" if lines else None,
    )
    dateline = words(first["dateline"]) if "dateline" in first else None
    name = named or element.get("itemid") or element.get("guid")
    return Entry(fields, given(document_id=name, dateline=dateline))


def _holding(body: Any) -> set[Any]:
    """The elements in which there are lines of their own."""
    holding: set[Any] = set()
    for part in body.iter():
        if local(part) in AS_PAGE:
            for above in part.iterancestors():
                if above in holding or above is body:
                    break
                holding.add(above)
    return holding


def _lines(element: Any, holding: set[Any]) -> Iterator[str]:
    """The lines of a body as elements of a page; text between elements that are lines is a line of its own."""
    loose = element.text or ""
    for child in element:
        name = local(child)
        if child in holding or name in AS_PAGE:
            yield from _line("p", loose)
            loose = child.tail or ""
            if child in holding:
                yield from _lines(child, holding)
            else:
                yield from _line(AS_PAGE[name], (" " if name == "tr" else "").join(child.itertext()))
        elif name and name not in PASSED:
            loose += "".join(child.itertext()) + (child.tail or "")
        else:
            loose += child.tail or ""
    yield from _line("p", loose)


def _line(name: str, text: str) -> Iterator[str]:
    if text := " ".join(text.split()):
        line = f"<{name}>{escape(text)}</{name}>"
        yield f"<figure>{line}</figure>" if name == "figcaption" else line
