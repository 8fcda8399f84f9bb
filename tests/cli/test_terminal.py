"""What a person sees: the same commands with a terminal at their other end."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pty = pytest.importorskip("pty", reason="pseudo-terminals are those of POSIX")

COMMAND = [sys.executable, "-m", "clipclean"]
STORY = (
    "Rain fell on Halden for a third day on Monday, and the river Orr rose by almost a metre in the night.\n"
    "The mayor, Ida Brand, told everybody who lives by the water to leave their homes before the evening.\n"
    "Share this article\x1b[2J"
)


def on_terminal(*arguments: str, stream: str) -> tuple[int, str]:
    """Run a command with ``stream`` (stdout or stderr) on a terminal of 80 columns; its exit code and what it shows."""
    outer, inner = pty.openpty()
    environment = {**os.environ, "COLUMNS": "80", "TERM": "xterm"}
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, stream: inner}
    process = subprocess.Popen([*COMMAND, *arguments], env=environment, **pipes)  # type: ignore[call-overload]
    os.close(inner)
    shown = b""
    try:
        while part := os.read(outer, 65536):
            shown += part
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(outer)
    return process.wait(60), shown.decode()


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    path = tmp_path / "dump.jsonl"
    path.write_text("".join(json.dumps({"id": str(n), "text": STORY}) + "\n" for n in range(3)))
    return path


def test_explain_draws_a_table(dump: Path) -> None:
    code, shown = on_terminal("explain", str(dump), stream="stdout")
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)  # colours are ours; nothing else may reach the terminal
    assert code == 0
    assert "\x1b" not in plain
    assert "kept" in plain
    assert "2 of 3 lines" in plain
    assert "\\x1b[2J" in plain
    for word in STORY.split("\n")[1].split():
        assert word in plain


def test_run_shows_progress_and_a_summary(dump: Path, tmp_path: Path) -> None:
    code, shown = on_terminal("run", str(dump), "-o", str(tmp_path / "out"), stream="stderr")
    assert code == 0
    assert "reading" in shown
    assert "3 clippings read" in shown
    assert shown.count("\x1b[?25h") == shown.count("\x1b[?25l")  # the cursor that was hidden is shown again


def test_quiet_shows_nothing(dump: Path, tmp_path: Path) -> None:
    assert on_terminal("run", str(dump), "-o", str(tmp_path / "out"), "--quiet", stream="stderr") == (0, "")
