"""No command replaces what it reads, or reads what it writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from clipclean.cli import main

STORY = "Rain fell on Halden for a third day on Monday, and the river Orr rose by almost a metre in the night."

REFUSED = [
    "clean d/a.jsonl -o x.jsonl --errors d/a.jsonl",
    "clean d/a.jsonl -o d/../d/a.jsonl",
    "clean d/ -o d/a.jsonl",
    "clean d/*.jsonl -o d/a.jsonl",
    "clean d/*.jsonl -o x.jsonl --errors d/b.jsonl",
    "clean d/ -o d/x.jsonl",
    "clean d/ -o d/inner/x.jsonl",
    "clean d -o x.jsonl --errors d/x.jsonl",
    "clean ** -o d/x.jsonl",
    "dedup d/ --pairs d/a.jsonl",
    "dedup d/ --pairs d/x.jsonl",
    "dedup d/* --pairs d/a.jsonl",
    "dedup d/a.jsonl --errors d/a.jsonl",
    "run d/ -o d",
    "run d/ -o d/out",
    "run d/*.jsonl -o d",
]
LINKED = [
    "clean d/a.jsonl -o link.jsonl",
    "clean link.jsonl -o d/a.jsonl",
    "clean d/ -o away/x.jsonl",
    "clean away -o e/x.jsonl",
    "clean linked/ -o e/x.jsonl",
    "clean linked/ -o e/inner/x.jsonl",
    "clean single/ -o d/a.jsonl",
    "run linked -o e/inner",
    "run single -o d",
]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("d/a.jsonl", "d/b.jsonl", "d/inner/c.jsonl", "e/f.jsonl", "e/inner/g.jsonl"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(json.dumps({"id": name, "text": STORY}) + "\n")
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refusal(command: str, here: Path, capfd: pytest.CaptureFixture[str]) -> str:
    """The one line that a command says when it refuses its work and leaves all files as they are."""
    before = contents(here)
    assert main(command.split()) == 2
    assert contents(here) == before
    said = capfd.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    return said.err


def names_the_harm(line: str) -> bool:
    return "outside the input" in line or "overwritten" in line


@pytest.mark.parametrize("command", REFUSED)
def test_an_output_that_is_or_lies_in_an_input_is_refused(
    command: str, here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert names_the_harm(refusal(command, here, capfd))


@pytest.mark.parametrize("command", LINKED)
def test_links_hide_no_input(command: str, here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    try:
        Path("link.jsonl").symlink_to(here / "d" / "a.jsonl")
        Path("away").symlink_to(here / "d" if " d/ " in command else here / "e")
        for name, place in (("linked/e", "e"), ("single/a.jsonl", "d/a.jsonl")):
            Path(name).parent.mkdir()
            Path(name).symlink_to(here / place)
    except OSError:
        pytest.skip("this system lets nobody make links")
    assert names_the_harm(refusal(command, here, capfd))


@pytest.mark.parametrize(
    "command",
    ["clean d/ -o x.jsonl --errors y.jsonl", "clean d/*.jsonl -o d/x.jsonl", "dedup d/ -o x.jsonl --pairs e/x.jsonl"],
)
def test_an_output_beside_the_input_is_written(command: str, here: Path) -> None:
    before = contents(here)
    assert main([*command.split(), "-q"]) == 0
    after = contents(here)
    assert after.items() > before.items()
    assert not [name for name in after if name.endswith(".tmp")]


@pytest.mark.skipif(os.name == "nt", reason="the null device is that of POSIX")
def test_a_device_may_take_several_results(here: Path) -> None:
    assert main(["dedup", "d", "-o", "/dev/null", "--pairs", "/dev/null", "--errors", "/dev/null", "-q"]) == 0


@pytest.mark.parametrize(
    "options", [["-o", "x.jsonl", "--errors", "./x.jsonl"], ["-o", "-", "--errors", "-"], ["--errors", "-"]]
)
def test_two_results_never_share_a_file(options: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["clean", "d", *options]) == 2
    assert "its own file" in capfd.readouterr().err


@pytest.mark.parametrize("output", ["a.jsonl", "-"])
def test_a_redirected_input_is_not_replaced_either(here: Path, output: str) -> None:
    path = here / "d" / "a.jsonl"
    before = path.read_bytes()
    command = [sys.executable, "-m", "clipclean", "clean", "-", "-o", f"d/{output}" if output != "-" else output]
    with path.open("rb") as given, path.open("ab") as more:
        done = subprocess.run(command, stdin=given, stdout=more, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert b"overwritten" in done.stderr
    assert path.read_bytes() == before


def test_the_failures_can_go_to_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    Path("broken.jsonl").write_text("{broken\n")
    assert main(["clean", "broken.jsonl", "-o", "x.jsonl", "--errors", "-", "-q"]) == 1
    assert json.loads(capfd.readouterr().out)["kind"] == "broken-json"
    assert not Path("-").exists()
