"""The dump in ``fixtures/`` as a whole: its stories come out, its furniture goes, its copies fold.

The floors stand in ``fixtures/floors.json``: what the figures were when they were written down. They may only rise.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import clipclean
from clipclean.cleaning import Cleaner
from clipclean.extraction import extract
from clipclean.model import CleanClipping, Failure
from clipclean.readers import read

FIXTURES = Path(__file__).parents[1] / "fixtures"
FLOORS = json.loads((FIXTURES / "floors.json").read_text("utf-8"))["fixtures"]


@pytest.fixture(scope="module")
def cleaned() -> dict[str, CleanClipping]:
    clippings = [item for item in read([str(FIXTURES / "dump")]) if not isinstance(item, Failure)]
    results = Cleaner().clean([extract(clipping) for clipping in clippings])
    return {result.id: result for result in results}


def verdicts(cleaned: dict[str, CleanClipping]) -> list[tuple[bool, bool]]:
    """For each line that both sides hold: whether it is story, and whether it was kept."""
    found = []
    for row in (FIXTURES / "expected.jsonl").read_text("utf-8").splitlines():
        expected = json.loads(row)
        result = next(result for name, result in cleaned.items() if name.endswith(expected["id"]))
        kept = {line.text.strip(): line.keep for line in result.lines}
        found += [
            (line["keep"], kept[line["text"].strip()]) for line in expected["lines"] if line["text"].strip() in kept
        ]
    return found


def test_the_stories_of_the_dump_stay(cleaned: dict[str, CleanClipping]) -> None:
    story = [kept for keep, kept in verdicts(cleaned) if keep]
    assert len(story) > 400
    assert sum(story) / len(story) >= FLOORS["story kept"]


def test_the_furniture_of_the_dump_goes(cleaned: dict[str, CleanClipping]) -> None:
    furniture = [kept for keep, kept in verdicts(cleaned) if not keep]
    assert len(furniture) > 400
    assert 1 - sum(furniture) / len(furniture) >= FLOORS["furniture taken"]


def test_copies_in_the_dump_fold_and_look_alikes_do_not(tmp_path: Path) -> None:
    clipclean.run([FIXTURES / "dump"], tmp_path / "out")
    rows = [json.loads(row) for row in (tmp_path / "out" / "duplicates.jsonl").read_text("utf-8").splitlines()]
    expected = [json.loads(row) for row in (FIXTURES / "expected.jsonl").read_text("utf-8").splitlines()]
    story = {row["id"]: row["story"] for row in expected}

    def story_of(name: str) -> str:
        return next(story[id_] for id_ in story if name.endswith(id_))

    assert rows
    assert all(story_of(row["id"]) == story_of(row["duplicate_of"]) for row in rows)


def test_each_clipping_of_the_dump_is_judged_alone_as_in_the_batch(cleaned: dict[str, CleanClipping]) -> None:
    clippings = [item for item in read([str(FIXTURES / "dump")]) if not isinstance(item, Failure)]
    for clipping in clippings:
        assert Cleaner().clean([extract(clipping)]) == [cleaned[clipping.id]]
