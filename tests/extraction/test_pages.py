"""A page becomes its visible lines with what they stand in, and the facts it states; hostile pages do no harm."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipclean.config import CleanSettings, Extractor
from clipclean.errors import RecordError
from clipclean.extraction import extract
from clipclean.model import Clipping, Page

BLOCKS = CleanSettings(extractor=Extractor.BLOCKS)
BODY = "The council of Halden voted on Monday to build a second bridge over the river Orr."


def read(html: str, settings: CleanSettings = BLOCKS, **known: str) -> Page:
    return extract(Clipping(id="a", html=html, **known), settings)  # type: ignore[arg-type]


def texts(html: str) -> list[str]:
    return [line.text for line in read(html).lines]


def test_block_elements_and_breaks_end_lines_and_inline_ones_do_not() -> None:
    assert texts("<div>One <b>two</b> <a href=x>three</a><br>four<p>five</div>six") == [
        "One two three",
        "four",
        "five",
        "six",
    ]


def test_scripts_styles_comments_and_head_are_not_lines() -> None:
    page = "<head><title>T</title><style>p{}</style></head><body><script>x()</script><!-- no --><p>Yes</p></body>"
    assert texts(page) == ["Yes"]


def test_a_line_knows_what_it_stands_in() -> None:
    page = read("<article class='storyBody'><figure><figcaption id=cap>Words</figcaption></figure></article>")
    (line,) = page.lines
    assert line.tag == "figcaption"
    assert {"article", "figure", "figcaption"} <= line.hints
    assert {"story", "body", "cap"} <= line.classes


def test_hidden_elements_are_said_to_be_hidden() -> None:
    page = read("<p style='display: none'>One</p><p hidden>Two</p><p>Three</p>")
    assert ["hidden" in line.hints for line in page.lines] == [True, True, False]


def test_link_share_counts_the_characters_of_links() -> None:
    assert read("<p><a href=x>12345</a>67890</p>").lines[0].link_share == 0.5


def test_lines_of_one_element_share_its_number() -> None:
    first, second, third = read("<div><p>One</p><p>Two</p></div><div><p>Three</p></div>").lines
    assert first.parents[1] == second.parents[1] != third.parents[1]


def test_facts_are_read_from_the_head_and_never_replace_the_record() -> None:
    head = (
        "<html lang=de-AT><head><title>From the title</title><meta property=og:title content='From the meta'>"
        "<link rel=canonical href=https://www.post.example/a><script type=application/ld+json>"
        '{"@graph": [{"@type": "NewsArticle", "datePublished": "2025-03-04T07:00:00Z"}]}</script></head>'
    )
    clipping = read(f"{head}<p>{BODY}").clipping
    assert (clipping.title, clipping.lang, clipping.published) == ("From the meta", "de", "2025-03-04T07:00:00Z")
    assert (clipping.url, clipping.source) == ("https://www.post.example/a", "post.example")
    known = read(f"{head}<p>{BODY}", title="Mine", url="https://other.example/b", source="other").clipping
    assert (known.title, known.url, known.source) == ("Mine", "https://other.example/b", "other")


@pytest.mark.parametrize(
    ("head", "url", "source"),
    [
        ("<meta property=og:url content=https://www.orr.example/a>", "https://www.orr.example/a", "orr.example"),
        ("<link rel=canonical href=/a><meta property=og:url content=http://orr.example/b>", "http://orr.example/b",
         "orr.example"),
        ("<link rel='Canonical nofollow' href=https://orr.example/a><meta property=og:url content=https://vell.example>",
         "https://orr.example/a", "orr.example"),
        ("<meta property=og:url content=/a>", None, "folder"),
        ("<meta property=og:url content='javascript:x'>", None, "folder"),
        ("<meta property=og:url content='http://[broken'>", None, "folder"),
    ],
    ids=["og", "relative", "both", "no host", "no web", "broken"],
)  # fmt: skip
def test_the_address_that_a_page_states_is_its_own(head: str, url: str | None, source: str) -> None:
    clipping = read(f"<head>{head}</head><p>{BODY}", source="folder").clipping
    assert (clipping.url, clipping.source) == (url, source)


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Fees to rise - Orr Post</title>", "<h1>Fees <i>to rise</i></h1>", "Fees to rise"),
        ("<title>Fees to rise | News | Orr Post</title>", "<h1>Fees to rise</h1>", "Fees to rise"),
        ("<title>Fees to rise | Orr Post</title><meta property=og:site_name content='Orr Post'>", "", "Fees to rise"),
        (
            "<meta property=og:title content='Fees — Orr Post'><meta property=og:site_name content='Orr Post'>",
            "",
            "Fees",
        ),
        ("<title>Orr - the film</title>", "<h1>Orr Post</h1>", "Orr - the film"),
        ("<title>Fees - Orr Post</title><meta property=og:site_name content='Vell'>", "", "Fees - Orr Post"),
        ("<title> | Orr Post</title>", "<h1></h1>", "| Orr Post"),
        ("<title>Well-known - and liked</title>", "<h1>Well</h1>", "Well-known - and liked"),
    ],
)
def test_a_title_is_without_the_site_where_the_page_tells_them_apart(head: str, body: str, title: str) -> None:
    assert read(f"<head>{head}</head>{body}<p>{BODY}").clipping.title == title


def test_the_story_text_that_metadata_states_is_marked() -> None:
    script = f'<script type=application/ld+json>{{"@type": "NewsArticle", "articleBody": "{BODY}"}}</script>'
    lines = read(f"<head>{script}</head><p>{BODY}</p><p>Share this story now</p>").lines
    assert [line.stated for line in lines] == [True, False]


def test_a_page_that_a_script_builds_is_read_from_its_metadata() -> None:
    script = '<script type=application/ld+json>{"@type": "NewsArticle", "articleBody": "One.\\n\\n Two. "}</script>'
    page = read(f"<head>{script}</head><body><div id=app></div></body>")
    assert [(line.text, line.stated) for line in page.lines] == [("One.", True), ("Two.", True)]


STORY = "".join(f"<p>{BODY} It was vote number {number}.</p>" for number in range(9))


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(f"push([1, {json.dumps(STORY)}])", id="a string"),
        pytest.param(f"push([1, {json.dumps(STORY)}])".replace("<", "\\u003c"), id="escaped"),
        pytest.param(f"push({json.dumps(json.dumps({'data': {'body': STORY, 'id': 7}}))})", id="JSON as a string"),
        pytest.param(f"var a = 'x\\'y'; state = {json.dumps({'ad': '<p>Buy</p>', 'body': STORY})}", id="among others"),
    ],
)
@pytest.mark.parametrize("extractor", [Extractor.BLOCKS, Extractor.ENSEMBLE])
def test_a_page_that_a_script_builds_is_read_from_the_data_of_its_scripts(script: str, extractor: Extractor) -> None:
    page = read(f"<body><div id=app></div><script>{script}</script>", CleanSettings(extractor=extractor))
    assert [(line.text, line.tag) for line in page.lines] == [
        (f"{BODY} It was vote number {number}.", "p") for number in range(9)
    ]


def test_what_a_page_shows_is_never_replaced_by_the_data_of_its_scripts() -> None:
    assert texts(f"<p>Yes</p><script>push({json.dumps(STORY)})</script>") == ["Yes"]


@pytest.mark.parametrize("string", ["<p>We use cookies.</p><p>Agree</p>", STORY.replace("p>", "b>"), BODY * 9])
def test_notices_and_plain_strings_of_scripts_are_no_story(string: str) -> None:
    with pytest.raises(RecordError, match="no text"):
        read(f"<div id=app></div><script>push({json.dumps(string)})</script>")


def test_the_ensemble_marks_what_trafilatura_takes() -> None:
    story = "".join(f"<p>{BODY} It was vote number {number}.</p>" for number in range(6))
    page = read(f"<nav><a href=x>Home page</a></nav><article>{story}</article>", CleanSettings())
    assert page.lines[0].extracted is False
    assert all(line.extracted for line in page.lines[1:])


@pytest.mark.parametrize("html", ["", "<html></html>", "<script>only()</script>", "<!-- nothing -->", "\x00"])
def test_a_page_without_text_is_an_error_that_says_so(html: str) -> None:
    with pytest.raises(RecordError):
        read(html)


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 5_000 + "deep",
        "<p>unclosed <b>every <i>where",
        "<p>" + "x" * 1_000_000,
        "<p>lone \ud800 surrogate</p>",
        "<p>null \x00 byte</p>",
        "<a href=x>" * 3_000 + "links",
        '<html><script type="application/ld+json">' + "[" * 50_000 + "</script><p>text</p>",
        "<link rel=canonical href='http://[broken'><p>text</p>",
        "<?xml version='1.0' encoding='utf-16'?><p>text</p>",
    ],
    ids=["deep", "unclosed", "long", "surrogate", "null", "links", "json-ld", "canonical", "declared"],
)
def test_hostile_pages_are_read_or_refused(html: str) -> None:
    assert read(html).lines


@given(st.text(alphabet=st.sampled_from("<>/pdivab ='\"&;!-\n\x00é漢"), max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_markup_gives_lines_or_a_record_error(html: str) -> None:
    try:
        page = read(html)
    except RecordError:
        return
    assert all(line.text == " ".join(line.text.split()) and line.text for line in page.lines)
