"""Output that is no longer what a run wrote: each kind of harm is told with file and figure."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import clipclean
from clipclean import pipeline
from clipclean.cli import main
from clipclean.errors import AccountingError, InputError
from clipclean.writers import Accounts

STORY = (
    "Rain fell on Halden for a third day on Monday, and the river Orr rose by almost a metre in the night.\n"
    "The mayor, Ida Brand, told everybody who lives by the water to leave their homes before the evening.\n"
)
FORMATS = ("jsonl", "csv", "parquet", "txt")


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dump")
    for name in "ab":
        with (folder / f"{name}.jsonl").open("w") as file:
            for number in range(4):
                text = f'Share\n{STORY}\nIn {number} houses\nthe "cellar" was full of water.'
                file.write(json.dumps({"id": f"{name}{number}", "text": text if number else ""}) + "\n")
    return folder


@pytest.fixture(scope="module")
def runs(dump: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("runs")
    for form in FORMATS:
        clipclean.run(dump, folder / form, format=form)
    return {form: folder / form for form in FORMATS}


@pytest.fixture
def out(runs: dict[str, Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(runs["jsonl"], tmp_path / "out"))


def line_cut(path: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


def line_doubled(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data + data.splitlines(keepends=True)[-1])


def half_written(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def one_letter_changed(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"e", b"o", 1))


def end_of_line_lost(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def made_longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" ")


def missing(path: Path) -> None:
    path.unlink()


HARM = {
    line_cut: "rows",
    line_doubled: "rows",
    half_written: "(rows|bytes)",
    emptied: "(rows|bytes)",
    one_letter_changed: "sha256",
    end_of_line_lost: "(rows|bytes)",
    made_longer: "bytes",
    missing: "it is missing",
}
TABLES = ("clippings.jsonl", "duplicates.jsonl", "removed.jsonl", "errors.jsonl", "inputs.jsonl")


@pytest.mark.parametrize("form", FORMATS)
def test_what_a_run_wrote_is_found_whole(runs: dict[str, Path], form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert clipclean.verify(runs[form]) == ()
    assert main(["verify", str(runs[form])]) == 0
    assert "adds up" in capsys.readouterr().err


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("harm", HARM, ids=lambda harm: harm.__name__)
def test_harm_to_a_table_is_told_with_file_and_figure(
    out: Path, name: str, harm: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    harm(out / name)
    assert main(["verify", str(out)]) == 2
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith(f"clipclean: {out / name}: ")
    assert re.search(HARM[harm], said[0])


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("harm", [half_written, emptied, one_letter_changed, missing], ids=lambda harm: harm.__name__)
def test_harm_to_a_table_of_another_format_is_told(
    runs: dict[str, Path], tmp_path: Path, form: str, harm: Callable[[Path], None]
) -> None:
    shutil.copytree(runs[form], tmp_path / "out")
    harm(tmp_path / "out" / f"clippings.{form}")
    (fault,) = clipclean.verify(tmp_path / "out")
    assert f"clippings.{form}: " in fault


@pytest.mark.parametrize("harm", [half_written, emptied, one_letter_changed, missing], ids=lambda harm: harm.__name__)
def test_harm_to_one_text_file_among_many_is_told(
    runs: dict[str, Path], tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    shutil.copytree(runs["txt"], tmp_path / "out")
    path = min((tmp_path / "out" / "clippings").iterdir())
    harm(path)
    (fault,) = clipclean.verify(tmp_path / "out")
    assert fault.startswith(f"{path}: ")
    (tmp_path / "out" / "clippings" / "more.txt").write_text("more")
    assert "more.txt: it is not one of" in clipclean.verify(tmp_path / "out")[-1]


def test_a_file_that_does_not_belong_there_is_told(out: Path) -> None:
    shutil.copy(out / "clippings.jsonl", out / "clippings.csv")
    assert clipclean.verify(out) == (f"{out / 'clippings.csv'}: it is not one of the files that manifest.json names",)


def test_files_and_notes_of_the_user_are_no_fault(out: Path) -> None:
    (out / "notes.md").write_text("mine")
    (out / "run.json").unlink()
    assert clipclean.verify(out) == ()


def forge(out: Path, name: str, change: Callable[[str], str]) -> None:
    """Change a file and the manifest with it, as a fault of clipclean itself would: now only the counts can tell."""
    path = out / name
    path.write_text(change(path.read_text()))
    manifest = json.loads((out / "manifest.json").read_text())
    manifest["files"] = clipclean_files(out)
    (out / "manifest.json").write_text(json.dumps(manifest))


def clipclean_files(out: Path) -> dict[str, object]:
    from clipclean.writers import describe_folder

    return dict(describe_folder(out))


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("report.json", '"read": 8', '"read": 9', "9 read, but"),
        ("report.json", '"removed": ', '"removed": 1', "removed.jsonl: "),
        ("inputs.jsonl", '"read":4', '"read":5', "a.jsonl does not add up: 5 read"),
        ("errors.jsonl", "a.jsonl", "b.jsonl", "but inputs.jsonl says 1 failed of"),
        ("duplicates.jsonl", "a.jsonl", "b.jsonl", "folded of"),
    ],
)
def test_counts_that_contradict_each_other_are_told(out: Path, name: str, old: str, new: str, said: str) -> None:
    assert old in (out / name).read_text()
    forge(out, name, lambda text: text.replace(old, new))
    faults = clipclean.verify(out)
    assert any(said in fault for fault in faults), faults


@pytest.mark.parametrize("name", ["manifest.json", "report.json"])
def test_a_folder_without_a_whole_run_is_told(out: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (out / name).unlink()
    assert main(["verify", str(out)]) == 2
    assert name in capsys.readouterr().err
    with pytest.raises(InputError, match="no whole run"):
        clipclean.verify(out.parent)


def test_the_account_of_each_input_file_says_what_became_of_its_records(out: Path, dump: Path) -> None:
    rows = [json.loads(line) for line in (out / "inputs.jsonl").read_text().splitlines()]
    assert [row["file"] for row in rows] == [str(dump / "a.jsonl"), str(dump / "b.jsonl")]
    report = json.loads((out / "report.json").read_text())
    for name in ("read", "written", "folded", "failed"):
        assert sum(row[name] for row in rows) == report[name]
    assert all(row["read"] == 4 and row["failed"] == 1 for row in rows)


def test_a_run_that_finds_other_rows_on_the_disk_than_it_counted_writes_nothing(
    dump: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Accounts.add
    lost = iter([True])

    def losing(self: Accounts, file: str, outcome: str) -> None:
        if outcome != "failed" or not next(lost, False):
            real(self, file, outcome)

    monkeypatch.setattr(Accounts, "add", losing)
    with pytest.raises(AccountingError, match=r"inputs\.jsonl: 7 read, but report\.json says 8"):
        pipeline.run([str(dump)], tmp_path / "out")
    assert not (tmp_path / "out").exists()
