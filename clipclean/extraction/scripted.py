"""The story of a page that a script builds: HTML that stands as a string among the data of the page's own scripts.

Sites built in the browser send their text in a data script, sometimes as JSON within JSON. It is looked for only where
a page shows no text at all, so that nothing that a reader would see is ever replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)
"""A quoted string, or what is left of the script where a quote is never closed: nothing is looked through twice."""

PARAGRAPH = re.compile(r"<p[\s>]", re.IGNORECASE)
PARAGRAPHS = 3
SHORTEST = 500
"""Paragraphs and characters that a string must have to be a story: notices and buttons have fewer."""

WITHIN = 2
"""How deep strings are looked for within strings; state as a string within a script's call is one deep."""

SCRIPT_LIMIT = 5_000_000
"""Characters of one script that are looked at."""


def scripted_html(tree: Any) -> str | None:
    """The longest HTML with paragraphs among the strings of a parsed page's scripts; None where there is none.

    >>> from lxml import html
    >>> story = "<p>Rain fell on Halden all night, and the old bridge was closed.</p>" * 9
    >>> page = html.document_fromstring(f'<script>push([1, "{story}"])</script>')
    >>> scripted_html(page) == story
    True
    """
    scripts = ((script.text or "")[:SCRIPT_LIMIT] for script in tree.iter("script"))
    return max((found for text in scripts for found in _stories(text, WITHIN)), key=len, default=None)


def _stories(text: str, within: int) -> Iterator[str]:
    """The innermost strings of a script's text that are stories."""
    import orjson

    for quoted in STRING.findall(text):
        if len(quoted) < SHORTEST:
            continue
        try:
            string = orjson.loads(quoted)
        except orjson.JSONDecodeError:
            continue
        inner = list(_stories(string, within - 1)) if within else []
        if inner:
            yield from inner
        elif len(PARAGRAPH.findall(string)) >= PARAGRAPHS:
            yield string
