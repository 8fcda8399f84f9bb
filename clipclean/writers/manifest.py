"""What each file of a run holds, counted from the file as it lies on the disk: bytes, rows and a digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clipclean.writers.folder import MACHINE, MANIFEST, OWN
from clipclean.writers.whole import told

BLOCK = 1 << 20


def describe_folder(folder: Path) -> dict[str, dict[str, Any]]:
    """Each file of a run by its name, but for the manifest itself and for what is said of the machine.

    Text files in a folder of clippings are described by their rows in ``files.jsonl``. Raises OutputError where a file
    cannot be read.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "errors.jsonl").write_bytes(b'{"kind":"empty-text"}\\n')
    >>> describe_folder(folder)["errors.jsonl"]["rows"]
    1
    """
    names = sorted(name for name in OWN if name not in (MANIFEST, MACHINE) and (folder / name).is_file())
    return {name: describe_file(folder / name) for name in names}


def describe_file(path: Path) -> dict[str, Any]:
    """Bytes, rows (None where it is no table, or cannot be read as one) and SHA-256 of a file.

    A line that no line feed ends is no row: it was cut off.
    """
    count, rows, digest = 0, 0, hashlib.sha256()
    inside = False  # a quoted cell of a CSV table, in which line feeds end no row
    with told(path):
        for block in _blocks(path):
            count += len(block)
            digest.update(block)
            if path.suffix == ".jsonl":
                rows += block.count(b"\n")
            elif path.suffix == ".csv":
                for number, piece in enumerate(block.split(b'"')):
                    inside ^= number > 0
                    rows += 0 if inside else piece.count(b"\n")
    known = {".jsonl": rows, ".csv": max(rows - 1, 0)}.get(path.suffix)
    if path.suffix == ".parquet":
        known = _parquet_rows(path)
    return {"bytes": count, "rows": known, "sha256": digest.hexdigest()}


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def _parquet_rows(path: Path) -> int | None:
    import pyarrow
    import pyarrow.parquet

    try:
        return int(pyarrow.parquet.read_metadata(path).num_rows)
    except (pyarrow.ArrowException, OSError):
        return None
