"""What a transaction has written and not yet sent to a Redis server: what is read within it goes through here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from clipclean.index import redis_forms as forms
from clipclean.index.entries import HALF, merged, of_keys, pack
from clipclean.index.redis_forms import SHIFT
from clipclean.index.store import Changes
from clipclean.text import Places

_PARTS = 8  # sorted parts in which new entries wait
_TOGETHER = 4096  # fields of one command
_APPEND = "for place, name in ipairs(KEYS) do redis.call('APPEND', name, ARGV[place]) end"  # one answer for thousands


@dataclass(slots=True)
class Pending:
    """Fields of hashes, members of sorted sets, and entries, as they are to be; None or False where they go.

    ``groups`` are the sorted sets in which members of one text, cluster or digest lie side by side, ``seen`` that by
    date. ``posted`` are entries to come, ``unposted`` those to go.
    """

    fields: dict[str, dict[bytes, bytes | None]] = field(default_factory=lambda: defaultdict(dict))
    groups: dict[str, dict[int, dict[bytes, bool]]] = field(
        default_factory=lambda: {name: defaultdict(dict) for name in ("order", "members", "digests")}
    )
    seen: dict[bytes, int | None] = field(default_factory=dict)
    posted: list[Places] = field(default_factory=list)
    unposted: Places = field(default_factory=lambda: np.empty(0, np.int64))

    def set(self, name: str, values: Mapping[bytes, bytes | None]) -> None:
        """Set fields of a hash, or take them out."""
        self.fields[name].update(values)

    def write(self, changes: Changes) -> None:
        """Take in what is written together."""
        for clipping in changes.dropped_clippings:
            self._clipping(clipping.number, clipping.id, None, None)
        for text in changes.dropped_texts:
            number = forms.field(text.number)
            self.set("texts", {number: None})
            self.set("bodies", {number: None})
            self.groups["digests"][text.digest][forms.field(text.digest) + number] = False
            self.groups["members"][text.cluster][forms.field(text.cluster) + number] = False
        self.set("clusters", {forms.field(number): None for number in changes.dropped_clusters})
        for clipping in changes.clippings:
            self._clipping(clipping.number, clipping.id, forms.row_bytes(clipping), clipping.seen)
        for text in changes.texts:
            number = forms.field(text.number)
            self.set("texts", {number: forms.row_bytes(text)})
            if text.digest:  # that of empty texts is 0
                self.groups["digests"][text.digest][forms.field(text.digest) + number] = True
            if text.cluster != text.number:
                self.groups["members"][text.cluster][forms.field(text.cluster) + number] = True
        self.set("bodies", {forms.field(row.number): forms.body_bytes(row) for row in changes.bodies})
        self.set("clusters", {forms.field(row.number): forms.row_bytes(row) for row in changes.clusters})
        self.set("sources", {name.encode(): forms.field(number) for name, number in changes.sources.items()})
        self.set("names", {forms.field(number): name.encode() for name, number in changes.sources.items()})
        for source, (hashes, born) in changes.passages.items():
            packed = hashes.astype("<u8").tobytes() + born.astype("<u8").tobytes()
            self.set("passages", {forms.field(source): packed})
        for keys, numbers in changes.unposted:
            gone = keys << HALF | numbers
            self.posted = [part[~np.isin(part, gone)] for part in self.posted]
            self.unposted = np.union1d(self.unposted, gone)
        self.posted += [np.unique(keys << HALF | numbers) for keys, numbers in changes.posted]
        if len(self.posted) > _PARTS:
            self.posted = [merged(self.posted)]

    def _clipping(self, number: int, name: str, row: bytes | None, seen: int | None) -> None:
        packed = forms.field(number)
        self.set("clippings", {packed: row})
        self.set("ids", {name.encode(): None if row is None else packed})
        self.groups["order"][forms.text_of(number)][packed] = row is not None
        self.seen[packed] = seen

    def among(self, entries: Places, keys: Places) -> Places:
        """The entries of some keys, of those on the server and those to come."""
        place = np.searchsorted(keys, entries >> HALF)
        parts = [entries[keys.take(place, mode="clip") == entries >> HALF]]
        found = np.concatenate([*parts, *(of_keys(part, keys) for part in self.posted)])
        return found[~np.isin(found, self.unposted)]

    def members(self, name: str, found: Iterable[bytes], group: int | None = None) -> list[bytes]:
        """Of those that were found in a sorted set the ones that stay, and those to come, of one group or all."""
        groups = self.groups[name]
        parts = groups.values() if group is None else [groups[group]] if group in groups else []
        new = {member: held for part in parts for member, held in part.items()}
        return sorted({member for member in found if member not in new} | {member for member in new if new[member]})

    def gone(self, name: str, group: int) -> int:
        """How many members of a group go."""
        members = self.groups[name].get(group, {})
        return sum(not held for held in members.values())

    def cut(self) -> Places:
        """The strings from which entries go."""
        return np.unique(forms.string_of(self.unposted))

    def commands(self, name: Callable[[str], str], left: Places) -> Iterator[tuple[Any, ...]]:
        """All that waits, as commands; ``left`` are the entries that are on the server in the strings of ``cut``."""
        for hash_name, fields in self.fields.items():
            there = [part for key, value in fields.items() if value is not None for part in (key, value)]
            yield from _commands("HSET", name(hash_name), there)
            yield from _commands("HDEL", name(hash_name), [key for key, value in fields.items() if value is None])
        scores = [part for member, moment in self.seen.items() if moment is not None for part in (moment, member)]
        yield from _commands("ZADD", name("seen"), scores)
        yield from _commands("ZREM", name("seen"), [member for member, moment in self.seen.items() if moment is None])
        for set_name, groups in self.groups.items():
            members = [(member, held) for group in groups.values() for member, held in group.items()]
            yield from _commands("ZADD", name(set_name), [part for key, held in members if held for part in (0, key)])
            yield from _commands("ZREM", name(set_name), [key for key, held in members if not held])
        left = left[~np.isin(left, self.unposted)]
        yield from _commands("DEL", None, [name(f"keys:{string}") for string in self.cut().tolist()])
        strings = [(name(f"keys:{string}"), packed) for string, packed in pack(merged([left, *self.posted]), SHIFT)]
        for start in range(0, len(strings), _TOGETHER):
            names, parts = zip(*strings[start : start + _TOGETHER], strict=True)
            yield "EVAL", _APPEND, len(names), *names, *parts


def _commands(command: str, name: str | None, parts: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """One command for some thousand parts each."""
    for start in range(0, len(parts), _TOGETHER):
        some = parts[start : start + _TOGETHER]
        yield (command, *some) if name is None else (command, name, *some)
