"""Full disks, folders that go, inputs that change, workers that die: nothing is lost, and everything is told."""

from __future__ import annotations

import contextlib
import errno
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import clipclean
from clipclean import extraction, pipeline, streams
from clipclean.config import Format, OutputSettings, WorkSettings
from clipclean.errors import OutputError
from clipclean.model import Clipping, Page
from clipclean.review import Report
from clipclean.verifying import verify
from clipclean.writers import shards

posix = pytest.mark.skipif(os.name == "nt", reason="limits and alarms are those of POSIX")
STORY = (
    "Rain fell on Halden for a third day on Monday, and the river Orr rose by almost a metre in the night.\n"
    "The mayor, Ida Brand, told everybody who lives by the water to leave their homes before the evening.\n"
)


def content(out: Path) -> dict[str, bytes]:
    paths = (path for path in out.rglob("*") if path.is_file() and path.name != "run.json")
    return {str(path.relative_to(out)): path.read_bytes() for path in paths}


def errors(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "errors.jsonl").read_text().splitlines()]


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    folder = tmp_path / "dump"
    folder.mkdir()
    for name in "abc":
        with (folder / f"{name}.jsonl").open("w") as file:
            for number in range(12):
                text = f"Sign up for our newsletter\n{STORY}In {number} houses of {name} the cellar was full."
                file.write(json.dumps({"id": f"{name}{number}", "source": "a.example", "text": text}) + "\n")
    return folder


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches and shards of four, so that a small dump has many of them."""
    monkeypatch.setattr(streams, "BATCH", 4)
    monkeypatch.setattr(shards, "SHARD", 4)


def at(stage: str, done: int, what: Callable[[], object]) -> streams.Progress:
    """Do something when a run has come so far."""

    def progress(now: str, count: int, current: str) -> None:
        if (now, count) == (stage, done):
            what()

    return progress


@contextlib.contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """No file can grow beyond a size, as where the disk is full."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@posix
@pytest.mark.parametrize("form", [Format.JSONL, Format.PARQUET])
def test_a_disk_that_is_full_at_any_size_leaves_the_earlier_run_and_what_was_cleaned(
    dump: Path, tmp_path: Path, form: Format
) -> None:
    out, output = tmp_path / "out", OutputSettings(format=form)
    pipeline.run([str(dump / "a.jsonl")], out)
    before = content(out)
    pipeline.run([str(dump)], tmp_path / "whole", output=output)
    whole = content(tmp_path / "whole")
    faults = 0
    for size in (0, 100, 1_000, 3_000, 6_000, 10_000, 14_000):
        with files_of_at_most(size):
            try:
                pipeline.run([str(dump)], out, output=output, resume=True)
                break
            except OutputError as error:
                faults += 1
                assert os.strerror(errno.EFBIG) in str(error)  # noqa: PT017 - which sizes are too small is not known
        assert {name: data for name, data in content(out).items() if not name.startswith(".")} == before
    assert faults >= 4
    pipeline.run([str(dump)], out, output=output, resume=True)
    assert content(out) == whole


@posix
def test_a_command_on_a_full_disk_says_so_in_one_line_and_how_to_go_on(dump: Path, tmp_path: Path) -> None:
    script = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (9000,) * 2); "
    script += "from clipclean import streams; from clipclean.writers import shards; streams.BATCH = shards.SHARD = 4; "
    script += "from clipclean.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", script, "run", str(dump), "-o", str(tmp_path / "out"), "-q"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    kept, fault = done.stderr.splitlines()
    assert "--resume goes on from there" in kept
    assert os.strerror(errno.EFBIG) in fault


@pytest.mark.soak
def test_a_real_disk_that_is_full(dump: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root may make a small disk")
    pipeline.run([str(dump)], tmp_path / "whole")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48k", "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("this system mounts no small disk")
    try:
        with pytest.raises(OutputError, match=os.strerror(errno.ENOSPC)):
            pipeline.run([str(dump)], disk / "out")
        subprocess.run(["mount", "-o", "remount,size=8m", str(disk)], check=True)
        pipeline.run([str(dump)], disk / "out", resume=True)
        assert content(disk / "out") == content(tmp_path / "whole")
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@posix
@pytest.mark.parametrize("out", ["/dev/null/out", "a.jsonl/out"])
def test_a_folder_that_cannot_be_made_is_told_before_anything_is_read(dump: Path, tmp_path: Path, out: str) -> None:
    (tmp_path / "a.jsonl").write_text("mine")
    with pytest.raises(OutputError, match="choose another place"):
        pipeline.run([str(dump)], tmp_path / out, progress=at("learn", 1, lambda: pytest.fail("it was read")))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_told(dump: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir(mode=0o500)
    with pytest.raises(OutputError, match=os.strerror(errno.EACCES)):
        pipeline.run([str(dump)], tmp_path / "out")


@posix
@pytest.mark.parametrize("stage", ["learn", "read", "write"])
def test_an_output_folder_that_goes_while_it_is_written_is_told(dump: Path, tmp_path: Path, stage: str) -> None:
    with pytest.raises(OutputError, match=os.strerror(errno.ENOENT)):
        pipeline.run([str(dump)], tmp_path / "out", progress=at(stage, 9, lambda: shutil.rmtree(tmp_path / "out")))
    assert pipeline.run([str(dump)], tmp_path / "out").read == 36


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def grow(path: Path) -> None:
    path.write_bytes(path.read_bytes() + json.dumps({"id": "new", "text": STORY}).encode() + b"\n")


def vanish(path: Path) -> None:
    path.unlink()


def become_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@posix
@pytest.mark.parametrize("stage", ["learn", "read"])
@pytest.mark.parametrize("change", [cut, grow, vanish, become_a_folder], ids=lambda change: change.__name__)
@pytest.mark.parametrize("name", ["a.jsonl", "c.jsonl"])
def test_an_input_that_changes_or_vanishes_while_it_is_read_is_accounted_for(
    dump: Path, tmp_path: Path, stage: str, change: Callable[[Path], None], name: str
) -> None:
    report = pipeline.run([str(dump)], tmp_path / "out", progress=at(stage, 5, lambda: change(dump / name)))
    assert report.read == report.written + report.folded + report.failed
    assert not list(verify(tmp_path / "out"))
    told = [(row["file"], row["kind"]) for row in errors(tmp_path / "out")]
    assert (str(dump / name), "changed") in told or (str(dump / name), "unreadable") in told
    if name == "c.jsonl":  # not yet open when it changes, in either pass
        assert report.read - report.failed == {cut: 35, grow: 37, vanish: 24, become_a_folder: 24}[change]


def kill_the_workers() -> None:
    for child in multiprocessing.active_children():
        child.kill()


def test_a_run_whose_workers_are_killed_gives_the_same_bytes(dump: Path, tmp_path: Path) -> None:
    pipeline.run([str(dump)], tmp_path / "whole")
    report = pipeline.run([str(dump)], tmp_path / "out", workers=2, progress=at("read", 30, kill_the_workers))
    assert report.failed == 0
    assert content(tmp_path / "out") == content(tmp_path / "whole")


def run_with(monkeypatch: pytest.MonkeyPatch, dump: Path, out: Path, what: Callable[[], object]) -> Report:
    """A run in which the work on one clipping does something bad."""
    real = extraction.extract

    def extract(clipping: Clipping, *rest: Any) -> Page:
        if clipping.id == "b5":
            what()
        return real(clipping, *rest)

    monkeypatch.setattr(extraction, "extract", extract)
    return pipeline.run([str(dump)], out, work=WorkSettings(max_seconds=0.3))


def hang() -> None:
    while True:
        time.sleep(0.01)


def take_all_memory() -> None:
    raise MemoryError


@posix
@pytest.mark.parametrize(("what", "kind"), [(hang, "too-slow"), (take_all_memory, "too-large")])
def test_a_document_that_takes_too_much_is_listed_and_the_others_go_on(
    dump: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: Callable[[], object], kind: str
) -> None:
    report = run_with(monkeypatch, dump, tmp_path / "out", what)
    assert (report.read, report.failed) == (36, 1)
    (error,) = errors(tmp_path / "out")
    assert (error["file"], error["record"], error["id"], error["kind"]) == (str(dump / "b.jsonl"), 6, "b5", kind)
    assert error["message"].startswith(f"{dump / 'b.jsonl'}#6: work on it took") or kind == "too-large"
    assert clipclean.verify(tmp_path / "out") == ()
