"""``clipclean index ...`` from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clipclean import Index
from clipclean.cli import main

STORY = (
    "The ferry to Vell will run again from Monday, the harbour office said after a week of storms.\n"
    "Two of its three engines had to be taken out and dried, and the pilot, Per Strand, slept in the wheelhouse.\n"
    "Some 40 people spent the nights in the school at Tillby, where the council had put up beds."
)
RECORDS = [
    {"id": "a", "text": STORY, "source": "halden.example", "published": "2024-03-04"},
    {"id": "b", "text": STORY.upper(), "source": "orr.example", "published": "2024-03-05"},
    {"id": "c", "text": "Rain fell on Halden for a third day.", "source": "orr.example", "published": "2024-03-06"},
]


@pytest.fixture
def dump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "dump.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in RECORDS), encoding="utf-8")
    return path


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert main(["index", *arguments]) == code
    return capsys.readouterr().out


def rows(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_add_says_what_each_clipping_is(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    added = rows(said(capsys, "add", "a.idx", str(dump)))
    assert [(row["id"], row["copy"], row["relation"], row["of"]) for row in added] == [
        ("a", False, None, None),
        ("b", True, "exact", "a"),
        ("c", False, None, None),
    ]
    again = rows(said(capsys, "add", "a.idx", str(dump)))
    assert all(row["known"] for row in again)


def test_check_adds_nothing(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "add", "a.idx", str(dump), "-q")
    other = dump.with_name("other.jsonl")
    other.write_text(json.dumps({"id": "z", "text": STORY}) + "\n" + json.dumps({"id": "y"}) + "\n", encoding="utf-8")
    (row,) = rows(said(capsys, "check", "a.idx", str(other), "--errors", "errors.jsonl", code=1))
    assert (row["id"], row["of"], row["relation"]) == ("z", "a", "exact")
    assert json.loads(Path("errors.jsonl").read_text(encoding="utf-8"))["kind"] == "no-text"
    with Index.open("a.idx") as index:
        assert "z" not in index


def test_info_tells_what_there_is(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "add", "a.idx", str(dump), "--window", "42d", "--keep", "earliest", "-o", "verdicts.jsonl")
    page = said(capsys, "info", "a.idx")
    for line in ("clippings    3", "texts        2", "stories      2", "window       42d", "keep         earliest"):
        assert line in page
    told = json.loads(said(capsys, "info", "a.idx", "--json"))
    assert (told["clippings"], told["oldest"], told["settings"]["window"]) == (3, "2024-03-04T00:00:00+00:00", "42d")


def test_settings_stay_unless_others_are_given(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "add", "a.idx", str(dump), "--keep", "earliest", "-q")
    said(capsys, "add", "a.idx", str(dump), "-q")
    assert "earliest" in said(capsys, "info", "a.idx")
    said(capsys, "add", "a.idx", str(dump), "--keep", "latest", "-q")
    assert "latest" in said(capsys, "info", "a.idx")


def test_expire_takes_out_what_is_old(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "add", "a.idx", str(dump), "-q")
    assert main(["index", "expire", "a.idx", "--before", "2024-03-05"]) == 0
    assert "1 clipping taken out" in capsys.readouterr().err
    assert main(["index", "expire", "a.idx", "--before", "soon"]) == 2
    assert "cannot be read as a date" in capsys.readouterr().err


def test_export_and_import_move_an_index(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "add", "a.idx", str(dump), "--window", "42d", "-q")
    said(capsys, "export", "a.idx", "-o", "a.parquet")
    said(capsys, "import", "b.idx", "a.parquet")
    with Index.open("a.idx") as one, Index.open("b.idx") as other:
        assert list(one) == list(other)
        assert other.stats().settings.window == "42d"


def test_verify_exits_with_2_where_something_is_wrong(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import sqlite3

    said(capsys, "add", "a.idx", str(dump), "-q")
    said(capsys, "verify", "a.idx")
    with sqlite3.connect("a.idx") as database:
        database.execute("DELETE FROM bodies WHERE number = 1")
    database.close()
    assert "its text 1 is not there" in said(capsys, "verify", "a.idx", code=2)


def test_rebuild_takes_stored_texts(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "add", "a.idx", str(dump), "--store-text", "-q")
    with Index.open("a.idx") as index:
        before = list(index)
    said(capsys, "rebuild", "a.idx", "--keep", "earliest", "-q")
    with Index.open("a.idx") as index:
        assert list(index) == before
        assert index.stats().settings.keep == "earliest"
        assert index.verify() == []
    assert sorted(path.name for path in Path().iterdir()) == ["a.idx", "dump.jsonl"]


def test_rebuild_with_other_cleaning_makes_it_fit(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(dump), "-o", "out", "--index", "a.idx", "--store-text", "-q"]) == 0
    assert main(["run", str(dump), "-o", "out", "--index", "a.idx", "--preset", "recall", "-q"]) == 2
    assert "cleaning is" in capsys.readouterr().err
    said(capsys, "rebuild", "a.idx", "--preset", "recall", "-q")
    assert main(["run", str(dump), "-o", "out", "--index", "a.idx", "--preset", "recall", "-q"]) == 0


def test_rebuild_keeps_what_an_index_knows_of_folding(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "add", "a.idx", str(dump), "--window", "42d", "--keep", "earliest", "--store-text", "-q")
    said(capsys, "rebuild", "a.idx", "--window", "9d", "-q")
    settings = json.loads(said(capsys, "info", "a.idx", "--json"))["settings"]
    assert (settings["window"], settings["keep"]) == ("9d", "earliest")
    said(capsys, "rebuild", "a.idx", "--keep", "longest", "-q")
    settings = json.loads(said(capsys, "info", "a.idx", "--json"))["settings"]
    assert (settings["window"], settings["keep"]) == ("9d", "longest")


def test_an_index_of_texts_as_given_is_made_fit_for_runs(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "add", "a.idx", str(dump), "--store-text", "-q")
    assert main(["run", str(dump), "-o", "out", "--index", "a.idx", "-q"]) == 2
    message = capsys.readouterr().err
    assert "as given (no cleaning)" in message
    assert message.rstrip().endswith("clipclean index rebuild a.idx --clean")
    said(capsys, "rebuild", "a.idx", "--clean", "-q")
    assert main(["run", str(dump), "-o", "out", "--index", "a.idx", "-q"]) == 0


def test_rebuild_takes_files_where_no_texts_are_stored(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "add", "a.idx", str(dump), "-q")
    raw = Path("a.idx").read_bytes()
    assert main(["index", "rebuild", "a.idx"]) == 2
    assert "stores no texts to build it from" in capsys.readouterr().err
    assert Path("a.idx").read_bytes() == raw
    said(capsys, "rebuild", "a.idx", "--from", str(dump), "-q")
    with Index.open("a.idx") as index:
        assert len(index) == 3


def test_rebuild_is_refused_while_another_process_has_the_index(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "add", "a.idx", str(dump), "--store-text", "-q")
    with Index.open("a.idx") as index:
        assert main(["index", "rebuild", "a.idx", "-q"]) == 2
        assert "another process has this index open" in capsys.readouterr().err
        assert len(index) == 3


@pytest.mark.parametrize("command", ["info", "verify", "export", "check", "expire", "rebuild"])
def test_an_index_that_is_not_there_is_told_and_not_made(
    command: str, dump: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = {"export": ["-o", "x.parquet"], "check": [str(dump)], "expire": ["--before", "2024-01-01"]}
    assert main(["index", command, "no.idx", *more.get(command, [])]) == 2
    assert "there is no index" in capsys.readouterr().err
    assert not Path("no.idx").exists()


def test_what_is_no_index_is_told(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw = dump.read_bytes()
    assert main(["index", "add", str(dump), str(dump)]) == 2
    assert main(["index", "info", str(dump)]) == 2
    assert "not an index of clipclean" in capsys.readouterr().err
    assert dump.read_bytes() == raw


def test_add_cleans_if_asked(dump: Path, capsys: pytest.CaptureFixture[str]) -> None:
    furnished = [record | {"text": f"{record['text']}\nSign up for our morning newsletter"} for record in RECORDS[:1]]
    dump.write_text("".join(json.dumps(record) + "\n" for record in [*furnished, RECORDS[1]]), encoding="utf-8")
    assert [row["relation"] for row in rows(said(capsys, "add", "a.idx", str(dump), "--clean"))] == [None, "exact"]
    said(capsys, "check", "a.idx", str(dump), "--clean")
    assert main(["index", "check", "a.idx", str(dump), "--clean", "--preset", "recall"]) == 2
    assert "cleaning is" in capsys.readouterr().err
