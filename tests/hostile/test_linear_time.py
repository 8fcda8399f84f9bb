"""Every pattern in the package takes time in proportion to what it looks at, on lines made to slow it down.

The lines are repetitions of short pieces: usual suspects, and the letters that the pattern itself asks for. A line that
is sixteen times as long may take sixteen times as long, and some; square time would take 256 times.
"""

from __future__ import annotations

import functools
import importlib
import itertools
import pkgutil
import re
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import clipclean
from clipclean.cleaning import Cleaner, cues
from clipclean.config import CleanSettings, LineMatch, OwnRule
from clipclean.model import Clipping, Label, Page, PageLine

PIECES = (
    *(
        " ",
        "a",
        "A",
        "1",
        "\t",
        "\n",
        ".",
        "-",
        "é",
        "漢",
        "a ",
        "A ",
        "Aa ",
        "A. ",
        "1 ",
        "1.",
        "1:",
        "1/",
        "| ",
        "a|",
        "/a",
    ),
    *(
        "(",
        "[",
        "<",
        "<a ",
        "<!--",
        "</",
        "&",
        '"',
        "“",
        "@",
        "a@",
        "#a ",
        "...",
        "… ",
        "a, ",
        "aA",
        "a-",
        "\u00a0",
        "\x00",
    ),
    *("photo: ", "by A ", "© ", "by ", "_", "\\", "://", "a://", ";", "=", "a=b "),
)
LONGER = 16
SQUARE = 80
"""Times as long that a line sixteen times as long may take: between 16 and the 256 of square time."""

NOISE = 0.02
"""Seconds that a cold cache or the collector of garbage may take."""

MATCHED_ALONE = ("clipclean.readers.values", "clipclean.readers.jsonl", "clipclean.writers.names")
"""Modules whose patterns are matched at the start of a text and never searched for in it."""


@functools.cache
def patterns() -> dict[re.Pattern[Any], str]:
    """The patterns that the modules of the package compile, and which module it is."""
    found: dict[re.Pattern[Any], str] = {}
    compiled = re.compile

    def note(pattern: Any, flags: int = 0) -> re.Pattern[Any]:
        made = compiled(pattern, flags)
        module = sys._getframe(1).f_globals["__name__"]
        if module.startswith("clipclean."):
            found[made] = module
        return made

    known = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "clipclean"}
    for name in known:
        del sys.modules[name]
    try:
        re.compile = note  # type: ignore[assignment]
        for module in pkgutil.walk_packages(clipclean.__path__, "clipclean."):
            if not module.name.endswith(("__main__", ".training")):
                importlib.import_module(module.name)
    finally:
        re.compile = compiled
        for name in [name for name in sys.modules if name.split(".")[0] == "clipclean"]:
            del sys.modules[name]
        sys.modules.update(known)
    return found


def asked_for(pattern: re.Pattern[Any]) -> list[str]:
    """What a pattern asks for by letters: each run of them, and each two that follow one another."""
    text = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
    runs = [run for run in re.findall(r"[^\\()\[\]{}?*+|^$.]+", text) if len(run) < 20]
    return [*dict.fromkeys([*runs, *(f"{one}{other}" for one, other in itertools.pairwise(runs))])]


def least(look: Callable[[], Any], times: int = 3) -> float:
    """The shortest time of some, in seconds of this thread's work: what else the machine does is not counted."""
    taken = []
    for _ in range(times):
        began = time.thread_time()
        look()
        taken.append(time.thread_time() - began)
    return min(taken)


def slow(look: Callable[[Any], Any], lines: Iterator[tuple[str, Any, Any]]) -> list[str]:
    """The pieces on which a longer line takes out of proportion longer."""
    found = []
    for name, line, longer in lines:
        limit = SQUARE * least(lambda line=line: look(line)) + NOISE
        if least(lambda longer=longer: look(longer), 1) > limit and least(lambda longer=longer: look(longer)) > limit:
            found.append(name)
    return found


def lines(pieces: list[str], size: int, *, raw: bool = False) -> Iterator[tuple[str, Any, Any]]:
    for piece in pieces:
        for start, end in (("", ""), ("", "\x01")):
            pair = [f"{start}{piece * (size * times // len(piece))}{end}" for times in (1, LONGER)]
            yield repr(f"{start}{piece}*{end}"), *([line.encode() for line in pair] if raw else pair)


def look(pattern: re.Pattern[Any], line: Any, *, alone: bool) -> None:
    if alone:
        pattern.match(line)
    else:
        for _ in pattern.finditer(line):
            pass


@pytest.mark.parametrize("size", [400, pytest.param(20_000, marks=pytest.mark.soak)])
def test_every_pattern_of_the_package_is_linear(size: int) -> None:
    assert len(patterns()) > 30
    found = {}
    for pattern, module in patterns().items():
        pieces = [*PIECES, *asked_for(pattern)] if size > 400 else [*PIECES[::2], *asked_for(pattern)]
        raw = isinstance(pattern.pattern, bytes)
        looked = functools.partial(look, pattern, alone=module in MATCHED_ALONE)
        if bad := slow(looked, lines(pieces, size, raw=raw)):
            found[f"{module}: {pattern.pattern!r}"] = bad
    assert found == {}


def test_this_test_finds_a_pattern_that_is_not_linear() -> None:
    looked = functools.partial(look, re.compile(r"\s+$"), alone=False)
    assert slow(looked, lines([" "], 400))


@pytest.mark.parametrize("size", [400, pytest.param(20_000, marks=pytest.mark.soak)])
def test_every_cue_and_shape_is_linear(size: int) -> None:
    """They are RE2 automata, asked together: patterns, phrases, names of agencies."""
    cues.find(["warm"])
    assert slow(lambda line: cues.find([line]), lines([*PIECES], size)) == []


CATASTROPHES = ("(a+)+$", "(a|a)*b", "^(\\s*\\w*)*!$", "(.*a){10}x", "(?i)(x+x+)+y")


@pytest.mark.parametrize("pattern", CATASTROPHES)
def test_a_rule_of_the_user_is_linear_whatever_its_pattern(pattern: str) -> None:
    rule = OwnRule(name="slow", label=Label.OTHER, match=LineMatch(pattern=pattern))
    cleaner = Cleaner(CleanSettings(rules=(rule,)))

    def look(line: str) -> None:
        cleaner.clean([Page(Clipping(id="a"), (PageLine(line),))])

    look("warm")
    assert slow(look, lines(["a", "x", "a "], 2000)) == []


@pytest.mark.soak
def test_cleaning_a_line_is_linear() -> None:
    def look(line: str) -> None:
        clipclean.clean(f"Rain fell on Halden.\n{line}\nSnow fell on Orr.")

    look("warm")
    assert slow(look, lines([*PIECES], 5000)) == []
