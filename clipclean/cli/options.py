"""The options that commands share, and the settings they make."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from clipclean.config import (
    FURNITURE,
    E,
    Extractor,
    Format,
    Keep,
    Level,
    Preset,
    Reach,
    Settings,
    choices,
)
from clipclean.dedup_settings import check_preference, check_reach
from clipclean.errors import SettingsError
from clipclean.layers import Stated
from clipclean.limits import NAMES, limit_of
from clipclean.model import Label
from clipclean.settings_file import find_file, load_stated

READING = "What comes in"
CLEANING = "What is furniture"
WRITING = "What goes out"
RUNNING = "How it runs"
SETTINGS = "Where settings come from"

FLAG = ""
"""The metavar of a flag: without it, typer shows a type, and people give a value."""

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
Limits = Annotated[
    list[str] | None,
    typer.Option(
        "--limit",
        metavar="NAME=NUMBER",
        rich_help_panel=READING,
        show_default=False,
        help=f"List what holds more than this as failed, as in document=64M. Repeatable. There are {', '.join(NAMES)}.",
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
WhichPreset = Annotated[
    Preset | None,
    typer.Option(
        "--preset",
        metavar="PRESET",
        rich_help_panel=CLEANING,
        show_default="balanced",
        help="Where cleaning is in doubt: balanced, precision (takes more furniture) or recall (keeps more story).",
    ),
]
HowExtracted = Annotated[
    Extractor | None,
    typer.Option(
        "--extractor",
        metavar="HOW",
        rich_help_panel=CLEANING,
        show_default="ensemble",
        help="How HTML pages are read: ensemble asks trafilatura too, blocks does not and is faster.",
    ),
]
DetectLang = Annotated[
    bool | None,
    typer.Option(
        "--detect-lang/--no-detect-lang",
        metavar=FLAG,
        rich_help_panel=CLEANING,
        show_default=False,
        help="Find out the language of stories whose records state none.",
    ),
]
Reasons = Annotated[
    bool | None,
    typer.Option(
        "--reasons/--no-reasons",
        metavar=FLAG,
        rich_help_panel=WRITING,
        show_default=False,
        help="Say of every line in words why it stays or goes.",
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
HowWritten = Annotated[
    Format | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        rich_help_panel=WRITING,
        show_default="jsonl",
        help="What the clippings are written as: jsonl, csv, parquet, or txt (one file for each).",
    ),
]
Annotate = Annotated[
    bool | None,
    typer.Option(
        "--annotate/--no-annotate",
        metavar=FLAG,
        rich_help_panel=WRITING,
        show_default=False,
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
    int | None,
    typer.Option(
        "--workers",
        metavar="N",
        rich_help_panel=RUNNING,
        show_default="1",
        help="Processes that do the work; 0 is one for each core. Results do not depend on it.",
    ),
]
MaxSeconds = Annotated[
    float | None,
    typer.Option(
        "--max-seconds",
        metavar="S",
        rich_help_panel=RUNNING,
        show_default="60",
        help="Seconds of work for one document; then it is listed as failed. 0 is no limit.",
    ),
]
MaxMemory = Annotated[
    int | None,
    typer.Option(
        "--max-memory",
        metavar="MB",
        rich_help_panel=RUNNING,
        show_default="4096",
        help="Megabytes for each of several workers (Linux); what needs more is listed as failed. 0 is no limit.",
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", metavar=FLAG, rich_help_panel=RUNNING, help="No progress bar and no summary.")
]


ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        rich_help_panel=SETTINGS,
        show_default="the nearest",
        help="Take settings from this file instead of the nearest clipclean.toml or pyproject.toml.",
    ),
]
NoConfig = Annotated[
    bool,
    typer.Option(
        "--no-config", metavar=FLAG, rich_help_panel=SETTINGS, help="Look for no settings file; options and defaults."
    ),
]


def stated(
    *,
    field: Iterable[str] | None = None,
    limit: Iterable[str] | None = None,
    drop: Iterable[str] | None = None,
    keep_lines: Iterable[str] | None = None,
    rule_off: Iterable[str] | None = None,
    keep: Keep | None = None,
    prefer: Iterable[str] | None = None,
    fold: Reach | None = None,
    level: Level | None = None,
    threshold: float | None = None,
    workers: int | None = None,
    **chosen: Any,
) -> Stated:
    """What the options of a command state; ``chosen`` are those whose values typer has checked.

    >>> sorted(stated(drop=["caption,credit"], keep_lines=["credit"]).settings().clean.drop)
    [<Label.CAPTION: 'caption'>]
    """
    check_reach(fold=fold, level=level, threshold=threshold, dashes="--")
    sources = None if prefer is None else tuple(_names(prefer, "--prefer"))
    check_preference(keep if sources else None, sources, dashes="--")
    if workers is not None and workers < 0:
        raise SettingsError(f"--workers {workers}: give 1 or more, or 0 for one for each core")
    return Stated(
        field=None if field is None else _fields(field),
        limit=None if limit is None else _limits(limit),
        drop=None if drop is None else _chosen(drop, Label, "--drop", shown=LABELS),
        keep_lines=None if keep_lines is None else _chosen(keep_lines, Label, "--keep-lines", shown=LABELS),
        rule_off=None if rule_off is None else frozenset(_names(rule_off, "--rule-off")),
        keep=Keep.PREFERRED if sources else keep,
        prefer=sources,
        fold=fold,
        level=level,
        threshold=threshold,
        workers=workers,
        **chosen,
    )


def settings(
    given: Stated, config: Path | None, no_config: bool, *, defaults: Stated | None = None
) -> tuple[Settings, Path | None]:
    """The settings of a command: its options over the settings file over ``defaults``; and that file, if any."""
    file = settings_file(config, no_config)
    below = Stated() if file is None else load_stated(file)
    return given.over(below).over(defaults or Stated()).settings(), file


def settings_file(config: Path | None, no_config: bool) -> Path | None:
    """The settings file that holds: the one that is named, else the nearest; named as from the current folder."""
    if config is not None and no_config:
        raise SettingsError("--config names a file and --no-config says that there is none; leave one of them out")
    if config is not None or no_config:
        return config
    try:
        here = Path.cwd()
    except FileNotFoundError:  # somebody has deleted the current folder
        return None
    found = find_file(here)
    return None if found is None else Path(os.path.relpath(found, here))


def _fields(given: Iterable[str]) -> dict[str, str]:
    """``--field`` as a table.

    >>> _fields(["text=artikel", "id="])
    {'text': 'artikel', 'id': ''}
    """
    found: dict[str, str] = {}
    for field in given:
        name, equals, key = field.partition("=")
        if not (name and equals and (key or name.strip() == "id")):
            raise SettingsError(f"--field {field!r}: write NAME=KEY, as in --field text=body")
        if name.strip() in found:
            raise SettingsError(f"--field {name.strip()} is given twice; a field is taken from one key")
        found[name.strip()] = key
    return found


def _limits(given: Iterable[str]) -> dict[str, int]:
    """``--limit`` as a table.

    >>> _limits(["line=5000", "document=1M"])
    {'line': 5000, 'document': 1048576}
    """
    found = {}
    for limit in given:
        name, equals, number = limit.partition("=")
        if not equals:
            raise SettingsError(f"--limit {limit!r}: write NAME=NUMBER, as in --limit document=64M")
        found[name.strip()] = limit_of(name.strip(), number)
    return found


def worker_count(workers: int) -> int:
    """How many processes ``workers`` means, where 0 means one for each core.

    >>> worker_count(3)
    3
    """
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
