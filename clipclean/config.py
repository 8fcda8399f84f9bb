"""Frozen settings, one value for each stage, checked when they are built; those of cleaning and of the duplicate stage
have files of their own.

Every setting has a default that serves a first run, and a digest (``settings_digest``) goes into the report of a run,
so that two outputs can be told apart by how they were made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from clipclean.choosing import E, a, choice, choices, no_such, number, one_of, optional, table, take, whole
from clipclean.clean_settings import (
    FURNITURE,
    CleanSettings,
    Extractor,
    LineMatch,
    Mode,
    OwnRule,
    Preset,
    SourceSettings,
    Sure,
)
from clipclean.dedup_settings import Candidates, DedupSettings, Keep, Level, Reach, Scope
from clipclean.errors import SettingsError
from clipclean.limits import PageLimits, ReadLimits

__all__ = [
    "FIELD_NAMES",
    "FURNITURE",
    "Candidates",
    "CleanSettings",
    "Copies",
    "DedupSettings",
    "E",
    "Extractor",
    "Format",
    "Keep",
    "Level",
    "LineMatch",
    "Mode",
    "OutputSettings",
    "OwnRule",
    "PageLimits",
    "Preset",
    "Reach",
    "ReadLimits",
    "ReadSettings",
    "Scope",
    "Settings",
    "SourceSettings",
    "Sure",
    "WorkSettings",
    "choice",
    "choices",
    "no_such",
    "plain",
    "settings_digest",
]

FIELD_NAMES = ("id", "text", "html", "url", "source", "title", "published", "lang")

LONGEST_WORK = 1_000_000
"""Seconds, eleven days; a timer of the system takes no more than some years."""

LEAST_MEMORY = 512
"""Megabytes; with fewer a worker could not even load its libraries, on any document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSettings:
    """How inputs become clippings.

    ``fields`` maps one of ``FIELD_NAMES`` to the key that holds it, for records whose keys are not recognised; an empty
    key for ``id`` gives each record the id of its place (``dump/a.csv#3``), for ids that count anew in each file.
    ``encoding`` is used instead of looking for a byte-order mark, a declaration or guessing. ``limits`` say how much an
    input may hold.

    >>> ReadSettings(fields={"text": "artikel"}).fields["text"]
    'artikel'
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    limits: ReadLimits = field(default_factory=ReadLimits)

    def __post_init__(self) -> None:
        take(self, fields=table, encoding=optional(a(str)), limits=a(ReadLimits))
        for name in self.fields:
            if name not in FIELD_NAMES:
                raise no_such("field", name, FIELD_NAMES)
            if not self.fields[name] and name != "id":
                raise SettingsError(f"field: {name} needs the name of a key; only id may be empty, for ids by place")
        if self.encoding is not None:
            try:
                "".encode(self.encoding)
            except LookupError:
                raise SettingsError(f"encoding: Python knows no encoding named {self.encoding!r}") from None


class Format(StrEnum):
    """What the kept clippings are written as. ``txt`` is one file for each; the others are one file for all."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    TXT = "txt"


class Copies(StrEnum):
    """What becomes of a clipping that is a copy of another.

    ``remove`` leaves it out, ``annotate`` writes it with the id of the kept copy, ``group`` writes it as a line in
    the ``copies`` of the kept copy.
    """

    REMOVE = "remove"
    ANNOTATE = "annotate"
    GROUP = "group"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputSettings:
    """How results are written; ``annotate`` writes every line with its verdict instead of the removed ones alone.

    >>> OutputSettings(format=Format.CSV).copies.value
    'remove'
    """

    format: Format = Format.JSONL
    copies: Copies = Copies.REMOVE
    annotate: bool = False

    def __post_init__(self) -> None:
        take(self, format=one_of(Format), copies=one_of(Copies), annotate=a(bool))


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkSettings:
    """What the work on one document may take before it is ended and the document is listed as failed; 0 is no limit.

    ``max_seconds`` is the time for one document: more than a thousand times what a long page takes. ``max_memory`` is
    the address space of a worker process in megabytes, some 200 of which it takes at rest; where there is one process
    alone, and on macOS and Windows, it does not hold.

    >>> WorkSettings().max_seconds
    60.0
    """

    max_seconds: float = 60.0
    max_memory: int = 4096

    def __post_init__(self) -> None:
        take(self, max_seconds=number, max_memory=whole)
        if not 0 <= self.max_seconds <= LONGEST_WORK:
            raise SettingsError(f"max-seconds: {self.max_seconds:g}; give seconds up to {LONGEST_WORK:,}, or 0")
        if self.max_memory and self.max_memory < LEAST_MEMORY:
            raise SettingsError(f"max-memory: {self.max_memory}; give {LEAST_MEMORY} megabytes or more, or 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of all stages: what a settings file and the options of a command say together.

    ``workers`` is the number of processes that do the work, 0 for one for each core.

    >>> Settings().clean == CleanSettings()
    True
    """

    read: ReadSettings = field(default_factory=ReadSettings)
    clean: CleanSettings = field(default_factory=CleanSettings)
    dedup: DedupSettings = field(default_factory=DedupSettings)
    output: OutputSettings = field(default_factory=OutputSettings)
    work: WorkSettings = field(default_factory=WorkSettings)
    workers: int = 1

    def __post_init__(self) -> None:
        take(self, read=a(ReadSettings), clean=a(CleanSettings), dedup=a(DedupSettings), output=a(OutputSettings))
        take(self, work=a(WorkSettings), workers=whole)
        if self.workers < 0:
            raise SettingsError(f"workers: {self.workers}; give 1 or more, or 0 for one for each core")


def plain(value: Any) -> Any:
    """Settings as plain JSON values, sets sorted, so that equal settings are equal text.

    >>> plain(CleanSettings(drop=["credit", "ad"]))["drop"]
    ['ad', 'credit']
    """
    if isinstance(value, frozenset | set):
        return sorted(plain(member) for member in value)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): plain(member) for key, member in sorted(value.items())}
    if isinstance(value, list | tuple):
        return [plain(member) for member in value]
    if hasattr(value, "__dataclass_fields__"):
        return plain(asdict(value))
    return value


def settings_digest(*settings: Any) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the settings: equal settings have equal digests.

    >>> settings_digest(DedupSettings()) == settings_digest(DedupSettings(threshold=0.7))
    False
    """
    text = json.dumps([plain(value) for value in settings], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
