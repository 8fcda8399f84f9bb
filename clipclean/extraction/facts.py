"""What a page states of itself in its head: title, date, language, canonical address.

Only plain statements are read (meta elements, JSON-LD, ``title``); nothing is guessed from the visible text. The main
headline says only where a title ends and the name of the site begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from clipclean.text import TITLE_MARKS, bare_letters

TITLE = ("og:title", "twitter:title", "dc.title", "headline")
SUMMARY = ("og:description", "description", "twitter:description")
PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "parsely-pub-date",
    "sailthru.date",
    "publishdate",
    "pubdate",
)
JSON_LD_LIMIT = 500_000
"""Characters of one JSON-LD block that are looked at: articles with their whole body stay well below it."""

PARTING = re.compile("|".join(map(re.escape, TITLE_MARKS)))

PARTS = 3
"""Parts behind a headline that are looked at: a section, a site, what it calls itself."""

HEADLINES = 5
"""Headlines of the first order that a title is compared with: a page has one, and a list of stories has many."""

NODE_LIMIT = 2_000
"""Objects of one page's JSON-LD that are looked at."""


def _statements(tree: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").lower()
        content = (element.get("content") or "").strip()
        if name and content:
            found.setdefault(name, content)
    return found


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    todo, seen = [value], 0
    while todo and seen < NODE_LIMIT:
        here = todo.pop()
        seen += 1
        if isinstance(here, dict):
            yield here
            todo.extend(here.get(key) for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in here)
        elif isinstance(here, list):
            todo.extend(reversed(here))


def _json_ld(tree: Any) -> dict[str, str]:
    import orjson

    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        text = (script.text or "").strip()
        if not text or len(text) > JSON_LD_LIMIT:
            continue
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError:
            continue
        for entry in _objects(value):
            kind = entry.get("@type")
            kinds = kind if isinstance(kind, list) else [kind]
            if any(isinstance(name, str) and ("Article" in name or "Posting" in name) for name in kinds):
                keys = {"title": "headline", "published": "datePublished", "body": "articleBody"}
                return {name: entry[key].strip() for name, key in keys.items() if isinstance(entry.get(key), str)}
    return {}


def _address(stated: str | None) -> str | None:
    """A web address that can be read as one, else None."""
    try:
        parts = urlsplit((stated or "").strip())
    except ValueError:
        return None
    return stated if parts.scheme in ("http", "https") and parts.hostname else None


def _title(tree: Any, stated: Mapping[str, str]) -> str | None:
    """The title that meta elements or ``title`` state, without the name of the site where the page tells it apart."""
    heading = next((element.xpath("string()") for element in tree.iter("title")), None)
    title = next((stated[name] for name in TITLE if name in stated), None) or heading
    headlines = list(islice((" ".join(element.itertext()) for element in tree.iter("h1")), HEADLINES))
    return title and headline_of(title, [*headlines, stated.get("og:title", "")], stated.get("og:site_name", ""))


def headline_of(title: str, headlines: Sequence[str], site: str = "") -> str:
    """A title without its last part, where that is the ``site``, or without all behind one of the ``headlines``.

    >>> headline_of("Fees to rise | Orr Post", ["Fees to rise"]), headline_of("Orr - the film", ["Orr Post"])
    ('Fees to rise', 'Orr - the film')
    """
    title = " ".join(title.split())
    known = set(map(bare_letters, headlines)) - {""}
    if parted := [found.span() for found in PARTING.finditer(title)][-PARTS:]:
        begin, end = parted[-1]
        if site and bare_letters(title[end:]) == bare_letters(site):
            return title[:begin]
    return next((title[:begin] for begin, _ in reversed(parted) if bare_letters(title[:begin]) in known), title)


def stated_facts(tree: Any) -> dict[str, str]:
    """The facts a parsed page states: any of ``title``, ``body`` (the story's text), ``published``, ``lang``, ``url``,
    and ``summary`` (what it says of itself in a sentence or two; different wordings on lines of their own).

    >>> from lxml import html
    >>> stated_facts(html.document_fromstring('<html lang="de"><title>Regen</title><p>Es regnet.'))
    {'title': 'Regen', 'lang': 'de'}
    """
    stated = _statements(tree)
    linked = _json_ld(tree)
    root = tree.getroottree().getroot()
    links = [link.get("href") for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split()]
    facts = {
        "title": linked.get("title") or _title(tree, stated),
        "body": linked.get("body"),
        "published": linked.get("published") or next((stated[name] for name in PUBLISHED if name in stated), None),
        "lang": (root.get("lang") or "").split("-")[0].lower(),
        "url": next(filter(None, map(_address, (*links, stated.get("og:url")))), None),
    }
    stated_text = facts.pop("body")
    found = {name: " ".join(value.split()) for name, value in facts.items() if value and value.strip()}
    if stated_text and stated_text.strip():
        found["body"] = stated_text
    summaries = dict.fromkeys(" ".join(stated[name].split()) for name in SUMMARY if name in stated)
    return found | {"summary": "\n".join(summaries)} if summaries else found
