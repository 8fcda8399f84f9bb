"""What an index says depends on what came before, not on how it was split into calls, transactions and openings."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clipclean
from clipclean import DedupSettings, Index, Verdict

from .stories import stream

STREAM = stream(400)


def fed(path: Path, parts: Iterable[list[dict[str, str]]], **how: str) -> list[Verdict]:
    """The verdicts on a stream, for each part of which the index is opened anew."""
    verdicts = []
    for part in parts:
        with Index.open(path, **how) as index:
            verdicts += list(index.add_many(part))
    return verdicts


def cut(records: list[dict[str, str]], sizes: Iterable[int]) -> list[list[dict[str, str]]]:
    left = iter(records)
    parts = [list(islice(left, size)) for size in sizes]
    return [part for part in (*parts, list(left)) if part]


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> list[Verdict]:
    verdicts = fed(tmp_path_factory.mktemp("once") / "a.idx", [STREAM])
    assert sum(verdict.copy for verdict in verdicts) > 100
    assert {verdict.relation and verdict.relation.value for verdict in verdicts} >= {"exact", "abridgement", None}
    assert any(verdict.supersedes for verdict in verdicts)
    return verdicts


def test_one_by_one_is_as_all_at_once(tmp_path: Path, at_once: list[Verdict]) -> None:
    with Index.open(tmp_path / "a.idx") as index:
        assert [index.add(record) for record in STREAM[:150]] == at_once[:150]


def test_seven_openings_are_as_one(tmp_path: Path, at_once: list[Verdict]) -> None:
    assert fed(tmp_path / "a.idx", cut(STREAM, [60] * 6)) == at_once


@settings(max_examples=8, deadline=None)
@given(sizes=st.lists(st.integers(1, 120), max_size=8))
def test_any_split_is_as_one(
    tmp_path_factory: pytest.TempPathFactory, at_once: list[Verdict], sizes: list[int]
) -> None:
    path = tmp_path_factory.mktemp("split") / "a.idx"
    assert fed(path, cut(STREAM, sizes)) == at_once


@pytest.mark.parametrize("sizes", [[1] * 150, [37] * 9, [400]], ids=["one by one", "in parts", "at once"])
def test_a_window_that_moves_changes_nothing_of_that(tmp_path: Path, sizes: list[int]) -> None:
    known = fed(tmp_path / "known.idx", [STREAM], window="3d")
    assert fed(tmp_path / "a.idx", cut(STREAM, sizes)[: len(sizes)], window="3d") == known[: sum(sizes)]


@pytest.mark.parametrize("keep", ["longest", "earliest", "latest", "first"])
def test_which_copy_is_kept_does_not_depend_on_it_either(tmp_path: Path, keep: str) -> None:
    how = DedupSettings(keep=keep)  # type: ignore[arg-type]  # names stand for choices
    verdicts = []
    for name, parts in (("one", [STREAM[:200]]), ("many", cut(STREAM[:200], [9] * 30))):
        for part in parts:
            with Index.open(tmp_path / name, settings=how) as index:
                verdicts += list(index.add_many(part))
    assert verdicts[:200] == verdicts[200:]


def test_check_says_what_add_will_say(tmp_path: Path) -> None:
    with Index.open(tmp_path / "a.idx") as index:
        for record in STREAM[:120]:
            assert index.check(record) == index.add(record)


def test_seven_daily_runs_are_as_one_call(tmp_path: Path) -> None:
    """The clusters of ``clipclean run --index`` over seven dumps, and of the library over the whole."""
    dated = sorted((r for r in STREAM if "published" in r), key=lambda record: (record["published"], record["id"]))
    days = sorted({record["published"] for record in dated})[:7]
    clusters: dict[str, str] = {}
    for day in days:
        dump = tmp_path / f"{day}.jsonl"
        dump.write_text("".join(json.dumps(r) + "\n" for r in dated if r["published"] == day), encoding="utf-8")
        clipclean.run(dump, tmp_path / "out", index=tmp_path / "runs.idx", learn=False)
    with Index.open(tmp_path / "runs.idx") as index:
        clusters = {verdict.id: verdict.cluster for verdict in index}
        cleaned = {record["id"]: record for record in dated if record["id"] in clusters}
        assert len(cleaned) == len(clusters) > 200
    with Index.open(tmp_path / "calls.idx", clean=True) as index:
        list(index.add_many(cleaned.values()))
        assert {verdict.id: verdict.cluster for verdict in index} == clusters


def test_stories_of_the_last_century_are_as_good_as_new_ones(tmp_path: Path) -> None:
    text = STREAM[0]["text"]
    with Index.open(tmp_path / "a.idx", window="30d") as index:
        for number, day in enumerate(("1912-04-16", "1912-04-18", "1912-07-01")):
            index.add({"id": str(number), "text": text, "published": day})
        assert [verdict.id for verdict in index] == ["2"]
        assert index.stats().oldest == index.stats().newest == -1814659200


def test_what_is_checked_or_rolled_back_drops_nothing_later(tmp_path: Path) -> None:
    """A date that was asked about, or of a transaction that failed, is no date that the index knows."""
    text = STREAM[0]["text"]
    later, stale = {"published": "2024-09-01"}, {"published": "2020-01-01"}
    with Index.open(tmp_path / "a.idx", window="30d") as index:
        index.add({"id": "a", "text": text, "published": "2024-03-04"})
        index.add({"id": "b", "text": STREAM[1]["text"], "published": "2024-03-05"})
        with index.transaction():
            index.check(text, id="x", **later)
            index.check(text, id="y", **stale)
            index.remove("b")
        assert "a" in index
        with pytest.raises(ZeroDivisionError):
            add_and_fail(index, [{"id": "x", "text": text, **later}, {"id": "y", "text": text, **stale}])
        index.remove("none")
        assert [verdict.id for verdict in index] == ["a"]


def add_and_fail(index: Index, records: list[dict[str, str]]) -> None:
    with index.transaction():
        list(index.add_many(records))
        raise ZeroDivisionError


def notice(town: str, chief: str, street: str) -> str:
    """A notice as an agency writes it after every fire: other names, and the same words."""
    return (
        f"A fire that broke out in a shed behind the railway station of {town} was put out on Monday evening before it "
        f"reached the houses nearby, and nobody was hurt, said {chief}, who leads the fire brigade. Two engines were "
        f"called to {street} with nine firefighters shortly after seven, where neighbours saw smoke rising over the "
        "roofs. The police are looking into what caused it and ask everybody who saw something to come forward. Trains "
        "were held for half an hour. It was the second fire of this kind within a month, but nothing points to arson."
    )


def test_forms_that_are_filled_in_with_other_names_stay_apart_however_they_come(tmp_path: Path) -> None:
    places = (
        ("Brenwick", "Anna Telle", "Harbour Lane"),
        ("Ostermoor", "Jon Falk", "Mill Road"),
        ("Velden Sund", "Ida Strand", "Chapel Row"),
    )
    records = [{"id": town, "text": notice(town, *rest)} for town, *rest in places]
    records.append({"id": "again", "text": notice(*places[0]) + " No damage was done to the tracks."})
    once = fed(tmp_path / "once.idx", [records])
    assert [verdict.copy for verdict in once] == [False, False, False, True]
    assert fed(tmp_path / "each.idx", [[record] for record in records]) == once
    with Index.open(tmp_path / "once.idx") as index:
        index.export(tmp_path / "a.parquet")
    with Index.open(tmp_path / "moved.idx") as index:
        index.load(tmp_path / "a.parquet")
        assert index.verify() == []
        late = {"id": "late", "text": notice("Sandvik", "Per Holm", "Quarry Hill")}
        assert not index.check(late).copy
