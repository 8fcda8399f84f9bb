"""HTML text becomes an lxml tree: by lxml, or flat by BeautifulSoup where lxml gives up on a page.

lxml stops at 2,048 levels of elements and leaves out what is deeper, and finds nothing in some broken pages. There
only the texts are taken, each as a paragraph: their order is right, what they stood in is lost.
"""

from __future__ import annotations

from typing import Any

from clipclean.errors import RecordError


def parse(html: str) -> Any:
    """The tree of a page.

    Raises RecordError of kind ``broken-html`` where no parser finds any text in it.

    >>> "".join(parse("<p>Rain fell.").itertext())
    'Rain fell.'
    """
    from lxml import etree

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
    from bs4 import BeautifulSoup
    from lxml import etree

    text = BeautifulSoup(html, "html.parser").get_text("\n", strip=True)
    if not text:
        raise RecordError("broken-html", "no parser finds any text in this page; look whether it really is HTML")
    body = etree.Element("body")
    for line in text.split("\n"):
        paragraph = etree.SubElement(body, "p")
        paragraph.text = "".join(sign for sign in line if sign.isprintable())
    return body
