from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clipclean.config import Format
from clipclean.errors import OutputError
from clipclean.writers import Columns, open_rows

TEASER = {"text": "Bridge", "of": None}
REMOVED = [{"line": 2, "label": "ad", "rule": "ad-marker", "score": 0.1, "text": "AD"}]
RECORDS: list[dict[str, Any]] = [
    {"id": "a", "text": 'Rain, "again"\r\nand again.', "page": 1, "wire": True, "removed": REMOVED, "teasers": []},
    {"id": "b", "text": "", "page": 2.5, "wire": None, "removed": [], "teasers": [TEASER], "extra": {"deep": [1]}},
    {"id": "c", "text": "Snow.", "mixed": 3, "lines": "an input's own key", "big": 2**80, "none": None},
    {"id": "d", "text": "Hail.", "mixed": "three", "extra": "plain"},
]


def write(folder: Path, form: Format, records: list[dict[str, Any]]) -> int:
    columns = Columns()
    for record in records:
        columns.see(record)
    with open_rows(folder, "clippings", form, columns) as rows:
        for record in records:
            rows.write(record)
    return rows.count


def test_json_lines_hold_the_records_as_they_are(tmp_path: Path) -> None:
    assert write(tmp_path, Format.JSONL, RECORDS) == 4
    lines = (tmp_path / "clippings.jsonl").read_bytes().split(b"\n")
    assert [json.loads(line) for line in lines[:-1]] == RECORDS
    assert lines[-1] == b""


def test_a_csv_table_reads_back_with_every_key_as_a_column(tmp_path: Path) -> None:
    assert write(tmp_path, Format.CSV, RECORDS) == 4
    with (tmp_path / "clippings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["text"] for row in rows] == [record["text"] for record in RECORDS]
    assert json.loads(rows[0]["removed"]) == REMOVED
    assert (rows[0]["wire"], rows[1]["wire"], rows[1]["page"]) == ("true", "", "2.5")
    assert (rows[1]["extra"], rows[3]["extra"]) == ('{"deep":[1]}', "plain")


def test_a_parquet_table_has_types_and_nested_columns(tmp_path: Path) -> None:
    assert write(tmp_path, Format.PARQUET, RECORDS) == 4
    table = pq.read_table(tmp_path / "clippings.parquet")
    rows = table.to_pylist()
    assert rows[0]["removed"] == REMOVED
    assert rows[1]["teasers"] == [TEASER]
    assert table.schema.field("page").type == pa.float64()
    assert table.schema.field("wire").type == pa.bool_()
    assert table.schema.field("none").type == pa.string()
    assert (rows[2]["mixed"], rows[3]["mixed"]) == ("3", '"three"')
    assert rows[2]["lines"] == "an input's own key"
    assert rows[2]["big"] == str(2**80)


@pytest.mark.parametrize("form", list(Format))
def test_a_run_without_clippings_has_a_readable_table(tmp_path: Path, form: Format) -> None:
    assert write(tmp_path, form, []) == 0
    if form is Format.PARQUET:
        assert pq.read_table(tmp_path / "clippings.parquet").num_rows == 0


def test_texts_go_to_one_file_each_and_the_index_says_which(tmp_path: Path) -> None:
    records = [{"id": "../Up", "text": "Rain.\nSnow."}, {"id": "a", "text": ""}]
    assert write(tmp_path, Format.TXT, records) == 2
    index = [json.loads(line) for line in (tmp_path / "files.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in index] == ["../Up", "a"]
    assert [(tmp_path / row["file"]).read_bytes() for row in index] == [b"Rain.\nSnow.\n", b"\n"]
    assert len(list((tmp_path / "clippings").iterdir())) == 2


def test_two_texts_of_one_name_are_told_and_neither_is_lost_silently(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="another id"):
        write(tmp_path, Format.TXT, [{"id": "a", "text": "Rain."}, {"id": "a", "text": "Snow."}])
    assert (tmp_path / "clippings" / "a.txt").read_text() == "Rain.\n"
