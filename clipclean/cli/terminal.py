"""What the commands say and where: results to standard output or a file, everything else to standard error."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import typer

from clipclean.errors import OutputError
from clipclean.model import Clipping, Failure
from clipclean.places import refuse_overlap
from clipclean.review.printable import printable, printable_json
from clipclean.writers import JsonLines, failure_row, whole_file

if TYPE_CHECKING:
    from rich.progress import Progress

SHOWN = 5
"""Failures that are shown as they happen; the rest are counted."""

TICK = 0.1
"""Seconds between two movements of the progress bar: more often, and showing it costs more than the work."""

OTHER_FORMATS = frozenset(
    [
        *(".csv", ".tsv", ".xlsx", ".parquet", ".arrow", ".feather", ".ipc", ".txt", ".html", ".htm", ".warc", ".wet"),
        *(".zip", ".tar", ".tgz", ".tbz2", ".txz", ".7z", ".rar", ".lz4", ".br", ".pdf", ".xml"),
    ]
)
"""Suffixes that would lie about JSON Lines. Not ``.json``: many call JSON Lines so, and we read it as such."""

PACKED = (".gz", ".bz2", ".xz", ".zst")


def complain(message: str) -> None:
    """Say one line on standard error, whatever is in it."""
    if sys.stderr is None:  # closed by whoever started us; print would take standard output for it
        return
    with contextlib.suppress(OSError):  # where nobody hears us, there is nobody to tell
        print(f"clipclean: {printable(message)}", file=sys.stderr, flush=True)


def end_stdout() -> None:
    """Let the rest of standard output go nowhere: its reader has gone, and that is no fault."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def check_targets(inputs: Iterable[str], *targets: str | Path | None) -> None:
    """Raise OutputError or InputError where results would replace an input, be read as one, or go under a wrong name.

    >>> check_targets(["-"], "out.jsonl.gz", None)
    """
    files = [str(target) for target in targets if target is not None]
    for name in files:
        path = Path(name)
        suffix = Path(path.stem if path.suffix.lower() in PACKED else name).suffix.lower()
        if suffix in OTHER_FORMATS:
            raise OutputError(f"{name}: this command writes JSON Lines; name it .jsonl, or use run --format")
    refuse_overlap(inputs, files=files)


@contextlib.contextmanager
def results(target: str) -> Iterator[IO[bytes]]:
    """Where JSON Lines go: standard output for ``-``, else a file that appears when it is whole.

    A closed pipe ends the command, silently. Ask ``check_targets`` before anything is opened.
    """
    if target != "-":
        with whole_file(Path(target)) as file:
            yield file
        return
    if sys.stdout is None:
        raise OutputError("standard output is closed; name a file with -o")
    try:
        yield cast("IO[bytes]", Shown(sys.stdout.buffer)) if sys.stdout.isatty() else sys.stdout.buffer
        sys.stdout.buffer.flush()
    except OSError as error:
        if error.errno not in (errno.EPIPE, errno.EINVAL):  # Windows says EINVAL
            raise OutputError(f"standard output: {error.strerror}") from error
        end_stdout()
        raise typer.Exit(0) from None


class Shown:
    """Standard output where it is a terminal: JSON Lines that say the same and cannot steer it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def write(self, line: bytes) -> None:
        """Write one line."""
        self._stream.write(printable_json(line))

    def writelines(self, lines: Iterable[bytes]) -> None:
        """Write lines."""
        for line in lines:
            self.write(line)


class Bar:
    """Progress on standard error: what is being done, how far, how fast. Silent unless ``show``."""

    STAGES = {"learn": "learning from", "read": "reading", "compare": "comparing", "write": "writing"}  # noqa: RUF012 - a constant

    def __init__(self, *, show: bool) -> None:
        self._show = show
        self._bar: Progress | None = None
        self._stage = ""
        self._since = self._last = 0.0

    def __enter__(self) -> Bar:
        if self._show:
            from rich.console import Console
            from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            self._bar = Progress(
                SpinnerColumn(),
                TimeElapsedColumn(),
                TextColumn("{task.description}", markup=False),
                console=Console(stderr=True),
                transient=True,
            )
            self._task = self._bar.add_task("starting", total=None)
            self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar:
            self._bar.stop()

    def __call__(self, stage: str, done: int, current: str) -> None:
        """Show the stage, how many are done in it, and the file being read; called by the pipeline."""
        if not self._bar:
            return
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._since, self._last = stage, now, 0.0
        if now - self._last < TICK:
            return
        self._last = now
        rate = f" ({done / (now - self._since):,.0f}/s)" if now - self._since > 1 and stage != "compare" else ""
        text = f"{self.STAGES.get(stage, stage)} {done:,}{rate} {printable(current)[-40:]}"
        self._bar.update(self._task, description=text)

    def say(self, message: str) -> None:
        """Say one line, above the bar where there is one."""
        if self._bar:
            self._bar.console.print(f"clipclean: {printable(message)}", markup=False, highlight=False, soft_wrap=True)
        else:
            complain(message)


def bar_for(*, quiet: bool, target: str = "") -> Bar:
    """The bar of a command that writes to ``target``: none where it would run through the results on a terminal."""
    mixed = target == "-" and sys.stdout is not None and sys.stdout.isatty()
    return Bar(show=not quiet and sys.stderr is not None and sys.stderr.isatty() and not mixed)


class Failures:
    """The failures of a command that has no errors.jsonl: the first few are said, all go to ``--errors`` if given."""

    def __init__(self, bar: Bar, target: Path | None) -> None:
        self.count = 0
        self._bar = bar
        self._target = target
        self._stack = contextlib.ExitStack()
        self._rows: JsonLines | None = None

    def __enter__(self) -> Failures:
        if self._target:
            self._rows = JsonLines(self._stack.enter_context(results(str(self._target))))
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def add(self, failure: Failure) -> None:
        """Count a failure, and say or write it."""
        self.count += 1
        if self._rows:
            self._rows.write(failure_row(failure))
        if self.count <= SHOWN:
            self._bar.say(failure.message)

    def listed(self, items: Iterable[Clipping | Failure]) -> Iterator[Clipping]:
        """The clippings among items; failures are added as they pass."""
        for item in items:
            if isinstance(item, Failure):
                self.add(item)
            else:
                yield item

    def sum_up(self) -> None:
        """Say how many there were beyond those that were said."""
        if self.count > SHOWN:
            rest = f"{self.count - SHOWN:,} more failed"
            self._bar.say(
                f"{rest}; {self._target} has all" if self._target else f"{rest}; --errors FILE lists them all"
            )
