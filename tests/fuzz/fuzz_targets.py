"""What is fuzzed, with which inputs, and what must hold for each of them.

An input is a function of its number alone, so a finding is reproduced by target and number, on any machine. Inputs are
small files of every kind, changed as files get changed: bytes flipped, pieces cut out, doubled, exchanged with those of
other files, filled with what parsers trip over. hypothesis does the short run in the tests and shrinks what it finds;
``long_run.py`` does the many, without its cost for each.
"""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import json
import lzma
import random
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import zstandard

import clipclean
from clipclean.dates import parse_date
from clipclean.readers import from_record, read
from clipclean.writers import to_json, to_record
from clipclean.writers.names import safe_name

STORY = (
    "Rain fell on Halden for a third day on Monday, and the river Orr rose by almost a metre in the night.\n"
    "Photo: Mara Lindqvist | Reuters\n\nThe mayor, Ida Brand, told everybody by the water to leave. “It is high.”\n"
    "Read more: The bridge at Tillby is closed...\nSubscribe to our newsletter\n(Reporting by Jan Holm)"
)
PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Rain</title>'
    '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Rain", "articleBody": "Rain fell."}'
    "</script></head><body><nav><a href=/>Home</a></nav><article><h1>Rain</h1><figure><img src=a.jpg><figcaption>The "
    "Orr</figcaption></figure>" + "".join(f"<p class=text>{line}</p>" for line in STORY.split("\n")) + "</article>"
    "<aside><ul><li><a href=/x>More</a></ul></aside><footer>© 2031 Harbour Post</footer></body></html>"
)
RECORDS = [
    {"id": "a", "text": STORY, "url": "https://www.halden.example/1", "published": "2031-05-02", "tags": ["rain"]},
    {"id": "b", "html": PAGE, "source": {"name": "Harbour Post"}, "n": 1.5},
]
FEED = (
    '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE rss [<!ENTITY a "ha">]><rss><channel><language>en</language>'
    "<link>https://halden.example</link>"
    f"<item><title>Rain &amp; caf&eacute;</title><link>https://halden.example/1</link><description>{STORY}&a;"
    f"</description></item><item><description><![CDATA[<p>{STORY}</p><p>The post <a>A</a> appeared first "
    "on <a>B</a>.</p>]]></description><link xml:base='b/'>/2</link></item></channel></rss>"
)
NITF = (
    '<nitf><head><docdata><date.issue norm="20310502"/></docdata></head><body><body.head><hedline><hl1>Rain</hl1>'
    "<hl2>Storms</hl2></hedline><note><p>Adds</p></note><byline>By <person>Jo</person><bytag>Orr</bytag></byline>"
    "<abstract>Rain.</abstract></body.head><body.content><block><p>Rain <em>fell</em>.</p><media><media-caption>The Orr"
    f"</media-caption><media-producer>Jo</media-producer></media>{STORY}<p>More</p></block></body.content>"
    "<body.end><tagline>Jo.</tagline></body.end></body></nitf>"
)
MARKDOWN = (
    '---\ntitle: Rain\nurl: https://halden.example/1\n---\n* [Home](/)\n* [News](</n> "N")\n\n# Rain\n\n'
    "![The **Orr**](a_(1).jpg)\n"
    f"> *It* __is__ \\*high\\*.\n\n| a | b |\n|---|:-:|\n```py\nx = 1\n```\n1. one\n***\n{STORY} [More](/x)\n"
)
EXTRACTED = (
    '<doc title="Rain" source="https://halden.example/1" date="2031-05-02"><main><head rend="h2">Rain</head><list>'
    "<item>The <hi>Orr</hi></item></list><table><row><cell>1</cell></row></table><p>Rain<lb/>fell.</p></main><comments>"
    "<p>No</p></comments></doc>"
)
MAIL = (
    b"From: =?utf-8?q?Orr_Post?= <brief@orr.example>\nSubject: =?utf-8?B?UmFpbg==?=\nContent-Type: multipart/mixed;\n"
    b' boundary="a"\n\n--a\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nRain.\n--b\n'
    b"Content-Type: text/html;"
    b" charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n<p>Rain=\n fell=2E</p>\n--b--\n--a\n"
    b"Content-Type: text/plain; format=flowed\nContent-Transfer-Encoding: base64\n\nUmFpbiAKZmVsbC4=\n--a--\n"
)
SETTINGS = (
    'preset = "recall"\nfield = { text = "artikel" }\nwindow = "7d"\nthreshold = 0.7\n[[rules]]\nname = "tides"\n'
    'label = "other"\npattern = \'(?i)^tide at \'\nmax-words = 9\n[source."halden.example"]\nkeep = ["Letters"]\n'
)
TRIPPING = [
    *(
        b"\x00",
        b"\xff",
        b"\xfe\xff",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\\ud800",
        b"\\u0000",
        b"\n",
        b"\r",
        b'"',
        b"'",
    ),
    *(b"<", b">", b"</", b"<!--", b"-->", b"<![CDATA[", b"<script>", b"<p>", b"<table>", b"&#0;", b"&#xd800;", b"&lt"),
    *(b"{", b"}", b"[", b"]", b",", b";", b"\t", b"|", b":", b"NaN", b"1e999", b"-1", b"9" * 40, b"null", b"true"),
    *("\u202e".encode(), "\u2028".encode(), "\u0301".encode() * 9, "漢".encode(), "â€™".encode(), "©".encode()),
    *(
        b"PK\x03\x04",
        b"\x1f\x8b\x08",
        b"WARC/1.0\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"PAR1",
        b"ARROW1",
        b"Content-Length: ",
    ),
    *(b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"../", b"(((((", b"a" * 300, b" " * 300, b"..." * 30, b"| " * 60),
]


def _warc(kind: str, content: bytes, said: str) -> bytes:
    head = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:a>\r\nWARC-Target-URI: https://halden.example/\r\n"
    return f"{head}Content-Type: {said}\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content + b"\r\n\r\n"


def _seeds() -> dict[str, list[bytes]]:
    """Small sound files by the suffix that says how they are read."""
    held = [
        {"_id": "a", "_source": {"markdown": MARKDOWN}},
        {"body": {"summary": [STORY], "sections": [{"text": "No"}]}},
    ]
    nested = b"".join(orjson.dumps(record) + b",\n" for record in held)
    lines = b"".join(orjson.dumps(record) + b"\n" for record in RECORDS)
    flat = [{"id": "a", "text": STORY, "note": "x, y"}, {"id": "b", "text": "Rain\tfell.", "note": 'He said "no"'}]
    table = "id,text,note\n" + "".join(
        ",".join('"' + record[key].replace('"', '""') + '"' for key in ("id", "text", "note")) + "\n" for record in flat
    )
    arrow, parquet, feather = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with pa.ipc.new_stream(arrow, pa.Table.from_pylist(flat).schema) as writer:
        writer.write_table(pa.Table.from_pylist(flat))
    pyarrow.parquet.write_table(pa.Table.from_pylist(flat), parquet)
    pyarrow.feather.write_feather(pa.Table.from_pylist(flat), feather, compression="uncompressed")
    page = PAGE.encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
    packed = gzip.compress(page, mtime=0)
    warc = _warc("response", answer + b"\r\n" + page, "application/http; msgtype=response")
    warc += _warc("response", answer + b"Content-Encoding: gzip\r\n\r\n" + packed, "application/http")
    warc += _warc(
        "response",
        answer + b"Transfer-Encoding: chunked\r\n\r\n5\r\n<p>Ra\r\n4\r\nin.\n\r\n0\r\n\r\n",
        "application/http",
    )
    warc += _warc("conversion", STORY.encode(), "text/plain")
    zipped, tarred = io.BytesIO(), io.BytesIO()
    members = {"a/story.txt": STORY.encode(), "b.jsonl": lines, "c.html.gz": packed}
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    with tarfile.open(fileobj=tarred, mode="w") as archive:
        for name, data in members.items():
            header = tarfile.TarInfo(name)
            header.size = len(data)
            archive.addfile(header, io.BytesIO(data))
    return {
        ".md": [MARKDOWN.encode(), STORY.encode()],
        ".txt": [
            STORY.encode(),
            f"Title: Rain\nDate: 2031-05-02\nURL: /1\n\n{STORY}".encode(),
            STORY.encode("utf-16"),
            STORY.encode("cp1252", "replace"),
        ],
        ".html": [page, PAGE.encode("cp1252", "replace")],
        ".jsonl": [lines, b'"Rain fell."\n', nested],
        ".json": [json.dumps(RECORDS).encode(), json.dumps({"articles": RECORDS}, indent=1).encode()],
        ".csv": [table.encode(), b"sep=;\nid;text\na;Rain fell.\n"],
        ".tsv": [b'id\ttext\na\tRain "fell.\nb\tSnow\n'],
        ".parquet": [parquet.getvalue()],
        ".arrow": [arrow.getvalue()],
        ".feather": [feather.getvalue()],
        ".warc": [warc],
        ".xml": [FEED.encode(), FEED.replace("utf-8", "utf-16").encode("utf-16"), NITF.encode(), EXTRACTED.encode()],
        ".eml": [MAIL, f"Subject: Rain\n\n{STORY}".encode()],
        ".mbox": [b"".join(b"From - Mon Mar  4 06:00:00 2024\n" + MAIL + b"\n" for _ in range(2))],
        ".zip": [zipped.getvalue()],
        ".tar": [tarred.getvalue()],
        ".jsonl.gz": [gzip.compress(lines, mtime=0)],
        ".jsonl.bz2": [bz2.compress(lines)],
        ".jsonl.xz": [lzma.compress(lines)],
        ".jsonl.zst": [zstandard.compress(lines)],
    }


SEEDS = _seeds()
ALL = [seed for seeds in SEEDS.values() for seed in seeds]


def changed(data: bytes, chance: random.Random, others: Sequence[bytes] = ALL) -> bytes:
    """The data with one to eight changes of the kinds that break parsers."""
    buffer = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 5, 8))):
        at = chance.randrange(len(buffer) + 1)
        end = min(len(buffer), at + chance.choice((1, 2, 4, 16, 64, 256)))
        match chance.randrange(8):
            case 0 if at < len(buffer):
                buffer[at] ^= 1 << chance.randrange(8)
            case 1 if at < len(buffer):
                buffer[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
            case 2:
                del buffer[at:end]
            case 3:
                buffer[at:at] = buffer[at:end] * chance.choice((1, 2, 9))
            case 4:
                other = chance.choice(others)
                start = chance.randrange(len(other))
                buffer[at:end] = other[start : start + chance.choice((4, 32, 256))]
            case 5:
                del buffer[at:]
            case _:
                buffer[at:end] = chance.choice(TRIPPING)
    return bytes(buffer[:20_000])


def text_of(chance: random.Random) -> str:
    return changed(STORY.encode(), chance).decode("utf-8", chance.choice(("replace", "surrogateescape", "ignore")))


def page_of(chance: random.Random) -> str:
    return changed(PAGE.encode(), chance).decode("utf-8", chance.choice(("replace", "surrogateescape", "ignore")))


def file_of(suffix: str, chance: random.Random) -> bytes:
    return changed(chance.choice(SEEDS[suffix]), chance)


def value_of(chance: random.Random, depth: int = 0) -> Any:
    match chance.randrange(11 if depth < 3 else 8):
        case 0:
            return None
        case 1:
            return chance.choice((True, 0, -1, 2**63, 10**400, 1.5, float("nan"), float("inf")))
        case 2:
            return changed(b"2031-05-02T10:00:00Z", chance).decode("utf-8", "surrogateescape")
        case 3:
            return changed(STORY.encode(), chance)
        case 4:
            return "https://" + text_of(chance)[:60]
        case 5 | 6:
            return text_of(chance)
        case 7:
            return page_of(chance)[:400]
        case 8:
            return [value_of(chance, depth + 1) for _ in range(chance.randrange(4))]
        case _:
            return record_of(chance, depth + 1)


KEYS = [
    "id",
    "text",
    "html",
    "url",
    "source",
    "title",
    "published",
    "lang",
    "body",
    "metadata",
    "Content",
    "page",
    "x",
    "",
]


def record_of(chance: random.Random, depth: int = 0) -> dict[str, Any]:
    return {chance.choice(KEYS): value_of(chance, depth) for _ in range(chance.randrange(1, 6))}


def check_read(suffix: str, files: Sequence[bytes]) -> None:
    """Reading a file gives clippings that can be written and failures of kinds that are documented."""
    for data in files:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, f"fuzz{suffix}")
            path.write_bytes(data)
            items = list(read([path]))
        assert items, "a file vanished"
        for item in items:
            if isinstance(item, clipclean.Failure):
                assert item.kind != "unexpected", item.message
                orjson.dumps([item.kind, item.message, item.id, str(item.origin)])
            else:
                assert item.text or item.html
                orjson.dumps([item.id, item.text, item.html, item.title, item.source, dict(item.meta), item.notes])


def check_cleaned(records: Sequence[Any], settings: clipclean.CleanSettings | None = None) -> None:
    """Cleaning gives one result for each record; each line is in it once; what fails, fails in a documented way."""
    results = list(clipclean.clean_many(records, settings=settings))
    assert len(results) == len(records), "the counts do not add up"
    for result in results:
        if result.error is not None:
            assert result.error.kind != "cleaning-failed", result.error.message
            continue
        assert [line.number for line in result.lines] == list(range(1, len(result.lines) + 1))
        record = json.loads(to_json(to_record(result)))
        if result.clipping.text is not None:
            assert clipclean.restore(record) == "\n".join(line.text for line in result.lines), "it cannot be restored"


def check_records(records: Sequence[Any]) -> None:
    """A record is a clipping that can be written, or a RecordError."""
    for record in records:
        try:
            clipping = from_record(record)
        except clipclean.RecordError:
            continue
        assert clipping.text or clipping.html
        orjson.dumps([clipping.id, clipping.text, clipping.html, clipping.url, dict(clipping.meta), clipping.notes])
        parse_date(clipping.published)
        assert len(safe_name(clipping.id).encode()) <= 250


def check_loaded(load: Callable[[Path], Any], files: Sequence[bytes]) -> None:
    """A file of ours is what it should be, or a ClipcleanError."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "fuzz.toml")
        for data in files:
            path.write_bytes(data)
            try:
                load(path)
            except clipclean.ClipcleanError:
                continue


def _profile() -> bytes:
    stories = [
        {
            "source": "halden.example",
            "published": f"2031-05-{day:02}",
            "text": f"{STORY}\nNumber {day} of the day.\nShare",
        }
        for day in range(1, 10)
    ]
    with tempfile.TemporaryDirectory() as folder:
        clipclean.save_profile(clipclean.learn(stories), path := Path(folder, "profile.jsonl"))
        return path.read_bytes()


def _index() -> bytes:
    """A small index; what SQLite does not need of its pages is taken out, so that changes meet what it holds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.idx")
        with clipclean.Index.open(path, store_text=True) as index:
            list(index.add_many({"id": f"{number}", "text": f"{STORY} {number % 3}"} for number in range(6)))
        return path.read_bytes()


def check_index(files: Sequence[bytes]) -> None:
    """An index is what it should be, or a ClipcleanError, whatever is done with it."""
    for data in files:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "a.idx")
            path.write_bytes(data)
            try:
                with clipclean.Index.open(path) as index:
                    for use in (
                        index.verify,
                        index.stats,
                        lambda index=index: list(index),
                        lambda index=index: index.check(STORY, id="x"),
                        lambda index=index: index.add({"id": "1", "text": STORY}),
                        lambda index=index: index.export(Path(folder, "a.parquet")),
                        lambda index=index: index.remove("2"),
                        lambda index=index: index.expire("2030-01-01"),
                    ):
                        with contextlib.suppress(clipclean.ClipcleanError):
                            use()
            except clipclean.ClipcleanError:
                continue


def check_export(files: Sequence[bytes]) -> None:
    """What is taken in is an export, or a ClipcleanError, and then nothing of it is there."""
    with tempfile.TemporaryDirectory() as folder, clipclean.Index.open(Path(folder, "a.idx")) as index:
        path = Path(folder, "a.parquet")
        for data in files:
            path.write_bytes(data)
            before = len(index)
            try:
                index.load(path)
            except clipclean.ClipcleanError:
                assert len(index) == before
        assert index.verify() == []


def _export() -> bytes:
    with tempfile.TemporaryDirectory() as folder, clipclean.Index.open(Path(folder, "a.idx")) as index:
        list(index.add_many({"id": f"{number}", "text": f"{STORY} {number % 3}"} for number in range(6)))
        index.export(path := Path(folder, "a.parquet"))
        return path.read_bytes()


class Target(NamedTuple):
    """How an input is made by chance, how inputs are checked, and its share of the inputs of a long run."""

    make: Callable[[random.Random], Any]
    check: Callable[[Sequence[Any]], None]
    share: int


BLOCKS = clipclean.CleanSettings(extractor=clipclean.Extractor.BLOCKS)
PROFILE, INDEX, EXPORT = _profile(), _index(), _export()
TARGETS = {
    **{f"read {suffix}": Target(partial(file_of, suffix), partial(check_read, suffix), 40) for suffix in SEEDS},
    "record": Target(record_of, check_records, 100),
    "clean text": Target(text_of, check_cleaned, 100),
    "clean page by blocks": Target(
        lambda chance: {"html": page_of(chance) or "<p>"}, partial(check_cleaned, settings=BLOCKS), 80
    ),
    "clean page": Target(lambda chance: {"html": page_of(chance) or "<p>"}, check_cleaned, 30),
    "settings file": Target(
        lambda chance: changed(SETTINGS.encode(), chance), partial(check_loaded, clipclean.load_settings), 25
    ),
    "index": Target(lambda chance: changed(INDEX, chance), check_index, 40),
    "index export": Target(lambda chance: changed(EXPORT, chance), check_export, 40),
    "profile": Target(lambda chance: changed(PROFILE, chance), partial(check_loaded, clipclean.load_profile), 25),
}


def input_of(target: str, number: int) -> Any:
    """The input of this number, always the same."""
    return TARGETS[target].make(random.Random(f"{target} {number}"))
