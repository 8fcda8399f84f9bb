from __future__ import annotations

import io
import unicodedata
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console, RenderableType

from clipclean.model import CleanClipping, Clipping, Label, Line
from clipclean.review import Report, line_rows, line_table, printable, summary

HOSTILE = "\x1b]0;title\x07\x1b[31m[bold red]Rain[/bold red]\t\u202efell\r"
LONG = "The mayor told people who live by the water to leave their homes before the evening. " * 3


def shown(page: RenderableType, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None, legacy_windows=False)
    console.print(page)
    return console.file.getvalue()  # type: ignore[attr-defined]


def result(*texts: str) -> CleanClipping:
    lines = [Line(at, text, Label.BODY, at % 2 == 1, "sentence", 0.5) for at, text in enumerate(texts, start=1)]
    return CleanClipping(Clipping(id=HOSTILE, title=HOSTILE, text="\n".join(texts)), tuple(lines))


@given(st.text())
def test_printable_text_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    safe = printable(text)
    assert not [c for c in safe if unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp")]
    assert not set(safe) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs"))))
def test_ordinary_text_of_every_script_is_shown_as_it_is(text: str) -> None:
    assert printable(text) == text


def test_lines_for_tools_are_one_line_each_with_the_same_columns() -> None:
    rows = list(line_rows(result(HOSTILE, "Rain\tfell.")))
    assert [row.count("\t") for row in rows] == [6, 6, 6]
    assert rows[2].split("\t") == ["2", "0", "body", "sentence", "0.50", "Rain\\tfell.", ""]
    assert "\x1b" not in "".join(rows)


def test_the_table_shows_kept_text_in_full_and_markup_as_text() -> None:
    page = shown(line_table(result(LONG, HOSTILE)))
    assert "\x1b" not in page
    assert "[bold red]Rain[/bold red]" in page.replace("\n", "").replace(" ", "") or "[bold" in page
    words = " ".join(page.split())
    for word in set(LONG.split()):
        assert words.count(word) >= LONG.split().count(word)


def test_the_summary_fits_80_columns_and_shows_what_became_of_everything() -> None:
    report = Report(
        read=31_000,
        written=20_000,
        folded=10_990,
        failed=10,
        interrupted=True,
        lines=500_000,
        removed=9_905,
        labels={f"label{n}": 1000 - n for n in range(20)},
        flags={"no-story": 3},
        errors={"broken-json": 9, "empty-text": 1},
        sources={f"a-very-long-source-name-{n}.example": {"read": 1000} for n in range(40)},
        clusters={"relations": {"exact": 10_000, "abridgement": 990}},
        settings={"output": {"format": "parquet"}},
    )
    page = shown(summary(report, Path("out"), 125.0))
    assert max(len(line) for line in page.splitlines()) <= 80
    for expected in (
        "30,990 clippings read, 10 failed",
        "9,905 of 500,000 lines removed",
        "2 min 5 s",
        "20,000",
        "10,990",
        "abridgement",
        "broken-json",
        "no-story 3",
    ):
        assert expected in page
    for expected in (
        "clippings.parquet",
        "errors.jsonl",
        "9,905 of 500,000 lines",
        "14 others",
        "34 others",
        "Interrupted",
    ):
        assert expected in page


def test_the_summary_names_the_sources_with_the_highest_share_of_flagged_clippings() -> None:
    counts = {"halden.example": (40, 30), "orr.example": (1, 1), "tessmar.example": (500, 20), "calm.example": (90, 0)}
    report = Report(
        flags={"suspect": 51},
        sources={name: {"read": read, "flagged": flagged} for name, (read, flagged) in counts.items()},
        settings={"output": {"format": "jsonl"}},
    )
    page = " ".join(shown(summary(report, Path("out"), 0.1)).split())
    assert "halden.example 30 of 40, orr.example 1 of 1, tessmar.example 20 of 500" in page
    assert page.count("calm.example") == 1  # among the sources, not among the flagged


def test_the_summary_of_nothing_is_short() -> None:
    page = shown(summary(Report(settings={"output": {"format": "txt"}}), Path("out"), 0.1))
    assert "0 clippings read" in page
    assert "clippings/" in page
    assert "errors.jsonl" not in page


def test_an_input_that_holds_nothing_is_no_clipping() -> None:
    report = Report(read=1, failed=1, errors={"no-records": 1}, settings={"output": {"format": "jsonl"}})
    page = shown(summary(report, Path("out"), 0.1))
    assert "0 clippings read, 1 failed, in" in page
    assert "1 clipping read" not in page
