"""Documents of agencies and corpora: NITF, NewsML (1 and G2) with NITF or XHTML in it, and newsitem (RCV1).

All that has words becomes a page, in which captions stand in figures, so that cleaning can tell them; the facts beside
them become those of the clipping.

Source: the specifications of the IPTC for NITF 3 and NewsML-G2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clipclean.readers.wire_page import page_of
from clipclean.readers.xml_tree import XML_LANG, Entry, given, local, words

BODIES = ("body.content", "inlinexml", "datacontent", "contentset", "text", "body")
"""The elements that may hold the story, that which says most of it first."""

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
        if name == "br":
            part.tail = f" {part.tail or ''}"  # what it parts must not become one word
    headline = next((first[name] for name in ("hl1", "headline", "title") if name in first), None)
    dates = [first[name].get("norm") or words(first[name]) for name in _DATES if name in first]
    named = first["doc-id"].get("id-string") if "doc-id" in first else None
    body = next((first[name] for name in BODIES if name in first), None)
    language = [part.get(XML_LANG) for part in (element, first.get("nitf"), body) if part is not None]
    fields = given(
        title=None if headline is None else words(headline),
        published=element.get("date") or next(filter(None, dates), None),
        lang=next(filter(None, language), None),
        html=_page(first, body),
    )
    said = {name: words(first[name]) for name in ("dateline", "distributor") if name in first}
    series = first["series"].get("series.name") if "series" in first else None
    name = named or element.get("itemid") or element.get("guid")
    return Entry(fields, given(document_id=name, **said, series=series))


def _page(first: Mapping[str, Any], body: Any) -> str:
    """The page of a document: of NITF with head and end, else of its body and byline."""
    parts = list(first["body"]) if "body" in first else []
    stories = [part for part in parts if local(part) == "body.content"]  # one in a note is the note's
    if stories:
        return page_of(stories, first.get("body.head"), first.get("body.end"))
    return page_of([] if body is None else [body], [first["byline"]] if "byline" in first else None)
