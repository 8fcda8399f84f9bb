"""The same input with the same settings gives the same bytes, on any machine, today and tomorrow, and in any order."""

from __future__ import annotations

import ast
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import clipclean
from clipclean.model import Clipping

ROOT = Path(__file__).parent.parent
DUMP = ROOT / "fixtures" / "dump"

NEXT_YEAR = """
import datetime, time

class Later(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return super().now(tz) + datetime.timedelta(days=400)

    today = utcnow = now

seconds = time.time
time.time = lambda: seconds() + 400 * 86400
datetime.datetime = Later
"""
"""Put in the way of a process that starts, so that it takes another day for today."""

MACHINES = {
    "four workers in the C locale, east of everybody": (
        4,
        {
            "PYTHONHASHSEED": "1",
            "LC_ALL": "C",
            "PYTHONUTF8": "0",
            "PYTHONCOERCECLOCALE": "0",
            "TZ": "Pacific/Kiritimati",
        },
    ),
    "two workers in Turkey": (
        2,
        {"PYTHONHASHSEED": "2", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "Europe/Istanbul"},
    ),
    "one process, next year": (1, {"PYTHONHASHSEED": "3", "TZ": "America/St_Johns", "PYTHONPATH": "later"}),
}
CLOCKS = {"now", "today", "utcnow", "time", "localtime", "gmtime", "ctime"}


def content(folder: Path) -> dict[str, bytes]:
    """The files of a run but for run.json, which says when it was and on what machine."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != "run.json")
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("expected")
    clipclean.run([DUMP], folder, duplicates="annotate")
    return content(folder)


@pytest.mark.parametrize("machine", MACHINES)
def test_the_machine_does_not_change_a_byte(machine: str, tmp_path: Path, expected: dict[str, bytes]) -> None:
    workers, settings = MACHINES[machine]
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "sitecustomize.py").write_text(NEXT_YEAR)
    command = [sys.executable, "-m", "clipclean", "run", str(DUMP), "-q", "--no-config", "--dup", "annotate"]
    subprocess.run(
        [*command, "-o", "out", "--workers", str(workers)], env={**os.environ, **settings}, cwd=tmp_path, check=True
    )
    assert content(tmp_path / "out") == expected
    year = json.loads((tmp_path / "out" / "run.json").read_text())["began"][:4]
    assert (year > _this_year()) == ("PYTHONPATH" in settings), "the other day did not come through"


def _this_year() -> str:
    from datetime import UTC, datetime, timedelta

    return str((datetime.now(UTC) + timedelta(days=5)).year)


def test_nothing_that_results_come_from_asks_for_the_time() -> None:
    asking = set()
    for file in (ROOT / "clipclean").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
                asking.add(str(file.relative_to(ROOT / "clipclean").as_posix()))
    assert asking == {"pipeline.py", "review/machine.py", "index/arrival.py"}, (
        "run.json alone may hold times, and an index alone may ask whether a date lies in the future"
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_the_input_files_does_not_change_what_is_kept(tmp_path: Path, seed: int) -> None:
    clippings = [item for item in clipclean.read([DUMP]) if isinstance(item, Clipping)]
    outcomes = []
    for shuffled in (False, True):
        folder = tmp_path / f"dump-{shuffled}"
        folder.mkdir()
        names = [f"{number:03}" for number in range(len(clippings))]
        if shuffled:
            random.Random(seed).shuffle(names)
        for name, one in zip(names, clippings, strict=True):
            record = {"id": one.id, "source": one.source, "title": one.title, "published": one.published}
            content = {"text": one.text} if one.text else {"html": one.html}
            (folder / f"{name}.jsonl").write_text(json.dumps(record | content))
        given: list[Path] = [folder] if seed == 1 else sorted(folder.iterdir(), reverse=shuffled)
        clipclean.run(given, tmp_path / f"out-{shuffled}", duplicates="group")
        outcomes.append(tmp_path / f"out-{shuffled}")
    one, other = outcomes
    by_id = [{row["id"]: row for row in rows(out / "clippings.jsonl")} for out in outcomes]
    for found in by_id:
        for row in found.values():
            row["copies"].sort(key=lambda copy: str(copy["id"]))
    assert by_id[0] == by_id[1]
    where = ("file", "record")
    pairs = [
        sorted(json.dumps({k: v for k, v in row.items() if k not in where}) for row in rows(out / "duplicates.jsonl"))
        for out in outcomes
    ]
    assert pairs[0] == pairs[1]
    assert pairs[0]
    key = lambda row: (row["id"], row["line"])  # noqa: E731
    assert sorted(rows(one / "removed.jsonl"), key=key) == sorted(rows(other / "removed.jsonl"), key=key)
    reports = [json.loads((out / "report.json").read_text()) for out in outcomes]
    assert reports[0]["clusters"] == reports[1]["clusters"]
