"""Inputs that change or vanish while a run reads them are told: what was read of them is not what they hold."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from clipclean.engines.interrupt import Interrupt
from clipclean.errors import RecordError
from clipclean.model import Clipping, Failure
from clipclean.readers.inputs import files, find
from clipclean.readers.source import Source, label

Stamp = tuple[int, int]


class Watch:
    """The input files as they are now: which there are, how large they are, and when they were written.

    Some 300 bytes a file. What is no file (standard input, pipes) is not watched.
    """

    def __init__(self, inputs: Iterable[str]) -> None:
        seen: set[str] = set()
        found = (found for target in find(inputs) if isinstance(target, Path) for found in files(target, seen))
        paths = (path.as_posix() for path in found if isinstance(path, Path))
        self._stamps = {path: stamp for path in paths if (stamp := _stamp(path)) is not None}

    def over(self, items: Iterable[Clipping | Failure], interrupt: Interrupt) -> Iterator[Clipping | Failure]:
        """The items, and at their end a failure ``changed`` for each file that is no longer as it was.

        Not for a file that could not be opened, which is told already, and not where somebody asked to stop.
        """
        unreadable = set()
        for item in items:
            if isinstance(item, Failure) and item.kind == "unreadable":
                unreadable.add(item.origin.path)
            yield item
        if interrupt.asked:
            return
        for path, before in self._stamps.items():
            name = label(path)
            if name not in unreadable and (now := _stamp(path)) != before:
                what = "vanished" if now is None else "changed"
                yield Source(name).failure(
                    RecordError("changed", f"it {what} while it was read; run again when nobody writes there")
                )


def _stamp(path: str) -> Stamp | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - a hundred thousand paths as text take less
    except OSError:
        return None
    return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None
