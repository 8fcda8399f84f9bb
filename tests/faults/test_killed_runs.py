"""Runs that are killed, and what the next one makes of what they left."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count, cycle
from pathlib import Path

import pytest

from clipclean import pipeline, streams
from clipclean.config import CleanSettings, OutputSettings, Preset
from clipclean.engines.interrupt import Interrupt
from clipclean.errors import InputError, OutputError
from clipclean.verifying import verify
from clipclean.writers import shards

posix = pytest.mark.skipif(os.name == "nt", reason="SIGKILL and locks are those of POSIX")
SCRIPT = Path(__file__).with_name("kill_at_each_step.py")
STORY = (
    "Rain fell on Halden for a third day on Monday, and the river Orr rose by almost a metre in the night.\n"
    "The mayor, Ida Brand, told everybody who lives by the water to leave their homes before the evening.\n"
)


def content(out: Path) -> dict[str, bytes]:
    paths = (path for path in out.rglob("*") if path.is_file() and path.name != "run.json")
    return {str(path.relative_to(out)): path.read_bytes() for path in paths}


def taken_over(out: Path) -> int:
    return int(json.loads((out / "run.json").read_text())["taken_over"])


def write_dump(path: Path, stories: int) -> Path:
    """Stories of which every fourth is a copy and every ninth has no text, in two files."""
    path.mkdir()
    for part in range(2):
        with (path / f"part{part}.jsonl").open("w") as file:
            for number in range(part, stories, 2):
                text = f"Sign up for our newsletter\n{STORY}In {number // 4} houses the cellar was full of water."
                file.write(json.dumps({"id": f"s{number}", "source": "a.example", "text": text if number % 9 else ""}))
                file.write("\n")
    return path


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    return write_dump(tmp_path / "dump", 40)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches and shards of four, so that a small dump has many of them."""
    monkeypatch.setattr(streams, "BATCH", 4)
    monkeypatch.setattr(shards, "SHARD", 4)


def break_off(dump: Path, out: Path, at: int, **options: object) -> None:
    """Begin a run that ends when so many clippings have been read to be cleaned."""

    def progress(stage: str, done: int, current: str) -> None:
        if (stage, done) == ("read", at):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pipeline.run([str(dump)], out, progress=progress, **options)  # type: ignore[arg-type]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(("at", "workers"), [(1, 1), (7, 1), (20, 1), (39, 1), (20, 2)])
def test_a_run_goes_on_from_finished_shards_and_gives_the_bytes_of_an_undisturbed_one(
    dump: Path, tmp_path: Path, at: int, workers: int
) -> None:
    pipeline.run([str(dump)], tmp_path / "whole")
    break_off(dump, tmp_path / "out", at)
    pipeline.run([str(dump)], tmp_path / "out", resume=True, workers=workers)
    assert content(tmp_path / "out") == content(tmp_path / "whole")
    assert taken_over(tmp_path / "out") == (at - 1) // 4 * 4
    assert not list(verify(tmp_path / "out"))


@pytest.mark.usefixtures("small")
def test_a_run_may_be_broken_off_again_and_again(dump: Path, tmp_path: Path) -> None:
    pipeline.run([str(dump)], tmp_path / "whole", output=OutputSettings(annotate=True))
    for at in (9, 18, 30):
        break_off(dump, tmp_path / "out", at, resume=True, output=OutputSettings(annotate=True))
    pipeline.run([str(dump)], tmp_path / "out", resume=True, output=OutputSettings(annotate=True))
    assert content(tmp_path / "out") == content(tmp_path / "whole")
    assert taken_over(tmp_path / "out") == 28


@pytest.mark.usefixtures("small")
def test_without_resume_what_a_run_left_is_cleared_away(dump: Path, tmp_path: Path) -> None:
    pipeline.run([str(dump)], tmp_path / "whole", clean=CleanSettings(preset=Preset.RECALL))
    break_off(dump, tmp_path / "out", 20)
    pipeline.run([str(dump)], tmp_path / "out", clean=CleanSettings(preset=Preset.RECALL))
    assert content(tmp_path / "out") == content(tmp_path / "whole")
    assert taken_over(tmp_path / "out") == 0


def test_resume_begins_where_there_is_nothing_to_go_on_from(dump: Path, tmp_path: Path) -> None:
    pipeline.run([str(dump)], tmp_path / "whole")
    pipeline.run([str(dump)], tmp_path / "out", resume=True)
    assert content(tmp_path / "out") == content(tmp_path / "whole")


@pytest.mark.usefixtures("small")
def test_a_beginning_with_other_settings_or_inputs_is_refused_and_kept(dump: Path, tmp_path: Path) -> None:
    break_off(dump, tmp_path / "out", 20)
    with pytest.raises(OutputError, match="other settings, inputs or versions"):
        pipeline.run([str(dump)], tmp_path / "out", resume=True, clean=CleanSettings(preset=Preset.RECALL))
    with pytest.raises(OutputError, match="other settings, inputs or versions"):
        pipeline.run([str(dump / "part0.jsonl")], tmp_path / "out", resume=True)
    pipeline.run([str(dump)], tmp_path / "out", resume=True)
    assert taken_over(tmp_path / "out") == 16


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("learn", [True, False])
def test_a_beginning_of_an_input_that_has_changed_is_refused(dump: Path, tmp_path: Path, learn: bool) -> None:
    break_off(dump, tmp_path / "out", 20, learn=learn)
    path = dump / "part0.jsonl"
    path.write_text(path.read_text().replace("In 0 houses", "In 7 houses"))
    with pytest.raises((InputError, OutputError), match="leave out --resume to begin anew"):
        pipeline.run([str(dump)], tmp_path / "out", resume=True, learn=learn)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("harm", ["cut", "half", "changed", "doubled", "other-name", "missing"])
def test_a_shard_that_is_not_whole_is_not_taken_over_nor_any_after_it(dump: Path, tmp_path: Path, harm: str) -> None:
    pipeline.run([str(dump)], tmp_path / "whole")
    break_off(dump, tmp_path / "out", 30)
    path = tmp_path / "out" / ".clipclean-run" / "shards" / "000003.jsonl"
    data = path.read_bytes()
    lines = data.splitlines(keepends=True)
    match harm:
        case "cut":
            path.write_bytes(b"".join(lines[:-1]))
        case "half":
            path.write_bytes(data[: len(data) // 2])
        case "changed":
            path.write_bytes(data.replace(b"houses", b"horses", 1))
        case "doubled":
            path.write_bytes(lines[0] + data)
        case "other-name":
            path.rename(path.with_name("unfinished"))
        case "missing":
            path.unlink()
    pipeline.run([str(dump)], tmp_path / "out", resume=True)
    assert taken_over(tmp_path / "out") == 12
    assert content(tmp_path / "out") == content(tmp_path / "whole")


@pytest.mark.usefixtures("small")
def test_an_interrupt_before_what_is_done_has_passed_writes_nothing_and_loses_nothing(
    dump: Path, tmp_path: Path
) -> None:
    break_off(dump, tmp_path / "out", 30)
    interrupt = Interrupt()

    def progress(stage: str, done: int, current: str) -> None:
        if (stage, done) == ("read", 3):
            interrupt.stop()

    with pytest.raises(KeyboardInterrupt):
        pipeline.run([str(dump)], tmp_path / "out", resume=True, progress=progress, interrupt=interrupt)
    assert not (tmp_path / "out" / "report.json").exists()
    pipeline.run([str(dump)], tmp_path / "out", resume=True)
    assert taken_over(tmp_path / "out") == 28


@posix
def test_a_second_run_into_one_folder_is_refused(dump: Path, tmp_path: Path) -> None:
    def progress(stage: str, done: int, current: str) -> None:
        if (stage, done) == ("read", 3):
            with pytest.raises(OutputError, match="another run is writing into it"):
                pipeline.run([str(dump)], tmp_path / "out")

    assert pipeline.run([str(dump)], tmp_path / "out", progress=progress).written


def command(dump: Path, out: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "clipclean", "run", str(dump), "-o", str(out), "-q", "--no-config", *options]


def moments(process: subprocess.Popen[bytes], shard: Path) -> Iterator[None]:
    while process.poll() is None and not shard.exists():
        time.sleep(0.005)
        yield


@posix
def test_a_killed_command_goes_on_with_two_workers(tmp_path: Path) -> None:
    dump, out = write_dump(tmp_path / "dump", 1100), tmp_path / "out"
    subprocess.run(command(dump, tmp_path / "whole"), check=False)
    process = subprocess.Popen(command(dump, out, "--workers", "2"))
    for _ in moments(process, out / ".clipclean-run" / "shards" / "000000.jsonl"):
        pass
    process.kill()
    process.wait()
    assert subprocess.run(command(dump, out, "--workers", "2", "--resume"), check=False).returncode == 1
    assert content(out) == content(tmp_path / "whole")
    assert taken_over(out) >= shards.SHARD


def steps(dump: Path, folder: Path, first: int, stride: int) -> int:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(dump), str(folder), str(first), str(stride)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@posix
def test_a_run_may_be_killed_at_some_steps_on_the_disk(tmp_path: Path) -> None:
    assert steps(write_dump(tmp_path / "dump", 14), tmp_path, 3, 9) > 5


@posix
@pytest.mark.soak
def test_a_run_may_be_killed_at_every_step_on_the_disk(tmp_path: Path) -> None:
    survived = steps(write_dump(tmp_path / "dump", 40), tmp_path, 0, 1)
    print(f"\n{survived} steps on the disk, a kill at each survived")
    assert survived > 60


@posix
@pytest.mark.soak
def test_a_run_may_be_killed_at_any_moment(tmp_path: Path) -> None:
    """Kills of the whole run with its workers at random moments until it comes to its end, again until 40 were made."""
    dump, out = write_dump(tmp_path / "dump", 6000), tmp_path / "out"
    subprocess.run(command(dump, tmp_path / "whole"), check=False)
    chance = random.Random(6)
    kills = 0
    for workers in cycle(["1", "2"]):
        if kills >= 40:
            break
        for attempt in count(1):
            process = subprocess.Popen(
                command(dump, out, "--resume", "--workers", workers), stderr=subprocess.DEVNULL, start_new_session=True
            )
            try:
                process.wait(chance.uniform(0.3, 1.0 + attempt))
                break
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                kills += 1
        assert process.returncode == 1
        assert content(out) == content(tmp_path / "whole")
        assert not list(verify(out))
    print(f"\n{kills} kills at random moments survived")
