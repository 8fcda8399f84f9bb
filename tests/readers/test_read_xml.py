"""Feeds and documents of agencies: what becomes a clipping, and what is told of what does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import clipclean
from clipclean.model import Clipping, Failure

Read = Callable[..., list[Clipping | Failure]]

RSS = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:media="http://search.yahoo.com/mrss/"><channel><title>Vell Courier</title><language>en-gb</language>
<item><title>Caf&eacute; R&B</title><link>https://www.vell.example/1</link><guid>vell-1</guid>
<pubDate>Mon, 04 Mar 2024 10:00:00 GMT</pubDate><dc:creator>Mara Lind</dc:creator><category>Harbour</category>
<media:content url="a.jpg"><media:title>A picture</media:title><media:description>The quay.</media:description>
</media:content>
<description>The ferry returns.</description>
<content:encoded><![CDATA[<p>The ferry returns on Monday &amp; stays.</p>]]></content:encoded></item>
<item><guid>https://vell.example/2</guid><description>Rain fell on Tromsø.</description></item>
<item><title>Nothing</title></item></channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Orr</title>
<entry><id>urn:1</id><title>Brücke</title><link rel="self" href="https://orr.example/feed"/>
<link href="https://orr.example/bruecke"/><published>2024-03-04T10:00:00Z</published><updated>2024-03-05</updated>
<author><name>Jon Falk</name><uri>https://orr.example/falk</uri></author><summary>Kurz.</summary>
<content type="html">&lt;p&gt;Die Brücke bleibt zu.&lt;/p&gt;</content></entry>
<entry><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Sie ist <b>offen</b>.</p></div></content>
</entry>
<entry><summary type="text">Regen, 5 &lt; 7.</summary></entry></feed>"""

NITF = """<!DOCTYPE nitf SYSTEM "nitf-3-3.dtd">
<nitf><head><title>Ferry</title><docdata><date.issue norm="20240304T100000Z"/><doc-id id-string="x-77"/></docdata>
</head>
<body><body.head><hedline><hl1>Ferry runs again</hl1></hedline><byline>By <person>Mara Lind</person></byline>
<dateline><location>VELL</location></dateline></body.head><body.content><block><p>The ferry <em>Alva</em> will run again
from Monday.</p><media media-type="image"><media-reference source="a.jpg"/><media-caption>The quay in Vell. (Photo: Jon
Falk)</media-caption></media><hl2>Tickets</hl2><p>They stay valid.</p><table><tr><td>Vell</td><td>9.00</td></tr></table>
</block></body.content></body></nitf>"""


def entries(items: list[Clipping | Failure]) -> list[Clipping]:
    return [item for item in items if isinstance(item, Clipping)]


def pages(items: list[Clipping | Failure]) -> list[tuple[str, str | None, str | None]]:
    return [
        (item.id, item.html, item.text) if isinstance(item, Clipping) else (item.kind, None, None) for item in items
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "utf-16"])
def test_each_entry_of_a_feed_is_a_clipping_with_its_fullest_body(read_file: Read, encoding: str) -> None:
    ferry, rain, nothing = read_file("feed.xml", RSS.format(encoding=encoding).encode(encoding))
    assert isinstance(ferry, Clipping)
    assert (ferry.html, ferry.text) == ("<p>The ferry returns on Monday &amp; stays.</p>", None)
    assert (ferry.url, ferry.source, ferry.title) == ("https://www.vell.example/1", "vell.example", "Café R&B")
    assert (ferry.published, ferry.lang) == ("Mon, 04 Mar 2024 10:00:00 GMT", "en-gb")
    assert ferry.meta == {"entry_id": "vell-1", "author": "Mara Lind", "categories": ["Harbour"]}
    assert isinstance(rain, Clipping)
    assert (rain.url, rain.text) == ("https://vell.example/2", "Rain fell on Tromsø.")
    assert isinstance(nothing, Failure)
    assert (nothing.kind, nothing.origin.record) == ("empty-text", 3)


def test_atom_holds_text_html_and_elements(read_file: Read) -> None:
    first, *rest = read_file("feed.atom", ATOM)
    assert isinstance(first, Clipping)
    assert (first.html, first.url, first.lang) == ("<p>Die Brücke bleibt zu.</p>", "https://orr.example/bruecke", "de")
    assert (first.published, first.meta["author"]) == ("2024-03-04T10:00:00Z", "Jon Falk")
    assert [(html or "")[-32:] for _, html, _ in pages(rest)] == ["<p>Sie ist <b>offen</b>.</p></div>"[-32:], ""]
    assert pages(rest)[1][2] == "Regen, 5 < 7."


def test_the_same_entry_in_two_copies_of_a_feed_folds(read_file: Read) -> None:
    story = "<p>The ferry to Vellsund will run again from Monday, the harbour office said after a week of storms.</p>"
    feed = f"<rss><channel><item><guid>1</guid><description><![CDATA[{story}]]></description></item></channel></rss>"
    items = [*read_file("monday.rss", feed), *read_file("tuesday.rss", feed)]
    found = clipclean.dedup(items)
    assert [fold.relation and fold.relation.value for fold in found.folds] == [None, "exact"]


def test_a_document_of_an_agency_is_a_page_whose_captions_are_told(read_file: Read) -> None:
    [document] = read_file("a.nitf", NITF)
    assert isinstance(document, Clipping)
    assert document.id.endswith("a.nitf")
    assert (document.title, document.published) == ("Ferry runs again", "20240304T100000Z")
    assert document.meta == {"document_id": "x-77", "dateline": "VELL"}
    [cleaned] = clipclean.clean_many([document])
    assert cleaned.text.split("\n")[0] == "The ferry Alva will run again from Monday."
    assert [(caption.text, caption.credit) for caption in cleaned.captions] == [("The quay in Vell.", "Jon Falk")]
    assert "<p>Vell 9.00</p>" in (document.html or "")


def nitf(head: str = "", body: str = "", end: str = "") -> str:
    story = f"<p>The ferry Alva will run again from Monday, the harbour office in Vell said.</p>{body}"
    return (
        f"<nitf><body><body.head>{head}</body.head><body.content>{story}</body.content>"
        f"<body.end>{end}</body.end></body></nitf>"
    )


def lines_of(read_file: Read, document: str) -> list[str]:
    """The lines that cleaning sees of a document, the story's first one left out."""
    [cleaned] = clipclean.clean_many(read_file("a.nitf", document))
    return [line.text for line in cleaned.lines if not line.text.startswith("The ferry Alva will")]


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("<hedline><hl1>Ferry</hl1><hl2>Storms are over</hl2></hedline>", "Storms are over"),
        ("<note type='hd'><body.content><p>Adds a detail.</p></body.content></note>", "Adds a detail."),
        ("<abstract><p>After the storms it sails.</p></abstract>", "After the storms it sails."),
        ("<abstract>After the storms it sails.</abstract>", "After the storms it sails."),
        ("<rights>© 2024 Nordwire</rights>", "© 2024 Nordwire"),
        ("<byline>By <person>Jo Lind</person><bytag>Nordwire</bytag></byline>", "By Jo Lind, Nordwire"),
        ("<byline>By <person>Jo Lind</person>\n<byttl>Reporter</byttl> in Orr</byline>", "By Jo Lind, Reporter in Orr"),
        ("<byline>By <byttl>Reporter</byttl> <person>Jo Lind</person></byline>", "By Reporter Jo Lind"),
        ("<byline><person><name.given>Jo</name.given><name.family>Lind</name.family></person></byline>", "Jo Lind"),
    ],
)
def test_no_words_of_a_head_vanish(read_file: Read, head: str, line: str) -> None:
    assert lines_of(read_file, nitf(head)) == [line]


def test_the_end_of_a_document_and_all_its_bodies_are_lines(read_file: Read) -> None:
    end = "<tagline>Nordwire writer Jo Brandt contributed.</tagline><bibliography>A. Holm, Ferries</bibliography>"
    document = nitf(end=end).replace("<body.end>", "<body.content><p>One<br/>two.</p></body.content><body.end>")
    assert lines_of(read_file, document) == ["One two.", "Nordwire writer Jo Brandt contributed.", "A. Holm, Ferries"]


def test_who_distributes_a_document_and_its_series_are_facts(read_file: Read) -> None:
    head = "<distributor>Nordwire</distributor><dateline>VELL</dateline><series series.name='Islands' series.part='2'/>"
    [document] = entries(read_file("a.nitf", nitf(head)))
    assert document.meta == {"dateline": "VELL", "distributor": "Nordwire", "series": "Islands"}


@pytest.mark.parametrize(
    ("media", "line"),
    [
        ("<media-caption>The quay.</media-caption><media-producer>Jon Falk</media-producer>", "The quay. (Jon Falk)"),
        ("<media-caption>The quay. (NW/Jon Falk)</media-caption><media-producer>Jon Falk</media-producer>",
         "The quay. (NW/Jon Falk)"),
        ("<media-caption><p>The quay.</p><p>It is old.</p></media-caption>", "The quay. It is old."),
        ("<media-object encoding='base64'>QUJD</media-object><media-producer>Jon Falk</media-producer>", "Jon Falk"),
    ],
    ids=["beside", "in it", "paragraphs", "alone"],
)  # fmt: skip
def test_a_picture_is_one_line_with_its_maker(read_file: Read, media: str, line: str) -> None:
    [document] = entries(read_file("a.nitf", nitf(body=f"<media>{media}</media>")))
    assert f"<figure><figcaption>{line}</figcaption></figure></article>" in (document.html or "")


def test_the_maker_of_a_picture_is_its_credit(read_file: Read) -> None:
    media = "<media><media-caption>The quay.</media-caption><media-producer>Jon Falk</media-producer></media>"
    [cleaned] = clipclean.clean_many(read_file("a.nitf", nitf(body=media)))
    assert [(caption.text, caption.credit) for caption in cleaned.captions] == [("The quay.", "Jon Falk")]


def test_a_message_holds_several_documents(read_file: Read) -> None:
    inner = "".join(
        f"<newsItem guid='g{n}' xml:lang='en'><itemMeta><versionCreated>2024-03-0{n}</versionCreated></itemMeta>"
        f"<contentMeta><headline>Day {n}</headline></contentMeta><contentSet><inlineXML><html><head><title>no</title>"
        f"</head><body><p>Rain fell on day {n}.</p></body></html></inlineXML></contentSet></newsItem>"
        for n in (1, 2)
    )
    items = read_file("a.xml", f"<newsMessage><itemSet>{inner}</itemSet></newsMessage>")
    assert [html for _, html, _ in pages(items)] == [f"<article><p>Rain fell on day {n}.</p></article>" for n in (1, 2)]
    assert [(item.title, item.published, item.lang) for item in items if isinstance(item, Clipping)] == [
        ("Day 1", "2024-03-01", "en"),
        ("Day 2", "2024-03-02", "en"),
    ]
    assert len({item.id for item in items if isinstance(item, Clipping)}) == 2


@pytest.mark.parametrize(
    ("content", "kinds"),
    [
        ("<urlset><url><loc>x</loc></url></urlset>", ["unknown-xml"]),
        ("no XML at all", ["broken-xml"]),
        ("", ["broken-xml"]),
        ("<rss><channel></channel></rss>", ["no-records"]),
        ("<html><body><p>Rain fell.</p></body></html>", ["a.xml"]),
        ("<rss><item><summary>Rain</summary></item></rss>\n<!-- cached --> <!-- 2 s -->\n", ["a.xml#1"]),
        (RSS.format(encoding="utf-8")[:-40], ["a.xml#1", "a.xml#2", "empty-text", "truncated"]),
        ("<nitf><body><body.content/></body></nitf>", ["empty-text"]),
    ],
    ids=["sitemap", "text", "empty", "no entry", "page", "comments", "cut", "no story"],
)
def test_what_is_no_clipping_is_told(read_file: Read, content: str, kinds: list[str]) -> None:
    found = read_file("a.xml", content)
    assert [item.kind if isinstance(item, Failure) else item.id.rpartition("/")[2] for item in found] == kinds


def test_entities_of_its_own_are_not_expanded(read_file: Read, write: Callable[[str, str], object]) -> None:
    write("secret.txt", "the secret")
    declared = '<!DOCTYPE rss [<!ENTITY a "haha"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "secret.txt">]>'
    [item] = read_file(
        "a.xml", f"{declared}<rss><item><description>Rain &b;&c; fell &amp; &#252;.</description></item></rss>"
    )
    assert isinstance(item, Clipping)
    assert item.text == "Rain &b;&c; fell & ü."


def test_depth_and_number_of_elements_are_bounded(read_file: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = "<a>" * 100_000 + "Rain" + "</a>" * 100_000
    found = read_file("deep.xml", f"<rss><item><description>{deep}</description></item></rss>")
    assert found
    assert not [item for item in found if isinstance(item, Failure) and item.kind == "unexpected"]
    monkeypatch.setattr("clipclean.readers.xml_file.MOST_TAGS", 100)
    [failure] = read_file("many.xml", f"<rss>{'<a/>' * 100}</rss>")
    assert isinstance(failure, Failure)
    assert failure.kind == "too-large"


@pytest.mark.parametrize(
    ("title", "seen"),
    [
        ('<title type="html">Br&amp;uuml;cke &amp;bdquo;Alt&amp;ldquo; &lt;b&gt;zu&lt;/b&gt;&lt;br/&gt;bis Mai</title>',
         "Brücke „Alt“ zu bis Mai"),
        ("<title>5 &lt; 7 &amp;amp; 8</title>", "5 < 7 &amp; 8"),
        ('<title type="text">How &amp;uuml; is &lt;b&gt; written</title>', "How &uuml; is <b> written"),
        ('<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">The <b>Alva</b> sails</div></title>',
         "The Alva sails"),
    ],
    ids=["html", "untyped", "text", "xhtml"],
)  # fmt: skip
def test_a_title_in_atom_is_what_its_type_says(read_file: Read, title: str, seen: str) -> None:
    [entry] = entries(read_file("a.atom", f"<feed><entry>{title}<summary>Rain fell.</summary></entry></feed>"))
    assert entry.title == seen


def test_what_an_rss_feed_escapes_twice_is_read_as_it_is_meant(read_file: Read) -> None:
    items = "".join(
        f"<item><title>{title}</title><description>{title} today.</description></item>"
        for title in (
            "Caf&amp;eacute; &amp;#8220;Orr&amp;#8221; shut",
            "<![CDATA[Fish &amp; chips]]>",
            "R&amp;B; 5 &lt; 7",
        )
    )
    found = entries(read_file("a.rss", f"<rss><channel>{items}</channel></rss>"))
    assert [entry.title for entry in found] == ["Café “Orr” shut", "Fish & chips", "R&B; 5 < 7"]
    assert [entry.text for entry in found] == [f"{entry.title} today." for entry in found]


@pytest.mark.parametrize(
    ("feed", "url", "source"),
    [
        ('<feed xml:base="https://orr.example/"><entry xml:base="town/"><link href="lock"/>{}</entry></feed>',
         "https://orr.example/town/lock", "orr.example"),
        ('<feed xml:base="/de/"><link href="https://orr.example"/><entry><link href="lock"/>{}</entry></feed>',
         "https://orr.example/de/lock", "orr.example"),
        ('<feed><link rel="self" href="https://orr.example/feed"/><entry><link href="lock"/>{}</entry></feed>',
         "https://orr.example/lock", "orr.example"),
        ("<rss><channel><link>https://www.vell.example/</link><item><link>/2024/lock</link>{}</item></channel></rss>",
         "https://www.vell.example/2024/lock", "vell.example"),
        ("<rss><channel><link>https://vell.example</link><item><link>//orr.example/a</link>{}</item></channel></rss>",
         "https://orr.example/a", "orr.example"),
        ("<rss><channel><link>https://vell.example</link><item>{}</item></channel></rss>", None, "vell.example"),
        ("<rss><channel><link>https://[vell</link><item><link>/a</link>{}</item></channel></rss>", "/a", "folder"),
        ("<rss><channel><item><link>/a</link>{}</item></channel></rss>", "/a", "folder"),
    ],
    ids=["bases", "base and site", "self", "channel", "no scheme", "no link", "broken", "unknown"],
)  # fmt: skip
def test_short_links_are_resolved_against_the_feed(
    read_file: Read, tmp_path: Path, feed: str, url: str | None, source: str
) -> None:
    [entry] = entries(read_file("a.xml", feed.format("<description>Rain fell.</description>")))
    assert (entry.url, entry.source) == (url, tmp_path.name if source == "folder" else source)


FOOTER = '<p>The post <a href="/1">The lock opens</a> appeared first on <a href="/">Tillby Week</a>.</p>'
LOCK = (
    "<p>The new lock in Tillby opened to boats on Monday, nine months after the old one was closed for good.</p>"
    "<p>It cost 41 million crowns, twice what the council had planned, said its chairman, Per Strand.</p>"
)


def test_the_footer_that_a_feed_adds_is_taken_and_listed(read_file: Read) -> None:
    item = f"<item><content:encoded><![CDATA[{LOCK}{FOOTER}\n]]></content:encoded></item>"
    [entry] = read_file("a.rss", f'<rss xmlns:content="c"><channel>{item}</channel></rss>')
    [cleaned] = clipclean.clean_many([entry])
    assert cleaned.text.count("\n") == 1
    assert [line.text for line in cleaned.removed] == ["The post The lock opens appeared first on Tillby Week."]


@pytest.mark.parametrize(
    "page",
    [
        f"{FOOTER}{LOCK}",
        f"{LOCK}{FOOTER}So it did.",
        f"{LOCK}<p>The post was the first to come by boat, and it appeared first on the quay.</p>",
        f"{LOCK}<p>The post <a>office</a> opens in May.</p>",
    ],
    ids=["above", "inside", "no link", "no footer"],
)
def test_other_paragraphs_are_no_footer_of_a_feed(read_file: Read, page: str) -> None:
    [entry] = entries(read_file("a.rss", f"<rss><item><description><![CDATA[{page}]]></description></item></rss>"))
    assert entry.html == page
