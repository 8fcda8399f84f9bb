from __future__ import annotations

import gzip
import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from clipclean.cli import main

STORY = (
    "Rain fell on Halden for a third day on Monday, and the river Orr rose by almost a metre in the night.\n"
    "The mayor, Ida Brand, told everybody who lives by the water to leave their homes before the evening.\n"
    "Two schools were opened for the families, and the army brought beds, blankets and warm food to both."
)
CLIPPING = f"{STORY}\nSubscribe to our newsletter\nShare this article"
RECORDS = [
    {"guid": "flood", "body": CLIPPING, "link": "https://harbor.example/flood", "page": 4},
    {"guid": "wire", "body": STORY, "link": "https://lodestar.example/flood", "page": 5},
]


@pytest.fixture
def dump(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "dump.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in RECORDS), encoding="utf-8")
    return path


@pytest.fixture
def broken(dump: Path) -> Path:
    with dump.open("a") as file:
        file.writelines("{broken\n" for _ in range(7))
    return dump


def rows(data: bytes | Path) -> list[dict[str, Any]]:
    data = data.read_bytes() if isinstance(data, Path) else data
    return [json.loads(line) for line in data.splitlines()]


def test_clean_writes_one_record_a_clipping_to_standard_output(
    dump: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["clean", "dump.jsonl"]) == 0
    said = capfdbinary.readouterr()
    first, second = rows(said.out)
    assert (first["id"], first["text"], first["page"], first["link"]) == ("flood", STORY, 4, RECORDS[0]["link"])
    assert "body" not in first
    assert [row["text"] for row in first["removed"]] == ["Subscribe to our newsletter", "Share this article"]
    assert second["removed"] == []
    assert b"2 cleaned, 2 of 8 lines removed, 0 failed" in said.err


def test_clean_with_a_file_writes_nothing_to_standard_output(
    dump: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["clean", "dump.jsonl", "-o", "out.jsonl.gz", "--annotate", "--quiet"]) == 0
    said = capfdbinary.readouterr()
    assert (said.out, said.err) == (b"", b"")
    assert [line["keep"] for line in rows(gzip.decompress(Path("out.jsonl.gz").read_bytes()))[0]["lines"]] == [
        *(True, True, True),
        *(False, False),
    ]


def test_clean_reads_standard_input(
    dump: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(dump.read_bytes())))
    assert main(["clean", "-", "-q"]) == 0
    assert [row["id"] for row in rows(capfdbinary.readouterr().out)] == ["flood", "wire"]


@pytest.mark.parametrize(
    ("options", "stays"),
    [
        (["--keep-lines", "promo"], "newsletter"),
        (["--drop", "social"], "newsletter"),
        (["--drop", "promo,credit", "--drop", "ad"], "Share"),
        (["--drop", "none"], "Share"),
    ],
)
def test_the_labels_that_go_can_be_chosen(
    dump: Path, capfdbinary: pytest.CaptureFixture[bytes], options: list[str], stays: str
) -> None:
    assert main(["clean", "dump.jsonl", *options]) == 0
    assert stays in rows(capfdbinary.readouterr().out)[0]["text"]


def test_a_rule_can_be_switched_off(dump: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["clean", "dump.jsonl"]) == 0
    rules = {row["rule"] for row in rows(capfdbinary.readouterr().out)[0]["removed"]}
    options = [part for rule in rules for part in ("--rule-off", rule)]
    assert main(["clean", "dump.jsonl", *options]) == 0
    assert not rules & {row["rule"] for row in rows(capfdbinary.readouterr().out)[0]["removed"]}


def test_failures_are_said_first_few_then_counted_and_all_written(
    broken: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["clean", "dump.jsonl", "--errors", "errors.jsonl"]) == 1
    said = capfdbinary.readouterr()
    assert len(rows(said.out)) == 2
    assert said.err.count(b"clipclean: dump.jsonl") == 5
    assert b"2 more failed; errors.jsonl has all" in said.err
    assert [row["record"] for row in rows(Path("errors.jsonl"))] == list(range(3, 10))


def test_dedup_keeps_each_record_as_it_is_and_adds_its_cluster(
    dump: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["dedup", "dump.jsonl", "--pairs", "pairs.jsonl", "--clean"]) == 0
    said = capfdbinary.readouterr()
    found = rows(said.out)
    for record, row in zip(RECORDS, found, strict=True):
        assert row.items() >= record.items()
        assert row["id"] == record["guid"]
    assert [row["cluster"] for row in found] == ["flood", "flood"]
    assert found[1]["duplicate_of"] == "flood"
    assert found[0]["duplicate_of"] is None
    assert rows(Path("pairs.jsonl")) == [
        {"a": "flood", "b": "wire", "relation": "exact", "jaccard": 1.0, "containment": 1.0}
    ]
    assert b"2 compared: 1 kept, 1 copy of them in 1 cluster, 0 failed" in said.err


def test_dedup_compares_the_text_as_it_is_unless_told_to_clean(
    dump: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["dedup", "dump.jsonl", "--threshold", "1"]) == 0
    assert [row["duplicate_of"] for row in rows(capfdbinary.readouterr().out)] == [None, None]
    assert main(["dedup", "dump.jsonl", "--threshold", "1", "--clean"]) == 0
    assert [row["duplicate_of"] for row in rows(capfdbinary.readouterr().out)] == [None, "flood"]


@pytest.mark.parametrize(("choice", "expected"), [("remove", ["flood"]), ("group", ["flood"])])
def test_dedup_can_leave_copies_out(
    dump: Path, capfdbinary: pytest.CaptureFixture[bytes], choice: str, expected: list[str]
) -> None:
    assert main(["dedup", "dump.jsonl", "--clean", "--dup", choice]) == 0
    found = rows(capfdbinary.readouterr().out)
    assert [row["id"] for row in found] == expected
    assert [copy["id"] for copy in found[0].get("copies", [])] == (["wire"] if choice == "group" else [])


def test_run_writes_its_folder_and_says_where_to_look(dump: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["run", "dump.jsonl", "-o", "out"]) == 0
    said = capfdbinary.readouterr()
    assert said.out == b""
    for expected in (b"2 clippings read", b"written", b"promo", b"harbor.example", b"in out", b"clippings.jsonl"):
        assert expected in said.err
    assert main(["run", "dump.jsonl", "-o", "out", "-q"]) == 0
    assert capfdbinary.readouterr().err == b""


def test_run_tells_of_failures_even_when_quiet(broken: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["run", "dump.jsonl", "-o", "out", "--quiet"]) == 1
    assert capfdbinary.readouterr().err == b"clipclean: 7 of 9 failed; out/errors.jsonl lists them\n"


def test_run_says_why_nothing_could_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    assert main(["run", "empty", "-o", "out"]) == 1
    assert b"clipclean: empty: there is no file in this folder" in capfdbinary.readouterr().err
    Path("broken.jsonl").write_text("{broken\n" * 7)
    assert main(["run", "broken.jsonl", "-o", "out", "-q"]) == 1
    first, *reasons = capfdbinary.readouterr().err.splitlines()
    assert first == b"clipclean: 7 of 7 failed; out/errors.jsonl lists them"
    assert len(reasons) == 5
    assert all(b"the JSON is broken" in reason for reason in reasons)


def test_run_takes_keys_that_it_does_not_know(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("dump.jsonl").write_text(json.dumps({"nr": "7", "artikel": CLIPPING}) + "\n", encoding="utf-8")
    assert main(["run", "dump.jsonl", "-o", "out", "--field", "text=artikel", "--field", "id=nr", "-q"]) == 0
    (row,) = rows(Path("out/clippings.jsonl"))
    assert (row["id"], row["text"]) == ("7", STORY)


def test_explain_shows_every_line_with_its_verdict(dump: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["explain", "dump.jsonl"]) == 0
    said = capfdbinary.readouterr()
    table = [line.split("\t") for line in said.out.decode().splitlines()]
    assert table[0] == ["line", "keep", "label", "rule", "score", "text", "why"]
    assert all(row[6] for row in table[1:])
    assert [row[1] for row in table[1:]] == ["1", "1", "1", "0", "0"]
    assert "\n".join(row[5] for row in table[1:]) == CLIPPING
    assert b"holds 1 more; --id chooses one" in said.err


def test_explain_finds_a_clipping_by_its_id(dump: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["explain", "dump.jsonl", "--id", "wire"]) == 0
    said = capfdbinary.readouterr()
    assert len(said.out.splitlines()) == 4
    assert said.err == b""


@pytest.mark.parametrize(
    ("ids", "said"),
    [("a", "there is only a"), ("ab", "there are [ab], [ab]"), ("abcdef", "there are [a-f], [a-f], [a-f] and 3 more")],
)
def test_explain_says_which_ids_there_are(
    ids: str, said: str, dump: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    Path("some.jsonl").write_text(
        "".join(f'{{"id": "{one}", "text": "Rain fell."}}\n' for one in ids), encoding="utf-8"
    )
    assert main(["explain", "some.jsonl", "--id", "zzz"]) == 2
    told = capfdbinary.readouterr().err.decode()
    assert re.search(f"some.jsonl has no clipping with the id 'zzz'; {said}\n$", told)


def test_the_readme_shows_what_explain_shows(dump: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    page = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    _, clipping, _, table, *_ = page.split("```\n")
    Path("clipping.txt").write_text(clipping, encoding="utf-8")
    assert main(["explain", "clipping.txt", "--no-config"]) == 0
    rows = [line.split("\t")[:4] for line in capfdbinary.readouterr().out.decode().splitlines()]
    assert [line.split()[:4] for line in table.splitlines()] == rows


def test_explain_reads_pages_and_never_obeys_them(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    paragraphs = "".join(f"<p>{line}</p>" for line in STORY.split("\n"))
    Path("page.html").write_text(f"<article>{paragraphs}<p>[red]\x1b[31mend\u202e</p></article>", encoding="utf-8")
    assert main(["explain", "page.html"]) == 0
    said = capfdbinary.readouterr().out.decode()
    assert STORY.split("\n")[1] in said
    assert "\x1b" not in said
    assert "\u202e" not in said


BLURB = "The Halden Post brings you the stories of both banks of the river, every morning but Sunday, for nothing."


def road(number: int) -> str:
    return (
        f"The council of Tillby voted {number} to {number % 7} on Monday to pave road number {number} in May.\n"
        f"Farmers by the river have asked for it since {1900 + number}, when a cart with {number + 11} barrels sank."
    )


@pytest.fixture
def roads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "roads.jsonl"
    known = [{"id": f"r{at}", "source": "halden.example", "text": f"{road(at)}\n{BLURB}"} for at in range(12)]
    path.write_text("".join(json.dumps(record) + "\n" for record in known), encoding="utf-8")
    return path


def test_learn_writes_a_profile_that_clean_explain_and_run_use(
    roads: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["learn", "roads.jsonl", "-o", "profile.jsonl.gz"]) == 0
    assert b"12 read from 1 source: 1 line recurs at its source, 0 failed" in capfdbinary.readouterr().err
    assert main(["clean", "roads.jsonl", "--profile", "profile.jsonl.gz", "-q"]) == 0
    found = rows(capfdbinary.readouterr().out)
    assert [row["text"] for row in found] == [road(at) for at in range(12)]
    assert main(["explain", "roads.jsonl", "--profile", "profile.jsonl.gz"]) == 0
    assert b"recurs-at-source" in capfdbinary.readouterr().out
    assert main(["run", "roads.jsonl", "-o", "out", "--profile", "profile.jsonl.gz", "-q"]) == 0
    assert len(rows(Path("out/removed.jsonl"))) == 12


def test_run_learns_by_itself_unless_told_not_to(roads: Path) -> None:
    assert main(["run", "roads.jsonl", "-o", "out", "-q"]) == 0
    assert len(rows(Path("out/removed.jsonl"))) == 12
    assert main(["run", "roads.jsonl", "-o", "out", "-q", "--no-profile"]) == 0
    assert rows(Path("out/removed.jsonl")) == []


def test_clean_without_a_profile_learns_nothing(roads: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["clean", "roads.jsonl", "-q"]) == 0
    assert BLURB in rows(capfdbinary.readouterr().out)[0]["text"]


def test_learn_lists_what_it_cannot_read_and_writes_the_profile(
    roads: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    with roads.open("a") as file:
        file.writelines("{broken\n" for _ in range(7))
    assert main(["learn", "roads.jsonl", "-o", "profile.jsonl", "--errors", "failed.jsonl"]) == 1
    said = capfdbinary.readouterr().err
    assert b"2 more failed" in said
    assert b"12 read from 1 source: 1 line recurs at its source, 7 failed" in said
    assert len(rows(Path("failed.jsonl"))) == 7


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "roads.jsonl", "-o", "out", "--profile", "p", "--no-profile"], b"contradict"),
        (["run", "roads.jsonl", "-o", "out", "--profile", "missing.jsonl"], b"missing.jsonl"),
        (["clean", "roads.jsonl", "--profile", "roads.jsonl"], b"no profile of sources"),
        (["clean", "roads.jsonl", "--profile", "p.jsonl", "-o", "p.jsonl"], b"overwritten"),
        (["learn", "roads.jsonl"], b"Missing option"),
        (["learn", "roads.jsonl", "-o", "roads.jsonl"], b"overwritten"),
        (["learn", "roads.jsonl", "-o", "p.csv"], b".jsonl"),
    ],
)
def test_wrong_use_of_profiles_is_told(
    roads: Path, capfdbinary: pytest.CaptureFixture[bytes], arguments: list[str], says: bytes
) -> None:
    Path("p.jsonl").write_text("")
    before = roads.read_bytes()
    assert main(arguments) == 2
    assert says in capfdbinary.readouterr().err
    assert roads.read_bytes() == before
