"""Frozen settings, one value for each stage, checked when they are built.

Every setting has a default that serves a first run, and a digest (``settings_digest``) goes into the report of a run,
so that two outputs can be told apart by how they were made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from clipclean.errors import SettingsError
from clipclean.model import Label, Relation

FIELD_NAMES = ("id", "text", "html", "url", "source", "title", "published", "lang")

FURNITURE = frozenset(Label) - {Label.BODY, Label.BLANK}
"""The labels of lines that are no part of a story; all of them are dropped unless a switch says otherwise."""


class Keep(StrEnum):
    """Which copy of a story stays. Ties go to the longer, then the earlier, then the id that sorts first.

    Only ``first`` looks at the order of the input.

    >>> Keep("longest") is Keep.LONGEST
    True
    """

    LONGEST = "longest"
    EARLIEST = "earliest"
    LATEST = "latest"
    FIRST = "first"


class Extractor(StrEnum):
    """How the lines of an HTML page are told to be story or not.

    ``ensemble`` asks trafilatura and the line rules together; ``blocks`` uses the line rules alone, which is faster.
    """

    ENSEMBLE = "ensemble"
    BLOCKS = "blocks"


E = TypeVar("E", bound=StrEnum)


def choices(names: Iterable[str], allowed: type[E], setting: str) -> frozenset[E]:
    """Turn names into members of ``allowed``; raises SettingsError that lists the names there are.

    >>> sorted(choices(["credit", "caption"], Label, "drop"))
    [<Label.CAPTION: 'caption'>, <Label.CREDIT: 'credit'>]
    """
    found = set()
    for name in names:
        try:
            found.add(allowed(name))
        except ValueError:
            known = ", ".join(member.value for member in allowed)
            raise SettingsError(f"{setting}: there is no {name!r}; choose from {known}") from None
    return frozenset(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSettings:
    """How inputs become clippings.

    ``fields`` maps one of ``FIELD_NAMES`` to the key that holds it, for records whose keys are not recognised; an empty
    key for ``id`` gives each record the id of its place (``dump/a.csv#3``), for ids that count anew in each file.
    ``encoding`` is used instead of looking for a byte-order mark, a declaration or guessing.

    >>> ReadSettings(fields={"text": "artikel"}).fields["text"]
    'artikel'
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None

    def __post_init__(self) -> None:
        for name in self.fields:
            if name not in FIELD_NAMES:
                raise SettingsError(f"field: there is no {name!r}; choose from {', '.join(FIELD_NAMES)}")
            if not self.fields[name] and name != "id":
                raise SettingsError(f"field: {name} needs the name of a key; only id may be empty, for ids by place")
        if self.encoding is not None:
            try:
                "".encode(self.encoding)
            except LookupError:
                raise SettingsError(f"encoding: Python knows no encoding named {self.encoding!r}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanSettings:
    """What cleaning takes away.

    ``drop`` holds the labels whose lines go. ``rules_off`` names rules that are not to be asked. ``extractor`` says
    how an HTML page is read.

    >>> Label.SIGNOFF in CleanSettings().drop
    True
    """

    drop: frozenset[Label] = FURNITURE
    rules_off: frozenset[str] = frozenset()
    extractor: Extractor = Extractor.ENSEMBLE

    def __post_init__(self) -> None:
        if Label.BODY in self.drop:
            raise SettingsError("drop: body is the story itself and cannot be dropped")


@dataclass(frozen=True, slots=True, kw_only=True)
class DedupSettings:
    """How copies are found and which of them stays.

    ``threshold`` None compares versions of stories (typed relations); a number from 0 to 1 is the plain mode: a pair
    matches if and only if the measured Jaccard of its word ``ngram``-grams is at least that, and every match folds.
    ``permutations`` and ``seed`` shape the MinHash signatures as in datasketch. ``fold`` holds the relations whose
    shorter or later copy is folded; it is not used in the plain mode.
    """

    threshold: float | None = None
    ngram: int = 5
    permutations: int = 128
    seed: int = 1
    keep: Keep = Keep.LONGEST
    fold: frozenset[Relation] = frozenset({Relation.EXACT, Relation.DUPLICATE, Relation.ABRIDGEMENT})

    def __post_init__(self) -> None:
        if self.threshold is not None and not 0 < self.threshold <= 1:
            raise SettingsError(f"threshold: {self.threshold} is not above 0 and at most 1; .7 is usual")
        if not 1 <= self.ngram <= 32:
            raise SettingsError(f"ngram: {self.ngram} is not between 1 and 32; 5 is usual")
        if not 2 <= self.permutations <= 4096:
            raise SettingsError(f"permutations: {self.permutations} is not between 2 and 4096; 128 is usual")


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
