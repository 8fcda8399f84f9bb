"""How much one input may hold: limits that no clipping of a newspaper comes near, and that no bomb gets past.

What goes beyond a limit is a failure that names the limit; the run goes on with the next record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

from clipclean.choosing import no_such, whole
from clipclean.errors import RecordError, SettingsError

UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
"""What a number may end in; a whole number of bytes, or of whatever the limit counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLimits:
    """How much may be read. One document is a file of text or HTML, a line, row or cell, or a response of a crawl.

    ``document`` is the bytes of one document, unpacked (the longest articles have a million, pages with their pictures
    inside some twenty); ``packed`` the bytes that it takes packed. ``ratio`` is how many times its packed size a file
    may unpack to: text comes to 3 to 20, and only copies of one text to more than a hundred. ``nesting`` is how many
    packings and archives may be inside each other, ``members`` how many entries an archive may have.

    >>> ReadLimits().nesting
    8
    """

    document: int = 32 << 20
    packed: int = 32 << 20
    ratio: int = 200
    nesting: int = 8
    members: int = 1_000_000

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLimits:
    """How much of one document is cleaned.

    ``line`` is the characters of one line, ``lines`` how many lines there may be: the longest whole articles have a
    million characters, books some 50,000 lines. ``nodes`` is the tags and comments of a page, ``depth`` how many
    elements may be open inside each other.

    >>> PageLimits(line=1000).line
    1000
    """

    line: int = 1_000_000
    lines: int = 200_000
    nodes: int = 500_000
    depth: int = 10_000

    def __post_init__(self) -> None:
        _check(self)


NAMES = tuple(field.name for kind in (ReadLimits, PageLimits) for field in fields(kind))
"""The names of all limits, as options and settings files have them."""


def over(limit: str, most: int, kind: str, what: str) -> RecordError:
    """The error for what goes beyond a limit; ``what`` says of whom that is told.

    >>> str(over("line", 1000, "line-too-long", "line 3 has more than 1,000 characters"))
    'line 3 has more than 1,000 characters; leave it out, or raise the limit with --limit line=2000'
    """
    return RecordError(kind, f"{what}; leave it out, or raise the limit with --limit {limit}={_written(2 * most)}")


def limit_of(name: str, value: int | str) -> int:
    """A limit as it is written: a whole number, or one with K, M or G for so many times 1024, 1024² or 1024³.

    Raises SettingsError where there is no such limit or the value is none.

    >>> limit_of("document", "64M"), limit_of("line", 5000)
    (67108864, 5000)
    """
    if name not in NAMES:
        raise no_such("limit", name, NAMES)
    found = re.fullmatch(r"(\d{1,15})\s?([kmg]?)b?", str(value).strip().lower(), re.ASCII)
    if found is None or isinstance(value, bool):
        raise SettingsError(f"limit {name}: {value!r}; write a whole number, as in 5000 or 64M")
    number = int(found[1]) * UNITS[found[2]]
    _check_one(name, number)
    return number


def parted(limits: Mapping[str, int]) -> tuple[ReadLimits, PageLimits]:
    """Limits by name as those of reading and those of cleaning; the others have their defaults.

    >>> parted({"line": 5000})[1].line
    5000
    """
    named = [{field.name for field in fields(kind)} for kind in (ReadLimits, PageLimits)]
    read, page = ({name: value for name, value in limits.items() if name in names} for names in named)
    return ReadLimits(**read), PageLimits(**page)


def _check(limits: ReadLimits | PageLimits) -> None:
    for field in fields(limits):
        _check_one(field.name, whole(getattr(limits, field.name), f"limit {field.name}"))


def _check_one(name: str, number: int) -> None:
    if number < 1:
        raise SettingsError(f"limit {name}: {number} is not 1 or more; for no limit give a number that nothing reaches")


def _written(number: int) -> str:
    unit = next((unit for unit in "gmk" if number % UNITS[unit] == 0), "")
    return f"{number // UNITS[unit]}{unit.upper()}"
