"""Which copy stays, how far copies fold, and what was known before, as the commands do it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import clipclean
from clipclean.cli import main

STORY = [
    "Rain fell on Halden for a third day on Monday, and the river Orr rose by almost a metre in the night.",
    "The mayor, Ida Brand, told everybody who lives by the water to leave their homes before the evening.",
    "Two schools were opened for the families, and the army brought beds, blankets and warm food to both.",
    "The last flood of this size was in the spring of 1987, when the old bridge was carried away.",
]
RECORDS: list[dict[str, Any]] = [
    {"id": "whole", "source": "harbor.example", "published": "2024-05-01T08:00", "text": "\n".join(STORY)},
    {"id": "wire", "source": "News.Wire.example", "published": "2024-05-01T06:00", "text": "\n".join(STORY)},
    {"id": "cut", "source": "harbor.example", "published": "2024-05-03", "text": "\n".join(STORY[:3])},
    {"id": "late", "source": "lodestar.example", "published": "2024-07-01", "text": "\n".join(STORY)},
    {"id": "undated", "source": "west.example", "text": "\n".join(STORY)},
    {"id": "empty", "source": "west.example", "text": "***"},
]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write("dump.jsonl", RECORDS)


def write(name: str, records: list[dict[str, Any]]) -> None:
    Path(name).write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(name).read_text("utf-8").splitlines()]


def copies(*options: str) -> dict[str, str]:
    """What each copy is a copy of."""
    assert main(["dedup", "dump.jsonl", "-o", "out.jsonl", "-q", *options]) == 0
    return {row["id"]: row["duplicate_of"] for row in rows("out.jsonl") if row["duplicate_of"]}


def test_all_copies_fold_into_the_longest_and_the_reason_is_on_the_record() -> None:
    assert copies() == {"whole": "wire", "cut": "wire", "late": "wire", "undated": "wire"}
    found = {row["id"]: row for row in rows("out.jsonl")}
    assert found["cut"]["why_kept"] == found["wire"]["why_kept"] == "longest: 77 words"
    assert (found["wire"]["cluster_sources"], found["wire"]["cluster_hours"]) == (4, 1458.0)
    assert found["empty"]["why_kept"] is found["empty"]["cluster_hours"] is None


@pytest.mark.parametrize(
    ("options", "kept", "why"),
    [
        ("--keep earliest", "wire", "earliest: 2024-05-01T06:00"),
        ("--keep latest", "late", "latest: 2024-07-01T00:00"),
        ("--keep first", "whole", "first in the input"),
        ("--prefer lodestar.example,harbor.example", "late", "preferred source: lodestar.example"),
        ("--keep preferred --prefer none.example --prefer WIRE.example", "wire", "preferred source: wire.example"),
        ("--prefer www.lodestar.example", "late", "preferred source: www.lodestar.example"),
        ("--prefer ire.example", "wire", "longest: 77 words; none is of a preferred source"),
    ],
)
def test_the_policy_chooses_and_says_why(options: str, kept: str, why: str) -> None:
    assert set(copies(*options.split()).values()) == {kept}
    assert {row["why_kept"] for row in rows("out.jsonl") if row["why_kept"]} == {why}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("--fold none", ""),
        ("--fold exact", "whole late undated"),
        ("--level high", "whole late undated"),
        ("--level moderate", "whole cut late undated"),
        ("--window 36h", "whole undated"),
        ("--window 2d", "whole cut undated"),
        ("--window 9w", "whole cut late undated"),
        ("--scope same-source", "cut"),
        ("--scope cross-source", "whole cut late undated"),
        ("--scope cross-source --window 36h", "whole undated"),
        ("--threshold 0.9 --window 7d", "whole undated"),
    ],
)
def test_how_far_copies_fold(options: str, expected: str) -> None:
    assert set(copies(*options.split())) == set(expected.split())


def test_a_file_of_settings_says_the_same_and_the_command_line_wins() -> None:
    Path("clipclean.toml").write_text('prefer = ["lodestar.example"]\nwindow = "36h"\nlevel = "high"\n')
    assert copies() == {"whole": "wire", "undated": "late"}
    assert copies("--window", "none", "--fold", "exact") == {"whole": "late", "wire": "late", "undated": "late"}
    assert copies("--keep", "earliest") == {"whole": "wire", "undated": "wire"}
    settings = clipclean.load_settings("clipclean.toml").dedup
    found = clipclean.dedup(RECORDS, settings=settings)
    assert {fold.id: fold.duplicate_of for fold in found.folds if fold.duplicate_of} == copies()


def test_against_folds_only_what_was_known_whatever_its_id() -> None:
    write("old.jsonl", [{**RECORDS[0], "id": "monday"}, RECORDS[5], {"id": "broken", "text": ""}])
    write("older.jsonl", [{**RECORDS[2], "id": "monday"}])
    expected = {"whole": "monday", "wire": "monday", "cut": "monday", "late": "monday", "undated": "monday"}
    assert copies("--against", "old.jsonl", "--against", "older.jsonl") == {**expected, "empty": "empty"}
    assert {row["why_kept"] for row in rows("out.jsonl")} == {"known before; longest: 77 words"} | {
        "known before; longest: 0 words"
    }
    assert copies("--against", "old.jsonl", "--window", "1d") == {
        "whole": "monday",
        "wire": "monday",
        "undated": "monday",
        "empty": "empty",
    }
    write("other.jsonl", [{"id": "x", "text": "Quite another story."}])
    assert copies("--against", "other.jsonl") == {}
    write("nothing.jsonl", [])
    assert copies("--against", "nothing.jsonl") == {}


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet", "txt"])
def test_the_folder_of_a_run_stands_for_the_clippings_it_kept(form: str, capfd: pytest.CaptureFixture[str]) -> None:
    write("dump.jsonl", [{**record, "text": f"{record['text']}\nShare this article"} for record in RECORDS[:5]])
    assert main(["run", "dump.jsonl", "-o", "old", "-q", "--format", form]) == 0
    assert main(["run", "dump.jsonl", "-o", "new", "-q", "--against", "old"]) == 0
    kept = Path("old") / ("clippings" if form == "txt" else f"clippings.{form}")
    report = json.loads(Path("new/report.json").read_text("utf-8"))
    assert report["against"] == {"inputs": [str(kept)], "compared": 1, "failed": 0, "failures": []}
    assert (report["written"], report["folded"]) == (0, 5)
    assert len(copies("--against", "old")) == 5
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "command", ["run dump.jsonl -o new", "dedup dump.jsonl -o new.jsonl", "dedup dump.jsonl --preview"]
)
def test_what_of_the_old_cannot_be_used_is_said_with_the_reason(
    command: str, capfd: pytest.CaptureFixture[str]
) -> None:
    write("old.jsonl", [RECORDS[0], *({"id": f"broken-{number}", "text": ""} for number in range(7))])
    assert main([*command.split(), "--against", "old.jsonl", "-q"]) == 0
    said = capfd.readouterr().err.splitlines()
    why = "the text is empty; leave the record out or fill its text"
    assert said[:5] == [f"clipclean: old.jsonl, record {number}: {why}" for number in range(2, 7)]
    assert said[5:] == ["clipclean: 7 clippings of --against could not be used, and nothing was folded into them"]


def test_the_same_dump_again_is_folded_whole_and_accounted_for(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "dump.jsonl", "-o", "out", "--against", "dump.jsonl", "--dup", "group"]) == 0
    report = json.loads(Path("out/report.json").read_text("utf-8"))
    assert (report["read"], report["written"], report["folded"], report["failed"]) == (6, 1, 5, 0)
    assert report["against"] == {"inputs": ["dump.jsonl"], "compared": 6, "failed": 0, "failures": []}
    assert report["clusters"]["within"] == {"1h": 0, "1d": 0, "7d": 0, "longer": 1, "unknown": 0}
    rows_ = rows("out/duplicates.jsonl")
    assert {row["id"] for row in rows_} == {record["id"] for record in RECORDS[:5]}
    assert all(row["why_kept"].startswith("known before") and row["cluster_sources"] for row in rows_)
    (left,) = rows("out/clippings.jsonl")
    assert (left["id"], left["text"], left["copies"]) == ("empty", "", [])  # a text of nothing is a copy of nothing


def test_the_library_compares_with_what_was_known(tmp_path: Path) -> None:
    found = clipclean.dedup(RECORDS[2:], against=RECORDS[:2])
    assert [fold.duplicate_of for fold in found.folds] == ["wire", "wire", "wire", None]
    report = clipclean.run(tmp_path / "dump.jsonl", tmp_path / "out", against=tmp_path / "dump.jsonl")
    assert (report.read, report.folded) == (6, 5)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("dedup dump.jsonl --preview -o x.jsonl", "leave out -o"),
        ("dedup dump.jsonl --preview --pairs x.jsonl", "leave out --pairs"),
        ("dedup dump.jsonl --preview-pairs -1", "--preview-pairs"),
        ("dedup dump.jsonl --against -", "name a file, folder or glob"),
        ("dedup dump.jsonl --against missing.jsonl", "missing.jsonl"),
        ("dedup dump.jsonl -o old.jsonl --against old.jsonl", "would be overwritten"),
        ("run dump.jsonl -o out --against out/clippings.jsonl", "lies in the output folder"),
    ],
)
def test_wrong_use_says_what_to_do(arguments: str, said: str, capfd: pytest.CaptureFixture[str]) -> None:
    write("old.jsonl", RECORDS)
    Path("out").mkdir()
    write("out/clippings.jsonl", RECORDS)
    assert main(arguments.split()) == 2
    assert said in capfd.readouterr().err
    assert not Path("x.jsonl").exists()


def test_preview_shows_levels_and_borderline_pairs_and_writes_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    before = sorted(Path().iterdir())
    assert main(["dedup", "dump.jsonl", "--preview"]) == 0
    page = capfd.readouterr().out
    counts = re.findall(r"^(exact|duplicate|abridgement|update)\D+?(\d+) +(\d+)$", page, re.MULTILINE)
    assert counts == [("exact", "3", "3"), ("duplicate", "3", "3"), ("abridgement", "4", "2"), ("update", "4", "2")]
    assert "abridgement *" in page
    assert "1. abridgement: strength" in page
    assert "‹Rain fell on" in page
    assert "known before" not in page
    assert "\x1b" not in page
    assert sorted(Path().iterdir()) == before


def test_preview_obeys_nothing_that_stands_in_a_text(capfd: pytest.CaptureFixture[str]) -> None:
    write("dump.jsonl", [{**RECORDS[0], "text": RECORDS[0]["text"] + " \x1b[31mred"}, RECORDS[2]])
    assert main(["dedup", "dump.jsonl", "--preview-pairs", "3"]) == 0
    page = capfd.readouterr().out
    assert "\x1b" not in page
    assert "\\x1b[31mred" in page


@pytest.mark.parametrize("options", ["", "--against old.jsonl", "--threshold 0.5", "--preview-pairs 0"])
@pytest.mark.parametrize("records", [[], RECORDS[5:], RECORDS[:2]])
def test_few_records_are_no_trouble(
    options: str, records: list[dict[str, Any]], capfd: pytest.CaptureFixture[str]
) -> None:
    write("dump.jsonl", records)
    write("old.jsonl", RECORDS[2:3])
    assert main(["dedup", "dump.jsonl", "--preview", "--no-color", *options.split()]) == (0 if records else 1)
    page = capfd.readouterr().out
    assert page.startswith("fold up to")
    assert ("known before" in page) == (options == "--against old.jsonl" and len(records) == 2)
