"""The options that commands share, and the settings they make."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from clipclean.config import (
    FURNITURE,
    CleanSettings,
    Copies,
    DedupSettings,
    E,
    Extractor,
    Format,
    Keep,
    ReadSettings,
    choices,
)
from clipclean.errors import SettingsError
from clipclean.model import Label, Relation

READING = "What comes in"
CLEANING = "What is furniture"
COPIES = "What is a copy"
WRITING = "What goes out"
RUNNING = "How it runs"

FLAG = ""
"""The metavar of a flag: without it, typer shows a type, and people give a value."""

RELATIONS = ", ".join(Relation)
LABELS = ", ".join(label.value for label in Label if label in FURNITURE)

Inputs = Annotated[
    list[str],
    typer.Argument(metavar="INPUT", show_default=False, help="Files, folders, globs or archives; - is standard input."),
]
Input = Annotated[str, typer.Argument(metavar="INPUT", show_default=False, help="A file, folder, glob, archive, or -.")]
Target = Annotated[
    str,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        rich_help_panel=WRITING,
        help="A JSON Lines file (.gz, .zst ... compresses), or - for standard output.",
    ),
]
Folder = Annotated[
    Path,
    typer.Option(
        "-o",
        "--output",
        metavar="DIR",
        rich_help_panel=WRITING,
        show_default=False,
        help="The folder for the files of this run.",
    ),
]
Fields = Annotated[
    list[str] | None,
    typer.Option(
        "--field",
        metavar="NAME=KEY",
        rich_help_panel=READING,
        show_default=False,
        help="Take a field from this key, as in text=body. Repeatable.",
    ),
]
Encoding = Annotated[
    str | None,
    typer.Option(
        "--encoding",
        metavar="NAME",
        rich_help_panel=READING,
        show_default="found out",
        help="The encoding of all text inputs, as in windows-1252.",
    ),
]
Drop = Annotated[
    list[str] | None,
    typer.Option(
        "--drop",
        metavar="LABELS",
        rich_help_panel=CLEANING,
        show_default="all",
        help=f"Take away these lines only, as in caption,credit; or none. There are {LABELS}.",
    ),
]
KeepLines = Annotated[
    list[str] | None,
    typer.Option(
        "--keep-lines",
        metavar="LABELS",
        rich_help_panel=CLEANING,
        show_default="none",
        help="Leave these lines in, as in signoff,byline.",
    ),
]
RulesOff = Annotated[
    list[str] | None,
    typer.Option(
        "--rule-off",
        metavar="RULE",
        rich_help_panel=CLEANING,
        show_default=False,
        help="Do not ask this rule; explain names them. Repeatable.",
    ),
]
HowExtracted = Annotated[
    Extractor,
    typer.Option(
        "--extractor",
        metavar="HOW",
        rich_help_panel=CLEANING,
        help="How HTML pages are read: ensemble asks trafilatura too, blocks does not and is faster.",
    ),
]
Profile = Annotated[
    Path | None,
    typer.Option(
        "--profile",
        metavar="FILE",
        rich_help_panel=CLEANING,
        show_default=False,
        help="Take what recurs at each source from this file, which `clipclean learn` wrote.",
    ),
]
Threshold = Annotated[
    float | None,
    typer.Option(
        "--threshold",
        metavar="T",
        rich_help_panel=COPIES,
        show_default="typed relations",
        help="Plain mode: a pair matches if its measured Jaccard of word 5-grams is at least T.",
    ),
]
WhichStays = Annotated[
    Keep,
    typer.Option(
        "--keep",
        metavar="WHICH",
        rich_help_panel=COPIES,
        help="The copy of a story that stays: longest, earliest, latest or first (in the input).",
    ),
]
Folds = Annotated[
    list[str] | None,
    typer.Option(
        "--fold",
        metavar="RELATIONS",
        rich_help_panel=COPIES,
        show_default="all but update",
        help="Which relations make a copy: exact, duplicate, abridgement, update.",
    ),
]
WhatOfCopies = Annotated[
    Copies,
    typer.Option(
        "--dup",
        metavar="WHAT",
        rich_help_panel=COPIES,
        help="What becomes of copies: remove, annotate (write them with their cluster) or group (in the kept one).",
    ),
]
HowWritten = Annotated[
    Format,
    typer.Option(
        "--format",
        metavar="FORMAT",
        rich_help_panel=WRITING,
        help="What the clippings are written as: jsonl, csv, parquet, or txt (one file for each).",
    ),
]
Annotate = Annotated[
    bool,
    typer.Option(
        "--annotate",
        metavar=FLAG,
        rich_help_panel=WRITING,
        help="Write lines (all of them, with verdicts) instead of removed.",
    ),
]
ErrorsFile = Annotated[
    Path | None,
    typer.Option(
        "--errors",
        metavar="FILE",
        rich_help_panel=WRITING,
        show_default=False,
        help="Write all failures here, as JSON Lines.",
    ),
]
Workers = Annotated[
    int,
    typer.Option(
        "--workers",
        metavar="N",
        rich_help_panel=RUNNING,
        help="Processes that clean; 0 is one for each core. Results do not depend on it.",
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", metavar=FLAG, rich_help_panel=RUNNING, help="No progress bar and no summary.")
]


def read_settings(fields: Iterable[str] | None, encoding: str | None) -> ReadSettings:
    """``--field`` and ``--encoding`` as settings.

    >>> read_settings(["text=artikel", "id="], None).fields
    {'text': 'artikel', 'id': ''}
    """
    found = {}
    for field in fields or ():
        name, equals, key = field.partition("=")
        if not (name and equals and (key or name.strip() == "id")):
            raise SettingsError(f"--field {field!r}: write NAME=KEY, as in --field text=body")
        if name.strip() in found:
            raise SettingsError(f"--field {name.strip()} is given twice; a field is taken from one key")
        found[name.strip()] = key
    return ReadSettings(fields=found, encoding=encoding)


def clean_settings(
    drop: Iterable[str] | None, keep_lines: Iterable[str] | None, rules_off: Iterable[str] | None, extractor: Extractor
) -> CleanSettings:
    """The cleaning options as settings: the labels of ``--drop`` without those of ``--keep-lines``.

    >>> sorted(clean_settings(["caption,credit"], ["credit"], None, Extractor.BLOCKS).drop)
    [<Label.CAPTION: 'caption'>]
    """
    dropped = FURNITURE if drop is None else _chosen(drop, Label, "--drop", shown=LABELS)
    kept = _chosen(keep_lines, Label, "--keep-lines", shown=LABELS)
    off = frozenset(_names(rules_off, "--rule-off"))
    return CleanSettings(drop=dropped - kept, rules_off=off, extractor=extractor)


def dedup_settings(threshold: float | None, keep: Keep, fold: Iterable[str] | None) -> DedupSettings:
    """The duplicate options as settings.

    >>> dedup_settings(0.7, Keep.FIRST, None).threshold
    0.7
    """
    if fold is None:
        return DedupSettings(threshold=threshold, keep=keep)
    if threshold is not None:
        raise SettingsError("--fold has no meaning with --threshold, which folds every match; leave one of them out")
    return DedupSettings(keep=keep, fold=_chosen(fold, Relation, "--fold", shown=RELATIONS))


def worker_count(workers: int) -> int:
    """How many processes ``--workers`` means.

    >>> worker_count(3)
    3
    """
    if workers < 0:
        raise SettingsError(f"--workers {workers}: give 1 or more, or 0 for one for each core")
    return workers or os.cpu_count() or 1


def _names(values: Iterable[str] | None, option: str) -> list[str]:
    """Names given one by one or with commas between; ``none`` is no name."""
    found = []
    for value in values or ():
        names = [name.strip() for name in value.split(",")]
        if not any(names):
            raise SettingsError(f"{option} {value!r} names nothing; give names with commas between, or none")
        found += [name for name in names if name and name != "none"]
    return found


def _chosen(values: Iterable[str] | None, allowed: type[E], option: str, *, shown: str) -> frozenset[E]:
    """The members of ``allowed`` that are named; for another name, the nearest is said and all that may be meant."""
    names = _names(values, option)
    for name in names:
        if name not in set(allowed):
            near = difflib.get_close_matches(name.lower(), shown.split(", "), n=1)
            meant = f" did you mean {near[0]}?" if near else ""
            raise SettingsError(f"{option}: there is no {name!r};{meant} choose from {shown}")
    return choices(names, allowed, option)
