from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from clipclean.cli import main
from clipclean.cli.index import app

COMMANDS = ("run", "clean", "dedup", "learn", "explain", "rules", "config", "verify")
FLAGS = {"--annotate", "--quiet", "--force", "--clean", "--no-config", "--detect-lang", "--no-profile", "--reasons"}
FLAGS |= {"--preview", "--no-color"}
NUMBERS = {8: "Eight", 9: "Nine", 10: "Ten", 11: "Eleven"}
DOCS = Path(__file__).parent.parent.parent / "docs"


def options(command: str) -> set[str]:
    found = typer.main.get_command(app).commands[command]  # type: ignore[attr-defined]
    return {option for parameter in found.params for option in parameter.opts if option.startswith("--")} - {"--help"}


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")


def test_help_names_every_command_and_where_to_start(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["--help"], ["-h"]):
        assert main(arguments) == 0
        page = capsys.readouterr().out
        assert all(command in page for command in COMMANDS)
        assert "clipclean run dump/ -o out" in page


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_shows_every_option_with_words_and_examples(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "--help"]) == 0
    page = capsys.readouterr().out
    assert page.count(f"clipclean {command} ") >= 3
    for option in options(command):
        line = next(line for line in page.splitlines() if re.search(rf"{option}\b", line))
        if option in FLAGS:
            assert "<" not in line, f"{option} looks as if it took a value: {line}"
        assert len(re.findall(r"[A-Za-z]{2,}", line)) > 3, f"{option} has no help: {line}"


@pytest.mark.parametrize("command", COMMANDS)
def test_the_docs_show_every_option_with_an_example(command: str) -> None:
    page = (DOCS / "cli.md").read_text(encoding="utf-8")
    section = page.split(f"\n## clipclean {command}\n")[1].split("\n## ")[0]
    shared = page.split("\n## Shared options\n")[1].split("\n## ")[0]
    for option in options(command):
        assert f"`{option}" in section + shared, f"docs/cli.md does not say what {option} of {command} is for"
        assert re.search(rf"^(\$ )?.*clipclean .*{option}\b", section + shared, re.MULTILINE), f"no example of {option}"


def test_the_docs_name_and_count_every_command_at_their_beginning() -> None:
    beginning = (DOCS / "cli.md").read_text(encoding="utf-8").split("```")[0]
    commands = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    assert commands <= set(re.findall(r"`(\w+)`", beginning))
    assert f"{NUMBERS[len(commands)]} commands." in beginning


def test_the_docs_show_every_command_of_the_index_with_an_example() -> None:
    page = (DOCS / "cli.md").read_text(encoding="utf-8")
    section = page.split("\n## clipclean index\n")[1].split("\n## ")[0]
    commands = typer.main.get_command(app).commands["index"].commands  # type: ignore[attr-defined]
    for name, command in commands.items():
        assert f"\nclipclean index {name} " in section, f"no example of {name}"
        for option in (one for parameter in command.params for one in parameter.opts if one.startswith("--")):
            assert option in section or option in ("--help", "--output"), (
                f"docs/cli.md does not tell {option} of {name}"
            )


def test_the_version_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert re.fullmatch(r"clipclean \d+\.\d+\.\d+\S*\n", capsys.readouterr().out)
