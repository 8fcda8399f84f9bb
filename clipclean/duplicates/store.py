"""Keeps the words of all texts as hashes, in their order, in an unnamed temporary file that vanishes with the process.

Nine bytes a word: more than a text, but on disk, so that memory holds signatures only. Nothing can be read from it but
which words are equal. The folder is Python's ``tempfile.gettempdir()``; ``TMPDIR`` chooses another.
"""

from __future__ import annotations

import contextlib
import tempfile
from typing import IO

import numpy as np
from numpy.typing import NDArray

from clipclean.errors import OutputError
from clipclean.text import Places, Tokens


class WordStore:
    """Words of texts numbered in the order in which they were appended.

    Without ``flags`` these are not kept and come back as 0.

    Raises OutputError where the temporary folder cannot hold them. Not for many threads at once.

    >>> from clipclean.text import tokenise
    >>> with WordStore() as store:
    ...     store.append(tokenise(["one two", "", "two"]))
    ...     words = store.read(np.array([2, 0]))
    ...     words.offsets.tolist(), bool(words.hashes[0] == words.hashes[2])
    ([0, 1, 3], True)
    """

    def __init__(self, *, flags: bool = True) -> None:
        self._flagged = flags
        try:
            self._words: IO[bytes] = tempfile.TemporaryFile(prefix="clipclean-")  # noqa: SIM115  # closed by close()
            self._flags: IO[bytes] = tempfile.TemporaryFile(prefix="clipclean-")  # noqa: SIM115  # closed by close()
        except OSError as error:
            raise _full(error) from error
        self._parts: list[NDArray[np.int64]] = [np.zeros(1, np.int64)]
        self._end = 0

    def append(self, tokens: Tokens) -> None:
        """Add a block of texts."""
        try:
            self._words.write(tokens.hashes.astype("<u8", copy=False).data)
            if self._flagged:
                self._flags.write(tokens.flags.data)
        except OSError as error:
            raise _full(error) from error
        self._parts.append(tokens.offsets[1:] + self._end)
        self._end += len(tokens.hashes)

    @property
    def offsets(self) -> Places:
        """Where the words of each text begin; one more than there are texts."""
        if len(self._parts) > 1:
            self._parts = [np.concatenate(self._parts)]
        return self._parts[0]

    def read(self, texts: Places, *, flags: bool = True) -> Tokens:
        """The words of some texts, as a block in the order asked for; without ``flags`` all of these are 0."""
        try:
            self._words.flush()
            self._flags.flush()
        except OSError as error:
            raise _full(error) from error
        begins = self.offsets[texts]
        offsets = np.zeros(len(texts) + 1, np.int64)
        np.cumsum(self.offsets[texts + 1] - begins, out=offsets[1:])
        hashes = np.empty(offsets[-1], np.dtype("<u8"))
        flagged = np.zeros(offsets[-1], np.uint8)
        # What lies side by side is read as one.
        apart = np.ones(len(texts), bool)
        apart[1:] = begins[1:] != self.offsets[texts[:-1] + 1]
        bounds = [*offsets[:-1][apart].tolist(), int(offsets[-1])]
        targets: list[tuple[IO[bytes], NDArray[np.generic]]] = [(self._words, hashes)]
        if flags and self._flagged:
            targets.append((self._flags, flagged))
        for begin, start, end in zip(begins[apart].tolist(), bounds[:-1], bounds[1:], strict=True):
            for file, target in targets:
                _fill(file, begin, target[start:end])
        return Tokens(hashes.astype(np.uint64, copy=False), offsets, flagged)

    def close(self) -> None:
        """Let the files go; the store is then of no more use."""
        for file in (self._words, self._flags):
            with contextlib.suppress(OSError):  # what could not be written any more is not needed any more either
                file.close()

    def __enter__(self) -> WordStore:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _fill(file: IO[bytes], begin: int, target: NDArray[np.generic]) -> None:
    raw = file.raw  # type: ignore[attr-defined]  # past the buffer, which only writing needs
    raw.seek(target.itemsize * begin)
    if raw.readinto(target.data) != target.nbytes:
        raise OutputError("the temporary file of the duplicate stage was cut short; run again with enough space")


def _full(error: OSError) -> OutputError:
    return OutputError(
        f"cannot keep words in the temporary folder {tempfile.gettempdir()} ({error}); "
        "set TMPDIR to a folder with about three times the size of the input free"
    )
