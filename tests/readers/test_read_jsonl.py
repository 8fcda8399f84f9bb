from __future__ import annotations

import json

import orjson
import pytest

from clipclean.model import Clipping, Failure


def test_records_are_numbered_by_line_and_blank_lines_are_no_records(read_file):
    items = read_file("a.jsonl", '{"text": "Rain."}\n\n  \r\n{"text": "Snow."}\r\n{"text": "Hail."}')
    assert [(item.origin.record, item.text) for item in items] == [(1, "Rain."), (4, "Snow."), (5, "Hail.")]


@pytest.mark.parametrize("name", ["a.jsonl", "a.ndjson", "a.jl", "a.JSONL"])
def test_every_spelling_of_the_suffix_is_read(read_file, name):
    assert [item.text for item in read_file(name, '{"text": "Rain."}')] == ["Rain."]


def test_a_broken_line_is_one_failure_with_its_place_and_the_next_is_read(read_file):
    items = read_file("a.jsonl", '{"text": "Rain."}\n{"text": Snow}\n{"text": "Hail."}\n{"text": "Fo')
    assert [item.kind if isinstance(item, Failure) else item.text for item in items] == [
        "Rain.",
        "broken-json",
        "Hail.",
        "broken-json",
    ]
    assert items[1].origin.record == 2
    assert "line 2, column 10" in items[1].message
    assert "a.jsonl" in items[1].message


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("null", "wrong-type"),
        ("5", "wrong-type"),
        ("[1, 2]", "wrong-type"),
        ("true", "wrong-type"),
        ('""', "empty-text"),
        ("{}", "no-text"),
        ("[1, 2", "broken-json"),
        ("\x00", "broken-json"),
        ("{" * 5000, "broken-json"),
        ('{"text": ' + "[" * 200_000, "broken-json"),
        ('{"n": ' + "9" * 5000 + "}", "broken-json"),
        ("Rain fell.", "broken-json"),
    ],
)
def test_a_line_that_is_no_record_says_so_and_the_next_is_read(read_file, line, kind):
    items = read_file("a.jsonl", f'{line}\n{{"text": "Rain."}}\n')
    assert items[0].kind == kind
    assert items[1].text == "Rain."


def test_a_line_may_be_a_bare_text(read_file):
    assert [item.text for item in read_file("a.jsonl", '"Rain fell."\n"Snow fell."')] == ["Rain fell.", "Snow fell."]


def test_what_orjson_refuses_and_python_takes_is_read(read_file):
    items = read_file("a.jsonl", '{"text": "Rain.", "score": NaN}\n{"text": "Snow \\ud83d fell."}\n{"text": "Ha\til."}')
    assert [item.text for item in items] == ["Rain.", "Snow \ufffd fell.", "Ha\til."]
    for item in items:
        orjson.dumps(dict(item.meta))


def test_null_characters_are_replaced_and_noted(read_file):
    [clipping] = read_file("a.jsonl", '{"id": "a\\u0000", "text": "Rain\\u0000 fell."}')
    assert (clipping.id, clipping.text) == ("a\ufffd", "Rain\ufffd fell.")
    assert clipping.notes == ("characters: 1 null replaced",)


def test_an_array_under_this_suffix_is_read(read_file):
    assert [item.text for item in read_file("a.jsonl", '[\n{"text": "Rain."},\n{"text": "Snow."}\n]')] == [
        "Rain.",
        "Snow.",
    ]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_byte_order_mark_is_heeded(read_file, encoding):
    mark = "\ufeff" if encoding == "utf-16-le" else ""
    data = (mark + '{"text": "Es schneite in Grünau."}\n{"text": "Es taute."}\n').encode(encoding)
    assert [item.text for item in read_file("a.jsonl", data)] == ["Es schneite in Grünau.", "Es taute."]


def test_a_mark_between_joined_files_is_passed_over(read_file):
    data = '{"text": "Rain."}\n'.encode("utf-8-sig") * 2
    assert [item.text for item in read_file("a.jsonl", data)] == ["Rain.", "Rain."]


def test_lines_in_another_encoding_are_detected(read_file):
    texts = ["Der Bürgermeister von Grünau erklärte, daß die Brücke gesperrt bleibt.", "Über Nacht schneite es."]
    data = "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in texts).encode("cp1252")
    items = read_file("a.jsonl", data)
    assert [item.text for item in items] == texts
    assert items[0].notes == ("encoding: detected windows-1252",)


def test_a_forced_encoding_is_used(read_file):
    data = '{"text": "Мост закрыт."}\n'.encode("koi8-r")
    assert [item.text for item in read_file("a.jsonl", data, encoding="koi8-r")] == ["Мост закрыт."]


def test_mojibake_in_escapes_is_repaired(read_file):
    [clipping] = read_file("a.jsonl", '{"text": "The mayor\\u00e2\\u20ac\\u2122s office"}')
    assert clipping.text == "The mayor’s office"
    assert clipping.notes == ("mojibake: 1 line repaired",)


def test_the_text_is_left_as_it_is(read_file, lines):
    text = "  Rain fell.\r\n\r\n\tSnow\u2028fell.\u00a0\n\n"
    assert [item.text for item in read_file("a.jsonl", lines([{"text": text}]))] == [text]


def test_a_line_of_many_megabytes_is_read(read_file, lines):
    text = "Rain fell. " * 300_000
    [clipping] = read_file("a.jsonl", lines([{"text": text}]))
    assert isinstance(clipping, Clipping)
    assert clipping.text == text
