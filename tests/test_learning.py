"""The first pass of a run, and profiles as files."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

import clipclean
from clipclean import pipeline
from clipclean.engines.interrupt import Interrupt
from clipclean.errors import InputError, OutputError
from clipclean.learning import Kept, load_profile, save_profile
from clipclean.review import Report

BLURB = "The Halden Post brings you the stories of both banks of the river, every morning but Sunday, for nothing."
FERRY = "The ferry across the Orr stopped for good on Monday, nine hours after the new lock opened to carts and cars."


def story(number: int) -> str:
    return (
        f"The council of Tillby voted {number} to {number % 7} on Monday to pave road number {number} in May.\n"
        f"Farmers by the river have asked for it since {1900 + number}, when a cart with {number + 11} barrels sank."
    )


def records(count: int = 12) -> list[dict[str, Any]]:
    return [
        {
            "id": f"r{at}",
            "source": "halden.example",
            "published": f"2024-03-{1 + at:02}",
            "text": f"{story(at)}\n{BLURB}",
        }
        for at in range(count)
    ]


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    path = tmp_path / "dump.jsonl"
    lines = [json.dumps(record) for record in records()]
    path.write_text("\n".join([*lines[:5], "{broken", *lines[5:]]), encoding="utf-8")
    return path


def run(dump: Path | str, out: Path, **options: Any) -> Report:
    return pipeline.run([str(dump)], out, **options)


def files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != "run.json")  # its times are its own
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_a_run_learns_from_its_inputs_and_counts_and_lists_each_fault_once(dump: Path, tmp_path: Path) -> None:
    report = run(dump, tmp_path / "out")
    assert (report.read, report.written, report.failed) == (13, 12, 1)
    assert len(rows(tmp_path / "out" / "errors.jsonl")) == 1
    removed = rows(tmp_path / "out" / "removed.jsonl")
    assert {(row["text"], row["rule"]) for row in removed} == {(BLURB, "recurs-at-source")}
    assert len(removed) == 12
    assert report.settings["profile"] == "learnt"


def test_a_run_that_learns_nothing_reads_once(dump: Path, tmp_path: Path) -> None:
    stages = []
    report = run(dump, tmp_path / "out", learn=False, progress=lambda stage, done, current: stages.append(stage))
    assert "learn" not in stages
    assert rows(tmp_path / "out" / "removed.jsonl") == []
    assert report.settings["profile"] == "none"
    assert report.digest != run(dump, tmp_path / "other").digest


def test_a_given_profile_is_used_and_nothing_learnt(dump: Path, tmp_path: Path) -> None:
    stages = []
    profile = clipclean.learn(records())
    for name, known in (("with", profile), ("empty", clipclean.SourceProfile())):
        progress = lambda stage, done, current: stages.append(stage)  # noqa: E731
        report = run(dump, tmp_path / name, profile=known, progress=progress)
        assert report.settings["profile"] == known.digest()
    assert "learn" not in stages
    assert len(rows(tmp_path / "with" / "removed.jsonl")) == 12
    assert rows(tmp_path / "empty" / "removed.jsonl") == []


def test_processes_and_the_order_of_the_input_do_not_change_what_is_learnt(dump: Path, tmp_path: Path) -> None:
    run(dump, tmp_path / "one")
    run(dump, tmp_path / "two", workers=2)
    assert files(tmp_path / "one") == files(tmp_path / "two")
    lines = dump.read_text(encoding="utf-8").split("\n")
    dump.write_text("\n".join(reversed(lines)), encoding="utf-8")
    run(dump, tmp_path / "back")
    one, back = (rows(tmp_path / name / "removed.jsonl") for name in ("one", "back"))
    assert one == back[::-1]


def test_a_teaser_says_of_which_clipping_it_is(tmp_path: Path) -> None:
    teaser = "The ferry across the Orr stopped for good on Monday, nine hours after…"
    two = [{"id": "a", "text": f"{story(1)}\n{teaser}"}, {"id": "b", "text": f"{FERRY}\nIt will be a museum."}]
    (tmp_path / "dump.jsonl").write_text("\n".join(map(json.dumps, two)), encoding="utf-8")
    run(tmp_path / "dump.jsonl", tmp_path / "out")
    found = {row["id"]: row["teasers"] for row in rows(tmp_path / "out" / "clippings.jsonl")}
    assert found == {"a": [{"text": teaser, "of": "b"}], "b": []}


def test_pages_are_learnt_from_too(tmp_path: Path) -> None:
    pages = tmp_path / "halden.example"
    pages.mkdir()
    for at in range(8):
        body = "".join(f"<p>{line}</p>" for line in [*story(at).split("\n"), BLURB])
        (pages / f"{at}.html").write_text(f"<html><body><article>{body}</article></body></html>")
    run(pages, tmp_path / "out")
    assert {row["rule"] for row in rows(tmp_path / "out" / "removed.jsonl")} == {"recurs-at-source"}


class Stdin:
    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


def test_standard_input_is_read_twice_by_way_of_a_temporary_file(
    dump: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = dump.read_bytes()
    run(dump, tmp_path / "file")
    for name, given in (("plain", data), ("packed", gzip.compress(data))):
        monkeypatch.setattr(sys, "stdin", Stdin(given))
        assert run("-", tmp_path / name).read == 13
        assert files(tmp_path / name)["clippings.jsonl"] == files(tmp_path / "file")["clippings.jsonl"]
        assert sorted(files(tmp_path / name)) == sorted(files(tmp_path / "file"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_read_twice_too(dump: Path, tmp_path: Path) -> None:
    import threading

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(dump.read_bytes()))
    writer.start()
    report = run(pipe, tmp_path / "out")
    writer.join()
    assert (report.read, report.failed, report.labels["other"]) == (13, 1, 12)


def test_an_interrupt_while_learning_writes_what_was_read(dump: Path, tmp_path: Path) -> None:
    interrupt = Interrupt()

    def progress(stage: str, done: int, current: str) -> None:
        if (stage, done) == ("learn", 8):
            interrupt.stop()

    report = run(dump, tmp_path / "out", interrupt=interrupt, progress=progress)
    assert report.interrupted
    assert (report.read, report.written, report.failed) == (8, 7, 1)


class Full:
    """A file on a disk that is full."""

    def write(self, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    def close(self) -> None:
        pass


def test_input_that_cannot_be_kept_ends_the_run(dump: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(dump.read_bytes()))
    real = Kept.first

    def first(self: Kept, name: str, opened: Any) -> Any:
        copy = real(self, name, opened)
        copy._file.close()
        copy._file = Full()  # type: ignore[assignment]
        return copy

    monkeypatch.setattr(Kept, "first", first)
    with pytest.raises(OutputError, match="No space left"):
        run("-", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_fault_of_the_stream_comes_again_at_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Breaking(io.RawIOBase):
        def __init__(self) -> None:
            self.data = io.BytesIO("\n".join(map(json.dumps, records(4))).encode())

        def read(self, size: int = -1) -> bytes:
            if data := self.data.read(200):
                return data
            raise OSError("the line went dead")

    given = Stdin(b"")
    given.buffer = Breaking()  # type: ignore[assignment]
    monkeypatch.setattr(sys, "stdin", given)
    report = run("-", tmp_path / "out")
    assert report.failed == 1
    assert "the line went dead" in rows(tmp_path / "out" / "errors.jsonl")[0]["message"]


@pytest.mark.parametrize("name", ["p.jsonl", "p.jsonl.gz", "p.zst"])
def test_a_profile_comes_back_from_its_file_and_is_the_same_bytes(tmp_path: Path, name: str) -> None:
    profile = clipclean.learn(records())
    save_profile(profile, tmp_path / name)
    assert load_profile(tmp_path / name).digest() == profile.digest()
    save_profile(clipclean.learn(records()[::-1]), tmp_path / f"again-{name}")
    assert (tmp_path / name).read_bytes() == (tmp_path / f"again-{name}").read_bytes()
    assert BLURB[:20].encode() not in (tmp_path / name).read_bytes()


HEAD = '{"format":"clipclean source profile","version":1,"sources":1}\n'


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"Rain fell.\n", "is no profile"),
        (b'{"id": "a", "text": "Rain fell."}\n', "is no profile"),
        (HEAD.replace("1,", "7,").encode(), "another version"),
        (HEAD.encode(), "0 of 1 sources"),
        (HEAD.encode() + b'{"source":"x","clippings":9,"lines":{"zz":4}}\n', "damaged"),
        (HEAD.encode() + b'{"source":"x","clippings":9}\n', "damaged"),
        (HEAD.encode() + b'{"source":"x","clippings":9,"lines":[]}\n', "damaged"),
        (HEAD.encode() + b'{"source":"x","clippings":9,"lines":{"-1":4}}\n', "damaged"),
        (gzip.compress(HEAD.encode())[:-9], "p.jsonl"),
    ],
)
def test_a_file_that_is_no_profile_is_told_with_what_to_do(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "p.jsonl").write_bytes(content)
    with pytest.raises(InputError, match=says):
        load_profile(tmp_path / "p.jsonl")


def test_a_folder_and_a_missing_file_are_no_profiles(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(InputError, match="clipclean learn"):
            load_profile(path)
