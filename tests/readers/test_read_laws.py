"""What holds for every format and every input."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clipclean.config import FIELD_NAMES, ReadSettings
from clipclean.model import Clipping, Failure
from clipclean.readers import from_record, read
from clipclean.readers.registry import ARCHIVES, KNOWN, READERS, SHORT

SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

Record = dict[str, Any]


def as_csv(records: list[Record], **options: Any) -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(records[0]), quoting=csv.QUOTE_ALL, **options)
    writer.writeheader()
    writer.writerows(records)
    return buffer.getvalue().encode()


def as_parquet(records: list[Record]) -> bytes:
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(pa.Table.from_pylist(records), buffer)
    return buffer.getvalue()


def as_arrow(records: list[Record]) -> bytes:
    buffer = io.BytesIO()
    table = pa.Table.from_pylist(records)
    with pa.ipc.new_stream(buffer, table.schema) as writer:
        writer.write_table(table)
    return buffer.getvalue()


def as_lines(records: list[Record]) -> bytes:
    return b"".join(orjson.dumps(record) + b"\n" for record in records)


FORMATS: dict[str, Callable[[list[Record]], bytes]] = {
    ".jsonl": as_lines,
    ".json": lambda records: json.dumps(records, indent=1).encode(),
    ".csv": as_csv,
    ".tsv": lambda records: as_csv(records, delimiter="\t"),
    ".parquet": as_parquet,
    ".arrow": as_arrow,
}
PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lambda data: lzma.compress(data, preset=0),
    ".zst": zstandard.compress,
}

WORDS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "Zs", "So"), exclude_characters="\ufeff"), max_size=30
)
STORIES = st.lists(
    st.fixed_dictionaries(
        {
            "headline": WORDS.map(lambda text: f"Rain {text}"),
            "content": st.lists(WORDS, max_size=4).map(lambda lines: "\n".join(["Rain fell.", *lines])),
            "link": st.integers(0, 99).map(lambda number: f"https://www.harbourpost.example/{number}"),
            "pub_date": st.dates().map(str),
            "note": WORDS,
        }
    ),
    min_size=1,
    max_size=4,
)


def facts(clipping: Clipping | Failure) -> tuple[Any, ...]:
    assert isinstance(clipping, Clipping), clipping
    return (*(getattr(clipping, field) for field in FIELD_NAMES), clipping.meta, clipping.keys)


@SLOW
@given(STORIES, st.sampled_from(list(FORMATS)), st.sampled_from(list(PACKINGS)), st.booleans())
def test_the_same_records_are_the_same_clippings_in_every_format(tmp_path, stories, suffix, packing, zipped):
    records = [{"_id": f"story {number}", **story} for number, story in enumerate(stories)]
    data = PACKINGS[packing](FORMATS[suffix](records))
    path = tmp_path / f"a{suffix}{packing}"
    if zipped:
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(f"a{suffix}{packing}", data)
    else:
        path.write_bytes(data)
    assert [facts(item) for item in read([path])] == [facts(from_record(record)) for record in records]


@SLOW
@given(STORIES)
def test_meta_and_keys_give_the_record_back(stories):
    for story in stories:
        clipping = from_record(story)
        again = dict(clipping.meta) | {key: getattr(clipping, field) for field, key in clipping.keys.items()}
        assert again == story or any(note.startswith("mojibake") for note in clipping.notes)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*FIELD_NAMES, "body", "Content", "raw_html", "metadata", "x"]) | st.text(max_size=5),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=20),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
            max_leaves=6,
        ),
        max_size=6,
    ),
    st.dictionaries(st.sampled_from(FIELD_NAMES), st.sampled_from(["x", "body", "metadata.x", "text"]), max_size=2),
)
def test_any_mapping_is_a_clipping_that_can_be_written_or_a_failure(record, fields):
    item = read_one(record, fields)
    if isinstance(item, Clipping):
        assert item.text or item.html
        assert set(item.meta) | set(item.keys.values()) >= {key for key in record if key.isascii()}
        orjson.dumps([*(getattr(item, field) for field in FIELD_NAMES), dict(item.meta), dict(item.keys), item.notes])
    else:
        orjson.dumps([item.kind, item.message, item.id])


def read_one(record: Any, fields: dict[str, str]) -> Clipping | Failure:
    from clipclean.readers.records import Records
    from clipclean.readers.source import Source

    return Records(ReadSettings(fields=fields), Source("a.jsonl")).read(record, 1)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([*READERS, *ARCHIVES, *SHORT]),
    st.sampled_from(list(PACKINGS)),
    st.binary(max_size=400)
    | st.text(st.sampled_from('{}[]",:\n\r\t<>ab0;\\u ')).map(str.encode)
    | st.sampled_from(
        [
            b"PAR1" * 3,
            b"ARROW1\0\0",
            b"PK\3\4" * 9,
            b"WARC/1.0\r\n\r\n",
            b"BZh9",
            b"\x1f\x8b\x08",
            b"\xff\xfe",
            b"\0" * 600,
        ]
    ),
)
def test_junk_under_any_suffix_is_a_clipping_or_a_failure_that_we_know(tmp_path, suffix, packing, junk):
    path = tmp_path / f"junk{suffix}{packing}"
    path.write_bytes(PACKINGS[packing](junk))
    items = list(read([path]))
    assert items
    for item in items:
        assert item.origin.path.startswith(path.as_posix())
        if isinstance(item, Failure):
            assert item.kind != "unexpected", item
            assert item.message
            orjson.dumps([item.kind, item.message, item.id])
        else:
            assert item.text or item.html
            orjson.dumps([item.id, item.text, item.html, item.title, item.source, dict(item.meta), item.notes])


def test_every_file_of_a_mixed_folder_is_a_clipping_or_a_failure(tmp_path):
    chance = random.Random(5)
    folder = tmp_path / "dump"
    for number in range(150):
        suffix = chance.choice([*READERS, *ARCHIVES, *SHORT, ".jpg", "", ".pdf"])
        packing = chance.choice(["", "", *PACKINGS])
        record = {"id": f"n{number}", "text": f"Rain fell {number} times."}
        content = chance.choice(
            [as_lines([record]), b"<p>Rain", b"", chance.randbytes(200), as_csv([record]), as_parquet([record])]
        )
        inner = folder / chance.choice(["", "a", "a/b", ".hidden"])
        inner.mkdir(parents=True, exist_ok=True)
        packed = PACKINGS[packing](content) if chance.random() < 0.8 else content
        (inner / f"{chance.choice(['x', '.y', 'ü'])}{number}{suffix}{packing}").write_bytes(packed)
    files = {path for path in folder.rglob("*") if path.is_file() and ".hidden" not in path.parts} | {
        folder / ".hidden"
    }
    items = list(read([folder]))
    paths = {Path(item.origin.path) for item in items}
    told = {path for path in files if any(place == path or path in place.parents for place in paths)}
    assert told == files
    assert paths
    assert all(place in files or set(place.parents) & files for place in paths)
    assert not [item for item in items if isinstance(item, Failure) and item.kind == "unexpected"]
    assert list(read([folder])) == items


def test_every_record_is_one_clipping_or_one_failure(tmp_path):
    chance = random.Random(6)
    lines = []
    for number in range(500):
        good = {"id": str(number % 400), "text": "Rain fell."}
        lines.append(
            chance.choice([json.dumps(good), json.dumps(good)[:-5], "{}", "[]", '{"text": 1}', '{"text": ""}'])
        )
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(lines))
    assert [item.origin.record for item in read([path])] == list(range(1, 501))


def test_the_messages_list_every_format():
    assert set(KNOWN.split(", ")) <= {suffix.removeprefix(".") for suffix in [*READERS, *ARCHIVES]}


@pytest.mark.parametrize("suffix", sorted(READERS))
def test_a_suffix_counts_in_any_case(tmp_path, suffix):
    (tmp_path / f"a{suffix.upper()}").write_bytes(b"\x00")
    assert all(not isinstance(item, Failure) or item.kind != "unknown-suffix" for item in read([tmp_path]))
