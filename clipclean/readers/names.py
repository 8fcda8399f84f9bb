"""The usual names of a record's keys, as data: what scrapers, news interfaces and corpora call our fields.

A key is compared by its letters and digits alone, lower case: ``pub_date``, ``pubDate`` and ``Pub-Date`` are one name.
The field's own name comes first; among the others the order is the preference where a record has several, from the
name that says most to the one that says least. Where a new name goes: as near the front as it is certain.
"""

from __future__ import annotations

from collections.abc import Iterable

MARKDOWN = ("markdown", "rawmarkdown", "markdowncontent", "contentmarkdown")
"""Names of a text that is Markdown."""

NAMES: dict[str, tuple[str, ...]] = {
    "id": (
        # not uid, which is as often the author's, nor storyid, which several articles share
        *("id", "docid", "documentid", "articleid", "newsid", "recordid", "itemid", "uuid", "guid", "identifier"),
    ),
    "text": (
        *("text", "plaintext", "maintext", "fulltext", "articletext", "articlebody", "bodytext", "storytext"),
        *("textcontent", "cleanedtext", "rawtext", "newstext", "pagetext", "fullcontent", "articlecontent"),
        *("contenttext", "body", "content", "contents", "article", "story", "document", "rawcontent"),
        *MARKDOWN,
        "paragraphs",  # last: some count them under this name
    ),
    "html": (
        *("html", "rawhtml", "fullhtml", "pagehtml", "articlehtml", "htmlcontent", "contenthtml", "htmlbody"),
        *("bodyhtml", "htmltext", "htmlsource", "sourcehtml", "pagesource", "responsebody", "markup", "page"),
    ),
    "url": (
        *("url", "link", "uri", "canonicalurl", "canonicallink", "articleurl", "pageurl", "weburl", "articlelink"),
        *("permalink", "finalurl", "respondedurl", "requestedurl", "originalurl", "targeturi", "warctargeturi"),
        *("sourceurl", "urlsource", "href", "mainentityofpage"),
    ),
    "source": (
        *("source", "publisher", "outlet", "sitename", "publication", "newspaper", "sourcename", "publishername"),
        *("sourcehostname", "sourcedomain", "domain", "hostname", "host", "site", "website", "newssource", "provider"),
    ),
    "title": (
        *("title", "headline", "articletitle", "newstitle", "pagetitle", "webtitle", "heading", "headlinetext"),
        "name",  # last: schema.org names everything so, a story among others
    ),
    "published": (
        *("published", "date", "datepublished", "publisheddate", "datepublish", "publishdate", "publishingdate"),
        *("publicationdate", "pubdate", "publishedat", "publishedtime", "articlepublishedtime", "publishtime"),
        *("webpublicationdate", "firstpublished", "firstpublishedat", "datetime", "publisheddatetime", "isodate"),
        *("releasedate", "postdate", "postedat", "seendate", "timestamp", "time", "created", "createdat"),
        "datecreated",
    ),
    "lang": ("lang", "language", "langcode", "languagecode", "metalang", "inlanguage", "detectedlanguage"),
}

NESTED = ("metadata", "meta", "html")
"""Keys under which some corpora hold an object with the facts (url, date ...) of a text: datatrove, Dolma, Fundus."""

SEPARATORS = str.maketrans("", "", "_- .:@$")


def folded(key: str) -> str:
    """A key as it is compared with ``NAMES``.

    >>> folded("Pub_Date"), folded("publishedAt"), folded("_id")
    ('pubdate', 'publishedat', 'id')
    """
    return key.translate(SEPARATORS).casefold()


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """The names of columns, numbered where one is there twice, so that no column covers another.

    >>> distinct(["text", "note", "note"])
    ('text', 'note', 'note 2')
    """
    found: dict[str, None] = {}
    last: dict[str, int] = {}  # else a header of a hundred thousand commas would be searched from 2 for each of them
    for name in names:
        unique = name
        while unique in found:
            last[name] = last.get(name, 1) + 1
            unique = f"{name} {last[name]}"
        found[unique] = None
    return tuple(found)


FIELD_OF: dict[str, tuple[str, int]] = {
    name: (field, place) for field, names in NAMES.items() for place, name in enumerate(names)
}
"""For each folded name its field and its place in the order of preference."""
