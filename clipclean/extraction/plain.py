"""Plain text becomes lines: cut at line feed, carriage return, or both, and nowhere else.

Other characters that Unicode calls line ends stay inside their line, so that joining the lines with line feeds gives
the text back.
"""

from __future__ import annotations

from clipclean.model import PageLine, new_page_line


def split_lines(text: str) -> tuple[PageLine, ...]:
    """The lines of a text, empty ones among them.

    >>> [line.text for line in split_lines("a\\r\\nb\\n\\nc")]
    ['a', 'b', '', 'c']
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return tuple(map(new_page_line, text.split("\n")))
