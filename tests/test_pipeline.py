from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from clipclean import pipeline, spooling, streams
from clipclean.cleaners import clean_stream
from clipclean.cleaning import Cleaner
from clipclean.config import CleanSettings, Copies, DedupSettings, Format, OutputSettings, ReadSettings
from clipclean.engines.interrupt import Interrupt
from clipclean.errors import AccountingError, InputError, OutputError
from clipclean.model import CleanClipping, Clipping, Page
from clipclean.review import Report
from clipclean.writers import restore

SENTENCES = [
    "Rain fell on Halden for a third day on Monday, and the river Orr rose by almost a metre in the night.",
    "The mayor, Ida Brand, told everybody who lives by the water to leave their homes before the evening.",
    "Two schools were opened for the families, and the army brought beds, blankets and warm food to both.",
    "The last flood of this size was in the spring of 1987, when the old bridge was carried away.",
    "Engineers expect the water to fall from Wednesday on, if the dams in the hills hold until then.",
]
OTHER = [
    "The grain harvest on the plains around Tessmar will be the smallest in nine years, farmers said.",
    "A dry April was followed by hail in June, and the price of a tonne has risen by a third since then.",
    "Bakers in the capital have already raised the price of a loaf twice, most recently on Friday.",
    "The ministry said that it would release some of its stores if the price went on rising in autumn.",
]


def text(*sentences: str) -> str:
    return "\n\n".join(sentences)


STORY, STORY_2 = text(*SENTENCES), text(*OTHER)
RECORDS: list[Any] = [
    {"id": "flood-1", "source": "harbor.example", "text": f"{STORY}\nSubscribe to our newsletter", "page": 4},
    {"id": "flood-2", "source": "lodestar.example", "text": f"Share this article\n{STORY}"},
    "{broken",
    {"id": "grain", "source": "harbor.example", "text": STORY_2},
    {"id": "empty", "source": "harbor.example", "text": "   "},
    {"id": "flood-3", "text": STORY},
]


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    folder = tmp_path / "dump"
    folder.mkdir()
    lines = [record if isinstance(record, str) else json.dumps(record) for record in RECORDS]
    (folder / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def files(folder: Path) -> dict[str, bytes]:
    """The files of a run but for run.json, which says when it was and on what machine."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != "run.json")
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def run(dump: Path, out: Path, **options: Any) -> Report:
    return pipeline.run([str(dump)], out, **options)


def test_every_record_is_written_folded_or_failed(dump: Path, tmp_path: Path) -> None:
    report = run(dump, tmp_path / "out")
    assert (report.read, report.written, report.folded, report.failed) == (6, 2, 2, 2)
    assert {row["id"] for row in rows(tmp_path / "out" / "clippings.jsonl")} >= {"grain"}
    assert len(rows(tmp_path / "out" / "duplicates.jsonl")) == 2
    assert [row["record"] for row in rows(tmp_path / "out" / "errors.jsonl")] == [3, 5]
    assert json.loads((tmp_path / "out" / "report.json").read_text())["read"] == 6


def test_the_same_input_gives_the_same_bytes_whatever_the_workers(dump: Path, tmp_path: Path) -> None:
    for name, workers in (("one", 1), ("again", 1), ("two", 2)):
        run(dump, tmp_path / name, workers=workers)
    assert files(tmp_path / "one") == files(tmp_path / "again") == files(tmp_path / "two")


def test_a_kept_record_has_its_own_keys_and_its_lines_can_be_restored_from_the_files(
    dump: Path, tmp_path: Path
) -> None:
    run(dump, tmp_path / "out", output=OutputSettings(copies=Copies.ANNOTATE))
    record = rows(tmp_path / "out" / "clippings.jsonl")[0]
    assert (record["id"], record["page"]) == ("flood-1", 4)
    removed = [row for row in rows(tmp_path / "out" / "removed.jsonl") if row["id"] == "flood-1"]
    assert "newsletter" in removed[-1]["text"]
    assert restore({"text": record["text"], "removed": removed}) == RECORDS[0]["text"]


@pytest.mark.parametrize("copies", list(Copies))
def test_copies_are_left_out_annotated_or_listed_and_always_accounted_for(
    dump: Path, tmp_path: Path, copies: Copies
) -> None:
    report = run(dump, tmp_path / "out", output=OutputSettings(copies=copies))
    found = rows(tmp_path / "out" / "clippings.jsonl")
    folded = rows(tmp_path / "out" / "duplicates.jsonl")
    assert (report.written, report.folded, len(folded)) == (2, 2, 2)
    assert len(found) == (4 if copies is Copies.ANNOTATE else 2)
    for row in found:
        assert ("cluster" in row) == (copies is Copies.ANNOTATE)
        assert ("copies" in row) == (copies is Copies.GROUP)
    if copies is Copies.GROUP:
        assert {copy["id"] for row in found for copy in row["copies"]} == {row["id"] for row in folded}


@pytest.mark.parametrize("form", list(Format))
def test_each_format_holds_each_story_once(dump: Path, tmp_path: Path, form: Format) -> None:
    report = run(dump, tmp_path / "out", output=OutputSettings(format=form))
    written = set(files(tmp_path / "out"))
    assert report.written == 2
    assert {"removed.jsonl", "duplicates.jsonl", "errors.jsonl", "report.json"} < written
    expected = {f"clippings.{form.value}"} if form is not Format.TXT else {"files.jsonl", "clippings/grain.txt"}
    assert expected <= written
    assert not [name for name in written if name.startswith(".") or "tmp" in name]


def test_the_report_says_how_the_output_was_made_and_nothing_of_the_machine(dump: Path, tmp_path: Path) -> None:
    run(dump, tmp_path / "a", workers=2)
    run(dump, tmp_path / "b", dedup=DedupSettings(threshold=0.7))
    one, other = (json.loads((tmp_path / name / "report.json").read_text()) for name in "ab")
    assert one["digest"] != other["digest"]
    assert other["settings"]["dedup"]["threshold"] == 0.7
    assert one["versions"]["clipclean"]
    assert one["clusters"]["sizes"] == {"3": 1}
    assert not {"workers", "seconds", "started", "host"} & one.keys()


class Flaky:
    """A cleaner that fails on one page, as a fault in a rule would."""

    def __init__(self, settings: CleanSettings, **learnt: Any) -> None:
        self._cleaner = Cleaner(settings, **learnt)

    def clean(self, pages: Sequence[Page]) -> list[CleanClipping]:
        if any(page.clipping.id == "grain" for page in pages):
            raise ZeroDivisionError("in a rule")
        return self._cleaner.clean(pages)


def test_a_clipping_whose_cleaning_fails_is_listed_and_the_others_are_not_harmed(
    dump: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(dump, tmp_path / "well")
    monkeypatch.setattr("clipclean.cleaning.Cleaner", Flaky)
    report = run(dump, tmp_path / "out")
    assert (report.read, report.written, report.folded, report.failed) == (6, 1, 2, 3)
    error = rows(tmp_path / "out" / "errors.jsonl")[1]
    assert (error["id"], error["kind"], error["record"]) == ("grain", "cleaning-failed", 4)
    assert "ZeroDivisionError" in error["message"]
    well = [row for row in rows(tmp_path / "well" / "clippings.jsonl") if row["id"] != "grain"]
    assert rows(tmp_path / "out" / "clippings.jsonl") == well


def test_counts_that_do_not_add_up_end_the_run_and_nothing_is_written(
    dump: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = spooling.batch_cleaner

    def losing(*args: Any, **options: Any) -> Callable[[list[Any]], list[CleanClipping]]:
        clean = real(*args, **options)
        return lambda batch: [result for result in clean(batch) if result.id != "grain"]

    monkeypatch.setattr(spooling, "batch_cleaner", losing)
    with pytest.raises(AccountingError, match="6 read, but 5 came back"):
        run(dump, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_interrupted_run_writes_what_was_read_and_says_so(tmp_path: Path) -> None:
    many = tmp_path / "many.jsonl"
    many.write_text("\n".join(json.dumps({"id": f"s{n}", "text": f"{STORY} {n}"}) for n in range(200)))
    interrupt = Interrupt()

    def progress(stage: str, done: int, current: str) -> None:
        if stage == "read" and done == 5:
            interrupt.stop()

    report = pipeline.run([str(many)], tmp_path / "out", progress=progress, interrupt=interrupt)
    assert report.interrupted
    assert report.read == 5 == report.written + report.folded
    assert json.loads((tmp_path / "out" / "report.json").read_text())["interrupted"] is True


def test_an_error_in_the_middle_leaves_an_earlier_run_whole(dump: Path, tmp_path: Path) -> None:
    run(dump, tmp_path / "out")
    before = files(tmp_path / "out")

    def progress(stage: str, done: int, current: str) -> None:
        if stage == "write":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(dump, tmp_path / "out", progress=progress)
    assert {name: data for name, data in files(tmp_path / "out").items() if not name.startswith(".")} == before


@pytest.mark.parametrize("out", ["dump/out", "dump", "."])
def test_an_output_folder_that_a_second_run_would_read_is_refused(dump: Path, tmp_path: Path, out: str) -> None:
    with pytest.raises(InputError, match="outside the input"):
        run(dump, tmp_path / out)
    with pytest.raises(InputError, match="outside the input"):
        pipeline.run([str(dump / "**" / "*")], dump)


def test_files_that_no_run_wrote_are_refused_before_anything_is_read(dump: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "clippings.jsonl").write_text("mine")
    with pytest.raises(OutputError, match="--force"):
        run(dump, tmp_path / "out")
    assert run(dump, tmp_path / "out", force=True).written == 2


def test_an_input_that_does_not_exist_ends_the_run_and_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing\.jsonl"):
        pipeline.run([str(tmp_path / "missing.jsonl")], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_stream_is_cleaned_in_order_with_failures_at_their_places(dump: Path) -> None:
    from clipclean import readers

    items = readers.read([str(dump)], ReadSettings())
    results = list(clean_stream(items, settings=CleanSettings()))
    assert [result.error is None for result in results] == [True, True, False, True, False, True]
    assert [result.id for result in results if result.error is None] == ["flood-1", "flood-2", "grain", "flood-3"]


def test_pages_alone_are_cleaned_where_texts_are_compared_as_they_are() -> None:
    page = f"<html><body><article>{''.join(f'<p>{s}</p>' for s in SENTENCES)}</article></body></html>"
    items = [Clipping(id="text", text="Share\nRain."), Clipping(id="page", html=page)]
    as_it_is, cleaned = clean_stream(items, settings=CleanSettings(), pages_only=True)
    assert as_it_is.lines == ()
    assert SENTENCES[1] in cleaned.text


def test_batches_end_at_a_size_so_that_long_pages_do_not_fill_memory() -> None:
    huge = Clipping(id="a", html="x" * streams.BATCH_CHARACTERS)
    small = Clipping(id="b", text="x")
    assert [len(batch) for batch in streams.batches([small, huge, small, huge, small])] == [2, 2, 1]
