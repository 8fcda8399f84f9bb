"""Markdown becomes a page, so that cleaning sees what is a link, a heading, a list, a picture; line by line.

Crawlers that serve language models write whole sites so: menus as lists of links, teasers as links, pictures with what
they show. Each line is a block, since those crawlers write a paragraph in one. Only what tells story from furniture is
read, so that time grows with the length alone, whatever the text is: of tables the cells stay, and what is no Markdown
after all stays text.
"""

from __future__ import annotations

import re
from html import escape

LINKS = 2
"""So many links written as Markdown does make a text Markdown: one may be quoted."""

_ADDRESS = r"\((?:<[^<>\n]*>|[^()\s<>]*(?:\([^()\s]*\)[^()\s<>]*)?)(?:[ \t]+(?:\"[^\"\n]*\"|'[^'\n]*'))?\)"
_WEB_LINK = re.compile(r"\]\(<?(?:https?://|/)[^()\s]*")
_IMAGE = re.compile(r"!\[([^\[\]]*)\]" + _ADDRESS)
_LINK = re.compile(r"\[([^\[\]]*)\]" + _ADDRESS)
_STRONG = re.compile(r"\*\*(?=\S)([^*]+)\*\*|(?<!\w)__(?=\S)([^_]+)__(?!\w)")
_WEAK = re.compile(r"\*(?=\S)([^*]+)\*|(?<!\w)_(?=\S)([^_]+)_(?!\w)")
_ESCAPED = re.compile(r"\\(&(?:amp|lt|gt);|[!-%'-/:-@\[-`{-~])")
_HEADING = re.compile(r"\A(#{1,6})[ \t]+(.*)")
_ITEM = re.compile(r"\A(?:[-*+]|\d{1,9}[.)])[ \t]+(.*)")
_RULE = re.compile(r"\A(?:[-*_=][ \t]*){3,}\Z")
_FENCE = re.compile(r"\A(?:`{3,}|~{3,})[ \t]*[\w+.-]*\Z")
_BETWEEN = re.compile(r"\A[|:\- \t]+\Z")


def is_markdown(text: str) -> bool:
    """Whether a text is Markdown, told by its links.

    >>> is_markdown("[Home](https://vell.example) [News](/news)"), is_markdown("[Editor's note](see below)")
    (True, False)
    """
    return "](" in text and len(_WEB_LINK.findall(text)) >= LINKS


def as_page(text: str) -> str:
    """Markdown as the body of a page, a block for each of its lines.

    >>> print(as_page("# Rain\\n\\n![Sheep](a.jpg)\\nIt **fell**. [More](/b)\\n- one\\n- two"))
    <h1>Rain</h1>
    <figure><img src=""><figcaption>Sheep</figcaption></figure>
    <p>It <strong>fell</strong>. <a href="">More</a></p>
    <ul>
    <li>one</li>
    <li>two</li>
    </ul>
    """
    blocks: list[str] = []
    listed = False
    for line in text.splitlines():
        line = line.strip().lstrip(">").lstrip()
        item = _ITEM.match(line)
        if listed and line and not item:
            blocks.append("</ul>")
            listed = False
        if not line or _RULE.match(line) or _FENCE.match(line):
            continue
        if item and not listed:
            blocks.append("<ul>")
            listed = True
        blocks.append(f"<li>{_inline(item[1])}</li>" if item else _block(line))
    return "\n".join([*blocks, "</ul>"] if listed else blocks)


def _block(line: str) -> str:
    if heading := _HEADING.match(line):
        level = len(heading[1])
        return f"<h{level}>{_inline(heading[2].rstrip('# '))}</h{level}>"
    if line.startswith("|"):
        if _BETWEEN.match(line):
            return ""
        cells = (cell.strip() for cell in line.split("|"))
        return f"<p>{_inline(' | '.join(filter(None, cells)))}</p>"
    if (image := _IMAGE.fullmatch(line)) and image[1].strip():
        return f'<figure><img src=""><figcaption>{_plain(image[1])}</figcaption></figure>'
    return f"<p>{_inline(line)}</p>"


def _inline(text: str) -> str:
    """What stands in a line; pictures in it are left out, as their words are no part of it."""
    parts = []
    place = 0
    text = _IMAGE.sub("", text)
    for link in _LINK.finditer(text):
        parts += [_plain(text[place : link.start()]), f'<a href="">{_plain(link[1])}</a>']
        place = link.end()
    return "".join([*parts, _plain(text[place:])])


def _plain(text: str) -> str:
    text = _ESCAPED.sub(lambda sign: sign[1] if len(sign[1]) > 1 else f"&#{ord(sign[1])};", escape(text, quote=False))
    text = _STRONG.sub(lambda found: f"<strong>{found[1] or found[2]}</strong>", text)
    return _WEAK.sub(lambda found: f"<em>{found[1] or found[2]}</em>", text)
