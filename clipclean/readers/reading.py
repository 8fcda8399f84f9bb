"""Inputs become clippings: each file is opened, unpacked, parsed, and every fault becomes a failure.

The one place where the parts meet. Errors stop at the border of the file in which they arise; what is no error that
we know is listed as ``unexpected``, so that one file never ends a run over the others.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, BinaryIO, cast

from clipclean.config import ReadSettings
from clipclean.errors import RecordError
from clipclean.limits import over
from clipclean.model import Clipping, Failure, Origin
from clipclean.readers.compression import BUFFER, SUFFIXES, buffered, packed_with, unpacked
from clipclean.readers.inputs import files, find, hidden, is_litter, is_stream, unreadable
from clipclean.readers.records import Records
from clipclean.readers.registry import ADVICE, ALONE, ARCHIVES, KNOWN, READERS, split_name
from clipclean.readers.source import Source, Unread, label

RECORD_BITS = 40
"""Bits of a place in ``Ids`` that hold the record number; files have fewer than a million million records."""


Streams = Callable[[str, Callable[[], BinaryIO]], Any]
"""Called with the name of a stream and what opens it; gives what has ``read`` and is read instead."""


def read(
    inputs: Iterable[str | os.PathLike[str] | BinaryIO],
    settings: ReadSettings | None = None,
    *,
    streams: Streams | None = None,
) -> Iterator[Clipping | Failure]:
    """The clippings of all inputs, in order, as a stream; everything that cannot be read is a Failure in its place.

    An input is a file, a folder (read recursively, by name), a glob, ``-`` for standard input, or a binary stream.
    Streams hold JSON Lines. What a file holds is told by its suffix, how it is packed by its bytes; the members of
    archives are read as files are. A file, folder or stream that several inputs lead to is read once. Each id is given
    out once: a record with an id that was there before is a failure ``repeated-id``.

    Nothing vanishes: each file (but what an operating system made for itself, as ``.DS_Store``) yields at least one
    clipping or failure (a file without records is a failure ``no-records``, an unknown suffix ``unknown-suffix``, a
    hidden file in a folder ``hidden-file``), each record exactly one. Only streams may hold nothing at all.

    ``streams`` opens what can be read only once (standard input, pipes, devices), for whoever keeps it to read it
    twice. For records that a program holds already use ``from_record``. Raises InputError at once, before anything is
    read, where an input does not exist or a glob matches nothing.

    >>> lines = io.BytesIO(b'{"id": "a", "text": "Rain fell."}\\n{"id": "a", "text": "Snow fell."}')
    >>> [item.kind if isinstance(item, Failure) else item.text for item in read([lines])]
    ['Rain fell.', 'repeated-id']
    """
    return _read(find(inputs), settings or ReadSettings(), streams)


def name_lone(
    inputs: Iterable[str | os.PathLike[str] | BinaryIO],
    settings: ReadSettings | None = None,
    *,
    streams: Streams | None = None,
) -> Iterator[Clipping | Failure | Unread]:
    """As ``read``, but files that hold one document are named alone, for ``read_lone`` to read them somewhere else.

    Whether an id is given out twice is not seen here.
    """
    return _items(find(inputs), settings or ReadSettings(), streams, lone=True)


def read_lone(file: Unread, settings: ReadSettings) -> Iterator[Clipping | Failure]:
    """What ``read`` would give of a file that ``name_lone`` named."""
    return _file(Path(file.path), _source(Path(file.path)), settings)


def _read(
    targets: list[Path | BinaryIO], settings: ReadSettings, streams: Streams | None
) -> Iterator[Clipping | Failure]:
    ids = Ids()
    for item in _items(targets, settings, streams):
        assert not isinstance(item, Unread)
        if isinstance(item, Clipping) and (first := ids.place(item)) is not None:
            message = _repeated(item, first)
            yield Source(item.origin.path).failure(
                RecordError("repeated-id", message), item.origin.record, record_id=item.id
            )
        else:
            yield item


def _opened(path: Path) -> BinaryIO:
    return path.open("rb", BUFFER)


def _itself(stream: BinaryIO) -> BinaryIO:
    return stream


def _repeated(clipping: Clipping, first: Origin) -> str:
    twice = f"the id {clipping.id!r} at {clipping.origin} stands already at {first}"
    if "id" not in clipping.keys and clipping.id == str(clipping.origin):
        return f"{twice}; two members of an archive have one name, pack it again with a name for each"
    return (
        f"{twice}; take ids that are unique from another key with --field id=KEY, or give each record the id of its "
        "place (file#number) with --field id= and nothing after the sign"
    )


def _items(
    targets: list[Path | BinaryIO], settings: ReadSettings, streams: Streams | None, *, lone: bool = False
) -> Iterator[Clipping | Failure | Unread]:
    """All that the targets hold; where ``lone``, files that hold one document as such."""
    seen: set[str] = set()
    number = 0
    for target in targets:
        if not isinstance(target, Path):
            number += 1
            name = "-" if number == 1 else f"-{number}"
            stream = streams(name, partial(_itself, target)) if streams else target
            yield from _content(buffered(Started(stream)), "", Source(name, stream=True), settings)
            continue
        for found in files(target, seen):
            path, reason = (found, None) if isinstance(found, Path) else found
            # In a folder a pipe is no file, and told as what cannot be read.
            source = _source(path, stream=path is target and is_stream(path))
            if reason is not None:
                yield source.failure(reason)
            elif lone and not source.stream and split_name(path.name)[0] in ALONE:
                yield Unread(str(path), source.origin(), _size(path))
            else:
                yield from _file(path, source, settings, streams)


def _file(
    path: Path, source: Source, settings: ReadSettings, streams: Streams | None = None
) -> Iterator[Clipping | Failure]:
    try:
        if source.stream and streams:
            file = buffered(streams(source.path, partial(_opened, path)))
        else:
            file = cast("io.BufferedReader", path.open("rb", BUFFER))
    except OSError as error:
        yield source.failure(unreadable(error))
        return
    with file:
        yield from _content(file, path.name, source, settings)


def _source(path: Path, *, stream: bool = False) -> Source:
    return Source(label(path.as_posix()), _folder(path), stream=stream)


def _size(path: Path) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - for a hundred thousand files
    except OSError:
        return 0


def _content(
    stream: io.BufferedReader, name: str, source: Source, settings: ReadSettings, depth: int = 0
) -> Iterator[Clipping | Failure]:
    """All that a file or stream holds, and a failure where that is nothing or where it ends in a fault."""
    nothing = True
    try:
        for item in _unwrapped(stream, name, source, settings, depth):
            nothing = False
            yield item
        if nothing and not source.stream:
            raise RecordError("no-records", "there is no record in it; fetch it again if there should be, or remove it")
    except RecordError as error:
        yield source.failure(error)
    except OSError as error:
        yield source.failure(RecordError("unreadable", f"reading fails ({error}); look at the disk, or fetch it again"))
    except MemoryError:
        yield source.failure(RecordError("too-large", "it does not fit into the memory; cut it into smaller files"))
    except Exception as error:  # a file was made to break us and did; the others are still to be read
        reason = f"{type(error).__name__}: {error}"
        yield source.failure(RecordError("unexpected", f"clipclean cannot read it ({reason}); please report this file"))


def _unwrapped(
    stream: io.BufferedReader, name: str, source: Source, settings: ReadSettings, depth: int
) -> Iterator[Clipping | Failure]:
    suffix, said = split_name(name)
    packed = False
    while packing := packed_with(stream.peek(16)[:16]):
        depth += 1
        _see_that_depth_is_borne(depth, settings)
        stream, packed = unpacked(stream, packing, settings.limits, alone=suffix in ALONE), True
    if said and not packed and stream.peek(1):
        kind = SUFFIXES[said]
        raise RecordError("broken-compression", f"it is no {kind} data; fetch it again, or drop {said} from its name")
    if source.stream:
        yield from READERS[".jsonl"](stream, Records(settings, source))
    elif suffix in ARCHIVES:
        yield from _members(stream, suffix, source, settings, depth + 1)
    elif suffix in READERS:
        yield from READERS[suffix](stream, Records(settings, source))
    else:
        what = f"the suffix {suffix} is not known" if suffix else "the name has no suffix"
        advice = ADVICE.get(suffix, f"rename or convert it (to {KNOWN})")
        raise RecordError("unknown-suffix", f"{what}; {advice}, or remove it")


def _members(
    stream: io.BufferedReader, suffix: str, source: Source, settings: ReadSettings, depth: int
) -> Iterator[Clipping | Failure]:
    _see_that_depth_is_borne(depth, settings)
    listed: set[str] = set()
    for path, content in ARCHIVES[suffix](stream, settings.limits):
        *folders, name = path.split("/")
        named = [folder for folder in folders if folder not in ("", ".", "..")]
        folder = named[-1] if named else source.path.rpartition("/")[2].partition(".")[0]
        member = Source(label(f"{source.path}/{path}"), label(folder) or source.folder)
        if any(map(is_litter, [*folders, name])):
            continue
        for place, part in enumerate([*folders, name]):
            if part not in (".", "..") and (reason := hidden(part)):
                top = label("/".join([source.path, *[*folders, name][: place + 1]]))
                if top not in listed:  # a hidden folder is one failure, as it is outside of archives
                    listed.add(top)
                    yield Source(top).failure(reason)
                break
        else:
            if isinstance(content, RecordError):
                yield member.failure(content)
            else:
                yield from _content(io.BufferedReader(content, BUFFER), name, member, settings, depth)


def _see_that_depth_is_borne(depth: int, settings: ReadSettings) -> None:
    """Raise where too many packings and archives are inside each other: a .tar.gz of .gz files has three."""
    if depth > (most := settings.limits.nesting):
        raise over("nesting", most, "nested-too-deep", f"more than {most} packings and archives are inside each other")


def _folder(path: Path) -> str | None:
    # os.path, because pathlib keeps the .. that would be taken for the folder's name
    return label(os.path.basename(os.path.dirname(os.path.abspath(path)))) or None  # noqa: PTH100, PTH119, PTH120


class Started:
    """A stream that has given its first bytes, so many that its packing can be told by them, and gives them again.

    Waits for no more than a line, so that records go through a pipe as they come.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._more = getattr(stream, "read1", stream.read)
        self._head: bytes | None = None

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes, as many as are there."""
        if self._head is not None:
            data, self._head = self._head[:size], self._head[size:]
            return data or bytes(self._more(size))
        self._head = b""
        while len(self._head) < 16 and b"\n" not in self._head and (data := self._more(size)):
            self._head += data
        return self.read(size)


class Ids:
    """The ids that were given out and where; a digest and a number for each, some 120 bytes.

    >>> ids = Ids()
    >>> ids.place(Clipping(id="a", origin=Origin("x", 1))), ids.place(Clipping(id="a", origin=Origin("y")))
    (None, Origin(path='x', record=1))
    """

    def __init__(self) -> None:
        self._places: dict[int, int] = {}
        self._paths: list[str] = []

    def place(self, clipping: Clipping) -> Origin | None:
        """Where the clipping's id was given out before; None where it is new, and is now noted."""
        path, record = clipping.origin.path, clipping.origin.record
        if not self._paths or self._paths[-1] != path:
            self._paths.append(path)
        # 15 bytes: what a Python number holds in 40, and chance does not repeat within a thousand million million ids
        digest = int.from_bytes(blake2b(clipping.id.encode(), digest_size=15).digest(), "little")
        mine = (len(self._paths) - 1) << RECORD_BITS | record
        first = self._places.get(digest)
        if first is None:
            self._places[digest] = mine
            return None
        return Origin(self._paths[first >> RECORD_BITS], first & ((1 << RECORD_BITS) - 1))
