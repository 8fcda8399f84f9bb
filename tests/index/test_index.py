"""The index as its users see it, in a file and on a server."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import clipclean
from clipclean import Clipping, DedupSettings, Index, Keep, Relation
from clipclean.errors import RecordError, SettingsError, StoreError
from clipclean.index.verdict import Verdict
from clipclean.model import Document

CHANCE = random.Random(50)
WORDS = ["".join(CHANCE.choices("abdeiklmnorstu", k=CHANCE.randint(3, 9))) for _ in range(900)]
STORIES = [[" ".join(CHANCE.choices(WORDS, k=12)) for _ in range(12)] for _ in range(12)]
RUNS = count()
ODD_IDS = ["a b\tc", "é'\"\\%_*?[]{}", "https://halden.example/?q=1&b=#x", "\0", "\ud800", "𝄞" * 200, "0", "a" * 5_000]


def story(number: int, sentences: int = 12) -> str:
    return ". ".join(STORIES[number][:sentences])


def record(name: str, text: str, source: str | None = "halden.example", published: str | None = "2024-03-04") -> dict:
    return {"id": name, "text": text, "source": source, "published": published}


@pytest.fixture
def index(where: str) -> Iterator[Index]:
    with Index.open(where) as opened:
        yield opened
        assert opened.verify() == []


def ids(index: Index) -> list[str]:
    return sorted(verdict.id for verdict in index)


@pytest.mark.parametrize(
    ("text", "relation", "copy"),
    [
        (story(0), Relation.EXACT, True),
        (story(0).upper() + "!", Relation.EXACT, True),
        (story(0) + " " + WORDS[0], Relation.DUPLICATE, True),
        (story(0, 6), Relation.ABRIDGEMENT, True),
        (story(1), None, False),
        ("... — !", None, False),
    ],
)
def test_a_check_says_what_a_text_would_be_and_an_add_the_same(
    index: Index, text: str, relation: Relation | None, copy: bool
) -> None:
    assert index.add(record("a", story(0))).is_new
    checked = index.check(text, id="b", source="orr.example", published="2024-03-05")
    assert "b" not in index
    assert (checked.relation, checked.copy, checked.is_new) == (relation, copy, not copy)
    assert (checked.of, checked.cluster) == (("a", "a") if copy else (None, "b"))
    if copy:
        assert 0 < checked.jaccard <= checked.containment <= 1
    assert index.add(text, id="b", source="orr.example", published="2024-03-05") == checked
    assert "b" in index
    assert index.find("b") == replace(checked, copy=checked.kept != "b", known=True, reason=None)


def test_a_check_without_an_id_is_of_a_text_that_is_nowhere(index: Index) -> None:
    index.add(record("a", story(0)))
    assert index.check(story(0)).of == "a"
    assert index.check({"text": story(1)}).is_new
    assert len(index) == 1


def test_a_record_is_a_text_a_dict_a_clipping_or_the_result_of_cleaning(index: Index) -> None:
    index.add(record("a", story(0)))
    clean = clipclean.clean(story(0), source="orr.example")
    (read,) = clipclean.clean_many([record("b", story(0))])
    assert index.check(clean).of == index.check(read).of == index.check(read.clipping).of == "a"


@pytest.mark.parametrize(
    "published",
    [datetime(2024, 3, 5, 7, tzinfo=UTC), datetime(2024, 3, 5, 7), date(2024, 3, 5), "5 March 2024"],
)
def test_a_date_may_be_a_date_or_text(index: Index, published: Any) -> None:
    index.add(record("a", story(0), published="2024-03-04"))
    assert index.check(story(0), id="q", published=published).of == "a"
    made = Clipping(id="c", text=story(2), published=published)
    index.add(story(1), id="b", published=published)
    index.add(made)
    index.add(replace(clipclean.clean(story(3)), clipping=replace(made, id="d")))
    index.add(record("e", story(4), published=published))
    assert index.expire("2024-03-05") == 1
    assert index.expire("2024-03-06") == 4


@pytest.mark.parametrize("wrong", [5, 2024.5, ["2024-03-05"], True, object()])
def test_another_date_is_a_type_error_that_says_what_is_taken(index: Index, wrong: Any) -> None:
    index.add(record("a", story(0)))
    for call in (index.check, index.add):
        with pytest.raises(TypeError, match=r"published: this is of type .* a datetime\.date or a datetime\.datetime"):
            call(story(1), id="b", published=wrong)
        with pytest.raises(RecordError, match="published: this is of type"):
            call(Clipping(id="b", text=story(1), published=wrong))
    assert ids(index) == ["a"]


def test_facts_are_taken_as_from_a_record_and_nan_says_nothing(index: Index) -> None:
    index.add(story(0), id=7, source=float("nan"), published=float("nan"))  # type: ignore[arg-type]
    assert ids(index) == ["7"]
    assert index.check(story(0), id=float("nan")).of == "7"  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="id: this is of type float, and a str, an int or a UUID is taken"):
        index.check(story(0), id=0.5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="source: this is of type list"):
        index.check(story(0), source=["halden.example"])  # type: ignore[arg-type]


def test_a_result_that_has_no_id_is_not_added_under_one_that_others_have_too(index: Index) -> None:
    (read,) = clipclean.clean_many([story(0)])
    for nameless in (clipclean.clean(story(0)), clipclean.clean_html(f"<p>{story(0)}</p>"), read, read.clipping):
        with pytest.raises(RecordError, match="without an id"):
            index.add(nameless)
        assert index.check(nameless).is_new
    index.add(read, id="a")
    assert ids(index) == ["a"]


@pytest.mark.parametrize("facts", [("b", 5), (5, "Rain."), ("b", "Rain.", 5), ("b", "Rain.", None, 0)])
def test_a_fault_of_the_caller_is_not_told_as_one_of_the_index(index: Index, facts: tuple[Any, ...]) -> None:
    documents, wrong = index._documents, Document(*facts)
    for call in (documents.check, lambda one: list(documents.check_many([one])), lambda one: documents.add([one])):
        with pytest.raises(TypeError, match="of a document are str"):
            call(wrong)


def test_what_was_read_and_cannot_be_is_told_as_a_fault_of_the_index(tmp_path: Path) -> None:
    path = tmp_path / "a.idx"
    with Index.open(path) as index:
        index.add(record("a", story(0)))
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE clippings SET published = 'Monday'")
        file.execute("UPDATE texts SET low = 'Monday'")
    with Index.open(path) as index, pytest.raises(StoreError, match=r"seems to contradict itself .* index verify"):
        index.add(record("b", story(0)))


@pytest.mark.parametrize(
    "wrong", [story(0), {"text": story(0)}, {"id": "a"}, {"id": "a", "text": 5}, {"id": "a", "text": " "}]
)
def test_a_record_that_cannot_be_used_is_refused_and_nothing_is_added(index: Index, wrong: Any) -> None:
    with pytest.raises(RecordError):
        index.add(wrong)
    assert len(index) == 0


def test_add_many_adds_as_it_is_asked(index: Index) -> None:
    verdicts = index.add_many([record("a", story(0)), record("b", story(0)), record("c", story(1))])
    assert len(index) == 0
    assert [(verdict.id, verdict.cluster, verdict.copy) for verdict in verdicts] == [
        ("a", "a", False),
        ("b", "a", True),
        ("c", "c", False),
    ]
    assert ids(index) == ["a", "b", "c"]
    assert list(index.add_many([])) == []


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"id": "c", "text": ""}, "record#2 (id 'c'): the text is empty"),
        ({"id": "c", "text": 5}, "record#2 (id 'c'): text is a number"),
        ({"text": story(1)}, "record#2: a record without an id cannot be added"),
        (5, "record#2: a record is an object or a text"),
        (Clipping(id="c", html="<p></p>"), "record#2 (id 'c'): the page shows no text"),
    ],
)
def test_add_many_says_which_record_cannot_be_used(index: Index, wrong: Any, message: str) -> None:
    with pytest.raises(RecordError) as caught:
        list(index.add_many([record("a", story(0)), wrong]))
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("records", [{"id": "a", "text": story(0)}, story(0), pa.table({"id": ["a"]})], ids=type)
def test_add_many_refuses_at_once_what_is_no_list_of_records(index: Index, records: Any) -> None:
    with pytest.raises(TypeError, match="records: this is"):
        index.add_many(records)


def test_a_clipping_that_is_there_is_known_and_nothing_changes(index: Index) -> None:
    first = list(index.add_many([record("a", story(0)), record("b", story(0, 6))]))
    again = list(index.add_many([record("b", story(0, 6), published="2024-05-05"), record("a", story(0))]))
    assert [replace(verdict, known=False) for verdict in again] == [replace(first[1], reason=None), first[0]]
    assert all(verdict.known for verdict in again)
    assert index.check(record("a", story(0))).known
    assert len(index) == 2


@pytest.mark.parametrize("longer_comes", ["first", "last", "never"])
def test_of_the_copies_that_are_known_all_but_the_kept_one_are_copies(index: Index, longer_comes: str) -> None:
    short, long = story(0, 10), story(0)
    texts = {"first": [long, short], "last": [short, long], "never": [long, long]}[longer_comes]
    for name, text in zip("ba", texts, strict=True):
        index.add(record(name, text))
    kept = "a" if longer_comes == "last" else "b"
    assert {verdict.id for verdict in index if not verdict.copy} == {kept}
    assert {verdict.kept for verdict in index} == {kept}


def test_a_known_clipping_is_what_it_is_at_its_turn_within_a_batch_too(index: Index) -> None:
    index.add(record("a", story(0, 8)))
    again, longer = index.add_many([record("a", story(0, 8)), record("b", story(0))])
    assert (again.kept, longer.kept, longer.supersedes) == ("a", "b", "a")


def test_an_id_with_other_words_replaces_what_it_had(index: Index) -> None:
    index.add(record("a", story(0)))
    index.add(record("b", story(1)))
    changed = index.add(record("a", story(1)))
    assert (changed.cluster, changed.relation, changed.known) == ("b", Relation.EXACT, False)
    assert index.check(story(0)).is_new
    assert len(index) == 2


def test_a_check_of_an_id_with_other_words_does_not_find_its_own_old_ones(index: Index) -> None:
    index.add(record("a", story(0)))
    checked = index.check(record("a", story(0) + " " + WORDS[0]))
    assert (checked.of, checked.copy, checked.known) == (None, False, False)


@pytest.mark.parametrize(
    ("keep", "first", "better", "worse"),
    [
        (Keep.LONGEST, (story(0, 8), "2024-03-04", "b.example"), (story(0), "2024-03-05", "b.example"), None),
        (Keep.EARLIEST, (story(0), "2024-03-04", "b.example"), (story(0, 9), "2024-03-03", "b.example"), None),
        (Keep.LATEST, (story(0), "2024-03-04", "b.example"), (story(0, 9), "2024-03-05", "b.example"), None),
        (
            Keep.PREFERRED,
            (story(0), "2024-03-04", "b.example"),
            (story(0, 9), "2024-03-05", "a.example"),
            (story(0), "2024-03-01", "c.example"),
        ),
        (Keep.FIRST, (story(0, 8), "2024-03-04", "b.example"), None, (story(0), "2024-03-01", "a.example")),
    ],
)
def test_a_better_copy_is_kept_and_the_cluster_keeps_its_id(
    where: str, keep: Keep, first: tuple, better: tuple | None, worse: tuple | None
) -> None:
    prefer = ("a.example", "b.example") if keep is Keep.PREFERRED else ()
    with Index.open(where, settings=DedupSettings(keep=keep, prefer=prefer)) as index:
        text, published, source = first
        index.add(record("first", text, source, published))
        if better:
            text, published, source = better
            verdict = index.add(record("better", text, source, published))
            assert (verdict.cluster, verdict.kept, verdict.supersedes, verdict.of) == (
                "first",
                "better",
                "first",
                "first",
            )
            assert index.find("first").kept == "better"
        if worse:
            text, published, source = worse
            verdict = index.add(record("worse", text, source, published))
            kept = "better" if better else "first"
            assert (verdict.cluster, verdict.kept, verdict.supersedes) == ("first", kept, None)
        assert index.verify() == []


def test_a_cluster_keeps_its_id_when_its_first_clipping_goes(index: Index) -> None:
    list(index.add_many([record("a", story(0)), record("b", story(0)), record("c", story(0, 8))]))
    assert index.remove("a")
    assert not index.remove("a")
    assert "a" not in index
    assert {(verdict.cluster, verdict.kept) for verdict in index} == {("a", "b")}
    assert index.add(record("d", story(0))).cluster == "a"
    for name in "bcd":
        index.remove(name)
    assert (len(index), index.check(story(0)).is_new) == (0, True)


def test_a_removed_id_that_comes_back_with_another_story_founds_a_cluster_of_its_own(index: Index) -> None:
    list(index.add_many([record("a", story(0)), record("b", story(0))]))
    changed = index.add(record("a", story(1)))
    assert changed.cluster not in ("a", "b")
    assert index.find("b").cluster == "a"


def test_expire_takes_out_what_was_published_before(index: Index) -> None:
    days = [record(f"d{day}", story(day), published=f"2024-03-{day:02d}T12:00:00Z") for day in range(1, 7)]
    list(index.add_many(days))
    assert index.expire("2024-03-03") == 2
    assert index.expire(date(2024, 3, 4)) == 1
    assert index.expire(datetime(2024, 3, 4, 12, tzinfo=UTC)) == 0
    assert index.expire(datetime(2024, 3, 4, 12, 0, 1)) == 1
    assert ids(index) == ["d5", "d6"]
    assert index.check(story(1)).is_new
    with pytest.raises(SettingsError, match="before: 'soon' cannot be read as a date"):
        index.expire("soon")


def test_a_window_drops_what_is_older_and_a_copy_of_that_is_new(where: str) -> None:
    with Index.open(where, window="7d") as index:
        for day in range(1, 25):
            moment = datetime(2024, 3, day, 12, tzinfo=UTC)
            verdict = index.add(record(f"d{day}", story(day % 12), published=moment.isoformat()))
            assert verdict.is_new
        assert ids(index) == sorted(f"d{day}" for day in range(17, 25))
        assert index.stats().oldest == int(datetime(2024, 3, 17, 12, tzinfo=UTC).timestamp())
        assert index.verify() == []


def test_undated_clippings_are_as_old_as_the_newest_when_they_came(where: str) -> None:
    with Index.open(where, window="7d") as index:
        index.add(record("dated", story(1), published="2024-03-04"))
        index.add(record("undated", story(0), published=None))
        index.add(record("soon", story(2), published="soon"))
        index.add(record("later", story(3), published="2024-03-09"))
        assert index.check(story(0)).of == "undated"
        index.add(record("last", story(4), published="2024-03-14"))
        assert ids(index) == ["last", "later"]


def test_an_undated_clipping_that_comes_first_is_as_old_as_the_day_it_came(where: str) -> None:
    with Index.open(where, window="7d") as index:
        index.add(record("undated", story(0), published=None))
        assert index.stats().oldest == pytest.approx(datetime.now(UTC).timestamp(), abs=3600)
        index.add(record("dated", story(1), published=datetime.now(UTC).isoformat()))
        assert index.check(story(0)).of == "undated"


def test_a_date_in_the_future_counts_as_unknown(where: str) -> None:
    ahead = (datetime.now(UTC) + timedelta(days=400)).isoformat()
    with Index.open(where, window="7d") as index:
        index.add(record("a", story(0), published="2024-03-04"))
        index.add(record("b", story(1), published=ahead))
        assert ids(index) == ["a", "b"]
        assert index.stats().oldest == index.stats().newest


def test_texts_without_words_are_copies_only_where_they_are_the_same(index: Index) -> None:
    wordless = [record(f"e{place}", text) for place, text in enumerate(["…", "— !", "***", " … "])]
    verdicts = list(index.add_many(wordless))
    assert [verdict.cluster for verdict in verdicts] == ["e0", "e1", "e2", "e0"]
    assert index.remove("e1")
    assert (index.check("— !").is_new, index.check("…").of) == (True, "e0")


def test_a_thousand_copies_of_a_text_are_one_story(index: Index) -> None:
    verdicts = list(index.add_many(record(f"c{place}", story(0), f"s{place % 40}.example") for place in range(1_000)))
    assert {verdict.cluster for verdict in verdicts} == {"c0"}
    assert index.add(record("c1000", story(0))).of is not None
    found = index.stats()
    assert (found.clippings, found.texts, found.stories) == (1_001, 1, 1)
    for name in ("c0", "c1000", "c500"):
        assert index.remove(name)
    assert index.add(record("last", story(0))).cluster == "c0"
    assert len(set(ids(index))) == 999


def test_any_id_can_be_stored_and_found(index: Index) -> None:
    for name in ODD_IDS:
        index.add(story(0), id=name)
    assert len(index) == len(ODD_IDS)
    for name in ODD_IDS:
        assert name in index
        assert index.find(name).cluster == ODD_IDS[0]
        assert index.remove(name)
    assert list(index) == []
    assert index.find("none") is None
    assert 5 not in index


def test_stats_say_what_is_there(index: Index) -> None:
    empty = index.stats()
    assert (empty.clippings, empty.texts, empty.stories, empty.oldest, empty.newest) == (0, 0, 0, None, None)
    list(
        index.add_many([record("a", story(0)), record("b", story(0)), record("c", story(0, 6)), record("d", story(1))])
    )
    found = index.stats()
    assert (found.clippings, found.texts, found.stories, len(index)) == (4, 3, 2, 4)
    assert found.oldest == found.newest == 1_709_510_400
    assert found.bytes > empty.bytes


def test_a_transaction_is_there_as_a_whole_or_not_at_all(where: str) -> None:
    with Index.open(where) as index:
        with index.transaction():
            index.add(record("a", story(0)))
            assert index.check(story(0)).of == "a"
            list(index.add_many([record("b", story(0)), record("c", story(1))]))
            index.remove("c")
        with pytest.raises(KeyError), index.transaction():  # noqa: PT012 - what comes before is the point
            index.add(record("d", story(2)))
            index.remove("a")
            assert ids(index) == ["b", "d"]
            raise KeyError
        assert ids(index) == ["a", "b"]
        with Index.open(where) as other:
            assert ids(other) == ["a", "b"]


def test_a_writer_that_waits_in_vain_leaves_the_index_usable(where: str) -> None:
    with Index.open(where) as one, Index.open(where, wait=0.2) as two:
        with one.transaction():
            one.add(record("a", story(0)))
            assert two.check(story(0)).is_new
            with pytest.raises(StoreError, match="another process is writing"):
                two.add(record("b", story(0)))
        assert two.add(record("b", story(0))).of == "a"


def test_settings_hold_until_others_are_given_and_those_that_shape_texts_for_good(where: str) -> None:
    with Index.open(where, window="7d", settings=DedupSettings(keep=Keep.EARLIEST)) as index:
        index.add(record("a", story(0)))
    with Index.open(where) as index:
        assert (index.stats().settings.window, index.stats().settings.keep) == ("7d", Keep.EARLIEST)
    with Index.open(where, window="3d", settings=DedupSettings(keep=Keep.LATEST)) as index:
        index.add(record("b", story(1)))
    with Index.open(where) as index:
        assert (index.stats().settings.window, index.stats().settings.keep) == ("3d", Keep.LATEST)
    with pytest.raises(StoreError, match=r"ngram is 5 there and 7 here; .* clipclean index rebuild"):
        Index.open(where, settings=DedupSettings(ngram=7))
    with pytest.raises(StoreError, match="made without texts"):
        Index.open(where, store_text=True)


def test_without_an_index_there_is_none_unless_it_may_be_made(where: str) -> None:
    with pytest.raises(StoreError, match="there is no index"):
        Index.open(where, create=False)


def test_verify_finds_what_is_missing(where: str) -> None:
    with Index.open(where) as index:
        list(index.add_many([record("a", story(0)), record("b", story(0))]))
        store = index._documents.store
        store.begin(write=True)
        clusters = clipclean.index.store.Changes(dropped_clusters=[store.by_id(["a"])["a"].text])
        store.write(clusters)
        store.commit()
        assert any("its cluster 1 is not there" in fault for fault in index.verify())


@st.composite
def days(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Records in time order: stories whole, cut and changed, some without a date or source, some twice under one id."""
    made = []
    for place in range(draw(st.integers(1, 16))):
        text = story(draw(st.integers(0, 2)), draw(st.sampled_from([12, 12, 11, 6, 1, 0])))
        text += " — " + draw(st.sampled_from(["", "", WORDS[1], story(3, 2)]))
        source = draw(st.sampled_from([None, "halden.example", "Halden.example", "orr.example"]))
        moment = datetime(2024, 3, 1, tzinfo=UTC) + timedelta(hours=9 * place)
        published = draw(st.sampled_from([moment.isoformat(), moment.isoformat(), None]))
        name = f"d{draw(st.sampled_from([place, place, place, place // 2]))}"
        made.append(record(name, text, source, published))
    return made


SETTINGS = st.builds(
    DedupSettings,
    window=st.sampled_from([None, "2d", "30d"]),
    keep=st.sampled_from([Keep.LONGEST, Keep.EARLIEST, Keep.LATEST, Keep.FIRST]),
)


def added(where: str, chosen: DedupSettings, parts: Sequence[Sequence[dict]]) -> tuple[list[Verdict], list[Verdict]]:
    """The verdicts when they come, and those at the end, with each part added in an opening of its own."""
    verdicts = []
    place = f"{where}{next(RUNS)}"
    for part in parts:
        with Index.open(place, settings=chosen) as index:
            verdicts += index.add_many(part)
    with Index.open(place) as index:
        assert index.verify() == []
        return verdicts, list(index)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days(), SETTINGS, st.data())
def test_one_by_one_in_batches_and_in_several_openings_are_the_same(
    where: str, records: list[dict[str, Any]], chosen: DedupSettings, data: st.DataObject
) -> None:
    whole = added(where, chosen, [records])
    cuts = sorted(data.draw(st.sets(st.integers(0, len(records)), max_size=4)))
    bounds = zip([0, *cuts], [*cuts, len(records)], strict=True)
    assert added(where, chosen, [records[start:end] for start, end in bounds]) == whole
    with Index.open(f"{where}{next(RUNS)}", settings=chosen) as index:
        assert [index.add(one) for one in records] == whole[0]
        assert list(index) == whole[1]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days(), SETTINGS)
def test_adding_the_same_again_changes_nothing(
    where: str, records: list[dict[str, Any]], chosen: DedupSettings
) -> None:
    once = [one for place, one in enumerate(records) if one["id"] not in {other["id"] for other in records[:place]}]
    with Index.open(f"{where}{next(RUNS)}", settings=replace(chosen, window=None)) as index:
        list(index.add_many(once))
        before = list(index)
        again = list(index.add_many(once))
        assert all(verdict.known for verdict in again)
        assert list(index) == before


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days(), days(), SETTINGS)
def test_checked_together_is_as_checked_one_by_one(
    where: str, records: list[dict[str, Any]], asked: list[dict[str, Any]], chosen: DedupSettings
) -> None:
    asked += records[::2]
    asked += [{"text": one["text"]} for one in asked[::3]]
    with Index.open(f"{where}{next(RUNS)}", settings=chosen) as index:
        list(index.add_many(records))
        before = list(index)
        assert list(index.check_many(asked)) == [index.check(one) for one in asked]
        assert list(index) == before
        with index.transaction():
            index.add(records[0] | {"id": "one more"})
            assert list(index.check_many(asked)) == [index.check(one) for one in asked]


def test_what_would_be_learnt_from_one_is_not_known_to_another_that_is_checked_with_it(where: str) -> None:
    notice = story(7, 6)
    with Index.open(where) as index:
        for day in (1, 2):
            index.add(record(f"d{day}", f"{story(day, 6)} {notice}", "halden.example", f"2024-03-0{day}"))
        asked = [
            record(f"d{day}", f"{story(day, 6)} {notice}", source, f"2024-03-0{day}")
            for day in (3, 4, 5)
            for source in ("halden.example", "orr.example")
        ]
        together = list(index.check_many(asked))
        assert together == [index.check(one) for one in asked]
        list(index.add_many(asked[:1]))
        assert list(index.check_many(asked)) == [index.check(one) for one in asked]


def test_check_many_takes_what_add_many_takes_and_records_without_an_id(where: str) -> None:
    with Index.open(where) as index:
        index.add(record("a", story(1), "halden.example", "2024-03-01"))
        assert list(index.check_many([])) == []
        first, second = index.check_many([{"text": story(1)}, story(2)])
        assert (first.of, first.copy, second.is_new) == ("a", True, True)
        with pytest.raises(TypeError):
            index.check_many(story(1))
        with pytest.raises(clipclean.RecordError, match="record#2"):
            list(index.check_many([story(1), {"id": "b"}]))
