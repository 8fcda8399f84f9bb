"""What the user names (files, folders, globs, streams) becomes files to read, in a stable order.

A file that several inputs lead to is read once. In folders, hidden files and folders (a leading dot) are not read but
listed as one failure each; what operating systems leave beside files of their own is passed over. Naming such a file
reads it.
"""

from __future__ import annotations

import glob
import os
import stat
import sys
from collections.abc import Container, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

from clipclean.errors import InputError, RecordError

LITTER = frozenset(
    {".ds_store", ".localized", "__macosx", "thumbs.db", "desktop.ini", "$recycle.bin", "system volume information"}
    | {".directory", ".spotlight-v100", ".fseventsd", ".trashes"}
)
"""Names, in lower case, of files and folders that operating systems make for themselves."""

Found = Path | tuple[Path, RecordError]
"""A file, or a path in a folder that is not read and why."""


def find(inputs: Iterable[str | os.PathLike[str] | BinaryIO]) -> list[Path | BinaryIO]:
    """The paths and streams that the inputs name; globs are matched, folders are not entered.

    Raises InputError where a path does not exist, a glob matches nothing, or an input is none of these.

    >>> find(["no-such-folder"])
    Traceback (most recent call last):
    clipclean.errors.InputError: there is no file or folder no-such-folder; look for a typing error or a wrong folder
    """
    alone = isinstance(inputs, str | os.PathLike) or hasattr(inputs, "read")
    found: list[Path | BinaryIO] = []
    for item in cast("list[str | os.PathLike[str] | BinaryIO]", [inputs] if alone else inputs):
        if isinstance(item, str | os.PathLike):
            found += _named(os.fspath(item))
        elif hasattr(item, "read"):
            found.append(_binary(item))
        else:
            raise InputError(
                f"an input is a path or a binary stream, not {item!r}; for records use clean_many or dedup"
            )
    seen: set[str | int] = set()
    unique = []
    for target in found:
        key = str(target.absolute()) if isinstance(target, Path) else id(target)
        if key not in seen:
            unique.append(target)
        seen.add(key)
    return unique


def files(target: Path, seen: set[str]) -> Iterator[Found]:
    """The files of a path, or of a folder recursively and by name, but for those in ``seen``; they are put there."""
    for found in _walk(target) if _is_folder(target) else [target]:
        key = str((found if isinstance(found, Path) else found[0]).absolute())
        if key not in seen:
            seen.add(key)
            yield found


def is_litter(name: str, beside: Container[str] = ()) -> bool:
    """Whether a file or folder, met in a folder or archive, is none of the user's; ``beside`` are its neighbours.

    ``._a.txt`` beside ``a.txt`` is what macOS could not write into the file itself.

    >>> is_litter(".DS_Store"), is_litter("._a.txt"), is_litter("._a.txt", ["a.txt"])
    (True, False, True)
    """
    return name.lower() in LITTER or (name.startswith("._") and name[2:] in beside)


def hidden(name: str) -> RecordError | None:
    """The reason why a file or folder of this name, met in a folder or archive, is not read.

    >>> hidden(".git").kind, hidden("a.txt")
    ('hidden-file', None)
    """
    if not name.startswith("."):
        return None
    return RecordError("hidden-file", "hidden files are not read; delete it, or rename it if it is part of the dump")


def is_stream(path: Path) -> bool:
    """Whether a path is a pipe or a device (``/dev/stdin``, ``<(zcat a.gz)``), which is read like standard input."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode) or stat.S_ISSOCK(mode)


def _named(name: str) -> list[Path | BinaryIO]:
    if name == "-":
        return [sys.stdin.buffer]
    if not name:
        raise InputError("an input is empty; name a file, a folder, a glob, or - for standard input")
    path = Path(name)
    try:
        path.stat()
        return [path]
    except PermissionError:
        return [path]  # it is there; that it cannot be read is told when its turn comes
    except (OSError, ValueError):
        pass
    if glob.has_magic(name):
        if matches := sorted(glob.glob(name, recursive=True)):  # noqa: PTH207 - Path.glob takes no absolute pattern
            return [Path(match) for match in matches]
        raise InputError(f"nothing matches {name}; look whether the folder is right, and put the pattern in quotes")
    if "://" in name:
        raise InputError(f"{name} is a web address; clipclean reads files, so fetch it first")
    raise InputError(f"there is no file or folder {name}; look for a typing error or a wrong folder")


def _binary(stream: BinaryIO) -> BinaryIO:
    binary: BinaryIO = getattr(stream, "buffer", stream)  # sys.stdin and text files have their bytes beneath
    if not hasattr(binary, "read1") and isinstance(binary.read(0), str):
        raise InputError("a stream must give bytes; open it in binary mode, as in open(path, 'rb')")
    return binary


def _walk(folder: Path) -> Iterator[Found]:
    """The files of a folder by name, those of inner folders where their folder's name stands.

    A link to a folder that stands itself in ``folder`` is not entered, even where it comes first by name: the ids of
    files must not depend on how a link to them is called.
    """
    root = os.path.realpath(folder)
    entered = {root}
    waiting = [iter(_entries(folder))]
    nothing = True
    while waiting:
        entry = next(waiting[-1], None)
        if entry is None:
            waiting.pop()
            continue
        found, is_folder, reason = entry
        if is_folder:
            place = os.path.realpath(found)
            own = os.path.join(root, os.path.relpath(found, folder))  # noqa: PTH118 - compared with realpath's answer
            if place not in entered and (place == own or not _is_reached(place, root)):
                entered.add(place)
                waiting.append(iter(_entries(found)))
                continue
            reason = RecordError(
                "repeated-folder",
                f"this leads by a link to {place}, which is read where it stands or by another link; remove this one",
            )
        nothing = False
        yield found if reason is None else (found, reason)
    if nothing:
        yield folder, RecordError("no-records", "there is no file in this folder; look whether it is the right one")


def _is_reached(place: str, root: str) -> bool:
    """Whether the walk of ``root`` comes to a real folder without the help of links."""
    try:
        parts = Path(place).relative_to(root).parts
    except ValueError:
        return False
    return not any(hidden(part) or is_litter(part) for part in parts)


def _entries(folder: Path) -> list[tuple[Path, bool, RecordError | None]]:
    """What stands in a folder, by name: whether it is a folder to be entered, and what speaks against reading it."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        return [(folder, False, unreadable(error))]
    every = frozenset(entry.name for entry in entries)
    return [(folder / entry.name, *_kind(entry)) for entry in entries if not is_litter(entry.name, every)]


def _kind(entry: os.DirEntry[str]) -> tuple[bool, RecordError | None]:
    if reason := hidden(entry.name):
        return False, reason
    try:
        if entry.is_file():  # most are, and the folder says so itself
            return False, None
        if entry.is_dir():
            return True, None
        entry.stat()  # raises for a link that leads nowhere
    except OSError as error:
        return False, unreadable(error)
    return False, RecordError("not-a-file", "this is a pipe, socket or device, not a file; move it out of the folder")


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def unreadable(error: OSError) -> RecordError:
    """The error for a file or folder that the system does not let us read."""
    reason = error.strerror or str(error)
    return RecordError("unreadable", f"it cannot be opened ({reason}); look at its permissions and whether it is there")
