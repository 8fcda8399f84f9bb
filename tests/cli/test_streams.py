"""Pipes and signals, as a shell sees them: with processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from clipclean.streams import BATCH

COMMAND = [sys.executable, "-m", "clipclean"]
STORY = (
    "Rain fell on Halden for a third day on Monday, and the river Orr rose by almost a metre in the night.\n"
    "The mayor, Ida Brand, told everybody who lives by the water to leave their homes before the evening.\n"
)

posix = pytest.mark.skipif(os.name == "nt", reason="signals and pipes are those of POSIX")


def record(number: int) -> bytes:
    return json.dumps({"id": str(number), "text": f"{STORY}In {number} houses the cellar was full."}).encode() + b"\n"


def start(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*COMMAND, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,  # what a test has read is then out of the pipe, and no more than that
        start_new_session=True,
    )


@pytest.fixture
def running() -> Iterator[list[subprocess.Popen[bytes]]]:
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in processes:
        process.kill()
        for end in pipe(process):
            end.close()
        process.wait()


def pipe(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    return process.stdin, process.stdout, process.stderr


def test_one_command_feeds_the_next(tmp_path: Path) -> None:
    lines = b"".join(record(number % 3).replace(b'"id": "', f'"id": "{number}-'.encode()) for number in range(6))
    cleaned = subprocess.run([*COMMAND, "clean", "-", "-q"], input=lines, capture_output=True, check=True)
    deduped = subprocess.run([*COMMAND, "dedup", "-", "-q"], input=cleaned.stdout, capture_output=True, check=True)
    found = [json.loads(line) for line in deduped.stdout.splitlines()]
    assert [row["id"] for row in found] == [f"{number}-{number % 3}" for number in range(6)]
    assert (cleaned.stderr, deduped.stderr) == (b"", b"")


@posix
def test_a_closed_pipe_ends_the_command_silently(tmp_path: Path, running: list[subprocess.Popen[bytes]]) -> None:
    path = tmp_path / "many.jsonl"
    path.write_bytes(b"".join(map(record, range(3000))))
    process = start("clean", str(path))
    running.append(process)
    _, out, err = pipe(process)
    assert json.loads(out.readline())["id"] == "0"
    out.close()
    assert err.read() == b""
    assert process.wait(60) == 0


@posix
@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["--version"]])
def test_help_into_a_closed_pipe_ends_silently(arguments: list[str], running: list[subprocess.Popen[bytes]]) -> None:
    process = start(*arguments)
    running.append(process)
    _, out, err = pipe(process)
    out.close()
    assert err.read() == b""
    assert process.wait(60) == 0


@posix
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("command", ["clean", "dedup"])
def test_a_full_disk_is_told_in_one_line(command: str) -> None:
    usual = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}  # it hides a late failure
    with Path("/dev/full").open("wb") as full:
        call = [*COMMAND, command, "-", "-q"]
        done = subprocess.run(call, input=record(1), stdout=full, stderr=-1, check=False, env=usual)
    assert done.returncode == 2
    assert done.stderr == b"clipclean: standard output: No space left on device\n"


@posix
def test_the_first_interrupt_writes_what_was_read_even_while_waiting_for_input(
    running: list[subprocess.Popen[bytes]],
) -> None:
    process = start("clean", "-", "-q")
    running.append(process)
    given, out, _ = pipe(process)
    for number in range(BATCH + 6):  # more than one batch, so that the first results show that it is at work
        given.write(record(number))
    given.flush()
    first = out.readline()
    os.killpg(process.pid, signal.SIGINT)
    rest, said = process.communicate(timeout=60)
    found = [json.loads(line) for line in (first + rest).splitlines()]
    assert BATCH <= len(found) <= BATCH + 6
    assert [row["id"] for row in found] == [str(number) for number in range(len(found))]
    assert process.returncode == 130
    assert b"Traceback" not in said


@posix
def test_an_interrupted_run_with_processes_ends_with_whole_files(
    tmp_path: Path, running: list[subprocess.Popen[bytes]]
) -> None:
    process = start("run", "-", "-o", str(tmp_path / "out"), "--workers", "2")
    running.append(process)
    given, _, _ = pipe(process)
    for number in range(400):  # more than a pipe holds: when all is given, the command is reading
        given.write(record(number))
    given.flush()
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert b"Traceback" not in said
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["interrupted"]
    assert report["read"] == report["written"] + report["folded"] + report["failed"]
    assert len((tmp_path / "out" / "clippings.jsonl").read_text().splitlines()) == report["written"]


def test_an_empty_standard_input_is_no_fault() -> None:
    done = subprocess.run([*COMMAND, "clean", "-", "-q"], input=b"", capture_output=True, check=False)
    assert done.stdout == b""
    assert done.returncode in (0, 1)


def heed_interrupts() -> None:
    """Where the tests run in the background of a shell, it has told them to ignore Ctrl-C, and they what they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@posix
def test_ctrl_c_while_the_command_starts_ends_it_silently(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(9)\n")
    done = subprocess.run(
        [*COMMAND, "clean", "-"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        preexec_fn=heed_interrupts,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@posix
@pytest.mark.parametrize("workers", ["1", "2"])
def test_sigterm_ends_like_an_interrupt_and_leaves_no_temporary_file(
    tmp_path: Path, running: list[subprocess.Popen[bytes]], workers: str
) -> None:
    process = start("clean", "-", "-o", str(tmp_path / "out.jsonl"), "--workers", workers)
    running.append(process)
    given, _, _ = pipe(process)
    for number in range(2000):  # many times what a pipe holds: when all is given, most is read
        given.write(record(number))
    process.terminate()
    _, said = process.communicate(timeout=60)
    assert process.returncode == 143, said
    assert b"Traceback" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]
    assert b'"id"' in (tmp_path / "out.jsonl").read_bytes()


@posix
def test_a_sigterm_that_takes_the_workers_too_leaves_nothing_behind(
    tmp_path: Path, running: list[subprocess.Popen[bytes]]
) -> None:
    process = start("clean", "-", "-o", str(tmp_path / "out.jsonl"), "--workers", "2")
    running.append(process)
    given, _, _ = pipe(process)
    for number in range(2000):
        given.write(record(number))
    os.killpg(process.pid, signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 143, said
    assert b"Traceback" not in said
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


@posix
@pytest.mark.parametrize("command", ["clean -", "dedup -", "run - -o out", "explain -"])
def test_a_closed_standard_input_is_told_in_one_line(tmp_path: Path, command: str) -> None:
    line = f"exec {sys.executable} -m clipclean {command} <&-"
    done = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(b"clipclean: standard input is closed")
    assert done.stderr.count(b"\n") == 1


@posix
def test_results_never_hold_messages_where_standard_error_is_closed(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(record(1))
    line = f"exec {sys.executable} -m clipclean clean a.jsonl 2>&-"
    done = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0
    assert [json.loads(row)["id"] for row in done.stdout.splitlines()] == ["1"]


@posix
def test_a_closed_standard_output_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(record(1))
    line = f"exec {sys.executable} -m clipclean clean a.jsonl >&-"
    done = subprocess.run(["sh", "-c", line], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(b"clipclean: standard output is closed")
