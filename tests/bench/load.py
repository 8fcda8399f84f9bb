"""How large dumps go: makes one, runs clipclean over it, and says what time and memory it took.

    python tests/bench/load.py records FOLDER     one JSON Lines file of 1,000,000 records of 60 words
    python tests/bench/load.py news FOLDER        one JSON Lines file of 1,000,000 records of 200 words
    python tests/bench/load.py files FOLDER       a folder of 100,000 text files of 80 words
    python tests/bench/load.py articles FOLDER    a folder of 100,000 text files of 400 words
    python tests/bench/load.py size FOLDER        one JSON Lines file of 5 GB, records of 1,000 words

A tenth of the texts are copies of others; the others share sentences too, but for those of ``news``. FOLDER takes some
three times as much room as the dump; what is made stays there and is used again. The last goes through ``clipclean
clean``, the others through ``run``; what follows FOLDER are options of these, as in ``--workers 2``. Linux alone.
"""

from __future__ import annotations

import contextlib
import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

POOL = 100_000
"""Sentences that texts are drawn from, of 15 words on average."""


def records(words: int, *, apart: bool = False) -> Iterator[dict[str, str]]:
    """Made clippings without end, the same each time; ``apart``, no two but copies share a sentence."""
    chance = random.Random(11)
    syllables = [a + b for a in "bdfgklmnprstv" for b in "aeiou"]
    known = ["".join(chance.choices(syllables, k=chance.randint(1, 4))) for _ in range(20_000)]
    pool = [" ".join(chance.choices(known, k=chance.randint(10, 20))).capitalize() + "." for _ in range(POOL)]
    for number in count():
        own = random.Random(number if number % 10 else number // 10)
        if apart:
            said = [f"{' '.join(own.choices(known, k=15)).capitalize()}." for _ in range(words // 15)]
        else:
            said = [pool[int(own.random() * POOL)] for _ in range(max(2, words // 15))]
        lines = [" ".join(said[at : at + 3]) for at in range(0, len(said), 3)]
        if number % 3 == 0:
            lines.insert(0, "Mara Lindqvist | Reuters")
        yield {
            "id": f"w{number}",
            "source": f"s{number % 200}.example",
            "title": said[0],
            "published": f"2024-03-{1 + number % 28:02d}",
            "text": "\n".join([*lines, "Sign up for our morning newsletter"]),
        }


def make(kind: str, dump: Path) -> None:
    if kind in ("files", "articles"):
        for number, record in zip(range(100_000), records(80 if kind == "files" else 400), strict=False):
            folder = dump / f"{number % 200:03}"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{number}.txt").write_text(record["text"])
        return
    dump.mkdir(parents=True)
    words = {"records": 60, "news": 200, "size": 1_000}[kind]
    most, size = (sys.maxsize, 5_000_000_000) if kind == "size" else (1_000_000, sys.maxsize)
    with (dump / "dump.jsonl").open("w") as file:
        for number, record in enumerate(records(words, apart=kind == "news")):
            if number == most or file.tell() >= size:
                return
            file.write(json.dumps(record) + "\n")


def memory_of(group: int) -> int:
    """The memory that a group of processes holds, in bytes; pages that several share count for each. Linux alone."""
    held = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended
            facts = stat.read_text().rpartition(")")[2].split()
            held += int(facts[21]) * resource.getpagesize() if int(facts[2]) == group else 0
    return held


def main(kind: str, folder: str, *options: str) -> None:
    dump = Path(folder) / kind
    if not dump.exists():
        make(kind, dump)
    step, target = ("clean", f"{folder}/{kind}.jsonl") if kind == "size" else ("run", f"{folder}/{kind}-out")
    command = [sys.executable, "-m", "clipclean", step, str(dump), "-o", target, "--no-config", "-q", *options]
    began, peak = time.monotonic(), 0
    process = subprocess.Popen(command, start_new_session=True)
    while process.poll() is None:
        peak = max(peak, memory_of(process.pid))
        time.sleep(0.2)
    took, used = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    print(
        f"{kind}: exit code {process.returncode}, {took:,.0f} s wall, {used.ru_utime + used.ru_stime:,.0f} s CPU, ",
        end="",
    )
    print(f"{peak / 1e6:,.0f} MB in all processes")


if __name__ == "__main__":
    main(*sys.argv[1:])
