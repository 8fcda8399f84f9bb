"""Plain text becomes lines: cut at line feed, carriage return, or both, and nowhere else.

Other characters that Unicode calls line ends stay inside their line, so that joining the lines with line feeds gives
the text back.
"""

from __future__ import annotations

from collections.abc import Sequence

from clipclean.limits import PageLimits, over
from clipclean.model import PageLine, new_page_line


def split_lines(text: str, limits: PageLimits | None = None) -> tuple[PageLine, ...]:
    """The lines of a text, empty ones among them; raises RecordError where they are too many or one is too long.

    >>> [line.text for line in split_lines("a\\r\\nb\\n\\nc")]
    ['a', 'b', '', 'c']
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    see_that_lines_are_borne(lines, limits or PageLimits())
    return tuple(map(new_page_line, lines))


def see_that_lines_are_borne(lines: Sequence[str], limits: PageLimits) -> None:
    """Raise RecordError ``too-many-lines`` or ``line-too-long`` where they go beyond the limits."""
    if len(lines) > limits.lines:
        raise over("lines", limits.lines, "too-many-lines", f"it has more than {limits.lines:,} lines")
    if max(map(len, lines), default=0) > limits.line:
        number = next(number for number, line in enumerate(lines, start=1) if len(line) > limits.line)
        raise over("line", limits.line, "line-too-long", f"line {number} has more than {limits.line:,} characters")
