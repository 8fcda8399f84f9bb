from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import clipclean

STORY = (
    "Rain fell on Halden for a third day on Monday, and the river Orr rose by almost a metre in the night.\n"
    "The mayor, Ida Brand, told everybody who lives by the water to leave their homes before the evening.\n"
    "Two schools were opened for the families, and the army brought beds, blankets and warm food to both."
)
CLIPPING = f"{STORY}\nSubscribe to our newsletter\nShare this article"
PAGE = f"<html><head><title>Flood in Halden</title></head><body><article><p>{STORY}</p></article></body></html>"


def test_the_public_names_are_sorted_and_all_there() -> None:
    assert clipclean.__all__ == sorted(clipclean.__all__)
    for name in clipclean.__all__:
        assert getattr(clipclean, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        clipclean.nothing  # noqa: B018 - the access is the test


def test_no_part_of_the_package_hides_a_function() -> None:
    parts = {entry.name for entry in pkgutil.iter_modules(clipclean.__path__)}
    assert not parts & set(clipclean.__all__)


def test_clean_tells_story_from_furniture_and_loses_no_line() -> None:
    result = clipclean.clean(CLIPPING, source="harbor.example", title="Flood in Halden")
    assert result.text == STORY
    assert [line.text for line in result.removed] == ["Subscribe to our newsletter", "Share this article"]
    assert clipclean.restore(result) == clipclean.restore(clipclean.to_record(result)) == CLIPPING
    assert (result.clipping.source, result.clipping.title) == ("harbor.example", "Flood in Halden")


def test_clean_gives_the_same_answer_each_time() -> None:
    assert clipclean.clean(CLIPPING) == clipclean.clean(CLIPPING)


def test_clean_keeps_to_its_settings() -> None:
    settings = clipclean.CleanSettings(drop=frozenset({clipclean.Label.SOCIAL}))
    assert "newsletter" in clipclean.clean(CLIPPING, settings=settings).text


def test_clean_html_takes_the_source_from_the_address() -> None:
    result = clipclean.clean_html(PAGE, url="https://www.harbor.example/flood")
    assert "Ida Brand" in result.text
    assert "harbor.example" in (result.clipping.source or "")


@pytest.mark.parametrize("text", ["", "  \n "])
def test_clean_of_nothing_is_an_error_with_a_kind(text: str) -> None:
    with pytest.raises(clipclean.RecordError) as caught:
        clipclean.clean(text)
    assert caught.value.kind


def test_clean_many_takes_dicts_texts_and_clippings_in_order_and_never_raises_for_one() -> None:
    records: list[Any] = [
        {"id": "a", "body": CLIPPING, "page": 4},
        CLIPPING,
        clipclean.Clipping(id="c", text=CLIPPING),
        {"id": "d"},
        {"id": "e", "text": ""},
        7,
        {"id": "g", "html": PAGE},
    ]
    results = list(clipclean.clean_many(records))
    assert [result.error is None for result in results] == [True, True, True, False, False, False, True]
    assert [result.text == STORY for result in results[:3]] == [True, True, True]
    assert results[0].clipping.meta == {"page": 4}
    assert all(result.error and result.error.message for result in results[3:6])


def test_clean_many_has_the_same_results_in_processes() -> None:
    records = [{"id": str(number), "text": f"{CLIPPING}\n{number}"} for number in range(150)]
    assert list(clipclean.clean_many(records, workers=2)) == list(clipclean.clean_many(records))


def test_clean_many_reads_no_further_than_it_must() -> None:
    taken = []

    def records() -> Any:
        for number in range(10_000):
            taken.append(number)
            yield {"id": str(number), "text": CLIPPING}

    results = clipclean.clean_many(records())
    next(results)
    assert len(taken) < 1000


def test_clean_many_tells_wrong_settings_at_once() -> None:
    settings = clipclean.CleanSettings(rules_off=frozenset({"no-such-rule"}))
    with pytest.raises(clipclean.SettingsError, match="no-such-rule"):
        clipclean.clean_many([CLIPPING], settings=settings)


def test_clean_many_takes_other_keys() -> None:
    (result,) = clipclean.clean_many([{"artikel": CLIPPING}], read=clipclean.ReadSettings(fields={"text": "artikel"}))
    assert result.text == STORY


def test_dedup_finds_clusters_and_matches() -> None:
    records = [
        {"id": "a", "text": STORY},
        {"id": "b", "text": "Snow closed the pass above Tessmar."},
        {"id": "c", "text": STORY},
    ]
    found = clipclean.dedup(records, threshold=0.7)
    assert [cluster.members for cluster in found.clusters] == [("a", "c")]
    assert [(match.a, match.b, match.jaccard) for match in found.matches] == [("a", "c", 1.0)]
    assert [fold.duplicate_of for fold in found.folds] == [None, None, "a"]


def test_dedup_compares_cleaned_texts_where_asked_to() -> None:
    furniture = [f"Follow us on every channel {n} times a day" for n in range(1)]
    records = [{"id": "a", "text": STORY}, {"id": "b", "text": "\n".join([CLIPPING, *furniture])}]
    as_it_is = clipclean.dedup(records, threshold=1.0)
    cleaned = clipclean.dedup(records, threshold=1.0, clean=True)
    assert (len(as_it_is.clusters), len(cleaned.clusters)) == (0, 1)


@pytest.mark.parametrize("workers", [1, 2])
def test_dedup_goes_on_after_records_that_it_cannot_use_and_accounts_for_each(workers: int) -> None:
    records = [
        {"id": "a", "text": STORY},
        {"id": "b", "text": float("nan")},
        {"id": "c", "text": STORY},
        {"id": "a", "text": STORY},
        {"id": "d"},
        7,
    ]
    found = clipclean.dedup(records, workers=workers)  # type: ignore[arg-type]
    assert [fold.id for fold in found.folds] == ["a", "c"]
    assert [cluster.members for cluster in found.clusters] == [("a", "c")]
    assert [(failure.origin.record, failure.id, failure.kind) for failure in found.failures] == [
        (2, "b", "empty-text"),
        (4, "a", "repeated-id"),
        (5, "d", "no-text"),
        (6, None, "wrong-type"),
    ]
    assert len(found.folds) + len(found.failures) == len(records)


def test_dedup_and_clean_many_say_the_same_of_a_record_that_cannot_be_used() -> None:
    records: list[Any] = [{"id": "700", "text": None}, 7, {"id": "700", "html": "<p></p>"}, clipclean.Clipping(id="9")]
    found = clipclean.dedup(records)
    assert list(found.failures) == [result.error for result in clipclean.clean_many(records)]
    assert clipclean.dedup(clipclean.clean_many(records)) == found


def cleaned() -> list[clipclean.CleanClipping]:
    records = [
        {"id": "a", "text": STORY, "source": "halden.example", "published": date(2024, 3, 4)},
        {"id": "b", "text": "Snow closed the pass above Tessmar.", "source": "orr.example"},
        {"id": "c", "text": CLIPPING, "source": "orr.example", "published": datetime(2024, 3, 4, 6, tzinfo=UTC)},
        {"id": "d", "text": ""},
    ]
    return list(clipclean.clean_many(records))


@pytest.mark.parametrize("clean", [False, True])
def test_dedup_takes_results_of_cleaning_and_compares_their_cleaned_text(clean: bool) -> None:
    found = clipclean.dedup(cleaned(), threshold=1.0, clean=clean)
    (cluster,) = found.clusters
    assert (cluster.members, cluster.sources, cluster.hours) == (("a", "c"), 2, 6.0)
    assert [(failure.origin.record, failure.id) for failure in found.failures] == [(4, "d")]


@pytest.mark.parametrize("clean", [False, True])
def test_results_and_records_may_be_mixed_and_stay_in_order(clean: bool) -> None:
    first, second, third, failed = cleaned()
    records = [{"id": "x", "text": STORY}, first, second, PAGE, "Hail fell on Orr.", failed, third]
    found = clipclean.dedup(records, clean=clean)
    assert [fold.id for fold in found.folds] == ["x", "a", "b", "record#4", "record#5", "c"]
    assert [fold.id for fold in found.folds if fold.cluster == found.folds[0].cluster] == ["x", "a", "record#4", "c"]
    assert [failure.id for failure in found.failures] == ["d"]


def test_a_result_is_not_cleaned_a_second_time() -> None:
    kept = clipclean.clean(CLIPPING, settings=clipclean.CleanSettings(drop=frozenset()))
    assert clipclean.restore(kept) == kept.text == CLIPPING
    found = clipclean.dedup([kept, {"id": "story", "text": STORY}], threshold=1.0, clean=True)
    assert not found.clusters


def test_the_examples_of_the_page_on_copies_say_what_they_print(capsys: pytest.CaptureFixture[str]) -> None:
    page = (Path(__file__).parents[1] / "docs" / "duplicates.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        exec(block, {})
        printed = capsys.readouterr().out.splitlines()
        assert printed == re.findall(r"^ *print\(.*\)    # (.*)$", block, re.MULTILINE)


def test_results_of_clean_which_have_no_id_are_told_apart_by_their_places() -> None:
    found = clipclean.dedup([clipclean.clean(CLIPPING), clipclean.clean_html(PAGE), clipclean.clean(CLIPPING)])
    assert [fold.id for fold in found.folds] == ["record#1", "record#2", "record#3"]
    assert not found.failures


def test_results_of_cleaning_are_known_before_and_cleaned_and_learnt_from_anew() -> None:
    results = cleaned()
    found = clipclean.dedup([{"id": "new", "text": STORY}], against=results)
    assert found.folds[0].duplicate_of in ("a", "c")
    assert [failure.id for failure in found.known_failures] == ["d"]
    again = list(clipclean.clean_many(results))
    assert [(one.id, one.text) for one in again] == [(one.id, one.text) for one in results]
    assert again[2].removed == results[2].removed
    assert again[3].error == results[3].error
    learnt = clipclean.learn(results).sources
    assert {name: lines.clippings for name, lines in learnt.items()} == {"halden.example": 1, "orr.example": 2}


@pytest.mark.parametrize("nothing", [None, float("nan"), " "])
def test_facts_that_say_nothing_count_as_missing(nothing: Any) -> None:
    facts = dict.fromkeys(("title", "source", "published", "url", "lang"), nothing)
    (read,) = clipclean.clean_many([{"id": "a", "text": STORY, **facts}])
    made = clipclean.clean(STORY, **facts)
    for clipping in (read.clipping, made.clipping):
        assert (clipping.title, clipping.source, clipping.published) == (None, None, None)
    found = clipclean.dedup([clipclean.Clipping(id="a", text=STORY, **facts), {"id": "b", "text": STORY, **facts}])
    assert (len(found.clusters), found.clusters[0].sources, found.failures) == (1, 0, ())


@pytest.mark.parametrize(
    ("published", "said"),
    [
        (datetime(2024, 3, 5, 7, tzinfo=UTC), "2024-03-05T07:00:00+00:00"),
        (date(2024, 3, 5), "2024-03-05"),
        ("March 5, 2024", "March 5, 2024"),
    ],
)
def test_a_date_may_be_a_date_or_text_wherever_one_is_taken(published: Any, said: str) -> None:
    page = f'<html><head><meta property="article:published_time" content="2020-01-01"></head><p>{STORY}</p></html>'
    (read,) = clipclean.clean_many([{"text": STORY, "published": published}])
    (made,) = clipclean.clean_many([clipclean.Clipping(id="a", text=STORY, published=published)])
    results = [clipclean.clean(STORY, published=published), clipclean.clean_html(page, published=published), read, made]
    assert [result.clipping.published for result in results] == [said] * 4


@pytest.mark.parametrize("wrong", [5, 2024.5, ["2024-03-05"], True, object()])
def test_another_date_is_a_type_error_that_says_what_is_taken(wrong: Any) -> None:
    for function in (clipclean.clean, clipclean.clean_html):
        with pytest.raises(TypeError, match=r"published: this is of type .* a datetime\.date or a datetime\.datetime"):
            function(STORY, published=wrong)
    (result,) = clipclean.clean_many([clipclean.Clipping(id="a", text=STORY, published=wrong)])
    assert result.error is not None
    assert (result.error.kind, result.error.id) == ("wrong-type", "a")
    assert result.error.message.startswith("record#1: published: this is of type")


@pytest.mark.parametrize("wrong", [None, 7, {}, object()])
def test_what_is_no_text_is_told_what_is_taken_and_of_no_option_of_a_command(wrong: Any) -> None:
    for function, kind in ((clipclean.clean, "text"), (clipclean.clean_html, "page")):
        with pytest.raises(TypeError, match=f"{function.__name__} takes one {kind} as a str, and this is") as caught:
            function(wrong)
        assert "--" not in str(caught.value)


def test_run_writes_a_folder_and_returns_its_report(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(CLIPPING, encoding="utf-8")
    report = clipclean.run([tmp_path / "a.txt"], tmp_path / "out", format="csv", duplicates="group")
    assert (report.read, report.written) == (1, 1)
    assert (tmp_path / "out" / "clippings.csv").exists()


@pytest.mark.parametrize("option", [{"format": "xlsx"}, {"duplicates": "forget"}, {"workers": 0}])
def test_run_refuses_options_that_are_none(tmp_path: Path, option: dict[str, Any]) -> None:
    (tmp_path / "a.txt").write_text(CLIPPING, encoding="utf-8")
    with pytest.raises(clipclean.SettingsError):
        clipclean.run([tmp_path / "a.txt"], tmp_path / "out", **option)
    assert not (tmp_path / "out").exists()


def test_read_gives_clippings_and_failures(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "a", "text": "Rain."}\n{broken\n')
    clipping, failure = clipclean.read([tmp_path])
    assert isinstance(clipping, clipclean.Clipping)
    assert isinstance(failure, clipclean.Failure)


@pytest.mark.parametrize(
    ("record", "kind", "message"),
    [
        ({"id": "700", "text": None}, "empty-text", "record#2: the text is empty"),
        ({"text": " "}, "empty-text", "record#2: the text is empty"),
        ({"id": "700", "text": 5}, "wrong-type", "record#2: text is a number"),
        ({"id": "700", "html": "<p></p>"}, "no-text", "record#2: the page shows no text"),
        (5, "wrong-type", "record#2: a record is an object or a text"),
        (
            {"id": "record#1", "text": STORY},
            "repeated-id",
            "record#2: the id 'record#1' is that of record#1 too",
        ),
        (clipclean.Clipping(id="700", html="<p></p>"), "no-text", "record#2: the page shows no text"),
    ],
)
def test_a_failure_among_many_records_names_the_place_and_the_id(record: Any, kind: str, message: str) -> None:
    (failure,) = clipclean.dedup([STORY, record]).failures
    (known,) = clipclean.dedup([STORY], against=[STORY, record]).known_failures or (failure,)  # known ids may repeat
    for one in (failure, known):
        assert (one.kind, str(one.origin)) == (kind, "record#2")
        assert one.message.startswith(message)
    assert failure.id == (getattr(record, "id", None) if not isinstance(record, dict) else record.get("id"))


def test_the_records_that_failed_keep_their_ids() -> None:
    results = list(clipclean.clean_many([{"id": "700", "text": None}, {"text": ""}]))
    assert [result.id for result in results] == ["700", "record#2"]
    assert [result.error.message.partition(";")[0] for result in results if result.error] == [
        "record#1: the text is empty",
        "record#2: the text is empty",
    ]


def test_what_read_gives_goes_into_the_functions_on_many_records(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "a", "text": "Rain fell on Halden."}\n{"id": "b"}\n', encoding="utf-8")
    first, second = clipclean.clean_many(clipclean.read([tmp_path]))
    assert first.text == "Rain fell on Halden."
    assert second.error is not None
    assert second.error.kind == "no-text"
    found = clipclean.dedup(clipclean.read([tmp_path]))
    assert ([fold.id for fold in found.folds], found.failures) == (["a"], (second.error,))


class Frame:
    """What a DataFrame of pandas looks like from afar."""

    columns = ("id", "text")

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def to_dict(self, how: str) -> list[dict[str, Any]]:
        assert how == "records"
        return [{"id": 1.0, "text": STORY}, {"id": float("nan"), "text": STORY}]


@pytest.mark.parametrize("function", [clipclean.clean_many, clipclean.dedup, clipclean.learn])
def test_a_table_is_refused_with_the_call_that_gives_its_rows(function: Any) -> None:
    with pytest.raises(TypeError, match=r'records: this is a Frame.*\.to_dict\("records"\)'):
        function(Frame())
    with pytest.raises(TypeError, match=r"records: this is a Table.*\.to_pylist\(\)"):
        function(pa.table({"text": [STORY]}))


def test_the_rows_of_a_table_are_records_in_which_nan_is_missing() -> None:
    assert [fold.id for fold in clipclean.dedup(Frame().to_dict("records")).folds] == ["1", "record#2"]


@pytest.mark.parametrize(
    "record", [{"id": "a", "text": STORY}, clipclean.Clipping(id="a", text=STORY), [{"text": STORY}]]
)
def test_a_record_where_one_text_is_taken_is_told_where_to_go(record: Any, tmp_path: Path) -> None:
    for function in (clipclean.clean, clipclean.clean_html):
        with pytest.raises(TypeError, match=r"takes one .* of type .*; for records there is clean_many"):
            function(record)
    for inputs in (record, [record]):
        with pytest.raises(TypeError, match=r"files, folders and globs are taken; for records .* clean_many"):
            clipclean.run(inputs, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("records", [{"id": "a", "text": STORY}, STORY, b"Rain", None, 7, clipclean.Clipping(id="a")])
@pytest.mark.parametrize("function", [clipclean.clean_many, clipclean.dedup])
def test_one_record_alone_is_told_at_once(function: Any, records: Any) -> None:
    with pytest.raises(TypeError, match="pass a list"):
        function(records)


def test_one_path_alone_is_one_input(tmp_path: Path) -> None:
    path = tmp_path / "dump" / "a.txt"
    path.parent.mkdir()
    path.write_text(CLIPPING, encoding="utf-8")
    for given in (str(path.parent), path.parent):
        assert clipclean.run(given, str(tmp_path / "out")).read == 1
        assert len(list(clipclean.read(given))) == 1


def test_no_input_is_an_error_and_leaves_an_earlier_run(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(CLIPPING, encoding="utf-8")
    clipclean.run(tmp_path / "a.txt", tmp_path / "out")
    before = (tmp_path / "out" / "clippings.jsonl").read_bytes()
    with pytest.raises(clipclean.InputError, match="no input"):
        clipclean.run([], tmp_path / "out")
    assert (tmp_path / "out" / "clippings.jsonl").read_bytes() == before
