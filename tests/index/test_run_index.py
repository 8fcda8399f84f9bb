"""``clipclean run --index``: today's dump against what was there before, as one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import clipclean
from clipclean import DedupSettings, Index, InputError, SettingsError, StoreError
from clipclean.pipeline import Report

from .stories import longer, shorter, story

FERRY, LOCK, BREAD = story(1), story(2), story(3)


def record(name: str, text: str, day: str, source: str = "halden.example") -> dict[str, str]:
    return {"id": name, "text": text, "published": day, "source": source}


MONDAY = [record("ferry-1", FERRY, "2024-03-04"), record("lock-1", LOCK, "2024-03-04T08:00Z", "orr.example")]
TUESDAY = [
    record("ferry-2", shorter(FERRY), "2024-03-05", "tillby.example"),
    record("lock-2", longer(LOCK, 2), "2024-03-05T11:00Z", "vell.example"),
    record("bread-1", BREAD, "2024-03-05", "vell.example"),
    record("bread-2", BREAD.upper(), "2024-03-05T19:00Z", "orr.example"),
]


class Days:
    """Runs of one day after the other, with one index."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.index = folder / "clippings.idx"

    def run(self, name: str, records: Iterable[dict[str, str]], **how: Any) -> Report:
        dump = self.folder / f"{name}.jsonl"
        dump.write_text("".join(json.dumps(row) + "\n" for row in records), encoding="utf-8")
        return clipclean.run(dump, self.folder / name, index=self.index, learn=False, **how)

    def rows(self, name: str, file: str = "clippings") -> list[dict[str, Any]]:
        lines = (self.folder / name / f"{file}.jsonl").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def bytes(self, name: str) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted((self.folder / name).glob("*.jsonl"))}

    def held(self) -> dict[str, str]:
        with Index.open(self.index) as index:
            assert index.verify() == []
            return {verdict.id: verdict.cluster for verdict in index}


@pytest.fixture
def days(tmp_path: Path) -> Days:
    return Days(tmp_path)


def test_copies_of_yesterday_fold_and_the_rest_is_written(days: Days) -> None:
    report = days.run("monday", MONDAY)
    assert (report.read, report.written, report.folded) == (2, 2, 0)
    report = days.run("tuesday", TUESDAY)
    assert (report.read, report.written, report.folded) == (4, 2, 2)
    kept = {row["id"]: row for row in days.rows("tuesday")}
    assert kept.keys() == {"lock-2", "bread-1"}
    assert kept["lock-2"]["supersedes"] == "lock-1"
    assert "supersedes" not in kept["bread-1"]
    folded = {row["id"]: row for row in days.rows("tuesday", "duplicates")}
    assert folded["ferry-2"]["duplicate_of"] == folded["ferry-2"]["cluster"] == "ferry-1"
    assert (folded["ferry-2"]["relation"], folded["ferry-2"]["containment"]) == ("abridgement", 1.0)
    assert folded["ferry-2"]["why_kept"].startswith("known before; longest: ")
    assert folded["bread-2"]["duplicate_of"] == "bread-1"
    assert days.held() == {
        "ferry-1": "ferry-1",
        "ferry-2": "ferry-1",
        "lock-1": "lock-1",
        "lock-2": "lock-1",
        "bread-1": "bread-1",
        "bread-2": "bread-1",
    }


def test_the_same_dump_again_changes_nothing(days: Days) -> None:
    days.run("monday", MONDAY)
    days.run("tuesday", TUESDAY)
    first, held = days.bytes("tuesday"), days.held()
    days.run("tuesday", TUESDAY)
    assert days.bytes("tuesday") == first
    assert days.held() == held


def test_the_order_of_a_dump_has_no_say(days: Days, tmp_path: Path) -> None:
    other = Days(tmp_path / "other")
    other.folder.mkdir()
    for turn, some in ((days, TUESDAY), (other, TUESDAY[::-1])):
        turn.run("monday", MONDAY)
        turn.run("tuesday", some)
    assert days.held() == other.held()
    assert copies(days) == copies(other)


def copies(days: Days) -> list[dict[str, Any]]:
    rows = sorted(days.rows("tuesday", "duplicates"), key=lambda row: row["id"])
    return [{key: value for key, value in row.items() if key not in ("file", "record")} for row in rows]


def test_a_better_copy_of_the_same_dump_is_the_one_that_is_written(days: Days) -> None:
    days.run("monday", [record("early", FERRY, "2024-03-04"), record("late", longer(FERRY, 1), "2024-03-04T20:00Z")])
    (kept,) = days.rows("monday")
    assert kept["id"] == "late"
    assert "supersedes" not in kept
    (folded,) = days.rows("monday", "duplicates")
    assert (folded["id"], folded["duplicate_of"], folded["cluster"]) == ("early", "late", "early")
    assert folded["relation"] == "abridgement"


def test_a_run_that_fails_leaves_the_index_as_it_was(days: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    days.run("monday", MONDAY)
    held = days.held()
    monkeypatch.setattr(Report, "check", lambda report: (_ for _ in ()).throw(clipclean.AccountingError("no")))
    with pytest.raises(clipclean.AccountingError):
        days.run("tuesday", TUESDAY)
    assert days.held() == held
    assert not (days.folder / "tuesday").exists()


def test_a_window_drops_what_is_old(days: Days) -> None:
    days.run("monday", MONDAY, dedup=DedupSettings(window="7d"))
    days.run("later", [record("ferry-9", FERRY, "2024-03-20")], dedup=DedupSettings(window="7d"))
    assert [row["id"] for row in days.rows("later")] == ["ferry-9"]
    assert days.held() == {"ferry-9": "ferry-9"}


def test_one_dump_that_spans_more_than_the_window_gives_the_same_again(days: Days) -> None:
    old = [record("ferry-0", FERRY, "2023-01-01"), record("ferry-00", shorter(FERRY), "2023-01-02")]
    for _ in range(2):
        report = days.run("all", [*old, *TUESDAY], dedup=DedupSettings(window="7d"))
        assert (report.written, report.folded) == (4, 2)
    assert days.held().keys() == {"ferry-2", "lock-2", "bread-1", "bread-2"}


def test_other_cleaning_is_told_with_the_way_out(days: Days) -> None:
    days.run("monday", MONDAY)
    with pytest.raises(StoreError, match=r"cleaning is .* there and .* here.*clipclean index rebuild"):
        days.run("tuesday", TUESDAY, clean=clipclean.CleanSettings(preset="recall"))
    with pytest.raises(StoreError, match="ngram is 5 there and 4 here"):
        days.run("tuesday", TUESDAY, dedup=DedupSettings(ngram=4))


def test_an_index_without_clippings_takes_any_settings(days: Days) -> None:
    days.run("sunday", [record("empty", " ", "2024-03-03")])
    days.run("monday", MONDAY, dedup=DedupSettings(ngram=4))
    assert days.held().keys() == {"ferry-1", "lock-1"}


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"dedup": DedupSettings(threshold=0.7)}, "no plain mode"),
        ({"dedup": DedupSettings(scope="same-source")}, "all sources"),  # type: ignore[arg-type]
        ({"dedup": DedupSettings(fold="none")}, "of no use"),  # type: ignore[arg-type]
        ({"against": __file__}, "both say what was there before"),
    ],
)
def test_what_an_index_cannot_do_is_told_before_anything_is_made(days: Days, how: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        days.run("monday", MONDAY, **how)
    assert not days.index.exists()


def test_an_index_among_the_input_is_refused(days: Days) -> None:
    dump = days.folder / "dump"
    dump.mkdir()
    (dump / "a.txt").write_text(FERRY, encoding="utf-8")
    with pytest.raises(InputError, match=r"c\.idx lies in the input"):
        clipclean.run(dump, days.folder / "out", index=dump / "c.idx")
    assert [path.name for path in dump.iterdir()] == ["a.txt"]


def test_what_nobody_states_leaves_the_settings_of_the_index(days: Days) -> None:
    days.run("monday", MONDAY, dedup=DedupSettings(keep="earliest", window="30d"))  # type: ignore[arg-type]
    days.run("tuesday", TUESDAY)
    with Index.open(days.index) as index:
        assert (index.stats().settings.keep, index.stats().settings.window) == ("earliest", "30d")
    assert "lock-2" not in {row["id"] for row in days.rows("tuesday")}, "the earliest copy is kept"


def test_what_is_stated_leaves_the_rest_of_the_settings_of_the_index(days: Days) -> None:
    days.run("monday", MONDAY, dedup=DedupSettings(keep="earliest", window="30d"))  # type: ignore[arg-type]
    days.run("tuesday", TUESDAY, dedup=DedupSettings(window="9d"))
    with Index.open(days.index) as index:
        assert (index.stats().settings.keep, index.stats().settings.window) == ("earliest", "9d")


def test_a_run_that_was_killed_goes_on_with_its_index(days: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    days.run("monday", MONDAY)
    with monkeypatch.context() as broken:
        broken.setattr(Report, "check", lambda report: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            days.run("tuesday", TUESDAY)
    assert days.held().keys() == {"ferry-1", "lock-1"}
    report = days.run("tuesday", TUESDAY, resume=True)
    assert (report.written, report.folded) == (2, 2)
    assert len(days.held()) == 6


def test_texts_are_stored_if_asked_for(days: Days) -> None:
    days.run("monday", MONDAY, store_text=True)
    assert FERRY.splitlines()[0].encode() in days.index.read_bytes()
    with pytest.raises(SettingsError, match="say where that is"):
        clipclean.run(days.folder / "monday.jsonl", days.folder / "out", store_text=True)
