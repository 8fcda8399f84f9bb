"""An index as a Parquet file: moved, merged, and loaded into datasketch."""

from __future__ import annotations

from pathlib import Path

import datasketch
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipclean import DedupSettings, Index, InputError, OutputError, StoreError

from .stories import shorter, story, stream


def filled(path: Path, count: int, seed: int = 1, **how: object) -> Path:
    with Index.open(path, **how) as index:  # type: ignore[arg-type]
        list(index.add_many(stream(count, seed=seed)))
        index.export(path.with_suffix(".parquet"))
    return path.with_suffix(".parquet")


def told(path: Path) -> dict[str, object]:
    with Index.open(path) as index:
        assert index.verify() == []
        return {verdict.id: verdict for verdict in index}


@settings(max_examples=10, deadline=None)
@given(count=st.integers(0, 120), seed=st.integers(1, 99), keep=st.sampled_from(["longest", "earliest", "latest"]))
def test_what_is_exported_and_imported_says_the_same(
    tmp_path_factory: pytest.TempPathFactory, count: int, seed: int, keep: str
) -> None:
    folder = tmp_path_factory.mktemp("moved")
    how = DedupSettings(keep=keep)  # type: ignore[arg-type]
    exported = filled(folder / "a.idx", count, seed, settings=how)
    with Index.open(folder / "b.idx", settings=how) as index:
        assert index.load(exported) == count
        index.export(folder / "again.parquet")
    assert told(folder / "b.idx") == told(folder / "a.idx")
    both = (pq.read_table(file).drop_columns(["seen"]) for file in (exported, folder / "again.parquet"))
    assert next(both).equals(next(both)), "all but the time at which clippings without a date were seen"


def test_what_was_moved_goes_on_as_before(tmp_path: Path) -> None:
    exported = filled(tmp_path / "a.idx", 200)
    more = stream(260)[200:]
    with Index.open(tmp_path / "a.idx") as one, Index.open(tmp_path / "b.idx") as other:
        other.load(exported)
        assert list(other.add_many(more)) == list(one.add_many(more))


def test_two_indexes_are_merged(tmp_path: Path) -> None:
    one = filled(tmp_path / "one.idx", 60, seed=1)
    with Index.open(tmp_path / "two.idx") as index:
        index.add({"id": "cut", "text": shorter(stream(1, seed=1)[0]["text"])})
        assert index.load(one) == 60
        assert index.load(one) == 60, "what is there is known"
        assert len(index) == 61
        assert index.find("clip-0").cluster == "cut"  # type: ignore[union-attr]


def test_datasketch_finds_the_copies_by_the_signatures(tmp_path: Path) -> None:
    texts = {f"story {number}": story(number) for number in range(30)}
    texts |= {f"cut {number}": "\n".join(story(number).splitlines()[:8]) for number in range(10)}
    with Index.open(tmp_path / "a.idx") as index:
        list(index.add_many({"id": name, "text": text} for name, text in texts.items()))
        index.export(tmp_path / "a.parquet")
    rows = pq.read_table(tmp_path / "a.parquet").to_pylist()
    lsh = datasketch.MinHashLSH(threshold=0.7, num_perm=128)
    signed = {
        row["id"]: datasketch.MinHash(num_perm=128, seed=1, scheme="affine32", hashvalues=row["signature"])
        for row in rows
    }
    for name, signature in signed.items():
        lsh.insert(name, signature)
    for number in range(10):
        assert f"story {number}" in lsh.query(signed[f"cut {number}"])
        row = next(row for row in rows if row["id"] == f"cut {number}")
        assert signed[f"story {number}"].jaccard(signed[f"cut {number}"]) == pytest.approx(row["jaccard"], abs=0.16)
    assert all(row["sketch"] == sorted(set(row["sketch"])) for row in rows)


def test_texts_move_where_they_are_stored(tmp_path: Path) -> None:
    exported = filled(tmp_path / "a.idx", 5, store_text=True)
    assert pq.read_table(exported)["text"].to_pylist() == [row["text"] for row in stream(5)]
    with Index.open(tmp_path / "b.idx", store_text=True) as index:
        index.load(exported)
        index.export(tmp_path / "b.parquet")
    assert pq.read_table(tmp_path / "b.parquet").equals(pq.read_table(exported))
    bare = filled(tmp_path / "bare.idx", 5)
    with Index.open(tmp_path / "b.idx") as index, pytest.raises(StoreError, match=r"bare\.parquet: it holds no texts"):
        index.load(bare)


def test_other_settings_are_told(tmp_path: Path) -> None:
    exported = filled(tmp_path / "a.idx", 5)
    with Index.open(tmp_path / "b.idx", settings=DedupSettings(ngram=3)) as index:
        with pytest.raises(StoreError, match="ngram is 5 there and 3 here"):
            index.load(exported)
        assert len(index) == 0


def newer(path: Path) -> None:
    table = pq.read_table(path)
    said = table.schema.metadata[b"clipclean index"].replace(b'"format": 2', b'"format": 3')
    pq.write_table(table.replace_schema_metadata({b"clipclean index": said}), path)


def older(path: Path) -> None:
    table = pq.read_table(path)
    said = table.schema.metadata[b"clipclean index"].replace(b'"format": 2', b'"format": 1')
    pq.write_table(table.replace_schema_metadata({b"clipclean index": said}), path)


def lacking(path: Path) -> None:
    pq.write_table(pq.read_table(path).drop_columns(["words"]), path)


def wrong_type(path: Path) -> None:
    table = pq.read_table(path)
    column = table.schema.get_field_index("digest")
    pq.write_table(table.set_column(column, "digest", pa.array(["x"] * len(table))), path)


HARMS = {
    "no export": (lambda path: pq.write_table(pa.table({"id": ["a"]}), path), "no export of an index"),
    "text": (lambda path: path.write_text("id,text\n"), "this export is broken"),
    "truncated": (lambda path: path.write_bytes(path.read_bytes()[:-900]), "this export is broken"),
    "newer": (newer, "newer clipclean"),
    "older": (older, "before the first release .* cannot be converted"),
    "a column less": (lacking, "this export is broken"),
    "a column of another type": (wrong_type, "this export is broken"),
    "gone": (lambda path: path.unlink(), "there is no such file"),
}


@pytest.mark.parametrize("harm", HARMS)
def test_a_file_that_cannot_be_imported_is_told_and_adds_nothing(tmp_path: Path, harm: str) -> None:
    exported = filled(tmp_path / "a.idx", 8)
    do, said = HARMS[harm]
    do(exported)
    with Index.open(tmp_path / "b.idx") as index:
        with pytest.raises(InputError, match=rf"a\.parquet: .*{said}"):
            index.load(exported)
        assert len(index) == 0
        assert index.add(stream(1)[0]).is_new


def test_an_export_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with Index.open(tmp_path / "a.idx") as index, pytest.raises(OutputError, match="cannot be written"):
        index.export(tmp_path / "no" / "a.parquet")
    assert [path.name for path in tmp_path.iterdir()] == ["a.idx"]
