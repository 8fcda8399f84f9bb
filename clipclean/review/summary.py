"""The end of a run on one screen: what came in, what became of it, and where to look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipclean.review.printable import printable
from clipclean.review.report import Report

if TYPE_CHECKING:
    from rich.console import RenderableType

SHOWN = 6
"""Names shown of labels, sources and kinds of failure; report.json has all of them."""

WIDTHS = (18, 10, 21)
"""Characters shown of the names in the three columns of counts, so that they stand side by side in 80."""


FEW = 5
"""Added to what was read of a source before shares are compared: 1 flagged of 1 says less than 30 of 40."""

FLAGGED_SHOWN = 3
"""Sources that are named for their flagged clippings."""


def summary(report: Report, out: Path, seconds: float) -> RenderableType:
    """The summary of a run for a terminal of 80 columns. ``seconds`` is how long the run took."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    rate = f", {report.read / seconds:,.0f} a second" if seconds >= 1 else ""
    read = report.read - report.failed  # what failed may be a folder, a file or a record, and is no clipping
    unit = "clipping" if read == 1 else "clippings"
    failed = f", {report.failed:,} failed," if report.failed else ""
    columns = Table.grid(padding=(0, 3))
    parted = {
        "what became of them": _outcome(report),
        "removed lines": _ranked(report.labels),
        "clippings by source": _ranked({name: counts["read"] for name, counts in report.sources.items()}),
    }
    columns.add_row(*(_counts(title, rows, width) for (title, rows), width in zip(parted.items(), WIDTHS, strict=True)))
    parts: list[RenderableType] = [
        Text(f"{read:,} {unit} read{failed} in {_duration(seconds)}{rate}", style="bold"),
        Text(f"{report.removed:,} of {report.lines:,} lines removed"),
        Text(),
        columns,
        Text(),
    ]
    if report.settings_file:
        parts.insert(2, Text(f"Settings from {printable(report.settings_file)}"))
    if report.interrupted:
        parts.insert(1, Text("Interrupted: what was read until then is written, the rest is not.", style="yellow"))
    return Group(*parts, _files(report, out), *_advice(report, out))


def _outcome(report: Report) -> Iterable[tuple[str, int]]:
    yield "written", report.written
    yield "folded as copies", report.folded
    yield from ((f"  {name}", number) for name, number in _ranked(report.clusters.get("relations", {})))
    yield "failed", report.failed
    yield from ((f"  {name}", number) for name, number in _ranked(report.errors))


def _ranked(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    ranked = list(counts.items())
    rest = ranked[SHOWN:]
    return ranked[:SHOWN] + ([(f"{len(rest)} others", sum(number for _, number in rest))] if rest else [])


def _counts(title: str, rows: Iterable[tuple[str, int]], width: int) -> RenderableType:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    grid.add_column(max_width=width, no_wrap=True, overflow="ellipsis")
    grid.add_column(justify="right", no_wrap=True)
    for name, number in rows:
        style = "red" if name == "failed" and number else "dim" if name.startswith("  ") else ""
        grid.add_row(Text(printable(name), style=style), Text(f"{number:,}", style=style))
    return Group(Text(title, style="bold"), grid)


def _files(report: Report, out: Path) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    form = report.settings["output"]["format"]
    grid = Table.grid(padding=(0, 2))
    grid.add_row(Text(f"in {printable(str(out))}", style="bold"), "")
    grid.add_row("clippings/" if form == "txt" else f"clippings.{form}", "each story once, with only its own text")
    grid.add_row("removed.jsonl", "every line that was taken, with the rule that took it")
    grid.add_row("duplicates.jsonl", "every copy, with what it is a copy of and the measures")
    if report.failed:
        grid.add_row("errors.jsonl", "every input that failed, and what to do about it")
    grid.add_row("report.json", "all counts, the settings and the versions")
    return grid


def _advice(report: Report, out: Path) -> Iterable[RenderableType]:
    """What deserves a look first: failures, then clippings that cleaning itself is unsure of."""
    from rich.text import Text

    if report.failed:
        yield Text()
        yield Text(f"{report.failed:,} failed: read {printable(str(out / 'errors.jsonl'))} first.", style="red")
    if report.flags:
        flags = ", ".join(f"{printable(name)} {number:,}" for name, number in _ranked(report.flags))
        yield Text()
        yield Text(f"Flagged clippings, to be looked at: {flags}.", style="yellow")
        if worst := ", ".join(_most_flagged(report.sources)):
            yield Text(f"The highest shares: {worst}. A site that was redesigned shows up here.", style="yellow")


def _most_flagged(sources: Mapping[str, Mapping[str, Any]]) -> Iterable[str]:
    """The sources with the highest shares of flagged clippings, in words."""
    counts = [(name, source.get("flagged", 0), source["read"]) for name, source in sources.items()]
    flagged = [(name, flagged, read) for name, flagged, read in counts if flagged]
    flagged.sort(key=lambda row: (-row[1] / (row[2] + FEW), row[0]))
    for name, number, read in flagged[:FLAGGED_SHOWN]:
        yield f"{printable(name)} {number:,} of {read:,}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"
