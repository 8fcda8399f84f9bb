from __future__ import annotations

import gzip
import io
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import orjson
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clipclean.model import Clipping, Failure
from clipclean.readers import read


def parquet(table: pa.Table, **options) -> bytes:
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(table, buffer, **options)
    return buffer.getvalue()


def ipc_file(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    with pa.ipc.new_file(buffer, table.schema) as writer:
        writer.write_table(table)
    return buffer.getvalue()


def ipc_stream(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    with pa.ipc.new_stream(buffer, table.schema) as writer:
        writer.write_table(table)
    return buffer.getvalue()


def feather(table: pa.Table) -> bytes:
    buffer = io.BytesIO()
    pyarrow.feather.write_feather(table, buffer)
    return buffer.getvalue()


WRITERS = {"a.parquet": parquet, "a.arrow": ipc_file, "b.arrow": ipc_stream, "a.feather": feather, "a.ipc": ipc_file}

RECORDS = [
    {"doc_id": number, "body": f"Rain fell {number} times.", "tags": ["a", None], "x": {"y": None}}
    for number in range(600)
]


def shown(items):
    return [item.kind if isinstance(item, Failure) else item.text for item in items]


@pytest.mark.parametrize("name", WRITERS)
def test_rows_are_records(read_file, name):
    items = read_file(name, WRITERS[name](pa.Table.from_pylist(RECORDS)))
    assert [(item.id, item.text, item.meta["tags"], item.meta["x"]) for item in items] == [
        (str(record["doc_id"]), record["body"], record["tags"], record["x"]) for record in RECORDS
    ]
    assert [item.origin.record for item in items] == list(range(1, 601))
    assert items[0].keys == {"id": "doc_id", "text": "body"}


@pytest.mark.parametrize("name", WRITERS)
def test_a_packed_file_is_read(read_file, name):
    items = read_file(f"{name}.gz", gzip.compress(WRITERS[name](pa.Table.from_pylist(RECORDS))))
    assert [item.text for item in items] == [record["body"] for record in RECORDS]


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 0.98])
def test_a_truncated_file_is_a_failure(read_file, name, share):
    data = WRITERS[name](pa.Table.from_pylist(RECORDS))
    items = read_file(name, data[: int(len(data) * share)])
    assert items[-1].kind in ("broken-file", "no-records")
    packed = gzip.compress(data)
    assert read_file(f"{name}.gz", packed[: int(len(packed) * share)])[-1].kind in ("truncated", "no-records")


@pytest.mark.parametrize("name", WRITERS)
def test_a_table_without_a_text_column_is_one_failure_that_names_the_columns(read_file, name):
    [failure] = read_file(name, WRITERS[name](pa.table({"nummer": [1, 2], "artikel": ["Regen.", "Schnee."]})))
    assert failure.kind == "no-text"
    assert "nummer, artikel" in failure.message
    items = read_file(name, WRITERS[name](pa.table({"nummer": [1], "artikel": ["Regen."]})), fields={"text": "artikel"})
    assert shown(items) == ["Regen."]


@pytest.mark.parametrize("name", WRITERS)
def test_a_table_without_rows_has_no_records(read_file, name):
    assert shown(read_file(name, WRITERS[name](pa.table({"text": pa.array([], pa.string())})))) == ["no-records"]


def test_a_row_without_a_text_is_a_failure(read_file):
    table = pa.table({"id": ["a", "b", "c"], "text": ["Rain.", None, ""]})
    items = read_file("a.parquet", parquet(table))
    assert shown(items) == ["Rain.", "empty-text", "empty-text"]
    assert [item.id for item in items] == ["a", "b", "c"]


def test_every_type_of_value_can_be_written_on(read_file):
    stamp = datetime(2031, 5, 2, 7, 0, 0, 1)
    table = pa.table(
        {
            "text": ["Rain."],
            "date": pa.array([date(2031, 5, 2)]),
            "ns": pa.array([1935471600000000001], pa.timestamp("ns")),
            "zone": pa.array([stamp.replace(tzinfo=UTC)], pa.timestamp("us", "UTC")),
            "nowhere": pa.array([stamp], pa.timestamp("us")).cast(pa.timestamp("us", "Nowhere/Here")),
            "late": pa.array([2**60], pa.int64()).cast(pa.timestamp("s"), safe=False),
            "clock": pa.array([time(7, 0)]),
            "span": pa.array([timedelta(days=1)]),
            "price": pa.array([Decimal("1.50")]),
            "raw": pa.array([b"\xff\xfe"]),
            "deep": pa.array([{"raw": b"\xff", "span": [timedelta(1)], "late": 1}]),
            "large": pa.array([2**63], pa.uint64()),
            "kind": pa.array(["a"]).dictionary_encode(),
            "map": pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())),
            "nothing": pa.nulls(1),
        }
    )
    [clipping] = read_file("a.arrow", ipc_file(table))
    assert clipping.published == "2031-05-02"
    assert clipping.meta["price"] == "1.50"
    assert clipping.meta["nothing"] is None
    orjson.dumps(dict(clipping.meta))


def test_texts_that_are_stored_as_bytes_are_read(read_file):
    page = '<html><meta charset="windows-1251"><p>Мост закрыт.</p></html>'
    table = pa.table(
        {"id": [b"a", b"b"], "url": [b"https://example.com/", None], "html": [page.encode("cp1251"), b"<p>Rain."]}
    )
    items = read_file("a.parquet", parquet(table))
    assert (items[0].id, items[0].html, items[0].source) == ("a", page, "example.com")
    assert items[1].html == "<p>Rain."


def test_two_columns_of_one_name_do_not_cover_each_other(read_file):
    table = pa.Table.from_arrays([pa.array(["Rain."]), pa.array(["a"]), pa.array(["b"])], names=["text", "x", "x"])
    [clipping] = read_file("a.arrow", ipc_file(table))
    assert clipping.meta == {"x": "a", "x 2": "b"}


def test_feather_of_version_1_says_what_to_do(read_file):
    [failure] = read_file("a.feather", b"FEA1" + bytes(40) + b"FEA1")
    assert failure.kind == "unsupported"
    assert "Feather 2" in failure.message


VALUES = st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.fixed_dictionaries({"note": VALUES, "n": st.none() | st.integers(-(2**62), 2**62)}), min_size=1, max_size=5
    ),
    st.sampled_from(list(WRITERS)),
)
def test_any_table_comes_back(read_file, rows, name):
    table = pa.Table.from_pylist([{**row, "text": "Rain."} for row in rows])
    items = read_file(name, WRITERS[name](table))
    assert [item.meta for item in items] == rows


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["a.parquet", "a.arrow", "b.arrow"]), st.data())
def test_a_damaged_file_gives_clippings_and_failures_and_nothing_unexpected(tmp_path, name, data):
    packed = bytearray(WRITERS[name](pa.Table.from_pylist(RECORDS[:5])))
    for _ in range(data.draw(st.integers(1, 4))):
        packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    (tmp_path / name).write_bytes(packed)
    items = list(read([tmp_path / name]))
    assert items
    assert "unexpected" not in shown(items)
    for item in items:
        if isinstance(item, Clipping):
            orjson.dumps(dict(item.meta))
