"""What a person sees: the same commands with a terminal at their other end."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

import clipclean

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


HOSTILE = "\x1b[2J\x1b]0;title\x07\x9b2J\u202eesrever\u2066\u061c[red]alive[/red][link=https://x]<b>\x08\x7f"
OURS = re.compile(r"\x1b\[(?:[0-9;]*m|\?25[lh]|2K|1A|0?K)")
OBEYED = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
COMMANDS = {
    "run": ["run", "DUMP", "-o", "OUT", "--keep-lines", "related", "--config", "CONFIG"],
    "run --quiet": ["run", "DUMP", "-o", "OUT", "--quiet"],
    "clean": ["clean", "DUMP", "--annotate"],
    "dedup": ["dedup", "DUMP"],
    "dedup --preview": ["dedup", "DUMP", "--preview"],
    "explain": ["explain", "DUMP"],
    "explain --id": ["explain", "DUMP", "--id", HOSTILE],
    "learn": ["learn", "DUMP", "-o", "OUT.jsonl"],
    "no such file": ["clean", f"no such {HOSTILE}"],
    "no such key": ["clean", "DUMP", "--field", f"text={HOSTILE}"],
    "no such settings": ["clean", "DUMP", "--config", f"no such {HOSTILE}"],
    "no such option": ["run", "DUMP", "-o", "OUT", f"--{HOSTILE}"],
    "no such limit": ["run", "DUMP", "-o", "OUT", "--limit", HOSTILE],
    "no such command": [HOSTILE],
    "rules": ["rules", "--config", "CONFIG"],
    "config": ["config", "--config", "CONFIG"],
    "index add": ["index", "add", "OUT.idx", "DUMP"],
    "index check": ["index", "check", "IDX", "DUMP"],
    "index info": ["index", "info", "IDX", "--json"],
    "index verify": ["index", "verify", "IDX"],
    "no such index": ["index", "info", f"no such {HOSTILE}"],
}
ALL_AT_ONCE = """
import json, os, sys
from clipclean.cli import main
for arguments in json.load(sys.stdin):
    main(arguments)
    sys.stdout.flush()
    print("\\n=====", flush=True)
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two copies whose every field is hostile, and two records that fail, in a file whose name is hostile too."""
    path = tmp_path_factory.mktemp("hostile") / f"dump {HOSTILE.replace('/', '')}.jsonl"
    record = {name: f"{name} {HOSTILE}" for name in ("url", "source", "title", "published", "lang")}
    words = STORY.split("\n")
    records = [
        {**record, "text": f"{words[0]}\n{HOSTILE}\n{words[1]} It was {n}.\nRead more: {HOSTILE}...", "id": n + HOSTILE}
        for n in ("", "early")
    ]
    failing = [{"id": f"none{HOSTILE}", HOSTILE: "no text"}, {"id": f"number{HOSTILE}", "text": 17}]
    path.write_text("".join(json.dumps(line) + "\n" for line in [*records, *failing]), encoding="utf-8")
    return path


def broken_index(path: Path) -> Path:
    """An index of a clipping whose id and source are hostile, and whose text is not there."""
    settings = clipclean.DedupSettings(prefer=[HOSTILE])
    with clipclean.Index.open(path, settings=settings) as index:
        index.add({"id": HOSTILE, "source": HOSTILE, "text": STORY})
    with sqlite3.connect(path) as database:
        database.execute("DELETE FROM bodies")
    database.close()
    return path


@pytest.fixture(scope="module")
def shown(hostile: Path) -> dict[str, str]:
    """What each command shows, standard output and standard error on one terminal."""
    config = hostile.with_name("own.toml")
    says = "".join(f"\\U{ord(sign):08x}" for sign in HOSTILE)
    config.write_text(
        f'encoding = "utf-8"\n[[rules]]\nname = "x"\nlabel = "other"\npattern = "x{says}"\nsays = "{says}"\n'
    )
    paths = {"DUMP": str(hostile), "CONFIG": str(config), "OUT.jsonl": str(hostile.with_name("profile.jsonl"))}
    paths |= {"OUT.idx": str(hostile.with_name("a.idx")), "IDX": str(broken_index(hostile.with_name("b.idx")))}
    paths["OUT"] = str(hostile.with_name(f"out {HOSTILE.replace('/', '')}"))
    given = [[paths.get(part, part) for part in command] for command in COMMANDS.values()]
    outer, inner = pty.openpty()
    environment = {**os.environ, "COLUMNS": "80", "TERM": "xterm"}
    process = subprocess.Popen(
        [sys.executable, "-c", ALL_AT_ONCE], env=environment, stdin=subprocess.PIPE, stdout=inner, stderr=inner
    )
    os.close(inner)
    assert process.stdin
    process.stdin.write(json.dumps(given).encode())
    process.stdin.close()
    parts = b""
    with contextlib.suppress(OSError):  # how Linux says that the other end is closed
        while part := os.read(outer, 65536):
            parts += part
    os.close(outer)
    assert process.wait(60) == 0
    told = OURS.sub("", parts.decode().replace("\r", "")).split("\n=====\n")
    return dict(zip(COMMANDS, told, strict=False))


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_of_a_page_steers_the_terminal(command: str, shown: dict[str, str]) -> None:
    assert shown[command] or command == "run --quiet"
    assert OBEYED.findall(shown[command]) == []


@pytest.mark.parametrize(
    "command", ["clean", "dedup", "dedup --preview", "explain", "explain --id", "config", "index verify"]
)
def test_what_is_shown_of_it_is_shown_as_it_is_written(command: str, shown: dict[str, str]) -> None:
    told = "".join(shown[command].split())
    assert re.search(r"\\(u|U0000)202eesrever", told)
    assert "[red]alive[/red]" in told


def test_json_on_a_terminal_says_the_same(hostile: Path, shown: dict[str, str]) -> None:
    target = hostile.with_name("a.jsonl")
    subprocess.run([*COMMAND, "clean", str(hostile), "--annotate", "-q", "-o", str(target)], check=False)
    told = [line for line in shown["clean"].split("\n") if line.startswith("{")]
    assert [json.loads(line) for line in told] == [json.loads(line) for line in target.read_bytes().splitlines()]
