"""Kills a run at its steps on the disk, one after the other, and looks whether the next run makes up for it.

    python kill_at_each_step.py INPUT FOLDER FIRST STRIDE

A step is any opening, renaming, making or removing of a file below the output folder. For step FIRST, FIRST + STRIDE
and so on, a run is killed (SIGKILL) just before it; then a run with --resume, or for every other step one without, must
succeed and give the bytes of an undisturbed run. Prints how many kills were survived. POSIX alone.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from clipclean import pipeline, streams
from clipclean.verifying import verify
from clipclean.writers import shards

SMALL = 4
"""Clippings of a batch and of a shard, so that a small input has many of both."""

STEPS = ("open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree")


def die_at(step: int, out: str) -> None:
    left = step

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        if event in STEPS and isinstance(arguments[0], str | os.PathLike) and os.fspath(arguments[0]).startswith(out):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hear)


def killed(given: str, out: Path, step: int) -> bool:
    """Whether a run in a process of its own came to the step at which it was to be killed."""
    child = os.fork()
    if child == 0:
        try:
            die_at(step, str(out))
            pipeline.run([given], out)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def content(out: Path) -> dict[str, bytes]:
    paths = (path for path in out.rglob("*") if path.is_file() and path.name != "run.json")
    return {str(path.relative_to(out)): path.read_bytes() for path in paths}


def main(given: str, folder: str, first: str, stride: str) -> None:
    streams.BATCH = shards.SHARD = SMALL
    undisturbed = Path(folder) / "undisturbed"
    pipeline.run([given], undisturbed)
    expected = content(undisturbed)
    survived = 0
    step = int(first)
    while True:
        out = Path(folder) / "out"
        shutil.rmtree(out, ignore_errors=True)
        if survived % 3:  # a second run in the folder, which has to take the place of the first
            shutil.copytree(undisturbed, out)
        if not killed(given, out, step):
            break
        pipeline.run([given], out, resume=survived % 2 == 0)
        assert content(out) == expected, f"killed at step {step}: other bytes"
        assert not list(verify(out)), f"killed at step {step}: it does not verify"
        survived += 1
        step += int(stride)
    print(survived)


if __name__ == "__main__":
    main(*sys.argv[1:])
