"""The pipeline in Scrapy: with real crawls of a small site, and item by item."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import clipclean

pytest.importorskip("scrapy", reason="Scrapy is not installed: pip install 'clipclean[scrapy]'")

import attrs
import scrapy
from scrapy.crawler import Crawler
from scrapy.statscollectors import StatsCollector

from clipclean.integrations.scrapy import ClipcleanPipeline, DuplicateItem, EmptyItem

DOCS = Path(__file__).parents[2] / "docs" / "scrapy.md"

FERRY = (
    "TILLBY (Reuters) - The ferry across the Orr stopped for good on Monday, nine hours after the lock opened to cars.",
    '"It carried my grandmother to her wedding," said Per Strand, its last pilot, as he took down the bell.',
    "The lock cost 41 million crowns, twice what the council had planned, and was three years late.",
    "Some 400 people came to the landing to see the last crossing, which took eleven minutes and was free of charge.",
    "The town will keep the ferry as a museum, the mayor said, and it is to open to visitors in May.",
)
RAIN = (
    "Rain fell on Halden for a third day on Monday, and the river rose by a metre, the county said.",
    "Two roads along the bank were closed in the evening, and the school in Vell sent its pupils home at noon.",
    "No one was hurt, but the cellars of thirty houses were under water, and more rain was on its way.",
)
BAKER = (
    "A baker from Halden has won the national prize for rye bread for the third time with a loaf of four days.",
    "The judges praised its crust, which they said could be heard from the other end of the hall.",
)
STORY = "\n".join(RAIN)


def page(source: str, title: str, story: tuple[str, ...]) -> str:
    """A page as a site would give it, with furniture of its own around the story."""
    return (
        f'<html><head><title>{title}</title><meta property="og:site_name" content="{source}"></head><body>'
        f"<nav><a href='/'>Home</a> <a href='/s'>Sport</a></nav><main><h1>{title}</h1>"
        + "".join(f"<p>{paragraph}</p>" for paragraph in story)
        + "<p>Sign up for our morning newsletter</p></main></body></html>"
    )


PAGES = {
    "/halden/ferry": page("Halden Post", "Ferry stops", FERRY),
    "/orr/ferry": page("Orr Gazette", "Last trip of the ferry", FERRY),
    "/vell/ferry": page("Vell Courier", "No more ferry", FERRY[:3]),
    "/tillby/ferry": page("Tillby Times", "The bell is silent", FERRY),
    "/halden/rain": page("Halden Post", "Rain", RAIN),
    "/halden/baker": page("Halden Post", "Bread", BAKER),
    "/orr/gallery": "<html><head><title>Pictures</title></head><body><script>show()</script></body></html>",
}


@dataclass
class Site:
    """A server of PAGES and of front pages that link to them; ``before`` is called with each path first."""

    address: str
    fronts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    before: Callable[[str], object] = lambda path: None


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            found.before(self.path)
            links = found.fronts.get(self.path, ())
            front = "".join(f"<article><a href='{link}'>Read</a></article>" for link in links)
            body = PAGES.get(self.path.partition("?")[0], f"<html><body>{front}</body></html>").encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Site(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Crawl:
    """What came of a crawl: the items by their path, and what was logged."""

    code: int
    items: dict[str, dict[str, Any]]
    log: str

    @property
    def stats(self) -> dict[str, int]:
        return {name: int(count) for name, count in re.findall(r"'clipclean/([\w/-]+)': (\d+)", self.log)}


def crawl(folder: Path, site: Site, *links: str, **settings: object) -> Crawl:
    """Crawl the pages with the spider of the docs, one after the other."""
    (spider,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    front = f"/front/{len(site.fronts)}"
    site.fronts[front] = links
    site.asked.clear()
    (folder / "news.py").write_text(spider.replace("https://halden.example/news", site.address + front))
    given = {"LOG_LEVEL": "INFO", "CONCURRENT_REQUESTS": 1, "TELNETCONSOLE_ENABLED": False, **settings}
    options = [option for name, value in given.items() for option in ("-s", f"{name}={value}")]
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "runspider", "news.py", "-O", "items.jsonl", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "Deprecat" not in done.stderr
    written = folder / "items.jsonl"
    lines = written.read_text(encoding="utf-8").splitlines() if written.exists() else []
    items = {item["url"].removeprefix(site.address): item for item in map(json.loads, lines)}
    return Crawl(done.returncode, items, done.stderr)


@pytest.fixture(scope="module")
def monday(tmp_path_factory: pytest.TempPathFactory, site: Site) -> tuple[Path, Crawl]:
    folder = tmp_path_factory.mktemp("crawl")
    links = ("/halden/ferry", "/orr/ferry", "/vell/ferry", "/halden/rain", "/orr/gallery")
    return folder, crawl(folder, site, *links)


def test_a_crawl_says_of_each_item_what_it_is_a_copy_of(monday: tuple[Path, Crawl]) -> None:
    _, done = monday
    assert done.code == 0, done.log
    said = {path: item["clipclean"] for path, item in done.items.items()}
    assert said.keys() == {"/halden/ferry", "/orr/ferry", "/vell/ferry", "/halden/rain", "/orr/gallery"}
    ferry = [said["/halden/ferry"], said["/orr/ferry"], said["/vell/ferry"]]
    assert sorted(verdict["copy"] for verdict in ferry) == [False, True, True]
    assert len({verdict["cluster"] for verdict in ferry}) == 1
    assert {verdict["relation"] for verdict in ferry} == {None, "exact", "abridgement"}
    assert {verdict["of"] for verdict in ferry if verdict["copy"]} <= {verdict["id"] for verdict in ferry}
    assert not said["/halden/rain"]["copy"]
    assert said["/orr/gallery"]["error"]["kind"] == "no-text"
    assert done.items["/halden/rain"]["text"] == "\n".join(RAIN)
    assert {
        "cleaned": 4,
        "added": 4,
        "copies/exact": 1,
        "copies/abridgement": 1,
        "empty": 1,
    }.items() <= done.stats.items()


def test_a_later_crawl_drops_what_an_earlier_one_had(monday: tuple[Path, Crawl], site: Site) -> None:
    folder, _ = monday
    links = ("/halden/ferry", "/tillby/ferry", "/halden/baker", "/orr/gallery")
    done = crawl(folder, site, *links, CLIPCLEAN_DROP=True)
    assert list(done.items) == ["/halden/baker"], done.log
    assert done.items["/halden/baker"]["clipclean"]["cluster"] == f"{site.address}/halden/baker"
    assert f"{site.address}/halden/ferry: was added to the index before, with the same words" in done.log
    assert re.search(rf"{site.address}/tillby/ferry: copy \(exact\) of {site.address}/(halden|orr)/ferry", done.log)
    assert f"{site.address}/orr/gallery: the page shows no text" in done.log
    assert done.stats == {"cleaned": 3, "added": 2, "known": 1, "copies/exact": 1, "empty": 1}
    assert "'item_dropped_reasons_count/DuplicateItem': 2" in done.log
    assert "'item_dropped_reasons_count/EmptyItem': 1" in done.log


def test_a_crawl_whose_index_fails_is_closed(tmp_path: Path, site: Site) -> None:
    links = [f"/halden/rain?{number}" for number in range(50)]
    broken: list[str] = []

    def break_index(path: str) -> None:
        if path in links and not broken:
            broken.append(path)
            with closing(sqlite3.connect(tmp_path / "clippings.idx")) as file:
                file.execute("DROP TABLE clippings")

    site.before = break_index
    try:
        done = crawl(tmp_path, site, *links)
    finally:
        site.before = lambda path: None
    assert "Closing spider (clipclean_index_failed)" in done.log
    assert "StoreError: clippings.idx: " in done.log
    assert not done.items
    assert len(site.asked) < len(links)


def test_wrong_settings_end_a_crawl_before_the_first_page(tmp_path: Path, site: Site) -> None:
    done = crawl(tmp_path, site, "/halden/rain", CLIPCLEAN_WINDW="42d")
    assert not done.items
    assert "SettingsError: there is no setting 'CLIPCLEAN_WINDW'; did you mean CLIPCLEAN_WINDOW?" in done.log
    assert site.asked == []


@pytest.fixture
def opened() -> Iterator[Callable[..., ClipcleanPipeline]]:
    """Opens pipelines with settings, and closes them at the end."""
    there: list[ClipcleanPipeline] = []

    def make(**settings: object) -> ClipcleanPipeline:
        crawler = Crawler(scrapy.Spider, {f"CLIPCLEAN_{name}": value for name, value in settings.items()})
        crawler.stats = StatsCollector(crawler)
        there.append(ClipcleanPipeline.from_crawler(crawler))
        there[-1].open_spider()
        return there[-1]

    yield make
    for one in there:
        one.close_spider()


Opened = Callable[..., ClipcleanPipeline]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"INDX": "a.idx"}, "there is no setting 'CLIPCLEAN_INDX'; did you mean CLIPCLEAN_INDEX?"),
        ({"KEEP": "longst"}, "CLIPCLEAN_KEEP: there is no 'longst'; did you mean longest?"),
        ({"FOLD": ["exact"]}, "CLIPCLEAN_FOLD: write one name"),
        ({"WINDOW": "a month"}, "window: 'a month'; write a number and h, d or w"),
        ({"PREFER": "reuters.com", "KEEP": "earliest"}, "prefer has no meaning with keep earliest"),
        ({"PRESET": "strict"}, "CLIPCLEAN_PRESET: there is no 'strict'"),
        ({"DROP": "perhaps"}, "CLIPCLEAN_DROP: 'perhaps'; write True or False"),
        ({"DROP": [1]}, "CLIPCLEAN_DROP: [1]; write True or False"),
        ({"FIELDS": {"txt": "body"}}, "field: there is no 'txt'; did you mean text?"),
        ({"FIELDS": {"text": 3}}, "CLIPCLEAN_FIELDS.text: write a text"),
        ({"FIELDS": "text=body"}, "CLIPCLEAN_FIELDS: write a mapping"),
        ({"FIELDS": ["text"]}, "CLIPCLEAN_FIELDS: write a mapping"),
        ({"CONFIG": "nowhere.toml"}, "nowhere.toml: No such file or directory"),
    ],
)
def test_settings_that_cannot_be_used_say_why(opened: Opened, settings: dict[str, object], said: str) -> None:
    with pytest.raises(clipclean.SettingsError, match=re.escape(said)):
        opened(**settings)


def test_an_index_that_cannot_be_used_says_why(opened: Opened, tmp_path: Path) -> None:
    with pytest.raises(clipclean.StoreError, match="it cannot be opened"):
        opened(INDEX=tmp_path / "nowhere" / "clippings.idx")
    opened(INDEX=tmp_path / "clippings.idx").process_item({"url": "u", "text": STORY})
    with pytest.raises(clipclean.StoreError, match="made with other settings: cleaning is"):
        opened(INDEX=tmp_path / "clippings.idx", PRESET="recall")


def test_a_profile_that_cannot_be_read_says_why(opened: Opened) -> None:
    with pytest.raises(clipclean.InputError, match=r"nowhere\.jsonl"):
        opened(PROFILE="nowhere.jsonl")


@dataclass
class AsDataclass:
    url: str
    body: str
    clipclean: dict[str, Any] | None = None


@attrs.define
class AsAttrs:
    url: str
    body: str
    clipclean: dict[str, Any] | None = None


class AsItem(scrapy.Item):
    url = scrapy.Field()
    body = scrapy.Field()
    clipclean = scrapy.Field()


@pytest.mark.parametrize("kind", [dict, AsDataclass, AsAttrs, AsItem])
def test_all_kinds_of_items_are_cleaned(opened: Opened, kind: Any) -> None:
    item = kind(url="https://www.halden.example/rain", body=f"{STORY}\nSign up for our newsletter")
    done = opened().process_item(item)
    assert done is item
    values = done if kind in (dict, AsItem) else {name: getattr(done, name) for name in ("body", "clipclean")}
    assert values["body"] == STORY
    assert values["clipclean"]["source"] == "halden.example"
    assert [line["label"] for line in values["clipclean"]["removed"]] == ["promo"]


def test_without_an_index_nothing_is_said_of_copies(opened: Opened) -> None:
    said = opened(DROP=True)
    for _ in range(2):
        assert "copy" not in said.process_item({"text": STORY})["clipclean"]


def test_what_is_said_can_be_written_by_every_feed_and_restores_the_lines(opened: Opened, tmp_path: Path) -> None:
    text = f"Rain\n\n{STORY}\nSign up for our newsletter"
    item = opened(INDEX=tmp_path / "i").process_item({"url": "https://halden.example/rain", "text": text})
    item = json.loads(json.dumps(item))
    assert clipclean.restore({**item["clipclean"], "text": item["text"]}) == text
    assert "url" not in item["clipclean"]


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({"name": "Mara Lindqvist"}, "dict are not cleaned: no field is known to hold a text or a page"),
        (attrs.make_class("Note", ["text"])(STORY), "Note are not cleaned: it has no field 'clipclean'"),
        (
            attrs.make_class("Story", ["html", "clipclean"])(f"<p>{STORY}</p>", None),
            "Story are not cleaned: it has no field 'text'",
        ),
    ],
)
def test_an_item_that_is_not_meant_goes_on_and_is_named_once(
    opened: Opened, caplog: pytest.LogCaptureFixture, item: Any, said: str
) -> None:
    there = opened(DROP=True)
    before = repr(item)
    for _ in range(2):
        assert repr(there.process_item(item)) == before
    assert [said in record.getMessage() for record in caplog.records] == [True]


@pytest.mark.parametrize(
    ("item", "kind", "said"),
    [
        ({"link": "https://halden.example/1", "text": 17}, "wrong-type", "https://halden.example/1: text is a number"),
        ({"text": 17}, "wrong-type", "item: text is a number"),
        ({"text": STORY}, "no-id", "item: an index knows items by their ids; give it an id or a url"),
    ],
)
def test_an_item_that_cannot_be_used_goes_on_with_its_error(
    opened: Opened, tmp_path: Path, caplog: pytest.LogCaptureFixture, item: dict[str, Any], kind: str, said: str
) -> None:
    done = opened(INDEX=tmp_path / "i", DROP=True).process_item(dict(item))
    assert {name: value for name, value in done.items() if name != "clipclean"} == item
    assert done["clipclean"]["error"]["kind"] == kind
    assert done["clipclean"]["error"]["message"].startswith(said)
    assert said in caplog.text


@pytest.mark.parametrize("text", ["", "Share\nRead more", "<html><body><script>show()</script></body></html>"])
def test_an_item_without_a_story_is_dropped_where_that_is_asked(opened: Opened, tmp_path: Path, text: str) -> None:
    item = {"url": "https://halden.example/gallery", "text": text}
    assert opened(INDEX=tmp_path / "i").process_item(dict(item))["url"] == item["url"]
    with pytest.raises(EmptyItem, match=r"https://halden\.example/gallery: "):
        opened(INDEX=tmp_path / "i", DROP=True).process_item(dict(item))


def test_a_dropped_item_has_its_verdict(opened: Opened, tmp_path: Path) -> None:
    there = opened(INDEX=tmp_path / "i", DROP=True)
    there.process_item({"id": 1, "text": STORY})
    item = {"id": 2, "text": STORY.upper()}
    with pytest.raises(DuplicateItem, match=r"2: copy \(exact\) of 1") as caught:
        there.process_item(item)
    assert caught.value.verdict.of == item["clipclean"]["of"] == "1"


def test_a_page_that_has_changed_is_no_copy_of_itself(opened: Opened, tmp_path: Path) -> None:
    there = opened(INDEX=tmp_path / "i", DROP=True)
    for text in (STORY, f"{STORY}\n{BAKER[0]}"):
        assert not there.process_item({"url": "https://halden.example/rain", "text": text})["clipclean"]["copy"]


@pytest.mark.parametrize(
    ("fields", "story", "said"),
    [
        ({"text": "artikel"}, "artikel", "clipclean"),
        ({"text": "artikel", "clean": "berättelse"}, "berättelse", "clipclean"),
        ({"text": "artikel", "clipclean": "news"}, "artikel", "news"),
        ('{"text": "artikel"}', "artikel", "clipclean"),
    ],
)
def test_fields_can_be_named(opened: Opened, fields: object, story: str, said: str) -> None:
    item = opened(FIELDS=fields).process_item({"artikel": f"{STORY}\nRead more", "text": "none of ours"})
    assert item[story] == STORY
    assert item["text"] == "none of ours"
    assert item[said]["removed"]


def test_nothing_is_said_where_no_field_is_wanted_for_it(opened: Opened) -> None:
    there = opened(FIELDS={"clipclean": ""})
    assert there.process_item({"text": f"{STORY}\nRead more"}) == {"text": STORY}
    assert there.process_item({"text": 17}) == {"text": 17}


def test_a_page_may_be_bytes_and_stays(opened: Opened) -> None:
    raw = page("Halden Post", "Regn på Ørsta", RAIN).encode()
    item = opened().process_item({"url": "https://halden.example/rain", "html": raw})
    assert item["html"] == raw
    assert item["text"] == STORY
    assert item["clipclean"]["title"] == "Regn på Ørsta"


def copies(there: ClipcleanPipeline) -> tuple[bool, bool, str]:
    """Whether a cut copy and one of a month later count as copies, and which is kept of the first two."""
    items = [
        {"url": f"https://{name}.example/", "published": date, "text": "\n".join(story)}
        for name, date, story in (
            ("whole", "2024-03-05", FERRY),
            ("cut", "2024-03-04", FERRY[:3]),
            ("late", "2024-04-04", FERRY),
        )
    ]
    whole, cut, late = (there.process_item(item)["clipclean"] for item in items)
    assert not whole["copy"]
    return cut["copy"], late["copy"], cut["kept"].removeprefix("https://").removesuffix(".example/")


@pytest.mark.parametrize(
    ("file", "settings", "found"),
    [
        ("", {}, (True, True, "whole")),
        ("", {"WINDOW": "7d"}, (True, False, "whole")),
        ("", {"FOLD": "duplicate"}, (False, True, "cut")),
        ("", {"KEEP": "earliest"}, (True, True, "cut")),
        ("", {"PREFER": "cut.example,whole.example"}, (True, True, "cut")),
        ('fold = "exact"\nwindow = "7d"', {}, (False, False, "cut")),
        ('fold = "exact"\nwindow = "7d"', {"FOLD": "abridgement"}, (True, False, "whole")),
        ('keep = "earliest"', {"PREFER": ["whole.example"]}, (True, True, "whole")),
    ],
)
def test_settings_of_scrapy_stand_over_those_of_a_file(
    opened: Opened, tmp_path: Path, file: str, settings: dict[str, object], found: tuple[bool, bool, str]
) -> None:
    (tmp_path / "clipclean.toml").write_text(file)
    there = opened(INDEX=tmp_path / "i", CONFIG=tmp_path / "clipclean.toml", **settings)
    assert copies(there) == found


def test_a_profile_takes_what_recurs_at_a_source(opened: Opened, tmp_path: Path) -> None:
    blurb = "The Halden Post brings you the stories of both banks of the river, every morning but Sunday, for nothing."
    records = [
        {
            "source": "halden.example",
            "published": f"2024-03-{day:02}",
            "text": f"The council of Tillby voted {day} to {day % 7} on Monday to pave road number {day} in May.\n"
            f"Farmers by the river have asked for it since {1900 + day}, when a cart with {day + 11} barrels sank.\n"
            f"{blurb}",
        }
        for day in range(1, 13)
    ]
    clipclean.save_profile(clipclean.learn(records), tmp_path / "profile.jsonl")
    item = {"source": "halden.example", "text": f"{STORY}\n{blurb}"}
    assert opened().process_item(dict(item))["text"] == item["text"]
    assert opened(PROFILE=tmp_path / "profile.jsonl").process_item(dict(item))["text"] == STORY


def test_without_scrapy_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scrapy.exceptions", None)
    monkeypatch.delitem(sys.modules, "clipclean.integrations.scrapy")
    with pytest.raises(ImportError, match=r"needs Scrapy; pip install 'clipclean\[scrapy\]'"):
        import_module("clipclean.integrations.scrapy")
