"""The folder of a run: all its files appear together, when all are whole.

They are written into a hidden folder inside the target and moved out of it at the end, the report last: a folder
with a report holds a whole run. A later run takes the place of an earlier one and of nothing else: files that no run
of clipclean wrote are never touched. What a run leaves in the hidden folder that did not come to its end, a later one
goes on from, or clears away.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from clipclean.errors import AccountingError, OutputError
from clipclean.writers.whole import made_folder, told

REPORT = "report.json"
CLIPPINGS = ("clippings.jsonl", "clippings.csv", "clippings.parquet", "clippings", "files.jsonl")
TABLES = ("removed.jsonl", "duplicates.jsonl", "errors.jsonl", "inputs.jsonl")
MANIFEST = "manifest.json"
MACHINE = "run.json"
OWN = (*CLIPPINGS, *TABLES, MANIFEST, MACHINE, REPORT)
"""Every name that a run may write, whatever its settings; what an earlier run left of them goes."""

STAGING = ".clipclean-run"
SHARDS = "shards"


class OutputFolder:
    """The target of one run, as a context manager; leaving it by an error leaves the target as it was.

    Files are written in ``staging``. The whole shards of records in ``shards`` outlive a run that did not come to its
    end, unless its counts were wrong; the next one takes them over with ``resume``, and clears them away without.
    ``force`` replaces files of these names even where no report says that clipclean wrote them. Raises OutputError
    where the folder cannot be used, or where another run is writing into it.

    >>> import tempfile
    >>> with OutputFolder(Path(tempfile.mkdtemp())) as folder:
    ...     _ = (folder.staging / "report.json").write_text("{}")
    ...     folder.publish()
    >>> [path.name for path in folder.path.iterdir()]
    ['report.json']
    """

    def __init__(self, path: Path, *, force: bool = False, resume: bool = False) -> None:
        self.path = path
        self.force = force
        self.resume = resume
        self.staging = path / STAGING
        self.shards = self.staging / SHARDS
        self._open = contextlib.ExitStack()
        self._publishing = False

    def __enter__(self) -> OutputFolder:
        with contextlib.ExitStack() as stack, told(self.path):
            if self.path.exists() and not self.path.is_dir():
                raise OutputError(f"{self.path} is a file; -o needs a folder")
            if not self.force:
                self._refuse_foreign_files()
            stack.enter_context(made_folder(self.path))
            stack.enter_context(_alone(self.path))
            if self._is_half_published():
                self._remove_own()
            self.staging.mkdir(exist_ok=True)
            self._clear(shards=not self.resume)
            self._open = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        if not (kind and self._publishing):
            self._clear(shards=kind is None or issubclass(kind, AccountingError))
        for place in (self.shards, self.staging):
            with contextlib.suppress(OSError):  # it is not empty, or the disk has gone
                place.rmdir()
        self._open.close()

    def publish(self) -> None:
        """Put the files of this run in the place of those of an earlier one. Call it once, when all are closed."""
        self._publishing = True
        with told(self.path):
            self._remove_own()
            written = {path.name: path for path in self.staging.iterdir() if path != self.shards}
            for name in sorted(written, key=lambda name: (name == REPORT, name)):
                written[name].replace(self.path / name)

    def _remove_own(self) -> None:
        _remove(self.path / REPORT)  # first: from here to the end, the folder holds no whole run
        for name in OWN:
            _remove(self.path / name)

    def _is_half_published(self) -> bool:
        """Whether a run ended while it moved its files: the old report has gone, its own waits to be moved last."""
        return not (self.path / REPORT).exists() and _is_report(self.staging / REPORT)

    def _clear(self, *, shards: bool) -> None:
        """Remove what is in the hidden folder, as far as that can be done; whole shards only where it is said."""
        with contextlib.suppress(OSError):
            for path in list(self.staging.iterdir()):
                if shards or path != self.shards:
                    _remove(path)

    def _refuse_foreign_files(self) -> None:
        there = [name for name in OWN if (self.path / name).exists()]
        foreign = not (_is_report(self.path / REPORT) or self._is_half_published())
        if "clippings" in there and not foreign:
            foreign = any(path.suffix != ".txt" for path in (self.path / "clippings").iterdir())
        if there and foreign:
            raise OutputError(
                f"{self.path} holds {', '.join(there)}, and not all of it was written by a run of clipclean; "
                "choose another folder, or replace them with --force"
            )


def is_begun(path: Path) -> bool:
    """Whether a run that did not come to its end has left something in a folder to go on from.

    >>> is_begun(Path("no-such-folder"))
    False
    """
    return (path / STAGING / SHARDS).is_dir()


def kept_clippings(path: Path) -> Path | None:
    """Where the kept clippings of a run are, if this is the folder of one.

    >>> kept_clippings(Path("no-such-folder")) is None
    True
    """
    if not _is_report(path / REPORT):
        return None
    return next((path / name for name in CLIPPINGS if (path / name).exists()), None)


def _is_report(path: Path) -> bool:
    try:
        return "clipclean" in json.loads(path.read_bytes())["versions"]
    except (OSError, ValueError, LookupError, TypeError):
        return False


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder; the system lets go of it when the process ends, however it does.

    On Windows, and on file systems that cannot do it, nothing is kept out.
    """
    try:
        import fcntl

        handle = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        yield
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise OutputError(f"{folder}: another run is writing into it; wait for it, or choose another folder") from None
    except OSError:
        pass
    try:
        yield
    finally:
        os.close(handle)
