"""What scrapers, extractors and news interfaces write is read without an option; stories and names are invented."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipclean.model import Clipping, Failure
from clipclean.readers.heading import cut_heading
from clipclean.readers.markdown import as_page, is_markdown

Read = Callable[..., list[Clipping | Failure]]

STORY = "The harbour board closed the northern line.\nA bus will run until April."
PARAGRAPHS = STORY.split("\n")
URL = "https://www.vell.example/news/ferry"
TITLE = "Vell closes its ferry"
DATE = "2031-11-12T08:00:00Z"

RECORDS: dict[str, dict[str, Any]] = {
    "fundus": {
        "title": TITLE,
        "body": {
            "summary": [],
            "sections": [
                {"headline": [], "paragraphs": PARAGRAPHS[:1]},
                {"headline": [], "paragraphs": PARAGRAPHS[1:]},
            ],
        },
        "publishing_date": DATE,
        "url": URL,
    },
    "guardian": {
        "id": "news/ferry",
        "webTitle": "Another",
        "webUrl": URL,
        "webPublicationDate": DATE,
        "fields": {"headline": TITLE, "bodyText": STORY, "trailText": "A line closes."},
    },
    "elasticsearch": {
        "_index": "news",
        "_id": "a1",
        "_source": {"title": TITLE, "text": STORY, "published": DATE, "url": URL},
    },
    "firecrawl": {
        "success": True,
        "data": {"text": STORY, "metadata": {"title": TITLE, "sourceURL": URL, "date": DATE}},
    },
    "trafilatura": {
        "title": TITLE,
        "text": STORY,
        "raw_text": STORY,
        "date": DATE,
        "source": URL,
        "hostname": "vell.example",
    },
    "justext": {"title": TITLE, "paragraphs": [{"text": line} for line in PARAGRAPHS], "url": URL, "date": DATE},
    "mongodb": {"title": TITLE, "text": STORY, "date": {"$date": {"$numberLong": "1951898400000"}}, "url": URL},
}


@pytest.mark.parametrize("tool", RECORDS)
def test_records_of_well_known_tools(read_file: Read, tool: str) -> None:
    [found] = read_file("a.jsonl", json.dumps(RECORDS[tool]))
    assert isinstance(found, Clipping)
    said = (found.text, found.title, found.url, found.source)
    assert said == (STORY, TITLE, URL, "vell.example")
    assert found.published == ("1951898400000" if tool == "mongodb" else DATE)


def test_what_an_object_holds_beside_its_text_stays_with_the_record(read_file: Read) -> None:
    [found] = read_file("a.jsonl", json.dumps(RECORDS["guardian"]))
    assert isinstance(found, Clipping)
    assert found.meta == {"webTitle": "Another", "fields": {"trailText": "A line closes."}}
    assert found.notes == ("text: in fields",)


@pytest.mark.parametrize(
    "record",
    [
        {"a": {"text": STORY}, "b": {"text": STORY}},  # which of them is it?
        {"a": {"b": {"text": STORY}}},
        {"a": {"text": ""}},
        {"body": {"width": 3}},
        {"body": {"summary": 3}},
        {"body": [{"sections": [{"sections": [{"sections": [{"sections": [{"text": STORY}]}]}]}]}]},
    ],
)
def test_what_may_be_no_story_is_not_guessed(read_file: Read, record: Any) -> None:
    [found] = read_file("a.jsonl", json.dumps(record))
    assert isinstance(found, Failure)


def test_the_user_s_key_is_the_only_one(read_file: Read) -> None:
    [found] = read_file("a.jsonl", json.dumps({"_source": {"text": STORY}}), fields={"text": "story"})
    assert isinstance(found, Failure)
    assert found.kind == "no-text"


def test_objects_under_their_addresses_or_ids_are_records(read_file: Read) -> None:
    found = read_file("a.json", json.dumps({URL: {"text": STORY}, "b": {"text": STORY}}, indent=1))
    assert [(item.id, item.url) for item in found if isinstance(item, Clipping)] == [
        (str(found[0].origin), URL),
        ("b", None),
    ]


def test_the_address_of_a_site_is_no_page(read_file: Read) -> None:
    [found] = read_file("a.jsonl", json.dumps({"text": STORY, "source": "https://www.vell.example/"}))
    assert isinstance(found, Clipping)
    assert (found.url, found.source) == (None, "vell.example")


@pytest.mark.parametrize(
    "content",
    [
        "\n".join(json.dumps({"id": name, "text": STORY}, indent=2) for name in "ab"),
        "".join(json.dumps({"id": name, "text": STORY}) + ",\n" for name in "ab"),
        "\n\n{ \n" + ",\n{".join(json.dumps({"id": name, "text": STORY})[1:] for name in "ab").replace(",\n{", "\n{"),
    ],
)
def test_json_lines_that_are_not_quite_that(read_file: Read, content: str) -> None:
    assert [item.id for item in read_file("a.jsonl", content)] == ["a", "b"]


HEADINGS = {
    "front matter": f'---\ntitle: "{TITLE}"\nurl: {URL}\ndate: {DATE}\ntags:\n  - ferry\n---\n\n',
    "jina": f"Title: {TITLE}\n\nURL Source: {URL}\n\nPublished Time: {DATE}\n\nMarkdown Content:\n",
    "lines": f"Title: {TITLE}\nURL: {URL}\nDate: {DATE}\nAuthor: Jo Berg\n\n",
}


@pytest.mark.parametrize("heading", HEADINGS)
def test_the_heading_of_a_text_file(read_file: Read, heading: str) -> None:
    [found] = read_file("a.txt", HEADINGS[heading] + STORY)
    assert isinstance(found, Clipping)
    said = (found.text, found.title, found.url, found.published, found.source)
    assert said == (STORY, TITLE, URL, DATE, "vell.example")


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_keys_that_the_user_names_for_records_do_not_say_where_a_file_has_its_text(read_file: Read, name: str) -> None:
    [found] = read_file(name, HEADINGS["lines"] + STORY, fields={"text": "artikel", "id": ""})
    assert isinstance(found, Clipping)
    assert (found.title, found.id) == (TITLE, str(found.origin))


@pytest.mark.parametrize(
    "text",
    [
        "---\nRain fell.\n---\nIt was cold.",
        f"---\ntitle: {TITLE}\n{STORY}",  # it does not end
        f"---\nnote: a\n---\n{STORY}",
        f"Note: rain fell.\nDate: today\n\n{STORY}",
        f"Title: {TITLE}\n\n{STORY}",  # one line may be the story's own
        "Question: Why?\nAnswer: Because.\n\nTitle: none",
        "Title: a\nTitle: b\n\nRain fell.",
        "Source: Police\nTime:\n\nRain fell.",
    ],
)
def test_what_is_no_heading_stays_text(text: str) -> None:
    assert cut_heading(text) == ({}, text)


@given(st.text())
def test_a_heading_is_cut_once_and_never_from_within(text: str) -> None:
    facts, rest = cut_heading(text)
    assert text.endswith(rest)
    assert (rest == text) == (not facts)


MARKDOWN = f"""---
title: {TITLE}
---
* [Home](/)
* [News](https://vell.example/news)

# {TITLE}

![A ferry at its quay](https://x.example/a_(1).jpg "Ferry")

The harbour **board** closed the [northern line](/topics/ferry) \\*.
"""


def test_markdown_is_read_as_a_page(read_file: Read) -> None:
    [found] = read_file("a.md", MARKDOWN)
    assert isinstance(found, Clipping)
    assert (found.title, found.text) == (TITLE, None)
    assert found.html == "\n".join(
        [
            "<ul>",
            '<li><a href="">Home</a></li>',
            '<li><a href="">News</a></li>',
            "</ul>",
            f"<h1>{TITLE}</h1>",
            '<figure><img src=""><figcaption>A ferry at its quay</figcaption></figure>',
            '<p>The harbour <strong>board</strong> closed the <a href="">northern line</a> &#42;.</p>',
        ]
    )


@pytest.mark.parametrize("key", ["text", "content", "markdown"])
def test_markdown_in_a_record_is_told_by_its_links_or_its_key(read_file: Read, key: str) -> None:
    text = STORY if key == "markdown" else "[Home](/) [News](/news)\n" + STORY
    [found] = read_file("a.jsonl", json.dumps({"id": "a", key: text}))
    assert isinstance(found, Clipping)
    assert found.notes == (f"text: {key} is Markdown, read as html",)
    assert found.meta == {key: text}


@pytest.mark.parametrize(
    "text", [STORY, "He wrote [sic](see below) and [again](so).", "One [link](https://a.example)."]
)
def test_a_text_with_brackets_is_no_markdown(text: str) -> None:
    assert not is_markdown(text)


def test_an_empty_markdown_file_is_told(read_file: Read) -> None:
    assert [item.kind for item in read_file("a.md", " \n") if isinstance(item, Failure)] == ["empty-text"]


@given(st.text(alphabet="ab *_[]()!#>-|\\<&\"'\n\t/:1."))
def test_any_text_becomes_a_page_with_all_its_letters(text: str) -> None:
    from lxml import html

    if "](" not in text:  # addresses go
        tree = html.fromstring(f"<div>{as_page(text)}</div>")
        letters = [sign for sign in "".join(tree.itertext()) if sign in "ab"]
        assert letters == [sign for sign in text if sign in "ab"]


def test_of_code_only_the_fences_go() -> None:
    assert as_page("```python\nx\n```\n```a``` stays") == "<p>x</p>\n<p>```a``` stays</p>"


PIECES = ["[a](b ", "![", "**a", "__a ", "| ", "- ", '[a](b "', "\\*", "(((", "#", "* * ", "&lt;\\", "|   a", "[a](b(("]


@pytest.mark.parametrize("piece", PIECES)
def test_markdown_takes_time_by_its_length_alone(piece: str) -> None:
    """A hundred thousand of each would take hours if it did not."""
    assert as_page("x" + piece * 100_000).startswith("<p>x")


TRAFILATURA = f"""<doc sitename="Vell Courier" title="{TITLE}" author="Jo" date="2031-11-12" source="{URL}">
<main><p>{PARAGRAPHS[0]}</p><head rend="h2">Buses</head><list><item>{PARAGRAPHS[1]}</item></list></main>
<comments><p>First!</p></comments></doc>"""

TEI = f"""<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt><title type="main">{TITLE}</title>
<author>Jo</author></titleStmt><publicationStmt><publisher>Vell Courier</publisher><ptr type="URL" target="{URL}"/>
<date>2031-11-12</date></publicationStmt></fileDesc></teiHeader><text><body><div type="entry"><p>{PARAGRAPHS[0]}</p>
<head rend="h2">Buses</head><list><item>{PARAGRAPHS[1]}</item></list></div>
<div type="comments"><p>First!</p></div></body></text></TEI>"""


@pytest.mark.parametrize("content", [TRAFILATURA, TEI])
def test_what_trafilatura_extracted(read_file: Read, content: str) -> None:
    [found] = read_file("a.xml", content)
    assert isinstance(found, Clipping)
    said = (found.title, found.url, found.source, found.published, found.meta)
    assert said == (TITLE, URL, "Vell Courier", "2031-11-12", {"author": "Jo"})
    assert found.html is not None
    story, comments = found.html.split("</article>")
    assert story.replace("\n", "").replace("<div>", "").replace("</div>", "") == (
        f"<article><p>{PARAGRAPHS[0]}</p><h2>Buses</h2><ul><li>{PARAGRAPHS[1]}</li></ul>"
    )
    assert comments.replace("\n", "") == '<section class="comments"><p>First!</p></section>'
