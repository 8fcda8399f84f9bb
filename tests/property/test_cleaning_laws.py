"""The laws of cleaning, for any lines: nothing lost, order kept, batches and repetition change nothing."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

import clipclean
from clipclean.cleaning import Cleaner
from clipclean.config import CleanSettings
from clipclean.extraction import extract
from clipclean.model import CleanClipping, Clipping, Label

SENTENCES = (
    "The council voted on Monday to build a second bridge over the river.",
    "“We have waited long enough,” said Mayor Ida Holm after the vote.",
    "Work is to begin in August with the piers on the west bank of the river.",
    "Der Rat stimmte am Montag für den Bau einer zweiten Brücke über den Fluss.",
    "市議会は月曜日、川に二つ目の橋を架けることを決めた。",
)
FURNITURE = (
    "Mara Lindqvist | Reuters",
    "Subscribe now",
    "Read more",
    "Share on Facebook",
    "Foto: Nils Aker/dpa",
    "Advertisement",
    "The ferry across the fjord will stop running in May, when the new…",
    "By Ida Strand",
    "4 min read",
    "© 2024 Halden Post",
)
LINES = st.one_of(st.sampled_from(SENTENCES), st.sampled_from(FURNITURE), st.just(""), st.text(max_size=60))
TEXTS = st.lists(LINES, max_size=25).map("\n".join)


def clean(*texts: str) -> list[CleanClipping]:
    return Cleaner().clean([extract(Clipping(id=str(at), text=text)) for at, text in enumerate(texts)])


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_asking_for_reasons_changes_no_verdict(text: str) -> None:
    page = extract(Clipping(id="a", text=text))
    (plain,), (told,) = Cleaner().clean([page]), Cleaner(CleanSettings(reasons=True)).clean([page])
    assert [replace(line, why="") for line in told.lines] == list(plain.lines)
    assert all(line.why for line in told.lines if line.label is not Label.BLANK and line.rule[:11] != "reads-like-")


def as_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_every_line_stands_once_in_the_result_in_order(text: str) -> None:
    (result,) = clean(text)
    assert [line.text for line in result.lines] == as_lines(text).split("\n")


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_the_text_neither_begins_nor_ends_with_a_blank_line(text: str) -> None:
    (result,) = clean(text)
    kept = [line.text for line in result.lines if line.keep]
    assert not kept or (kept[0].strip() and kept[-1].strip())


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_the_original_comes_back_from_the_record(text: str) -> None:
    (result,) = clean(text)
    assert clipclean.restore(result) == as_lines(text)
    assert clipclean.restore(clipclean.to_record(result)) == as_lines(text)


@given(st.lists(TEXTS, min_size=2, max_size=5))
@settings(max_examples=60, deadline=None)
def test_alone_or_in_a_batch_the_verdicts_are_the_same(texts: list[str]) -> None:
    assert clean(*texts) == [
        Cleaner().clean([extract(Clipping(id=str(at), text=text))])[0] for at, text in enumerate(texts)
    ]


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    (once,) = clean(text)
    (twice,) = clean(once.text)
    assert twice.text == once.text


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_the_text_is_a_subsequence_of_the_input(text: str) -> None:
    (result,) = clean(text)
    lines = iter(as_lines(text).split("\n"))
    assert not result.text or all(line in lines for line in result.text.split("\n"))
