"""What an index costs on made clippings: bytes each, and how many a second can be added and checked.

    python tests/bench/index.py [--full] [--clippings N] [--checks N] [--index FILE]

Made clippings have 480 words on the average, drawn as rare and as frequent as in a language, from 200 sources in the
order of time, 2,000 a day; three in ten are an earlier one, cut and edited. Making them is not counted. Seconds are of
this process (user and system). ``--full`` adds 1,000,000. Nothing is asserted. ``--index`` may be a Redis server's.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np

import clipclean

SMALL, FULL = 20_000, 1_000_000
SOURCES, DAILY, VOCABULARY = 200, 2_000, 60_000
RECENT = 5_000
"""How far back the stories lie that are copied."""


class Maker:
    """Makes clippings one after the other; the same for the same seed."""

    def __init__(self, seed: int = 1) -> None:
        self._draw = np.random.default_rng(seed)
        letters = np.array(list("abcdefghijklmnoprstuvwyz"))
        words = {
            "".join(letters[self._draw.integers(0, len(letters), 2 + rank % 8)]) + str(rank)
            for rank in range(VOCABULARY)
        }
        self._words = np.array(sorted(words), dtype=object)
        self._share = np.cumsum(1 / (np.arange(VOCABULARY) + 10.0))
        self._share /= self._share[-1]
        self._recent: list[np.ndarray] = []
        self._made = 0
        self.spent = 0.0

    def make(self, count: int) -> Iterator[dict[str, str]]:
        """The next clippings; ``spent`` grows by the seconds that making them takes."""
        for _ in range(count):
            start = time.process_time()
            made = self._one()
            self.spent += time.process_time() - start
            yield made

    def _one(self) -> dict[str, str]:
        draw = self._draw
        if self._recent and draw.random() < 0.3:
            ids = self._recent[int(draw.integers(0, len(self._recent)))].copy()
            ids = ids[: max(30, int(len(ids) * (1 - 0.4 * draw.random() ** 1.5)))]
            edited = draw.random(len(ids)) < 10 ** draw.uniform(-3.2, -1.3)
            ids[edited] = self._ids(int(edited.sum()))
        else:
            ids = self._ids(int(np.clip(draw.lognormal(5.93, 0.7), 30, 4_000)))
            self._recent.append(ids)
            if len(self._recent) > RECENT:
                self._recent[int(draw.integers(0, RECENT))] = self._recent.pop()
        words = self._words[ids].tolist()
        for end in range(17, len(words), 19):
            words[end] += "."
        self._made += 1
        day = date(2024, 1, 1) + timedelta(days=self._made // DAILY)
        source = f"paper-{int(draw.integers(0, SOURCES))}.example"
        return {
            "id": f"https://{source}/{self._made}",
            "text": " ".join(words),
            "source": source,
            "published": day.isoformat(),
        }

    def _ids(self, count: int) -> np.ndarray:
        return np.searchsorted(self._share, self._draw.random(count)).astype(np.uint16)


def memory() -> float:
    """The resident memory of this process now, in MB; its peak where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * resource.getpagesize() / 2**20
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def measure(where: str, count: int, checks: int) -> None:
    """Add clippings and print what that took, then what checks take."""
    maker = Maker()
    steps = sorted(
        {step for step in (10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000) if step < count} | {count}
    )
    added, copies, spent, since = 0, 0, 0.0, 0.0
    with clipclean.Index.open(where) as index:
        for step in steps:
            begun = spent
            start, making = time.process_time(), maker.spent
            copies += sum(verdict.copy for verdict in index.add_many(maker.make(step - added)))
            spent += time.process_time() - start - (maker.spent - making)
            added = step
            size = index.stats().bytes
            print(
                f"{added:>9,} clippings  {(added - int(since)) / (spent - begun):>7,.0f} added a second"
                f"  {size / added:>6,.0f} bytes each  {copies / added:.0%} copies  {memory():,.0f} MB"
            )
            since = added
            check(index, maker, checks)
    opening = []
    for _ in range(5):
        start = time.perf_counter()
        clipclean.Index.open(where).close()
        opening.append(time.perf_counter() - start)
    print(f"opening takes {1000 * min(opening):.1f} ms")


def check(index: clipclean.Index, maker: Maker, checks: int) -> None:
    """Print what single checks take, one after the other, and what as many take together."""
    records = list(maker.make(checks))
    times = []
    begin = time.process_time()
    for record in records:
        start = time.perf_counter()
        index.check(record)
        times.append(time.perf_counter() - start)
    spent = time.process_time() - begin
    times.sort()
    begin = time.process_time()
    together = sum(1 for _ in index.check_many(records))
    many = time.process_time() - begin
    print(
        f"{'':>9}            {checks / spent:>7,.0f} checked a second, median {1000 * times[checks // 2]:.2f} ms, "
        f"99th percentile {1000 * times[int(checks * 0.99)]:.2f} ms; {together / many:,.0f} checked together"
    )


def main() -> None:
    ask = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    ask.add_argument("--full", action="store_true", help=f"add {FULL:,} clippings")
    ask.add_argument("--clippings", type=int, help=f"how many to add (default: {SMALL:,})")
    ask.add_argument("--checks", type=int, default=1_000, help="how many to check at each step (default: 1,000)")
    ask.add_argument("--index", help="where the index is (default: a temporary file)")
    given = ask.parse_args()
    count = given.clippings or (FULL if given.full else SMALL)
    with tempfile.TemporaryDirectory() as folder:
        measure(given.index or str(Path(folder, "clippings.idx")), count, given.checks)


if __name__ == "__main__":
    sys.exit(main())
