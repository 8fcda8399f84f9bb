from __future__ import annotations

import gzip
import zlib

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clipclean.model import Clipping, Failure
from clipclean.readers import read

PAGE = "<html><body><p>Es schneite in Grünau.</p></body></html>"


def record(
    kind: str, block: bytes, media: str = "application/http; msgtype=response", number: int = 1, **extra: str
) -> bytes:
    headers = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:00000000-0000-4000-8000-{number:012d}>",
        "WARC-Date": "2031-05-02T07:00:00Z",
        "WARC-Target-URI": f"https://www.harbourpost.example/{number}",
        "Content-Type": media,
        "Content-Length": str(len(block)),
    }
    headers |= {name.replace("_", "-"): value for name, value in extra.items()}
    return (
        b"WARC/1.0\r\n" + "".join(f"{n}: {v}\r\n" for n, v in headers.items()).encode() + b"\r\n" + block + b"\r\n\r\n"
    )


def http(body: bytes, media: str = "text/html; charset=utf-8", status: str = "200 OK", **extra: str) -> bytes:
    headers = {"Content-Type": media} | {name.replace("_", "-"): value for name, value in extra.items()}
    return (
        f"HTTP/1.1 {status}\r\n".encode()
        + "".join(f"{n}: {v}\r\n" for n, v in headers.items()).encode()
        + b"\r\n"
        + body
    )


INFO = record("warcinfo", b"software: crawler", "application/warc-fields", number=90)


def shown(items):
    return [item.kind if isinstance(item, Failure) else item.html or item.text for item in items]


def test_a_page_is_a_clipping_with_what_the_headers_say(read_file):
    [clipping] = read_file("a.warc", INFO + record("response", http(PAGE.encode())))
    assert clipping.html == PAGE
    assert clipping.id == "urn:uuid:00000000-0000-4000-8000-000000000001"
    assert clipping.url == "https://www.harbourpost.example/1"
    assert clipping.source == "harbourpost.example"
    assert clipping.published is None  # the page may say; the crawl does not know
    assert clipping.meta == {"warc_date": "2031-05-02T07:00:00Z"}
    assert clipping.origin.record == 2
    assert clipping.notes == ("warc: no pages and left out in this file: 1 warcinfo",)


@pytest.mark.parametrize("name", ["a.wet", "a.warc", "a.warc.wet"])
def test_an_extracted_text_is_a_clipping(read_file, name):
    data = record("conversion", b"Rain fell.", "text/plain", WARC_Identified_Content_Language="eng,deu")
    [clipping] = read_file(name, data)
    assert (clipping.text, clipping.lang, clipping.published) == ("Rain fell.", "eng", "2031-05-02T07:00:00Z")
    assert "published: date of the crawl" in clipping.notes


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_records_packed_one_by_one_are_read(read_file, pack):
    data = b"".join(pack(record("conversion", f"Rain {n}.".encode(), "text/plain", n)) for n in range(5))
    assert shown(read_file("a.warc.gz" if pack is gzip.compress else "a.warc.zst", data)) == [
        f"Rain {n}." for n in range(5)
    ]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (gzip.compress(PAGE.encode()), {"Content_Encoding": "gzip"}),
        (PAGE.encode(), {"Content_Encoding": "gzip"}),  # taken off by the crawler, which kept the header
        (zlib.compress(PAGE.encode()), {"Content_Encoding": "deflate"}),
        (zstandard.compress(PAGE.encode()), {"Content_Encoding": "zstd"}),
        (b"%x\r\n%s\r\n0\r\n\r\n" % (len(PAGE.encode()), PAGE.encode()), {"Transfer_Encoding": "chunked"}),
        (b"5;x=y\r\n<html\r\n1\r\n>\r\n0\r\n\r\n", {"Transfer_Encoding": "chunked"}),
        (PAGE.encode(), {"Transfer_Encoding": "chunked"}),
    ],
)
def test_the_codings_of_a_page_are_undone(read_file, body, headers):
    [html] = shown(read_file("a.warc", record("response", http(body, **headers))))
    assert html in (PAGE, "<html>")


@pytest.mark.parametrize(
    ("encoding", "media", "meta"),
    [
        ("cp1252", "text/html; charset=iso-8859-1", ""),
        ("cp1252", "text/html", '<meta charset="windows-1252">'),
        ("cp1252", "text/html; charset=windows-1252", '<meta charset="utf-8">'),
        ("utf-8", 'text/html; charset="utf-8"', ""),
        ("cp1252", "application/xhtml+xml", '<?xml version="1.0" encoding="iso-8859-1"?>'),
    ],
)
def test_the_encoding_is_that_of_the_header_and_then_that_of_the_page(read_file, encoding, media, meta):
    body = f"{meta}<p>“Es schneite” in Grünau.</p>"
    assert shown(read_file("a.warc", record("response", http(body.encode(encoding), media)))) == [body]


def test_what_is_no_page_is_counted_on_the_last_clipping(read_file):
    data = [
        INFO,
        record("request", b"GET / HTTP/1.1\r\n\r\n", "application/http; msgtype=request"),
        record("response", http(PAGE.encode()), number=2),
        record("response", http(b"\xff\xd8\xff", "image/jpeg"), number=3),
        record("response", http(b"\xff\xd8\xff", "image/jpeg"), number=4),
        record("response", http(b"gone", status="404 Not Found"), number=5),
        record("response", b"dns:harbourpost.example", "text/dns", number=6),
        record("resource", PAGE.encode(), "text/html", number=7),
        record("metadata", b"x: y", "application/warc-fields", number=8),
    ]
    items = read_file("a.warc", b"".join(data))
    assert shown(items) == [PAGE, PAGE]
    assert items[0].notes == ()
    assert items[1].notes == (
        "warc: no pages and left out in this file: 1 metadata, 1 request, 1 response 404, "
        "2 response image/jpeg, 1 response text/dns, 1 warcinfo",
    )


def test_a_file_without_a_page_is_listed_with_what_it_holds(read_file):
    [failure] = read_file("a.warc", INFO + record("response", http(b"x", "image/png")))
    assert failure.kind == "no-records"
    assert "1 response image/png, 1 warcinfo" in failure.message


@pytest.mark.parametrize(
    ("block", "kind"),
    [
        (b"no http at all", "broken-http"),
        (b"", "broken-http"),
        (b"HTTP/1.1\r\n\r\nx", "broken-http"),
        (http(b""), "empty-text"),
        (http(b" \n"), "empty-text"),
        (http(gzip.compress(PAGE.encode())[:20], Content_Encoding="gzip"), "broken-http"),
        (http(b"\x0bnot deflate", Content_Encoding="deflate"), "broken-http"),
        (http(b"\x0bnot brotli", Content_Encoding="br"), "broken-http"),
        (http(b"\x89PNG\r\n"), "not-text"),
    ],
)
def test_a_page_that_cannot_be_read_is_one_failure_and_the_next_is_read(read_file, block, kind):
    items = read_file("a.warc", record("response", block) + record("response", http(PAGE.encode()), number=2))
    assert shown(items) == [kind, PAGE]
    assert items[0].id == "urn:uuid:00000000-0000-4000-8000-000000000001"
    assert items[0].origin.record == 1


def test_a_truncated_file_gives_what_is_whole_and_one_failure(read_file):
    first, second = record("response", http(PAGE.encode())), record("response", http(PAGE.encode()), number=2)
    for cut in (80, 20):
        items = read_file("a.warc", (first + second)[:-cut])
        assert shown(items) == [PAGE, "truncated"]
    assert shown(read_file("a.warc.gz", gzip.compress(first + second)[:-12])) == [PAGE, "truncated"]


def test_junk_between_records_is_told_and_what_was_before_it_is_kept(read_file):
    items = read_file("a.warc", record("response", http(PAGE.encode())) + b"JUNK JUNK\r\n\r\n" + INFO)
    assert shown(items) == [PAGE, "broken-warc"]


@pytest.mark.parametrize("length", ["99999999999999", "18446744073709551616", "-5", "many", ""])
def test_a_length_that_lies_is_not_believed(read_file, length):
    items = read_file("a.warc", record("conversion", b"Rain.", "text/plain", Content_Length=length))
    assert items
    assert "unexpected" not in shown(items)
    assert isinstance(items[-1], Failure)


def test_what_the_crawler_cut_is_noted(read_file):
    [clipping] = read_file("a.warc", record("response", http(PAGE.encode()), WARC_Truncated="length"))
    assert clipping.notes == ("warc: cut by the crawler (length)",)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_file_gives_clippings_and_failures_and_nothing_unexpected(tmp_path, data):
    content = bytearray(
        INFO
        + record("response", http(gzip.compress(PAGE.encode()), Content_Encoding="gzip"))
        + record("response", http(b"5\r\nhello\r\n0\r\n\r\n", Transfer_Encoding="chunked"), number=2)
        + record("conversion", b"Rain.", "text/plain", number=3)
    )
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        piece = data.draw(
            st.binary(max_size=3) | st.sampled_from([b"\r\n", b"\n", b":", b"WARC/1.0\r\n", b"HTTP/1.1 "])
        )
        content[place : place + data.draw(st.integers(0, 9))] = piece
    (tmp_path / "a.warc").write_bytes(content)
    items = list(read([tmp_path / "a.warc"]))
    assert items
    assert "unexpected" not in shown(items)
    assert all(isinstance(item, Clipping | Failure) for item in items)
