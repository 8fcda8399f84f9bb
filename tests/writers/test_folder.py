from __future__ import annotations

from pathlib import Path

import pytest

from clipclean.errors import OutputError
from clipclean.writers import OutputFolder

REPORT = '{"versions": {"clipclean": "0.1.0"}}'


def write_run(path: Path, **files: str) -> None:
    with OutputFolder(path) as folder:
        for name, text in files.items():
            target = folder.staging / name.replace("__", "/").replace("_", ".")
            target.parent.mkdir(exist_ok=True)
            target.write_text(text)
        (folder.staging / "report.json").write_text(REPORT)
        folder.publish()


def names(path: Path) -> list[str]:
    return sorted(str(found.relative_to(path)) for found in path.rglob("*") if found.is_file())


def test_the_files_of_a_run_appear_together(tmp_path: Path) -> None:
    write_run(tmp_path / "deep" / "out", clippings_jsonl="new", errors_jsonl="")
    assert names(tmp_path / "deep" / "out") == ["clippings.jsonl", "errors.jsonl", "report.json"]


def test_a_later_run_takes_the_place_of_an_earlier_one_and_leaves_other_files(tmp_path: Path) -> None:
    write_run(tmp_path, clippings__a_txt="old", files_jsonl="old", errors_jsonl="old")
    (tmp_path / "notes.md").write_text("mine")
    write_run(tmp_path, clippings_csv="new")
    assert names(tmp_path) == ["clippings.csv", "notes.md", "report.json"]


@pytest.mark.parametrize("foreign", ["clippings.jsonl", "report.json", "errors.jsonl"])
def test_files_that_no_run_wrote_are_refused_and_kept(tmp_path: Path, foreign: str) -> None:
    (tmp_path / foreign).write_text('{"mine": true}')
    with pytest.raises(OutputError, match="--force"), OutputFolder(tmp_path):
        pass
    assert (tmp_path / foreign).read_text() == '{"mine": true}'
    assert names(tmp_path) == [foreign]


def test_a_folder_of_clippings_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    write_run(tmp_path, clippings__a_txt="old")
    (tmp_path / "clippings" / "photo.jpg").write_text("mine")
    with pytest.raises(OutputError, match="clippings"), OutputFolder(tmp_path):
        pass
    assert (tmp_path / "clippings" / "photo.jpg").exists()


def test_force_replaces_files_that_no_run_wrote(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("mine")
    with OutputFolder(tmp_path, force=True) as folder:
        (folder.staging / "report.json").write_text(REPORT)
        folder.publish()
    assert (tmp_path / "report.json").read_text() == REPORT


def test_a_run_that_fails_leaves_the_earlier_one_whole(tmp_path: Path) -> None:
    write_run(tmp_path, clippings_jsonl="old")
    with pytest.raises(ZeroDivisionError), OutputFolder(tmp_path) as folder:  # noqa: PT012 - it fails half-way
        (folder.staging / "clippings.jsonl").write_text("half")
        raise ZeroDivisionError
    assert names(tmp_path) == ["clippings.jsonl", "report.json"]
    assert (tmp_path / "clippings.jsonl").read_text() == "old"


def test_a_run_that_fails_leaves_no_folder_that_it_made(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), OutputFolder(tmp_path / "deep" / "out"):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputError, match="is a file"), OutputFolder(tmp_path / "out"):
        pass
