"""What a settings file does to the commands, and what wins over what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer

from clipclean.cli import main
from clipclean.cli.index import app
from clipclean.settings_file import load_settings

STORY = (
    "Rain fell on Halden for a third day on Monday, and the river Orr rose by almost a metre in the night.\n"
    "The mayor, Ida Brand, told everybody who lives by the water to leave their homes before the evening.\n"
    "Two schools were opened for the families, and the army brought beds, blankets and warm food to both."
)
CLIPPING = f"{STORY}\nTide tables are on page nine of this issue.\nSubscribe to our newsletter\nShare this article"
FILE = """
keep-lines = ["promo"]

[[rules]]
name = "tide-tables"
label = "other"
phrases = ["tide tables"]
mode = "start"
example = "Tide tables, page 9"

[source."orr.example"]
keep-lines = ["social"]
keep = [{ pattern = "^Tide" }]
"""


@pytest.fixture(autouse=True)
def dump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "clipclean.toml").write_text(FILE, encoding="utf-8")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    records = [{"id": name, "source": f"{name}.example", "text": CLIPPING} for name in ("halden", "orr")]
    Path("dump.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


def removed(*options: str) -> list[list[str]]:
    """The rules of the removed lines of the clippings, the first of an ordinary source, the second of an exception."""
    assert main(["clean", "dump.jsonl", "-o", "out.jsonl", "-q", *options]) == 0
    records = [json.loads(line) for line in Path("out.jsonl").read_text("utf-8").splitlines()]
    return [[line["rule"] for line in record["removed"]] for record in records]


def test_the_nearest_file_above_holds_with_its_own_rules_and_exceptions() -> None:
    assert removed() == [["tide-tables", "share-prompt"], ["promo-prompt"]]


def test_no_config_leaves_every_file_alone() -> None:
    furniture = ["promo-prompt", "share-prompt"]
    assert removed("--no-config") == [furniture, furniture]


def test_config_names_one_file_and_the_nearest_is_not_read() -> None:
    Path("clipclean.toml").write_text("drop = 3")
    Path("own.toml").write_text('drop = ["social"]')
    assert removed("--config", "own.toml") == [["share-prompt"], ["share-prompt"]]


@pytest.mark.parametrize(
    ("options", "ordinary", "exception"),
    [
        (["--keep-lines", "none"], ["tide-tables", "promo-prompt", "share-prompt"], ["promo-prompt", "share-prompt"]),
        (["--keep-lines", "social"], ["tide-tables", "promo-prompt"], ["promo-prompt"]),
        (["--drop", "promo"], ["promo-prompt"], ["promo-prompt"]),
        (["--rule-off", "tide-tables"], ["share-prompt"], ["promo-prompt"]),
        (["--rule-off", "kept-for-source"], ["tide-tables", "share-prompt"], ["tide-tables", "promo-prompt"]),
    ],
)
def test_the_command_line_wins_over_the_file_and_its_exceptions(
    options: list[str], ordinary: list[str], exception: list[str]
) -> None:
    assert removed(*options) == [ordinary, exception]


def test_processes_get_the_same_settings() -> None:
    assert removed("--workers", "2") == removed()


def test_a_preset_says_which_way_doubts_go() -> None:
    Path("doubt.jsonl").write_text(
        json.dumps({"text": f"Flood on the Orr\n{STORY}\nMore rain is expected in the valley\nWhat comes next\nTides"})
        + "\n"
    )
    kept = {}
    for preset in ("precision", "balanced", "recall"):
        assert main(["clean", "doubt.jsonl", "-o", "out.jsonl", "-q", "--preset", preset]) == 0
        kept[preset] = set(json.loads(Path("out.jsonl").read_text("utf-8"))["text"].splitlines())
    assert kept["precision"] <= kept["balanced"] <= kept["recall"]
    assert kept["precision"] < kept["recall"]


def test_plain_mode_and_relations_put_each_other_aside() -> None:
    Path("clipclean.toml").write_text("threshold = 0.9\n")
    options = ["dedup", "dump.jsonl", "-o", "out.jsonl", "-q"]
    assert main([*options, "--fold", "exact"]) == 0
    assert '"relation":"exact"' in Path("out.jsonl").read_text("utf-8")
    Path("clipclean.toml").write_text('fold = "exact"\ndup = "remove"\n')
    assert main([*options, "--threshold", "0.9"]) == 0
    assert len(Path("out.jsonl").read_text("utf-8").splitlines()) == 1


def test_run_takes_format_copies_and_annotation_from_the_file_and_names_it(
    capfd: pytest.CaptureFixture[str],
) -> None:
    Path("clipclean.toml").write_text('format = "csv"\ndup = "group"\nannotate = true\n')
    assert main(["run", "dump.jsonl", "-o", "out"]) == 0
    assert "Settings from clipclean.toml" in capfd.readouterr().err
    header = Path("out/clippings.csv").read_text("utf-8").splitlines()[0]
    assert "copies" in header
    assert "lines" in header
    assert report("out")["settings_file"] == "clipclean.toml"
    assert main(["run", "dump.jsonl", "-o", "plain", "-q", "--no-annotate", "--format", "jsonl"]) == 0
    assert '"removed":[' in Path("plain/clippings.jsonl").read_text("utf-8")


def test_the_report_has_all_settings_and_a_digest_that_covers_them() -> None:
    assert main(["run", "dump.jsonl", "-o", "out", "-q"]) == 0
    first = report("out")
    assert first["settings_file"] == "../clipclean.toml"
    assert first["settings"]["clean"]["rules"][0]["name"] == "tide-tables"
    assert first["settings"]["clean"]["sources"][0]["source"] == "orr.example"
    assert main(["run", "dump.jsonl", "-o", "out", "-q", "--no-config"]) == 0
    other = report("out")
    assert other["settings_file"] is None
    assert other["digest"] != first["digest"]


def report(folder: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(folder, "report.json").read_text("utf-8"))
    return found


def test_explain_gives_the_own_rule_as_the_reason(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "dump.jsonl", "--id", "halden"]) == 0
    assert "0\tother\ttide-tables\t" in capfd.readouterr().out


def test_rules_lists_own_rules_before_the_others(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    lines = [line.split("\t") for line in capfd.readouterr().out.splitlines()]
    names = [line[0] for line in lines]
    assert names.index("tide-tables") < names.index("dateline")
    assert lines[names.index("tide-tables")][1:] == [
        *("other", "certain", 'yours: starts with "tide tables"', "Tide tables, page 9")
    ]
    assert main(["rules", "--no-config", "--markdown"]) == 0
    assert "tide-tables" not in capfd.readouterr().out


def test_config_says_which_file_holds_and_shows_settings_that_read_back_as_the_same(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert main(["config"]) == 0
    said = capfd.readouterr()
    assert said.err == "clipclean: settings from ../clipclean.toml\n"
    Path("own.toml").write_text(said.out, encoding="utf-8")
    assert load_settings("own.toml") == load_settings("../clipclean.toml")
    assert main(["config", "--no-config"]) == 0
    said = capfd.readouterr()
    assert "no settings file" in said.err
    Path("own.toml").write_text(said.out, encoding="utf-8")
    assert removed("--config", "own.toml") == removed("--no-config")


INDEX = "index add a.idx dump.jsonl --window 42d --keep first --store-text -q -o added.jsonl"
DOES = {
    "run": ["run dump.jsonl -o out -q", "run dump.jsonl -o out -q --index a.idx"],
    "clean": ["clean dump.jsonl -q"],
    "dedup": ["dedup dump.jsonl -q", "dedup dump.jsonl -q --clean", "dedup dump.jsonl -q --threshold .7"],
    "learn": ["learn dump.jsonl -o profile.jsonl"],
    "explain": ["explain dump.jsonl"],
    "rules": ["rules"],
    "config": ["config"],
    "verify": ["verify out"],
    "index": [
        INDEX,
        f"index rebuild {INDEX.split()[2]} --clean",
        "index info a.idx",
        "index check a.idx dump.jsonl -q",
    ],
}


def done(commands: list[str], capfd: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What commands say on standard output, and what they leave in the folder."""
    shown = [(main(command.split()), capfd.readouterr().out) for command in commands]
    files = {str(path): path.read_bytes() for path in sorted(Path().rglob("*.jsonl"))}
    told = {path: report(str(path.parent)) | {"settings_file": None} for path in Path().rglob("report.json")}
    return {"shown": shown, "files": files, "told": told}


@pytest.mark.parametrize("command", sorted(DOES))
def test_a_file_of_the_defaults_changes_nothing_that_a_command_does(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "clipclean.toml").unlink()
    assert main(["config", "--no-config"]) == 0
    defaults = capfd.readouterr().out
    found = []
    for folder in ("bare", "with-file"):
        (tmp_path / folder).mkdir()
        records = [
            {"id": name, "source": "orr.example", "published": "2024-03-04", "text": CLIPPING}
            for name in ("halden", "orr")
        ]
        (tmp_path / folder / "dump.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
        monkeypatch.chdir(tmp_path / folder)
        before = {"verify": DOES["run"], "run": [INDEX, "index rebuild a.idx --clean"]}.get(command, [])
        assert not any(main(one.split()) for one in before)
        capfd.readouterr()
        if folder == "with-file":
            Path("clipclean.toml").write_text(defaults, encoding="utf-8")
        found.append(done(DOES[command], capfd))
    assert [code for code, _ in found[0]["shown"]] == [0] * len(DOES[command])
    assert found[0] == found[1]


def test_every_command_is_in_that_test() -> None:
    assert set(typer.main.get_command(app).commands) == set(DOES)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "command", ["clean dump.jsonl", "run dump.jsonl -o out", "dedup dump.jsonl", "rules", "config"]
)
def test_a_fault_of_the_file_ends_every_command_before_it_starts(
    command: str, capfd: pytest.CaptureFixture[str]
) -> None:
    Path("clipclean.toml").write_text('preset = "recal"\n')
    assert main(command.split()) == 2
    said = capfd.readouterr()
    assert said.out == ""
    assert said.err == "clipclean: clipclean.toml: preset: there is no 'recal'; did you mean recall?\n"
    assert not Path("out").exists()
    assert main([*command.split(), "--no-config"]) == 0


def test_a_file_and_no_file_at_once_are_refused(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "--config", "../clipclean.toml", "--no-config"]) == 2
    assert "leave one of them out" in capfd.readouterr().err
