"""Keeps the words of all texts as hashes, in their order, in files that every process of a run can write and read.

Nine bytes a word: more than a text, but on disk, so that memory holds signatures only, and no words are sent from
process to process. Nothing can be read from the files but which words are equal. They lie in a folder of their own,
below Python's ``tempfile.gettempdir()`` where none is asked for (``TMPDIR`` chooses another), until ``close``.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clipclean.columns import spans
from clipclean.errors import OutputError
from clipclean.text import Places, Tokens

_HASH = np.dtype("<u8")


@dataclass(frozen=True, slots=True)
class Stored:
    """A block of texts in a file: its name, its word at which the block begins, and the ``offsets`` of the texts."""

    file: Path
    begin: int
    offsets: Places


def write_words(folder: Path, block: Tokens, *, flags: bool = True) -> Stored:
    """Append the words of a block to this thread's file in the folder of a store; without ``flags`` not these.

    Raises OutputError where the folder cannot hold them.
    """
    path = folder / f"{os.getpid()}-{threading.get_ident()}"
    try:
        with _open_end(path) as words, _open_end(_flags_of(path)) as flagged:
            # An attempt that failed may have left something in one of the two.
            begin = max(-(-words.tell() // _HASH.itemsize), flagged.tell())
            _write(words, begin, block.hashes.astype(_HASH, copy=False))
            if flags:
                _write(flagged, begin, block.flags)
    except OSError as error:
        raise _full(folder, error) from error
    return Stored(path, begin, block.offsets)


@dataclass(frozen=True, slots=True)
class Extracts:
    """Where the words of some texts lie: those of text ``i`` in ``files[file[i]]`` from the word ``begins[i]`` on.

    In any process ``read`` gives the words.
    """

    files: Sequence[Path]
    file: Places
    begins: Places
    offsets: Places

    def part(self, texts: slice) -> Extracts:
        """Those of some neighbours among the texts."""
        bounds = self.offsets[texts.start : texts.stop + 1]
        return Extracts(self.files, self.file[texts], self.begins[texts], bounds - bounds[0])

    def read(self, *, flags: bool = True) -> Tokens:
        """The words, as a block; without ``flags`` all of these are 0. Where none were written, ask for none."""
        words = Tokens(np.empty(self.offsets[-1], _HASH), self.offsets, np.zeros(self.offsets[-1], np.uint8))
        filled = spans(self.offsets).nonzero()[0]
        file, begins, starts = self.file[filled], self.begins[filled], self.offsets[filled]
        # What lies side by side is read as one.
        apart = np.ones(len(filled), bool)
        apart[1:] = (file[1:] != file[:-1]) | (begins[1:] != begins[:-1] + np.diff(starts))
        bounds = np.append(starts[apart], self.offsets[-1])
        for number in np.unique(file).tolist():
            mine = np.flatnonzero(file[apart] == number)
            reads = begins[apart][mine].tolist(), bounds[mine].tolist(), bounds[mine + 1].tolist()
            _fill(self.files[number], words.hashes, *reads)
            if flags:
                _fill(_flags_of(self.files[number]), words.flags, *reads)
        return Tokens(words.hashes.astype(np.uint64, copy=False), words.offsets, words.flags)


class WordStore:
    """Words of texts numbered in the order in which their blocks were added.

    ``folder`` is where the store makes its own. Raises OutputError where that cannot be.

    >>> from clipclean.text import tokenise
    >>> with WordStore() as store:
    ...     store.add(write_words(store.folder, tokenise(["one two", "", "two"])))
    ...     words = store.locate(np.array([2, 0])).read()
    ...     words.offsets.tolist(), bool(words.hashes[0] == words.hashes[2])
    ([0, 1, 3], True)
    """

    def __init__(self, folder: Path | None = None) -> None:
        try:
            self._folder = tempfile.TemporaryDirectory(prefix="clipclean-", dir=folder, ignore_cleanup_errors=True)
        except OSError as error:
            raise _full(folder or tempfile.gettempdir(), error) from error
        self._files: dict[Path, int] = {}
        self._bounds, self._begins, self._file = (
            [np.zeros(1, np.int64)],
            [np.empty(0, np.int64)],
            [np.empty(0, np.int64)],
        )
        self._end = 0

    @property
    def folder(self) -> Path:
        """Where words are to be written."""
        return Path(self._folder.name)

    def add(self, block: Stored) -> None:
        """Add a block of texts that a writer of this folder has written."""
        number = self._files.setdefault(block.file, len(self._files))
        self._bounds.append(block.offsets[1:] + self._end)
        self._begins.append(block.offsets[:-1] + block.begin)
        self._file.append(np.full(len(block.offsets) - 1, number))
        self._end += int(block.offsets[-1])

    @property
    def offsets(self) -> Places:
        """The number of the first word of each text; one more than there are texts."""
        return _joined(self._bounds)

    def locate(self, texts: Places) -> Extracts:
        """Where the words of some texts lie, in the order asked for."""
        offsets = np.zeros(len(texts) + 1, np.int64)
        np.cumsum(self.offsets[texts + 1] - self.offsets[texts], out=offsets[1:])
        return Extracts(tuple(self._files), _joined(self._file)[texts], _joined(self._begins)[texts], offsets)

    def close(self) -> None:
        """Let the files go; the store is then of no more use."""
        self._folder.cleanup()

    def __enter__(self) -> WordStore:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _joined(parts: list[NDArray[np.int64]]) -> Places:
    if len(parts) > 1:
        parts[:] = [np.concatenate(parts)]
    return parts[0]


def _flags_of(words: Path) -> Path:
    return words.with_name(f"{words.name}.flags")


def _open_end(path: Path) -> FileIO:
    path.touch()
    file = path.open("r+b", buffering=0)
    file.seek(0, os.SEEK_END)
    return file


def _write(file: FileIO, place: int, values: NDArray[np.generic]) -> None:
    file.seek(values.itemsize * place)
    rest = values.view(np.uint8).data
    while len(rest):
        rest = rest[file.write(rest) :]


def _fill(path: Path, target: NDArray[np.generic], begins: list[int], starts: list[int], ends: list[int]) -> None:
    try:
        with path.open("rb", buffering=0) as file:
            for begin, start, end in zip(begins, starts, ends, strict=True):
                file.seek(target.itemsize * begin)
                part = target[start:end]
                if file.readinto(part.data) != part.nbytes:
                    raise OutputError(
                        "a temporary file of the duplicate stage was cut short; run again with enough space"
                    )
    except OSError as error:
        raise OutputError(f"a temporary file with words cannot be read ({error}); run again") from error


def _full(folder: object, error: OSError) -> OutputError:
    return OutputError(
        f"cannot keep words in the folder {folder} ({error}): about three times the size of the input must be free "
        "there; where it is the system's temporary folder, set TMPDIR to another"
    )
