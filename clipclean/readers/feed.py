"""Feeds: RSS 0.9 to 2.0 and Atom, one entry a clipping, the fullest body that an entry has.

Entries are called by their place in the file, not by what the feed calls them: the same entry stands in every copy of a
feed that was kept, and folds there as any copy does. Its own name is kept as ``entry_id``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from clipclean.readers.xml_tree import XML_LANG, Entry, given, local, words

BODIES = ("encoded", "body", "content", "description", "summary")
"""The elements that hold the text, the fullest first; ``encoded`` and ``body`` are extensions of RSS."""

DATES = ("pubdate", "published", "date", "issued", "created", "updated", "modified")
_MEDIA = "{http://search.yahoo.com/mrss"  # a picture's own title and description
_MARKUP = ("html", "xhtml", "text/html", "application/xhtml+xml")


def entries(root: Any) -> Iterator[Entry]:
    """The entries of a feed, in order.

    >>> from lxml import etree
    >>> root = etree.fromstring("<feed><entry><title>Rain</title><summary>Rain fell.</summary></entry></feed>")
    >>> [dict(entry.fields) for entry in entries(root)]
    [{'title': 'Rain', 'text': 'Rain fell.'}]
    """
    channel = next((element for element in root.iter() if local(element) == "channel"), root)
    about = {local(child): child for child in reversed(channel)}
    language = root.get(XML_LANG) or (words(about["language"]) if "language" in about else None)
    for element in root.iter():
        if local(element) in ("item", "entry"):
            yield _entry(element, language)


def _entry(element: Any, language: str | None) -> Entry:
    parts: dict[str, Any] = {}
    for child in element:
        if not str(child.tag).startswith(_MEDIA):
            parts.setdefault(local(child), child)
    said = {name: words(part) for name, part in parts.items()}
    dates = [said[name] for name in DATES if said.get(name)]
    fields = given(
        url=_link(element, said),
        title=said.get("title"),
        published=dates[0] if dates else None,
        lang=element.get(XML_LANG) or language,
        **_body(parts),
    )
    author = said.get("creator") or (_name(parts["author"]) if "author" in parts else None)
    meta: dict[str, Any] = given(entry_id=said.get("guid") or said.get("id"), author=author)
    categories = [words(child) or child.get("term") for child in element if local(child) == "category"]
    if any(categories):
        meta["categories"] = [category for category in categories if category]
    return Entry(fields, meta)


def _body(parts: dict[str, Any]) -> dict[str, str | None]:
    """The text or the page of an entry."""
    for name in BODIES:
        part = parts.get(name)
        if part is None:
            continue
        if len(part):  # XHTML, as elements
            return {"html": _inside(part)}
        body = part.text or ""
        if body.strip():
            markup = name == "encoded" or part.get("type") in _MARKUP or ("<" in body and ">" in body)
            return {"html" if markup else "text": body}
    return {}


def _inside(element: Any) -> str:
    from lxml import etree

    inner = [etree.tostring(child, encoding="unicode", method="html") for child in element]
    return (element.text or "") + "".join(inner)


def _link(element: Any, said: dict[str, str]) -> str | None:
    for child in element:
        if local(child) == "link":
            link: str = child.get("href") or words(child)
            if link and child.get("rel", "alternate") == "alternate":
                return link
    guid = said.get("guid", "")
    return guid if guid.startswith(("http://", "https://")) else None


def _name(author: Any) -> str:
    return next((words(child) for child in author if local(child) == "name"), words(author))
