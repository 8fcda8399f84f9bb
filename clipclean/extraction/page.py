"""One HTML page becomes a Page: its lines, the facts it states of itself, and the extractor's opinion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from clipclean.config import CleanSettings, Extractor
from clipclean.errors import RecordError
from clipclean.extraction.blocks import lines_of
from clipclean.extraction.facts import stated_facts
from clipclean.extraction.judge import mark_extracted, mark_stated, mark_summary
from clipclean.extraction.parse import parse
from clipclean.extraction.plain import see_that_lines_are_borne
from clipclean.extraction.scripted import scripted_html
from clipclean.model import Clipping, Page, PageLine


def read_page(clipping: Clipping, settings: CleanSettings) -> Page:
    """The lines and stated facts of a clipping's ``html``; a fact that the record has is never replaced.

    Raises RecordError where the page cannot be parsed, shows no text, or passes a limit.

    >>> page = read_page(Clipping(id="a", html="<title>Rain</title><p>It fell."), CleanSettings())
    >>> page.clipping.title, page.lines[0].text
    ('Rain', 'It fell.')
    """
    html = clipping.html or ""
    tree = parse(html, settings.limits)
    lines = tuple(lines_of(tree))
    see_that_lines_are_borne([line.text for line in lines], settings.limits)
    facts = stated_facts(tree)
    if not lines and "body" in facts:  # a script builds the page, but its metadata tells the story
        lines = tuple(PageLine(text, "p") for line in facts["body"].split("\n") if (text := " ".join(line.split())))
    if not lines and (story := scripted_html(tree)):
        html = f"<article>{story}</article>"
        lines = tuple(lines_of(parse(html, settings.limits)))
        see_that_lines_are_borne([line.text for line in lines], settings.limits)
    if not lines:
        raise RecordError("no-text", "the page shows no text (a script builds it, or it is empty); scrape it rendered")
    clipping = _with_facts(clipping, facts)
    if "summary" in facts:
        lines = mark_summary(facts["summary"], lines)
    if "body" in facts:
        lines = mark_stated(facts["body"], lines)
    if settings.extractor is Extractor.ENSEMBLE:
        lines = mark_extracted(html, lines)
    return Page(clipping, lines)


def _with_facts(clipping: Clipping, facts: Mapping[str, str]) -> Clipping:
    """Fill in what the page states; ``clipping.keys`` tells what the record said from what was only assumed."""
    url = clipping.url or facts.get("url")
    source, published = clipping.source, clipping.published
    if "source" not in clipping.keys and not clipping.url and url:
        source = (urlsplit(url).hostname or "").removeprefix("www.") or source
    if "published" not in clipping.keys:
        published = facts.get("published") or published
    return replace(
        clipping,
        url=url,
        source=source,
        published=published,
        title=clipping.title or facts.get("title"),
        lang=clipping.lang or facts.get("lang"),
    )
