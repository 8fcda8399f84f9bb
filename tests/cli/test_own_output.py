"""What one command writes, the others read: also a clipping of which cleaning kept nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import clipclean
from clipclean.cli import main

STORY = (
    "The ferry across the Orr stopped for good on Monday, nine hours after the new lock opened to cars.\n"
    '"It carried my grandmother to her wedding," said Per Strand, its last pilot, as he took down the bell.\n'
)
PAGE = """<html><head><title>Ferry stops | Orr Gazette</title></head><body>
<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav><h1>Ferry stops</h1>
<footer><p>© 2024 Orr Gazette. All rights reserved.</p></footer></body></html>"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("dump").mkdir()
    Path("dump/headline.html").write_text(PAGE, encoding="utf-8")
    Path("dump/headline-again.html").write_text(PAGE, encoding="utf-8")
    Path("dump/story.txt").write_text(STORY, encoding="utf-8")
    assert main(["clean", "dump", "-o", "clean.jsonl", "-q"]) == 0
    assert sum(record["text"] == "" for record in rows("clean.jsonl")) == 2


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(name).read_text("utf-8").splitlines()]


@pytest.mark.parametrize("options", ["", "--clean", "--threshold 0.7", "--dup remove", "--dup group"])
def test_dedup_keeps_what_clean_left_without_text_and_folds_it_into_nothing(options: str) -> None:
    assert main(["dedup", "clean.jsonl", "-o", "marked.jsonl", "-q", *options.split()]) == 0
    marked = rows("marked.jsonl")
    assert all(record.items() <= mark.items() for record, mark in zip(rows("clean.jsonl"), marked, strict=True))
    assert [record["duplicate_of"] for record in marked] == [None, None, None]


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_run_reads_what_run_wrote_in_every_format_with_records(form: str) -> None:
    written = f"out/clippings.{form}"
    assert main(["run", "dump", "-o", "out", "--format", form, "-q"]) == 0
    assert main(["run", written, "-o", "again", "-q"]) == 0
    again = rows("again/clippings.jsonl")
    assert [record["text"] for record in again] == ["", "", STORY.strip()]
    assert [record["flags"] for record in again] == [["no-story"], ["no-story"], []]
    assert main(["run", "dump", "-o", "tomorrow", "--against", written, "-q"]) == 0
    report = json.loads(Path("tomorrow/report.json").read_text("utf-8"))
    assert (report["against"]["compared"], report["against"]["failed"]) == (3, 0)
    assert (report["written"], report["folded"]) == (2, 1)


def test_an_index_takes_what_run_wrote(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("add", "check"):
        assert main(["index", command, "clippings.idx", "clean.jsonl", "-q"]) == 0
        assert [json.loads(line)["copy"] for line in capsys.readouterr().out.splitlines()] == [False] * 3


def test_the_library_takes_its_own_records() -> None:
    records = [clipclean.to_record(result) for result in clipclean.clean_many(rows("clean.jsonl"))]
    assert [fold.duplicate_of for fold in clipclean.dedup(records).folds] == [None, None, None]


def test_an_empty_text_is_a_failure_where_nothing_says_that_cleaning_left_it_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    records = [{"id": "a", "text": ""}, {"id": "b", "text": None, "flags": ["suspect"]}, {"flags": ["no-story"]}]
    Path("scraped.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    assert main(["dedup", "scraped.jsonl", "--errors", "errors.jsonl", "-q"]) == 1
    assert [row["kind"] for row in rows("errors.jsonl")] == ["empty-text", "empty-text", "no-text"]
    assert capsys.readouterr().out == ""
