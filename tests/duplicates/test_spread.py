"""Fingerprints, routine and measuring in other processes: the same answer, whatever becomes of these."""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Iterator

import pytest

from clipclean.config import Candidates, DedupSettings
from clipclean.duplicates import Deduplicator, deduplicator, families, routine
from clipclean.engines.local import Crew
from clipclean.errors import RecordError
from clipclean.model import Deduplication, Document

WORDS = [f"{start}{end}" for start in "bdfgklmnprst" for end in ("ara", "ore", "imi", "und", "esk")]
NOTICE = "Read more of this every morning in our letter, which reaches you before breakfast and costs nothing at all."


def documents() -> Iterator[Document]:
    """Forty stories, each in three versions, below a notice that their sources print every day."""
    chance = random.Random(5)
    for story in range(40):
        said = [" ".join(chance.choices(WORDS, k=16)).capitalize() + "." for _ in range(9)]
        for version, part in enumerate((said, said[:7], [*said[:6], said[8]])):
            text = " ".join([*part, NOTICE])
            day = f"2024-03-{1 + (story + version) % 9:02d}"
            yield Document(f"{story}-{version}", text, f"s{(story + version) % 4}.example", day, 3 * story + version)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deduplicator, "_DOCUMENTS", 7)
    monkeypatch.setattr(families, "_WORDS", 2_000)
    monkeypatch.setattr(routine, "_TOGETHER", 2_000)


def found(settings: DedupSettings, crew: Crew) -> Deduplication:
    with Deduplicator(settings, spread=crew) as stage:
        stage.add(documents())
        return stage.finish()


@pytest.mark.parametrize(
    "settings", [DedupSettings(), DedupSettings(threshold=0.6), DedupSettings(candidates=Candidates.BANDS)]
)
def test_processes_change_no_answer(settings: DedupSettings) -> None:
    with Crew(2) as crew:
        answer = found(settings, crew)
    assert answer == found(settings, Crew())
    assert len(answer.clusters) == 40


def test_processes_that_are_killed_change_no_answer() -> None:
    with Crew(2) as crew, Deduplicator(DedupSettings(), spread=crew) as stage:
        for number, document in enumerate(documents()):
            stage.add([document])
            if number % 50 == 49:
                kill()
        kill()
        answer = stage.finish()
    assert answer == found(DedupSettings(), Crew())


def kill() -> None:
    for child in multiprocessing.active_children():
        child.kill()


@pytest.mark.parametrize("workers", [1, 2])
def test_what_came_before_a_document_that_raises_is_kept(workers: int) -> None:
    def broken() -> Iterator[Document]:
        yield from documents()
        yield Document("0-0", "Once more.")

    with Crew(workers) as crew, Deduplicator(spread=crew) as stage:
        with pytest.raises(RecordError, match="0-0"):
            stage.add(broken())
        assert stage.finish() == found(DedupSettings(), Crew())
