"""Feeds: RSS 0.9 to 2.0 and Atom, one entry a clipping, the fullest body that an entry has.

Entries are called by their place in the file, not by what the feed calls them: the same entry stands in every copy of a
feed that was kept, and folds there as any copy does. Its own name is kept as ``entry_id``.

Addresses that a feed gives in short are resolved as browsers do it: against ``xml:base``, and against the address of
the site that the feed states.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from clipclean.readers.feed_text import marked_footer, title_of, unescaped
from clipclean.readers.values import host
from clipclean.readers.xml_tree import XML_BASE, XML_LANG, Entry, given, local, words

BODIES = ("encoded", "body", "content", "description", "summary")
"""The elements that hold the text, the fullest first; ``encoded`` and ``body`` are extensions of RSS."""

DATES = ("pubdate", "published", "date", "issued", "created", "updated", "modified")
_MEDIA = "{http://search.yahoo.com/mrss"  # a picture's own title and description
_MARKUP = ("html", "xhtml", "text/html", "application/xhtml+xml")
_WEB = ("http://", "https://")


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
    site = _address(_link(channel, "alternate")) or _address(_link(channel, "self"))
    for element in root.iter():
        if local(element) in ("item", "entry"):
            yield _entry(element, language, site)


def _entry(element: Any, language: str | None, site: str | None) -> Entry:
    parts: dict[str, Any] = {}
    for child in element:
        if not str(child.tag).startswith(_MEDIA):
            parts.setdefault(local(child), child)
    said = {name: words(part) for name, part in parts.items()}
    dates = [said[name] for name in DATES if said.get(name)]
    is_atom = local(element) == "entry"
    guid = said.get("guid", "")
    url = _link(element, "alternate", site) or (guid if guid.startswith(_WEB) else None)
    fields = given(
        url=url,
        source=host(site) if site and not host(url or "") else None,
        title=title_of(parts["title"], is_atom=is_atom) if "title" in parts else None,
        published=dates[0] if dates else None,
        lang=element.get(XML_LANG) or language,
        **_body(parts, is_atom=is_atom),
    )
    author = said.get("creator") or (_name(parts["author"]) if "author" in parts else None)
    meta: dict[str, Any] = given(entry_id=guid or said.get("id"), author=author)
    categories = [words(child) or child.get("term") for child in element if local(child) == "category"]
    if any(categories):
        meta["categories"] = [category for category in categories if category]
    return Entry(fields, meta)


def _body(parts: dict[str, Any], *, is_atom: bool) -> dict[str, str | None]:
    """The text or the page of an entry."""
    for name in BODIES:
        part = parts.get(name)
        if part is None:
            continue
        if len(part):  # XHTML, as elements
            return {"html": _inside(part)}
        body = part.text or ""
        if body.strip():
            if name == "encoded" or part.get("type") in _MARKUP or ("<" in body and ">" in body):
                return {"html": marked_footer(body)}
            return {"text": body if is_atom else unescaped(body)}
    return {}


def _inside(element: Any) -> str:
    from lxml import etree

    inner = [etree.tostring(child, encoding="unicode", method="html") for child in element]
    return (element.text or "") + "".join(inner)


def _link(element: Any, relation: str, site: str | None = None) -> str | None:
    """The address of a feed or an entry, as a whole one where the feed says what it is relative to."""
    for child in element:
        if local(child) == "link":
            link: str = child.get("href") or words(child)
            if link and child.get("rel", "alternate") == relation:
                return _whole(link, child, site)
    return None


def _whole(link: str, element: Any, site: str | None) -> str:
    """A link with what it is relative to: the ``xml:base`` of the elements around it, the outermost first."""
    if link.startswith(_WEB):
        return link
    bases = [above.get(XML_BASE) for above in (element, *element.iterancestors())]
    try:
        base = site or ""
        for stated in reversed(bases):
            base = urljoin(base, stated or "")
        whole = urljoin(base, link)
    except ValueError:  # a bracket that is none of an address
        return link
    return whole if whole.startswith(_WEB) else link


def _address(link: str | None) -> str | None:
    """A link of the web that has a host, else None."""
    try:
        return link if link and link.startswith(_WEB) and urlsplit(link).hostname else None
    except ValueError:
        return None


def _name(author: Any) -> str:
    return next((words(child) for child in author if local(child) == "name"), words(author))
