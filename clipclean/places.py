"""Where results may go: never onto an input, into an input folder, or onto each other.

Asked before anything is opened. Files are told apart by what the system says they are (device and number), not by their
names, so that links, letter case and ``..`` hide nothing.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clipclean.errors import InputError, OutputError

Identity = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Target:
    """A place that is going to be written: what is there now (if anything), and the folders it lies in.

    A folder that is there lies in itself, so that it is found as an input too.
    """

    name: str
    own: Identity | None
    within: frozenset[Identity]
    is_folder: bool = False


def refuse_overlap(
    inputs: Iterable[str | os.PathLike[str]],
    *,
    files: Iterable[str | os.PathLike[str]] = (),
    folder: str | os.PathLike[str] | None = None,
) -> None:
    """Raise where writing ``files`` (``-`` is standard output) or ``folder`` would replace an input, or be read as one.

    Every folder and glob of the inputs is looked through, links in them are followed. Devices and pipes may be written
    whatever the inputs are. Raises OutputError where a file is an input or two files are one; InputError where a target
    lies in an input, an input in the target folder, where there is no input, or an input does not exist.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.txt"
    >>> _ = path.write_text("Rain fell.")
    >>> refuse_overlap([path], files=[path.with_name("b.jsonl")], folder=path.with_name("out"))
    """
    from clipclean.readers.inputs import find

    given = list(inputs)
    if not given:
        raise InputError("there is no input; name files, folders or globs, or - for standard input")
    if "-" in given and sys.stdin is None:
        raise InputError("standard input is closed; name a file, or open it, as in `clipclean clean - < dump.jsonl`")
    targets = _targets(files, folder)
    files_count = any(target.own is not None and not target.is_folder for target in targets)
    seen: set[Identity] = set()
    for item in find(given):
        name = str(item) if isinstance(item, Path) else "-"
        if not isinstance(item, Path):
            _refuse_file(_open_file(item), name, targets)
            continue
        waiting = [(os.path.realpath(item), True)]
        while waiting:
            place, led_elsewhere = waiting.pop()
            try:
                found = Path(place).stat()
            except (OSError, ValueError):  # it cannot be read either: told when its turn comes
                continue
            here = found.st_dev, found.st_ino
            if led_elsewhere:
                _refuse_input_in_folder(place, name, targets)
            if not stat.S_ISDIR(found.st_mode):
                _refuse_file(here if stat.S_ISREG(found.st_mode) else None, name, targets)
            elif here not in seen:
                seen.add(here)
                _refuse_target_in_input(here, name, targets)
                waiting += ((path, link) for path, link in _entries(place, with_files=files_count))


def _entries(folder: str, *, with_files: bool) -> Iterator[tuple[str, bool]]:
    """What stands in a folder and is not hidden, and whether it is a link; of what is a file itself, only if asked."""
    from clipclean.readers.inputs import hidden

    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                link = entry.is_symlink()
                if not hidden(entry.name) and (with_files or not entry.is_file(follow_symlinks=False)):
                    yield os.path.realpath(entry.path) if link else entry.path, link
    except OSError:
        return


def _targets(files: Iterable[str | os.PathLike[str]], folder: str | os.PathLike[str] | None) -> list[Target]:
    targets = []
    taken: set[str | Identity] = set()
    for name in [os.fspath(file) for file in files]:
        if name == "-":
            targets.append(Target("standard output", _open_file(sys.stdout), frozenset()))
            keys: set[str | Identity] = {name}
        else:
            path = Path(os.path.realpath(name))
            if path.exists() and not path.is_file() and not path.is_dir():
                continue
            targets.append(Target(name, _identity(path), _identities(path.parents)))
            keys = {os.path.normcase(path)}
        keys |= {targets[-1].own} - {None}  # type: ignore[arg-type]
        if keys & taken:
            raise OutputError("two kinds of results would go to one place; give each its own file")
        taken |= keys
    if folder is not None:
        path = Path(os.path.realpath(folder))
        targets.append(Target(os.fspath(folder), _identity(path), _identities((path, *path.parents)), is_folder=True))
    return targets


def _refuse_file(here: Identity | None, name: str, targets: Iterable[Target]) -> None:
    for target in targets:
        if here is not None and here == target.own:
            inside = "" if name in (target.name, "-") else f" (in {name})"
            raise OutputError(f"{target.name} is an input too{inside} and would be overwritten; write to another file")


def _refuse_target_in_input(here: Identity, name: str, targets: Iterable[Target]) -> None:
    for target in targets:
        if here in target.within:
            what = "output folder" if target.is_folder else "output"
            raise InputError(
                f"the {what} {target.name} lies in the input {name}, so that what is written would be read as input; "
                "choose a place outside the input"
            )


def _refuse_input_in_folder(place: str, name: str, targets: Iterable[Target]) -> None:
    for target in targets:
        if target.is_folder and target.own is not None and target.own in _identities(Path(place).parents):
            raise InputError(
                f"the input {name} lies in the output folder {target.name}, so that a run could replace it; "
                "choose a folder outside the input"
            )


def _identity(path: Path) -> Identity | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def _identities(paths: Iterable[Path]) -> frozenset[Identity]:
    return frozenset(found for path in paths if (found := _identity(path)))


def _open_file(stream: Any) -> Identity | None:
    """Which file a stream of the shell leads to; None where it is no file."""
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError, AttributeError):
        return None
    return (found.st_dev, found.st_ino) if stat.S_ISREG(found.st_mode) else None
