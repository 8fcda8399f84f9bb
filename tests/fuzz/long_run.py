"""A long fuzz run: ``python tests/fuzz/long_run.py 1000000`` tries as many inputs over all targets, each its share.

Prints what it has tried, and each finding by target and number; ``--target NAME --number N`` shows one input and what
it does. The exit code is 1 where there was a finding. A batch that takes longer than a minute is a finding too.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
import traceback
from typing import Any

from fuzz_targets import TARGETS, input_of

BATCH = 64
SECONDS = 60


def _ring(*_: Any) -> None:
    raise TimeoutError(f"more than {SECONDS} s")


def fault(target: str, numbers: list[int]) -> str | None:
    """What goes wrong with these inputs together, in one line."""
    signal.alarm(SECONDS)
    try:
        TARGETS[target].check([input_of(target, number) for number in numbers])
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {str(error)[:300]} ({place.filename}:{place.lineno})"
    finally:
        signal.alarm(0)
    return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("inputs", type=int, nargs="?", default=100_000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first input of each target")
    parser.add_argument("--target", choices=TARGETS)
    parser.add_argument("--number", type=int)
    given = parser.parse_args()
    signal.signal(signal.SIGALRM, _ring)
    if given.number is not None:
        print(repr(input_of(given.target, given.number)))
        TARGETS[given.target].check([input_of(given.target, given.number)])
        return 0
    targets = {given.target: TARGETS[given.target]} if given.target else TARGETS
    shares = sum(target.share for target in targets.values())
    most = {name: -(-given.inputs * target.share // shares) for name, target in targets.items()}
    done = dict.fromkeys(targets, 0)
    found, began, spoken = 0, time.monotonic(), 0.0
    while any(done[name] < most[name] for name in targets):
        name = min(targets, key=lambda name: done[name] / most[name])
        first = given.first + done[name]
        numbers = list(range(first, first + min(BATCH, most[name] - done[name])))
        if fault(name, numbers):
            for number in numbers:
                if said := fault(name, [number]):
                    found += 1
                    print(f"FOUND {name!r} {number}: {said}", flush=True)
        done[name] += len(numbers)
        if time.monotonic() - spoken > 30:
            spoken = time.monotonic()
            print(f"{sum(done.values()):,} inputs, {found} findings, {spoken - began:,.0f} s", flush=True)
    for name, count in done.items():
        print(f"{count:>10,}  {name}")
    print(f"{sum(done.values()):>10,}  inputs in all, {found} findings, {time.monotonic() - began:,.0f} s")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
