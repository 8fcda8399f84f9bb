"""What trafilatura wrote as XML or TEI: a page of the text, and of the comments as comments; facts from the header.

Source: the documentation of trafilatura, and TEI P5 for the names of elements.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from clipclean.readers.values import is_page
from clipclean.readers.xml_tree import Entry, given, local, words

ELEMENTS = {
    **dict.fromkeys(("p", "ab", "row"), "p"),
    "head": "h2",
    "list": "ul",
    "item": "li",
    "quote": "blockquote",
    "code": "pre",
    "hi": "em",
    "ref": "a",
    "lb": "br",
    "del": "s",
    "graphic": "img",
    "cell": "span",
}
"""What an element becomes; others, as ``div`` and ``table``, stay without a meaning."""

EMPTY = frozenset({"br", "img"})


def extracted(root: Any) -> Iterator[Entry]:
    """The one document of a file.

    >>> from lxml import etree
    >>> root = etree.fromstring("<doc title='Rain' date='2031-05-02'><main><p>It fell.</p></main></doc>")
    >>> [dict(entry.fields) for entry in extracted(root)]
    [{'title': 'Rain', 'published': '2031-05-02', 'html': '<article><p>It fell.</p></article>'}]
    """
    yield _of_tei(root) if local(root) == "tei" else _of_doc(root)


def _of_doc(root: Any) -> Entry:
    said = dict(root.attrib)
    address = said.pop("source", None)
    comments = [part for part in root if local(part) == "comments"]
    fields = given(
        title=said.pop("title", None),
        published=said.pop("date", None),
        lang=said.pop("language", None),
        source=said.pop("sitename", None) or said.pop("hostname", None),
        url=address if is_page(address) else None,
        html=_page([part for part in root if local(part) == "main"] or [root], comments),
    )
    return Entry(fields, given(**{name.replace("-", "_"): value for name, value in said.items()}))


def _of_tei(root: Any) -> Entry:
    header = next((part for part in root if local(part) == "teiheader"), None)
    first: dict[str, Any] = {}
    for part in () if header is None else header.iter():
        if name := local(part):
            first.setdefault(name, part)
    body = next((part for part in root.iter() if local(part) == "body"), ())
    comments = [part for part in body if part.get("type") == "comments"]
    address = first["ptr"].get("target") if "ptr" in first else None
    fields = given(
        title=words(first["title"]) if "title" in first else None,
        published=words(first["date"]) if "date" in first else None,
        source=words(first["publisher"]) if "publisher" in first else None,
        url=address if is_page(address) else None,
        html=_page([part for part in body if part not in comments], comments),
    )
    return Entry(fields, given(author=words(first["author"]) if "author" in first else None))


def _page(stories: list[Any], comments: list[Any]) -> str:
    story, below = ("".join(_inside(part) for part in parts).strip() for parts in (stories, comments))
    if not story:
        return ""
    return f"<article>{story}</article>" + (f'<section class="comments">{below}</section>' if below else "")


def _inside(element: Any) -> str:
    """The markup of what an element holds; as deep as the parser goes, which is not deep."""
    return escape(element.text or "") + "".join(_markup(part) + escape(part.tail or "") for part in element)


def _markup(element: Any) -> str:
    name = ELEMENTS.get(local(element), "div")
    return f"<{name}>" if name in EMPTY else f"<{name}>{_inside(element)}</{name}>"
