"""How quick cleaning is: lines a second in batches, milliseconds for one text, pages a second beside trafilatura.

    python tests/bench/cleaning.py [--json] [--repeats N] [FOLDER]

All figures are CPU seconds of one process, the median of some repeats after one that warms up. Texts are made: story
lines are the words of the fixtures' stories drawn anew, furniture lines are the fixtures' own. Pages are those of the
fixtures and, where FOLDER holds ``pages.jsonl.gz`` (JSON lines with ``html``), every fourth of those too. Nothing is
asserted: figures of one machine are no law for another.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import trafilatura

import clipclean
from clipclean.cleaning import Cleaner
from clipclean.config import CleanSettings, Extractor
from clipclean.extraction import extract
from clipclean.model import Clipping

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "fixtures"))

from maker.stories import load  # noqa: E402 - the maker of the fixtures is no package that is installed

CLIPPINGS, LINES = 3_000, 30
FURNITURE = 0.3
"""Share of lines that are furniture, as in naive dumps of news sites."""

DRAWN = 0.3
"""Share of a story line's words that are drawn anew, so that few lines stand twice."""

EVERY = 4


@dataclass(frozen=True)
class Figure:
    """One figure: its value, and the target it is held against."""

    what: str
    value: float
    unit: str
    target: str = ""


def texts() -> list[str]:
    """CLIPPINGS made texts of LINES lines each, the same every time."""
    draw = random.Random(1)
    lines = [line for clip in load(ROOT / "fixtures" / "stories").clips.values() for line in clip.lines]
    story = sorted({line.text for line in lines if line.keep and len(line.text.split()) > 8})
    furniture = sorted({line.text for line in lines if not line.keep})
    words = sorted({word for line in story for word in line.split()})

    def line() -> str:
        if draw.random() < FURNITURE:
            return draw.choice(furniture)
        first, *inner, last = draw.choice(story).split()
        return " ".join([first, *(draw.choice(words) if draw.random() < DRAWN else word for word in inner), last])

    return ["\n".join(line() for _ in range(LINES)) for _ in range(CLIPPINGS)]


def fixture_pages() -> list[str]:
    """The pages of the fixtures' dump."""
    found = clipclean.read([ROOT / "fixtures" / "dump"])
    return [item.html for item in found if isinstance(item, Clipping) and item.html]


def stored_pages(folder: Path) -> list[str]:
    """Every fourth page of a folder's ``pages.jsonl.gz``."""
    with gzip.open(folder / "pages.jsonl.gz", "rt", encoding="utf-8") as rows:
        return [json.loads(row)["html"] for at, row in enumerate(rows) if at % EVERY == 0]


def seconds(work: Callable[[], object], repeats: int) -> float:
    """The median of the CPU seconds that some work takes, once warm."""
    work()
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def of_texts(repeats: int) -> Iterator[Figure]:
    given = texts()
    pages = [extract(Clipping(id=str(at), text=text)) for at, text in enumerate(given)]
    batches = seconds(lambda: Cleaner().clean(pages), repeats)
    yield Figure("text in batches, lines split", CLIPPINGS * LINES / batches, "lines/s", "50,000 or more")
    whole = seconds(lambda: list(clipclean.clean_many(given)), repeats)
    yield Figure("text in batches, clean_many", CLIPPINGS * LINES / whole, "lines/s")
    few = given[:100]
    one = seconds(lambda: [clipclean.clean(text) for text in few], repeats)
    yield Figure(f"clean() of one text of {LINES} lines", 1_000 * one / len(few), "ms", "2 or less")


def of_pages(name: str, pages: list[str], repeats: int) -> Iterator[Figure]:
    def clean(extractor: Extractor) -> float:
        settings = CleanSettings(extractor=extractor)
        records = [{"html": page} for page in pages]
        return len(pages) / seconds(lambda: list(clipclean.clean_many(records, settings=settings)), repeats)

    alone = len(pages) / seconds(lambda: [trafilatura.extract(page) for page in pages], repeats)
    blocks, ensemble = clean(Extractor.BLOCKS), clean(Extractor.ENSEMBLE)
    yield Figure(f"{name}: trafilatura alone", alone, "pages/s")
    yield Figure(f"{name}: blocks", blocks, "pages/s", f"{3 * alone:,.0f} or more, 3 times trafilatura")
    yield Figure(f"{name}: blocks, times trafilatura", blocks / alone, "times", "3 or more")
    yield Figure(f"{name}: ensemble", ensemble, "pages/s")


def main() -> None:
    options = argparse.ArgumentParser(description="Measure how quick cleaning is, in CPU seconds.")
    options.add_argument("folder", nargs="?", type=Path, help="a folder with pages.jsonl.gz")
    options.add_argument("--json", action="store_true", help="print JSON")
    options.add_argument("--repeats", type=int, default=5, help="measured repeats of each figure")
    given = options.parse_args()
    figures = [*of_texts(given.repeats), *of_pages("fixture pages", fixture_pages(), given.repeats)]
    if given.folder:
        figures += of_pages("stored pages", stored_pages(given.folder), given.repeats)
    if given.json:
        print(json.dumps([asdict(figure) for figure in figures], indent=2))
        return
    for figure in figures:
        print(f"{figure.what:38} {figure.value:10,.1f} {figure.unit:8} {figure.target}")


if __name__ == "__main__":
    main()
