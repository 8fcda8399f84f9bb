"""The folder of a run: all its files appear together, when all are whole.

They are written into a hidden folder inside the target and moved out of it at the end, the report last: a folder
with a report holds a whole run. A later run takes the place of an earlier one and of nothing else: files that no run
of clipclean wrote are never touched.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import uuid
from pathlib import Path

from clipclean.errors import OutputError
from clipclean.writers.whole import made_folder, told

REPORT = "report.json"
CLIPPINGS = ("clippings.jsonl", "clippings.csv", "clippings.parquet", "clippings", "files.jsonl")
TABLES = ("removed.jsonl", "duplicates.jsonl", "errors.jsonl")
OWN = (*CLIPPINGS, *TABLES, REPORT)
"""Every name that a run may write, whatever its settings; what an earlier run left of them goes."""


class OutputFolder:
    """The target of one run, as a context manager; leaving it by an error leaves the target as it was.

    ``force`` replaces files of these names even where no report says that clipclean wrote them. Raises OutputError
    where the folder cannot be used.

    >>> import tempfile
    >>> with OutputFolder(Path(tempfile.mkdtemp())) as folder:
    ...     _ = (folder.staging / "report.json").write_text("{}")
    ...     folder.publish()
    >>> [path.name for path in folder.path.iterdir()]
    ['report.json']
    """

    def __init__(self, path: Path, *, force: bool = False) -> None:
        self.path = path
        self.force = force
        self.staging = path / f".clipclean-{uuid.uuid4().hex[:8]}"
        self._made = contextlib.ExitStack()

    def __enter__(self) -> OutputFolder:
        with told(self.path):
            if self.path.exists() and not self.path.is_dir():
                raise OutputError(f"{self.path} is a file; -o needs a folder")
            if not self.force:
                self._refuse_foreign_files()
            self._made.enter_context(made_folder(self.path))
            self.staging.mkdir()
        return self

    def __exit__(self, *error: object) -> None:
        shutil.rmtree(self.staging, ignore_errors=True)
        self._made.close()

    def publish(self) -> None:
        """Put the files of this run in the place of those of an earlier one. Call it once, when all are closed."""
        with told(self.path):
            (self.path / REPORT).unlink(missing_ok=True)  # from here to the end, the folder holds no whole run
            for name in OWN:
                old = self.path / name
                if old.is_dir() and not old.is_symlink():
                    shutil.rmtree(old)
                else:
                    old.unlink(missing_ok=True)
            written = sorted(self.staging.iterdir(), key=lambda path: (path.name == REPORT, path.name))
            for path in written:
                path.replace(self.path / path.name)

    def _refuse_foreign_files(self) -> None:
        there = [name for name in OWN if (self.path / name).exists()]
        foreign = not _is_report(self.path / REPORT)
        if "clippings" in there and not foreign:
            foreign = any(path.suffix != ".txt" for path in (self.path / "clippings").iterdir())
        if there and foreign:
            raise OutputError(
                f"{self.path} holds {', '.join(there)}, and not all of it was written by a run of clipclean; "
                "choose another folder, or replace them with --force"
            )


def _is_report(path: Path) -> bool:
    try:
        return "clipclean" in json.loads(path.read_bytes())["versions"]
    except (OSError, ValueError, LookupError, TypeError):
        return False
