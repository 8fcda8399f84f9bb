from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipclean.errors import RecordError
from clipclean.model import Caption, CleanClipping, Clipping, Fold, Label, Line, Relation, Teaser
from clipclean.writers import dedup_record, removed_rows, restore, to_record
from clipclean.writers.records import fold_keys

STORY = Clipping(
    id="a",
    text="Rain fell.\nShare\nIt stopped.",
    source="harbor.example",
    published="3 May 2024",
    meta={"page": 3, "tags": ["rain"]},
    keys={"text": "body", "published": "pub_date"},
    notes=("encoding: detected windows-1252",),
)
RESULT = CleanClipping(
    STORY,
    (
        Line(1, "Rain fell.", Label.BODY, True, "sentence", 0.91239),
        Line(2, "Share", Label.SOCIAL, False, "share-button", 0.01),
        Line(3, "It stopped.", Label.BODY, True, "sentence", 0.8),
    ),
    captions=(Caption("Rain over Halden", "Ida Brand"),),
    teasers=(Teaser("Bridge closed", "b7"), Teaser("Snow")),
    byline="Jo Lund",
    flags=("suspect",),
)


def test_a_clean_record_holds_the_inputs_keys_and_what_was_found() -> None:
    assert to_record(RESULT) == {
        "id": "a",
        "source": "harbor.example",
        "pub_date": "3 May 2024",
        "page": 3,
        "tags": ["rain"],
        "byline": "Jo Lund",
        "text": "Rain fell.\nIt stopped.",
        "captions": [{"text": "Rain over Halden", "credit": "Ida Brand"}],
        "teasers": [{"text": "Bridge closed", "of": "b7"}, {"text": "Snow", "of": None}],
        "removed": [{"line": 2, "label": "social", "rule": "share-button", "score": 0.01, "text": "Share"}],
        "flags": ["suspect"],
        "notes": ["encoding: detected windows-1252"],
        "confidence": 0.8798,
    }


def test_annotate_gives_every_line_with_its_verdict_instead_of_the_removed_ones() -> None:
    record = to_record(RESULT, annotate=True)
    assert "removed" not in record
    assert [(line["line"], line["keep"]) for line in record["lines"]] == [(1, True), (2, False), (3, True)]
    assert record["lines"][0]["score"] == 0.9124


def test_the_page_of_an_html_clipping_is_not_in_its_clean_record() -> None:
    page = Clipping(id="a", html="<p>Rain</p>", keys={"html": "raw_html"})
    assert not {"html", "raw_html"} & to_record(CleanClipping(page)).keys()


def test_what_cleaning_finds_wins_over_a_key_of_the_same_name_and_nothing_else_does() -> None:
    clipping = Clipping(id="a", text="", meta={"byline": "from input", "teasers": 7, "lines": 12, "dateline": "HALDEN"})
    record = to_record(CleanClipping(clipping, byline="Jo Lund"))
    assert (record["byline"], record["teasers"], record["lines"]) == ("Jo Lund", [], 12)
    assert record["dateline"] == "HALDEN"


def test_the_own_key_of_an_id_stays_beside_the_id() -> None:
    record = to_record(CleanClipping(Clipping(id="x9", text="Rain.", keys={"id": "guid"})))
    assert (record["id"], record["guid"]) == ("x9", "x9")


def test_a_dedup_record_is_the_inputs_record_with_text_page_and_nothing_derived() -> None:
    clipping = Clipping(
        id="a",
        text="Rain.",
        html="<p>Rain.</p>",
        source="derived.example",
        meta={"n": 1},
        keys={"text": "body", "html": "raw"},
    )
    assert dedup_record(clipping) == {"id": "a", "body": "Rain.", "raw": "<p>Rain.</p>", "n": 1}


def test_a_clipping_that_was_no_record_is_written_under_our_names() -> None:
    record = dedup_record(Clipping(id="dump/a.txt", text="Rain.", source="dump"))
    assert record == {"id": "dump/a.txt", "text": "Rain.", "source": "dump"}


def test_what_the_duplicate_stage_found_is_rounded_and_complete() -> None:
    assert fold_keys(Fold("b", "a", "a", Relation.ABRIDGEMENT, 0.333333, 0.98765)) == {
        "cluster": "a",
        "duplicate_of": "a",
        "relation": "abridgement",
        "jaccard": 0.3333,
        "containment": 0.9877,
        "why_kept": None,
        "cluster_sources": None,
        "cluster_hours": None,
    }


@st.composite
def results(draw: st.DrawFn) -> CleanClipping:
    """Any text with any verdicts that keep to the law: the kept text neither starts nor ends with a blank line."""
    texts = draw(st.text(alphabet=st.sampled_from("a \n\r\t\u2028\x0b\x1c."), min_size=1))
    lines = texts.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    keep = [draw(st.booleans()) for _ in lines]
    edges = [at for at, line in enumerate(lines) if keep[at] and line.strip()]
    rows = tuple(
        Line(
            at + 1,
            line,
            Label.BODY if line.strip() else Label.BLANK,
            bool(edges) and keep[at] and edges[0] <= at <= edges[-1],
            "any",
            0.5,
        )
        for at, line in enumerate(lines)
    )
    return CleanClipping(Clipping(id="a", text=texts), rows)


@given(results())
def test_the_lines_that_came_in_can_be_restored_from_each_kind_of_record(result: CleanClipping) -> None:
    original = result.clipping.text.replace("\r\n", "\n").replace("\r", "\n")
    record = to_record(result)
    rows = {"text": record["text"], "removed": removed_rows(result.id, record)}
    assert restore(result) == original
    assert restore(to_record(result)) == original
    assert restore(to_record(result, annotate=True)) == original
    assert restore(rows) == original


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        ({"text": "a", "removed": [{"line": 9, "text": "b"}]}, "do not run from 1 to 2"),
        ({"text": "a", "removed": [{"line": 0, "text": "b"}]}, "do not run from 1 to 2"),
        ({"text": "a", "removed": [{"line": 2, "text": "b"}, {"line": 2, "text": "b"}]}, "line 2 is there twice"),
        ({"text": "a", "removed": [{"text": "b"}]}, "no record of a cleaned clipping"),
        ({"text": None, "removed": None}, "no record of a cleaned clipping"),
        ({"text": "a", "removed": [{"line": "2", "text": "b"}, {"line": 3, "text": "c"}]}, "no record"),
        ({"title": "a"}, "no record of a cleaned clipping"),
    ],
)
def test_line_numbers_that_do_not_fit_are_told(record: dict[str, object], fault: str) -> None:
    with pytest.raises(RecordError, match=fault) as caught:
        restore(record)
    assert caught.value.kind == "not-restorable"
