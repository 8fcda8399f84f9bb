from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import sys
import threading

import pytest
import zstandard

from clipclean.model import Clipping, Failure, Origin
from clipclean.readers import read

RECORDS = b'{"id": "a", "text": "Rain fell."}\n{"text": "Snow fell."}\n'


def test_standard_input_is_json_lines(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(RECORDS)))
    items = list(read(["-"]))
    assert [item.id for item in items] == ["a", "-#2"]
    assert items[1].origin == Origin("-", 2)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zstandard.compress])
def test_a_packed_stream_is_told_by_its_bytes(pack):
    assert [item.text for item in read([io.BytesIO(pack(RECORDS))])] == ["Rain fell.", "Snow fell."]


def test_streams_do_not_share_origins():
    assert [item.id for item in read([io.BytesIO(b'"Rain."'), io.BytesIO(b'"Snow."')])] == ["-#1", "-2#1"]


def test_a_stream_given_twice_is_read_once():
    stream = io.BytesIO(RECORDS)
    assert len(list(read([stream, stream]))) == 2


def test_a_stream_may_be_a_json_array():
    assert [item.text for item in read([io.BytesIO(b' [{"text": "Rain fell."},\n {"text": "Snow fell."}]')])] == [
        "Rain fell.",
        "Snow fell.",
    ]


@pytest.mark.parametrize(
    "data", [b"Rain fell.\nSnow fell.\n", b"<html><p>Rain fell.</p>", b"PAR1\x15\x04\x15", b"id,text\n1,Rain"]
)
def test_a_stream_of_something_else_is_one_failure_that_says_what_is_expected(data):
    [failure] = read([io.BytesIO(data)])
    assert failure.kind == "not-json-lines"
    assert "JSON Lines" in failure.message
    assert "standard input" in failure.message


def test_an_empty_stream_holds_nothing_and_that_is_no_failure():
    assert list(read([io.BytesIO(b"")])) == []


def test_a_broken_line_does_not_end_a_stream():
    kinds = [
        item.kind if isinstance(item, Failure) else item.text for item in read([io.BytesIO(b'{"te\n{"text": "Rain."}')])
    ]
    assert kinds == ["broken-json", "Rain."]


def test_reading_a_stream_does_not_close_it():
    stream = io.BytesIO(RECORDS)
    assert len(list(read([stream]))) == 2
    assert not stream.closed


def test_a_stream_in_utf16_is_decoded():
    data = '{"text": "Es schneite in Grünau."}\n{"text": "Es taute."}\n'.encode("utf-16")
    assert [item.text for item in read([io.BytesIO(data)])] == ["Es schneite in Grünau.", "Es taute."]


def test_records_come_through_a_pipe_one_by_one():
    """A record is there before the next one is written: nothing waits for a full buffer."""
    outlet, inlet = os.pipe()
    with os.fdopen(outlet, "rb") as stream, os.fdopen(inlet, "wb", buffering=0) as feed:
        items = read([stream])
        for number in range(3):
            feed.write(f'{{"id": "{number}", "text": "Rain."}}\n'.encode())
            found: list[Clipping | Failure] = []
            waiter = threading.Thread(target=lambda found=found: found.append(next(items)), daemon=True)
            waiter.start()
            waiter.join(10)
            assert [item.id for item in found] == [str(number)]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_named_pipe_is_read_like_standard_input(tmp_path):
    os.mkfifo(tmp_path / "feed")
    writer = threading.Thread(target=(tmp_path / "feed").write_bytes, args=(RECORDS,), daemon=True)
    writer.start()
    assert [item.text for item in read([tmp_path / "feed"])] == ["Rain fell.", "Snow fell."]
    writer.join()
