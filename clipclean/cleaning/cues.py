"""The words that furniture uses, in many languages, looked for in every line.

Cue lists are data: one file a language under ``cues/``, each with the same classes (``promo``, ``social`` ...) and
three modes: the ``whole`` line is the phrase, the line starts (``start``) with it, or it stands ``anywhere``. The lists
of all languages are looked for at once, as dumps mix languages and records lie about theirs.

Lines are brought to plain words first (small letters, one space between words, no marks), so that phrases are looked
up and not searched for. What needs its marks is a pattern (``patterns.py``); RE2 finds those in linear time.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt

from clipclean.cleaning.patterns import AGENCY_PATTERNS, PATTERNS
from clipclean.cleaning.plain import LOOK_AT, plain_words

CLASSES = (
    "promo", "social", "related", "credit", "caption", "signoff", "notice", "bio", "byline", "time", "ad", "comments",
    "player", "nav",
)  # fmt: skip
MODES = ("whole", "start", "anywhere")

MEMORY = 256 << 20
"""Bytes that RE2 may use for its automata; it stays far below, but must not fall back to the slow way."""

BESIDE_WORDS = " 0123456789:"
"""What may stand around a phrase that is a whole line, and before one that starts it."""

WHOLE_LONGEST = 80
"""Characters: no phrase that is a whole line is longer."""


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(files("clipclean.cleaning").joinpath("cues", name).read_text("utf-8"))


@cache
def phrases() -> dict[tuple[str, str], tuple[str, ...]]:
    """Every phrase by class and mode, over all languages, sorted.

    >>> "all rights reserved" in phrases()["notice", "anywhere"] + phrases()["notice", "start"]
    True
    """
    found: dict[tuple[str, str], set[str]] = {(kind, mode): set() for kind in CLASSES for mode in MODES}
    for entry in sorted(entry.name for entry in files("clipclean.cleaning").joinpath("cues").iterdir()):
        if entry.endswith(".toml") and entry != "agencies.toml":
            table = _load(entry)
            for kind, mode in found:
                found[kind, mode].update(table.get(kind, {}).get(mode, ()))
    return {key: tuple(sorted(value)) for key, value in found.items()}


@cache
def agencies() -> dict[str, tuple[str, ...]]:
    """Names of news agencies: ``wire`` (text) and ``photo``, as printed.

    >>> "Reuters" in agencies()["wire"]
    True
    """
    table = _load("agencies.toml")
    return {kind: tuple(table[kind]["names"]) for kind in ("wire", "photo")}


@cache
def names() -> tuple[str, ...]:
    """The columns that ``find`` gives, in order: ``class.mode`` for the cue lists, then the named patterns."""
    listed = tuple(f"{kind}.{mode}" for kind in CLASSES for mode in MODES)
    return listed + tuple(PATTERNS) + tuple(AGENCY_PATTERNS)


def _first_words(words: str) -> str:
    """The first word of plain words, or the first two: what phrases that start a line are looked up by.

    >>> _first_words("sign up for "), _first_words("advertisement ")
    ('sign up', 'advertisement')
    """
    return " ".join(words.split(" ", 2)[:2]).rstrip()


def _opening(phrase: str) -> str:
    """The first sign of a phrase in a script without spaces, or the first two where it opens in another script."""
    return phrase[: 1 + phrase[0].isascii()]


def _unspaced(phrase: str) -> bool:
    return any("\u0e00" <= sign <= "\u0eff" or "\u3040" <= sign <= "\u9fff" or sign >= "\uac00" for sign in phrase)


def _bracketed(phrase: str) -> bool:
    """Phrases like "(left)" mean their brackets: without them they are words of any story."""
    return any(mark in phrase for mark in "()[]（）［］<>")


@dataclass(frozen=True)
class _Finder:
    """The compiled lists: whole lines and starts by look-up, the rest by automata.

    ``opening_words`` and ``opening_signs`` are the first words and the first or last signs of lines that are worth
    looking up.
    ``some_anywhere`` and ``some_agency`` find in one pass over many lines which of them hold any of the phrases, any
    of the names; which ones is then asked line by line.
    """

    whole: dict[str, tuple[int, ...]]
    start: dict[str, tuple[tuple[str, int], ...]]
    start_unspaced: dict[str, tuple[tuple[str, int], ...]]
    opening_words: frozenset[str]
    opening_signs: frozenset[str]
    anywhere: Any
    anywhere_columns: tuple[int, ...]
    some_anywhere: Any
    shapes: Any
    shapes_columns: tuple[int, ...]
    agency: Any
    agency_columns: tuple[int, ...]
    some_agency: Any


def _options(*, case: bool) -> Any:
    import re2

    options = re2.Options()
    options.case_sensitive = case
    options.max_mem = MEMORY
    options.log_errors = False
    return options


def _automaton(patterns: Iterable[str], *, case: bool) -> Any:
    import re2

    found = re2.Set.SearchSet(_options(case=case))
    for pattern in patterns:
        found.Add(pattern)
    found.Compile()
    return found


def names_pattern(given: Iterable[str]) -> str:
    r"""An RE2 alternation of names, the longest first; those in ASCII only where no letter touches them.

    >>> names_pattern(["AP", "AFP"])
    '\\b(?:AFP|AP)\\b'
    """
    import re2

    longest_first = sorted(set(given), key=lambda name: (-len(name), name))
    spaced = "|".join(re2.escape(name) for name in longest_first if name.isascii())
    other = "|".join(re2.escape(name) for name in longest_first if not name.isascii())
    return rf"(?:\b(?:{spaced})\b|{other})" if other else rf"\b(?:{spaced})\b"


@cache
def _finder() -> _Finder:
    import re2

    column = {name: at for at, name in enumerate(names())}
    whole: dict[str, set[int]] = {}
    start: dict[str, set[tuple[str, int]]] = {}
    start_unspaced: dict[str, set[tuple[str, int]]] = {}
    anywhere: list[str] = []
    anywhere_columns: list[int] = []
    marked_anywhere: list[str] = []
    marked_columns: list[int] = []
    for (kind, mode), members in phrases().items():
        at = column[f"{kind}.{mode}"]
        if mode == "anywhere" and members:
            bare = [(p, w) for p, w in zip(members, plain_words(members), strict=True) if w.strip()]
            plain = [re2.escape(w.strip() if _unspaced(p) else w) for p, w in bare if not _bracketed(p)]
            marked = [re2.escape(p) for p, _ in bare if _bracketed(p)]
            for column_list, patterns, found in (
                (anywhere_columns, anywhere, plain),
                (marked_columns, marked_anywhere, marked),
            ):
                if found:
                    patterns.append("|".join(found))
                    column_list.append(at)
            continue
        for phrase, words in zip(members, plain_words(members), strict=True):
            if not words.strip():
                continue
            if mode == "whole":
                whole.setdefault(words.strip(BESIDE_WORDS), set()).add(at)
            elif _unspaced(phrase):
                start_unspaced.setdefault(_opening(words.strip()), set()).add((words.strip(), at))
            else:
                start.setdefault(_first_words(words.lstrip()), set()).add((words.lstrip(), at))
    known = {"WIRE": agencies()["wire"], "AGENCY": agencies()["wire"] + agencies()["photo"]}
    agency_patterns = []
    for pattern in AGENCY_PATTERNS.values():
        for listed, given in known.items():
            pattern = pattern.replace(f"<{listed}>", names_pattern(given))
        agency_patterns.append(pattern)
    return _Finder(
        {key: tuple(sorted(value)) for key, value in whole.items()},
        {key: tuple(sorted(value)) for key, value in start.items()},
        {key: tuple(sorted(value)) for key, value in start_unspaced.items()},
        frozenset(start) | {_first_words(phrase) for phrase in whole},
        frozenset(BESIDE_WORDS) | frozenset(start_unspaced),
        _automaton(anywhere, case=True),
        tuple(anywhere_columns),
        re2.compile("|".join(anywhere).encode(), _options(case=True)),
        _automaton([*PATTERNS.values(), *marked_anywhere], case=False),
        tuple(column[name] for name in PATTERNS) + tuple(marked_columns),
        _automaton(agency_patterns, case=True),
        tuple(column[name] for name in AGENCY_PATTERNS),
        re2.compile(names_pattern(known["AGENCY"]).encode(), _options(case=True)),
    )


def find(texts: Sequence[str], plain: Sequence[str] | None = None) -> npt.NDArray[np.bool_]:
    """Which cues each line holds: one row a line, one column for each of ``names()``.

    ``plain`` are the lines as plain words, where they are known.

    >>> row = find(["Sign up for our newsletter"])[0]
    >>> any(hit and name.startswith("promo") for hit, name in zip(row, names()))
    True
    """
    finder = _finder()
    hits = np.zeros((len(names()), len(texts)), np.bool_).T  # each column in one piece
    plain = plain_words(texts) if plain is None else plain
    lines = [text[:LOOK_AT].encode("utf-8", "replace") for text in texts]  # "replace" is for lone surrogates
    found = list(_looked_up(plain))
    found += _matched(finder.shapes, finder.shapes_columns, lines, range(len(lines)))
    words = [line.encode() for line in plain]
    found += _matched(finder.anywhere, finder.anywhere_columns, words, _rows_with(finder.some_anywhere, words))
    found += _matched(finder.agency, finder.agency_columns, lines, _rows_with(finder.some_agency, lines))
    hits[[row for row, _ in found], [column for _, column in found]] = True
    hits[[row for row, line in enumerate(plain) if line == " "]] = False  # a line without words holds no cue
    return hits


def _looked_up(plain: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Row and column of each cue that is a whole line or its start."""
    finder = _finder()
    whole, start, start_unspaced = finder.whole, finder.start, finder.start_unspaced
    signs, words = finder.opening_signs, finder.opening_words
    for row, line in enumerate(plain):
        end = line.find(" ", 1)
        if not (
            line[1:end] in words
            or line[1 : line.find(" ", end + 1)] in words
            or line[1:2] in signs
            or line[1:3] in signs
            or line[-2:-1] in signs
        ):
            continue
        begin = line.lstrip(BESIDE_WORDS)
        if len(line) <= WHOLE_LONGEST:
            for at in whole.get(begin.rstrip(BESIDE_WORDS), ()):
                yield row, at
        for key in (begin[: begin.find(" ")], _first_words(begin)):
            for phrase, at in start.get(key, ()):
                if begin.startswith(phrase):
                    yield row, at
        for key in (begin[:1], begin[:2]):
            for phrase, at in start_unspaced.get(key, ()):
                if begin.startswith(phrase):
                    yield row, at


def _matched(
    automaton: Any, columns: Sequence[int], lines: Sequence[bytes], rows: Iterable[int]
) -> Iterator[tuple[int, int]]:
    """Row and column of each pattern of the automaton that one of the rows holds."""
    match = automaton.Match
    return ((row, columns[cue]) for row in rows for cue in match(lines[row]) or ())


def _rows_with(pattern: Any, lines: Sequence[bytes]) -> Iterator[int]:
    """The rows that hold the pattern, which must not span lines; one pass over all of them."""
    text = b"\n".join(lines)
    ends = [end + row for row, end in enumerate(accumulate(map(len, lines)), start=1)]
    at = 0
    while match := pattern.search(text, at):
        row = bisect_right(ends, match.start())
        yield row
        at = ends[row]
        if at >= len(text):
            return
