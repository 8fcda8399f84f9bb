"""How quick ``clipclean dedup`` is on made stories, as a whole process, beside other systems where they are there.

    python tests/bench/duplicates.py [--full] [--runs N] [--corpora FOLDER] [--peer-python PYTHON] [--scripts FOLDER]

CPU seconds are those of a process and its children, memory is the peak, each the median of some runs. A system that
PYTHON can import is run in turn with ours, on one thread, through ``peers.py`` in the folder of scripts; quote the
ratios, which are taken run by run: seconds hold for one machine on one day. Where PYTHON can run ``gen.py`` of that
folder, that makes the stories, else the maker of the gate does. Nothing is asserted.

The process that measures stays small, as the peak of a child can never be below that of its parent.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "gate"))

from made import Maker, write  # noqa: E402 - the maker of the gate is no package that is installed

SCRIPTS = ROOT.parent / "shared" / "bench"
SMALL, LARGE = 10_000, 100_000
THRESHOLD = "0.7"
OURS = {"plain": ("--threshold", THRESHOLD), "typed": ()}

PEERS = {"daft": "daft-json", "rensa": "rensa-dedup", "datasketch": "datasketch"}
"""The packages of other systems, and what ``peers.py`` calls them; all read and write JSON Lines, as we do."""

PEER_SETTINGS = {"NB": "16", "TH": "1"}
PER_MB = 1024**2 if sys.platform == "darwin" else 1024
"""The unit of the peak that the system tells."""


@dataclass(frozen=True)
class Cost:
    """What one run took."""

    cpu: float
    wall: float
    peak: float

    def times(self, other: Cost) -> tuple[float, float, float]:
        """How many times the other's cost this is."""
        return self.cpu / other.cpu, self.wall / other.wall, self.peak / other.peak


def cost(call: Sequence[str], **settings: str) -> Cost:
    """Run a command once, with some settings in its environment."""
    with tempfile.TemporaryFile() as told:
        start = time.perf_counter()
        child = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=told, env={**os.environ, **settings})
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            told.seek(0)
            sys.exit(f"{' '.join(call)} failed:\n{told.read().decode(errors='replace')}")
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / PER_MB)


def works(call: Sequence[str]) -> bool:
    """Whether a command can be run and ends well."""
    try:
        return subprocess.run(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0
    except OSError:
        return False


def corpus(count: int, folder: Path, python: str | None, scripts: Path) -> Path:
    """Make a corpus, unless it is there: the path of its files without their suffix."""
    where = folder / f"made-{count}"
    done = where.with_suffix(".done")
    if done.exists():
        return where
    generator = scripts / "gen.py"
    if not (python and works([python, "-c", f"import sys; sys.path.insert(0, {str(scripts)!r}); import gen"])):
        stories = write(where.with_suffix(".jsonl"), Maker(count))
        np.savez(where.with_suffix(".truth.npz"), src=np.array(stories))
        maker = "made.py"
    else:
        cost([python, str(generator), str(count), str(where)])
        maker = generator.name
    empty = np.array([], np.int64)  # peers.py scores what it found; here only its time is asked for
    np.savez(where.with_suffix(".pairs.npz"), i=empty, j=empty, J=empty.astype(float))
    done.write_text(maker, "utf-8")
    return where


def measure(where: Path, runs: int, peers: Mapping[str, Sequence[str]]) -> dict[str, list[Cost]]:
    """The costs of our modes and of other systems, in turn."""
    taken: dict[str, list[Cost]] = {}
    with tempfile.TemporaryDirectory() as folder:
        into = ["-o", str(Path(folder) / "out.jsonl"), "--quiet", "--no-config"]
        dedup = [sys.executable, "-m", "clipclean", "dedup", f"{where}.jsonl", *into]
        for _ in range(runs):
            for mode, options in OURS.items():
                taken.setdefault(mode, []).append(cost([*dedup, *options]))
            for peer, call in peers.items():
                taken.setdefault(peer, []).append(cost(call, **PEER_SETTINGS))
    return taken


def show(name: str, taken: Mapping[str, Sequence[Cost]]) -> None:
    """Print a line for each system: of others, how many times theirs our plain mode takes."""

    print(f"{name:38} {'cpu s':>8} {'wall s':>8} {'peak MB':>8}   plain / theirs: cpu, wall, peak")
    for system, rows in taken.items():
        cpu, wall, peak = (statistics.median(column) for column in zip(*map(astuple, rows), strict=True))
        told = f"{cpu:8.2f} {wall:8.2f} {peak:8.0f}"
        if system not in OURS:
            ratios = [ours.times(theirs) for ours, theirs in zip(taken["plain"], rows, strict=True)]
            told += "   " + "  ".join(f"{statistics.median(column):.3f}" for column in zip(*ratios, strict=True))
        print(f"{'clipclean dedup, ' + system if system in OURS else system:38} {told}", flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description="Measure how quick dedup is, as whole processes.")
    options.add_argument("--full", action="store_true", help=f"{LARGE:,} documents too")
    options.add_argument("--runs", type=int, default=3, help="runs of each system")
    options.add_argument("--corpora", type=Path, help="where made corpora are kept (default: nowhere)")
    options.add_argument("--peer-python", help="an interpreter that can import other systems")
    options.add_argument("--scripts", type=Path, default=SCRIPTS, help="the folder of peers.py and gen.py")
    given = options.parse_args()
    python, scripts = given.peer_python, given.scripts.resolve()
    there = [
        name for name in PEERS if python and (scripts / "peers.py").exists() and works([python, "-c", f"import {name}"])
    ]
    with tempfile.TemporaryDirectory() as spare:
        folder = (given.corpora or Path(spare)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        for count in (SMALL, LARGE) if given.full else (SMALL,):
            where = corpus(count, folder, python, scripts)
            peers = {name: [python, str(scripts / "peers.py"), str(where), PEERS[name], THRESHOLD] for name in there}
            maker = where.with_suffix(".done").read_text("utf-8")
            show(f"{count:,} documents of {maker}", measure(where, given.runs, peers))


if __name__ == "__main__":
    main()
