"""The first pass: what a dump says of its sources and of its own stories, before any of them is cleaned.

It keeps numbers, never texts, and has no say in what is counted or listed: what cannot be read here is passed over, and
is told when it is read to be cleaned. Inputs are read twice for it, so what can be read only once (standard input, a
pipe) is kept in a temporary file from the first time to the second.

A profile is saved as JSON Lines: a line that says what it is, then one for each source with the hashes and counts of
its lines.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, TypeAlias

from clipclean.config import CleanSettings, Extractor, ReadSettings
from clipclean.engines.interrupt import Interrupt
from clipclean.engines.local import Crew
from clipclean.errors import InputError, OutputError, RecordError
from clipclean.model import Clipping, Failure
from clipclean.streams import Counted, Progress, batches

if TYPE_CHECKING:
    from clipclean.cleaning.evidence import Seen
    from clipclean.cleaning.openings import Beginnings, Teasers
    from clipclean.cleaning.paragraphs import Paragraphs
    from clipclean.cleaning.profile import SourceProfile
    from clipclean.readers import Unread

BLOCKS = CleanSettings(extractor=Extractor.BLOCKS)
"""How pages become lines here: which of them an extractor takes for story is not asked, so it need not run."""

Item: TypeAlias = "Clipping | Failure | Unread"
Part = tuple["Seen", "Beginnings | None"]


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a first pass learnt: the profile of the sources, and which lines tease which of the stories."""

    profile: SourceProfile
    teasers: Teasers | None = None

    def digest(self) -> str:
        """16 hexadecimal digits that differ where lessons do."""
        found = blake2b(self.profile.digest().encode(), digest_size=8)
        for name, leads in sorted((self.teasers.found if self.teasers else {}).items()):
            found.update(repr((name, sorted((line, lead.of, lead.very) for line, lead in leads.items()))).encode())
        return found.hexdigest()


def first_pass(
    names: Sequence[str],
    settings: ReadSettings,
    kept: Kept,
    *,
    crew: Crew | None = None,
    progress: Progress | None = None,
    interrupt: Interrupt,
) -> tuple[Lesson, Iterator[Clipping | Failure]]:
    """Learn from inputs, and give them again to be cleaned.

    Where ``interrupt`` is asked to stop meanwhile, as much is given again as has been read.
    """
    from clipclean import readers

    given = interrupt.until(readers.name_lone(names, settings, streams=kept.first))
    first = Counted(given, progress, "learn")
    lesson = learn_stream(first, settings, crew=crew)
    kept.check()
    again = readers.read(names, settings, streams=kept.again)
    return lesson, islice(again, first.count) if interrupt.asked else interrupt.until(again)


def learn_stream(
    items: Iterable[Item], settings: ReadSettings | None = None, *, crew: Crew | None = None, teasers: bool = True
) -> Lesson:
    """Learn from clippings as they come; failures are passed over. The same for every order and number of workers.

    What is still to be read is read, as ``settings`` say, where it is learnt from. A clipping that takes more than a
    worker of ``crew`` may is passed over too.

    >>> learn_stream([Clipping(id="a", text="Rain fell.", source="halden.example")]).profile.lines
    0
    """
    from clipclean.cleaning.evidence import learn
    from clipclean.cleaning.openings import link

    make = partial(_noter if teasers else _looker, settings or ReadSettings())
    done = (crew or Crew()).map(make, batches(items), lost=lambda item, why: [])
    parts = [part for parts in done for part in parts]
    return Lesson(learn([seen for seen, _ in parts]), link([begins for _, begins in parts if begins is not None]))


def _looker(settings: ReadSettings) -> Callable[[Sequence[Item]], list[Part]]:
    from clipclean.cleaning.evidence import look

    return lambda batch: [(look(_pages(batch, settings)), None)]


def _noter(settings: ReadSettings) -> Callable[[Sequence[Item]], list[Part]]:
    from clipclean.cleaning.evidence import look
    from clipclean.cleaning.openings import note

    def both(batch: Sequence[Item]) -> list[Part]:
        pages = _pages(batch, settings)
        return [(look(pages), note(pages))]

    return both


def _pages(batch: Sequence[Item], settings: ReadSettings) -> list[Paragraphs]:
    from clipclean.cleaning.paragraphs import paragraphs
    from clipclean.extraction import extract

    found = []
    for item in _read(batch, settings):
        if isinstance(item, Clipping):
            with contextlib.suppress(Exception):  # told where it is cleaned
                found.append(paragraphs(extract(item, BLOCKS)))
    return found


def _read(batch: Sequence[Item], settings: ReadSettings) -> Iterator[Clipping | Failure]:
    for item in batch:
        if isinstance(item, Clipping | Failure):
            yield item
        else:
            from clipclean.readers import read_lone

            yield from read_lone(item, settings)


def save_profile(profile: SourceProfile, path: str | os.PathLike[str]) -> None:
    """Write a profile into a file, which is there when it is whole; ``.gz``, ``.zst`` and others compress.

    The same profile is the same bytes. Raises OutputError where it cannot be written.

    >>> from clipclean.cleaning.profile import SourceProfile
    >>> save_profile(SourceProfile(), Path(tempfile.mkdtemp()) / "profile.jsonl.gz")
    """
    from clipclean.writers import JsonLines, whole_file

    with whole_file(Path(path)) as file:
        rows = JsonLines(file)
        for row in profile.rows():
            rows.write(row)


def load_profile(path: str | os.PathLike[str]) -> SourceProfile:
    """The profile that a file holds, compressed or not.

    Raises InputError where there is no such file, or where it is no profile, a damaged one, or one of another version.

    >>> load_profile("no-such-profile.jsonl")
    Traceback (most recent call last):
    clipclean.errors.InputError: no-such-profile.jsonl: No such file or directory; write one with `clipclean learn`
    """
    import orjson

    from clipclean.cleaning.profile import SourceProfile
    from clipclean.readers.compression import packed_with, unpacked

    try:
        with Path(path).open("rb") as file:
            packing = packed_with(file.peek(16)[:16])
            lines = unpacked(file, packing) if packing else file
            return SourceProfile.of_rows((orjson.loads(line) for line in lines), str(path))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}; write one with `clipclean learn`") from error
    except RecordError as error:
        raise InputError(f"{path}: {error}") from error


class Kept:
    """Streams that can be read only once, kept in temporary files so that they can be read again.

    ``first`` and ``again`` are what ``readers.read`` takes as ``streams``. The files lie in ``folder`` (None: where the
    system keeps such files) and are gone when the block ends.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or Path(tempfile.gettempdir())
        self._copies: dict[str, _Copy] = {}

    def __enter__(self) -> Kept:
        return self

    def __exit__(self, *error: object) -> None:
        for copy in self._copies.values():
            copy.close()

    def first(self, name: str, opened: Callable[[], BinaryIO]) -> _Copy:
        """The stream of that name, of which everything is kept that is read from it."""
        from clipclean.writers.whole import told

        with told(self._folder):
            file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed by __exit__
        owned = not name.startswith("-")  # those are standard input and what the caller opened
        self._copies[name] = _Copy(opened(), file, owned=owned)
        return self._copies[name]

    def again(self, name: str, opened: Callable[[], BinaryIO]) -> _Copy | BinaryIO:
        """What was read from the stream of that name; the stream itself where the first reading did not come to it.

        Raises OutputError where it could not be kept.
        """
        copy = self._copies.get(name)
        if copy is None:
            return opened()
        copy.rewind()
        return copy

    def check(self) -> None:
        """Raise OutputError where something could not be kept: reading it again would lose the rest silently."""
        for copy in self._copies.values():
            if copy.lost is not None:
                raise OutputError(
                    f"cannot keep standard input in {self._folder} to read it twice ({copy.lost}); make room there, or "
                    "leave out the first reading with --no-profile"
                ) from copy.lost


class _Copy:
    """A stream and the file that keeps what was read of it; after ``rewind`` the file is read instead."""

    def __init__(self, stream: BinaryIO, file: IO[bytes], *, owned: bool) -> None:
        self.lost: OSError | None = None
        self._stream = stream
        self._file = file
        self._owned = owned
        self._fault: Exception | None = None
        self._rewound = False

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes, as many as are there; a fault of the stream comes at the same place again."""
        if self._rewound:
            data = self._file.read(size)
            if not data and self._fault is not None:
                raise self._fault
            return data
        try:
            data = bytes(getattr(self._stream, "read1", self._stream.read)(size))
        except Exception as error:
            self._fault = error
            raise
        try:
            self._file.write(data)
        except OSError as error:
            self.lost = error
            raise
        return data

    def rewind(self) -> None:
        self._file.seek(0)
        self._rewound = True

    def close(self) -> None:
        with contextlib.suppress(OSError):  # what could not be kept is told by ``check``
            self._file.close()
        if self._owned:
            self._stream.close()
