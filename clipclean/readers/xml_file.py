"""XML: a feed is one clipping an entry, a document of an agency or an extractor is one; what it is, its root says.

The tree is built without entities of its own, without a DTD and without the network, and of two million tags at
most. Named characters of HTML (``&eacute;``), which feeds hold without declaring them, are read as such. What is not
well-formed is read as far as can be; a file that ends before its root does is told as ``truncated``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape, unescape
from html.entities import html5
from io import BufferedReader
from typing import Any

from clipclean.errors import RecordError
from clipclean.model import Clipping, Failure
from clipclean.readers import feed, newsml
from clipclean.readers.compression import document
from clipclean.readers.encoding import declared_in_page
from clipclean.readers.extracted import extracted
from clipclean.readers.records import Records
from clipclean.readers.xml_tree import Entry, local

ROOTS: dict[str, Callable[[Any], Iterator[Entry]]] = {
    "rss": feed.entries,
    "rdf": feed.entries,
    "feed": feed.entries,
    "nitf": newsml.documents,
    "newsitem": newsml.documents,
    "newsmessage": newsml.documents,
    "newsml": newsml.documents,
    "doc": extracted,
    "tei": extracted,
}
"""What reads the tree below each root, by its name in lower case and without its namespace."""

MOST_TAGS = 2_000_000
"""More than 32 MB of news hold; the tree of as many takes some 200 MB."""

ALONE = frozenset({"nitf", "newsitem", "doc", "tei"})
"""The roots of one document."""

_NUMBER = re.compile(r"&#(x[0-9a-f]{1,8}|[0-9]{1,8})", re.IGNORECASE)
_AMPERSAND = re.compile(r"&(#?\w{1,32};)?")
_OWN = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})


def read_xml(stream: BufferedReader, records: Records) -> Iterator[Clipping | Failure]:
    """The clippings of an XML file, numbered where they are entries of a feed.

    Raises RecordError ``unknown-xml`` for a root that is not known, ``broken-xml``, ``too-large`` and
    ``truncated``.

    >>> import io
    >>> from clipclean.config import ReadSettings
    >>> from clipclean.readers.source import Source
    >>> feed = io.BytesIO(b"<rss><channel><item><description>Rain fell.</description></item></channel></rss>")
    >>> [(item.id, item.text) for item in read_xml(feed, Records(ReadSettings(), Source("a.xml")))]
    [('a.xml#1', 'Rain fell.')]
    """
    from lxml import etree

    data = document(stream, records.settings.limits)
    text, notes = records.decoder.decode(data, declared_in_page(data))
    if text.count("<") > MOST_TAGS:
        raise RecordError("too-large", f"it has more than {MOST_TAGS:,} tags; cut it into smaller files")
    text = _escaped(_undeclared(text)).strip()
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        raise RecordError("broken-xml", "no XML can be read in it; fetch it again, or rename it to what it is")
    etree.strip_tags(root, etree.Entity)  # those of a DTD: their names are no text
    name = local(root)
    if name == "html":
        yield records.build({"html": text}, records.source.origin(), notes=notes)
        return
    if name not in ROOTS:
        raise RecordError(
            "unknown-xml",
            f"its root is <{name[:40]}>, and RSS, Atom, RDF, NITF, NewsML, newsitem, TEI, the doc of trafilatura and "
            "html are read; convert it, or remove it",
        )
    if len(parser.error_log):
        notes = (*notes, "xml: mended")
    for number, entry in enumerate(ROOTS[name](root), start=1):
        origin = records.source.origin(0 if name in ALONE else number)
        try:
            yield records.build(entry.fields, origin, meta=entry.meta, notes=notes)
        except RecordError as error:
            yield records.source.failure(error, origin.record)
    if _last(text) != name:
        raise RecordError("truncated", "it ends before its root does; what was whole has been read, fetch it again")


def _undeclared(text: str) -> str:
    """XML without its declaration, which the bytes have had their say in, and without its DTD.

    >>> _undeclared('<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha">]><rss/>')
    '<rss/>'
    """
    text = text.lstrip()
    if text.startswith("<?xml"):
        text = text[text.find("?>") + 2 :]
    begin = text.find("<!DOCTYPE")
    if begin < 0:
        return text
    end = text.find(">", begin)
    inside = text.find("[", begin, end)
    if inside >= 0:
        end = text.find(">", text.find("]", inside))
    return text[:begin] + text[end + 1 :] if end >= 0 else text


def _last(text: str) -> str:
    """The name of the element that ends where a text ends, comments behind it aside, as ``local`` gives it.

    >>> _last("<rdf:RDF> ... </rdf:RDF > <!-- in 0.2 s -->"), _last("<rss/>"), _last("<rss><item>")
    ('rdf', 'rss', '')
    """
    end = len(text)
    while text.endswith("-->", 0, end):  # by places, since there may be a million of them
        end = max(text.rfind("<!--", 0, end), 0)
        while end and text[end - 1].isspace():
            end -= 1
    tag = text[text.rfind("<", 0, end) : end].removesuffix(">")
    named = tag.removeprefix("</") if tag.startswith("</") else tag.removeprefix("<") if tag.endswith("/") else ""
    return named.split(maxsplit=1)[0].rstrip("/").rpartition(":")[2].lower() if named.split() else ""


def _escaped(text: str) -> str:
    """XML with the named characters of HTML and numbers as what they stand for, and other ampersands as such.

    >>> _escaped("<p>Caf&eacute; &amp; R&B &#60;<![CDATA[&c]]>")
    '<p>Café &amp; R&amp;B &lt;<![CDATA[&c]]>'
    """
    first, *rest = _NUMBER.sub(_whole, text).split("<![CDATA[")
    parts = [_AMPERSAND.sub(_character, first)]
    for part in rest:
        inside, end, after = part.partition("]]>")
        parts.append(f"<![CDATA[{inside}{end}{_AMPERSAND.sub(_character, after)}")
    return "".join(parts)


def _character(found: re.Match[str]) -> str:
    """A reference as characters."""
    name = found[1] or ""
    if name in _OWN:
        return found[0]
    return escape(unescape(found[0])) if name.startswith("#") or name in html5 else f"&amp;{name}"


def _whole(found: re.Match[str]) -> str:
    """A number of a character; that of half a one is dropped, which libxml2 takes and nobody can decode."""
    number = int(found[1][1:], 16) if found[1][0] in "xX" else int(found[1])
    return "&#65533" if 0xD800 <= number < 0xE000 else found[0]
