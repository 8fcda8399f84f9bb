"""One clipping line by line: what was kept, what went, by which rule and how sure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from clipclean.model import CleanClipping
from clipclean.review.printable import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

HEADER = ("line", "keep", "label", "rule", "score", "text", "why")


def line_rows(result: CleanClipping) -> Iterator[str]:
    """The verdicts as tab-separated lines with a header, for tools; ``keep`` is 1 or 0.

    >>> list(line_rows(CleanClipping(None)))
    ['line\\tkeep\\tlabel\\trule\\tscore\\ttext\\twhy']
    """
    yield "\t".join(HEADER)
    for line in result.lines:
        verdict = (line.number, int(line.keep), line.label.value, line.rule, f"{line.score:.2f}")
        yield "\t".join(map(str, (*verdict, printable(line.text), printable(line.why))))


def line_table(result: CleanClipping) -> RenderableType:
    """The verdicts as a table for the terminal: kept lines plain, removed ones dim."""
    from rich import box
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    for name in ("line", "", "label", "rule", "score"):
        table.add_column(name, justify="right" if name in ("line", "score") else "left", no_wrap=name != "rule")
    table.add_column("text", ratio=3, overflow="fold")
    table.add_column("why", ratio=2, overflow="fold")
    for line in result.lines:
        cells = (str(line.number), "" if line.keep else "-", line.label.value, line.rule, f"{line.score:.2f}")
        told = map(Text, (*cells, printable(line.text), printable(line.why)))
        table.add_row(*told, style=None if line.keep else "dim")
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
        "headline": result.headline,
        "byline": result.byline,
        "agency": result.agency,
        "dateline": result.dateline,
        "flags": ", ".join(result.flags),
        "confidence": f"{result.confidence:.2f}",
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
