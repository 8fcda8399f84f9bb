"""Runs ``clipclean run`` on each file of a folder, with the options given for it, in this one process.

    python outcomes.py FOLDER OUT < options.json > outcomes.json

``options.json`` has the options of each file by its name. Of each file the outcome has the exit code, the counts of
``report.json``, the failures by kind, and the peak memory of the process so far in MB.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

from clipclean.cli import main


def outcome(path: Path, out: Path, options: list[str]) -> dict[str, Any]:
    code = main(["run", str(path), "-o", str(out), "--quiet", "--no-config", *options])
    report = json.loads((out / "report.json").read_text())
    counts = {name: report[name] for name in ("read", "written", "folded", "failed", "errors")}
    return {"code": code, **counts, "peak": peak()}


def peak() -> int:
    """The most memory that this process had, in MB. On Linux its rusage begins with that of whoever started it."""
    try:
        (line,) = (line for line in Path("/proc/self/status").read_text("ascii").splitlines() if "VmHWM" in line)
        return int(line.split()[1]) >> 10
    except (OSError, ValueError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1 << 20 if sys.platform == "darwin" else 1 << 10)


if __name__ == "__main__":
    folder, out = map(Path, sys.argv[1:3])
    given = json.load(sys.stdin)
    print(json.dumps({name: outcome(folder / name, out / name, options) for name, options in given.items()}))
