"""An index as one Parquet file, to be moved, merged, or looked at with other tools; and back.

One row a clipping, in the order in which they came. Adding them to an empty index in that order gives the same
clusters, kept copies and relations, if the first index never dropped anything: what had grown too old has taught it
what is routine, and may have founded clusters. The signature is computed here, from the words; datasketch can load it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from clipclean.config import DedupSettings
from clipclean.duplicates.minhash import permutations, sign
from clipclean.duplicates.shingles import shingle
from clipclean.duplicates.sketches import sketch
from clipclean.errors import ClipcleanError, InputError, OutputError, StoreError
from clipclean.index.arrival import BLOCK
from clipclean.index.block import Words12, prints_of
from clipclean.index.documents import DocumentIndex
from clipclean.index.rows import BodyRow
from clipclean.index.settings import differences, policy, settings_of, shape
from clipclean.model import Document

FORMAT = 2
"""The version of these files; one of another version is refused."""

_KEY = b"clipclean index"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIELDS = (
    pa.field("id", pa.string(), nullable=False),
    pa.field("source", pa.string()),
    pa.field("published", pa.timestamp("s", tz="UTC")),
    pa.field("seen", pa.timestamp("s", tz="UTC"), nullable=False),
    pa.field("cluster", pa.string(), nullable=False),
    pa.field("kept", pa.bool_(), nullable=False),
    pa.field("relation", pa.string()),
    pa.field("jaccard", pa.float32()),
    pa.field("containment", pa.float32()),
    pa.field("supersedes", pa.string()),
    pa.field("digest", pa.int64(), nullable=False),
    pa.field("words", pa.binary(), nullable=False),
    pa.field("sentences", pa.binary(), nullable=False),
    pa.field("numbers", pa.binary(), nullable=False),
    pa.field("names", pa.binary(), nullable=False),
    pa.field("sketch", pa.list_(pa.uint64()), nullable=False),
    pa.field("text", pa.string()),
)
_BODY = ("words", "sentences", "numbers", "names", "text")
_READ = ["id", "source", "published", "digest", *_BODY]


def export_index(index: DocumentIndex, path: Path) -> int:
    """Write an index to a file, which appears under its name when it is whole; how many clippings these are.

    Raises OutputError where it cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    schema = pa.schema([*_FIELDS, pa.field("signature", pa.list_(pa.uint32(), index.settings.permutations))])
    how = policy(index.settings, store_text=index.store_text)
    said = {"format": FORMAT, "shape": shape(index.settings, index.cleaning), "policy": how}
    schema = schema.with_metadata({_KEY: json.dumps(said, sort_keys=True).encode()})
    count = 0
    try:
        with pq.ParquetWriter(part, schema, compression="zstd") as file:
            for table in _tables(index, schema):
                file.write_table(table)
                count += len(table)
        part.replace(path)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error}); make room, or name another place") from error
    finally:
        part.unlink(missing_ok=True)
    return count


def import_index(index: DocumentIndex, path: Path) -> int:
    """Add what an export holds to an index, in its order and as one transaction; how many clippings these are.

    Raises InputError where the file is no export, broken, or of a newer version, and StoreError where it was made with
    settings that shape fingerprints otherwise, or holds no texts and the index stores them.
    """
    with _told(path), pq.ParquetFile(path) as file, index.transaction():
        held = _said(path, file.schema_arrow)["shape"]
        if differing := differences(held, shape(index.settings, index.cleaning)):
            raise StoreError(
                f"{path}: exported from an index with other settings: {differing}; import it into a new one"
            )
        return sum(_add(index, path, batch.to_pylist()) for batch in file.iter_batches(BLOCK, columns=_READ))


def exported_settings(path: Path) -> tuple[DedupSettings, str]:
    """The settings and the cleaning with which the index in an export was made; raises InputError as above."""
    with _told(path), pq.ParquetFile(path) as file:
        held = _said(path, file.schema_arrow)
        return settings_of(held["shape"], held["policy"]), str(held["shape"]["cleaning"])


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say what is wrong with an export in the words of this package."""
    try:
        yield
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file; look for a typing error") from None
    except ClipcleanError:
        raise
    except (OSError, pa.ArrowException, LookupError, ValueError, TypeError, OverflowError) as error:
        raise InputError(f"{path}: this export is broken ({error}); export the index again") from error


def _said(path: Path, schema: pa.Schema) -> dict[str, Any]:
    """What an export says of itself."""
    said = (schema.metadata or {}).get(_KEY)
    if said is None:
        raise InputError(f"{path}: this is no export of an index; clipclean index export writes one")
    held: dict[str, Any] = json.loads(said)
    if held["format"] > FORMAT:
        raise InputError(f"{path}: written by a newer clipclean (format {held['format']}); update it")
    if held["format"] < FORMAT:
        raise InputError(
            f"{path}: written by a clipclean before the first release (format {held['format']}; this one reads "
            f"{FORMAT}), which cannot be converted; make the index anew and export that"
        )
    return held


def _tables(index: DocumentIndex, schema: pa.Schema) -> Iterator[pa.Table]:
    permuted = permutations(index.settings.permutations, index.settings.seed)
    for rows, bodies, verdicts, names, digests in index.arrivals():
        held = [bodies[row.text] for row in rows]
        words = Words12.read(held)
        values, offsets = shingle(words.tokens.hashes, words.tokens.offsets, index.settings.ngram)
        found = sketch(values, offsets)
        columns: dict[str, Any] = {
            "id": [row.id for row in rows],
            "source": [names.get(row.source) for row in rows],
            "published": [_moment(row.published) for row in rows],
            "seen": [_moment(row.seen) for row in rows],
            "cluster": [verdict.cluster for verdict in verdicts],
            "kept": [verdict.kept == verdict.id for verdict in verdicts],
            "relation": [verdict.relation and verdict.relation.value for verdict in verdicts],
            "jaccard": [verdict.jaccard for verdict in verdicts],
            "containment": [verdict.containment for verdict in verdicts],
            "supersedes": [row.supersedes for row in rows],
            "digest": [digests[row.text] for row in rows],
            **{name: [getattr(body, name) for body in held] for name in _BODY},
            "sketch": pa.ListArray.from_arrays(pa.array(found.bounds, pa.int32()), pa.array(found.hashes)),
            "signature": pa.FixedSizeListArray.from_arrays(
                pa.array(sign(values, offsets, *permuted).ravel()), index.settings.permutations
            ),
        }
        yield pa.table([pa.array(columns[field.name], field.type) for field in schema], schema=schema)


def _add(index: DocumentIndex, path: Path, rows: Sequence[dict[str, Any]]) -> int:
    if index.store_text and any(row["text"] is None for row in rows):
        raise StoreError(f"{path}: it holds no texts, and this index stores them; import it into one that does not")
    if len({row["id"] for row in rows}) < len(rows):
        raise InputError(f"{path}: this export is broken (an id stands twice in it); export the index again")
    documents = [
        Document(row["id"], row["text"] or "", row["source"], row["published"] and row["published"].isoformat())
        for row in rows
    ]
    bodies = [BodyRow(place, *(row[name] for name in _BODY[:4])) for place, row in enumerate(rows)]
    digests = np.array([row["digest"] for row in rows], np.int64).view(np.uint64)
    index.add(documents, prints_of(Words12.read(bodies), digests, index.settings.ngram))
    return len(rows)


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else _EPOCH + timedelta(seconds=seconds)
