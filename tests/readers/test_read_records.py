from __future__ import annotations

import uuid
from datetime import date, datetime

import orjson
import pytest

from clipclean.config import FIELD_NAMES, ReadSettings
from clipclean.errors import RecordError
from clipclean.model import Clipping, Origin
from clipclean.readers import from_record
from clipclean.readers.names import FIELD_OF, MARKDOWN, NAMES, folded

# What known tools write, with invented stories: the record, and the fields that must be found.
TOOLS = {
    "news-please": (
        {
            "authors": ["Ana Brook"],
            "date_download": "2031-05-03 08:00:00",
            "date_publish": "2031-05-02 07:00:00",
            "description": "The river rose.",
            "filename": "rain.json",
            "language": "en",
            "localpath": None,
            "maintext": "Rain fell on Marlow.",
            "source_domain": "www.harbourpost.example",
            "title": "Rain",
            "title_page": None,
            "url": "https://www.harbourpost.example/rain",
        },
        {"text": "Rain fell on Marlow.", "published": "2031-05-02 07:00:00", "lang": "en", "title": "Rain"},
    ),
    "schema.org": (
        {
            "@type": "NewsArticle",
            "name": "Rain",
            "articleBody": "Rain fell on Marlow.",
            "datePublished": "2031-05-02",
            "inLanguage": "en",
            "mainEntityOfPage": {"@type": "WebPage", "@id": "https://www.harbourpost.example/rain"},
        },
        {
            "text": "Rain fell on Marlow.",
            "title": "Rain",
            "url": "https://www.harbourpost.example/rain",
            "source": "harbourpost.example",
            "published": "2031-05-02",
            "lang": "en",
        },
    ),
    "newspaper": (
        {
            "source_url": "https://harbourpost.example",
            "url": "https://harbourpost.example/rain",
            "title": "Rain",
            "text": "Rain fell on Marlow.",
            "publish_date": "2031-05-02",
            "meta_lang": "en",
            "article_html": "<div>Rain fell on Marlow.</div>",
        },
        {
            "text": "Rain fell on Marlow.",
            "html": "<div>Rain fell on Marlow.</div>",
            "url": "https://harbourpost.example/rain",
            "published": "2031-05-02",
            "lang": "en",
            "source": "harbourpost.example",
        },
    ),
    "fundus": (
        {
            "title": "Rain",
            "plaintext": "Rain fell on Marlow.",
            "publishing_date": "2031-05-02T07:00:00",
            "publisher": "Harbour Post",
            "html": {
                "requested_url": "https://harbourpost.example/rain",
                "content": "<p>Rain</p>",
                "crawl_date": "2031",
            },
            "body": {"summary": [], "sections": []},
        },
        {
            "text": "Rain fell on Marlow.",
            "html": "<p>Rain</p>",
            "url": "https://harbourpost.example/rain",
            "source": "Harbour Post",
            "published": "2031-05-02T07:00:00",
        },
    ),
    "datatrove": (
        {
            "id": "d/1",
            "text": "Rain fell on Marlow.",
            "metadata": {
                "url": "https://harbourpost.example/rain",
                "date": "2031-05-02",
                "language": "en",
                "dump": "m",
            },
        },
        {"id": "d/1", "url": "https://harbourpost.example/rain", "published": "2031-05-02", "lang": "en"},
    ),
    "c4": (
        {"text": "Rain fell.", "timestamp": "2031-05-02T07:00:00Z", "url": "https://harbourpost.example/rain"},
        {"published": "2031-05-02T07:00:00Z", "source": "harbourpost.example"},
    ),
    "trafilatura": (
        {
            "title": "Rain",
            "hostname": "harbourpost.example",
            "date": "2031-05-02",
            "fingerprint": "aa",
            "id": None,
            "raw_text": "Rain fell on Marlow. Share",
            "text": "Rain fell on Marlow.",
            "language": None,
            "source": "https://harbourpost.example/rain",
            "source-hostname": "Harbour Post",
        },
        {"text": "Rain fell on Marlow.", "source": "harbourpost.example", "published": "2031-05-02"},
    ),
    "news interfaces": (
        {
            "source": {"id": None, "name": "Harbour Post"},
            "author": "Ana Brook",
            "title": "Rain",
            "description": "The river rose.",
            "url": "https://harbourpost.example/rain",
            "urlToImage": "https://harbourpost.example/rain.jpg",
            "publishedAt": "2031-05-02T07:00:00Z",
            "content": "Rain fell on Marlow.",
        },
        {"text": "Rain fell on Marlow.", "source": "Harbour Post", "published": "2031-05-02T07:00:00Z"},
    ),
    "mongoexport": (
        {"_id": {"$oid": "65f0"}, "date": {"$date": "2031-05-02T07:00:00Z"}, "body": "Rain fell."},
        {"id": "65f0", "published": "2031-05-02T07:00:00Z", "text": "Rain fell."},
    ),
    "readability": (
        {
            "title": "Rain",
            "content": "<div><p>Rain fell.</p></div>",
            "textContent": "Rain fell.",
            "siteName": "Harbour Post",
        },
        {"text": "Rain fell.", "source": "Harbour Post", "title": "Rain"},
    ),
}


@pytest.mark.parametrize("tool", TOOLS)
def test_the_records_of_known_tools_are_recognised(tool):
    record, expected = TOOLS[tool]
    clipping = from_record(record)
    assert {field: getattr(clipping, field) for field in expected} == expected


@pytest.mark.parametrize("tool", TOOLS)
def test_meta_and_keys_together_hold_every_key_of_the_record(tool):
    record, _ = TOOLS[tool]
    clipping = from_record(record)
    assert set(clipping.meta) | set(clipping.keys.values()) == set(record)
    assert not set(clipping.meta) & set(clipping.keys.values())
    for key, value in clipping.meta.items():
        if key != "html":  # an object that held the page keeps the rest of what it said
            assert value == record[key]
    for field, key in clipping.keys.items():
        assert getattr(clipping, field) == record[key]


@pytest.mark.parametrize(
    "key", ["body", "Body", "BODY", "article_text", "articleText", "Article-Text", "full text", "maintext"]
)
def test_a_usual_name_is_recognised_in_any_spelling(key):
    clipping = from_record({key: "Rain fell."})
    assert (clipping.text, clipping.keys, clipping.meta) == ("Rain fell.", {"text": key}, {})


@pytest.mark.parametrize("field", FIELD_NAMES)
def test_every_field_is_recognised_by_each_of_its_names(field):
    for name in NAMES[field]:
        value = "<p>Rain fell.</p>" if field == "html" else "Rain fell."
        record = {name: value} if field in ("text", "html") else {name: value, "text": "Snow fell."}
        if name in MARKDOWN:
            assert from_record(record).html == "<p>Rain fell.</p>", name
        else:
            assert getattr(from_record(record), field) == value, name


def test_names_belong_to_one_field_each_and_are_spelled_as_they_are_compared():
    names = [name for names in NAMES.values() for name in names]
    assert len(names) == len(set(names)) == len(FIELD_OF)
    assert all(folded(name) == name for name in names)
    assert tuple(NAMES) == FIELD_NAMES


def test_the_own_name_of_a_field_wins_over_others_which_stay_in_meta():
    clipping = from_record(
        {"content": "Snow fell.", "TEXT": "Hail fell.", "text": "Rain fell.", "headline": "A", "title": "B"}
    )
    assert (clipping.text, clipping.title) == ("Rain fell.", "B")
    assert clipping.meta == {"content": "Snow fell.", "TEXT": "Hail fell.", "headline": "A"}


@pytest.mark.parametrize("nothing", [None, "", "  \n", float("nan"), [], {}])
def test_a_value_that_says_nothing_gives_way_to_the_next_name(nothing):
    clipping = from_record({"text": nothing, "body": "Rain fell.", "title": nothing, "headline": "Rain", "id": nothing})
    assert (clipping.text, clipping.title, clipping.id) == ("Rain fell.", "Rain", "")
    assert clipping.keys == {"text": "body", "title": "headline"}
    assert set(clipping.meta) == {"text", "title", "id"}


@pytest.mark.parametrize(
    ("settings", "record", "text"),
    [
        ({"text": "artikel"}, {"artikel": "Regen fiel.", "text": "Snow fell."}, "Regen fiel."),
        ({"text": "body", "title": "text"}, {"body": "Rain fell.", "text": "Rain"}, "Rain fell."),
        ({"text": "story.main"}, {"story": {"main": "Rain fell.", "side": "x"}}, "Rain fell."),
        ({"text": "story.main"}, {"story.main": "Rain fell.", "story": {"main": "Snow fell."}}, "Rain fell."),
    ],
)
def test_the_users_fields_come_first(settings, record, text):
    clipping = from_record(record, ReadSettings(fields=settings))
    assert clipping.text == text
    assert set(clipping.meta) | set(clipping.keys.values()) == set(record)


@pytest.mark.parametrize(
    ("fields", "record", "says"),
    [
        ({"text": "artikle"}, {"artikel": "Regen fiel.", "text": "Snow fell."}, "'artikle'.*: artikel, text"),
        ({"text": "artikle"}, {"html": "<p>Snow fell.</p>"}, "'artikle'.*text=artikle.*: html"),
        ({"html": "seite"}, {"text": "Snow fell.", "html": "<p>Snow fell.</p>"}, "'seite'.*html=seite.*: text, html"),
        (
            {"text": "story.mian"},
            {"story": {"main": "Rain fell."}, "body": "Snow fell."},
            "'story.mian'.*: story, body",
        ),
        ({"text": "story.main"}, {"body": "Snow fell."}, "'story.main'.*: body"),
        ({"text": "body"}, {}, "'body'.*: none"),
    ],
)
def test_a_key_for_the_text_that_is_named_and_missing_is_told_and_not_replaced(fields, record, says):
    with pytest.raises(RecordError, match=says) as raised:
        from_record(record, ReadSettings(fields=fields))
    assert raised.value.kind == "no-text"


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.jsonl"])
def test_a_missing_key_for_the_text_is_told_of_files_too(read_file, lines, name):
    content = "id,body\n1,Rain fell.\n" if name == "a.csv" else lines([{"id": "1", "body": "Rain fell."}])
    [failure] = read_file(name, content, fields={"text": "bdoy"})
    assert failure.kind == "no-text"
    assert "'bdoy'" in failure.message
    assert "id, body" in failure.message


@pytest.mark.parametrize("field", ["id", "url", "source", "title", "published", "lang"])
def test_a_fact_that_is_named_and_missing_is_absent_and_not_taken_from_another_key(field):
    record = {"text": "Rain fell.", field: "https://example.com/7", "meta": {field: "https://example.com/8"}}
    clipping = from_record(record, ReadSettings(fields={field: "nowhere"}), folder="dump")
    assert getattr(clipping, field) == {"id": "", "source": "dump"}.get(field)
    assert clipping.meta == {field: record[field], "meta": record["meta"]}


@pytest.mark.parametrize(
    ("record", "source"),
    [
        ({"source": "Harbour Post", "url": "https://example.com/a"}, "Harbour Post"),
        ({"url": "https://www.Example.com:8080/a"}, "example.com"),
        ({"url": "http://user:pass@news.example.com/a"}, "news.example.com"),
        ({"url": "//example.com/a"}, "example.com"),
        ({"url": "www.example.com/a"}, "example.com"),
        ({"url": "https://[2001:db8::1]:80/a"}, "[2001:db8::1]"),
        ({"url": "story.html"}, "folder"),
        ({"url": "mailto:desk@example.com"}, "folder"),
        ({}, "folder"),
        ({"source": None, "url": None}, "folder"),
    ],
)
def test_the_source_falls_back_to_the_host_and_then_to_the_folder(record, source):
    clipping = from_record({"text": "Rain fell.", **record}, folder="folder")
    assert clipping.source == source
    assert ("source" in clipping.keys) == (source == "Harbour Post")


@pytest.mark.parametrize(
    ("value", "found"),
    [(17, "17"), (17.0, "17"), ("17", "17"), (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001")],
)
def test_ids_become_text(value, found):
    assert from_record({"id": value, "text": "Rain fell."}).id == found


def test_a_record_without_an_id_gets_that_of_its_origin():
    assert from_record({"text": "Rain fell."}, origin=Origin("a.jsonl", 3)).id == "a.jsonl#3"
    assert from_record("Rain fell.", origin=Origin("a.txt")).id == "a.txt"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (date(2031, 5, 2), "2031-05-02"),
        (datetime(2031, 5, 2, 7), "2031-05-02T07:00:00"),
        (1935471600, "1935471600"),
        ("2 May 2031", "2 May 2031"),
        (True, None),
    ],
)
def test_dates_become_text_as_they_are_written(value, found):
    assert from_record({"published": value, "text": "Rain fell."}).published == found


def test_paragraphs_are_joined_and_that_is_noted():
    clipping = from_record({"text": ["Rain fell.", "The river rose."]})
    assert clipping.text == "Rain fell.\nThe river rose."
    assert clipping.notes == ("text: joined from 2 paragraphs",)


def test_bytes_are_decoded():
    assert from_record({"text": "Es schneite in Grünau.".encode()}).text == "Es schneite in Grünau."
    page = '<html><meta charset="windows-1251"><p>Мост закрыт.</p></html>'
    assert from_record({"html": page.encode("cp1251")}).html == page


def test_a_text_that_is_markup_is_read_as_a_page():
    clipping = from_record({"content": " <div><p>Rain fell.</p></div>\n"})
    assert (clipping.text, clipping.html) == (None, " <div><p>Rain fell.</p></div>\n")
    assert clipping.keys == {"html": "content"}
    assert clipping.notes == ("text: content is markup, read as html",)


@pytest.mark.parametrize(
    "text", ["<3 said the fans", "<p>Rain fell", "Rain <b>fell</b>", "<unknown>x</unknown>", "< p >x</p>"]
)
def test_a_text_that_is_only_a_little_like_markup_is_a_text(text):
    assert from_record({"text": text}).text == text


def test_a_page_number_is_no_page():
    clipping = from_record({"text": "Rain fell.", "page": "A12"})
    assert (clipping.html, clipping.meta) == (None, {"page": "A12"})


@pytest.mark.parametrize(
    ("record", "kind", "says"),
    [
        ({"text": 5}, "wrong-type", "text is a number"),
        ({"text": {"value": "Rain"}}, "wrong-type", "text is an object"),
        ({"text": ["Rain", 5]}, "wrong-type", "text is a list"),
        ({"text": True, "body": "Rain"}, "wrong-type", "true or false"),
        ({"body": 5}, "wrong-type", "body is a number"),
        ({"html": 5}, "wrong-type", "html is a number"),
        ({"text": b"\x00\x01\x02\x03\x04\x05\x06\x07\x08"}, "wrong-type", "text is of type bytes"),
        ({"id": [1], "text": "Rain"}, "wrong-type", "id is a list"),
        ({"id": False, "text": "Rain"}, "wrong-type", "id is true or false"),
        ({"id": 1e20, "text": "Rain"}, "wrong-type", "id is a number"),
        ({"text": ""}, "empty-text", "empty"),
        ({"text": None, "html": " "}, "empty-text", "empty"),
        ({"body": "\n\t"}, "empty-text", "empty"),
        ({"foo": 1, "bar": "Rain"}, "no-text", "--field text=NAME"),
        ({"foo": 1, "bar": "Rain"}, "no-text", "foo, bar"),
        ({}, "no-text", "none"),
        ({"page": "A12"}, "wrong-type", "no text"),
        (["Rain"], "wrong-type", "a list"),
        (None, "wrong-type", "null"),
        (5, "wrong-type", "a number"),
        ("", "empty-text", "empty"),
    ],
)
def test_a_record_that_cannot_be_used_says_why(record, kind, says):
    with pytest.raises(RecordError) as raised:
        from_record(record)
    assert raised.value.kind == kind
    assert says in str(raised.value)


def test_a_failure_carries_the_id_where_it_is_known(read_file, lines):
    records = [{"id": 7, "text": ""}, {"_id": "x", "foo": 1}, {"text": 5}, {"id": [1], "text": "Rain"}]
    assert [item.id for item in read_file("a.jsonl", lines(records))] == ["7", "x", None, None]


def test_a_clipping_is_returned_as_it_is():
    clipping = Clipping(id="a", text="Rain fell.")
    assert from_record(clipping) is clipping


def test_what_json_cannot_carry_is_replaced_and_noted():
    clipping = from_record(
        {
            "id": "a\ud800",
            "text": "Rain\x00 fell \ud83c.",
            "title": "Rain\ud800",
            "x": {"k\ud800": ["\udfff"]},
            "n": 2**70,
        }
    )
    assert clipping.text == "Rain\ufffd fell \ufffd."
    assert clipping.notes == ("characters: lone surrogates replaced", "characters: 1 null replaced")
    orjson.dumps([clipping.id, clipping.title, dict(clipping.meta)])


def test_halves_of_one_character_are_put_together():
    assert from_record({"text": "Rain \ud83c\udf27 fell."}).text == "Rain 🌧 fell."


def test_keys_that_are_no_text_become_text():
    assert from_record({"text": "Rain fell.", 1: "a", None: "b"}).meta == {"1": "a", "None": "b"}


def test_many_different_key_sets_are_read(read_file, lines):
    records = [{"text": "Rain fell.", f"key{number}": number} for number in range(600)]
    items = read_file("a.jsonl", lines(records))
    assert [item.meta for item in items] == [{f"key{number}": number} for number in range(600)]


def test_the_fields_setting_reaches_the_files(read_file, lines):
    [clipping] = read_file("a.jsonl", lines([{"artikel": "Regen fiel."}]), fields={"text": "artikel"})
    assert clipping.text == "Regen fiel."


def test_a_record_whose_objects_are_too_deep_is_a_failure():
    deep: object = "x"
    for _ in range(3000):
        deep = [deep]

    with pytest.raises(RecordError, match="too deep"):
        from_record({"text": "Rain fell.", "deep": deep})


def test_read_and_from_record_agree(read_file, lines):
    record = {"doc_id": 4, "headline": "Rain", "content": "Rain fell.", "x": [1, {"y": None}]}
    [clipping] = read_file("a.jsonl", lines([record]))
    assert from_record(record, origin=clipping.origin, folder=clipping.source) == clipping


def test_names_that_may_mean_something_else_come_last() -> None:
    clipping = from_record({"name": "Ana Brook", "headline": "Rain", "paragraphs": 7, "body": "Rain fell."})
    assert (clipping.title, clipping.text) == ("Rain", "Rain fell.")
    assert clipping.meta == {"name": "Ana Brook", "paragraphs": 7}


def test_paragraphs_are_a_text() -> None:
    clipping = from_record({"paragraphs": ["Rain fell.", "It stopped."], "mainEntityOfPage": "https://orr.example/a"})
    assert (clipping.text, clipping.url) == ("Rain fell.\nIt stopped.", "https://orr.example/a")
