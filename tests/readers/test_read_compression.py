from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import json
import lzma
import random
from functools import partial

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from clipclean.errors import RecordError
from clipclean.model import Clipping, Failure
from clipclean.readers import read
from clipclean.readers.compression import packed_with, unpacked

PACK = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": partial(lzma.compress, preset=0),  # quick
    "zst": zstandard.compress,
}
NAMES = {"gz": "gzip", "bz2": "bzip2", "xz": "xz", "zst": "zstd"}


def noise(count: int) -> str:
    """Records that do not pack well, so that a cut loses some of them and leaves others."""
    chance = random.Random(7)
    words = [chance.randbytes(8).hex() for _ in range(500)]
    return "".join(
        json.dumps({"id": str(number), "text": " ".join(chance.choices(words, k=20))}) + "\n" for number in range(count)
    )


@pytest.mark.parametrize("suffix", PACK)
@pytest.mark.parametrize("name", ["a.txt", "a.TXT"])
def test_a_packed_file_reads_like_the_file(read_file, suffix, name):
    [clipping] = read_file(f"{name}.{suffix}", PACK[suffix](b"Rain fell."))
    assert clipping.text == "Rain fell."
    assert clipping.id.endswith(f"{name}.{suffix}")


@pytest.mark.parametrize("suffix", PACK)
def test_all_frames_of_a_file_are_read(read_file, suffix):
    pack = PACK[suffix]
    data = pack(b'{"text": "Rain fell."}\n{"te') + pack(b"") + pack(b'xt": "Snow fell."}\n')
    assert [item.text for item in read_file(f"a.jsonl.{suffix}", data)] == ["Rain fell.", "Snow fell."]


def test_padding_after_a_frame_is_passed_over(read_file):
    for suffix in ("gz", "xz"):
        assert [item.text for item in read_file(f"a.txt.{suffix}", PACK[suffix](b"Rain.") + bytes(8))] == ["Rain."]


@pytest.mark.parametrize("suffix", PACK)
def test_of_a_truncated_file_what_is_whole_is_read_and_then_one_failure(read_file, suffix):
    whole = noise(12_000)
    data = PACK[suffix](whole.encode())
    *clippings, failure = read_file(f"a.jsonl.{suffix}", data[: len(data) * 3 // 4])
    assert (failure.kind, failure.origin.record) == ("truncated", 0)
    assert "fetch the file again" in failure.message
    assert 1000 < len(clippings) < 12_000
    texts = [json.loads(line)["text"] for line in whole.splitlines()]
    assert [clipping.text for clipping in clippings] == texts[: len(clippings)]


@pytest.mark.parametrize("suffix", PACK)
@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.json", "a.csv", "a.parquet", "a.arrow", "a.warc"])
def test_a_truncated_file_of_any_format_is_one_failure(read_file, suffix, name):
    data = PACK[suffix](noise(200).encode())
    items = read_file(f"{name}.{suffix}", data[:60])
    assert [item.kind for item in items] == ["truncated"]


@pytest.mark.parametrize("suffix", PACK)
def test_damaged_data_is_a_failure(read_file, suffix):
    data = bytearray(PACK[suffix](noise(3000).encode()))
    for place in range(len(data) // 2, len(data) // 2 + 40):
        data[place] ^= 0x55
    items = read_file(f"a.jsonl.{suffix}", bytes(data))
    assert items[-1].kind in ("broken-compression", "truncated")
    assert not any(isinstance(item, Failure) and item.kind == "unexpected" for item in items)


@pytest.mark.parametrize("suffix", PACK)
def test_a_suffix_that_lies_is_told(read_file, suffix):
    [failure] = read_file(f"a.jsonl.{suffix}", b'{"text": "Rain fell."}')
    assert failure.kind == "broken-compression"
    assert f"no {NAMES[suffix]} data" in failure.message
    assert f"drop .{suffix}" in failure.message


@pytest.mark.parametrize("suffix", PACK)
def test_what_a_file_is_packed_with_is_told_by_its_bytes(read_file, suffix):
    assert [item.text for item in read_file("a.jsonl", PACK[suffix](b'{"text": "Rain fell."}'))] == ["Rain fell."]
    assert [item.text for item in read_file("a.jsonl.gz", PACK[suffix](b'{"text": "Rain fell."}'))] == ["Rain fell."]


def test_an_empty_packed_file_has_no_records(read_file):
    assert [item.kind for item in read_file("a.jsonl.gz", b"")] == ["no-records"]
    assert [item.kind for item in read_file("a.jsonl.gz", gzip.compress(b""))] == ["no-records"]


def test_packings_inside_each_other_come_to_an_end(read_file):
    data = b"Rain fell."
    for _ in range(5):
        data = gzip.compress(data)
    assert [item.text for item in read_file("a.txt.gz", data)] == ["Rain fell."]
    for _ in range(20):
        data = gzip.compress(data)
    assert [item.kind for item in read_file("b.txt.gz", data)] == ["nested-too-deep"]


def test_a_stream_that_asks_for_too_much_memory_is_a_failure(read_file):
    """An xz header can ask for a dictionary of 1.5 GB before the first byte is there."""
    data = lzma.compress(b"Rain fell.", filters=[{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 3 << 29}])
    assert [item.kind for item in read_file("a.txt.xz", data)] == ["broken-compression"]


def test_unpacking_hands_out_no_more_than_was_asked_for():
    """A small frame that becomes 16 MB does not become 16 MB at once in the reader's hands."""
    for name, pack in PACK.items():
        stream = unpacked(io.BytesIO(pack(bytes(1 << 24))), NAMES[name])
        assert len(stream.read(1000)) == 1000
        assert sum(len(piece) for piece in iter(lambda stream=stream: stream.read(1 << 20), b"")) == (1 << 24) - 1000


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(list(PACK)), st.binary(max_size=200), st.lists(st.binary(max_size=50), max_size=3))
def test_frames_of_any_bytes_come_back_one_after_the_other(suffix, first, more):
    data = b"".join(PACK[suffix](piece) for piece in [first, *more])
    assert packed_with(data[:16]) == NAMES[suffix]
    assert unpacked(io.BytesIO(data), NAMES[suffix]).read() == b"".join([first, *more])


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(PACK)), st.binary(max_size=300), st.data())
def test_a_cut_or_damaged_stream_raises_a_record_error_and_nothing_else(suffix, content, data):
    packed = bytearray(PACK[suffix](content))
    packed = packed[: data.draw(st.integers(0, len(packed)))]
    if packed and data.draw(st.booleans()):
        packed[data.draw(st.integers(0, len(packed) - 1))] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(RecordError):
        unpacked(io.BytesIO(bytes(packed)), NAMES[suffix]).read()


def test_reading_the_same_bytes_again_gives_the_same(write):
    path = write("a.jsonl.gz", gzip.compress(noise(50).encode())[:-300])
    first = list(read([path]))
    assert any(isinstance(item, Clipping) for item in first)
    assert list(read([path])) == first
