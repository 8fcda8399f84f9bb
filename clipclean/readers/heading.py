"""The heading of a text file, in which a program wrote down what it knew of the story: title, address, date.

Three forms are known, and a text that begins otherwise has none: lines between ``---`` (the front matter of Markdown
and the metadata of trafilatura), lines up to ``Markdown Content:`` (Jina), and two or more lines up to the first blank
one (``Title: ...``, ``Date: ...``), of which each says something that a record could say. In any form at least one line
is a fact of a clipping, else it stays text.
"""

from __future__ import annotations

import re

from clipclean.readers.names import FIELD_OF, folded

MOST_LINES = 100
"""A heading that does not end within so many lines is none."""

OTHERS = frozenset({"author", "authors", "byline", "category", "categories", "section", "tags", "keywords"})
"""What lines without a fence may say besides facts."""

CONTENT = "Markdown Content:"
_FENCE = "---"
_LINE = re.compile(r"\A([A-Za-z][\w.@ -]{0,39}):(?:[ \t]+(\S.*))?\Z")
_FACTS = frozenset({"url", "source", "title", "published", "lang"})

Facts = dict[str, str]


def cut_heading(text: str) -> tuple[Facts, str]:
    """What the heading of a text says, under its own names, and the text below; nothing and the text without one.

    >>> cut_heading("---\\ntitle: 'Rain: a record'\\ndate: 2031-05-02\\n---\\nRain fell.")
    ({'title': 'Rain: a record', 'date': '2031-05-02'}, 'Rain fell.')
    >>> cut_heading("Note: rain fell.\\n\\nIt was cold.")
    ({}, 'Note: rain fell.\\n\\nIt was cold.')
    """
    found = _fenced(text) or _named(text) or _open(text)
    return found or ({}, text)


def _fenced(text: str) -> tuple[Facts, str] | None:
    """Lines between fences; what is indented below a key, or listed there, belongs to it."""
    lines = _lines(text)
    if not lines or lines[0].strip() != _FENCE:
        return None
    facts: Facts = {}
    key = ""
    for number, line in enumerate(lines[1:], start=1):
        if line.strip() in (_FENCE, "..."):
            return (facts, _below(text, number + 1)) if _tell(facts) else None
        if not line.strip() or line.startswith("#"):
            continue
        if key and line.startswith((" ", "\t", "- ")):
            facts[key] = f"{facts[key]} {line.strip().removeprefix('- ')}".strip()
        elif said := _LINE.match(line.rstrip()):
            key = said[1]
            facts[key] = _unquoted(said[2] or "")
        else:
            return None
    return None


def _named(text: str) -> tuple[Facts, str] | None:
    """Lines up to that which says that Markdown follows."""
    facts: Facts = {}
    for number, line in enumerate(_lines(text)):
        if line.strip() == CONTENT:
            return (facts, _below(text, number + 1)) if _tell(facts) else None
        if not line.strip():
            continue
        if not (said := _LINE.match(line.rstrip())):
            return None
        facts[said[1]] = said[2] or ""
    return None


def _open(text: str) -> tuple[Facts, str] | None:
    """Lines up to a blank one that all say something of a clipping."""
    facts: Facts = {}
    for number, line in enumerate(_lines(text)):
        if not line.strip():
            known = {FIELD_OF[folded(key)][0] for key in facts if folded(key) in FIELD_OF}
            return (facts, _below(text, number + 1)) if len(known) > 1 else None
        said = _LINE.match(line.rstrip())
        if not said or not said[2] or said[1] in facts:
            return None
        if not (_tell({said[1]: said[2]}) or folded(said[1]) in OTHERS):
            return None
        facts[said[1]] = said[2]
    return None


def _tell(facts: Facts) -> bool:
    return any(FIELD_OF.get(folded(key), ("",))[0] in _FACTS for key, value in facts.items() if value)


def _lines(text: str) -> list[str]:
    """The first lines, so many as a heading may have."""
    lines: list[str] = []
    start = 0
    while len(lines) < MOST_LINES and start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        lines.append(text[start:end])
        start = end + 1
    return lines


def _below(text: str, lines: int) -> str:
    """The text without its first lines and the blank ones below them."""
    start = 0
    for _ in range(lines):
        start = text.find("\n", start) + 1 or len(text)
    return text[start:].lstrip("\r\n")


def _unquoted(value: str) -> str:
    value = value.strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value
