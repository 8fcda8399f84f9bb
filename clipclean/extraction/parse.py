"""HTML text becomes an lxml tree: lxml first, BeautifulSoup where lxml finds nothing to read."""

from __future__ import annotations

from typing import Any

from clipclean.errors import RecordError


def parse(html: str) -> Any:
    """The ``body`` (or whole) tree of a page.

    Raises RecordError of kind ``broken-html`` where no parser finds an element in it.

    >>> parse("<p>Rain fell.").text_content()
    'Rain fell.'
    """
    from lxml import etree
    from lxml import html as lxml_html

    data = html.replace("\x00", "").encode("utf-8", "replace")
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        tree = lxml_html.document_fromstring(data, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        tree = None
    if tree is not None and (len(tree) or (tree.text or "").strip()):
        return tree
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(html, "html.parser")
    text = soup.get_text("\n", strip=True)
    if not text:
        raise RecordError("broken-html", "no parser finds any text in this page; look whether it really is HTML")
    body = lxml_html.Element("body")
    for line in text.split("\n"):
        paragraph = etree.SubElement(body, "p")
        paragraph.text = "".join(sign for sign in line if sign.isprintable())
    return body
