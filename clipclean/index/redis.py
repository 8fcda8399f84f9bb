"""An index on a Redis server, which a fleet of crawlers shares: many read, one writes at a time.

All names begin with ``{clipclean}:``, or another word that is given as ``?prefix=word``; the braces keep an index on
one node. Rows are JSON in hashes, words are bytes. Keys and the texts that hold them lie packed in strings, some
thousand keys to each, six bytes an entry: a set for each key would take several times the memory.

A writer holds a lock that expires if it dies. What it writes is kept in memory and sent as one MULTI/EXEC, which is
refused where the index is no longer as it was when the writer began; so even a writer that lost its lock spoils
nothing. Every answer comes with the version of the index: what is read between ``begin`` and ``commit`` is one state,
or ends with ``ChangedError``.

Of datasketch's storage layer (``datasketch.storage``) nothing is built in. What fits is its idea: sets of what holds a
key, asked for many at a time. What does not: ``MinHashLSH`` pickles what it puts there and unpickles what it reads, so
that whoever can write to the server can run code in every crawler. A killed writer leaves half a text, for what belongs
together is not sent as one; there is no lock, no version, and nothing is dropped by date. It knows keys and sets, and
has no place for rows. And each key is the name of a set and once more a field of a hash.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from clipclean.index import redis_forms as forms
from clipclean.index.entries import HALF, NUMBER, unpack
from clipclean.index.redis_forms import SHIFT, STRINGS, field, number_of
from clipclean.index.redis_pending import Pending
from clipclean.index.redis_server import Server
from clipclean.index.rows import COPIES, BodyRow, ClippingRow, ClusterRow, TextRow
from clipclean.index.store import NO_PASSAGES, Changes, Passages
from clipclean.text import Places

_HASHES = ("facts", "sources", "names", "ids", "clippings", "texts", "bodies", "clusters", "passages")
_SORTED = ("order", "seen", "members", "digests")
_SAMPLED = 512  # one string of so many is measured
_TOGETHER = 4096  # rows that are walked together


class RedisStore:
    """The index at ``redis://host:port/database``, also ``rediss://`` and ``unix://``; ``wait`` as in ``SqliteStore``.

    Raises StoreError where the server cannot be reached, drops what it holds when it is full, or holds an index of a
    newer format.
    """

    def __init__(self, where: str, *, create: bool, wait: float) -> None:
        self._server = Server(where, (*_HASHES, *_SORTED), create=create, wait=wait)
        self._writing = False
        self._forget()

    def begin(self, *, write: bool) -> None:
        """Begin to read one state, or to write as the only one who does."""
        if write:
            self._server.lock()
        self._writing = write
        self._server.begin()

    def commit(self) -> None:
        """Make what was written last, all of it at once."""
        if self._writing:
            cut = self._pending.cut()
            self._server.send(self._pending.commands(self._server.name, self._entries(cut)))
        self.rollback()

    def rollback(self) -> None:
        """Leave everything as it was at ``begin``."""
        self._forget()
        self._writing = False
        self._server.unlock()

    def close(self) -> None:
        """Let the server go; what was begun and not committed is as if it had never been."""
        self.rollback()
        self._server.close()

    def get(self) -> dict[str, str]:
        """The settings and counters of the index."""
        return {name.decode(): value.decode() for name, value in self._all("facts").items()}

    def put(self, values: Mapping[str, str]) -> None:
        """Set some of these."""
        self._pending.set("facts", {name.encode(): value.encode() for name, value in values.items()})

    def by_id(self, ids: Sequence[str]) -> dict[str, ClippingRow]:
        """Clippings by id."""
        numbers = self._read("ids", [name.encode() for name in ids])
        return {row.id: row for row in self.clippings(map(number_of, numbers.values())).values()}

    def by_digest(self, digests: Sequence[int]) -> list[tuple[int, int]]:
        """Digests, each with the number of a text that has it, by number."""
        name, asked = self._server.name("digests"), list(dict.fromkeys(digests))
        if not asked:
            return []
        bounds = ((field(digest), field(digest) + b"\xff" * 8) for digest in asked)
        answers = self._server.ask(*(("ZRANGEBYLEX", name, b"[" + low, b"[" + high) for low, high in bounds))
        held = ((one, self._pending.members("digests", some, one)) for one, some in zip(asked, answers, strict=True))
        found = ((digest, number_of(member[8:])) for digest, members in held for member in members)
        return sorted(found, key=lambda pair: pair[1])

    def by_key(self, keys: Places) -> tuple[Places, Places]:
        """The keys, ascending and without repeats, that texts hold, each with a text that holds it."""
        if not len(keys):
            return keys, keys
        entries = self._entries(np.unique(forms.string_of(keys << HALF)))
        entries = self._pending.among(entries, keys)
        return entries >> HALF, entries & NUMBER

    def clippings(self, numbers: Iterable[int]) -> dict[int, ClippingRow]:
        """Clippings by number."""
        return {number: forms.clipping_row(number, row) for number, row in self._rows("clippings", numbers).items()}

    def copies(self, text: int) -> list[ClippingRow]:
        """The clippings of a text."""
        numbers = self._group("order", text, *_copies(text))
        return list(self.clippings(map(number_of, numbers)).values())

    def last_copies(self, texts: Iterable[int]) -> dict[int, int]:
        """The highest number of a clipping of each text."""
        order, found = self._server.name("order"), list(texts)
        if not found:
            return {}
        gone = [self._pending.gone("order", text) for text in found]
        answers = self._server.ask(
            *(
                ("ZREVRANGEBYLEX", order, b"[" + high, b"[" + low, "LIMIT", 0, 1 + some)
                for some, (low, high) in zip(gone, map(_copies, found), strict=True)
            )
        )
        lasts = ((text, self._pending.members("order", some, text)) for text, some in zip(found, answers, strict=True))
        return {text: number_of(members[-1]) for text, members in lasts if members}

    def texts(self, numbers: Iterable[int]) -> dict[int, TextRow]:
        """Texts by number."""
        return {number: forms.text_row(number, row) for number, row in self._rows("texts", numbers).items()}

    def bodies(self, numbers: Iterable[int]) -> dict[int, BodyRow]:
        """Words of texts by number."""
        return {number: forms.body_row(number, row) for number, row in self._rows("bodies", numbers).items()}

    def clusters(self, numbers: Iterable[int]) -> dict[int, ClusterRow]:
        """Clusters by number."""
        return {number: forms.cluster_row(number, row) for number, row in self._rows("clusters", numbers).items()}

    def members(self, cluster: int) -> list[TextRow]:
        """The texts of a cluster."""
        others = self._group("members", cluster, field(cluster), field(cluster) + b"\xff" * 8)
        rows = self.texts({cluster, *(number_of(member[8:]) for member in others)})
        return [row for row in rows.values() if row.cluster == cluster]

    def passages(self, source: int) -> Passages:
        """What is routine at a source."""
        if source not in self._passages:
            packed = self._read("passages", [field(source)]).get(field(source))
            columns = np.frombuffer(packed or b"", "<u8").reshape(2, -1)
            self._passages[source] = (columns[0], columns[1].astype(np.int64)) if packed else NO_PASSAGES
        return self._passages[source]

    def sources(self, names: Sequence[str]) -> dict[str, int]:
        """Numbers of sources by name."""
        found = self._read("sources", [name.encode() for name in names])
        return {name.decode(): number_of(number) for name, number in found.items()}

    def names(self, numbers: Sequence[int]) -> dict[int, str]:
        """Names of sources by number."""
        return {number: name.decode() for number, name in self._rows("names", numbers).items()}

    def before(self, seen: int) -> Iterator[ClippingRow]:
        """The clippings that were seen before a moment (seconds since 1970)."""
        (found,) = self._server.ask(("ZRANGEBYSCORE", self._server.name("seen"), "-inf", f"({seen}"))
        changed = self._pending.seen
        members = {member for member in found if member not in changed}
        members |= {member for member, moment in changed.items() if moment is not None and moment < seen}
        return self._walk(sorted(map(number_of, members)))

    def walk(self) -> Iterator[ClippingRow]:
        """All clippings by number."""
        (found,) = self._server.ask(("ZRANGE", self._server.name("order"), 0, -1))
        return self._walk(list(map(number_of, self._pending.members("order", found))))

    def arrivals(self) -> Iterator[ClippingRow]:
        """All clippings as they came; their rows, without their words, are held in memory."""
        return iter(sorted(self.walk(), key=lambda row: row.arrived))

    def walk_passages(self) -> Iterator[int]:
        """The sources that have routine passages."""
        return iter(sorted(map(number_of, self._all("passages"))))

    def write(self, changes: Changes) -> None:
        """Write these, within ``begin`` and ``commit``."""
        self._pending.write(changes)
        for source in changes.passages:
            self._passages.pop(source, None)

    def count(self) -> tuple[int, int, int, int | None, int | None]:
        """How many clippings, texts and clusters there are, and the first and last moment that was seen."""
        clippings, texts = self._length("clippings"), self._length("texts")
        sizes = [forms.cluster_row(0, row).texts for row in self._all("clusters").values()]
        changed = self._pending.seen
        parts = [(0, -1)] if changed else [(0, 0), (-1, -1)]
        found = self._server.ask(*(("ZRANGE", self._server.name("seen"), *part, "WITHSCORES") for part in parts))
        pairs = [pair for part in found for pair in zip(part[::2], part[1::2], strict=True)]
        moments = [int(moment) for member, moment in pairs if member not in changed]
        moments += [moment for moment in changed.values() if moment is not None]
        stories = len(sizes) + texts - sum(sizes)
        return clippings, texts, stories, min(moments, default=None), max(moments, default=None)

    def size(self) -> int:
        """Bytes in the memory of the server; the strings of entries are measured by a sample."""
        names = [self._server.name(name) for name in (*_HASHES, *_SORTED)]
        sample = self._strings(range(0, STRINGS, _SAMPLED))
        sizes = self._server.ask(*(("MEMORY USAGE", name) for name in (*names, *sample)))
        rows, entries = (sum(size or 0 for size in part) for part in (sizes[: len(names)], sizes[len(names) :]))
        return rows + _SAMPLED * entries

    def check(self) -> list[str]:
        """What is wrong with the names of the index, in words."""
        names = {name: self._server.name(name) for name in ("clippings", "ids", "texts", "bodies", "order", "seen")}
        asked = [("ZCARD" if name in _SORTED else "HLEN", whole) for name, whole in names.items()]
        held = dict(zip(names, self._server.ask(*asked), strict=True))
        same = ("clippings", "ids"), ("clippings", "order"), ("clippings", "seen"), ("texts", "bodies")
        return [
            f"{names[one]} holds {held[one]} and {names[other]} {held[other]}; there should be as many of both"
            for one, other in same
            if held[one] != held[other]
        ]

    def _forget(self) -> None:
        self._pending = Pending()
        self._passages: dict[int, Passages] = {}
        self._known: dict[str, dict[bytes, bytes | None]] = defaultdict(dict)  # what was read of this state

    def _strings(self, numbers: Iterable[int]) -> list[str]:
        return [self._server.name(f"keys:{number}") for number in numbers]

    def _entries(self, strings: Places) -> Places:
        """What lies on the server in some strings."""
        if not len(strings):
            return strings
        (values,) = self._server.ask(("MGET", *self._strings(strings.tolist())))
        return unpack(strings, [value or b"" for value in values], SHIFT)

    def _rows(self, name: str, numbers: Iterable[int]) -> dict[int, bytes]:
        fields = {field(number): number for number in sorted(numbers)}
        return {fields[key]: value for key, value in self._read(name, list(fields)).items()}

    def _read(self, name: str, fields: Sequence[bytes]) -> dict[bytes, bytes]:
        """The values of those fields of a hash that are there."""
        changed, known = self._pending.fields[name], self._known[name]
        asked = [key for key in fields if not (key in changed or key in known)]
        found = self._server.ask(("HMGET", self._server.name(name), *asked))[0] if asked else []
        known = self._known[name] if name != "bodies" else {}  # these are large, and read once
        known.update(zip(asked, found, strict=True))
        values = ((key, changed[key] if key in changed else known[key]) for key in fields)
        return {key: value for key, value in values if value is not None}

    def _all(self, name: str) -> dict[bytes, bytes]:
        """All fields of a hash with their values."""
        (found,) = self._server.ask(("HGETALL", self._server.name(name)))
        return {key: value for key, value in {**found, **self._pending.fields[name]}.items() if value is not None}

    def _length(self, name: str) -> int:
        """How many fields a hash has."""
        changed = self._pending.fields[name]
        held = [("HMGET", self._server.name(name), *changed)] if changed else []
        length, *before = self._server.ask(("HLEN", self._server.name(name)), *held)
        gone = sum(value is not None for values in before for value in values)
        return int(length) - gone + sum(value is not None for value in changed.values())

    def _group(self, name: str, group: int, low: bytes, high: bytes) -> list[bytes]:
        """The members of a sorted set from one to another, which are those of a group."""
        (found,) = self._server.ask(("ZRANGEBYLEX", self._server.name(name), b"[" + low, b"[" + high))
        return self._pending.members(name, found, group)

    def _walk(self, numbers: Sequence[int]) -> Iterator[ClippingRow]:
        """Clippings by number, some thousand at a time."""
        for start in range(0, len(numbers), _TOGETHER):
            yield from self.clippings(numbers[start : start + _TOGETHER]).values()


def _copies(text: int) -> tuple[bytes, bytes]:
    """The lowest and the highest number that a clipping of a text can have."""
    return field(text * COPIES), field((text + 1) * COPIES - 1)
