"""Whether the output of a run is whole and adds up: asked of the files on the disk, at its end and ever after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson

from clipclean.errors import InputError
from clipclean.writers import MANIFEST, REPORT, describe_file, describe_folder

FIGURES = ("rows", "bytes", "sha256")
COUNTS = ("read", "written", "folded", "failed")


def verify(folder: Path) -> Iterator[str]:
    """Each fault of the output in ``folder``, with file and figure; none where it is as it was written.

    Raises InputError where no run has ended there, and OutputError where a file cannot be read.

    >>> list(verify(Path("nowhere")))
    Traceback (most recent call last):
    clipclean.errors.InputError: nowhere: no whole run lies there (no manifest.json that can be read); run it again
    """
    files = _object(folder / MANIFEST, folder).get("files")
    if not isinstance(files, dict):
        raise InputError(f"{folder / MANIFEST}: it names no files; run it again")
    there = describe_folder(folder)
    sound = True
    for fault in _differences(folder, files, there):
        sound = False
        yield fault
    if sound:  # else what follows from a fault would be told as another
        yield from mismatches(folder, there, _object(folder / REPORT, folder))


def mismatches(folder: Path, files: Mapping[str, Mapping[str, Any]], report: Mapping[str, Any]) -> Iterator[str]:
    """Each figure of a report that the rows of the files contradict; ``files`` says how many rows each has."""
    read, written, folded, failed = (report[name] for name in COUNTS)
    if read != written + folded + failed:
        yield f"{folder / REPORT}: {read} read, but {written} written, {folded} folded and {failed} failed"
    clippings = written + (folded if report["settings"]["output"]["copies"] == "annotate" else 0)
    expected = {"duplicates.jsonl": folded, "errors.jsonl": failed, "removed.jsonl": report["removed"]}
    for name in files:
        if name.startswith("clippings.") or name == "files.jsonl":
            expected[name] = clippings
    for name, rows in expected.items():
        found = files[name]["rows"] if name in files else None
        if found != rows:
            yield f"{folder / name}: {_said(found)} rows, but {REPORT} says {rows}"
    if "files.jsonl" in files:
        yield from _texts(folder)
    yield from _inputs(folder, report)


def _differences(
    folder: Path, files: Mapping[str, Mapping[str, Any]], there: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    for name in sorted({REPORT, *files, *there}):
        if name not in there:
            yield f"{folder / name}: it is missing"
        elif name not in files:
            yield f"{folder / name}: it is not one of the files that {MANIFEST} names"
        else:
            found, wanted = there[name], files[name]
            figure = next((figure for figure in FIGURES if found[figure] != wanted.get(figure)), None)
            if figure is not None:
                says = f"{figure} {_said(found[figure])}, but {MANIFEST} says {_said(wanted.get(figure))}"
                yield f"{folder / name}: {says}"


def _texts(folder: Path) -> Iterator[str]:
    """The text files of clippings: each is as its row in files.jsonl says, and there is none without a row."""
    named = set()
    for row in _rows(folder / "files.jsonl"):
        path = folder / row["file"]
        named.add(path.name)
        if not path.is_file():
            yield f"{path}: it is missing"
        elif (found := describe_file(path))["sha256"] != row["sha256"]:
            yield f"{path}: sha256 {found['sha256']}, but files.jsonl says {row['sha256']}"
    for path in sorted((folder / "clippings").iterdir()):
        if path.name not in named:
            yield f"{path}: it is not one of the files that files.jsonl names"


def _inputs(folder: Path, report: Mapping[str, Any]) -> Iterator[str]:
    """The accounts of the input files: each adds up, all together do, and they fit what is listed."""
    path = folder / "inputs.jsonl"
    sums = dict.fromkeys(COUNTS, 0)
    for row in _rows(path):
        if row["read"] != row["written"] + row["folded"] + row["failed"]:
            counts = ", ".join(f"{row[name]} {name}" for name in COUNTS)
            yield f"{path}: {row['file']} does not add up: {counts}"
        for name in COUNTS:
            sums[name] += row[name]
    for name in COUNTS:
        if sums[name] != report[name]:
            yield f"{path}: {sums[name]} {name}, but {REPORT} says {report[name]}"
    for name, table in (("folded", "duplicates.jsonl"), ("failed", "errors.jsonl")):
        yield from _by_file(name, _rows(path), folder / table)


def _by_file(name: str, inputs: Iterable[Mapping[str, Any]], table: Path) -> Iterator[str]:
    """Where a table, which is in the order of the input, has not as many rows from a file as ``inputs`` say."""
    rows = ((file, sum(1 for _ in group)) for file, group in groupby(_rows(table), lambda row: row["file"]))
    wanted = ((row["file"], row[name]) for row in inputs if row[name])
    together = ((file, sum(count for _, count in group)) for file, group in groupby(wanted, lambda pair: pair[0]))
    for file, count in together:
        found_file, found = next(rows, (None, 0))
        if (found_file, found) != (file, count):
            yield f"{table}: {found} rows of {found_file or file}, but inputs.jsonl says {count} {name} of {file}"
            return


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as file:
        yield from map(orjson.loads, file)


def _object(path: Path, folder: Path) -> dict[str, Any]:
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise InputError(f"{folder}: no whole run lies there (no {path.name} that can be read); run it again")
    return found


def _said(figure: Any) -> Any:
    return "unknown" if figure is None else figure
