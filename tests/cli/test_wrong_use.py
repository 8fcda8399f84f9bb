"""Wrong use ends with exit code 2 and one line on standard error that says what to do."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from clipclean.cli import main

CASES = {
    "no input": ("run -o out", "INPUT"),
    "no output folder": ("run a.jsonl", "--output"),
    "no such input": ("clean missing.jsonl", r"missing\.jsonl"),
    "a glob that matches nothing": ("clean none-*.jsonl", r"none-\*\.jsonl"),
    "no such command": ("cleen a.jsonl", "Did you mean 'clean'"),
    "no such option": ("clean a.jsonl --workres 2", "--workers"),
    "no such label": ("clean a.jsonl --drop captions", "did you mean caption.*choose from headline"),
    "labels that are none": ("clean a.jsonl --drop= -o b.jsonl", "--drop '' names nothing.* none"),
    "a list of relations": ("dedup a.jsonl --fold exact,duplicate", "'none', 'exact', 'duplicate', 'abridgement'"),
    "two ways to say how far": ("dedup a.jsonl --fold exact --level high", "--fold and --level both.*leave one"),
    "a level in the plain mode": ("run a.jsonl -o out --level high --threshold .7", "--level has no meaning"),
    "sources that are none": ("dedup a.jsonl --prefer ,", "names nothing"),
    "no sources to prefer": ("dedup a.jsonl --keep preferred", "prefer reuters.com,apnews.com"),
    "sources for another choice": ("dedup a.jsonl --keep latest --prefer a.example", "say preferred"),
    "a window without a unit": ("dedup a.jsonl --window 7", "as in 36h, 7d or 2w"),
    "no such scope": ("dedup a.jsonl --scope same", "same-source"),
    "a field twice": ("clean a.jsonl --field text=a --field text=b", "given twice"),
    "standard output for a folder": ("run a.jsonl -o -", "run writes a folder"),
    "an archive from clean": ("clean a.jsonl -o x.zip", "writes JSON Lines"),
    "a packed text from dedup": ("dedup a.jsonl -o x.jsonl --pairs x.TXT.gz", "writes JSON Lines"),
    "a page of errors": ("clean a.jsonl -o x.jsonl --errors x.html", "writes JSON Lines"),
    "dropping the story": ("clean a.jsonl --drop body", "story itself"),
    "no such rule": ("clean a.jsonl --rule-off nonsense", "no rule 'nonsense'"),
    "no such format": ("run a.jsonl -o out --format xlsx", "parquet"),
    "no such choice of copy": ("dedup a.jsonl --keep best", "longest"),
    "no such relation": ("dedup a.jsonl --fold twin", "abridgement"),
    "a threshold that is a percentage": ("dedup a.jsonl --threshold 70", "at most 1"),
    "relations in the plain mode": ("dedup a.jsonl --threshold .7 --fold exact", "leave one of them out"),
    "a number that is none": ("run a.jsonl -o out --workers many", "--workers"),
    "less than no worker": ("run a.jsonl -o out --workers -1", "or 0 for one for each core"),
    "a field without a key": ("clean a.jsonl --field body", "NAME=KEY"),
    "no such field": ("clean a.jsonl --field author=by", "choose from"),
    "no such encoding": ("clean a.jsonl --encoding latin-99", "latin-99"),
    "the input as output": ("clean a.jsonl -o a.jsonl", "overwritten"),
    "a table from clean": ("clean a.jsonl -o a.csv", "run --format"),
    "one file for two things": ("dedup a.jsonl -o b.jsonl --pairs b.jsonl", "its own file"),
    "a file where a folder should be": ("clean a.jsonl -o a.jsonl/b.jsonl", "choose another place"),
    "a file as output folder": ("run a.jsonl -o a.jsonl", "a.jsonl"),
    "an output folder in the input": ("run . -o out", "outside the input"),
    "files of somebody else": ("run a.jsonl -o mine", "--force"),
    "no such clipping": ("explain a.jsonl --id b", "there is only a"),
    "nothing to explain": ("explain broken.jsonl", r"broken\.jsonl"),
}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.jsonl").write_text(json.dumps({"id": "a", "text": "Rain fell on Halden for a third day on Monday."}) + "\n")
    Path("broken.jsonl").write_text("{broken\n")
    Path("mine").mkdir()
    Path("mine/clippings.jsonl").write_text("mine")


@pytest.mark.parametrize("case", CASES)
def test_wrong_use_is_told_in_one_line(case: str, capfd: pytest.CaptureFixture[str]) -> None:
    arguments, expected = CASES[case]
    assert main(arguments.split()) == 2
    said = capfd.readouterr()
    assert said.out == ""
    assert said.err.startswith("clipclean: ")
    assert said.err.count("\n") == 1
    assert re.search(expected, said.err), said.err
    assert not re.search(r"choose from .*body", said.err)
    assert not Path("-").exists()
    assert not Path("out").exists()
    assert Path("mine/clippings.jsonl").read_text() == "mine"


def test_a_fault_of_the_program_is_one_line_and_a_traceback_where_asked_for(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise ZeroDivisionError("in the reader")

    monkeypatch.setattr("clipclean.readers.read", broken)
    assert main(["clean", "a.jsonl"]) == 2
    said = capfd.readouterr().err
    assert said.count("\n") == 1
    assert "ZeroDivisionError: in the reader" in said
    assert "CLIPCLEAN_DEBUG=1" in said
    monkeypatch.setenv("CLIPCLEAN_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["clean", "a.jsonl"])
