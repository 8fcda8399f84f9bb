"""Frozen settings, one value for each stage, checked when they are built.

Every setting has a default that serves a first run, and a digest (``settings_digest``) goes into the report of a run,
so that two outputs can be told apart by how they were made.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from clipclean.choosing import E, choice, choices, no_such
from clipclean.dedup_settings import Candidates, DedupSettings, Keep, Level, Reach, Scope
from clipclean.errors import SettingsError
from clipclean.limits import PageLimits, ReadLimits
from clipclean.model import Label

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

FURNITURE = frozenset(Label) - {Label.BODY, Label.BLANK}
"""The labels of lines that are no part of a story; all of them are dropped unless a switch says otherwise."""

LONGEST_WORK = 1_000_000
"""Seconds, eleven days; a timer of the system takes no more than some years."""

LEAST_MEMORY = 512
"""Megabytes; with fewer a worker could not even load its libraries, on any document."""


class Extractor(StrEnum):
    """How the lines of an HTML page are told to be story or not.

    ``ensemble`` asks trafilatura and the line rules together; ``blocks`` uses the line rules alone, which is faster.
    """

    ENSEMBLE = "ensemble"
    BLOCKS = "blocks"


class Preset(StrEnum):
    """Which way cleaning leans where it is in doubt; the numbers stand in ``cleaning/presets.py``.

    ``precision`` takes more furniture and, with it, some of the story; ``recall`` keeps more of the story and, with
    it, some furniture.

    >>> Preset("recall") is Preset.RECALL
    True
    """

    BALANCED = "balanced"
    PRECISION = "precision"
    RECALL = "recall"


class Sure(StrEnum):
    """How sure an own rule is. ``certain`` decides whatever the line model says, ``likely`` unless the model is far
    surer of the contrary, ``names-only`` gives a label to lines that the model has dropped.
    """

    CERTAIN = "certain"
    LIKELY = "likely"
    NAMES_ONLY = "names-only"


class Mode(StrEnum):
    """Where a phrase must stand: it is the ``whole`` line, the line's ``start``, or ``anywhere`` in it."""

    WHOLE = "whole"
    START = "start"
    ANYWHERE = "anywhere"


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


def _refuse_body(drop: frozenset[Label] | None) -> None:
    if drop and Label.BODY in drop:
        raise SettingsError("drop: body is the story itself and cannot be dropped")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMatch:
    """Which lines are meant: those in which ``pattern`` finds something, or those that hold one of the ``phrases``.

    ``pattern`` is an RE2 expression, searched for in the line as it stands (``(?i)`` ignores case, ``^`` and ``$`` are
    its ends). ``phrases`` are compared by their words alone, in small letters and without marks, as the cue lists
    are; ``mode`` says where they must stand. Lines of more than ``max_words`` words are not meant.

    >>> LineMatch(phrases=("tide at halden",), mode=Mode.START).max_words is None
    True
    """

    pattern: str | None = None
    phrases: tuple[str, ...] = ()
    mode: Mode = Mode.WHOLE
    max_words: int | None = None

    def __post_init__(self) -> None:
        if (self.pattern is None) == (not self.phrases):
            raise SettingsError("give either a pattern or phrases")
        if self.pattern == "":
            raise SettingsError("pattern: an empty pattern would take every line; write what the lines have in common")
        for phrase in self.phrases:
            if not any(sign.isalnum() for sign in phrase):
                raise SettingsError(f"phrases: {phrase!r} has no letter and no digit; use a pattern for marks")
        if self.max_words is not None and self.max_words < 1:
            raise SettingsError(f"max-words: {self.max_words} is not 1 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRule:
    """A rule of the user's own, asked before the built-in ones; its ``name`` is the reason given everywhere.

    Lines that ``match`` get ``label``; with the label ``body`` they are kept. ``says`` is the reason in words for the
    list of rules, ``example`` a line that it takes (checked when the rule is put to use).

    >>> OwnRule(name="tides", label=Label.OTHER, match=LineMatch(pattern="^Tide at ")).sure.value
    'certain'
    """

    name: str
    label: Label
    match: LineMatch
    sure: Sure = Sure.CERTAIN
    says: str = ""
    example: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.name):
            raise SettingsError(f"name: {self.name!r}; write small letters, digits and hyphens, as in halden-weather")
        if self.label is Label.BLANK:
            raise SettingsError("label: blank is for empty lines; choose another")
        if self.label is Label.BODY and self.sure is Sure.NAMES_ONLY:
            raise SettingsError("sure: a rule that keeps lines (label body) is certain or likely")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """What holds for the clippings of one source instead of what holds for all; None leaves it as it is for all.

    ``source`` is compared with a clipping's source whatever the case. ``keep`` says which lines stay always.

    >>> SourceSettings(source="halden.example", preset=Preset.RECALL).drop is None
    True
    """

    source: str
    preset: Preset | None = None
    drop: frozenset[Label] | None = None
    rules_off: frozenset[str] | None = None
    keep: tuple[LineMatch, ...] = ()

    def __post_init__(self) -> None:
        if not self.source.strip():
            raise SettingsError("source: name the source, as it stands in the clippings")
        _refuse_body(self.drop)


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanSettings:
    """What cleaning takes away.

    ``preset`` says which way it leans where it is in doubt. ``drop`` holds the labels whose lines go. ``rules_off``
    names rules that are not to be asked. ``rules`` are the user's own, ``sources`` the exceptions for some sources.
    ``extractor`` says how an HTML page is read. ``detect_lang`` finds out the language of stories that state none.
    ``reasons`` gives every line its ``why`` in words, which takes longer and changes no verdict. ``limits`` say how
    much a document may hold to be cleaned.

    >>> Label.SIGNOFF in CleanSettings().drop
    True
    """

    preset: Preset = Preset.BALANCED
    drop: frozenset[Label] = FURNITURE
    rules_off: frozenset[str] = frozenset()
    rules: tuple[OwnRule, ...] = ()
    sources: tuple[SourceSettings, ...] = ()
    extractor: Extractor = Extractor.ENSEMBLE
    detect_lang: bool = False
    reasons: bool = False
    limits: PageLimits = field(default_factory=PageLimits)

    def __post_init__(self) -> None:
        _refuse_body(self.drop)
        for what, names in (
            ("rules", [rule.name for rule in self.rules]),
            ("source", [exception.source.casefold() for exception in self.sources]),
        ):
            for at, name in enumerate(names):
                if name in names[:at]:
                    raise SettingsError(f"{what}: {name!r} is there twice; give each its own name")

    def for_source(self, exception: SourceSettings) -> CleanSettings:
        """The settings that hold for the clippings of that source; an exception replaces what it states.

        >>> CleanSettings().for_source(SourceSettings(source="halden.example", preset=Preset.RECALL)).preset.value
        'recall'
        """
        return replace(
            self,
            preset=self.preset if exception.preset is None else exception.preset,
            drop=self.drop if exception.drop is None else exception.drop,
            rules_off=self.rules_off if exception.rules_off is None else exception.rules_off,
            sources=(),
        )


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
        if not 0 <= self.max_seconds <= LONGEST_WORK:
            raise SettingsError(f"max-seconds: {self.max_seconds:g}; give seconds up to {LONGEST_WORK:,}, or 0")
        if self.max_memory and self.max_memory < LEAST_MEMORY:
            raise SettingsError(f"max-memory: {self.max_memory}; give {LEAST_MEMORY} megabytes or more, or 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of all stages: what a settings file and the options of a command say together.

    ``workers`` is the number of processes that clean, 0 for one for each core.

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
        if self.workers < 0:
            raise SettingsError(f"workers: {self.workers}; give 1 or more, or 0 for one for each core")


def plain(value: Any) -> Any:
    """Settings as plain JSON values, sets sorted, so that equal settings are equal text.

    >>> plain(CleanSettings(drop=frozenset({Label.CREDIT, Label.AD})))["drop"]
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
