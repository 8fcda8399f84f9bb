"""The fixtures are well formed, and building them again gives what is committed."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from clipclean.model import Label, Relation

FIXTURES = Path(__file__).parent.parent / "fixtures"
FORMATS = set(
    ".txt .html .htm .jsonl .ndjson .json .csv .tsv .parquet .arrow .feather .warc .wet"
    " .zip .tar .gz .bz2 .xz .zst".split()
)
EXPECTED = [json.loads(line) for line in (FIXTURES / "expected.jsonl").read_text(encoding="utf-8").splitlines()]
BY_ID = {one["id"]: one for one in EXPECTED}


def unpacked(name: str, data: bytes) -> Any:
    """What a file holds: equal for two files that differ only in how a library compressed or laid them out."""
    suffix = Path(name).suffix
    if suffix == ".gz":
        return unpacked(name[:-3], gzip.decompress(data))
    if suffix == ".bz2":
        return bz2.decompress(data)
    if suffix == ".xz":
        return lzma.decompress(data)
    if suffix == ".zst":
        import zstandard

        return zstandard.ZstdDecompressor().decompress(data)
    if suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [(member.filename, member.date_time, archive.read(member)) for member in archive.infolist()]
    if suffix == ".tar":
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            members = [(member, archive.extractfile(member)) for member in archive.getmembers() if member.isfile()]
            return [(member.name, member.mtime, file.read()) for member, file in members if file]
    if suffix == ".parquet":
        import pyarrow.parquet

        return pyarrow.parquet.read_table(io.BytesIO(data)).to_pylist()
    if suffix in (".arrow", ".feather"):
        import pyarrow as pa

        with pa.ipc.open_file(io.BytesIO(data)) as reader:
            return reader.read_all().to_pylist()
    return data


def files(folder: Path) -> dict[str, Path]:
    return {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("rebuilt")
    command = [sys.executable, "-B", str(FIXTURES / "make_dump.py"), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


def test_building_the_dump_again_gives_the_committed_files(rebuilt: Path) -> None:
    ours, theirs = files(FIXTURES / "dump"), files(rebuilt / "dump")
    assert set(ours) == set(theirs)
    differing = [
        name for name in ours if unpacked(name, ours[name].read_bytes()) != unpacked(name, theirs[name].read_bytes())
    ]
    assert differing == []


def test_building_the_junk_again_gives_the_committed_files(rebuilt: Path) -> None:
    """Broken files cannot be unpacked, so only those whose bytes no library shapes are compared."""
    ours, theirs = files(FIXTURES / "junk"), files(rebuilt / "junk")
    assert set(ours) - {"README.md"} == set(theirs)
    shaped = (".gz", ".parquet")
    differing = [
        name for name in theirs if not name.endswith(shaped) and ours[name].read_bytes() != theirs[name].read_bytes()
    ]
    assert differing == []


def test_building_the_expectations_again_gives_the_committed_file(rebuilt: Path) -> None:
    assert (rebuilt / "expected.jsonl").read_bytes() == (FIXTURES / "expected.jsonl").read_bytes()


def test_the_dump_holds_every_format_and_enough_sources() -> None:
    suffixes = {suffix for name in files(FIXTURES / "dump") for suffix in Path(name).suffixes}
    assert suffixes & FORMATS == FORMATS
    assert 40 <= len(EXPECTED) <= 50
    assert len({one["source"] for one in EXPECTED}) >= 8
    assert sum(one["input"] == "html" for one in EXPECTED) >= 10
    assert all(one["source"].endswith(".example") for one in EXPECTED)


def test_every_clipping_has_its_own_id_and_stands_where_it_is_said_to() -> None:
    assert len(BY_ID) == len(EXPECTED)
    names = files(FIXTURES / "dump")
    for one in EXPECTED:
        assert any(one["path"] == name or one["path"].startswith(name + "/") for name in names), one["path"]


@pytest.mark.parametrize("one", EXPECTED, ids=lambda one: one["name"])
def test_every_line_has_a_known_label_and_only_body_is_kept(one: dict[str, Any]) -> None:
    for line in one["lines"]:
        assert line["keep"] == (Label(line["label"]) is Label.BODY)
        assert line["text"] == line["text"].strip() != ""
        assert line["where"] in ("story", "page")
    assert sum(line["keep"] for line in one["lines"]) >= 4


def test_relations_are_known_mutual_and_within_one_story() -> None:
    for one in EXPECTED:
        for other, relation in one["relations"].items():
            assert Relation(relation)
            assert BY_ID[other]["relations"][one["id"]] == relation
            assert BY_ID[other]["story"] == one["story"]
        assert not set(one["look_alikes"]) & set(one["relations"])
        assert set(one["look_alikes"]) <= set(BY_ID)


def test_stories_share_no_paragraph_but_where_it_is_said() -> None:
    """A paragraph that stands in two stories would make them look alike by accident."""
    seen: dict[str, dict[str, Any]] = {}
    for one in EXPECTED:
        for line in one["lines"]:
            if not line["keep"] or len(line["text"]) < 60:
                continue
            first = seen.setdefault(line["text"], one)
            alike = first["id"] in one["look_alikes"] or one["id"] in first["look_alikes"]
            assert first["story"] == one["story"] or alike, line["text"]


def test_one_file_each_has_a_byte_order_mark_another_encoding_and_mojibake() -> None:
    dump = FIXTURES / "dump"
    assert (dump / "northfenrecord.example/northfen-budget.txt").read_bytes().startswith(b"\xef\xbb\xbf")
    assert (dump / "northfenrecord.example/letters-april.txt").read_bytes().startswith(b"\xff\xfe")
    assert "Ã©" in (dump / "gazettedesmonts.example/four-banal.txt").read_text(encoding="utf-8")
    for name in ("orlekurier.example/hallenbad.txt", "tagesbote.example/windrad-brennt-saldau.html"):
        data = (dump / name).read_bytes()
        assert "ü" in data.decode("windows-1252")
        with pytest.raises(UnicodeDecodeError):
            data.decode("utf-8")


def test_every_junk_file_has_its_outcome_in_the_readme() -> None:
    rows = re.findall(r"^\| (\S+) \| (\d+) \| (\d+) \| .+ \|$", (FIXTURES / "junk/README.md").read_text("utf-8"), re.M)
    assert Counter(row[0] for row in rows) == Counter(list(files(FIXTURES / "junk")))
    assert all(int(usable) + int(failed) > 0 for _, usable, failed in rows)


def cases(path: Path) -> list[dict[str, Any]]:
    return list(tomllib.loads(path.read_text(encoding="utf-8"))["case"])


CASE_FILES = sorted((FIXTURES / "cases").glob("*.toml"))
CASES = [case for path in CASE_FILES for case in cases(path)]
CASE_KEYS = {"name", "lang", "why", "before", "line", "after", "label", "keep", "title"}
LANGUAGES = set("en de fr es it pt nl pl cs sv no da tr ru uk el ar ja zh ko".split())


@pytest.mark.parametrize("path", CASE_FILES, ids=lambda path: path.stem)
def test_cases_stand_in_the_file_of_their_label(path: Path) -> None:
    for case in cases(path):
        assert set(case) <= CASE_KEYS, case["name"]
        assert case["lang"] in LANGUAGES
        assert case["keep"] == (Label(case["label"]) is Label.BODY), case["name"]
        assert path.stem in (case["label"], "known_failures"), case["name"]
        for line in (*case.get("before", ()), case["line"], *case.get("after", ())):
            assert line == line.strip() != "", case["name"]
            assert "\n" not in line, case["name"]
        assert case["why"].endswith("."), case["name"]


def test_there_is_a_case_file_for_every_label_but_blank() -> None:
    assert {path.stem for path in CASE_FILES} == {label.value for label in Label if label is not Label.BLANK} | {
        "known_failures"
    }


def test_cases_are_many_varied_and_named_once() -> None:
    assert len(CASES) >= 170
    assert sum(case["keep"] for case in CASES) >= 60
    assert {case["lang"] for case in CASES} == LANGUAGES
    assert [name for name, count in Counter(case["name"] for case in CASES).items() if count > 1] == []


FAMILIES = tomllib.loads((FIXTURES / "duplicates/pairs.toml").read_text(encoding="utf-8"))["family"]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family["name"])
def test_families_name_their_pairs_and_what_they_are(family: dict[str, Any]) -> None:
    assert set(family) == {"name", "lang", "why", "pairs", "version"}
    for one, other, relation in family["pairs"]:
        assert one != other
        assert {one, other} <= set(family["version"])
        assert relation == "none" or Relation(relation)
    for version in family["version"].values():
        assert version["source"].endswith(".example")
        assert len(version["text"]) > 80


def test_families_show_every_relation_and_what_only_looks_like_one() -> None:
    assert 12 <= len(FAMILIES) <= 24
    assert len({family["name"] for family in FAMILIES}) == len(FAMILIES)
    shown = {relation for family in FAMILIES for _, _, relation in family["pairs"]}
    assert shown == {"none", *(relation.value for relation in Relation)}
