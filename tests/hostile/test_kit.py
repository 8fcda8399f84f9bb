"""The kit in fixtures/hostile/: every file comes to the outcome that is written down, in bounded memory and time."""

from __future__ import annotations

import csv
import importlib.util
import json
import subprocess
import sys
import unicodedata
import zlib
from pathlib import Path
from typing import Any

import pytest

resource = pytest.importorskip("resource", reason="memory is measured as POSIX systems tell it")

KIT = Path(__file__).parents[2] / "fixtures" / "hostile"
OUTCOMES = Path(__file__).parent / "outcomes.py"
NO_DATA = {"README.md", "expected.tsv", "make_hostile.py"}
MOST_MEMORY = 1024
"""MB; one document may have 64, and its largest copies are in UCS-4."""

with (KIT / "expected.tsv").open(encoding="utf-8", newline="") as file:
    EXPECTED = {row["file"]: row for row in csv.DictReader(file, delimiter="\t")}


def outcomes(folder: Path, out: Path, options: dict[str, list[str]]) -> dict[str, Any]:
    """What becomes of the files, in a process of its own, so that its memory is theirs."""
    done = subprocess.run(
        [sys.executable, str(OUTCOMES), str(folder), str(out)],
        input=json.dumps(options),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kit") / "out"


@pytest.fixture(scope="module")
def found(out: Path) -> dict[str, Any]:
    return outcomes(KIT, out, {name: row["options"].split() for name, row in EXPECTED.items()})


def test_every_file_of_the_kit_has_an_expected_outcome() -> None:
    assert {path.name for path in KIT.iterdir() if path.is_file()} == set(EXPECTED) | NO_DATA


@pytest.mark.parametrize("name", EXPECTED)
def test_the_outcome_is_the_expected_one(name: str, found: dict[str, Any]) -> None:
    outcome, row = found[name], EXPECTED[name]
    failed = ", ".join(f"{kind} {number}" for kind, number in sorted(outcome["errors"].items()))
    assert (str(outcome["written"]), str(outcome["folded"]), failed) == (row["written"], row["folded"], row["failed"])
    assert outcome["read"] == outcome["written"] + outcome["folded"] + outcome["failed"]
    assert outcome["code"] == (1 if outcome["failed"] else 0)


@pytest.mark.parametrize("name", EXPECTED)
def test_the_files_on_disk_say_the_same(name: str, found: dict[str, Any], out: Path) -> None:
    errors = [json.loads(line) for line in (out / name / "errors.jsonl").read_bytes().splitlines()]
    assert len(errors) == found[name]["failed"]
    for error in errors:
        assert error["message"].isprintable()
        assert error["message"].startswith((name, str(KIT / name)))
        assert ";" in error["message"], "it does not say what to do"
    if "txt" in EXPECTED[name]["options"]:
        assert len(list((out / name / "clippings").iterdir())) == found[name]["written"]
    else:
        clippings = (out / name / "clippings.jsonl").read_bytes().splitlines()
        assert len(clippings) == found[name]["written"]


def test_memory_is_bounded(found: dict[str, Any]) -> None:
    assert max(outcome["peak"] for outcome in found.values()) < MOST_MEMORY


def test_nothing_is_written_outside_of_the_output_folder(found: dict[str, Any], out: Path) -> None:
    assert {path.name for path in out.parent.iterdir()} == {"out"}
    assert {path.name for path in out.iterdir()} == set(EXPECTED)


@pytest.mark.parametrize(("name", "number"), [("names.jsonl", 19), ("case.jsonl", 7)])
def test_every_id_gets_a_file_of_its_own_on_any_file_system(
    name: str, number: int, found: dict[str, Any], out: Path
) -> None:
    names = [path.name for path in (out / name / "clippings").iterdir()]
    assert len({unicodedata.normalize("NFKC", name).casefold() for name in names}) == len(names) == number
    assert max(len(name.encode()) for name in names) <= 255
    told = [json.loads(line) for line in (out / name / "files.jsonl").read_bytes().splitlines()]
    assert {entry["file"] for entry in told} == {f"clippings/{name}" for name in names}
    given = [json.loads(line)["id"] for line in (KIT / name).read_bytes().splitlines()]
    assert [entry["id"] for entry in told] == [id_ if id_.strip() else f"{KIT / name}#10" for id_ in given]


def test_no_file_of_the_system_gets_into_a_story(found: dict[str, Any], out: Path) -> None:
    (clipping,) = (out / "entities.xhtml" / "clippings.jsonl").read_text("utf-8").splitlines()
    assert "root:" not in clipping
    assert len(clipping) < 5000


def test_the_script_makes_the_files_that_are_there() -> None:
    """What is packed depends on the version of the library that packs; what is not must be the same."""
    spec = importlib.util.spec_from_file_location("make_hostile", KIT / "make_hostile.py")
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    files = dict(made.files())
    assert set(files) == set(EXPECTED)
    plain = (".jsonl", ".html", ".xhtml", ".txt", ".csv", ".warc", ".json")
    assert [name for name in files if name.endswith(plain) and (KIT / name).read_bytes() != files[name]] == []


def gzip_of(size: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return packer.compress(b"a" * size) + packer.flush()


def ten_gigabytes(packing: str) -> bytes:
    """Some 10 MB that unpack to 10 GB."""
    import lzma

    import zstandard

    piece = 100 << 20
    pack = {"gz": gzip_of, "xz": lambda size: lzma.compress(b"a" * size, preset=0)}
    frame = pack.get(packing, lambda size: zstandard.compress(b"a" * size))(piece)
    return frame * 100


@pytest.mark.soak
@pytest.mark.parametrize("packing", ["gz", "xz", "zst"])
@pytest.mark.parametrize("suffix", ["txt", "jsonl", "warc"])
def test_ten_gigabytes_in_a_few_megabytes_end_after_the_cap(packing: str, suffix: str, tmp_path: Path) -> None:
    name = f"bomb.{suffix}.{packing}"
    (tmp_path / name).write_bytes(ten_gigabytes(packing))
    outcome = outcomes(tmp_path, tmp_path / "out", {name: []})[name]
    assert set(outcome["errors"]) <= {"unpacks-too-far", "too-large", "broken-warc"}
    assert outcome["failed"] == outcome["read"] > 0
    print(f"\n{name}: ends with {outcome['peak']} MB")  # noqa: T201 - a figure of the soak run
    assert outcome["peak"] < MOST_MEMORY
