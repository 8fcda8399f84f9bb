from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clipclean.model import Clipping, Failure
from clipclean.readers import json_array

RAIN, SNOW = {"id": "r", "text": "Rain."}, {"id": "s", "text": "Snow."}


def texts(items):
    return [item.kind if isinstance(item, Failure) else item.text for item in items]


@pytest.mark.parametrize(
    "content",
    [
        [RAIN, SNOW],
        {"articles": [RAIN, SNOW]},
        {"status": "ok", "total": 2, "tags": ["a"], "articles": [RAIN, SNOW], "errors": []},
        {"response": {"docs": [RAIN, SNOW], "found": 2}},
        ["Rain.", "Snow."],
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_every_shape_of_a_json_file_is_read(read_file, content, indent):
    assert texts(read_file("a.json", json.dumps(content, indent=indent))) == ["Rain.", "Snow."]


@pytest.mark.parametrize("between", ["\n", "", "\r\n\r\n", " "])
@pytest.mark.parametrize("indent", [None, 2])
def test_records_one_after_the_other_are_read(read_file, between, indent):
    content = json.dumps(RAIN, indent=indent) + between + json.dumps(SNOW, indent=indent)
    items = read_file("a.json", content)
    assert texts(items) == ["Rain.", "Snow."]


def test_json_lines_under_this_suffix_survive_a_broken_line(read_file):
    content = f"{json.dumps(RAIN)}\n{json.dumps(RAIN)[:9]}\n{json.dumps(SNOW)}\n"
    assert texts(read_file("a.json", content.replace("}\n{", "}\n{", 1))) == ["Rain.", "broken-json", "Snow."]


def test_a_single_record_is_read(read_file):
    assert texts(read_file("a.json", json.dumps(RAIN))) == ["Rain."]
    record = {**RAIN, "images": [{"url": "a.jpg"}], "related": [{"text": "Snow."}]}
    assert texts(read_file("b.json", json.dumps(record))) == ["Rain."]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("[]", ["no-records"]),
        ("", ["no-records"]),
        (" \n ", ["no-records"]),
        ("{}", ["no-text"]),
        ('{"a": 1, "b": [1, 2]}', ["no-text"]),
        ('{"a": [{"x": 1}], "b": [{"y": 1}]}', ["no-text"]),
        ("[5, null, [], {}]", ["wrong-type", "wrong-type", "wrong-type", "no-text"]),
        ("5", ["wrong-type"]),
        ("Rain fell.", ["broken-json"]),
        ("[" * 100_000, ["broken-json"]),
        ('[{"text": "Rain."}, {"text": "Sn', ["Rain.", "broken-json"]),
        ('[{"text": "Rain."}, {"text" "Snow."}]', ["Rain.", "broken-json"]),
        ('[{"text": "Rain."} {"text": "Snow."}]', ["Rain.", "broken-json"]),
        ('[{"text": "Rain."},]', ["Rain.", "broken-json"]),
        ('[{"text": "Rain."}', ["Rain.", "broken-json"]),
        ('[{"text": "Rain."}]]', ["Rain.", "broken-json"]),
        ('[{"text": "Rain."}] [{"text": "Snow."}]', ["Rain.", "Snow."]),
        ('[{"n": ' + "9" * 5000 + "}]", ["broken-json"]),
        ('[{"text": "Rain.", "n": NaN}]', ["Rain."]),
    ],
)
def test_what_is_not_as_it_should_be_is_listed(read_file, content, found):
    assert texts(read_file("a.json", content)) == found


def test_a_break_is_told_with_its_place_and_what_it_costs(read_file):
    failure = read_file("a.json", '[{"text": "Rain."}, {"text" "Snow."}]')[-1]
    assert failure.origin.record == 2
    assert "character 29" in failure.message
    assert "nothing after it is read" in failure.message


def test_records_larger_than_a_piece_and_cut_by_one_are_whole(read_file, monkeypatch):
    monkeypatch.setattr(json_array, "BUFFER", 7)
    records = [
        {"id": str(number), "text": 'Ré\\"𝄞 ' * number, "n": [number, -1.5e-3, True, None]} for number in range(1, 40)
    ]
    for name, options in (("a.json", {}), ("b.json", {"ensure_ascii": False}), ("c.json", {"indent": 1})):
        items = read_file(name, json.dumps(records, **options))
        assert [(item.id, item.text, item.meta["n"]) for item in items] == [
            (r["id"], r["text"], r["n"]) for r in records
        ]


def test_a_wrapper_too_large_to_be_a_record_is_streamed(read_file, monkeypatch):
    monkeypatch.setattr(json_array, "BUFFER", 64)
    monkeypatch.setattr(json_array, "WRAPPER", 500)
    records = [{"id": str(number), "text": f"Rain {number}."} for number in range(100)]
    content = {"status": "ok", "page": {"n": 1}, "articles": records, "next": None}
    items = read_file("a.json", json.dumps(content))
    assert [(item.id, item.text) for item in items] == [(record["id"], record["text"]) for record in records]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_other_encodings_are_read(read_file, encoding):
    records = [{"text": "Der Bürgermeister von Grünau erklärte, daß die Brücke gesperrt bleibt.", "ort": "Grünau"}] * 2
    items = read_file("a.json", json.dumps(records, ensure_ascii=False).encode(encoding))
    assert [item.text for item in items] == [record["text"] for record in records]
    assert [item.meta for item in items] == [{"ort": "Grünau"}] * 2


def test_a_forced_encoding_is_used(read_file):
    data = '[{"text": "Мост закрыт."}]'.encode("koi8-r")
    assert texts(read_file("a.json", data, encoding="koi8-r")) == ["Мост закрыт."]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.dictionaries(
            st.text(max_size=5), st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=9), max_size=4
        ),
        max_size=6,
    ),
    st.sampled_from([None, 0, 3]),
    st.booleans(),
    st.integers(1, 40),
)
def test_any_records_come_back_whatever_the_size_of_the_pieces(read_file, monkeypatch, records, indent, ascii_, size):
    monkeypatch.setattr(json_array, "BUFFER", size)
    records = [{**record, "id": str(number), "text": "Rain."} for number, record in enumerate(records)]
    content = json.dumps(records, indent=indent, ensure_ascii=ascii_).encode("utf-8", "surrogatepass")
    items = read_file("a.json", content) if records else []
    assert all(isinstance(item, Clipping) for item in items)
    assert [item.id for item in items] == [record["id"] for record in records]
