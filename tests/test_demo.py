"""The dump that `make demo` cleans, the whole way: nothing is lost, and each story comes out once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import clipclean

FIXTURES = Path(__file__).parent.parent / "fixtures"
FOLDED = {"exact", "duplicate", "abridgement"}


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


EXPECTED = rows(FIXTURES / "expected.jsonl")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "out"
    clipclean.run([FIXTURES / "dump"], folder, duplicates="annotate")
    return folder


@pytest.fixture(scope="module")
def clippings(out: Path) -> dict[str, dict[str, Any]]:
    """The records by their id in expected.jsonl, which knows files by their path below the dump."""
    return {row["id"].removeprefix(f"{(FIXTURES / 'dump').as_posix()}/"): row for row in rows(out / "clippings.jsonl")}


def test_every_clipping_of_the_dump_is_accounted_for(out: Path, clippings: dict[str, dict[str, Any]]) -> None:
    report = json.loads((out / "report.json").read_text())
    assert report["read"] == len(EXPECTED)
    assert report["failed"] == 0
    assert report["written"] + report["folded"] == len(EXPECTED)
    assert clippings.keys() == {one["id"] for one in EXPECTED}


def test_every_line_of_a_text_comes_back_from_its_record(clippings: dict[str, dict[str, Any]]) -> None:
    for one in EXPECTED:
        if one["input"] == "text":
            lines = clipclean.restore(clippings[one["id"]]).split("\n")
            assert [line.strip() for line in lines if line.strip()] == [line["text"] for line in one["lines"]], one[
                "id"
            ]


def test_a_story_is_written_once_and_what_only_looks_like_it_stays(clippings: dict[str, dict[str, Any]]) -> None:
    kept = {name for name, row in clippings.items() if row["duplicate_of"] is None}
    for one in EXPECTED:
        copies = {name for name, relation in one["relations"].items() if relation in FOLDED}
        assert len(kept & {one["id"], *copies}) == 1, f"{one['id']} and {copies}"
