"""One clipping line by line: what was kept, what went, by which rule and how sure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from clipclean.model import CleanClipping
from clipclean.review.printable import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

HEADER = ("line", "keep", "label", "rule", "score", "text")


def line_rows(result: CleanClipping) -> Iterator[str]:
    """The verdicts as tab-separated lines with a header, for tools; ``keep`` is 1 or 0.

    >>> list(line_rows(CleanClipping(None)))
    ['line\\tkeep\\tlabel\\trule\\tscore\\ttext']
    """
    yield "\t".join(HEADER)
    for line in result.lines:
        cells = (line.number, int(line.keep), line.label.value, line.rule, f"{line.score:.2f}", printable(line.text))
        yield "\t".join(map(str, cells))


def line_table(result: CleanClipping) -> RenderableType:
    """The verdicts as a table for the terminal: kept lines plain, removed ones dim."""
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    for name in ("line", "", "label", "rule", "score"):
        table.add_column(name, justify="right" if name in ("line", "score") else "left", no_wrap=name != "rule")
    table.add_column("text", ratio=1, overflow="fold")
    for line in result.lines:
        cells = (str(line.number), "" if line.keep else "-", line.label.value, line.rule, f"{line.score:.2f}")
        table.add_row(*map(Text, cells), Text(printable(line.text)), style=None if line.keep else "dim")
    return Group(_facts(result), table)


def _facts(result: CleanClipping) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    clipping = result.clipping
    facts = {
        "id": clipping.id,
        "from": str(clipping.origin),
        "source": clipping.source,
        "title": clipping.title,
        "date": clipping.published,
        "byline": result.byline,
        "agency": result.agency,
        "dateline": result.dateline,
        "flags": ", ".join(result.flags),
        "notes": "; ".join(clipping.notes),
        "kept": f"{len(result.lines) - len(result.removed)} of {len(result.lines)} lines",
    }
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold")
    grid.add_column(overflow="fold")
    for name, value in facts.items():
        if value:
            grid.add_row(name, Text(printable(value)))
    return grid
